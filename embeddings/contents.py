"""What is searched: the documents, their passages, and the indexes that find these; with its files in one folder.

Read from a folder, documents and passages come out of it one by one, when they are shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from embeddings.background import Background
from embeddings.catalogue import Catalogue
from embeddings.generation import Hold
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.protocols import DenseSearch, Searches, TokenSearch
from embeddings.index.references import ReferenceIndex
from embeddings.index.tokens import TokenIndex
from embeddings.lines import Fields, Lines, Records, as_json, write_lines
from embeddings.milvus.files import in_milvus
from embeddings.types import Document, Heading, Passage, Place, Related, Run, SourceFile, Span, Version

if TYPE_CHECKING:
    from embeddings.milvus.engine import Engine

_DOCUMENTS: Final = "documents.jsonl"
_PASSAGES: Final = "passages.jsonl"
_KEPT_DOCUMENTS: Final = 64
_KEPT_PASSAGES: Final = 8192
"""How many that were read stay in memory; a document may be a megabyte, a passage is a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Index:
    """What is searched: documents by doc_id, passages by number, and what finds them.

    `held`: whatever keeps the index's files from being removed while it is used; None for one in memory only.
    """

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    catalogue: Catalogue
    background: Background
    dense: DenseSearch
    lexical: LexicalIndex
    tokens: TokenSearch
    coarse: TokenSearch
    references: ReferenceIndex
    held: Hold | None = None

    def number_of(self, passage_id: str) -> int | None:
        """The number of a passage; None where there is none with this id."""
        numbers = self.catalogue.with_id(passage_id)
        return next((number for number in numbers if self.passages[number].passage_id == passage_id), None)

    def passage(self, passage_id: str) -> Passage | None:
        """A passage by its id; None where there is none."""
        number = self.number_of(passage_id)
        return None if number is None else self.passages[number]

    def around(self, passage_ids: Iterable[str]) -> list[Passage]:
        """All passages that stand under the same headings of a document as one of these, in the order of the index."""
        numbers = [number for each in passage_ids if (number := self.number_of(each)) is not None]
        return [self.passages[number] for number in self.catalogue.together(np.array(numbers, np.int64)).tolist()]

    def save(self, folder: Path) -> None:
        """Write every file of the index into `folder`."""
        write_lines(folder / _DOCUMENTS, (as_json(asdict(document)) for document in self.documents.values()))
        write_lines(folder / _PASSAGES, (as_json(asdict(passage)) for passage in self.passages))
        self.catalogue.save(folder)
        self.background.save(folder)
        self.dense.save(folder)
        self.lexical.save(folder)
        self.tokens.save(folder, "tokens")
        self.coarse.save(folder, "coarse")
        self.references.save(folder)

    @classmethod
    def load(cls, folder: Path, held: Hold | None = None, engine: "Callable[[], Engine] | None" = None) -> Self:
        """Read what `save` wrote. `engine`: gives the one that has the vectors, where they are not in the folder.

        Raises ValueError, KeyError or TypeError when it does not hold together, EngineError when the engine fails.
        """
        catalogue = Catalogue.load(folder)
        documents = Records(Lines.load(folder / _DOCUMENTS), _document, _KEPT_DOCUMENTS)
        passages = Records(Lines.load(folder / _PASSAGES), _passage, _KEPT_PASSAGES)
        if len(documents) != len(catalogue.documents) or len(passages) != len(catalogue.document_of):
            raise ValueError("the catalogue is of other documents")
        dense, tokens, coarse = _searches(folder, engine)
        return cls(
            _ById(documents, {entry.doc_id: place for place, entry in enumerate(catalogue.documents)}),
            passages,
            catalogue,
            Background.load(folder),
            dense,
            LexicalIndex.load(folder),
            tokens,
            coarse,
            ReferenceIndex.load(folder),
            held,
        )


def _searches(folder: Path, engine: "Callable[[], Engine] | None") -> Searches:
    """What searches among vectors, matches tokens, and coarse tokens."""
    if in_milvus(folder):
        from embeddings.milvus.searches import opened

        if engine is None:
            raise ValueError("its vectors are in Milvus, and nobody said where")
        return opened(folder, engine())
    return DenseIndex.load(folder), TokenIndex.load(folder, "tokens"), TokenIndex.load(folder, "coarse")


@dataclass(frozen=True, slots=True)
class _ById(Mapping[str, Document]):
    """Documents by their ids; `_places`: which line each is."""

    _documents: Sequence[Document]
    _places: Mapping[str, int]

    def __getitem__(self, doc_id: str) -> Document:
        return self._documents[self._places[doc_id]]

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, doc_id: object) -> bool:
        return doc_id in self._places


def _document(fields: Fields) -> Document:
    return Document(
        **{
            **fields,
            "source": SourceFile(**fields["source"]),
            "headings": tuple(Heading(**heading) for heading in fields["headings"]),
            "places": tuple(
                Place(**{**place, "box": tuple(place["box"]) if place["box"] else None}) for place in fields["places"]
            ),
            "related": tuple(Related(**other) for other in fields["related"]),
            "left_out": tuple(fields["left_out"]),
        }
    )


def _passage(fields: Fields) -> Passage:
    return Passage(
        **{
            **fields,
            "section": tuple(fields["section"]),
            "runs": tuple(Run(**run) for run in fields["runs"]),
            "sentences": tuple(Span(**span) for span in fields["sentences"]),
            "versions": tuple(Version(**version) for version in fields["versions"]),
        }
    )
