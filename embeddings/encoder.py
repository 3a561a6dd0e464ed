"""Texts into vectors, of the whole and of each token, in one forward pass of a sentence-transformers model."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils.logging import disable_progress_bar

from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.types import EncoderIdentity, Span, TextEncoding
from embeddings.vectors import unit

_TOKENS_A_BATCH: Final = 4096
"""Padded tokens that go through the model together: more brings nothing on a processor and costs memory."""
_PASSAGE_PROMPTS: Final = ("document", "passage", "corpus")
"""What models call the prompt for passages in their settings."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of text number `text` that fits the model; `tokens` is how many tokens it takes."""

    text: int
    span: Span
    tokens: int


class SentenceTransformerEncoder:
    """Any sentence-transformers model as an `Encoder`, with its own prompts, pooling and length limit."""

    def __init__(self, model: Model) -> None:
        """Load the model. Nothing is fetched. Raises EncoderError when the folder is no model."""
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(str(model.folder), local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise EncoderError(f"cannot load a model from {str(model.folder)!r}: {error}") from error
        limit = self._model.max_seq_length
        if limit is None:
            raise EncoderError(f"model {model.identity.name!r} names no length limit")
        self._identity = model.identity
        self._query_prompt: str = self._model.prompts.get("query") or ""
        self._passage_prompt: str = next(filter(None, map(self._model.prompts.get, _PASSAGE_PROMPTS)), "")
        special = self._model.tokenizer.num_special_tokens_to_add()
        # One token is kept back: a window cut inside a word may take one more than it did in the whole text.
        self._room = limit - special - self._count_tokens([self._passage_prompt])[0] - 1
        self._pools_by_mean = getattr(self._model[1], "pooling_mode", "") == "mean"

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    @property
    def pools_by_mean(self) -> bool:
        return self._pools_by_mean

    def encode_query(self, query: str) -> TextEncoding:
        """Encode a question."""
        return self._encode([query], self._query_prompt)[0]

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Encode passages; texts of like length go through the model together."""
        return self._encode(texts, self._passage_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> list[TextEncoding]:
        """Encode texts, those that exceed the model's limit in windows, which are put together again."""
        windows = [window for index, text in enumerate(texts) for window in self._windows(index, text)]
        encoded: dict[_Window, TextEncoding] = {}
        for batch in _batches(windows):
            cut = [texts[window.text][window.span.start : window.span.end] for window in batch]
            encoded.update(zip(batch, self._forward(cut, prompt), strict=True))
        parts: list[list[_Window]] = [[] for _ in texts]
        for window in windows:
            parts[window.text].append(window)
        return [
            TextEncoding(
                unit(np.sum([encoded[window].vector * window.tokens for window in part], axis=0)),
                np.concatenate([encoded[window].tokens for window in part]),
                np.concatenate([encoded[window].spans + np.int32(window.span.start) for window in part]),
            )
            for part in parts
        ]

    def _windows(self, index: int, text: str) -> Iterator[_Window]:
        """Cut a text into the fewest windows of about equal length that fit the model."""
        offsets = self._model.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
            "offset_mapping"
        ]
        count = max(1, -(-len(offsets) // self._room))
        bounds = [round(len(offsets) * i / count) for i in range(count + 1)]
        starts = [0, *(offsets[bound][0] for bound in bounds[1:-1]), len(text)]
        for i in range(count):
            yield _Window(index, Span(starts[i], starts[i + 1]), max(1, bounds[i + 1] - bounds[i]))

    def _count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]]

    def _forward(self, texts: Sequence[str], prompt: str) -> list[TextEncoding]:
        """Run the model once over `texts`, each with `prompt` before it."""
        features = self._model.tokenizer(
            [prompt + text for text in texts],
            padding=True,
            truncation=True,
            max_length=self._model.max_seq_length,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            return_tensors="pt",
        )
        offsets: npt.NDArray[np.int32] = features.pop("offset_mapping").numpy().astype(np.int32) - len(prompt)
        special = features.pop("special_tokens_mask").numpy().astype(bool)
        with torch.inference_mode():
            output = self._model({name: values.to(self._model.device) for name, values in features.items()})
        hidden = output["token_embeddings"].float().cpu().numpy()
        vectors = output["sentence_embedding"].float().cpu().numpy()
        # Tokens of the text only: no marks, no padding, no prompt. A token may begin with the prompt's last blank.
        kept = ~special & (offsets[:, :, 1] > 0) & (offsets[:, :, 1] > offsets[:, :, 0])
        return [
            TextEncoding(unit(vectors[i]), hidden[i][kept[i]], np.maximum(offsets[i][kept[i]], 0))
            for i in range(len(texts))
        ]


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Windows of like length together, longest first, so that little padding goes through the model."""
    batch: list[_Window] = []
    for window in sorted(windows, key=lambda w: -w.tokens):
        if batch and (len(batch) + 1) * batch[0].tokens > _TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def load_encoder(model: Model) -> SentenceTransformerEncoder:
    """Load the encoder of a model found on this machine."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads and torch's get in each other's way
    return SentenceTransformerEncoder(model)
