"""What is understood of one file, without an index."""

from dataclasses import dataclass
from pathlib import Path

from embeddings import documents as files
from embeddings.errors import DocumentError
from embeddings.passages import split_document
from embeddings.types import Document, Passage


@dataclass(frozen=True, slots=True)
class Inspection:
    """A document and its passages."""

    document: Document
    passages: tuple[Passage, ...]


def inspected(path: Path) -> Inspection:
    """Read one file as a build would, with the file beside it that tells about it.

    Raises DocumentError when it cannot be read.
    """
    source, note = files.single(path)
    extract = files.read(path.parent, source)
    document, passages = split_document(source, extract, files.given(path.parent, note))
    if not passages:
        raise DocumentError(f"{path.name}: holds headings only, no paragraph")
    return Inspection(document, tuple(passages))
