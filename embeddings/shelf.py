"""What an index needs not make again: vectors of the generation before, and those that a killed build has made.

A passage's vectors are found by the hash of what they depend on, whatever happened to its file, name or place. A build
puts what it makes into a spool, by which the next one goes on where it was killed:

    partial/
      about.json        the model and the fixed means that it was begun with
      background.npz    the background: the mean of the index's own passages would be another one at the next start
      data              the vectors of one passage after another
      dense, tokens, coarse    the vectors of all passages, while they are put together
      log               for each of them a line: hash, place in `data`, numbers of vectors, CRC-32

A line counts only if the data that it names have its checksum: a kill leaves a shorter spool, never a wrong one.
"""

import errno
import json
import shutil
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, Self

import numpy as np
import numpy.typing as npt

from embeddings.background import Background
from embeddings.contents import Index
from embeddings.errors import IndexStoreError
from embeddings.index.tokens import PassageTokens
from embeddings.passage_vectors import PassageVectors, content_hash
from embeddings.references import Reference
from embeddings.types import EncoderIdentity

_FORMAT: Final = 1
_ABOUT: Final = "about.json"
_TYPES: Final = (np.int8, np.float32, np.int32, np.int64)
"""Of a passage's codes, scales, spans and starts."""


class Shelf(Protocol):
    """Vectors by the hash of what they depend on. `background`: with which they were made; None where none is fixed."""

    @property
    def background(self) -> Background | None: ...

    def has(self, key: str) -> bool: ...

    def words(self, key: str) -> Sequence[str] | None:
        """The words of the passage, None where they have to be made."""
        ...

    def references(self, key: str) -> Sequence[Reference] | None:
        """What the passage refers to by itself, None where it has to be recognised."""
        ...

    def get(self, key: str) -> PassageVectors: ...

    def put(self, made: Mapping[str, PassageVectors], background: Background) -> None: ...

    def scratch(self) -> Path | None:
        """A folder for what does not fit into memory, None where it has to."""
        ...


class MemoryShelf:
    """For an index that is made once, and not kept."""

    background: Background | None = None

    def __init__(self) -> None:
        self._made: dict[str, PassageVectors] = {}

    def has(self, key: str) -> bool:
        return key in self._made

    def words(self, key: str) -> Sequence[str] | None:  # noqa: ARG002
        return None

    def references(self, key: str) -> Sequence[Reference] | None:  # noqa: ARG002
        return None

    def get(self, key: str) -> PassageVectors:
        return self._made[key]

    def put(self, made: Mapping[str, PassageVectors], background: Background) -> None:  # noqa: ARG002
        self._made |= made

    def scratch(self) -> Path | None:
        return None


