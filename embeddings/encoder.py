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
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.pieces import Encoded
from embeddings.runtime import MODEL_FILE, QUESTIONS, TOKENIZER_FILE, Ids, OnnxRuntime, Runtime, batches
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity, Span, TextEncoding
from embeddings.vectors import unit

_log = logging.getLogger(__name__)

_EXPORT_RECIPE: Final = "2"
"""Raised when the export changes, so that an older one in a cache is not taken for a new one."""
_LONG: Final = 16
"""Characters for each token that a model takes, above which a text is cut into windows at once: tokenised with others
it would have all of them padded to its length."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of text number `text` that fits the model; `tokens` is how many tokens it takes."""

    text: int
    span: Span
    tokens: int


class _Way:
    """One of the two ways into a model: of questions or of passages."""

    def __init__(self, name: str, runtime: Runtime, *, questions: bool) -> None:
        settings = runtime.settings
        self.runtime = runtime
        self.questions = questions
        self.prompt = settings.query_prompt if questions else settings.passage_prompt
        self.special = runtime.tokenizer.num_special_tokens_to_add(False)
        # One token is kept back: a window cut inside a word may take one more than it did in the whole text.
        prompt = len(runtime.tokenizer.encode(self.prompt, add_special_tokens=False).ids)
        self.room = settings.max_tokens - self.special - prompt - 1
        if self.room < 1:
            raise EncoderError(
                f"model {name!r} takes {settings.max_tokens} tokens, of which its prompt {self.prompt!r} leaves none "
                "for the text; mend max_seq_length or the prompt in its settings, or take another model"
            )


