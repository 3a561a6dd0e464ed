"""A document's pages of lines, without what is no running text: heads and feet, page numbers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from embeddings.documents.office import grouped
from embeddings.documents.pdf.lines import Line
from embeddings.documents.pdf.report import shown

_MARGIN: Final = 0.12
"""Share of a page's height in which running heads and feet stand."""
_MIN_EDGE_LINES: Final = 2
_MAX_EDGE_LINES: Final = 6
_SHORT_DOCUMENT: Final = 6
"""Pages up to which two alike lines in the margin are a running head; in longer documents it takes three."""
_MAX_NUMBERS: Final = 6
"""Of the numbers in a line so many are tried as the page's."""
_MAX_FOOTNOTE_SIZE: Final = 0.93
_MAX_COLUMNS: Final = 2
_HIGHEST_FOOTNOTE: Final = 0.4
_NUMBER: Final = re.compile(r"(?<!\d)\d{1,5}(?!\d)")
_PAGE_NUMBER: Final = re.compile(
    r"\W{0,4}(?:(?:page|p|стр|صفحة|第)\W{0,3})?(?P<number>\d{1,5}|[ivxlc]{1,7})"
    r"(?:\W{0,3}(?:of|de|sur|из|من|页共|/)\W{0,3}\d{1,5})?\W?页?\W{0,4}",
    re.IGNORECASE,
)
_FOOTNOTE: Final = re.compile(r"\d{1,3}\s+[^\W\d]|[*†‡§]{1,3}\s?\S|[a-z]/\s|[¹²³⁰⁴-⁹]{1,3}\s?\S")
_LEADER: Final = re.compile(r"(?:[.…·]\s?){4,30}\s?(?:\| )?[\divxlc]{1,6}$", re.IGNORECASE)
_LEADER_END: Final = 60
"""Characters at a line's end that are looked at."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines, in the order of reading. `number` counts from 1, `height` is in points."""

    number: int
    height: float
    lines: tuple[Line, ...]


def body_of(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """The pages' running text, and what was left out of it."""
    without_heads, left_out = _without_running_heads(pages)
    size = body_size(without_heads)
    notes: list[str] = []
    contents: list[str] = []
    kept = [_without_contents(_without_footnotes(page, size, notes), contents) for page in without_heads]
    left_out += grouped("footnote", "footnotes", notes)
    left_out += grouped("line of the table of contents", "lines of the table of contents", contents)
    return kept, left_out


def body_size(pages: Iterable[Page]) -> float:
    """The size in which most characters are set, in points; 0 where there are none."""
    count: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            count[line.size] += len(line.text)
    return max(count, key=lambda size: (count[size], size), default=0)


# Running heads, running feet and page numbers

_Key = tuple[str, int | None]


def _without_running_heads(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """The pages without the lines in their margins that come again on others, and what those are."""
    edges = [(page, name, lines) for page in pages for name, lines in _edges(page)]
    times = Counter((name, key) for page, name, lines in edges for key in _all_keys(page, lines))
    enough = 2 if len(pages) <= _SHORT_DOCUMENT else 3
    gone: dict[int, set[Line]] = defaultdict(set)
    heads: dict[str, set[int]] = defaultdict(set)
    for page, name, lines in edges:
        for line in lines:
            key = max(_keys(page, line), key=lambda key: times[name, key])
            again = times[name, key] >= enough
            number = _PAGE_NUMBER.fullmatch(line.text)
            if number and (again or _is_number_of(page, line, number["number"])):
                heads["page numbers"].add(page.number)
            elif again:
                heads[f"running {name} {shown(key[0])}"].add(page.number)
            else:
                break
            gone[page.number].add(line)
    kept = [replace(page, lines=tuple(line for line in page.lines if line not in gone[page.number])) for page in pages]
    return kept, [f"{what} on {len(on)} {'page' if len(on) == 1 else 'pages'}" for what, on in heads.items()]


def _edges(page: Page) -> Iterator[tuple[str, list[Line]]]:
    """The outermost lines above and below, from the edge of the page inwards."""
    lines = sorted(page.lines, key=lambda line: line.baseline)
    yield "head", list(_outermost(page, lines))
    yield "foot", list(_outermost(page, lines[::-1]))


def _outermost(page: Page, lines: Sequence[Line]) -> Iterator[Line]:
    """Those of the first lines that stand in the margin; some always, as pages are printed on larger paper."""
    for i, line in enumerate(lines[:_MAX_EDGE_LINES]):
        if i < _MIN_EDGE_LINES or _in_margin(page, line):
            yield line


def _is_number_of(page: Page, line: Line, number: str) -> bool:
    """Whether a number that comes once may be a page's all the same."""
    return _in_margin(page, line) and (not number.isdigit() or int(number) == page.number)


def _in_margin(page: Page, line: Line) -> bool:
    return not _MARGIN * page.height < line.baseline < (1 - _MARGIN) * page.height


def _keys(page: Page, line: Line) -> Iterator[_Key]:
    """What a line has in common with its like on other pages: itself, or all but a number that counts the pages."""
    yield line.text, None
    for found in list(_NUMBER.finditer(line.text))[:_MAX_NUMBERS]:
        yield f"{line.text[: found.start()]}…{line.text[found.end() :]}", int(found[0]) - page.number


def _all_keys(page: Page, lines: Iterable[Line]) -> set[_Key]:
    return {key for line in lines for key in _keys(page, line)}


# Footnotes and contents


def _without_footnotes(page: Page, body: float, notes: list[str]) -> Page:
    """The page without its footnotes, whose first lines go to `notes`. `body`: the size of the document's text."""
    small = {line for column in _columns(page) for line in _small_lines_at_foot(page, column, body)}
    notes += (line.text for line in page.lines if line in small and _begins_note(line))
    return replace(page, lines=tuple(line for line in page.lines if line not in small)) if small else page


def _columns(page: Page) -> Iterator[list[Line]]:
    """The lines above the lowest one of the page, from below, and those above the lowest of the others."""
    lines = sorted(page.lines, key=lambda line: -line.baseline)
    for _ in range(_MAX_COLUMNS):
        if lines:
            left, _, right, _ = lines[0].box
            column = [line for line in lines if line.box[0] < right and left < line.box[2]]
            yield column
            lines = [line for line in lines if not (line.box[0] < right and left < line.box[2])]


def _without_contents(page: Page, contents: list[str]) -> Page:
    """The page without lines that lead by dots to a page's number; these go to `contents`."""
    found = {line for line in page.lines if _LEADER.search(line.text[-_LEADER_END:])}
    contents += (line.text for line in page.lines if line in found)
    return replace(page, lines=tuple(line for line in page.lines if line not in found)) if found else page


def _small_lines_at_foot(page: Page, column: Sequence[Line], body: float) -> Sequence[Line]:
    """The lines at a column's foot that are smaller than its text, if the uppermost begins as a note does."""
    small = list(takewhile(lambda line: line.size <= _MAX_FOOTNOTE_SIZE * body, column))
    if not small or len(small) == len(column) or small[-1].baseline < _HIGHEST_FOOTNOTE * page.height:
        return []
    return small if _begins_note(small[-1]) else []


def _begins_note(line: Line) -> bool:
    return line.noted or _FOOTNOTE.match(line.text) is not None
