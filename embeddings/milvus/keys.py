"""Which rows of Milvus each passage of a generation has.

A row's primary key comes from what it was made of. So a row is never changed: another text has other keys, a passage
that stays has the rows that it had, and generations share them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.errors import EngineError
from embeddings.index.protocols import Ids

Counts = npt.NDArray[np.int32]
Digests = npt.NDArray[np.uint64]

_FILES: Final = ("first", "counts", "order")
_BITS: Final = 62
"""Of a first key; those behind it stay below 2^63."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A passage's rows have the keys `first`, `first` + 1, ...; `counts` of them. Both [num_passages], as is `_order`:
    the passages in the order of their first keys."""

    first: Ids
    counts: Counts
    _order: Ids

    @classmethod
    def of(cls, digests: Digests, counts: Counts) -> Self:
        """Keys of what has these `digests` [num_passages, 2]; passages with the same one have the same rows.

        Raises EngineError when rows of two others would have the same key, which only chance brings about: once in
        2000 indexes of 10^8 passages.
        """
        first = first_keys(digests)
        order = np.argsort(first, kind="stable")
        starts, ends = first[order], first[order] + counts[order]
        overlapping = ends[:-1] > starts[1:]
        same = (digests[order[:-1]] == digests[order[1:]]).all(axis=1)
        if (overlapping & ~same).any():
            raise EngineError(
                "two passages would have the same rows in Milvus, by chance; change a word in one of them"
            )
        return cls(first, counts, order)

    def __len__(self) -> int:
        return len(self.first)

    @property
    def rows(self) -> int:
        """How many rows there are, those that passages share counted once."""
        return int(self.counts[np.unique(self.first, return_index=True)[1]].sum())

    def of_passages(self, passages: Ids) -> Ids:
        """The keys of some passages' rows, one passage's after another's."""
        return _spread(self.first[passages], self.counts[passages])

    def whose(self, keys: Ids) -> Ids:
        """[len(keys)]: the passage that each row is of, -1 where it is none's."""
        places = np.searchsorted(self.first, keys, side="right", sorter=self._order) - 1
        passages = self._order[np.maximum(places, 0)]
        found = (places >= 0) & (keys - self.first[passages] < self.counts[passages])
        return np.where(found, passages, -1)

    def counts_of(self, first: Ids) -> Counts:
        """[len(first)]: how many rows begin with each of these keys, 0 where none does."""
        passages = self.whose(first)
        return np.where((passages >= 0) & (self.first[passages] == first), self.counts[passages], 0).astype(np.int32)

    def without(self, others: Sequence[Self]) -> Ids:
        """The keys of all rows that none of the `others` has."""
        first, places = np.unique(self.first, return_index=True)
        counts = self.counts[places]
        for other in others:
            absent = other.counts_of(first) == 0
            first, counts = first[absent], counts[absent]
        return _spread(first, counts)

    def save(self, folder: Path, name: str) -> None:
        """Write into `folder`, the files' names beginning with `name`."""
        parts: tuple[npt.NDArray[Any], ...] = (self.first, self.counts, self._order)
        for part, array in zip(_FILES, parts, strict=True):
            arrays.save(folder / f"{name}-{part}.npy", array)

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote, memory-mapped. Raises ValueError when it does not belong together."""
        first, counts, order = (arrays.load(folder / f"{name}-{part}.npy") for part in _FILES)
        if first.ndim != 1 or not first.shape == counts.shape == order.shape:
            raise ValueError(f"the files {name}-* do not belong together")
        return cls(first, counts, order)


def first_keys(digests: Digests) -> Ids:
    """[num_passages]: the key of the first row of what has each of these digests."""
    return (digests[:, 0] >> np.uint64(64 - _BITS)).astype(np.int64)


def digests_of(texts: Iterable[str]) -> Digests:
    """[num_texts, 2]: a hash of each text, of 128 bits."""
    hashes = b"".join(hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts)
    return np.frombuffer(hashes, "<u8").reshape(-1, 2)


def _spread(first: Ids, counts: Counts) -> Ids:
    """first[0], first[0] + 1, ..., `counts[0]` of them, then those of the next."""
    ends = np.cumsum(counts, dtype=np.int64)
    steps = np.arange(int(ends[-1]) if len(ends) else 0, dtype=np.int64)
    return np.repeat(first - ends + counts, counts) + steps
