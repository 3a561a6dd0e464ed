"""What is understood of one file, without an index."""

from dataclasses import dataclass
from pathlib import Path

from embeddings import documents as files
from embeddings.errors import DocumentError
from embeddings.passages import split_document
from embeddings.source_text import INVISIBLE
from embeddings.types import Document, Passage


@dataclass(frozen=True, slots=True)
class Inspection:
    """A document, its passages, and what of its file is not in them, a line each."""

    document: Document
    passages: tuple[Passage, ...]
    left_out: tuple[str, ...]


def inspected(path: Path) -> Inspection:
    """Read one file as a build would, with the file beside it that tells about it.

    Raises DocumentError when it cannot be read.
    """
    source, note = files.single(path)
    extract = files.read(path.parent, source)
    document, passages = split_document(source, extract, files.given(path.parent, note))
    if not passages:
        raise DocumentError(f"{path.name}: holds headings only, no paragraph")
    return Inspection(document, tuple(passages), (*extract.left_out, *hidden(extract.text)))


def hidden(text: str) -> tuple[str, ...]:
    """A line about the characters of `text` that nobody sees, where there are any."""
    count = sum(len(found[0].strip("\r\n\t\f\v")) for found in INVISIBLE.finditer(text.removeprefix("\ufeff")))
    return (f"invisible characters: {count}",) if count else ()
