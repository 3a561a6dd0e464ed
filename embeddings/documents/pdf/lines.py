"""Characters on a page into lines, in the order in which they are read."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from embeddings.documents.extract import CELL_BORDER
from embeddings.documents.pdf.columns import cells_of, in_columns, is_label, table_rows
from embeddings.documents.pdf.glyphs import Glyph, Row, bounds, inked
from embeddings.documents.pdf.text import in_reading_order, is_right_to_left, repaired
from embeddings.types import Box

_MAX_NOTE_SIZE: Final = 0.8
_MIN_NOTE_RISE: Final = 0.15
"""A reference to a note, against the size of its line. Printers make them 0.6 of it and raise them by 0.3."""
_WORD_SPACE: Final = 0.2
_LABEL_GAP: Final = 4.0
"""How far a paragraph's number may stand from its text, against the size of the letters."""
_MIN_HEIGHT: Final = 0.3
"""Below this share of its size a line's box is drawn by its size: fonts that are not at hand have no heights."""
_ASCENT: Final = 0.8
_DESCENT: Final = 0.2
_MESSY: Final = 0.25
"""Share of lines that are drawn after one below them, beyond which lines are read from the top downwards."""

_NOTE: Final = re.compile(r"[\d*†‡][\d*†‡,; ]{0,60}$")
_CLOSING: Final = re.compile(r"[,.;:!?)\]”»，。；：）]")
_UNIT: Final = re.compile(r"(?:^|[\s\d/])[kcm]?m$")
"""`km` and the like before a raised digit: a square or a cube, no note."""
_HYPHENS: Final = "-\u2010\u00ad"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. `bold`: whether its first letter is, and its last.

    `hyphen`: one is left off its end, which may be the word's own or the printer's. `noted`: it begins with a small
    raised number. `row`: of a table, cells divided by ` | `. `from_the_right`: so its page is written. `place`: its box
    on the page as that is displayed, where it is read sideways.
    """

    text: str
    box: Box
    baseline: float
    size: float
    bold: tuple[bool, bool] = (False, False)
    hyphen: bool = False
    noted: bool = False
    row: bool = False
    from_the_right: bool = False
    place: Box | None = None


def page_lines(drawn: Iterable[Row]) -> list[Line]:
    """The lines of a page from its rows in the order of drawing. References to notes are left out of them."""
    rows = list(_mended(row for row in drawn if inked(row)))
    from_the_right = is_right_to_left("".join(glyph.text for row in rows for glyph in row))
    in_order = in_columns(rows, from_the_right=from_the_right)
    tables: set[int] = set()
    if in_order is None:
        in_order = sorted(rows, key=_baseline) if _is_messy(rows) else rows
        tables = table_rows(in_order)
    lines = (_line(row, i in tables, from_the_right) for i, row in enumerate(in_order))
    return [line for line in lines if line.text]


# Rows


def _mended(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that go on at one height in one, as before and after a raised number."""
    whole: list[Glyph] = []
    for row in rows:
        if whole:
            last, first = _first_inked(reversed(whole)), _first_inked(row)
            gap = max(first.box[0] - last.box[2], last.box[0] - first.box[2])
            reach = _LABEL_GAP if is_label(whole) else 1
            if not _is_beside(last, first, gap, reach):
                yield whole
                whole = []
            elif gap > _WORD_SPACE * last.size:
                whole.append(Glyph(" "))
        whole.extend(row)
    if whole:
        yield whole


def _first_inked(glyphs: Iterable[Glyph]) -> Glyph:
    return next(glyph for glyph in glyphs if glyph.inked)


def _is_beside(last: Glyph, first: Glyph, gap: float, reach: float) -> bool:
    shared = min(last.baseline, first.baseline) - max(last.baseline - last.size, first.baseline - first.size)
    size = max(last.size, first.size)
    return 2 * shared >= min(last.size, first.size) and -size / 4 < gap < reach * size


