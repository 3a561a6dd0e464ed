"""The index on disk: write-once generations, each with a manifest, and a pointer to the one that counts.

    index/
      CURRENT             the name of the generation that counts; replaced by one rename
      lock                held while building
      <generation>/       never changed once CURRENT names it
        manifest.json     format, encoder, splitter, sources, and size and SHA-256 of every file below
        documents.jsonl   one document a line, with its text
        passages.jsonl    one passage a line, in the order of their numbers
        background.npz    the mean token vector of each language
        dense*, words/, tokens*, coarse*    what is searched: see embeddings/index/

A reader sees a whole generation or none. Nothing here is ever unpickled.
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Any, Final, Self

from filelock import FileLock, Timeout

from embeddings.background import Background
from embeddings.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexMissing, IndexStoreError
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.tokens import TokenIndex
from embeddings.passages import SPLITTER
from embeddings.types import Document, EncoderIdentity, Heading, Passage, Place, Related, Run, SourceFile, Span, Version

FORMAT: Final = 3
"""Raised when files or their meaning change, so that an index of another format is rebuilt, never misread."""

_CURRENT: Final = "CURRENT"
_MANIFEST: Final = "manifest.json"
_GENERATION: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a generation, as it was written."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from and what it consists of."""

    format: int
    created: str
    encoder: EncoderIdentity
    background: str
    splitter: str
    passages: int
    sources: tuple[SourceFile, ...]
    files: Mapping[str, FileRecord]


