"""Running a model: token ids in, vectors out. Questions are answered by onnxruntime, which loads in a blink.

`OnnxRuntime` runs what `embeddings/torch_runtime.py` exported from a sentence-transformers model, once on each machine.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings.cache import write_json
from embeddings.cores import usable_cores
from embeddings.errors import EncoderError
from embeddings.pieces import PieceTokenizer, Tokenizes
from embeddings.types import Vectors

Ids = npt.NDArray[np.int64]

MODEL_FILE: Final = "model.onnx"
TOKENIZER_FILE: Final = "tokenizer.json"
QUESTIONS: Final = "questions"
"""The folder in that of an export which has the same for questions, where these take another way through the model."""
_SETTINGS_FILE: Final = "settings.json"
INPUTS: Final = ("input_ids", "attention_mask")
OUTPUTS: Final = ("tokens", "vectors")
TOKENS_A_BATCH: Final = 2048
"""Padded tokens that go through a model together on the processor: what they make must stay near it, in its caches."""
UNLIMITED: Final = 512
"""Tokens that go together through a model which names no limit: longer texts go through in windows, so that what one
takes does not grow with the longest."""
NO_LIMIT: Final = 1_000_000
"""What settings name that mean no limit is above this."""


@dataclass(frozen=True, slots=True)
class MultiVector:
    """Which tokens a multi-vector model searches with: all that it sees of a text, its marks and prompt among them, but
    for those whose ids are `skipped_in_queries` or `skipped_in_passages`.

    A question of fewer than `query_length` tokens is filled up to it with the token `filler`, whose vectors are
    searched with as well (Khattab and Zaharia 2020, "query augmentation"); `attended`: whether the other tokens see it.
    """

    skipped_in_queries: tuple[int, ...] = ()
    skipped_in_passages: tuple[int, ...] = ()
    query_length: int = 0
    filler: int = 0
    attended: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """What a model asks of those who use it: what to put before a text, and how many tokens it takes at most.

    `pools_by_mean`: whether a text's own vector is the mean of its tokens'. `multi_vector`: how it searches with its
    tokens, of a model that was trained to.
    """

    query_prompt: str
    passage_prompt: str
    max_tokens: int
    pools_by_mean: bool
    multi_vector: MultiVector | None = None

    @classmethod
    def of(cls, saved: dict[str, Any]) -> "Settings":
        """Those that `save_settings` wrote."""
        tokens: dict[str, Any] | None = saved["multi_vector"]
        if tokens is None:
            return cls(**saved)
        skipped = {name: tuple(tokens[name]) for name in ("skipped_in_queries", "skipped_in_passages")}
        return cls(**{**saved, "multi_vector": MultiVector(**{**tokens, **skipped})})


class Runtime(Protocol):
    """A loaded model. Its tokenizer pads a batch to the longest text, and cuts nothing."""

    @property
    def settings(self) -> Settings: ...

    @property
    def tokenizer(self) -> Tokenizes: ...

    @property
    def tokens_a_batch(self) -> int:
        """Padded tokens that best go through the model together."""
        ...

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        """Run the model once over `ids` and `mask`, both [num_texts, length]: the tokens' vectors [num_texts, length,
        hidden] and the texts' own [num_texts, dim]."""
        ...

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """What `forward` gives for each pair of ids and mask, in their order."""
        ...


class OnnxRuntime:
    """An exported model, run by onnxruntime on the processor."""

    tokens_a_batch = TOKENS_A_BATCH

    def __init__(self, folder: Path, pieces: Path | None = None) -> None:
        """Load what an export left in `folder`; `pieces`: the table of its tokenizer's pieces, where there is one."""
        self._session = session(folder / MODEL_FILE)
        file = folder / TOKENIZER_FILE
        self.tokenizer: Tokenizes = PieceTokenizer(file, pieces) if pieces else Tokenizer.from_file(str(file))
        self.settings = Settings.of(json.loads((folder / _SETTINGS_FILE).read_text("utf-8")))

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        """Run the model once, as `Runtime.forward` says."""
        tokens, vectors = self._session.run(OUTPUTS, dict(zip(INPUTS, (ids, mask), strict=True)))
        return tokens, vectors

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """Run the model on each batch, as `Runtime.forward_all` says."""
        return (self.forward(ids, mask) for ids, mask in batches)


def session(file: Path) -> Any:
    """An ONNX file, ready to be run on the processor. Raises EncoderError when it is none."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = usable_cores()  # of itself it takes those that a container grants no time on
    # Threads that wait busily would hold up NumPy's, which come next.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # it has an error of its own for each cause, of no common kind
        why = str(error).strip().split("\n", 1)[0]
        raise EncoderError(f"cannot load {str(file)!r}: {why}; fetch or save it anew") from error


def batches(lengths: npt.NDArray[np.int64], tokens: int) -> Iterator[npt.NDArray[np.int64]]:
    """Which texts go through the model together: of like length, longest first, so that little of it is padding.

    `lengths` [num_texts] in tokens; a batch has no more than `tokens` with its padding, or one text.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + max(1, tokens // max(1, int(lengths[order[start]])))
        yield order[start:end]
        start = end


def save_settings(tokenizer: Tokenizer, settings: Settings, folder: Path) -> None:
    """Write beside an exported model what `OnnxRuntime` needs besides."""
    tokenizer.save(str(folder / TOKENIZER_FILE))
    write_json(folder / _SETTINGS_FILE, asdict(settings))
