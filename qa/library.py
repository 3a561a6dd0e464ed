"""Collections: the installation's documents, and for each visitor those that he or she uploaded.

Below the data folder lies `collections/<visitor>/`, with what `qa.own_files` says and, made from it, `index/`; `used`
there has the time of the last visit. Uploads to a shared library lie below its seeds folder, in `uploaded/`, and what
is known of them in `shared/`. `arriving/` holds what is on its way.
"""

import logging
import os
import re
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from embeddings.errors import EmbeddingsError
from embeddings.store import IndexStore
from embeddings.types import Encoder
from qa.arriving import Arriving
from qa.assistant import Assistant
from qa.building import MAX_SECONDS, Builder, BuildReport, Job, ProcessBuild, Tell, Work
from qa.errors import BuildRefused, CollectionEmpty, LibraryError, ServeError, UploadRefused
from qa.intake import Intake, UploadLimits, bytes_of
from qa.live import Live
from qa.own_files import Shelf, UploadedFile, size_of
from qa.types import Collection, Uploads

LIBRARY: Final = "library"
OWN: Final = "own"
UPLOADED: Final = "uploaded"
"""The folder below the seeds that the page may put documents into and take them away from."""

_VISITOR: Final = re.compile("[0-9a-f]{64}")
_OPEN_INDEXES: Final = 8
"""Own collections that are kept open: what is asked again soon is not read again."""
_DAY: Final = 86_400.0
_TOUCH_EVERY: Final = 3600.0
_MAX_OWN_SECONDS: Final = 3600.0
"""Of a build of an own collection, so that it does not keep out the others for ever."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Overview:
    """What a visitor has uploaded and may do.

    `files`: his or her own, and in a shared library everybody's, of which `mine` has the ids of those that may be
    removed. `used_files`, `used_bytes`: what counts against the limits. `stale`: whether the index lacks some of the
    files, or still has some that were removed, and nothing is being done about it.
    """

    uploads: Uploads
    files: tuple[UploadedFile, ...]
    mine: frozenset[str]
    used_files: int
    used_bytes: int
    stale: bool
    may_build: frozenset[Collection]
    jobs: Mapping[Collection, Job] = field(default_factory=dict)


class Library:
    """The collections of one installation. Safe to share between threads; `close` it at the end."""

    def __init__(
        self,
        live: Live | Assistant,
        *,
        seeds: Path,
        index: Path,
        data: Path,
        uploads: Uploads = OWN,
        limits: UploadLimits | None = None,
        rebuilds: bool = False,
        model: str = "",
        uri: str = "",
        encoder: Encoder | None = None,
        work: Callable[[Path, Path], Work] | None = None,
    ) -> None:
        """`live` answers from the library at `index`, which is made from `seeds`. `rebuilds`: whether visitors may have
        the library rebuilt although nobody uploads to it. `model` and `uri` are what builds are given, `encoder`, if
        not that of `live`, what own collections are asked with; `work` makes a build of a folder of documents and an
        index.

        What earlier visitors left too long ago, or half, is removed. Raises ServeError when `data` cannot be written,
        or when uploads are kept while another server keeps its own there.
        """
        self.uploads: Final = uploads
        self.limits: Final = limits or UploadLimits()
        self._live = live
        self._encoder = encoder or (live.encoder if isinstance(live, Live) else None)
        self._reranker = live.reranker if isinstance(live, Live) else None
        self._seeds, self._index = seeds, index
        self._collections = data / "collections"
        self._shared = Shelf(seeds / UPLOADED, data / "shared")
        self._rebuilds = rebuilds
        self._make_work = work or (lambda seeds, index: ProcessBuild(seeds, index, model, uri, self._patience(index)))
        self._open: OrderedDict[str, Live] = OrderedDict()
        self._sizes: dict[str, int] = {}
        """Bytes on the disk of each visitor's collection, and of what was uploaded to a shared library."""
        self._closed = threading.Event()
        self.builder: Final = Builder(self._built)
        self._intake: Intake | None = None
        # Another server would empty the folder that uploads arrive in, and read and build the same at the same time.
        self._alone = FileLock(data / "lock", timeout=0, thread_local=False)
        try:
            if uploads != "off":
                data.mkdir(parents=True, exist_ok=True)
                self._alone.acquire()
                self._intake = Intake(data / "arriving", self.limits, self._shelf, self._measure, self._total)
            self._lock = self._intake.lock if self._intake else threading.RLock()
            """For the shelves, and for what is above; never held while a file is read or an index opened."""
            self._start()
        except Timeout as error:
            raise ServeError(
                f"another server keeps uploads in {str(data)!r}; stop it, name another folder with: --data FOLDER, "
                "or take no uploads with: --uploads off"
            ) from error
        except OSError as error:
            raise ServeError(
                f"cannot keep uploads in {str(data)!r} ({error.strerror}); name another folder with: --data FOLDER"
            ) from error

    # --- Asking ---

    def assistant(self, collection: Collection, visitor: str) -> Assistant:
        """The assistant of a collection as it is now.

        Raises CollectionEmpty with the code "empty" where a visitor has no collection, "unbuilt" where there are files
        in it and no index yet; ValueError for a visitor that is none.
        """
        if collection == LIBRARY:
            return self._live.now()
        place = self._place(visitor)
        with self._lock:
            empty = self.uploads != OWN or not any(each.state != "refused" for each in self._shelf(visitor).listed())
            found = self._open.get(visitor)
            if found is not None:
                self._open.move_to_end(visitor)
        if empty:
            raise CollectionEmpty("empty", "there is no document in this collection; upload one first")
        self._use(visitor)
        if found is None:
            try:
                found = Live(place / "index", encoder=self._encoder, reranker=self._reranker)
            except EmbeddingsError as error:
                raise CollectionEmpty("unbuilt", f"this collection has no index yet: {error}") from error
            with self._lock:
                self._open[visitor] = found
                while len(self._open) > _OPEN_INDEXES:
                    self._open.popitem(last=False)
        return found.now()

    # --- Files ---

    def overview(self, visitor: str) -> Overview:
        """What a visitor has uploaded and may do."""
        key = self._key(visitor)
        files: Sequence[UploadedFile] = []
        if self.uploads != "off":
            with self._lock:
                everything = self._shelf(visitor).listed()
                if self._intake is not None:
                    self._intake.queue_waiting(visitor, everything)
            files = [each for each in everything if each.state == "read" or each.by == visitor]
        if files and self.uploads == OWN:
            self._use(visitor)
        mine = [each for each in files if each.by == visitor]
        jobs = {OWN: self.builder.job(visitor), LIBRARY: self.builder.job(LIBRARY)}
        return Overview(
            self.uploads,
            tuple(files),
            frozenset(each.id for each in mine),
            len(mine),
            bytes_of(mine),
            self.uploads != "off" and not self.builder.busy(key) and self._is_stale(visitor, files),
            frozenset(each for each in (OWN, LIBRARY) if self.may_build(each)),
            {name: job for name, job in jobs.items() if job is not None},  # type: ignore[misc]
        )

    def files(self, visitor: str) -> tuple[UploadedFile, ...]:
        """The files that a visitor sees: see Overview."""
        return self.overview(visitor).files

    @contextmanager
    def receive(self, visitor: str, name: str, size: int | None = None) -> Iterator[Arriving]:
        """Take an upload in: see `Intake.receive`. Raises what that does, and UploadRefused with the code "off"."""
        self._place(visitor)
        with self._open_intake().receive(visitor, name, size) as arriving:
            yield arriving

    def take(self, visitor: str, arrived: Arriving) -> tuple[UploadedFile, bool]:
        """Keep an upload of which everything came: see `Intake.take`."""
        taken = self._open_intake().take(visitor, arrived)
        self._use(visitor)
        return taken

    def remove(self, visitor: str, identity: str) -> Job | None:
        """Remove a file that a visitor uploaded, and have the index rebuilt without it where it had it.

        Raises LibraryError with the code "no_file", BuildRefused when it is gone but the index cannot be rebuilt now.
        """
        self._place(visitor)
        with self._lock:
            shelf = self._shelf(visitor)
            found = shelf.find(identity) if self.uploads != "off" else None
            if found is None or found.by != visitor:
                raise LibraryError("no_file", f"no file {identity!r} of this visitor")
            shelf.remove(found)
            self._measure(visitor)
        _log.info("removal by visitor %s of %s", visitor[:8], identity)
        return self._request(self._key(visitor)) if found.state == "read" else None

    # --- Building ---

    def may_build(self, collection: Collection) -> bool:
        """Whether visitors may have a collection rebuilt."""
        return self.uploads == OWN if collection == OWN else self.uploads == "shared" or self._rebuilds

    def build(self, collection: Collection, visitor: str) -> Job:
        """Have a collection rebuilt: what did not change is taken over.

        Raises BuildRefused with the code "not_allowed", "build_nothing" where there is no document, "full", or
        "build_queue".
        """
        place = self._place(visitor)
        if not self.may_build(collection):
            raise BuildRefused("not_allowed", "this collection cannot be rebuilt from the page")
        if collection == OWN:
            with self._lock:
                empty = not any(each.state == "read" for each in self._shelf(visitor).listed())
            if empty and not (place / "index").exists():
                raise BuildRefused("build_nothing", "there is no document in this collection; upload one first")
            if self._total() >= self.limits.total_bytes:
                raise BuildRefused("full", "the room for uploads is used up; whoever runs this page can allow more")
        return self._request(LIBRARY if collection == LIBRARY else visitor)

    def job(self, collection: Collection, visitor: str) -> Job | None:
        """The last build of a collection as it stands; None where there was none since the server started."""
        return self.builder.job(LIBRARY if collection == LIBRARY else visitor)

    def close(self) -> None:
        """Stop the build that runs; what was there before it goes on counting."""
        self._closed.set()
        if self._intake is not None:
            self._intake.close()
        self.builder.close()
        self._alone.release()

    # --- Tending ---

    def expire(self, now: float | None = None) -> list[str]:
        """Remove own collections that nobody used for so long; `now`: seconds since the epoch. Returns the visitors."""
        before = (time.time() if now is None else now) - self.limits.days * _DAY
        removed = []
        for place in sorted(self._collections.iterdir()) if self._collections.is_dir() else ():
            visitor = place.name
            if not _VISITOR.fullmatch(visitor) or self.builder.busy(visitor):
                continue
            with self._lock, suppress(OSError):
                used = max(_changed(place / "used"), _changed(place / "records"))
                if used < before and not (self._intake and self._intake.arriving(visitor)):
                    shutil.rmtree(place)
                    self._open.pop(visitor, None)
                    self._sizes.pop(visitor, None)
                    removed.append(visitor)
        if removed:
            _log.info("removed %d collections that nobody used for %g days", len(removed), self.limits.days)
        return removed

    def _start(self) -> None:
        if self.uploads == OWN:
            self._collections.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._collections.is_dir():  # also where nothing can be uploaded any more
            self.expire()
            self._sizes = {place.name: size_of(place) for place in self._collections.iterdir()}
            threading.Thread(target=self._expire_daily, name="expire collections", daemon=True).start()
        if self.uploads == "shared":
            self._measure("")

    def _expire_daily(self) -> None:
        while not self._closed.wait(_DAY):
            try:
                self.expire()
            except OSError as error:
                _log.warning("cannot look for collections that nobody uses: %s", error)

    def _open_intake(self) -> Intake:
        if self._intake is None:
            raise UploadRefused("off", "nothing can be uploaded here")
        return self._intake

    def _key(self, visitor: str) -> str:
        """The key of the build of what a visitor uploads."""
        return visitor if self.uploads == OWN else LIBRARY

    def _place(self, visitor: str) -> Path:
        if not _VISITOR.fullmatch(visitor):
            raise ValueError(f"{visitor!r} is no visitor")
        return self._collections / visitor

    def _shelf(self, visitor: str) -> Shelf:
        if self.uploads == "shared":
            return self._shared
        place = self._place(visitor)
        return Shelf(place / "files", place)

    def _use(self, visitor: str) -> None:
        """Note that a collection is in use."""
        place = self._place(visitor)
        if self.uploads == OWN and place.is_dir() and time.time() - _changed(place / "used") > _TOUCH_EVERY:
            with suppress(OSError):
                (place / "used").touch(mode=0o600)

    def _total(self) -> int:
        """Bytes that all uploads take, with the indexes made from them."""
        return sum(self._sizes.values())

    def _measure(self, visitor: str) -> None:
        """Count again what a visitor's collection, or what was uploaded to the shared one, takes on the disk."""
        if self.uploads == "shared":
            self._sizes[LIBRARY] = size_of(self._shared.files)
        else:
            self._sizes[visitor] = size_of(self._place(visitor))

    # --- Indexes ---

    def _request(self, key: str) -> Job:
        return self.builder.request(key, lambda: self._work(key))

    def _patience(self, index: Path) -> float:
        """Seconds that a build may take."""
        return MAX_SECONDS if index == self._index else _MAX_OWN_SECONDS

    def _work(self, key: str) -> Work:
        if key == LIBRARY:
            return self._make_work(self._seeds, self._index)
        place = self._place(key)
        with self._lock:
            shelf = self._shelf(key)
            empty = not any(each.state == "read" for each in shelf.listed())
        return _Clearing(place / "index") if empty else self._make_work(shelf.files, place / "index")

    def _built(self, key: str) -> None:
        """What was built serves before its job says that it is done."""
        if key == LIBRARY:
            if isinstance(self._live, Live):
                self._live.refresh()
            return
        store = IndexStore(self._place(key) / "index")
        with self._lock:
            self._open.pop(key, None)
            # What somebody took away is to be gone, so no state before is kept; what failed can be built anew.
            with suppress(EmbeddingsError):
                for state in store.states():
                    if not state.current and store.current():
                        shutil.rmtree(store.folder / state.name, ignore_errors=True)
            self._measure(key)

    def _is_stale(self, visitor: str, files: Sequence[UploadedFile]) -> bool:
        """Whether the index has other uploads than there are."""
        prefix = "" if self.uploads == OWN else f"{UPLOADED}/"
        there = {(prefix + each.name, each.sha256) for each in files if each.state == "read"}
        index = IndexStore(self._place(visitor) / "index" if self.uploads == OWN else self._index)
        if not there and not index.folder.exists():
            return False
        try:
            sources = index.manifest().sources
        except EmbeddingsError:
            return True
        return there != {(each.path, each.sha256) for each in sources if each.path.startswith(prefix)}


class _Clearing:
    """What is done instead of a build where there are no documents left: the index goes."""

    def __init__(self, index: Path) -> None:
        self._index = index

    def run(self, tell: Tell) -> BuildReport:
        """Remove the index."""
        tell("writing", 0, 0)
        shutil.rmtree(self._index, ignore_errors=True)
        return BuildReport()

    def stop(self) -> None:
        """Nothing: it takes no time."""


def _changed(path: Path) -> float:
    """When a file was changed, seconds since the epoch; 0 where there is none."""
    try:
        return os.stat(path).st_mtime  # noqa: PTH116
    except OSError:
        return 0.0
