"""Search by words: BM25 over the tokens of `embeddings.words` (bm25s).

bm25s makes the scores when an index is built. To add some of them up at a question takes no library, and bm25s loads
SciPy, which takes longer than an answer; so its files are read here.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from embeddings.types import Vectors

K1: Final = 1.2
B: Final = 0.75
"""The usual values (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond")."""

_FOLDER: Final = "words"
_LINES: Final = "passages.txt"
_VOCABULARY: Final = "vocab.index.json"
_PARAMETERS: Final = "params.index.json"
_ARRAYS: Final = {name: f"{name}.csc.index.npy" for name in ("data", "indices", "indptr")}
"""The names that bm25s gives its files."""


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """The words of each passage. `_words`: these, or the file where they stand, a passage a line.

    Word number w of `_vocabulary` adds `_weights[i]` to the score of passage `_passages[i]`, for i from `_starts[w]` to
    `_starts[w + 1]`; `_count` passages.
    """

    _vocabulary: Mapping[str, int]
    _weights: Vectors
    _passages: npt.NDArray[np.int32]
    _starts: npt.NDArray[np.int64]
    _count: int
    _words: Sequence[Sequence[str]] | Path

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> Self:
        """Index the words of each passage."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it reports its every step
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        index.index([list(words) for words in passages], show_progress=False)
        scores = index.scores
        return cls(
            _real(index.vocab_dict),
            scores["data"],
            scores["indices"],
            scores["indptr"],
            int(scores["num_docs"]),
            passages,
        )

    def words(self) -> Sequence[Sequence[str]]:
        """The words of each passage, as they were given to `build`; read when they are asked for."""
        if isinstance(self._words, Path):
            return [line.split(" ") if line else [] for line in self._words.read_text("utf-8").split("\n")[:-1]]
        return self._words

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
        for name, array in (("data", self._weights), ("indices", self._passages), ("indptr", self._starts)):
            np.save(own / _ARRAYS[name], array, allow_pickle=False)
        (own / _VOCABULARY).write_text(json.dumps(self._vocabulary, ensure_ascii=False), "utf-8")
        parameters = {"k1": K1, "b": B, "method": "lucene", "num_docs": self._count}
        (own / _PARAMETERS).write_text(json.dumps(parameters, indent=4), "utf-8")
        lines = (" ".join(words) + "\n" for words in self.words())
        (own / _LINES).write_text("".join(lines), "utf-8", newline="\n")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped. Raises ValueError, KeyError or TypeError when it is no such index."""
        own = folder / _FOLDER
        vocabulary = _real(json.loads((own / _VOCABULARY).read_text("utf-8")))
        count = int(json.loads((own / _PARAMETERS).read_text("utf-8"))["num_docs"])
        weights, passages, starts = (
            np.load(own / file, mmap_mode="r", allow_pickle=False) for file in _ARRAYS.values()
        )
        if starts[-1] != len(weights) or len(weights) != len(passages) or len(starts) <= 1 + max(vocabulary.values()):
            raise ValueError(f"the files in {_FOLDER!r} do not belong together")
        return cls(vocabulary, weights, passages, starts, count, own / _LINES)


def _real(vocabulary: Mapping[str, int]) -> dict[str, int]:
    """The words without the empty one, which bm25s adds behind them and which has no scores."""
    return {word: number for word, number in vocabulary.items() if word}
