"""What is searched: the documents, their passages, and the indexes that find these; with its files in one folder."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from embeddings.background import Background
from embeddings.generation import Hold
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.references import ReferenceIndex
from embeddings.index.tokens import TokenIndex
from embeddings.types import Document, Heading, Passage, Place, Related, Run, SourceFile, Span, Version


@dataclass(frozen=True, slots=True)
class Index:
    """What is searched: documents by doc_id, passages by number, and what finds them.

    `held`: whatever keeps the index's files from being removed while it is used; None for one in memory only.
    """

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    background: Background
    dense: DenseIndex
    lexical: LexicalIndex
    tokens: TokenIndex
    coarse: TokenIndex
    references: ReferenceIndex
    held: Hold | None = None

    def save(self, folder: Path) -> None:
        """Write every file of the index into `folder`."""
        (folder / "documents.jsonl").write_bytes(_lines(asdict(document) for document in self.documents.values()))
        (folder / "passages.jsonl").write_bytes(_lines(asdict(passage) for passage in self.passages))
        self.background.save(folder)
        self.dense.save(folder)
        self.lexical.save(folder)
        self.tokens.save(folder, "tokens")
        self.coarse.save(folder, "coarse")
        self.references.save(folder)

    @classmethod
    def load(cls, folder: Path, held: Hold | None = None) -> Self:
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
            ReferenceIndex.load(folder),
            held,
        )


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
            "left_out": tuple(fields["left_out"]),
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