@dataclass(frozen=True, slots=True)
class Index:
    """What is searched: documents by doc_id, passages by number, and what finds them."""

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    background: Background
    dense: DenseIndex
    lexical: LexicalIndex
    tokens: TokenIndex
    coarse: TokenIndex

    def save(self, folder: Path) -> None:
        """Write every file of the index into `folder`."""
        (folder / "documents.jsonl").write_bytes(_lines(asdict(document) for document in self.documents.values()))
        (folder / "passages.jsonl").write_bytes(_lines(asdict(passage) for passage in self.passages))
        self.background.save(folder)
        self.dense.save(folder)
        self.lexical.save(folder)
        self.tokens.save(folder, "tokens")
        self.coarse.save(folder, "coarse")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ValueError, KeyError or TypeError when it does not hold together."""
        documents = [_document(fields) for fields in _parsed((folder / "documents.jsonl").read_bytes())]
        return cls(
            {document.doc_id: document for document in documents},
            [_passage(fields) for fields in _parsed((folder / "passages.jsonl").read_bytes())],
            Background.load(folder),
            DenseIndex.load(folder),
            LexicalIndex.load(folder),
            TokenIndex.load(folder, "tokens"),
            TokenIndex.load(folder, "coarse"),
        )


class IndexStore:
    """The folder of an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _rebuild(self) -> str:
        return f"rebuild it with: {build_command(self.folder)}"

    def manifest(self) -> Manifest:
        """The manifest of the generation that counts.

        Raises IndexMissing, IndexDamaged, or IndexMismatch for another format.
        """
        return self._read_manifest(self._current())

    def open(self, encoder: EncoderIdentity) -> Index:
        """Read the generation that counts, every file checked against its hash.

        Raises IndexMissing, IndexDamaged, or IndexMismatch when it was made with another encoder, splitter or format.
        """
        generation = self._current()
        manifest = self._read_manifest(generation)
        reason = outdated(manifest, encoder)
        if reason is not None:
            raise IndexMismatch(f"the index in {str(self.folder)!r} {reason}; {self._rebuild}")
        for name, record in manifest.files.items():
            self._check(generation / name, record)
        try:
            return Index.load(generation)
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise IndexDamaged(
                f"{str(generation)!r} does not hold what its manifest says: {error}; {self._rebuild}"
            ) from error

    @contextmanager
    def building(self) -> Iterator[None]:
        """Keep other builders out. Raises IndexLocked when one is at work; a killed one's lock is free."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "lock", timeout=0):
                yield
        except Timeout as error:
            raise IndexLocked(
                f"another process is building the index in {str(self.folder)!r}; try again when it ends"
            ) from error

    def write(self, encoder: EncoderIdentity, sources: Sequence[SourceFile], index: Index) -> Manifest:
        """Write a new generation and let it count. To be called within `building`.

        The one before stays for those who are just reading it; older ones are removed.
        Raises IndexStoreError when it cannot be written; the index that counted before still does.
        """
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        generation = self.folder / name
        try:
            previous = self._current().name
        except IndexStoreError:
            previous = ""
        try:
            generation.mkdir()
            index.save(generation)
            manifest = Manifest(
                format=FORMAT,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                encoder=encoder,
                background=Background.fixed_for(encoder),
                splitter=SPLITTER,
                passages=len(index.passages),
                sources=tuple(sources),
                files={path.relative_to(generation).as_posix(): _record(path) for path in _files(generation)},
            )
            (generation / _MANIFEST).write_bytes(json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode())
            for path in [*_files(generation), *(p for p in generation.rglob("*") if p.is_dir()), generation]:
                _flush(path)
            self._point_to(name)
        except OSError as error:
            shutil.rmtree(generation, ignore_errors=True)
            raise IndexStoreError(
                f"cannot write the index to {str(self.folder)!r}: {error.strerror or error}; "
                "what was there before is untouched"
            ) from error
        self._remove_all_but(name, previous)
        return manifest

    def _current(self) -> Path:
        try:
            name = (self.folder / _CURRENT).read_text("ascii").strip()
        except FileNotFoundError:
            raise IndexMissing(
                f"no index at {str(self.folder)!r}; build it with: {build_command(self.folder)}"
            ) from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"cannot read {str(self.folder / _CURRENT)!r}: {error}; {self._rebuild}") from error
        if not name or Path(name).name != name:
            raise IndexDamaged(f"{str(self.folder / _CURRENT)!r} names no generation; {self._rebuild}")
        return self.folder / name

    def _read_manifest(self, generation: Path) -> Manifest:
        path = generation / _MANIFEST
        try:
            fields: dict[str, Any] = json.loads(path.read_bytes())
            if fields["format"] != FORMAT:
                raise IndexMismatch(
                    f"the index in {str(self.folder)!r} has format {fields['format']}, not {FORMAT}; {self._rebuild}"
                )
            return Manifest(
                **{
                    **fields,
                    "encoder": EncoderIdentity(**fields["encoder"]),
                    "sources": tuple(SourceFile(**source) for source in fields["sources"]),
                    "files": {name: FileRecord(**record) for name, record in fields["files"].items()},
                }
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamaged(f"cannot read {str(path)!r}: {error}; {self._rebuild}") from error

    def _check(self, path: Path, record: FileRecord) -> None:
        try:
            found = _record(path)
        except OSError as error:
            raise IndexDamaged(f"cannot read {str(path)!r}: {error.strerror}; {self._rebuild}") from error
        if found.size != record.size:
            raise IndexDamaged(f"{str(path)!r} has {found.size} bytes, not {record.size}; {self._rebuild}")
        if found.sha256 != record.sha256:
            raise IndexDamaged(f"{str(path)!r} was altered since it was written; {self._rebuild}")

    def _point_to(self, name: str) -> None:
        pointer = self.folder / f"{_CURRENT}.{uuid.uuid4().hex[:8]}"
        try:
            pointer.write_text(name, "ascii")
            _flush(pointer)
            pointer.replace(self.folder / _CURRENT)
        finally:
            pointer.unlink(missing_ok=True)
        _flush(self.folder)

    def _remove_all_but(self, *kept: str) -> None:
        for path in self.folder.iterdir():
            if _GENERATION.fullmatch(path.name) and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


def build_command(folder: Path) -> str:
    """What to type to build the index in `folder`."""
    return (
        "qa build" if folder == Path(os.environ.get("QA_INDEX", "index")) else f"qa build --index {quote(str(folder))}"
    )


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


def _document(fields: dict[str, Any]) -> Document:
    return Document(
        **{
            **fields,
            "source": SourceFile(**fields["source"]),
            "headings": tuple(Heading(**heading) for heading in fields["headings"]),
            "places": tuple(
                Place(**{**place, "box": tuple(place["box"]) if place["box"] else None}) for place in fields["places"]
            ),
            "related": tuple(Related(**other) for other in fields["related"]),
        }
    )


def _passage(fields: dict[str, Any]) -> Passage:
    return Passage(
        **{
            **fields,
            "section": tuple(fields["section"]),
            "runs": tuple(Run(**run) for run in fields["runs"]),
            "sentences": tuple(Span(**span) for span in fields["sentences"]),
            "versions": tuple(Version(**version) for version in fields["versions"]),
        }
    )


def _lines(values: Iterator[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _parsed(data: bytes) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in data.decode().split("\n") if line)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _record(path: Path) -> FileRecord:
    with path.open("rb") as file:
        return FileRecord(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _flush(path: Path) -> None:
    """Make a file, or a folder's entries, outlast a loss of power."""
    if path.is_dir() and os.name == "nt":  # Windows opens no folders; its renames are flushed with the volume
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
