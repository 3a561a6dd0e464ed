"""Texts into passage, sentence and token vectors, in one forward pass of a sentence-transformers model."""

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
from embeddings.types import EncoderIdentity, PassageEncoding, QueryEncoding, Span, TokenSpans, Vectors

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


@dataclass(frozen=True, slots=True)
class _Encoded:
    """One window's output: `vector` [dim], `tokens` [num_tokens, hidden], `spans` [num_tokens, 2] in the window."""

    vector: Vectors
    tokens: Vectors
    spans: TokenSpans


class SentenceTransformerEncoder:
    """Any sentence-transformers model as an `Encoder`, with its own prompts, pooling and length limit."""

    def __init__(self, model: Model) -> None:
        """Load the model. Nothing is fetched. Raises EncoderError when the folder is no model."""
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(str(model.folder), local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise EncoderError(f"cannot load a model from {str(model.folder)!r}: {error}") from error
        dimension = self._model.get_embedding_dimension()
        limit = self._model.max_seq_length
        if dimension is None or limit is None:
            raise EncoderError(f"model {model.identity.name!r} names no dimension or no length limit")
        self._identity = model.identity
        self._dimension: int = dimension
        self._query_prompt: str = self._model.prompts.get("query") or ""
        self._passage_prompt: str = next(filter(None, map(self._model.prompts.get, _PASSAGE_PROMPTS)), "")
        special = self._model.tokenizer.num_special_tokens_to_add()
        # One token is kept back: a window cut inside a word may take one more than it did in the whole text.
        self._room = limit - special - self._count_tokens([self._passage_prompt])[0] - 1
        # Sentences are pooled out of their passage's tokens, as the passage itself is, where the model pools by mean.
        self._pools_by_mean = getattr(self._model[1], "pooling_mode", "") == "mean"

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode_query(self, query: str) -> QueryEncoding:
        """Encode a question; what exceeds the model's limit is left off."""
        encoded = self._forward([query], self._query_prompt)[0]
        return QueryEncoding(encoded.vector, encoded.tokens, encoded.spans)

    def encode_passages(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> list[PassageEncoding]:
        """Encode passages with the sentences in each; texts of like length go together, long ones in windows.

        Raises ValueError when there are not as many lists of sentences as texts.
        """
        windows = [window for index, text in enumerate(texts) for window in self._windows(index, text)]
        encoded: dict[_Window, _Encoded] = {}
        for batch in _batches(windows):
            cut = [texts[w.text][w.span.start : w.span.end] for w in batch]
            encoded.update(zip(batch, self._forward(cut, self._passage_prompt), strict=True))
        parts: list[list[tuple[_Window, _Encoded]]] = [[] for _ in texts]
        for window in windows:
            parts[window.text].append((window, encoded[window]))
        return [self._passage(text, spans, part) for text, spans, part in zip(texts, sentences, parts, strict=True)]

    def _passage(
        self, text: str, sentences: Sequence[Span], parts: Sequence[tuple[_Window, _Encoded]]
    ) -> PassageEncoding:
        tokens = np.concatenate([encoded.tokens for _, encoded in parts])
        spans = np.concatenate([encoded.spans + np.int32(window.span.start) for window, encoded in parts])
        vectors = np.stack([encoded.vector for _, encoded in parts])
        if self._pools_by_mean:
            pooled = pool_sentences(tokens, spans, sentences)
        else:
            pooled = np.stack(
                [e.vector for e in self._forward([text[s.start : s.end] for s in sentences], self._passage_prompt)]
            )
        return PassageEncoding(vectors, pooled, tokens, spans)

    def _windows(self, index: int, text: str) -> Iterator[_Window]:
        """Cut a text into the fewest windows of about equal length that fit the model."""
        offsets = self._model.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
            "offset_mapping"
        ]
        count = max(1, -(-len(offsets) // self._room))
        bounds = [round(len(offsets) * i / count) for i in range(count + 1)]
        starts = [0, *(offsets[bound][0] for bound in bounds[1:-1]), len(text)]
        for i in range(count):
            yield _Window(index, Span(starts[i], starts[i + 1]), bounds[i + 1] - bounds[i])

    def _count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self._model.tokenizer(list(texts), add_special_tokens=False)["input_ids"]]

    def _forward(self, texts: Sequence[str], prompt: str) -> list[_Encoded]:
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
            _Encoded(unit(vectors[i]), hidden[i][kept[i]], np.maximum(offsets[i][kept[i]], 0))
            for i in range(len(texts))
        ]


def unit(vectors: Vectors) -> Vectors:
    """`vectors` [..., dim] scaled to unit length; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def pool_sentences(tokens: Vectors, spans: TokenSpans, sentences: Sequence[Span]) -> Vectors:
    """Mean of the token vectors that end in each sentence, unit length: [num_sentences, dim].

    Where they end, because a token may begin with the blank before its word.

    A sentence without a token of its own gets the mean of all tokens.
    """
    pooled = np.empty((len(sentences), tokens.shape[1]), np.float32)
    for i, sentence in enumerate(sentences):
        inside = (spans[:, 1] > sentence.start) & (spans[:, 1] <= sentence.end)
        pooled[i] = tokens[inside if inside.any() else slice(None)].mean(axis=0)
    return unit(pooled)


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
