"""Hard-wrapped lines back into paragraphs, every character traceable: for text files and for the lines of a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from embeddings.documents.blocks import starts_block, wrapped_block
from embeddings.documents.furniture import Furniture
from embeddings.numbering import has_section_ordinal, is_bullet, leading_number
from embeddings.sentences import ends_sentence
from embeddings.source_text import spaces_borders, trimmed
from embeddings.types import Block, Number, Span

_MIN_LINES: Final = 8
"""Fewer lines don't tell how a text is spaced."""
_DOUBLE_SPACED_SHARE: Final = 0.8
"""Exports of double-spaced pages put an empty line after every printed one, but for page breaks."""
_WRAPPED_SHARE: Final = 0.5
"""If most lines end in mid-sentence they are wrapped; if most end a sentence, each is a paragraph of its own."""
_FULL_SHARE: Final = 0.5
"""A line that is broken for want of room is about as long as the others; one that is far shorter is a heading."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space around it. `empty`: not even blanks stand in it."""

    start: int
    end: int
    empty: bool

    @property
    def blank(self) -> bool:
        return self.start == self.end

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def joined_blocks(text: str) -> tuple[Block, ...]:
    """Join the lines of `text` into blocks, in order; none where there are no words."""
    return page_blocks(text)[0]


def page_blocks(text: str) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """As `joined_blocks`, without what pages carry besides the text; and what that was."""
    lines = list(_lines(text))
    if _double_spaced(text, lines):
        lines = list(_without_spacing(lines))
    border_blank = spaces_borders(text)
    groups = list(_groups(lines))
    furniture = Furniture([[text[line.start : line.end] for line in group] for group in groups])
    kept = [
        [line for place, line in enumerate(group) if (number, place) not in furniture.reasons]
        for number, group in enumerate(groups)
    ]
    blocks = tuple(
        wrapped_block(text, [line.span for line in group], number, apart=apart, border_blank=border_blank)
        for group, number, apart in _split(text, filter(None, kept))
    )
    return blocks, tuple(furniture.left_out())


def _lines(text: str) -> Iterator[_Line]:
    at = 0
    for line in text.splitlines(keepends=True):
        words = trimmed(text, Span(at, at + len(line)))
        yield _Line(words.start, words.end, not line.strip("\r\n"))
        at += len(line)


def _double_spaced(text: str, lines: list[_Line]) -> bool:
    """Whether an empty line after a printed one is only spacing."""
    printed = [(line, after) for line, after in pairwise(lines) if not line.blank]
    if len(printed) < _MIN_LINES:
        return False
    spaced = sum(after.empty for _, after in printed)
    full = _FULL_SHARE * sorted(line.end - line.start for line, _ in printed)[len(printed) * 9 // 10]
    wrapped = sum(
        line.end - line.start > full and not ends_sentence(text[line.end - 2 : line.end]) for line, _ in printed
    )
    return spaced > _DOUBLE_SPACED_SHARE * len(printed) and wrapped > _WRAPPED_SHARE * len(printed)


def _without_spacing(lines: Iterable[_Line]) -> Iterator[_Line]:
    """Drop the one empty line that follows each other line of a double-spaced text."""
    after_spacing = True
    for line in lines:
        if line.empty and not after_spacing:
            after_spacing = True
            continue
        after_spacing = False
        yield line


def _groups(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lines that stand together, without blank ones between them."""
    group: list[_Line] = []
    for line in lines:
        if not line.blank:
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _split(text: str, groups: Iterable[list[_Line]]) -> Iterator[tuple[list[_Line], Number | None, bool]]:
    """Lines into paragraphs, cut at numbers and joined over page breaks: (lines, number, whether set apart)."""
    part: list[_Line] = []
    number: Number | None = None
    apart = True
    last: dict[str, Number] = {}
    for group in groups:
        for position, line in enumerate(group):
            words = text[line.start : line.end]
            before = text[part[-1].start : part[-1].end] if part else ""
            cut_off = number is not None and number.kind != "article" and _goes_on(before, words)
            found = leading_number(words)
            free = position == 0 and not cut_off
            starts = found is not None and starts_block(found, last.get(found.kind), words, before, free=free)
            bullet = position > 0 and is_bullet(words) and (ends_sentence(before[-2:]) or before[:2] == words[:2])
            headed = len(part) == 1 and number is not None and number.kind == "article" and number.length == len(before)
            if part and not starts and not bullet and not headed and (position > 0 or cut_off):
                part.append(line)
                continue
            if part:
                yield part, number, apart
            part, number, apart = [line], found if starts else None, position == 0 or headed
            if found is not None and starts:
                last[found.kind] = found
    if part:
        yield part, number, apart


def _goes_on(before: str, after: str) -> bool:
    """Whether a paragraph that ended with the line `before` goes on with `after`, the space between being a page's."""
    return not ends_sentence(before[-2:]) and not after[0].isupper() and not has_section_ordinal(after)
