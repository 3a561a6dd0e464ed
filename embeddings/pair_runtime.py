"""A reranker as an ONNX file, run by onnxruntime: it is there in a blink, where torch takes seconds."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from tokenizers import Tokenizer

from embeddings.errors import EncoderError
from embeddings.runtime import NO_LIMIT, TOKENIZER_FILE, TOKENS_A_BATCH, UNLIMITED, batches, session
from embeddings.types import Vectors

_INPUTS: Final = frozenset({"input_ids", "attention_mask", "token_type_ids"})


class OnnxPairs:
    """An ONNX file as `Pairs`: one score of each pair, taken to be a logit."""

    runs_by = "onnxruntime"

    def __init__(self, file: Path, folder: Path) -> None:
        """Load `file`, its tokenizer and limit from beside it or from `folder`.

        Raises EncoderError when they are not there, or it is no reranker.
        """
        tokenizer = _beside(file, folder, TOKENIZER_FILE)
        if tokenizer is None:
            raise EncoderError(f"there is no {TOKENIZER_FILE} beside {file.name}; put the model's own there")
        self._session = session(file)
        self._inputs: list[str] = [given.name for given in self._session.get_inputs()]
        if not set(self._inputs) <= _INPUTS or "input_ids" not in self._inputs:
            raise EncoderError(
                f"{file.name} takes {', '.join(self._inputs)} instead of token ids and their mask; take another one"
            )
        config, about = (_settings(_beside(file, folder, name)) for name in ("config.json", "tokenizer_config.json"))
        self.max_tokens = _limit(about.get("model_max_length"), config.get("max_position_embeddings"))
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self._cutting = Tokenizer.from_file(str(tokenizer))
        self._cutting.no_padding()
        self._cutting.enable_truncation(self.max_tokens)
        self._padding = int(config.get("pad_token_id") or 0)
        shape = self._logits([("a question", "a text"), ("another", "a longer text")]).shape
        if shape not in ((2, 1), (2,)):
            raise EncoderError(f"{file.name} gives {shape} for two pairs, not one score of each; take another one")

    def besides(self, question: str) -> int:
        """As `Pairs.besides` says."""
        return len(self.tokenizer.encode(question, "").ids)

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """As `Pairs.scores` says: the logistic function of the logits."""
        logits = self._logits(pairs).reshape(len(pairs))
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)

    def _logits(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        encoded = self._cutting.encode_batch(list(pairs))
        lengths = np.array([len(each.ids) for each in encoded])
        found: dict[int, Vectors] = {}
        for rows in batches(lengths, TOKENS_A_BATCH):
            taken = [encoded[row] for row in rows]
            values = {
                "input_ids": _padded([each.ids for each in taken], self._padding),
                "attention_mask": _padded([each.attention_mask for each in taken], 0),
                "token_type_ids": _padded([each.type_ids for each in taken], 0),
            }
            output = self._session.run(None, {name: values[name] for name in self._inputs})[0]
            found |= dict(zip(rows.tolist(), np.asarray(output, np.float32), strict=True))
        return np.stack([found[row] for row in range(len(pairs))])


def _limit(named: int | None, positions: int | None) -> int:
    """Tokens of a pair: what the tokenizer names, and no more than the model has positions for.

    Where only the model names some, two are kept back: RoBERTa and its kin count positions from 2.
    """
    if named is None or named > NO_LIMIT:
        return positions - 2 if positions else UNLIMITED
    return min(named, positions or named)


def _padded(rows: Sequence[Sequence[int]], padding: int) -> Any:
    """Rows of different lengths as [num_rows, longest] int64."""
    made = np.full((len(rows), max(map(len, rows))), padding, np.int64)
    for place, row in enumerate(rows):
        made[place, : len(row)] = row
    return made


def _beside(file: Path, folder: Path, name: str) -> Path | None:
    """The file `name` in the folder of `file`, or else in that of the model."""
    return next((place / name for place in (file.parent, folder) if (place / name).is_file()), None)


def _settings(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{file.name} cannot be read: {error}; fetch or save it anew") from error
    return found if isinstance(found, dict) else {}
