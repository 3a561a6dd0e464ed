"""Search by words: BM25 over the tokens of `embeddings.words` (bm25s)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import bm25s
import numpy as np
import numpy.typing as npt

from embeddings.types import Vectors

K1: Final = 1.2
B: Final = 0.75
"""The usual values (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond")."""

_FOLDER: Final = "words"
_LINES: Final = "passages.txt"

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it reports its every step


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """The words of each passage. `_words`: these, or the file where they stand, a passage a line."""

    _index: bm25s.BM25
    _words: Sequence[Sequence[str]] | Path

    @classmethod
    def build(cls, passages: Sequence[Sequence[str]]) -> Self:
        """Index the words of each passage."""
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        index.index([list(words) for words in passages], show_progress=False)
        return cls(index, passages)

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
        known = [word for word in distinct if word in self._index.vocab_dict]
        if not known:
            return np.zeros(self._index.scores["num_docs"], np.float32)
        return np.asarray(self._index.get_scores(known) / total, dtype=np.float32)

    def _idf(self, word: str) -> float:
        """Inverse document frequency as Lucene has it: ln(1 + (N - df + 0.5) / (df + 0.5))."""
        column = self._index.vocab_dict.get(word)
        starts: npt.NDArray[np.int64] = self._index.scores["indptr"]
        frequency = 0 if column is None else int(starts[column + 1] - starts[column])
        count = int(self._index.scores["num_docs"])
        return float(np.log(1 + (count - frequency + 0.5) / (frequency + 0.5)))

    def save(self, folder: Path) -> None:
        """Write the index's files into a folder below `folder`."""
        self._index.save(folder / _FOLDER, show_progress=False)
        lines = (" ".join(words) + "\n" for words in self.words())
        (folder / _FOLDER / _LINES).write_text("".join(lines), "utf-8", newline="\n")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, memory-mapped. Raises ValueError when it is no such index."""
        return cls(bm25s.BM25.load(folder / _FOLDER, mmap=True, show_progress=False), folder / _FOLDER / _LINES)
