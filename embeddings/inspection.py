"""What is understood of one file: its document and passages."""

from dataclasses import dataclass
from pathlib import Path

from embeddings import documents as files
from embeddings.errors import DocumentError
from embeddings.passages import split_document
from embeddings.types import Document, Passage, SourceFile


@dataclass(frozen=True, slots=True)
class Inspection:
    """A document and its passages."""

    document: Document
    passages: tuple[Passage, ...]


def inspected(path: Path) -> Inspection:
    """Read one file as a build would, with the file beside it that tells about it.

    Raises DocumentError when it cannot be read.
    """
    document, passages = read_document(path.parent, *files.single(path))
    return Inspection(document, tuple(passages))


def read_document(folder: Path, source: SourceFile, note: SourceFile | None) -> tuple[Document, list[Passage]]:
    """Read one file below `folder`, and the `note` that tells about it. Raises DocumentError, with the file's name."""
    document, passages = split_document(source, files.read(folder, source), files.given(folder, note))
    if not passages:
        raise DocumentError(f"{source.path}: holds headings only, no paragraph")
    return document, passages
