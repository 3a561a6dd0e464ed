"""Arrays in files (`.npy`, never with objects): written piece by piece, kept without a copy, and memory-mapped."""

import mmap
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_LARGE: Final = 1 << 29
"""Bytes of an array that may not stay in the system's memory."""
_HELD: Final = 1 << 26
"""Bytes of such an array that are asked for before the process gives its pages back. The system keeps them as long as
it has room, so having them again takes little: over a million passages a question takes a tenth longer than without."""


def written(parts: Iterable[Array], shape: tuple[int, ...], dtype: npt.DTypeLike, scratch: Path | None) -> Array:
    """`parts`, one behind the other: an array of `shape` in memory, or in a file `scratch`, so that any number fits.

    Raises OSError when the file cannot be written.
    """
    if scratch is None:
        return np.concatenate([np.empty((0, *shape[1:]), dtype), *parts])
    # Written, not mapped: a disk that is full has to raise an error here, later it would kill the process.
    # Never into a file that is there: after a kill it may be that of a generation by another name (`save`).
    scratch.unlink(missing_ok=True)
    with scratch.open("xb") as file:
        header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part, dtype).data)
    array: Array = np.load(scratch, mmap_mode="r", allow_pickle=False)  # as it is, so that `save` knows its file
    return array


def load(path: Path) -> Array:
    """The array in a file, memory-mapped. Raises ValueError or EOFError when it is none."""
    # Seen as a plain array: a slice of one that knows its file takes seven times as long.
    array: Array = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


class Pages:
    """Reading here and there in an array that may be memory-mapped and far larger than the system's memory.

    What is wanted of it is asked of the disk at once, and not a hundred kilobytes around each; and a process that
    answers for days does not come to hold all of it.
    """

    def __init__(self, array: Array) -> None:
        mapping = _mapping(array)
        # A system that cannot be told anything reads as it always does.
        self._mapping = mapping if mapping and len(mapping) >= _LARGE and hasattr(mmap, "MADV_DONTNEED") else None
        self._width = array.strides[0]
        self._header = len(mapping) - array.nbytes if mapping else 0
        self._held = 0
        if mapping is not None and hasattr(mmap, "MADV_RANDOM"):
            mapping.madvise(mmap.MADV_RANDOM)

    def wanted(self, first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]) -> None:
        """Tell which rows are read next, from each `first` to below each `last`."""
        if self._mapping is None:
            return
        if self._held > _HELD:
            self._held = 0
            self._mapping.madvise(mmap.MADV_DONTNEED)  # whoever is reading them gets them again
        starts = (self._header + first * self._width) // mmap.PAGESIZE * mmap.PAGESIZE
        sizes = self._header + last * self._width - starts
        self._held += int(sizes.sum())
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
            self._mapping.madvise(mmap.MADV_WILLNEED, start, size)


def _mapping(array: Array) -> mmap.mmap | None:
    """The memory-mapped file that `load` saw as an array; None where there is none."""
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None


def save(path: Path, array: Array) -> None:
    """Write an array to a file that is not there yet; one that is a whole file already gets a second name, no copy."""
    source = getattr(array, "filename", None)
    if source is not None and array.nbytes + getattr(array, "offset", 0) == Path(source).stat().st_size:
        with suppress(OSError):  # another disk, or one that knows no second names
            os.link(source, path)
            return
    np.save(path, array, allow_pickle=False)
