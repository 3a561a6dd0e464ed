"""Documents out of files: one walk through the seeds folder, and each file read in a process of its own."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from embeddings.documents import metafile, sandbox
from embeddings.documents.extract import Extract
from embeddings.documents.metafile import Metadata
from embeddings.documents.registry import readers
from embeddings.errors import DocumentError
from embeddings.types import SourceFile

MAX_FILE: Final = 200_000_000
"""Bytes; a file is read as a whole."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SeedsFolder:
    """What a walk through the seeds folder found, in the order of their paths.

    `notes`: the files that tell about documents, by the document's path.
    """

    sources: tuple[SourceFile, ...]
    notes: Mapping[str, SourceFile]
    left_out: tuple[LeftOut, ...]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """Every file that an index depends on."""
        return tuple(sorted({*self.sources, *self.notes.values()}, key=lambda source: source.path))


def scan(folder: Path) -> SeedsFolder:
    """List the readable files below `folder`, hashed, and those left out. Links are not followed.

    Raises DocumentError when there is no such folder or it cannot be listed.
    """
    if not folder.is_dir():
        raise DocumentError(f"no folder of documents at {str(folder)!r}; name one with: --seeds FOLDER")
    sources: list[SourceFile] = []
    notes: list[SourceFile] = []
    left_out: list[LeftOut] = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        reason = _reason_to_leave_out(path)
        if reason is not None:
            left_out.append(LeftOut(name, reason))
            continue
        try:
            found = SourceFile(name, path.stat().st_size, _hash(path))
        except OSError as error:
            left_out.append(LeftOut(name, f"cannot be read: {error.strerror}"))
        else:
            (notes if name.endswith(metafile.SUFFIX) else sources).append(found)
    told = notes_of([*sources, *notes])
    left_out += [LeftOut(note.path, "tells about no document here") for note in notes if note not in told.values()]
    return SeedsFolder(tuple(sources), told, tuple(sorted(left_out, key=lambda item: item.path)))


def notes_of(sources: Sequence[SourceFile]) -> dict[str, SourceFile]:
    """Which of the files tell about which others, by the others' paths."""
    notes = {note.path.removesuffix(metafile.SUFFIX): note for note in sources if note.path.endswith(metafile.SUFFIX)}
    return {source.path: notes[stem] for source in sources if (stem := _stem(source.path)) in notes}


def single(path: Path) -> tuple[SourceFile, SourceFile | None]:
    """One file as `scan` would list it, and the one that tells about it. Raises DocumentError where it would not."""
    if not path.exists():
        raise DocumentError(f"no file at {str(path)!r}")
    if path.is_dir():
        raise DocumentError(f"{str(path)!r} is a folder; name a file in it")
    reason = _reason_to_leave_out(path)
    if reason is not None:
        raise DocumentError(f"{path.name}: {reason}")
    try:
        found = SourceFile(path.name, path.stat().st_size, _hash(path))
        note = path.parent / f"{_stem(path.name)}{metafile.SUFFIX}"
        told = SourceFile(note.name, note.stat().st_size, _hash(note)) if note.is_file() else None
    except OSError as error:
        raise DocumentError(f"{path.name}: cannot be read: {error.strerror}") from error
    return found, told


def read(folder: Path, source: SourceFile) -> Extract:
    """Read one scanned file. Raises DocumentError with the file's name."""
    data = _bytes(folder, source)
    try:
        return sandbox.extract(Path(source.path).suffix.lower(), data)
    except DocumentError as error:
        raise DocumentError(f"{source.path}: {error}") from error


def given(folder: Path, note: SourceFile | None) -> Metadata:
    """What a scanned file tells about a document. Raises DocumentError with the file's name."""
    if note is None:
        return metafile.NOTHING
    data = _bytes(folder, note)
    try:
        return metafile.parsed(data)
    except DocumentError as error:
        raise DocumentError(f"{note.path}: {error}") from error


def _bytes(folder: Path, source: SourceFile) -> bytes:
    """A scanned file's bytes; a DocumentError where they are others than those that were hashed."""
    try:
        data = (folder / source.path).read_bytes()
    except OSError as error:
        raise DocumentError(f"{source.path}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise DocumentError(f"{source.path}: changed while it was being indexed; build again")
    return data


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stem(path: str) -> str:
    """A path without its last suffix."""
    return PurePosixPath(path).with_suffix("").as_posix()


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
    if not stat.S_ISREG(mode):
        return "a link; put the file itself into the folder" if stat.S_ISLNK(mode) else "not a plain file"
    if path.stem.lower() == "readme":
        return "a note about the folder, not a document"
    if path.name.endswith(metafile.SUFFIX):
        return None
    if path.stat().st_size > MAX_FILE:
        return f"is larger than {MAX_FILE:,} bytes"
    if path.suffix.lower() not in readers():
        return f"no reader for {path.suffix or 'a name without suffix'!r}; readers: {', '.join(sorted(readers()))}"
    return None
