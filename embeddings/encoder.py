"""Texts into vectors, of the whole and of each token, in one forward pass of a model."""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from embeddings import pieces
from embeddings.cache import made_once
from embeddings.models import Model
from embeddings.pieces import Encoded
from embeddings.runtime import MODEL_FILE, TOKENIZER_FILE, OnnxRuntime, Runtime
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity, Span, TextEncoding
from embeddings.vectors import unit

_log = logging.getLogger(__name__)

_EXPORT_RECIPE: Final = "1"
"""Raised when the export changes, so that an older one in a cache is not taken for a new one."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of text number `text` that fits the model; `tokens` is how many tokens it takes."""

    text: int
    span: Span
    tokens: int


class ModelEncoder:
    """A loaded model as an `Encoder`: texts of any length, with the model's own prompts."""

    def __init__(self, identity: EncoderIdentity, runtime: Runtime) -> None:
        self._identity = identity
        self._runtime = runtime
        self._special = runtime.tokenizer.num_special_tokens_to_add(False)
        prompt = len(runtime.tokenizer.encode(runtime.settings.passage_prompt, add_special_tokens=False).ids)
        # One token is kept back: a window cut inside a word may take one more than it did in the whole text.
        self._room = runtime.settings.max_tokens - self._special - prompt - 1

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    @property
    def pools_by_mean(self) -> bool:
        return self._runtime.settings.pools_by_mean

    def encode_query(self, query: str) -> TextEncoding:
        """Encode a question."""
        return self._encode([query], self._runtime.settings.query_prompt)[0]

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Encode passages; texts of like length go through the model together."""
        return self._encode(texts, self._runtime.settings.passage_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> list[TextEncoding]:
        """Encode texts, those that exceed the model's limit in windows, which are put together again."""
        tokenised = self._tokenised(texts, prompt)
        lengths = [sum(each.attention_mask) for each in tokenised]
        # With the prompt counted as well, so that what stays whole surely fits.
        whole = [number for number, length in enumerate(lengths) if length - self._special <= self._room]
        found = dict(zip(whole, self._forward([tokenised[number] for number in whole], prompt), strict=True))
        windows = [
            window
            for number in range(len(texts))
            if number not in found
            for window in self._windows(number, texts[number])
        ]
        cut = [texts[window.text][window.span.start : window.span.end] for window in windows]
        parts: dict[int, list[tuple[_Window, TextEncoding]]] = {}
        for window, encoding in zip(windows, self._forward(self._tokenised(cut, prompt), prompt), strict=True):
            parts.setdefault(window.text, []).append((window, encoding))
        return [found.get(number) or _joined(parts[number]) for number in range(len(texts))]

    def _tokenised(self, texts: Sequence[str], prompt: str) -> Sequence[Encoded]:
        with timed(Part.TOKENISE):
            return self._runtime.tokenizer.encode_batch([prompt + text for text in texts]) if texts else ()

    def _windows(self, number: int, text: str) -> Iterator[_Window]:
        """Cut a text into the fewest windows of about equal length that fit the model."""
        with timed(Part.TOKENISE):
            offsets = self._runtime.tokenizer.encode(text, add_special_tokens=False).offsets
        count = max(1, -(-len(offsets) // self._room))
        bounds = [round(len(offsets) * i / count) for i in range(count + 1)]
        starts = [0, *(offsets[bound][0] for bound in bounds[1:-1]), len(text)]
        for i in range(count):
            yield _Window(number, Span(starts[i], starts[i + 1]), max(1, bounds[i + 1] - bounds[i]))

    def _forward(self, tokenised: Sequence[Encoded], prompt: str) -> list[TextEncoding]:
        """Run the model over texts that are tokens already, padded to the longest, each with `prompt` before it."""
        if not tokenised:
            return []
        ids = np.array([each.ids for each in tokenised])
        mask = np.array([each.attention_mask for each in tokenised])
        special = np.array([each.special_tokens_mask for each in tokenised], bool)
        offsets = np.array([each.offsets for each in tokenised], np.int32) - np.int32(len(prompt))
        # Tokens of the text only: no marks, no padding, no prompt. A token may begin with the prompt's last blank.
        kept = ~special & (offsets[:, :, 1] > 0) & (offsets[:, :, 1] > offsets[:, :, 0])
        batches = [
            (rows, np.flatnonzero(mask[rows].any(axis=0))[: self._runtime.settings.max_tokens])
            for rows in _batches(mask.sum(axis=1), self._runtime.tokens_a_batch)
        ]
        outputs = self._runtime.forward_all([(ids[np.ix_(*batch)], mask[np.ix_(*batch)]) for batch in batches])
        found: dict[int, TextEncoding] = {}
        for rows, columns in batches:
            with timed(Part.ENCODE):
                hidden, vectors = next(outputs)
            for number, vector, tokens in zip(rows.tolist(), vectors, hidden, strict=True):
                own = kept[number, columns]
                spans = np.maximum(offsets[number, columns][own], 0)
                found[number] = TextEncoding(unit(vector), tokens[own], spans)
        return [found[number] for number in range(len(tokenised))]


def _joined(parts: Sequence[tuple[_Window, TextEncoding]]) -> TextEncoding:
    """One text's windows, put together again."""
    return TextEncoding(
        unit(np.sum([encoding.vector * window.tokens for window, encoding in parts], axis=0)),
        np.concatenate([encoding.tokens for _, encoding in parts]),
        np.concatenate([encoding.spans + np.int32(window.span.start) for window, encoding in parts]),
    )


def _batches(lengths: npt.NDArray[np.int64], tokens: int) -> Iterator[npt.NDArray[np.int64]]:
    """Which texts go through the model together: of like length, longest first, so that little of it is padding.

    `lengths` [num_texts] in tokens; a batch has no more than `tokens` with its padding, or one text.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + max(1, tokens // max(1, int(lengths[order[start]])))
        yield order[start:end]
        start = end


@timed(Part.MODEL)
def load_encoder(model: Model, *, many: bool = False, device: str | None = None) -> ModelEncoder:
    """Load the encoder of a model found on this machine, exporting it for onnxruntime when that was not yet done.

    `many`: whether many texts will be encoded. Torch does that fastest, on a graphics processor where there is one, and
    onnxruntime answers a question without the seconds that loading torch takes. `device`: for many texts, as torch
    names it.

    Raises EncoderError when the folder is no model, there is no such device, or the cache cannot be written.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads and the model's get in each other's way
    if many:
        from embeddings.torch_runtime import TorchRuntime

        return ModelEncoder(model.identity, TorchRuntime(model, device))
    return ModelEncoder(model.identity, exported_runtime(model))


def exported_runtime(model: Model) -> Runtime:
    """The model as exported; where it cannot be, as torch runs it. Raises what `load_encoder` does."""

    def make(folder: Path) -> None:
        from embeddings.torch_runtime import export  # loads torch: seconds, once on each machine

        _log.warning("preparing model %s, once on this machine", model.identity.name)
        export(model, folder)

    fingerprint = model.identity.fingerprint
    about = {"source": fingerprint, "recipe": _EXPORT_RECIPE}
    folder = made_once(f"onnx-{fingerprint[:12]}-{_EXPORT_RECIPE}", about, make)
    if (folder / MODEL_FILE).exists():
        file = folder / TOKENIZER_FILE
        name = f"pieces-{fingerprint[:12]}-{_EXPORT_RECIPE}-{pieces.RECIPE}"
        about = {"source": fingerprint, "recipe": pieces.RECIPE}
        table = made_once(name, about, lambda made: pieces.write_table(file, made))
        return OnnxRuntime(folder, table if pieces.has_table(table) else None)
    from embeddings.torch_runtime import TorchRuntime

    return TorchRuntime(model)
