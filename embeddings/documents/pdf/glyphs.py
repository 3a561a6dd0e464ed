"""Characters as they stand on a page, and where that is for somebody who looks at it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from embeddings.types import Box

_LEVEL: Final = 0.97
"""Cosine of the angle up to which a line is read as level."""
NOWHERE: Final[Box] = (0, 0, 0, 0)
_HYPHEN: Final = "\x02"
"""What pdfium makes of a hyphen at a line's end, and leaves the line break out."""


class Glyph(NamedTuple):
    """One character. `size` and `baseline`, from the page's top, in points; size 0 where pdfium put in a blank.

    `inked`: it is no blank.
    """

    text: str
    box: Box = NOWHERE
    size: float = 0
    baseline: float = 0
    bold: bool = False
    inked: bool = False


class Pen(NamedTuple):
    """How an object of a page writes: as in Glyph, and why nobody sees what it does, empty otherwise.

    `mapped`: its font tells which letters it draws. `quarters`: as quarters_of says for its direction.
    """

    size: float
    baseline: float
    bold: bool
    unseen: str
    mapped: bool
    quarters: int | None


Row = Sequence[Glyph]
"""Characters on one baseline, of one column or more."""


def rows_of(glyphs: Iterable[Glyph]) -> Iterator[Row]:
    """The glyphs of a page row by row, as pdfium ends the lines."""
    row: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text == _HYPHEN:
            row.append(glyph._replace(text="-"))
        elif glyph.text != "\n":
            row.append(glyph)
            continue
        yield row
        row = []
    yield row


def inked(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """The glyphs that are no blanks."""
    return [glyph for glyph in glyphs if glyph.inked]


def bounds(glyphs: Iterable[Glyph]) -> Box:
    """The smallest box around the ink; there must be some."""
    lefts, tops, rights, bottoms = zip(*(glyph.box for glyph in inked(glyphs)), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def looked_at(page: Box, rotation: int) -> Callable[[float, float, float, float], Box]:
    """From a box in a page's own units, y upwards, to one on the page as it is cut to `page` and turned for display.

    `rotation` is clockwise, a multiple of 90 degrees.
    """
    left, bottom, right, top = page

    def turn(x0: float, y0: float, x1: float, y1: float) -> Box:
        if rotation == 90:
            return y0 - bottom, x0 - left, y1 - bottom, x1 - left
        if rotation == 180:
            return right - x1, y0 - bottom, right - x0, y1 - bottom
        if rotation == 270:
            return top - y1, right - x1, top - y0, right - x0
        return x0 - left, top - y1, x1 - left, top - y0

    return turn


def turned_back(box: Box, width: float, height: float, quarters: int) -> Box:
    """Where a box stands before a page was turned clockwise to be `width` wide and `height` high."""
    for _ in range(quarters):
        left, top, right, bottom = box
        box = top, width - right, bottom, width - left
        width, height = height, width
    return box


def quarters_of(along: tuple[float, float]) -> int | None:
    """By how many quarters a page is turned clockwise for writing in the direction `along`, y upwards, to be level.

    None where no such turn makes it so.
    """
    x, y = along
    ways = (x, y, -x, -y)
    best = max(range(4), key=lambda i: ways[i])
    return best if ways[best] >= _LEVEL * math.hypot(x, y) > 0 else None
