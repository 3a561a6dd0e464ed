"""Search among unit vectors by inner product, which for unit vectors is the cosine (FAISS).

Few vectors are all looked at. Of many only those in the neighbourhood are, by one of FAISS's approximate indexes; the
vectors themselves stay in a memory-mapped file, for what has to be exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.index.kinds import Search
from embeddings.index.protocols import Ids, Within
from embeddings.types import Vectors

Rows = npt.NDArray[np.int32]

_VECTORS: Final = "dense-vectors.npy"
_ROWS: Final = "dense-rows.npy"
_NEAR: Final = "dense-near.faiss"
_EXACT: Final = 250_000
"""Vectors up to which looking at all of them is fast enough: 0.4 GB, read for each question."""
_GATHERED: Final = 50_000
"""Vectors up to which a part of an index is gathered and looked at exactly."""
_FEWEST: Final = 1000
"""Vectors that an approximate index is trained on, at least."""
_TRAINED_ON: Final = 64
"""Vectors a list that an inverted file is trained on; FAISS asks for 39 at least."""
_PROBED: Final = 8
"""Vectors looked at in an inverted file for each that is wanted, ..."""
_SHARE: Final = 24
"""... and one in so many of all at least: `benchmarks/growth.py` has what that finds."""
_REFINED: Final = 256
"""Of what is found approximately, how many of the first are looked at again, exactly."""
_STEP: Final = 65_536
"""Vectors added at a time."""


def search_for(vectors: int) -> Search:
    """What is chosen for so many vectors where nobody chose."""
    return Search.EXACT if vectors <= _EXACT else Search.IVF if vectors <= 100 * _EXACT else Search.IVF_PQ


@dataclass(frozen=True, slots=True)
class DenseIndex:
    """A vector of each passage and of each of its sentences: `vectors` [num_vectors, dim] float32, unit length.

    `passages` [num_vectors] int32: whose each is, in order; the first of each is that of the whole passage. `_near`
    finds what they hold, as `kind` says.
    """

    vectors: Vectors
    passages: Rows
    _near: Any
    kind: Search
    _pages: arrays.Pages | None = None

    @classmethod
    def build(cls, vectors: Sequence[Vectors], kind: Search | None = None, scratch: Path | None = None) -> Self:
        """Index the vectors of each passage, [num_rows, dim] float32, unit length, in the order of the passages.

        `kind`: by default what suits their number; few are looked at one by one anyway. `scratch`: a file for them;
        None for memory. Raises OSError when that cannot be written.
        """
        lengths = [len(each) for each in vectors]
        rows = arrays.written(vectors, (sum(lengths), vectors[0].shape[1]), np.float32, scratch)
        passages = np.repeat(np.arange(len(vectors), dtype=np.int32), lengths)
        kind = kind if kind and len(rows) >= _FEWEST else search_for(len(rows))
        return cls(rows, passages, _near(rows, kind), kind)

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def search(self, vector: Vectors, count: int, within: Within | None = None) -> tuple[Ids, Vectors]:
        """The passages of the `count` vectors nearest to `vector` [dim], best first, each once with its best cosine.

        `within`: only its passages are looked at; None for all.
        """
        inside = None if within is None else within.mask[self.passages]
        there = len(self.passages) if inside is None else int(np.count_nonzero(inside))
        if inside is not None and there <= _GATHERED:
            cosines, rows = self._gathered(vector, count, np.flatnonzero(inside))
        else:
            parameters = self._parameters(count, there)
            if inside is not None:
                bits = np.packbits(inside, bitorder="little")  # FAISS keeps no copy of it
                parameters.sel = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            found = self._near.search(vector[None, :], min(count, there), params=parameters)
            cosines, rows = (each[0][found[1][0] >= 0] for each in found)  # -1 where fewer were found
            if self.kind is not Search.EXACT:
                self._refine(vector, cosines, rows)
        passages = self.passages[rows].astype(np.int64)
        _, first = np.unique(passages, return_index=True)
        first.sort()
        return passages[first], cosines[first].astype(np.float32)

    def _gathered(self, vector: Vectors, count: int, rows: Ids) -> tuple[Vectors, Ids]:
        """The `count` of `rows` nearest to `vector`, best first: their cosines and these."""
        cosines, places = faiss.knn(
            vector[None, :], self._read(rows), min(count, len(rows)), metric=faiss.METRIC_INNER_PRODUCT
        )
        return cosines[0], rows[places[0]]

    def _refine(self, vector: Vectors, cosines: Vectors, rows: Ids) -> None:
        """Put the first of what was found approximately in the order of their exact cosines, in place."""
        exact = self._read(rows[:_REFINED]) @ vector
        order = np.argsort(-exact, kind="stable")
        cosines[:_REFINED], rows[:_REFINED] = exact[order], rows[:_REFINED][order]

    def _read(self, rows: Ids) -> Vectors:
        """[len(rows), dim]: some vectors."""
        if self._pages:
            self._pages.wanted(rows, rows + 1)
        return self.vectors[rows]

    def _parameters(self, count: int, there: int) -> Any:
        """How thoroughly `_near` is searched for `count` vectors, where only `there` of all count."""
        if self.kind is Search.EXACT:
            return faiss.SearchParameters()
        if self.kind is Search.HNSW:
            return faiss.SearchParametersHNSW(efSearch=max(2 * count, 256))
        lists = self._near.nlist
        looked_at = max(_PROBED * count, there // _SHARE) / there
        return faiss.SearchParametersIVF(nprobe=min(lists, max(16, round(lists * looked_at))))

    def whole(self, passages: Ids) -> Vectors:
        """The vectors of these passages as wholes, without their sentences': [len(passages), dim]."""
        return self.vectors[np.searchsorted(self.passages, passages)]

    def rows_of(self, passage: int) -> Vectors:
        """The vectors of one passage, as they were given to `build`: [num_rows, dim]."""
        first, last = np.searchsorted(self.passages, [passage, passage + 1]).tolist()
        return self.vectors[first:last]

    def save(self, folder: Path) -> None:
        """Write the index's files into `folder`."""
        arrays.save(folder / _VECTORS, self.vectors)
        arrays.save(folder / _ROWS, self.passages)
        if self.kind is not Search.EXACT:
            # By way of memory: faiss.write_index stays silent when the disk is full.
            (folder / _NEAR).write_bytes(faiss.serialize_index(self._near).data)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ValueError when it is no such index."""
        vectors = arrays.load(folder / _VECTORS)
        passages = arrays.load(folder / _ROWS)
        if vectors.ndim != 2 or vectors.dtype != np.float32 or passages.shape != vectors.shape[:1]:
            raise ValueError(f"{_VECTORS} and {_ROWS} do not belong together")
        if not (folder / _NEAR).exists():
            return cls(vectors, passages, _near(vectors, Search.EXACT), Search.EXACT)
        try:
            near = faiss.read_index(str(folder / _NEAR), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        except RuntimeError as error:
            raise ValueError(f"{_NEAR} is no FAISS index: {error}") from error
        kind = next((kind for kind, made in _CLASSES.items() if isinstance(near, made)), None)
        if kind is None or (near.ntotal, near.d) != vectors.shape:
            raise ValueError(f"{_NEAR} and {_VECTORS} do not belong together")
        return cls(vectors, passages, near, kind, arrays.Pages(vectors))


_CLASSES: Final = {
    Search.HNSW: faiss.IndexHNSWSQ,
    Search.IVF: faiss.IndexIVFScalarQuantizer,
    Search.IVF_PQ: faiss.IndexIVFPQ,
}


def _near(vectors: Vectors, kind: Search) -> Any:
    """A FAISS index of `vectors` [num_vectors, dim]."""
    count, dimension = vectors.shape
    # As many lists as 2 sqrt(n), a power of two: to choose lists and to look through them then takes about as long.
    lists = 1 << max(2, round(np.log2(2 * np.sqrt(count))))
    recipe = {
        Search.EXACT: "Flat",
        Search.HNSW: "HNSW32_SQ8",
        Search.IVF: f"IVF{lists},SQ8",
        Search.IVF_PQ: f"IVF{lists},PQ{_pieces(dimension)}x8",
    }[kind]
    index = faiss.index_factory(dimension, recipe, faiss.METRIC_INNER_PRODUCT)
    if not index.is_trained:
        index.train(np.ascontiguousarray(vectors[:: max(1, count // (_TRAINED_ON * lists))]))
    for start in range(0, count, _STEP):
        index.add(np.ascontiguousarray(vectors[start : start + _STEP]))
    return index


def _pieces(dimension: int) -> int:
    """Into how many pieces a vector is cut: of four components, or however many its dimension allows."""
    return max(count for count in range(1, dimension // 4 + 2) if dimension % count == 0)
