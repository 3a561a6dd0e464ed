"""A question and a passage read together: how well the one answers the other (a cross-encoder).

That is slow, so it is done for the first few passages of a ranking only (`qa/retriever.py`). A passage that is longer
than the model takes is worth what its best part is (Dai and Callan 2019, "MaxP").
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from embeddings.errors import EncoderError
from embeddings.models import Model, find_reranker, onnx_file
from embeddings.pair_runtime import OnnxPairs
from embeddings.pieces import Tokenizes
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity, Vectors

_LEAST_ROOM: Final = 32
"""Tokens that a passage gets in any case; of a longer question the model cuts off the end."""
_TRIED: Final = (("Who pays?", "The bank."), ("Who?", "Nobody paid, as far as the bank could tell."))


class Pairs(Protocol):
    """A loaded reranker. Its `tokenizer` counts and cuts nothing; None where the model has none that can."""

    @property
    def tokenizer(self) -> Tokenizes | None: ...

    @property
    def max_tokens(self) -> int:
        """Of a question and a passage together, with the model's marks."""
        ...

    @property
    def runs_by(self) -> str:
        """The library."""
        ...

    def besides(self, question: str) -> int:
        """How many tokens of a pair are not of its text: the question's, those of a prompt and the model's marks."""
        ...

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """How well each question is answered by its text, from 0 to 1: [len(pairs)]. What is too long is cut."""
        ...


class Reranker:
    """A loaded model that tells how well passages answer a question. Safe to share between threads."""

    def __init__(self, identity: EncoderIdentity, pairs: Pairs) -> None:
        self.identity = identity
        self.max_tokens = pairs.max_tokens
        self.runs_by = pairs.runs_by
        self._pairs = pairs

    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        """How well each text answers, from 0 to 1: [len(texts)]."""
        if not texts:
            return np.zeros(0, np.float32)
        room = self._room(question)
        windows = [self._windows(text, room) for text in texts]
        found = self._pairs.scores([(question, window) for own in windows for window in own])
        lengths = [len(own) for own in windows]
        return np.maximum.reduceat(found, np.cumsum([0, *lengths[:-1]]))

    def _room(self, question: str) -> int:
        """How many tokens of a text are read with a question."""
        # One token is kept back: a window cut inside a word may take one more than it did in the whole text.
        return max(_LEAST_ROOM, self.max_tokens - self._pairs.besides(question) - 1)

    def _windows(self, text: str, room: int) -> list[str]:
        """The fewest parts of about equal length of no more than `room` tokens."""
        tokenizer = self._pairs.tokenizer
        if tokenizer is None:
            return [text]
        offsets = tokenizer.encode(text, add_special_tokens=False).offsets
        count = max(1, -(-len(offsets) // room))
        starts = [0, *(offsets[round(len(offsets) * i / count)][0] for i in range(1, count)), len(text)]
        return [text[starts[i] : starts[i + 1]] for i in range(count)]


@timed(Part.MODEL)
def load_reranker(name: str) -> Reranker:
    """Load a reranker by its folder or its name on the hub: by onnxruntime where there is an ONNX file, else by torch.

    Raises EncoderError when there is no such model or it is no reranker.
    """
    model = find_reranker(name)
    return Reranker(model.identity, _pairs(model, onnx_file(model.folder)))


def _pairs(model: Model, file: Path | None) -> Pairs:
    try:
        if file is not None:
            pairs: Pairs = OnnxPairs(file, model.folder)
        else:
            from embeddings.torch_pairs import TorchPairs  # loads torch: seconds

            pairs = TorchPairs(model.folder)
        scores = pairs.scores(_TRIED)
        if not np.isfinite(scores).all():
            raise EncoderError(f"its scores of two pairs are {scores.tolist()}; take another one")
    except EncoderError as error:
        raise EncoderError(f"reranker {model.identity.name!r} cannot be used: {error}") from error
    return pairs