def _is_messy(rows: Sequence[Row]) -> bool:
    """Whether lines of one column were drawn in another order than from the top downwards."""
    places = [(bounds(row), _baseline(row)) for row in rows]
    backwards = sum(
        below < above and box[0] < other[2] and other[0] < box[2] for (box, above), (other, below) in pairwise(places)
    )
    return backwards > _MESSY * len(rows)


def _baseline(row: Row) -> float:
    return _usual(row)[1]


def _usual(row: Row) -> tuple[float, float]:
    """The size and the baseline that most of a row's letters have."""
    return Counter((glyph.size, glyph.baseline) for glyph in row if glyph.inked).most_common(1)[0][0]


# Lines


def _line(row: Row, in_table: bool, from_the_right: bool) -> Line:
    size, baseline = _usual(row)
    letters = inked(row)
    noted = _is_raised(letters[0], size, baseline)
    box = bounds(row)
    if box[3] - box[1] < _MIN_HEIGHT * size:
        box = (box[0], baseline - _ASCENT * size, box[2], baseline + _DESCENT * size)
    box = (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))
    kept = _without_notes(row, size, baseline)
    text = _row_text(kept, from_the_right) if in_table else _text(kept, from_the_right)
    word = text.rstrip(_HYPHENS)
    hyphen = letters[-1].text in _HYPHENS and word[-1:].isalpha() and not in_table and not from_the_right
    return Line(
        word if hyphen else text,
        box,
        baseline,
        size,
        (letters[0].bold, letters[-1].bold),
        hyphen,
        noted and text[:1].isdigit(),
        in_table,
        from_the_right,
    )


def _text(glyphs: Sequence[Glyph], from_the_right: bool) -> str:
    return repaired(in_reading_order(glyphs, from_the_right=from_the_right))


def _row_text(glyphs: Sequence[Glyph], from_the_right: bool) -> str:
    """The cells of a table's row, with their blanks."""
    edges = [cell[-1].box[2] for cell in cells_of(glyphs)]
    cells: list[list[Glyph]] = [[] for _ in edges]
    at = 0
    for glyph in glyphs:
        if glyph.inked:
            at = next(i for i, edge in enumerate(edges) if glyph.box[0] <= edge or i == len(edges) - 1)
        cells[at].append(glyph)
    texts = [_text(cell, from_the_right) for cell in cells]
    return CELL_BORDER.join(filter(None, reversed(texts) if from_the_right else texts))


def _is_raised(glyph: Glyph, size: float, baseline: float) -> bool:
    small = glyph.size <= _MAX_NOTE_SIZE * size
    return glyph.inked and small and baseline - glyph.baseline >= _MIN_NOTE_RISE * size


def _without_notes(row: Row, size: float, baseline: float) -> list[Glyph]:
    """A row without references to notes. One that opens the row is a note's own number."""
    kept: list[Glyph] = []
    dropped = False
    for raised, group in groupby(row, lambda glyph: _is_raised(glyph, size, baseline)):
        glyphs = list(group)
        if raised and _is_reference(kept, glyphs):
            dropped = True
            continue
        if dropped and _CLOSING.match("".join(glyph.text for glyph in glyphs).lstrip()):
            # pdfium sees a gap where the writing steps down again.
            kept = _without_last_blanks(kept)
            glyphs = glyphs[next(i for i, glyph in enumerate(glyphs) if glyph.inked) :]
        kept += glyphs
        dropped = False
    return kept


def _without_last_blanks(glyphs: list[Glyph]) -> list[Glyph]:
    while glyphs and not glyphs[-1].inked:
        glyphs.pop()
    return glyphs


def _is_reference(before: Sequence[Glyph], raised: Sequence[Glyph]) -> bool:
    words = "".join(glyph.text for glyph in before[-8:]).rstrip()
    is_power = words[-1:].isdigit() or _UNIT.search(words[-4:])
    return bool(words and _NOTE.match("".join(glyph.text for glyph in raised)) and not is_power)
