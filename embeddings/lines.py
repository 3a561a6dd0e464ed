"""Lines of a file that are read when they are asked for, so that texts of any number take no memory.

Beside `passages.jsonl` stands `passages-starts.npy`, int64 [num_lines + 1]: the byte at which each line begins.
"""

import json
import mmap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np
import numpy.typing as npt

from embeddings import arrays

T = TypeVar("T")
Fields = dict[str, Any]


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write `lines`, none of which has a line break in it, and beside them where each begins."""
    starts = [0]
    with path.open("wb") as file:
        for line in lines:
            starts.append(starts[-1] + file.write(line + b"\n"))
    arrays.save(_starts_of(path), np.array(starts, np.int64))


def as_json(value: object) -> bytes:
    """A line that `Records` reads."""
    return json.dumps(value, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a file, memory-mapped. Safe to share between threads."""

    _bytes: mmap.mmap | bytes
    _starts: npt.NDArray[np.int64]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Open what `write_lines` wrote. Raises ValueError when the two files do not belong together."""
        starts = arrays.load(_starts_of(path))
        if starts.dtype != np.int64 or starts.ndim != 1 or len(starts) == 0 or starts[-1] != path.stat().st_size:
            raise ValueError(f"{path.name} and {_starts_of(path).name} do not belong together")
        with path.open("rb") as file:  # an empty file cannot be mapped
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if starts[-1] else b"", starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> bytes:
        """Line `number`, from 0, without its break."""
        first, last = self._starts[number : number + 2].tolist()
        return self._bytes[first : last - 1]


class Records(Sequence[T], Generic[T]):
    """Values that stand in a file as JSON, one a line; those asked for last are kept."""

    def __init__(self, lines: Lines, made: Callable[[Fields], T], kept: int) -> None:
        self._count = len(lines)
        self._read = lru_cache(maxsize=kept)(partial(_record, lines, made))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[T]: ...
    def __getitem__(self, number: int | slice) -> T | Sequence[T]:
        if isinstance(number, slice):
            return [self._read(each) for each in range(*number.indices(self._count))]
        place = number + self._count if number < 0 else number
        if not 0 <= place < self._count:
            raise IndexError(number)
        return self._read(place)


def _record(lines: Lines, made: Callable[[Fields], T], number: int) -> T:
    return made(json.loads(lines[number]))


def _starts_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}-starts.npy")