class StoredShelf:
    """The vectors of a generation, and a spool in a folder of its own. Memory-mapped, both of them."""

    def __init__(self, folder: Path, encoder: EncoderIdentity, previous: Index | None, passages: int) -> None:
        """`previous`: an index made with the same encoder and fixed means. `passages`: how many there will be.

        The mean of the index's own passages is kept until there are more than twice as many as it was made from.
        """
        self._folder = folder
        self._about = {"format": _FORMAT, "encoder": encoder.fingerprint, "background": Background.fixed_for(encoder)}
        self._lines: dict[str, list[int]] = {}
        self._data: npt.NDArray[np.uint8] | None = None
        self._previous = previous
        self._numbers: dict[str, int] = {}
        self._words: Sequence[Sequence[str]] = ()
        self.background: Background | None = None
        if previous is not None:
            hashes = (content_hash(passage, previous.background) for passage in previous.passages)
            self._numbers = {key: number for number, key in enumerate(hashes)}
            self._words = previous.lexical.words
            if passages <= 2 * len(previous.passages):
                self.background = previous.background
        self._resume()

    def has(self, key: str) -> bool:
        return key in self._numbers or key in self._lines

    def words(self, key: str) -> Sequence[str] | None:
        number = self._numbers.get(key)
        return None if number is None else self._words[number]

    def references(self, key: str) -> Sequence[Reference] | None:
        number = self._numbers.get(key)
        return None if number is None or self._previous is None else self._previous.references.alone(number)

    def get(self, key: str) -> PassageVectors:
        if self._previous is not None and key in self._numbers:
            number, index = self._numbers[key], self._previous
            return PassageVectors(index.dense.rows_of(number), index.tokens.of(number), index.coarse.of(number))
        if self._data is None:
            self._data = np.memmap(self._folder / "data", np.uint8, "r")
        start, *counts = self._lines[key]
        arrays = []
        for dtype, shape in _layout(counts):
            size = int(np.prod(shape)) * np.dtype(dtype).itemsize
            arrays.append(np.frombuffer(self._data[start : start + size], dtype).reshape(shape))
            start += size
        rows, *tokens = arrays
        return PassageVectors(rows, PassageTokens(*tokens[:4]), PassageTokens(*tokens[4:]))

    def put(self, made: Mapping[str, PassageVectors], background: Background) -> None:
        """Keep what was made. Raises IndexStoreError when it cannot be written; what was kept before stays."""
        try:
            if not (self._folder / _ABOUT).exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                background.save(self._folder)
                (self._folder / _ABOUT).write_text(json.dumps(self._about), "utf-8")
            with (self._folder / "data").open("ab") as data, (self._folder / "log").open("ab") as log:
                lines = {}
                for key, vectors in made.items():
                    raw = b"".join(np.ascontiguousarray(array).tobytes() for array in _arrays(vectors))
                    lines[key] = [data.tell(), *_counts(vectors), zlib.crc32(raw)]
                    data.write(raw)
                data.flush()
                log.write("".join(json.dumps([key, *line]) + "\n" for key, line in lines.items()).encode())
        except OSError as error:
            raise self._unwritable(error) from error
        self._lines |= {key: line[:-1] for key, line in lines.items()}
        self._data = None  # it has grown

    def scratch(self) -> Path:
        """The spool's folder. Raises IndexStoreError when it cannot be made."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        return self._folder

    def _unwritable(self, error: OSError) -> IndexStoreError:
        return IndexStoreError(
            f"cannot write to {str(self._folder)!r}: {error.strerror or error}; the index is untouched"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Remove what `scratch` was used for; where the disk is full, what was made as well: it needs the room.

        The generation before is let go of; an exception's frames would hold it longer.
        """
        if self._previous is not None and self._previous.held is not None:
            self._previous.held.release()
        if _is_of_a_full_disk(error):
            self.clear()
        for name in ("dense", "tokens", "coarse"):
            with suppress(OSError):
                (self._folder / name).unlink()
        with suppress(OSError):
            self._folder.rmdir()

    def clear(self) -> None:
        """Remove the spool: the generation that it was for is written."""
        self._data = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _resume(self) -> None:
        """Take the spool over, or remove it where it was begun with something else."""
        try:
            usable = json.loads((self._folder / _ABOUT).read_bytes()) == self._about
            background = Background.load(self._folder) if usable else None
        except (OSError, ValueError, KeyError):
            background = None
        if background is None:
            self.clear()
            return
        if self.background is None:
            self.background = background
        try:
            self._read()
        except OSError:
            self._lines = {}
            self.clear()

    def _read(self) -> None:
        """Take in the lines whose data are whole, and cut off what comes behind."""
        data, log = self._folder / "data", self._folder / "log"
        kept = end = 0
        with data.open("rb") as file:
            for line in log.read_bytes().splitlines(keepends=True):
                try:
                    key, start, *counts, crc = json.loads(line)
                    size = sum(int(np.prod(shape)) * np.dtype(dtype).itemsize for dtype, shape in _layout(counts))
                    whole = line.endswith(b"\n") and start == end and zlib.crc32(file.read(size)) == crc
                except (ValueError, TypeError, OverflowError, MemoryError):
                    break
                if not whole:
                    break
                self._lines[key] = [start, *counts]
                kept, end = kept + len(line), end + size
        for path, size in ((log, kept), (data, end)):
            with path.open("r+b") as file:
                file.truncate(size)


def _is_of_a_full_disk(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return True
        error = error.__cause__
    return False


def _arrays(vectors: PassageVectors) -> Iterator[npt.NDArray[Any]]:
    yield vectors.rows
    for tokens in (vectors.tokens, vectors.coarse):
        yield from (tokens.codes, tokens.scales, tokens.spans, tokens.starts)


def _counts(vectors: PassageVectors) -> list[int]:
    """What `_layout` needs: the dimensions of rows and tokens; how many rows, tokens, sentences, coarse ones."""
    fine, coarse = vectors.tokens, vectors.coarse
    lengths = [len(vectors.rows), len(fine.codes), len(fine.starts), len(coarse.codes), len(coarse.starts)]
    return [vectors.rows.shape[1], fine.codes.shape[1], *lengths]


def _layout(counts: Sequence[int]) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """Type and shape of each array that `_arrays` gives. Raises ValueError when there are other numbers of counts."""
    dim, hidden, rows, tokens, sentences, coarse, coarse_sentences = counts
    yield np.float32, (rows, dim)
    for length, starts in ((tokens, sentences), (coarse, coarse_sentences)):
        shapes = ((length, hidden), (length,), (length, 2), (starts,))
        yield from zip(_TYPES, shapes, strict=True)
