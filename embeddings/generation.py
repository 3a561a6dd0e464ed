"""One state of the index on disk: a folder that is written once, with a manifest of every file in it.

A reader holds a generation by a shared lock on its manifest; it is removed only when nobody does. The lock is the
system's (`flock`): it goes when its process does, however that ends. Windows has none of the kind, there the system
itself refuses to remove files that are open.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from embeddings.errors import IndexDamaged, IndexMismatch
from embeddings.stamps import Stamp, is_kept, keep, stamp_of
from embeddings.types import EncoderIdentity, SourceFile

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FORMAT: Final = 5
"""Raised when files or their meaning change, so that an index of another format is rebuilt, never misread."""

NAME: Final = re.compile(r"(?P<number>\d{6,12})-(?P<digest>[0-9a-f]{8})")
"""Counted, not dated: a clock may go backwards. The end is the beginning of the manifest's SHA-256, which checks it."""
_MANIFEST: Final = "manifest.json"
_LARGE: Final = 1 << 29
"""Bytes of a generation that take half a second to read."""
_MAX_MANIFEST: Final = 200_000_000
"""Bytes; 100 bytes a source file."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a generation, as it was written."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from and what it consists of. `created` is the time by the clock, for people only."""

    format: int
    created: str
    encoder: EncoderIdentity
    background: str
    splitter: str
    words: str
    documents: int
    passages: int
    sources: tuple[SourceFile, ...]
    files: Mapping[str, FileRecord]


class Hold:
    """A shared lock on a generation, until this object is gone."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError when the generation is gone, or is just being removed."""
        self._handle = os.open(folder / _MANIFEST, os.O_RDONLY)
        try:
            if fcntl is not None:
                fcntl.flock(self._handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            (folder / _MANIFEST).stat()
        except OSError:
            os.close(self._handle)
            self._handle = -1
            raise

    def release(self) -> None:
        """Let go of the generation before this object is gone."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self.release()


def is_held(folder: Path) -> bool:
    """Whether anybody reads the generation; False where that cannot be told."""
    if fcntl is None:
        return False
    try:
        handle = os.open(folder / _MANIFEST, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write the manifest of a generation whose files are there, and flush all of it to the disk.

    Returns what the generation's name has to end with.
    """
    data = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    (folder / _MANIFEST).write_bytes(data)
    for path in [*files_of(folder), *(path for path in folder.rglob("*") if path.is_dir()), folder]:
        flush(path)
    return _digest(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:8]


def read_manifest(folder: Path, mend: str) -> Manifest:
    """The manifest of a generation. Raises IndexMismatch for another format, or IndexDamaged, both saying how to `mend`
    it."""
    path = folder / _MANIFEST
    try:
        if path.stat().st_size > _MAX_MANIFEST:
            raise ValueError("it is too large")
        data = path.read_bytes()
        if not folder.name.endswith(f"-{_digest(data)}"):
            raise IndexDamaged(f"{str(path)!r} was altered since it was written; {mend}")
        fields: dict[str, Any] = json.loads(data)
        if fields["format"] != FORMAT:
            given = fields["format"]
            raise IndexMismatch(f"the index in {str(folder.parent)!r} has format {given}, not {FORMAT}; {mend}")
        return Manifest(
            **{
                **fields,
                "encoder": EncoderIdentity(**fields["encoder"]),
                "sources": tuple(SourceFile(**source) for source in fields["sources"]),
                "files": {name: FileRecord(**record) for name, record in fields["files"].items()},
            }
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamaged(f"cannot read {str(path)!r}: {error}; {mend}") from error


def check(folder: Path, manifest: Manifest, mend: str, *, contents: bool = True) -> None:
    """Raise IndexDamaged when a file is not as it was written: its size, and with `contents` its hash."""
    for name, record in manifest.files.items():
        path = folder / name
        try:
            if path.is_symlink() or ".." in Path(name).parts:
                raise IndexDamaged(f"{str(path)!r} is no file of this index; {mend}")
            size = path.stat().st_size
            same = not contents or size != record.size or file_record(path).sha256 == record.sha256
        except OSError as error:
            raise IndexDamaged(f"cannot read {str(path)!r}: {error.strerror}; {mend}") from error
        if size != record.size:
            raise IndexDamaged(f"{str(path)!r} has {size} bytes, not {record.size}; {mend}")
        if not same:
            raise IndexDamaged(f"{str(path)!r} was altered since it was written; {mend}")


def check_once(folder: Path, manifest: Manifest, mend: str) -> None:
    """As `check`, but for a large generation that was checked before: as long as nobody has written to its files since,
    these are not read again."""
    if sum(record.size for record in manifest.files.values()) < _LARGE:
        check(folder, manifest, mend)
        return
    check(folder, manifest, mend, contents=False)
    before = _stamp(folder, manifest)
    if not is_kept(folder, before):
        check(folder, manifest, mend)
        # Behind the reading: what was written to meanwhile gets no stamp.
        if _stamp(folder, manifest) == before:
            keep(folder, before)


def _stamp(folder: Path, manifest: Manifest) -> Stamp:
    return stamp_of(folder, folder.name.encode(), manifest.files)


def files_of(folder: Path) -> list[Path]:
    """Every file of a generation, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def file_record(path: Path) -> FileRecord:
    """Size and hash of a file."""
    with path.open("rb") as file:
        return FileRecord(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def flush(path: Path) -> None:
    """Make a file, or a folder's entries, outlast a loss of power."""
    if path.is_dir() and os.name == "nt":  # Windows opens no folders; its renames are flushed with the volume
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
