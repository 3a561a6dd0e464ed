"""The index on disk: write-once generations and a pointer to the one that counts.

    index/
      CURRENT             the name of the generation that counts; replaced by one rename
      lock                held while building
      partial/            what an unfinished build has made so far: see embeddings/shelf.py
      <number>-<hash>/    a generation, never changed once CURRENT names it
        manifest.json     format, encoder, splitter, sources, and size and SHA-256 of every file below
        documents.jsonl   one document a line, with its text
        passages.jsonl    one passage a line, in the order of their numbers
        catalogue*        what there is, as columns
        background.npz    the mean token vector of each language
        dense*, words/, tokens*, coarse*    what is searched: see embeddings/index/
      <number>-<hash>.stamp    of a large generation, that it was checked: see embeddings/stamps.py

A reader sees a whole generation or none. Nothing here is ever unpickled. docs/index-format.md has the details.
"""

import logging
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from embeddings import stamps
from embeddings.background import Background
from embeddings.contents import Index
from embeddings.errors import EngineError, IndexDamaged, IndexLocked, IndexMismatch, IndexMissing, IndexStoreError
from embeddings.generation import (
    FORMAT,
    NAME,
    Hold,
    Manifest,
    check,
    check_once,
    file_record,
    files_of,
    flush,
    is_held,
    read_manifest,
    write_manifest,
)
from embeddings.milvus.files import in_milvus
from embeddings.passages import SPLITTER
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity, SourceFile
from embeddings.words import WORD_RULES

if TYPE_CHECKING:
    from embeddings.milvus.engine import Engine

