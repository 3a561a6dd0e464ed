"""Tables of a page: rows of data, or the frame in which a page is arranged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from embeddings.documents.extract import CELL_BORDER
from embeddings.documents.markup import Piece
from embeddings.numbering import leading_number

_MOST_IN_CELL: Final = 8
"""A cell of a table without headings that holds more paragraphs is no datum."""


@dataclass(slots=True)
class Table:
    """A table while it is read: its rows, their cells, and the pieces in each.

    `layout`: it only arranges what stands in it. `headed`: it has cells that are headings, or a caption.
    """

    layout: bool
    headed: bool = False
    rows: list[list[list[Piece]]] = field(default_factory=list)
    _row_open: bool = False

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> "Table":
        """The table that a tag opens."""
        return cls(attributes.get("role") in {"none", "presentation"})

    def start_row(self) -> None:
        """The next cell begins a row."""
        self._row_open = False

    def start_cell(self) -> list[Piece]:
        """Where the next cell's pieces go."""
        if not self._row_open:
            self.rows.append([])
            self._row_open = True
        cell: list[Piece] = []
        self.rows[-1].append(cell)
        return cell

    def pieces(self) -> list[Piece]:
        """A piece a row; of a table that is a frame, what stands in its cells."""
        rows = [[cell for cell in row if cell] for row in self.rows]
        if self._arranges():
            return [piece for row in rows for piece in _numbered(row)]
        return [_row(row) for row in rows if row]

    def _arranges(self) -> bool:
        if self.layout:
            return True
        if any(piece.rank is not None for row in self.rows for cell in row for piece in cell):
            return True
        if self.headed:
            return False
        crowded = any(len(cell) > _MOST_IN_CELL for row in self.rows for cell in row)
        return crowded or len(self.rows) == 1 or max(map(len, self.rows), default=0) < 2


def _row(cells: list[list[Piece]]) -> Piece:
    first = cells[0][0]
    text = CELL_BORDER.join(" ".join(piece.text for piece in cell) for cell in cells)
    return Piece(text, row=True, main=first.main, article=first.article)


def _numbered(cells: list[list[Piece]]) -> list[Piece]:
    """The pieces in a row's cells; a paragraph's number that has a cell of its own goes back in front of it."""
    pieces = [piece for cell in cells for piece in cell]
    if len(cells) < 2 or len(cells[0]) > 1 or pieces[1].rank is not None:
        return pieces
    number, paragraph = pieces[0].text, pieces[1]
    found = leading_number(f"{number} {paragraph.text}")
    if found is None or found.length != len(number) + 1:
        return pieces
    paragraph.text = f"{number} {paragraph.text}"
    return pieces[1:]
