"""Texts into vectors, of the whole and of each token, in one forward pass of a model."""

import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from embeddings import pieces
from embeddings.cache import made_once
from embeddings.models import Model
from embeddings.runtime import MODEL_FILE, TOKENIZER_FILE, OnnxRuntime, Runtime
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity, Span, TextEncoding
from embeddings.vectors import unit

_log = logging.getLogger(__name__)

_TOKENS_A_BATCH: Final = 2048
"""Padded tokens that go through the model together: what they make must stay near the processor, in its caches."""
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
        special = runtime.tokenizer.num_special_tokens_to_add(False)
        prompt = len(runtime.tokenizer.encode(runtime.settings.passage_prompt, add_special_tokens=False).ids)
        # One token is kept back: a window cut inside a word may take one more than it did in the whole text.
        self._room = runtime.settings.max_tokens - special - prompt - 1

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
        with timed(Part.TOKENISE):
            offsets = self._runtime.tokenizer.encode(text, add_special_tokens=False).offsets
        count = max(1, -(-len(offsets) // self._room))
        bounds = [round(len(offsets) * i / count) for i in range(count + 1)]
        starts = [0, *(offsets[bound][0] for bound in bounds[1:-1]), len(text)]
        for i in range(count):
            yield _Window(index, Span(starts[i], starts[i + 1]), max(1, bounds[i + 1] - bounds[i]))

    def _forward(self, texts: Sequence[str], prompt: str) -> list[TextEncoding]:
        """Run the model once over `texts`, each with `prompt` before it."""
        with timed(Part.TOKENISE):
            encodings = self._runtime.tokenizer.encode_batch([prompt + text for text in texts])
        fits = np.s_[:, : self._runtime.settings.max_tokens]
        ids = np.array([encoding.ids for encoding in encodings])[fits]
        mask = np.array([encoding.attention_mask for encoding in encodings])[fits]
        special = np.array([encoding.special_tokens_mask for encoding in encodings], bool)[fits]
        offsets = np.array([encoding.offsets for encoding in encodings], np.int32)[fits] - np.int32(len(prompt))
        with timed(Part.ENCODE):
            hidden, vectors = self._runtime.forward(ids, mask)
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


@timed(Part.MODEL)
def load_encoder(model: Model, *, many: bool = False) -> ModelEncoder:
    """Load the encoder of a model found on this machine, exporting it for onnxruntime when that was not yet done.

    `many`: whether many texts will be encoded. Torch does that fastest, on a graphics processor where there is one, and
    onnxruntime answers a question without the seconds that loading torch takes.

    Raises EncoderError when the folder is no model, or the cache cannot be written.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # its threads and the model's get in each other's way
    if many:
        from embeddings.torch_runtime import TorchRuntime

        return ModelEncoder(model.identity, TorchRuntime(model))
    return ModelEncoder(model.identity, _exported(model))


def _exported(model: Model) -> Runtime:
    """The model as exported; where it cannot be, as torch runs it."""

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
