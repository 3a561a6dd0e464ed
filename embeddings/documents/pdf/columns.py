"""Columns on a page: those of running text, read one after the other, and those of tables, read row by row."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from embeddings.documents.pdf.glyphs import Glyph, Row, bounds, inked
from embeddings.types import Box

_MIN_GUTTER_ROWS: Final = 5
"""Fewer rows with a gap at one place are no columns."""
_MIN_FILLED: Final = 0.6
"""Columns of running text are filled by most of their lines and about as wide as each other, a table's are not."""
_MIN_ROWS: Final = {2: 3}
"""Rows that it takes to see a table, by the number of cells; two where there are more cells."""
_ALIGNED: Final = 0.5
_ROW_DISTANCE: Final = 4.0
"""Both against the size of the letters."""
_LABEL: Final = re.compile(r"[(（]?\w{1,5}[.)）、]?|[•‣▪●○◦–—*-]")
_MAX_LABEL: Final = 10


def in_columns(rows: Sequence[Row], *, from_the_right: bool) -> list[Row] | None:
    """The rows of a page in two columns that were drawn across both, in the order of reading; None elsewhere."""
    gutter = _gutter(rows)
    return None if gutter is None else _by_columns(rows, gutter, from_the_right)


def cells_of(row: Row) -> list[list[Glyph]]:
    """What stands in a row between gaps wider than its letters."""
    ordered = sorted(inked(row), key=lambda glyph: glyph.box[0])
    width = max(glyph.size for glyph in ordered)
    cells: list[list[Glyph]] = [[]]
    right = ordered[0].box[0]
    for glyph in ordered:
        if glyph.box[0] - right > width:
            cells.append([])
        cells[-1].append(glyph)
        right = max(right, glyph.box[2])
    return cells


def is_label(glyphs: Sequence[Glyph]) -> bool:
    """Whether glyphs are a number or a bullet, which stands apart from the text of its paragraph."""
    return len(glyphs) <= _MAX_LABEL and _LABEL.fullmatch("".join(glyph.text for glyph in glyphs).strip()) is not None


def table_rows(rows: Sequence[Row]) -> set[int]:
    """The indices of the rows that plainly are a table's: some below each other with their cells aligned."""
    cells = [_cell_boxes(row) for row in rows]
    found: set[int] = set()
    run: list[int] = []
    for i, boxes in enumerate(cells):
        goes_on = bool(run) and _are_aligned(cells[run[-1]], boxes, max(glyph.size for glyph in rows[i]))
        if not goes_on:
            run = []
        run = [*run, i] if len(boxes) > 1 else []
        if run and len(run) >= _MIN_ROWS.get(min(len(cells[j]) for j in run), 2):
            found.update(run)
    return found


def _cell_boxes(row: Row) -> list[Box]:
    """The boxes of a row's cells; none where it is a paragraph's first line, with its number apart."""
    cells = cells_of(row)
    if len(cells) == 2 and is_label(cells[0]):
        return []
    return [bounds(cell) for cell in cells]


def _are_aligned(above: Sequence[Box], below: Sequence[Box], size: float) -> bool:
    """Whether two rows stand below each other and have the same columns."""
    if len(above) != len(below):
        return False
    distance = min(box[3] for box in below) - min(box[3] for box in above)
    if not 0 < distance < _ROW_DISTANCE * size:
        return False
    return all(_has_edge_in_common(*pair, _ALIGNED * size) for pair in zip(above, below, strict=True))


def _has_edge_in_common(box: Box, other: Box, slack: float) -> bool:
    left, right = box[0] - other[0], box[2] - other[2]
    return min(abs(left), abs(right), abs(left + right) / 2) <= slack


# Columns of running text


def _gaps(row: Row) -> Iterator[tuple[float, float]]:
    """Where a row is empty for more than its size."""
    for before, after in pairwise(map(bounds, cells_of(row))):
        yield before[2], after[0]


def _gutter(rows: Sequence[Row]) -> float | None:
    """Where two columns part whose rows were drawn across both; None on a page in one column, and for tables."""
    edges = sorted((x, step) for row in rows for gap in _gaps(row) for x, step in zip(gap, (1, -1), strict=True))
    depth = best = 0
    gutter = 0.0
    for (x, step), (after, _) in pairwise(edges):
        depth += step
        if depth > best:
            best, gutter = depth, (x + after) / 2
    if best < _MIN_GUTTER_ROWS:
        return None
    split = [(row, *_halves(row, gutter)) for row in rows]
    both = [(row, bounds(left), bounds(right)) for row, left, right in split if left and right]
    crossing = sum(_crosses(row, gutter) for row in rows)
    if len(both) < max(_MIN_GUTTER_ROWS, crossing) or median(len(cells_of(row)) for row, _, _ in both) > 2:
        return None
    first = gutter - min(left[0] for _, left, _ in both)
    second = max(right[2] for _, _, right in both) - gutter
    filled = (
        median(left[2] - left[0] for _, left, _ in both) / first,
        median(right[2] - right[0] for _, _, right in both) / second,
    )
    is_text = min(filled) >= _MIN_FILLED and min(first, second) >= _MIN_FILLED * max(first, second)
    return gutter if is_text else None


def _crosses(row: Row, gutter: float) -> bool:
    left, _, right, _ = bounds(row)
    return left < gutter < right and not any(start < gutter < end for start, end in _gaps(row))


def _halves(row: Row, gutter: float) -> tuple[list[Glyph], list[Glyph]]:
    """A row's parts left and right of the gutter; all of it left where it crosses that."""
    if _crosses(row, gutter):
        return list(row), []
    left: list[Glyph] = []
    right: list[Glyph] = []
    side = left
    for glyph in row:
        if glyph.inked:
            side = left if glyph.box[0] < gutter else right
        side.append(glyph)
    return (left if inked(left) else []), (right if inked(right) else [])


def _by_columns(rows: Sequence[Row], gutter: float, from_the_right: bool) -> list[Row]:
    """Rows from top to bottom, between rows that cross both columns the first column before the second one."""
    ordered: list[Row] = []
    columns: tuple[list[Row], list[Row]] = [], []
    for row in sorted(rows, key=lambda row: bounds(row)[3]):
        if _crosses(row, gutter):
            ordered += [*columns[0], *columns[1], row]
            columns = [], []
            continue
        left, right = _halves(row, gutter)
        first, second = (right, left) if from_the_right else (left, right)
        columns[0].extend([first] if first else [])
        columns[1].extend([second] if second else [])
    return [*ordered, *columns[0], *columns[1]]