class ModelEncoder:
    """A loaded model as an `Encoder`: texts of any length, with the model's own prompts."""

    def __init__(self, identity: EncoderIdentity, runtime: Runtime, questions: Runtime | None = None) -> None:
        """`questions`: the runtime of questions, where these take another way through the model than passages.

        Raises EncoderError when the model has no room for a text.
        """
        self._identity = identity
        self._settings = runtime.settings
        self._passages = _Way(identity.name, runtime, questions=False)
        self._questions = _Way(identity.name, questions or runtime, questions=True)

    @property
    def identity(self) -> EncoderIdentity:
        return self._identity

    @property
    def pools_by_mean(self) -> bool:
        return all(way.runtime.settings.pools_by_mean for way in (self._passages, self._questions))

    @property
    def multi_vector(self) -> bool:
        return self._settings.multi_vector is not None

    def encode_query(self, query: str) -> TextEncoding:
        """Encode a question."""
        return self._encode([query], self._questions)[0]

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Encode passages; texts of like length go through the model together."""
        return self._encode(texts, self._passages)

    def _encode(self, texts: Sequence[str], way: _Way) -> list[TextEncoding]:
        """Encode texts, those that exceed the model's limit in windows, which are put together again."""
        short = [number for number, text in enumerate(texts) if len(text) <= _LONG * way.runtime.settings.max_tokens]
        tokenised = dict(zip(short, self._tokenised([texts[number] for number in short], way), strict=True))
        # With the prompt counted as well, so that what stays whole surely fits.
        whole = [number for number in short if sum(tokenised[number].attention_mask) - way.special <= way.room]
        found = dict(zip(whole, self._forward([tokenised[number] for number in whole], way), strict=True))
        windows = [
            window
            for number in range(len(texts))
            if number not in found
            for window in self._windows(number, texts[number], way)
        ]
        cut = [texts[window.text][window.span.start : window.span.end] for window in windows]
        parts: dict[int, list[tuple[_Window, TextEncoding]]] = {}
        for window, encoding in zip(windows, self._forward(self._tokenised(cut, way), way), strict=True):
            parts.setdefault(window.text, []).append((window, encoding))
        return [found.get(number) or _joined(parts[number]) for number in range(len(texts))]

    def _tokenised(self, texts: Sequence[str], way: _Way) -> Sequence[Encoded]:
        with timed(Part.TOKENISE):
            return way.runtime.tokenizer.encode_batch([way.prompt + text for text in texts]) if texts else ()

    def _windows(self, number: int, text: str, way: _Way) -> Iterator[_Window]:
        """Cut a text into the fewest windows of about equal length that fit the model."""
        with timed(Part.TOKENISE):
            offsets = way.runtime.tokenizer.encode(text, add_special_tokens=False).offsets
        count = max(1, -(-len(offsets) // way.room))
        bounds = [round(len(offsets) * i / count) for i in range(count + 1)]
        starts = [0, *(offsets[bound][0] for bound in bounds[1:-1]), len(text)]
        for i in range(count):
            yield _Window(number, Span(starts[i], starts[i + 1]), max(1, bounds[i + 1] - bounds[i]))

    def _forward(self, tokenised: Sequence[Encoded], way: _Way) -> list[TextEncoding]:
        """Run the model over texts that are tokens already, padded to the longest, each with its prompt before it."""
        if not tokenised:
            return []
        texts = self._texts(tokenised, way)
        taken = [
            (rows, np.flatnonzero(texts.kept_or_seen[rows].any(axis=0))[: way.runtime.settings.max_tokens])
            for rows in batches(texts.kept_or_seen.sum(axis=1), way.runtime.tokens_a_batch)
        ]
        outputs = way.runtime.forward_all([(texts.ids[np.ix_(*batch)], texts.mask[np.ix_(*batch)]) for batch in taken])
        found: dict[int, TextEncoding] = {}
        for rows, columns in taken:
            with timed(Part.ENCODE):
                hidden, vectors = next(outputs)
            for number, vector, tokens in zip(rows.tolist(), vectors, hidden, strict=True):
                own = texts.kept[number, columns]
                kept, spans = tokens[own], texts.spans[number, columns][own]
                found[number] = TextEncoding(unit(kept.sum(axis=0) if self.multi_vector else vector), kept, spans)
        return [found[number] for number in range(len(tokenised))]

    def _texts(self, tokenised: Sequence[Encoded], way: _Way) -> "_Texts":
        """Padded texts as arrays, with what of them is searched with."""
        ids = np.array([each.ids for each in tokenised])
        mask = np.array([each.attention_mask for each in tokenised])
        offsets = np.array([each.offsets for each in tokenised], np.int32) - np.int32(len(way.prompt))
        spans = np.maximum(offsets, 0)
        model = self._settings.multi_vector
        if model is None:
            special = np.array([each.special_tokens_mask for each in tokenised], bool)
            # Tokens of the text only: no marks, no padding, no prompt. A token may begin with the prompt's last blank.
            return _Texts(ids, mask, ~special & (offsets[:, :, 1] > 0) & (offsets[:, :, 1] > offsets[:, :, 0]), spans)
        if way.questions and model.query_length:
            missing = max(0, model.query_length - ids.shape[1])
            ids, mask = (np.pad(values, ((0, 0), (0, missing))) for values in (ids, mask))
            spans = np.pad(spans, ((0, 0), (0, missing), (0, 0)))
            filled = (mask == 0) & (np.arange(ids.shape[1]) < model.query_length)
            ids = np.where(filled, model.filler, ids)
            kept = (mask == 1) | filled
            mask = np.where(filled & model.attended, 1, mask)
        else:
            kept = mask == 1
        # Marks stand where the text before them ends.
        ends = np.maximum.accumulate(spans[:, :, 1], axis=1)
        spans = np.stack([np.where(spans[:, :, 1] > spans[:, :, 0], spans[:, :, 0], ends), ends], axis=2)
        skipped = model.skipped_in_queries if way.questions else model.skipped_in_passages
        return _Texts(ids, mask, kept & ~np.isin(ids, skipped), spans)


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts as tokens, padded: `ids` and `mask` [num_texts, length], `kept` of the same shape, what of them is searched
    with, and `spans` [num_texts, length, 2]."""

    ids: Ids
    mask: Ids
    kept: npt.NDArray[np.bool_]
    spans: npt.NDArray[np.int32]

    @property
    def kept_or_seen(self) -> npt.NDArray[np.bool_]:
        """[num_texts, length]: what has to go through the model."""
        return np.asarray(self.kept | (self.mask == 1))


def _joined(parts: Sequence[tuple[_Window, TextEncoding]]) -> TextEncoding:
    """One text's windows, put together again."""
    return TextEncoding(
        unit(np.sum([encoding.vector * window.tokens for window, encoding in parts], axis=0)),
        np.concatenate([encoding.tokens for _, encoding in parts]),
        np.concatenate([encoding.spans + np.int32(window.span.start) for window, encoding in parts]),
    )


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

        runtime = TorchRuntime(model, device)
        return ModelEncoder(model.identity, runtime, runtime.of_questions())
    return ModelEncoder(model.identity, *exported_runtimes(model))


def exported_runtimes(model: Model) -> tuple[Runtime, Runtime | None]:
    """The model as exported; where it cannot be, as torch runs it. The second one is of questions, where these take
    another way through the model. Raises what `load_encoder` does."""

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
        if (folder / QUESTIONS).exists():
            return OnnxRuntime(folder), OnnxRuntime(folder / QUESTIONS)
        return OnnxRuntime(folder, table if pieces.has_table(table) else None), None
    from embeddings.torch_runtime import TorchRuntime

    runtime = TorchRuntime(model)
    return runtime, runtime.of_questions()
