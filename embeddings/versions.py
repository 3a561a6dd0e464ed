"""Documents that belong together: language versions, paragraph by paragraph, and corrigenda, revisions and addenda."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Final, Literal

import numpy as np

from embeddings.contents import Index
from embeddings.types import Document, Passage, Related, Version

_AMENDING: Final = re.compile(r"(?P<base>.{1,100})/(?P<kind>Corr|Rev|Add)\.[0-9]+(?:\s?\*)?", re.IGNORECASE)
"""The UN's suffixes to a symbol: `/Corr.1`, `/Rev.1`, `/Add.1`."""
_KINDS: Final[Mapping[str, Literal["corrigendum", "revision", "addendum"]]] = {
    "corr": "corrigendum",
    "rev": "revision",
    "add": "addendum",
}
_BY_PLACE: Final = re.compile(r"p[0-9]+")
"""The key of a passage that has no number."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two paragraphs that are linked by their number while their vectors point to others."""

    passage_id: str
    version_id: str


def related(documents: Sequence[Document]) -> list[Document]:
    """`documents`, each told of those that amend it and of the one that it amends."""
    by_symbol: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if document.symbol:
            by_symbol[document.symbol].append(document)
    found: dict[str, list[Related]] = defaultdict(list)
    for document in documents:
        amending = _AMENDING.fullmatch(document.symbol)
        if amending is None:
            continue
        kind = _KINDS[amending["kind"].lower()]
        for original in _same_language(document, by_symbol.get(amending["base"], [])):
            found[original.doc_id].append(Related(document.doc_id, document.symbol, kind))
            found[document.doc_id].append(Related(original.doc_id, original.symbol, "original"))
    return [replace(document, related=tuple(found[document.doc_id])) for document in documents]


def _same_language(document: Document, others: Sequence[Document]) -> Sequence[Document]:
    """Those of `others` in the document's language, or all where none is."""
    return [other for other in others if other.language == document.language] or others


def linked(documents: Sequence[Document], passages: Sequence[Passage]) -> list[Passage]:
    """`passages`, each told of those with its number in other language versions of its document."""
    by_key: dict[str, dict[str, Passage]] = {document.doc_id: {} for document in documents}
    for passage in passages:
        by_key[passage.doc_id][passage.key] = passage
    versions: dict[str, list[Version]] = defaultdict(list)
    for one, other in _pairs(documents):
        by_place = _places(by_key[one.doc_id]) == _places(by_key[other.doc_id])
        for key, passage in by_key[one.doc_id].items():
            found = by_key[other.doc_id].get(key)
            if found is not None and (by_place or not _BY_PLACE.fullmatch(key)):
                versions[passage.passage_id].append(Version(found.passage_id, other.language, doubtful=False))
    return [replace(passage, versions=tuple(versions[passage.passage_id])) for passage in passages]


def _pairs(documents: Sequence[Document]) -> Iterator[tuple[Document, Document]]:
    """Each two language versions of one document, both ways."""
    by_work: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if document.work:
            by_work[document.work].append(document)
    for versions in by_work.values():
        for one, other in permutations(versions, 2):
            if one.language != other.language:
                yield one, other


def _places(by_key: Mapping[str, Passage]) -> set[str]:
    """The keys of passages without numbers; these say something only where both documents have the same."""
    return {key for key in by_key if _BY_PLACE.fullmatch(key)}


def doubted(index: Index) -> tuple[Index, list[Doubt]]:
    """The index with doubtful links marked as such, and these.

    A link is doubtful where each of the two has a nearer one, by the cosine of their vectors, in the other's document.
    """
    numbers = {passage.passage_id: number for number, passage in enumerate(index.passages)}
    of_document: dict[str, list[int]] = defaultdict(list)
    for number, passage in enumerate(index.passages):
        of_document[passage.doc_id].append(number)
    doubts: list[Doubt] = []
    for one, other in _pairs(list(index.documents.values())):
        rows, columns = of_document[one.doc_id], of_document[other.doc_id]
        if not rows or not columns:
            continue
        cosines = index.dense.whole(np.array(rows)) @ index.dense.whole(np.array(columns)).T
        nearest, nearest_back = cosines.argmax(axis=1), cosines.argmax(axis=0)
        for row, number in enumerate(rows):
            for version in index.passages[number].versions:
                column = numbers[version.passage_id] - columns[0]
                inside = 0 <= column < len(columns)
                if inside and nearest[row] != column and nearest_back[column] != row:
                    doubts.append(Doubt(index.passages[number].passage_id, version.passage_id))
    doubtful = {(doubt.passage_id, doubt.version_id) for doubt in doubts}
    passages = [
        replace(
            passage,
            versions=tuple(
                replace(version, doubtful=(passage.passage_id, version.passage_id) in doubtful)
                for version in passage.versions
            ),
        )
        for passage in index.passages
    ]
    return replace(index, passages=passages), doubts
