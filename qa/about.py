"""What a visitor may want to know of an installation: what is in it, what it was made with and when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from embeddings.contents import Index
from embeddings.errors import IndexStoreError
from embeddings.generation import read_manifest
from embeddings.types import EncoderIdentity
from qa.version import VERSION

PROGRAM: Final = "paragraph-qa"
LIBRARIES: Final = ("gradio", "faiss-cpu", "onnxruntime", "sentence-transformers")
"""Those that an answer or the page depends on most."""
_FINGERPRINT: Final = 12
"""Hexadecimal digits of the model's SHA-256 that are shown."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language (ISO 639-1) and how many documents and paragraphs are in it."""

    code: str
    documents: int
    paragraphs: int


@dataclass(frozen=True, slots=True)
class About:
    """An installation.

    `characters` of all documents' texts. `dates`: the first and the last date that documents bear (ISO 8601, as far as
    they are given), empty where none bears any; `undated`: how many bear none. `fingerprint`: the beginning of the
    SHA-256 of the model's files. `state`: the generation of the index, `built` when it was made (ISO 8601), both empty
    where they are not known. `versions`: of the program and of the libraries that are installed.
    """

    documents: int
    paragraphs: int
    characters: int
    languages: tuple[Language, ...]
    dates: tuple[str, str] | tuple[()]
    undated: int
    model: str
    fingerprint: str
    state: str
    built: str
    versions: tuple[tuple[str, str], ...]

    def age(self, now: datetime) -> float | None:
        """Seconds since the index was built, 0 where the clock went backwards; None where it is not known."""
        try:
            built = datetime.fromisoformat(self.built)
        except ValueError:
            return None
        built = built if built.tzinfo else built.replace(tzinfo=UTC)
        return max((now - built).total_seconds(), 0.0)

    def as_json(self, now: datetime) -> dict[str, Any]:
        """As one JSON object, with `age` in seconds; versions by name."""
        return asdict(self) | {"versions": dict(self.versions), "age": self.age(now)}


def about(index: Index, encoder: EncoderIdentity, state: str = "", built: str = "") -> About:
    """What there is to say of an index and what it is asked with; `built` as its manifest has it (`created`)."""
    entries = index.catalogue.documents
    documents = Counter(entry.language for entry in entries)
    paragraphs = Counter(index.catalogue.counts())
    codes = sorted(documents | paragraphs, key=lambda code: (-paragraphs[code], code))
    dates = sorted(entry.date for entry in entries if entry.date)
    return About(
        documents=len(entries),
        paragraphs=len(index.passages),
        characters=sum(entry.characters for entry in entries),
        languages=tuple(Language(code, documents[code], paragraphs[code]) for code in codes),
        dates=(dates[0], dates[-1]) if dates else (),
        undated=len(entries) - len(dates),
        model=encoder.name,
        fingerprint=encoder.fingerprint[:_FINGERPRINT],
        state=state,
        built=built,
        versions=((PROGRAM, VERSION), *_versions(LIBRARIES)),
    )


def built(folder: Path, state: str) -> str:
    """When a generation of the index in `folder` was built (ISO 8601); empty where that cannot be told."""
    try:
        return read_manifest(folder / state, "").created
    except IndexStoreError:
        return ""


def _versions(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:  # faiss comes as faiss-gpu too
            continue
