"""The space between printed lines: which of them are set apart, by distance, size, indent or an unfilled line."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from embeddings.documents.pdf.lines import Line
from embeddings.numbering import has_section_ordinal, leading_number
from embeddings.sentences import ends_sentence

_SAME_SIZE: Final = 1.08
_WIDE_GAP: Final = 1.25
"""Against the usual distance of lines. Paragraphs are set apart by half a line in UN documents."""
_SINGLE_SPACED: Final = 1.3
"""Where no sentence goes on over a line's end: a line's distance to the next, in sizes of its letters."""
_INDENT: Final = 0.8
_SAME_EDGE: Final = 0.5
"""Both of the size of the letters."""
_FULL_LINE: Final = 0.75
_MIN_LINES: Final = 3
"""Fewer lines that begin at one place don't tell where their column ends."""
_LETTER: Final = 0.5
"""How wide a letter is, of its size. A Han character takes all of it."""


class Printed(NamedTuple):
    """A line and the number of its page."""

    line: Line
    page: int


class Spacing:
    """How a document's lines are spaced."""

    def __init__(self, printed: Sequence[Printed]) -> None:
        self._usual = _usual_distance(printed)
        self._edges = _column_edges(printed)
        self._widths = _full_widths(printed)

    def is_apart(self, before: Printed, this: Printed, after: Sequence[Printed], lines: int) -> bool:
        """Whether `this` starts a block of its own. `lines`: of the block so far, which ends with `before`."""
        above, line = before.line, this.line
        if above.hyphen:
            return False
        if above.row or line.row or not _same_size(above, line) or _is_other_weight(above, line):
            return True
        if before.page != this.page or line.baseline < above.baseline:
            return not self._goes_on(before, line)
        if line.baseline - above.baseline > _WIDE_GAP * self._usual * line.size:
            return True
        return self._is_indented(above, line, after, lines) or self._is_unfilled(before, line)

    def _goes_on(self, before: Printed, line: Line) -> bool:
        """Whether a sentence goes on over the end of a page or a column."""
        above = before.line
        if ends_sentence(above.text[-2:]) or leading_number(line.text) or has_section_ordinal(line.text):
            return False
        return _width(above) >= _FULL_LINE * self._widths[before.page]

    def _is_indented(self, above: Line, line: Line, after: Sequence[Printed], lines: int) -> bool:
        """Whether the first line of a paragraph is indented, or the line hangs out of an indented block."""
        indent = (_start(line) - _start(above)) / line.size
        if lines > 1 and indent < -_INDENT:
            return True
        hangs = bool(after) and after[0].line.baseline > line.baseline and _start(after[0].line) < _start(line)
        return hangs and indent > _INDENT and ends_sentence(above.text[-2:])

    def _is_unfilled(self, before: Printed, line: Line) -> bool:
        """Whether the line above ended early, with a sentence: the first word of this one would have fitted there."""
        above = before.line
        edge = self._edges.get(_column(before))
        if edge is None or not ends_sentence(above.text[-2:]):
            return False
        first_word = line.text.partition(" ")[0] if " " in line.text else line.text[:2]
        return edge - _end(above) > (len(first_word) + 2) * _LETTER * line.size


def _same_size(line: Line, other: Line) -> bool:
    return max(line.size, other.size) <= _SAME_SIZE * min(line.size, other.size)


def _is_other_weight(above: Line, line: Line) -> bool:
    """Whether one of two lines is bold as a whole, as a heading is, and the other is not."""
    return above.bold[1] != line.bold[0] and (above.bold == (True, True) or line.bold == (True, True))


def _start(line: Line) -> float:
    """Where a line begins, counted in the direction in which it is written."""
    return -line.box[2] if line.from_the_right else line.box[0]


def _end(line: Line) -> float:
    return -line.box[0] if line.from_the_right else line.box[2]


def _width(line: Line) -> float:
    return line.box[2] - line.box[0]


def _column(printed: Printed) -> tuple[int, int]:
    """What lines that begin at one place of a page have in common."""
    return printed.page, round(_start(printed.line) / max(1, _SAME_EDGE * printed.line.size))


def _column_edges(printed: Iterable[Printed]) -> dict[tuple[int, int], float]:
    """How far the lines reach that begin at one place."""
    ends: dict[tuple[int, int], list[float]] = defaultdict(list)
    for this in printed:
        ends[_column(this)].append(_end(this.line))
    return {
        column: sorted(all_ends)[len(all_ends) * 4 // 5]
        for column, all_ends in ends.items()
        if len(all_ends) >= _MIN_LINES
    }


def _full_widths(printed: Iterable[Printed]) -> dict[int, float]:
    """How wide the lines of a page are that reach from margin to margin."""
    widths: dict[int, list[float]] = defaultdict(list)
    for this in printed:
        widths[this.page].append(_width(this.line))
    return {page: sorted(all_widths)[len(all_widths) * 4 // 5] for page, all_widths in widths.items()}


def _usual_distance(printed: Iterable[Printed]) -> float:
    """From line to line within sentences, in sizes of their letters."""
    distances = Counter(
        round(20 * (line.baseline - above.baseline) / line.size) / 20
        for (above, page), (line, other) in pairwise(printed)
        if page == other and line.size == above.size and line.baseline > above.baseline
        if not ends_sentence(above.text[-2:])
    )
    return max(distances, key=lambda distance: (distances[distance], -distance), default=_SINGLE_SPACED)
