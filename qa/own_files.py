"""Uploaded files in a folder, and beside it what is known of each: a shelf that documents are built from.

    files/<name>            what was read and understood; the folder that a build is given, or one below it
    waiting/<name>          what is not read yet
    records/<id>.json       one for each file, also for those that were refused, which are not kept

Files keep their own, cleaned names, because a build makes a document's identity of its file's name, and its title where
nothing else gives one; a folder of its own for each would stand in every citation. So that no name is a path into
anything, addresses have ids made of the names.
"""

import errno
import json
import os
import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

from embeddings.errors import DocumentError
from embeddings.generation import flush
from embeddings.inspection import Inspection, inspected
from embeddings.source_text import harmless
from qa.file_content import reason_of
from qa.file_names import file_id, free_name, suffix_of

State = Literal["waiting", "read", "refused"]

_MOST_LINES: Final = 50
"""Of what was left out of a file."""
_MOST_CHARACTERS: Final = 300
"""Of a line that is shown of a file."""
_FIRST: Final = 2
"""Paragraphs that are shown of a file."""


@dataclass(frozen=True, slots=True)
class UnderstoodFile:
    """What was made of a file: see Document. `paragraphs`: how many. `first`: the beginning of the first of them."""

    title: str
    symbol: str
    date: str
    language: str
    paragraphs: int
    left_out: tuple[str, ...]
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as somebody uploaded it.

    `by`: the visitor. `reason`: why it was refused, as `reason_of` calls it or "file_paragraphs", and `detail`, what
    its reader said, in English.
    """

    id: str
    name: str
    size: int
    sha256: str
    by: str
    state: State = "waiting"
    reason: str = ""
    detail: str = ""
    understood: UnderstoodFile | None = None


class Shelf:
    """A folder of uploaded files. Not safe to share between threads: its library keeps them apart."""

    def __init__(self, files: Path, about: Path) -> None:
        """`files` will hold what is built from, `about` the rest."""
        self.files = files
        self._waiting = about / "waiting"
        self._records = about / "records"

    def listed(self) -> list[UploadedFile]:
        """Every file, by name, those refused among them. What a crash left half is seen as what it can still become."""
        records = [self._seen(path) for path in self._records.glob("*.json")] if self._records.is_dir() else []
        found = [record for record in records if record is not None]
        return sorted(found, key=lambda each: (each.name.casefold(), each.name))

    def find(self, identity: str) -> UploadedFile | None:
        """One of the files."""
        return next((each for each in self.listed() if each.id == identity), None)

    def same(self, suffix: str, sha256: str) -> UploadedFile | None:
        """A file of that content, if there is one that was not refused."""
        for each in self.listed():
            if each.sha256 == sha256 and each.state != "refused" and suffix_of(each.name) == suffix:
                return each
        return None

    def take(self, arrived: Path, name: str, sha256: str, by: str) -> UploadedFile:
        """Put a file that arrived whole among those that wait; a number in its name keeps those there apart.

        Raises OSError when that cannot be written.
        """
        taken = [each.name for each in self.listed() if each.state != "refused"]
        taken += [path.name for path in self.files.iterdir()] if self.files.is_dir() else []
        name = free_name(name, taken)
        record = UploadedFile(file_id(name), name, arrived.stat().st_size, sha256, by)
        self._waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._write(record)
        arrived.replace(self._waiting / name)
        flush(self._waiting)
        return record

    def waiting(self, record: UploadedFile) -> Path:
        """Where a file lies that was not read yet."""
        return self._waiting / record.name

    def settle(self, record: UploadedFile) -> None:
        """Keep what came of reading a file: one that was read goes where it is built from, one refused goes.

        Nothing is done where it was removed meanwhile, or removed and replaced. Raises OSError when that cannot be
        written.
        """
        waiting, known = self.waiting(record), self.find(record.id)
        if known is not None and known.state == "waiting" and known.sha256 == record.sha256:
            self._write(record)
            if record.state == "refused":
                waiting.unlink(missing_ok=True)
            else:
                self.files.mkdir(mode=0o700, parents=True, exist_ok=True)
                _move(waiting, self.files / record.name)

    def remove(self, record: UploadedFile) -> None:
        """Remove a file and what is known of it. Raises OSError when that cannot be done."""
        (self.files / record.name).unlink(missing_ok=True)
        self.waiting(record).unlink(missing_ok=True)
        self._record(record.id).unlink(missing_ok=True)
        for folder in (self.files, self._records):
            if folder.is_dir():
                flush(folder)

    def _record(self, identity: str) -> Path:
        return self._records / f"{identity}.json"

    def _seen(self, path: Path) -> UploadedFile | None:
        """A record, its state being where its file lies; None where both are of no use."""
        try:
            told = json.loads(path.read_text("utf-8"))
            understood = told.pop("understood")
            record = UploadedFile(**told, understood=understood and _understood(understood))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        if (self.files / record.name).is_file():
            return replace(record, state="read")
        if self.waiting(record).is_file():
            return replace(record, state="waiting")
        return record if record.state == "refused" else None

    def _write(self, record: UploadedFile) -> None:
        self._records.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._records / f"{record.id}.{uuid.uuid4().hex[:8]}"
        try:
            part.write_text(json.dumps(asdict(record), ensure_ascii=False), "utf-8")
            flush(part)
            part.replace(self._record(record.id))
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise


def read(record: UploadedFile, path: Path) -> UploadedFile:
    """The record of a file that was read, in a bounded process of its own, as a build will."""
    try:
        return replace(record, state="read", understood=_shown(inspected(path)))
    except DocumentError as error:
        detail = str(error).removeprefix(f"{path.name}: ")
        return replace(record, state="refused", reason=reason_of(detail), detail=_line(detail))


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # removed meanwhile
                total += Path(parent, name).stat().st_size
    return total


def _shown(found: Inspection) -> UnderstoodFile:
    document = found.document
    return UnderstoodFile(
        _line(document.title),
        _line(document.symbol),
        document.date,
        document.language,
        len(found.passages),
        _lines(document.left_out[:_MOST_LINES]),
        _lines(passage.text for passage in found.passages[:_FIRST]),
    )


def _understood(told: dict[str, object]) -> UnderstoodFile:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
    return UnderstoodFile(**values)  # type: ignore[arg-type]


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(_line(text) for text in texts)


def _line(text: str) -> str:
    line = " ".join(harmless(text).split())
    return line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"


def _move(source: Path, target: Path) -> None:
    """Move a file in one step that a crash leaves done or not done, also to another disk."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = target.with_name(f".{uuid.uuid4().hex}")  # hidden files are not built from
        try:
            shutil.copyfile(source, part)
            flush(part)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        source.unlink()
    flush(target.parent)