_CURRENT: Final = "CURRENT"
_PARTIAL: Final = "partial"
_NEW: Final = "new-"
"""How the name of a generation begins that is not finished."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """A generation as `qa index list` shows it. `problem`: what is wrong with it, empty where nothing is."""

    name: str
    current: bool
    held: bool
    size: int
    manifest: Manifest | None
    problem: str


class IndexStore:
    """The folder of an index, and the engine that keeps its vectors where that does."""

    def __init__(self, folder: Path, uri: str | None = None) -> None:
        """`uri`: where Milvus is, for an index whose vectors it keeps; by default $QA_URI."""
        self.folder = folder
        self.uri = os.environ.get("QA_URI", "") if uri is None else uri

    @property
    def partial(self) -> Path:
        """Where a build keeps what it has made so far."""
        return self.folder / _PARTIAL

    def unfinished(self) -> Path:
        """A new name for a folder that is removed when the next generation counts."""
        return self.folder / f"{_NEW}{uuid.uuid4().hex[:8]}"

    def engine(self) -> "Engine":
        """The engine at `uri`. Raises EngineError when there is no such, or when it does not answer."""
        if not self.uri:
            raise EngineError(
                f"the vectors of the index in {str(self.folder)!r} are in Milvus; say where with --uri or $QA_URI"
            )
        from embeddings.milvus.engine import connected

        return connected(self.uri)

    def in_milvus(self) -> bool:
        """Whether the vectors of the generation that counts are in Milvus; False where there is none."""
        try:
            return in_milvus(self.folder / self.current())
        except IndexStoreError:
            return False

    @property
    def _rebuild(self) -> str:
        return f"rebuild it with: {build_command(self.folder)}"

    # --- Reading ---

    def manifest(self) -> Manifest:
        """The manifest of the generation that counts.

        Raises IndexMissing, IndexDamaged, or IndexMismatch for another format.
        """
        return read_manifest(self.folder / self.current(), self._rebuild)

    def open(self, encoder: EncoderIdentity) -> Index:
        """Read the generation that counts, every file checked against its hash.

        Where it is damaged the last one before it that is whole is read instead, with a warning. Raises IndexMissing,
        IndexDamaged when none is whole, or IndexMismatch when it was made with another encoder, splitter or format.
        """
        return self.opened(encoder)[1]

    @timed(Part.INDEX)
    def opened(self, encoder: EncoderIdentity) -> tuple[str, Index, Manifest]:
        """As `open`, with the generation's name and its manifest."""
        try:
            return self._load(self.current(), encoder)
        except IndexMissing:
            if not self._names():
                raise
            damage = IndexDamaged(f"{str(self.folder / _CURRENT)!r} is gone; {self._rebuild}")
        except IndexDamaged as error:
            # Not the error itself: its traceback would hold the generation until the garbage is collected.
            damage = IndexDamaged(str(error))
        for name in reversed(self._names()):
            try:
                found = self._load(name, encoder)
            except (IndexDamaged, IndexMismatch):
                continue
            _log.warning("%s; an older state serves meanwhile: %s", damage, name)
            return found
        raise damage

    def _load(self, name: str, encoder: EncoderIdentity) -> tuple[str, Index, Manifest]:
        folder = self.folder / name
        try:
            held = Hold(folder)
        except OSError as error:
            path = str(folder / "manifest.json")
            raise IndexDamaged(f"cannot read {path!r}: {error.strerror}; {self._rebuild}") from error
        manifest = read_manifest(folder, self._rebuild)
        reason = outdated(manifest, encoder)
        if reason is not None:
            raise IndexMismatch(f"the index in {str(self.folder)!r} {reason}; {self._rebuild}")
        check_once(folder, manifest, self._rebuild)
        try:
            return name, Index.load(folder, held, self.engine), manifest
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise IndexDamaged(
                f"{str(folder)!r} does not hold what its manifest says: {error}; {self._rebuild}"
            ) from error

    def current(self) -> str:
        """The name of the generation that counts. Raises IndexMissing or IndexDamaged."""
        try:
            name = (self.folder / _CURRENT).read_text("ascii").strip()
        except FileNotFoundError:
            command = build_command(self.folder)
            raise IndexMissing(f"no index at {str(self.folder)!r}; build it with: {command}") from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"cannot read {str(self.folder / _CURRENT)!r}: {error}; {self._rebuild}") from error
        if not name or Path(name).name != name:
            raise IndexDamaged(f"{str(self.folder / _CURRENT)!r} names no generation; {self._rebuild}")
        return name

    # --- Writing ---

    @contextmanager
    def building(self) -> Iterator[None]:
        """Keep other builders out. Raises IndexLocked when one is at work; a killed one's lock is free."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock", timeout=0)
            lock.acquire()
        except Timeout as error:
            raise IndexLocked(
                f"another process is building the index in {str(self.folder)!r}; try again when it ends"
            ) from error
        except OSError as error:
            raise self.unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def write(self, encoder: EncoderIdentity, sources: Sequence[SourceFile], index: Index) -> Manifest:
        """Write a new generation and let it count. To be called within `building`.

        Older ones that nobody reads are removed, but for the one before.
        Raises IndexStoreError when it cannot be written; the index that counted before still does.
        """
        folder = self.unfinished()
        try:
            try:
                folder.mkdir()
                index.save(folder)
                manifest = Manifest(
                    format=FORMAT,
                    created=datetime.now(UTC).isoformat(timespec="seconds"),
                    encoder=encoder,
                    background=Background.fixed_for(encoder),
                    splitter=SPLITTER,
                    words=WORD_RULES,
                    documents=len(index.documents),
                    passages=len(index.passages),
                    sources=tuple(sources),
                    files={path.relative_to(folder).as_posix(): file_record(path) for path in files_of(folder)},
                )
                digest = write_manifest(folder, manifest)
                name = f"{self._next():06d}-{digest}"
                folder.rename(self.folder / name)
                folder = self.folder / name
                flush(self.folder)
                self._point_to(name)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        except OSError as error:
            raise self.unwritable(error) from error
        # The new state counts: what goes wrong from here on must not be taken for a failure to write it.
        with suppress(OSError, IndexStoreError):
            self._remove_unread()
        return manifest

    def unwritable(self, error: OSError) -> IndexStoreError:
        """What to raise when the index cannot be written."""
        return IndexStoreError(
            f"cannot write the index to {str(self.folder)!r}: {error.strerror or error}; "
            "what was there before is untouched"
        )

    def _next(self) -> int:
        """The next generation's number: higher than that of any folder there is."""
        numbers = [int(found["number"]) for path in self.folder.iterdir() if (found := NAME.fullmatch(path.name))]
        return max(numbers, default=0) + 1

    def _point_to(self, name: str) -> None:
        pointer = self.folder / f"{_CURRENT}.{uuid.uuid4().hex[:8]}"
        try:
            pointer.write_text(name, "ascii")
            flush(pointer)
            pointer.replace(self.folder / _CURRENT)
        except BaseException:
            with suppress(OSError):
                pointer.unlink(missing_ok=True)
            raise
        # It counts now. Were this not to reach the disk before the power goes, the state before would count, whole.
        with suppress(OSError):
            flush(self.folder)

    # --- Tending ---

    def states(self, *, contents: bool = False) -> list[State]:
        """Every generation, oldest first, its files' sizes checked, with `contents` their hashes as well, and whether
        Milvus has their rows."""
        try:
            current = self.current()
        except IndexStoreError:
            current = ""
        found = []
        for name in self._names():
            folder = self.folder / name
            manifest, problem = None, ""
            try:
                manifest = read_manifest(folder, self._rebuild)
                check(folder, manifest, self._rebuild, contents=contents)
                if contents:
                    self._check_rows(folder)
            except IndexStoreError as error:
                problem = str(error)
            size = sum(record.size for record in manifest.files.values()) if manifest else 0
            found.append(State(name, name == current, is_held(folder), size, manifest, problem))
        return found

    def roll_back(self, name: str = "") -> str:
        """Let an older generation count: `name`, or the last whole one before the current one. Returns its name.

        Raises IndexMissing when there is none, IndexDamaged or IndexMismatch when the one that is named is not whole or
        of another format, IndexLocked, or IndexStoreError when it cannot be written.
        """
        with self.building():
            older = [state.name for state in self.states()]
            current = self.current() if (self.folder / _CURRENT).exists() else ""
            if current in older:
                older = older[: older.index(current)]
            wanted = [name] if name else [*reversed(older)]
            for each in wanted:
                if each not in self._names():
                    raise IndexMissing(f"no state {each!r} in {str(self.folder)!r}; list them with: qa index list")
                try:
                    check(self.folder / each, read_manifest(self.folder / each, self._rebuild), self._rebuild)
                    self._check_rows(self.folder / each)
                except (IndexDamaged, IndexMismatch):
                    if name:
                        raise
                    continue
                try:
                    self._point_to(each)
                except OSError as error:
                    raise self.unwritable(error) from error
                return each
            raise IndexMissing(f"no older state in {str(self.folder)!r} that is whole")

    def collect(self) -> list[str]:
        """Remove what nobody reads and nothing needs: all but the current generation and the last whole one before it,
        and what killed builds left, with their rows in Milvus. Returns the names.

        Raises IndexLocked, or IndexStoreError when it cannot be written.
        """
        with self.building():
            try:
                return self._remove_unread()
            except OSError as error:
                raise self.unwritable(error) from error

    def _remove_unread(self) -> list[str]:
        names = self._names()
        try:
            current = self.current()
        except IndexStoreError:
            return []  # what is whole is all there is
        before = [name for name in names if name < current and not self._broken(name)]
        kept = {current, *before[-1:], *(name for name in names if is_held(self.folder / name))}
        removed = []
        for path in self.folder.iterdir():
            unfinished = path.name.startswith((f"{_CURRENT}.", _NEW))
            name = path.name.removesuffix(stamps.SUFFIX)
            if unfinished or (NAME.fullmatch(name) and name not in kept):
                gone = path
                if in_milvus(path):
                    # No generation any more: from here on it may lack rows.
                    gone = path if unfinished else path.rename(self.unfinished())
                    if not self._forgotten(gone, kept):
                        continue
                shutil.rmtree(gone, ignore_errors=True) if gone.is_dir() else gone.unlink(missing_ok=True)
                removed.append(path.name)
        return sorted(removed)

    def _forgotten(self, gone: Path, kept: set[str]) -> bool:
        """Remove the rows in Milvus that only this folder needs. Returns whether it can be removed, too."""
        from embeddings.milvus.tending import forget

        try:
            forget(gone, [self.folder / name for name in kept], self.engine())
        except (EngineError, OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("%s; rows that nobody needs stay in Milvus until the next build or: qa index gc", error)
            return False
        return True

    def _check_rows(self, folder: Path) -> None:
        """Raise IndexDamaged when the vectors of a generation are in Milvus and not all of them are there."""
        if not in_milvus(folder):
            return
        from embeddings.milvus.tending import missing

        try:
            lacking = missing(folder, self.engine())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{str(folder)!r} does not say which rows it has: {error}; {self._rebuild}") from error
        if lacking:
            raise IndexDamaged(f"Milvus at {self.engine().where} lacks {lacking} of its rows; {self._rebuild} --full")

    def _broken(self, name: str) -> bool:
        """Whether a generation cannot serve if it has to, as far as the sizes of its files tell."""
        try:
            check(self.folder / name, read_manifest(self.folder / name, ""), "", contents=False)
        except IndexStoreError:
            return True
        return False

    def _names(self) -> list[str]:
        """The generations, oldest first."""
        try:
            names = [path.name for path in self.folder.iterdir() if NAME.fullmatch(path.name) and path.is_dir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise IndexDamaged(f"cannot read {str(self.folder)!r}: {error.strerror}; {self._rebuild}") from error
        return sorted(names, key=lambda name: (int(name.split("-")[0]), name))


def build_command(folder: Path) -> str:
    """What to type to build the index in `folder`."""
    usual = folder == Path(os.environ.get("QA_INDEX", "index"))
    return "qa build" if usual else f"qa build --index {quote(str(folder))}"


def outdated(manifest: Manifest, encoder: EncoderIdentity) -> str | None:
    """Why an index cannot be searched with `encoder` by this program, or None when it can."""
    if manifest.encoder.name != encoder.name:
        return f"was made with model {manifest.encoder.name!r}, not {encoder.name!r}"
    if manifest.encoder.fingerprint != encoder.fingerprint:
        return f"was made with other weights of {encoder.name!r}"
    if manifest.background != Background.fixed_for(encoder):
        return "was made with other means of its languages"
    if manifest.splitter != SPLITTER:
        return f"was made by paragraph rules {manifest.splitter}, this program has {SPLITTER}"
    if manifest.words != WORD_RULES:
        return f"was made by word rules {manifest.words}, this program has {WORD_RULES}"
    return None


def changed(manifest: Manifest, sources: Sequence[SourceFile]) -> str | None:
    """Which document differs from what the index was made from, or None when none does."""
    then = {source.path: source for source in manifest.sources}
    now = {source.path: source for source in sources}
    for path in sorted(then.keys() | now.keys()):
        if path not in then:
            return f"lacks {path}"
        if path not in now:
            return f"still holds {path}, which is gone"
        if then[path].sha256 != now[path].sha256:
            return f"holds an older {path}"
    return None
