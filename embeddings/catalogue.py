"""What there is in an index, as columns: whose each passage is, in which language, under which headings.

It answers what would otherwise take a walk through all passages: what filters can be made of, which passages belong
together, which number a passage has.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.types import Document, Passage

Numbers = npt.NDArray[np.int32]
Ids = npt.NDArray[np.int64]

_TABLES: Final = "catalogue.json"
_FILES: Final = tuple(
    f"catalogue-{name}.npy" for name in ("documents", "languages", "sections", "articles", "keys", "numbers")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a document without its text. Fields as those of `Document`; `characters` of its text, `path`
    and `sha256` of its file."""

    doc_id: str
    title: str
    symbol: str
    date: str
    language: str
    work: str
    characters: int
    path: str
    sha256: str

    @classmethod
    def of(cls, document: Document) -> Self:
        """A document's entry."""
        source = document.source
        return cls(
            document.doc_id, document.title, document.symbol, document.date, document.language, document.work,
            len(document.text), source.path, source.sha256,
        )  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """`documents` in the order of the index; `languages` (ISO 639-1) by their codes; `sections`, the rows of headings
    that stand above passages, and `articles`, in order of first mention, the first article being none ("").
    `versioned`: whether any passage has another language version. `sha256`: see `names_and_texts_sha256`.

    `document_of`, `language_of`, `section_of`, `article_of` [num_passages] int32: each passage's place in these.
    `_keys` [num_passages] uint64, in order: hashes of passage ids; `_numbers` [num_passages]: whose each is.
    """

    documents: Sequence[Entry]
    languages: Sequence[str]
    sections: Sequence[tuple[str, ...]]
    articles: Sequence[str]
    versioned: bool
    sha256: str
    document_of: Numbers
    language_of: Numbers
    section_of: Numbers
    article_of: Numbers
    _keys: npt.NDArray[np.uint64]
    _numbers: Numbers

    @classmethod
    def build(cls, documents: Iterable[Document], passages: Sequence[Passage]) -> Self:
        """The catalogue of some documents and all of their passages, in the order of their numbers."""
        entries = [Entry.of(document) for document in documents]
        places = {entry.doc_id: place for place, entry in enumerate(entries)}
        languages = sorted({passage.language for passage in passages})
        language_places = {code: place for place, code in enumerate(languages)}
        sections: dict[tuple[str, ...], int] = {}
        articles: dict[str, int] = {"": 0}
        columns = (
            _column(places[passage.doc_id] for passage in passages),
            _column(language_places[passage.language] for passage in passages),
            _column(sections.setdefault(passage.section, len(sections)) for passage in passages),
            _column(articles.setdefault(passage.article, len(articles)) for passage in passages),
        )
        keys = np.fromiter((_key(passage.passage_id) for passage in passages), np.uint64, len(passages))
        order = np.argsort(keys, kind="stable").astype(np.int32)
        versioned = any(passage.versions for passage in passages)
        sha256 = names_and_texts_sha256(passages)
        return cls(entries, languages, list(sections), list(articles), versioned, sha256, *columns, keys[order], order)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {entry.doc_id: place for place, entry in enumerate(self.documents)}

    def with_id(self, passage_id: str) -> list[int]:
        """The numbers of the passages that may have this id: one or none, but for ids whose hashes are the same."""
        key = np.uint64(_key(passage_id))
        first, last = np.searchsorted(self._keys, key), np.searchsorted(self._keys, key, side="right")
        return sorted(self._numbers[first:last].tolist())

    def of_document(self, doc_id: str) -> Ids:
        """The numbers of a document's passages, in order; none where there is no such document."""
        place = self._places.get(doc_id)
        return np.flatnonzero(self.document_of == place) if place is not None else np.empty(0, np.int64)

    def together(self, numbers: Ids) -> Ids:
        """The numbers of all passages that stand in one document under the same headings as one of `numbers`."""
        wanted = np.unique(self._groups(self.document_of[numbers], self.section_of[numbers]))
        found: Ids = np.flatnonzero(np.isin(self._groups(self.document_of, self.section_of), wanted))
        return found

    def _groups(self, documents: Numbers, sections: Numbers) -> Ids:
        groups: Ids = documents.astype(np.int64) * len(self.sections) + sections
        return groups

    def counts(self) -> Mapping[str, int]:
        """How many passages each language has, in the order of their codes."""
        found = np.bincount(self.language_of, minlength=len(self.languages)).tolist()
        return dict(zip(self.languages, found, strict=True))

    def save(self, folder: Path) -> None:
        """Write the catalogue's files into `folder`."""
        tables = {
            "documents": [asdict(entry) for entry in self.documents],
            "languages": self.languages,
            "sections": self.sections,
            "articles": self.articles,
            "versioned": self.versioned,
            "sha256": self.sha256,
        }
        (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), "utf-8")
        for name, column in zip(_FILES, self._columns(), strict=True):
            arrays.save(folder / name, column)

    def _columns(self) -> Sequence[npt.NDArray[Any]]:
        return (
            self.document_of, self.language_of, self.section_of, self.article_of, self._keys, self._numbers,
        )  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote, the columns memory-mapped.

        Raises ValueError, KeyError or TypeError when it is no catalogue.
        """
        tables = json.loads((folder / _TABLES).read_text("utf-8"))
        columns = [arrays.load(folder / name) for name in _FILES]
        counts = [len(tables[name]) for name in ("documents", "languages", "sections", "articles")]
        if len({column.shape for column in columns}) != 1 or any(
            len(column) and not 0 <= column.min() <= column.max() < count
            for column, count in zip(columns, counts, strict=False)
        ):
            raise ValueError(f"{_TABLES} and catalogue-*.npy do not belong together")
        return cls(
            [Entry(**fields) for fields in tables["documents"]],
            tables["languages"],
            [tuple(section) for section in tables["sections"]],
            tables["articles"],
            tables["versioned"],
            tables["sha256"],
            *columns,
        )


def names_and_texts_sha256(passages: Iterable[Passage]) -> str:
    """SHA-256 (hex) of every passage's name and text, in order: where it is the same, the same is searched."""
    hashed = hashlib.sha256()
    for passage in passages:
        for part in (passage.passage_id, passage.text):
            data = part.encode("utf-8", "surrogatepass")
            hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


def _column(values: Iterable[int]) -> Numbers:
    return np.fromiter(values, np.int32)


def _key(passage_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(passage_id.encode(), digest_size=8).digest(), "little")
