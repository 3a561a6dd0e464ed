"""What pages of markup have in common, alone or as chapters of a book: their pieces into one extract."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as date_type
from typing import Final

from embeddings.documents.blocks import MarkedLine, marked_text
from embeddings.documents.extract import MAX_CHARACTERS, Extract
from embeddings.documents.office import MAX_PARAGRAPHS, grouped
from embeddings.documents.outline import levels
from embeddings.errors import DocumentError

SAMPLE: Final = 200
"""Characters kept of what is left out."""
_MAX_ELEMENTS: Final = 1_000_000
"""Of a document. Reports of 1000 pages have a tenth."""


@dataclass(slots=True)
class Piece:
    """A block as it is seen. `rank`, 1 to 6, of a heading; `row`: of a table.

    `main` and `article`: whether it stands in the page's main part, and in an article.
    """

    text: str
    rank: int | None = None
    row: bool = False
    main: bool = False
    article: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """What stands in no piece: `count` things called `kind`, and how the first begins."""

    kind: str
    words: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page of markup: its pieces in reading order and its own properties, empty where it has none."""

    pieces: tuple[Piece, ...] = ()
    unread: tuple[Unread, ...] = ()
    title: str = ""
    date: str = ""
    language: str = ""


class Budget:
    """Counts what the pages of one document come to. Raises DocumentError beyond what any document has."""

    def __init__(self) -> None:
        self._elements = self._blocks = self._characters = 0

    def element(self) -> None:
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise DocumentError(f"is too complex: it has more than {_MAX_ELEMENTS:,} elements; split it")

    def block(self) -> None:
        self._blocks += 1
        if self._blocks > MAX_PARAGRAPHS:
            raise DocumentError(f"is too large: it holds more than {MAX_PARAGRAPHS:,} paragraphs; split it")

    def characters(self, count: int) -> None:
        self._characters += count
        if self._characters > MAX_CHARACTERS:
            raise DocumentError(f"is too large: it holds more than {MAX_CHARACTERS:,} characters; split it")


def extract_of_pages(
    pages: Sequence[tuple[str, Page]], *, title: str, date: str, language: str, left_out: Iterable[str] = ()
) -> Extract:
    """Join pages, each with the name of its file inside an archive, into one text; each counts its blocks from 1.

    Raises DocumentError when there are no words on any.
    """
    pieces = [(part, number, piece) for part, page in pages for number, piece in enumerate(page.pieces, 1)]
    if not any(character.isalnum() for _, _, piece in pieces for character in piece.text):
        raise DocumentError("holds no text")
    headings = iter(levels([piece.rank for _, _, piece in pieces if piece.rank is not None]))
    text, blocks, places = marked_text(
        [
            MarkedLine(piece.text, part, number, None if piece.rank is None else next(headings), piece.row)
            for part, number, piece in pieces
        ]
    )
    unread = [each for _, page in pages for each in page.unread]
    return Extract(text, blocks, places, title, date, language, (*told(unread), *left_out))


def day_of(*stamps: str) -> str:
    """The first of `stamps` that begins with a day in ISO 8601, that day; empty where none does."""
    for stamp in stamps:
        try:
            return date_type.fromisoformat(stamp.strip()[:10]).isoformat()
        except ValueError:
            continue
    return ""


def told(unread: Iterable[Unread]) -> list[str]:
    """A line for each kind of what was left out: how many, and how the first begins."""
    kinds: dict[str, list[str]] = {}
    for each in unread:
        kinds.setdefault(each.kind, []).extend([each.words, *[""] * (each.count - 1)])
    return [line for kind, words in kinds.items() for line in grouped(kind, f"{kind}s", words)]
