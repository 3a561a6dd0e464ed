"""Words and their numbers, looked up in a file: a vocabulary of millions takes neither memory nor time to open."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.lines import Lines, write_lines

_WORDS: Final = "vocabulary.txt"
_NUMBERS: Final = "vocabulary-numbers.npy"


@dataclass(frozen=True, slots=True)
class Vocabulary(Mapping[str, int]):
    """`_words`, in the order of their bytes; `_numbers` [num_words] int32: which number each has."""

    _words: Lines
    _numbers: npt.NDArray[np.int32]

    def __getitem__(self, word: str) -> int:
        sought = word.encode()
        low, high = 0, len(self._words)
        while low < high:
            middle = (low + high) // 2
            if self._words[middle] < sought:
                low = middle + 1
            else:
                high = middle
        if low == len(self._words) or self._words[low] != sought:
            raise KeyError(word)
        return int(self._numbers[low])

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[str]:
        return (self._words[place].decode() for place in range(len(self._words)))

    @classmethod
    def load(cls, folder: Path, numbers: int) -> Self:
        """Open what `save` wrote; `numbers`: how many there are, from 0. Raises ValueError when it is none."""
        words = Lines.load(folder / _WORDS)
        own = arrays.load(folder / _NUMBERS)
        if own.shape != (len(words),) or (len(own) and not 0 <= own.min() <= own.max() < numbers):
            raise ValueError(f"{_WORDS} and {_NUMBERS} do not belong together")
        return cls(words, own)


def save(vocabulary: Iterable[tuple[str, int]], folder: Path) -> None:
    """Write words and their numbers into `folder`."""
    ordered = sorted((word.encode(), number) for word, number in vocabulary)
    write_lines(folder / _WORDS, (word for word, _ in ordered))
    arrays.save(folder / _NUMBERS, np.array([number for _, number in ordered], np.int32))
