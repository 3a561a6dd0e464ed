"""Zip files from outside: what comes out is counted while it is unpacked, the sizes they declare are not trusted."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from embeddings.errors import DocumentError

MAX_BYTES: Final = 200_000_000
"""Unpacked, of all entries that are read: a report of 1000 pages takes a tenth."""
_MAX_ENTRIES: Final = 5000
_ENTRY_MARK: Final = b"PK\x01\x02"
"""Stands before each entry of the list at a zip file's end."""
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What office files and EPUB may use. For others `zipfile` unpacks more than it was asked for."""
_ENCRYPTED: Final = 0x1
"""The bit of an entry's flags."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises for bytes that are no zip file, or no longer one."""


class Entry:
    """One file of an archive, read from its start to its end."""

    def __init__(self, archive: "Archive", name: str) -> None:
        self.name = name
        self._archive = archive
        self._file = archive.opened(name)

    @property
    def kind(self) -> str:
        """What the archive should be."""
        return self._archive.kind

    def read(self, size: int) -> bytes:
        """The next bytes, `size` at most; none at the end."""
        with self._archive.refusing():
            chunk = self._file.read(size)
        self._archive.count(len(chunk))
        return chunk


class Archive:
    """A zip file's entries. `kind` is what it should be ("DOCX"), for messages.

    Raises DocumentError, here and while reading, for what is broken, encrypted or too large.
    """

    def __init__(self, data: bytes, kind: str) -> None:
        self.kind = kind
        self._left = MAX_BYTES
        # Before `zipfile` makes an object of each. The mark may stand elsewhere as well, in a zip file inside the file.
        if data.count(_ENTRY_MARK) > _MAX_ENTRIES:
            raise DocumentError(f"is no {kind} that can be read: it holds more than {_MAX_ENTRIES} files")
        with self.refusing():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = frozenset(self._zip.namelist())
        if len(self.names) < len(self._zip.namelist()):
            raise DocumentError(f"is no {kind}: it holds two files of one name")

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def entry(self, name: str) -> Entry:
        """The file `name`, for reading it piece by piece."""
        return Entry(self, name)

    def read(self, name: str, limit: int) -> bytes:
        """The whole file `name`, of at most `limit` bytes."""
        data = self.entry(name).read(limit + 1)
        if len(data) > limit:
            raise DocumentError(f"is too large: its {name!r} unpacks to more than {limit:,} bytes")
        return data

    def opened(self, name: str) -> IO[bytes]:
        """The file `name` as `zipfile` opens it, which does not count; `entry` does."""
        if name not in self:
            raise DocumentError(f"is no {self.kind}: it holds no {name!r}")
        info = self._zip.NameToInfo[name]
        if info.flag_bits & _ENCRYPTED:
            raise DocumentError("is encrypted; save it without a password")
        if info.compress_type not in _METHODS:
            raise DocumentError(f"is no {self.kind}: {name!r} is packed in a way that none uses")
        with self.refusing():
            return self._zip.open(info)

    def count(self, size: int) -> None:
        """Take note of `size` bytes more."""
        self._left -= size
        if self._left < 0:
            raise DocumentError(f"is too large: it unpacks to more than {MAX_BYTES:,} bytes")

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Turn whatever `zipfile` raises into a DocumentError."""
        try:
            yield
        except _BROKEN as error:
            raise DocumentError(f"is no {self.kind}: {error}") from error
