"""The index on disk: write-once generations, each with a manifest, and a pointer to the one that counts.

    index/
      CURRENT             the name of the generation that counts; replaced by one rename
      lock                held while building
      <generation>/       never changed once CURRENT names it
        manifest.json     format, encoder, splitter, sources, and size and SHA-256 of every file below
        documents.jsonl   one document a line, with its text
        passages.jsonl    one passage a line, in the order of their numbers
        dense.faiss       vectors of passages and sentences
        rows.npy          which passage, and which sentence of it, each vector is

A reader sees a whole generation or none. Nothing here is ever unpickled.
"""

import hashlib
import io
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
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from embeddings.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexMissing, IndexStoreError
from embeddings.index.dense import DenseIndex
from embeddings.passages import SPLITTER
from embeddings.types import Document, EncoderIdentity, Heading, Passage, Run, SourceFile, Span

FORMAT: Final = 1
"""Raised when files or their meaning change, so that an index of another format is rebuilt, never misread."""

_CURRENT: Final = "CURRENT"
_MANIFEST: Final = "manifest.json"
_GENERATION: Final = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
_REBUILD: Final = "rebuild it with: qa build"

Rows = npt.NDArray[np.int32]


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
    dimension: int
    splitter: str
    passages: int
    sources: tuple[SourceFile, ...]
    files: Mapping[str, FileRecord]


@dataclass(frozen=True, slots=True)
class Index:
    """One generation, read. `rows` [num_vectors, 2] int32: a vector's passage, and its sentence or -1 for the whole."""

    manifest: Manifest
    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    dense: DenseIndex
    rows: Rows


class IndexStore:
    """The folder of an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
            raise IndexMismatch(f"the index in {str(self.folder)!r} {reason}; {_REBUILD}")
        files = {name: self._checked(generation, name, record) for name, record in manifest.files.items()}
        try:
            return _decode(manifest, files)
        except (KeyError, TypeError, ValueError) as error:
            raise IndexDamaged(
                f"{str(generation)!r} does not hold what its manifest says: {error}; {_REBUILD}"
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

    def write(
        self,
        *,
        encoder: EncoderIdentity,
        sources: Sequence[SourceFile],
        documents: Sequence[Document],
        passages: Sequence[Passage],
        dense: DenseIndex,
        rows: Rows,
    ) -> Manifest:
        """Write a new generation and let it count. To be called within `building`.

        The one before stays for those who are just reading it; older ones are removed.

        Raises IndexStoreError when it cannot be written; the index that counted before still does.
        """
        contents = {
            "documents.jsonl": _lines(asdict(document) for document in documents),
            "passages.jsonl": _lines(asdict(passage) for passage in passages),
            "dense.faiss": dense.to_bytes(),
            "rows.npy": _array_bytes(rows),
        }
        manifest = Manifest(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            encoder=encoder,
            dimension=dense.dimension,
            splitter=SPLITTER,
            passages=len(passages),
            sources=tuple(sources),
            files={n: FileRecord(len(data), hashlib.sha256(data).hexdigest()) for n, data in contents.items()},
        )
        contents[_MANIFEST] = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        generation = self.folder / name
        try:
            previous = self._current().name
        except IndexStoreError:
            previous = ""
        try:
            generation.mkdir()
            for file, data in contents.items():
                _write_flushed(generation / file, data)
            _flush_folder(generation)
            self._point_to(name)
        except OSError as error:
            shutil.rmtree(generation, ignore_errors=True)
            raise IndexStoreError(
                f"cannot write the index to {str(self.folder)!r}: {error.strerror}; what was there before is untouched"
            ) from error
        self._remove_all_but(name, previous)
        return manifest

    def _current(self) -> Path:
        try:
            name = (self.folder / _CURRENT).read_text("ascii").strip()
        except FileNotFoundError:
            raise IndexMissing(f"no index at {str(self.folder)!r}; build it with: qa build") from None
        except (OSError, ValueError) as error:
            raise IndexDamaged(f"cannot read {str(self.folder / _CURRENT)!r}: {error}; {_REBUILD}") from error
        if not name or Path(name).name != name:
            raise IndexDamaged(f"{str(self.folder / _CURRENT)!r} names no generation; {_REBUILD}")
        return self.folder / name

    def _read_manifest(self, generation: Path) -> Manifest:
        path = generation / _MANIFEST
        try:
            fields: dict[str, Any] = json.loads(path.read_bytes())
            if fields["format"] != FORMAT:
                raise IndexMismatch(
                    f"the index in {str(self.folder)!r} has format {fields['format']}, not {FORMAT}; {_REBUILD}"
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
            raise IndexDamaged(f"cannot read {str(path)!r}: {error}; {_REBUILD}") from error

    def _checked(self, generation: Path, name: str, record: FileRecord) -> bytes:
        path = generation / name
        try:
            if path.stat().st_size != record.size:
                raise IndexDamaged(f"{str(path)!r} has {path.stat().st_size} bytes, not {record.size}; {_REBUILD}")
            data = path.read_bytes()
        except OSError as error:
            raise IndexDamaged(f"cannot read {str(path)!r}: {error.strerror}; {_REBUILD}") from error
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise IndexDamaged(f"{str(path)!r} was altered since it was written; {_REBUILD}")
        return data

    def _point_to(self, name: str) -> None:
        pointer = self.folder / f"{_CURRENT}.{uuid.uuid4().hex[:8]}"
        try:
            _write_flushed(pointer, name.encode("ascii"))
            pointer.replace(self.folder / _CURRENT)
        finally:
            pointer.unlink(missing_ok=True)
        _flush_folder(self.folder)

    def _remove_all_but(self, *kept: str) -> None:
        for path in self.folder.iterdir():
            if _GENERATION.fullmatch(path.name) and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


def outdated(manifest: Manifest, encoder: EncoderIdentity) -> str | None:
    """Why an index cannot be searched with `encoder` by this program, or None when it can."""
    if manifest.encoder.name != encoder.name:
        return f"was made with model {manifest.encoder.name!r}, not {encoder.name!r}"
    if manifest.encoder.fingerprint != encoder.fingerprint:
        return f"was made with other weights of {encoder.name!r}"
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


def _decode(manifest: Manifest, files: Mapping[str, bytes]) -> Index:
    documents = [_document(fields) for fields in _parsed(files["documents.jsonl"])]
    passages = [_passage(fields) for fields in _parsed(files["passages.jsonl"])]
    dense = DenseIndex.from_bytes(files["dense.faiss"])
    rows: Rows = np.load(io.BytesIO(files["rows.npy"]), allow_pickle=False)
    if len(passages) != manifest.passages or dense.dimension != manifest.dimension or rows.shape != (dense.size, 2):
        raise ValueError(f"{len(passages)} passages, {dense.size} vectors of {dense.dimension}, {rows.shape} rows")
    return Index(manifest, {document.doc_id: document for document in documents}, passages, dense, rows)


def _document(fields: dict[str, Any]) -> Document:
    headings = tuple(Heading(**heading) for heading in fields["headings"])
    return Document(**{**fields, "source": SourceFile(**fields["source"]), "headings": headings})


def _passage(fields: dict[str, Any]) -> Passage:
    runs = tuple(Run(**run) for run in fields["runs"])
    sentences = tuple(Span(**span) for span in fields["sentences"])
    return Passage(**{**fields, "section": tuple(fields["section"]), "runs": runs, "sentences": sentences})


def _lines(values: Iterator[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _parsed(data: bytes) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in data.decode().split("\n") if line)


def _array_bytes(array: Rows) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _write_flushed(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folders; its renames are flushed with the volume
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
