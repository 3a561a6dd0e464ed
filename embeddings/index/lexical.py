"""Search by words: BM25 over the tokens of `embeddings.words` (bm25s).

bm25s makes the scores when an index is built. To add some of them up at a question takes no library, and bm25s loads
SciPy, which takes longer than an answer; so they are kept and read here, memory-mapped.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, overload

import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.index import vocabulary
from embeddings.index.vocabulary import Vocabulary
from embeddings.lines import Lines, write_lines
from embeddings.types import Vectors

K1: Final = 1.2
B: Final = 0.75
"""The usual values (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond")."""

_FOLDER: Final = "words"
_LINES: Final = "passages.txt"
_ARRAYS: Final = ("weights.npy", "passages.npy", "starts.npy")


@dataclass(frozen=True, slots=True)
class WordLines(Sequence[Sequence[str]]):
    """The words of passages, in a file, a passage a line."""

    _lines: Lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, number: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Sequence[str]]: ...
    def __getitem__(self, number: int | slice) -> Sequence[str] | Sequence[Sequence[str]]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        line = self._lines[number].decode()
        return line.split(" ") if line else []


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """The words of each passage.

    Word number w of `_vocabulary` adds `_weights[i]` to the score of passage `_passages[i]`, for i from `_starts[w]` to
    `_starts[w + 1]`; `_count` passages.
    """

    _vocabulary: Mapping[str, int]
    _weights: Vectors
    _passages: npt.NDArray[np.int32]
    _starts: npt.NDArray[np.int64]
    words: Sequence[Sequence[str]]

    @property
    def _count(self) -> int:
        return len(self.words)

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> Self:
        """Index the words of each passage."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it reports its every step
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        index.index([list(words) for words in passages], show_progress=False)
        scores = index.scores
        return cls(
            # Without the empty word, which bm25s adds behind the others and which has no scores.
            {word: number for word, number in index.vocab_dict.items() if word},
            scores["data"],
            scores["indices"],
            scores["indptr"],
            passages,
        )

    def scores(self, words: Sequence[str]) -> Vectors:
        """How much of the question's weight each passage's words carry: [num_passages], from 0 to below 1.

        BM25 divided by the sum of the idf of the question's distinct words, those that stand nowhere included. So it
        is near 0 for a question in another language than the passages', and can be added to other scores.
        """
        distinct = sorted(set(words))
        total = sum(self._idf(word) for word in distinct)
        scores = np.zeros(self._count, np.float32)
        for word in distinct:
            if word in self._vocabulary:
                first, last = self._range(word)
                scores[self._passages[first:last]] += self._weights[first:last]  # each passage once
        return scores / np.float32(total or 1)

    def _range(self, word: str) -> tuple[int, int]:
        """Where the scores of a word stand."""
        number = self._vocabulary[word]
        return int(self._starts[number]), int(self._starts[number + 1])

    def _idf(self, word: str) -> float:
        """Inverse document frequency as Lucene has it: ln(1 + (N - df + 0.5) / (df + 0.5))."""
        first, last = self._range(word) if word in self._vocabulary else (0, 0)
        return float(np.log(1 + (self._count - (last - first) + 0.5) / (last - first + 0.5)))

    def save(self, folder: Path) -> None:
        """Write the index's files into a folder below `folder`."""
        own = folder / _FOLDER
        own.mkdir(parents=True, exist_ok=True)
        parts: tuple[npt.NDArray[Any], ...] = (self._weights, self._passages, self._starts)
        for name, array in zip(_ARRAYS, parts, strict=True):
            arrays.save(own / name, array)
        vocabulary.save(self._vocabulary.items(), own)
        write_lines(own / _LINES, (" ".join(words).encode() for words in self.words))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped. Raises ValueError when it is no such index."""
        own = folder / _FOLDER
        weights, passages, starts = (arrays.load(own / name) for name in _ARRAYS)
        if starts[-1] != len(weights) or len(weights) != len(passages):
            raise ValueError(f"the files in {_FOLDER!r} do not belong together")
        words = WordLines(Lines.load(own / _LINES))
        return cls(Vocabulary.load(own, len(starts) - 1), weights, passages, starts, words)
