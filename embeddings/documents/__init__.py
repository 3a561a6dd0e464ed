"""Documents out of files: one reader a format, one registry, one walk through the seeds folder."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from embeddings.documents.extract import Extract
from embeddings.errors import DocumentError
from embeddings.types import SourceFile

Reader = Callable[[bytes], Extract]
"""Takes a file's bytes, returns what stands in it. Raises DocumentError, without the file's name."""

_OWN: Final[Mapping[str, str]] = {
    ".docx": "docx",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".markdown": "markdown",
    ".md": "markdown",
    ".pdf": "pdf",
    ".txt": "text",
    ".xhtml": "html",
}
_GROUP: Final = "paragraph_qa.readers"
"""Entry points by which a package adds readers: the suffix in small letters, `.rtf`, and the function, `pack:read`."""


@cache
def readers() -> Mapping[str, EntryPoint]:
    """The registry: a suffix in small letters, and what loads its reader. A package's reader replaces our own."""
    own = {suffix: EntryPoint(suffix, f"{__name__}.{module}:read", _GROUP) for suffix, module in _OWN.items()}
    return {**own, **{point.name: point for point in entry_points(group=_GROUP)}}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SeedsFolder:
    """What a walk through the seeds folder found, both lists in the order of their paths."""

    sources: tuple[SourceFile, ...]
    left_out: tuple[LeftOut, ...]


def scan(folder: Path) -> SeedsFolder:
    """List the readable files below `folder`, hashed, and those left out. Links are not followed.

    Raises DocumentError when there is no such folder or it cannot be listed.
    """
    if not folder.is_dir():
        raise DocumentError(f"no folder of documents at {str(folder)!r}; name one with: --seeds FOLDER")
    sources: list[SourceFile] = []
    left_out: list[LeftOut] = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        reason = _reason_to_leave_out(path)
        if reason is None:
            try:
                data = path.read_bytes()
            except OSError as error:
                reason = f"cannot be read: {error.strerror}"
            else:
                sources.append(SourceFile(name, len(data), hashlib.sha256(data).hexdigest()))
        if reason is not None:
            left_out.append(LeftOut(name, reason))
    return SeedsFolder(tuple(sources), tuple(left_out))


def read(folder: Path, source: SourceFile) -> Extract:
    """Read one scanned file. Raises DocumentError with the file's name."""
    path = folder / source.path
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{source.path}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise DocumentError(f"{source.path}: changed while it was being indexed; build again")
    try:
        reader: Reader = readers()[path.suffix.lower()].load()
        return reader(data)
    except DocumentError as error:
        raise DocumentError(f"{source.path}: {error}") from error


def _files(folder: Path) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        raise DocumentError(f"cannot list {error.filename!r}: {error.strerror}") from error

    found: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        found += [Path(parent, name) for name in (*names, *linked) if not name.startswith(".")]
    yield from sorted(found)


def _reason_to_leave_out(path: Path) -> str | None:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "a link; put the file itself into the folder"
    if not stat.S_ISREG(mode):
        return "not a plain file"
    if path.stem.lower() == "readme":
        return "a note about the folder, not a document"
    if path.suffix.lower() not in readers():
        return f"no reader for {path.suffix or 'a name without suffix'!r}; readers: {', '.join(sorted(readers()))}"
    return None
