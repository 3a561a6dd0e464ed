"""Exact search over unit vectors by inner product, which for unit vectors is the cosine (FAISS)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.types import Vectors

Rows = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_VECTORS: Final = "dense.faiss"
_ROWS: Final = "dense-rows.npy"


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """A vector of each passage and of each of its sentences. `_passages` [num_vectors]: whose each vector is, in
    order; the first of each is that of the whole passage."""

    _index: faiss.IndexFlatIP
    _passages: Rows

    @classmethod
    def build(cls, vectors: Vectors, passages: Rows) -> Self:
        """Index `vectors` [num_vectors, dim] float32, unit length, each of the passage with the number beside it."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index, passages)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, vector: Vectors, count: int, within: Mask | None = None) -> tuple[Ids, Vectors]:
        """The passages of the `count` vectors nearest to `vector` [dim], best first, each once with its best cosine.

        `within` [num_passages]: only these passages are looked at, one at least.
        """
        parameters = faiss.SearchParameters()
        if within is not None:
            inside = within[self._passages]
            bits = np.packbits(inside, bitorder="little")  # FAISS keeps no copy of it
            parameters.sel = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            count = min(count, int(np.count_nonzero(inside)))
        cosines, rows = self._index.search(vector[None, :], min(count, len(self._passages)), params=parameters)
        passages = self._passages[rows[0]].astype(np.int64)
        _, first = np.unique(passages, return_index=True)
        first.sort()
        return passages[first], cosines[0][first].astype(np.float32)

    def whole(self, passages: Ids) -> Vectors:
        """The vectors of these passages as wholes, without their sentences': [len(passages), dim]."""
        rows = np.searchsorted(self._passages, passages).astype(np.int64)
        vectors: Vectors = self._index.reconstruct_batch(rows)
        return vectors

    def rows_of(self, passage: int) -> Vectors:
        """The vectors of one passage, as they were given to `build`: [num_rows, dim]."""
        first, last = np.searchsorted(self._passages, [passage, passage + 1]).tolist()
        vectors: Vectors = self._index.reconstruct_n(first, last - first)
        return vectors

    def save(self, folder: Path) -> None:
        """Write the index's files into `folder`."""
        # By way of memory: faiss.write_index stays silent when the disk is full.
        (folder / _VECTORS).write_bytes(faiss.serialize_index(self._index).tobytes())
        np.save(folder / _ROWS, self._passages, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ValueError when it is no such index."""
        try:
            index = faiss.deserialize_index(np.fromfile(folder / _VECTORS, np.uint8))
        except RuntimeError as error:
            raise ValueError(f"{_VECTORS} is no FAISS index: {error}") from error
        passages = np.load(folder / _ROWS, allow_pickle=False)
        if not isinstance(index, faiss.IndexFlatIP) or passages.shape != (index.ntotal,):
            raise ValueError(f"{_VECTORS} and {_ROWS} do not belong together")
        return cls(index, passages)
