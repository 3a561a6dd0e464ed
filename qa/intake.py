"""Uploads on their way in: within limits, what their suffix says, read in the background one after the other."""

import logging
import queue
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from embeddings.documents.registry import readers
from qa.arriving import Arriving
from qa.errors import UploadRefused
from qa.file_content import refusal
from qa.file_names import clean_name, suffix_of
from qa.own_files import Shelf, UploadedFile, read

_READERS: Final = 2
"""Files that are read at a time, each in a process of its own."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What may be uploaded.

    `file_bytes` of one file; `files`, `bytes` and `paragraphs` of one visitor; `total_bytes` of all, their indexes
    included; `arriving` files of one visitor, `all_arriving` of all, at a time. Own collections that nobody used for
    `days` are removed.
    """

    file_bytes: int = 20_000_000
    files: int = 20
    bytes: int = 50_000_000
    paragraphs: int = 5_000
    total_bytes: int = 5_000_000_000
    arriving: int = 3
    all_arriving: int = 16
    days: float = 30.0

    @property
    def types(self) -> tuple[str, ...]:
        """Suffixes of files that can be read, each with its point."""
        return tuple(sorted(readers()))


class Intake:
    """Takes files in for shelves. Safe to share between threads; `close` it at the end."""

    def __init__(
        self,
        folder: Path,
        limits: UploadLimits,
        shelf_of: Callable[[str], Shelf],
        measure: Callable[[str], None],
        total: Callable[[], int],
    ) -> None:
        """What is on its way lies in `folder`, whatever earlier servers left there is removed.

        `shelf_of` has the shelf that a visitor's files go to; `measure` is told whose files changed, `total` has the
        bytes that all take. Raises OSError when `folder` cannot be written.
        """
        self.lock: Final = threading.RLock()
        """For all shelves; never held while a file arrives or is read."""
        self._folder, self._limits = folder, limits
        self._shelf_of, self._measure, self._total = shelf_of, measure, total
        self._arriving: Counter[str] = Counter()
        self._reading: set[tuple[str, str]] = set()
        self._to_read: queue.SimpleQueue[tuple[str, UploadedFile] | None] = queue.SimpleQueue()
        self._closed = False
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        for _ in range(_READERS):
            threading.Thread(target=self._read, name="read uploads", daemon=True).start()

    @contextmanager
    def receive(self, visitor: str, name: str, size: int | None = None) -> Iterator[Arriving]:
        """Take in an upload, what was not given to `take` at the end is gone. `size`: as announced, if it was.

        Raises UploadRefused with the code "unknown_type", "too_large", "too_many_files", "over_quota", "full", "busy";
        OSError where it cannot be written.
        """
        clean = clean_name(name)
        suffix = suffix_of(clean)
        if suffix not in readers():
            raise UploadRefused(
                "unknown_type",
                f"{clean}: no reader for {repr(suffix) if suffix else 'a name without suffix'}",
                name=clean,
                types=" ".join(self._limits.types),
            )
        with self.lock:
            mine = [each for each in self._shelf_of(visitor).listed() if each.by == visitor]
            self._check_room(clean, mine, size or 0)
            if self._arriving[visitor] >= self._limits.arriving or self._arriving.total() >= self._limits.all_arriving:
                raise UploadRefused("busy", "too many uploads at once; try again when they are through")
            self._arriving[visitor] += 1
        limit = min(self._limits.file_bytes, self._limits.bytes - bytes_of(mine))
        try:
            arriving = Arriving(self._folder, clean, limit, lambda: self._too_large(clean, limit))
            try:
                yield arriving
            finally:
                arriving.close()
        finally:
            with self.lock:
                self._arriving[visitor] -= 1
                if self._arriving[visitor] <= 0:
                    del self._arriving[visitor]

    def take(self, visitor: str, arrived: Arriving) -> tuple[UploadedFile, bool]:
        """Keep an upload of which everything came; it is read as soon as it is its turn.

        Returns it and whether it is new: of the same content there is one file only. Raises as `receive`, and
        UploadRefused with the code of `qa.file_content.refusal`.
        """
        sha256 = arrived.finish()
        suffix = suffix_of(arrived.name)
        why = refusal(suffix, arrived.path.read_bytes())
        if why:
            raise UploadRefused(why, f"{arrived.name}: refused ({why})", name=arrived.name)
        with self.lock:
            shelf = self._shelf_of(visitor)
            known = shelf.same(suffix, sha256)
            if known is not None:
                return known, False
            self._check_room(arrived.name, [each for each in shelf.listed() if each.by == visitor], arrived.size)
            record = shelf.take(arrived.path, arrived.name, sha256, visitor)
            self._measure(visitor)
            self.queue_waiting(visitor, [record])
        _log.info("upload of %d bytes by visitor %s as %s", record.size, visitor[:8], record.id)
        return record, True

    def arriving(self, visitor: str) -> int:
        """How many files of a visitor are on their way."""
        with self.lock:
            return self._arriving[visitor]

    def close(self) -> None:
        """Read nothing more; what waits will be read when somebody looks at it again."""
        self._closed = True
        for _ in range(_READERS):
            self._to_read.put(None)

    def _check_room(self, name: str, mine: Sequence[UploadedFile], size: int) -> None:
        """Raise UploadRefused where a file of `size` bytes more is too much."""
        limits = self._limits
        if size > limits.file_bytes:
            raise self._too_large(name, limits.file_bytes)
        if len(mine) >= limits.files:
            raise UploadRefused("too_many_files", f"at most {limits.files} files", count=limits.files)
        if bytes_of(mine) + size > limits.bytes:
            raise self._too_large(name, limits.bytes - bytes_of(mine))
        if self._total() + size > limits.total_bytes:
            raise UploadRefused("full", "the room for uploads is used up; whoever runs this page can allow more")

    def _too_large(self, name: str, limit: int) -> UploadRefused:
        if limit < self._limits.file_bytes:
            return UploadRefused("over_quota", f"{name}: your files would exceed {self._limits.bytes} bytes",
                                 name=name, bytes=self._limits.bytes)  # fmt: skip
        return UploadRefused("too_large", f"{name}: larger than {self._limits.file_bytes} bytes",
                             name=name, bytes=self._limits.file_bytes)  # fmt: skip

    def queue_waiting(self, visitor: str, files: Sequence[UploadedFile]) -> None:
        """Have those read that wait; a server that was stopped may have left some."""
        for each in files:
            if each.state == "waiting" and (each.by, each.id) not in self._reading:
                self._reading.add((each.by, each.id))
                self._to_read.put((visitor, each))

    def _read(self) -> None:
        while (task := self._to_read.get()) is not None and not self._closed:
            visitor, record = task
            try:
                self._settle(visitor, read(record, self._shelf_of(visitor).waiting(record)))
            except Exception:
                _log.exception("an upload could not be read; it waits until somebody looks at the list again")
            with self.lock:
                self._reading.discard((record.by, record.id))

    def _settle(self, visitor: str, record: UploadedFile) -> None:
        with self.lock:
            shelf = self._shelf_of(visitor)
            others = [each for each in shelf.listed() if each.by == record.by and each.state == "read"]
            paragraphs = sum(each.understood.paragraphs for each in (*others, record) if each.understood)
            if record.state == "read" and paragraphs > self._limits.paragraphs:
                record = replace(record, state="refused", reason="file_paragraphs", understood=None)
            shelf.settle(record)
            self._measure(visitor)


def bytes_of(files: Sequence[UploadedFile]) -> int:
    """What files count against a limit; those that were refused are not kept."""
    return sum(each.size for each in files if each.state != "refused")
