"""Lines of pages into text, places and blocks, by the space that stands between them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from embeddings.documents.blocks import marked_block, starts_block, wrapped_block
from embeddings.documents.extract import Extract
from embeddings.documents.pdf.lines import Line
from embeddings.documents.pdf.pages import Page, body_size
from embeddings.documents.pdf.space import Printed, Spacing
from embeddings.numbering import is_bullet, leading_number
from embeddings.sentences import ends_sentence
from embeddings.source_text import spaces_borders
from embeddings.types import Block, Number, Place, Span

_MIN_HEADING_SIZE: Final = 1.15
_MAX_HEADING_LINES: Final = 4
_WORD: Final = re.compile(r"[^\W\d_]+")
_WORD_WITH_HYPHENS: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(slots=True)
class _Group:
    """Lines that make one block, and the number they begin with."""

    lines: list[Printed]
    number: Number | None
    apart: bool
    spans: list[Span] = field(default_factory=list)

    @property
    def size(self) -> float:
        return min(printed.line.size for printed in self.lines)


def extract(pages: Sequence[Page]) -> Extract:
    """The text of the pages with its places and blocks. A word that the printer's hyphen parts stands in one piece."""
    printed = [Printed(line, page.number) for page in _with_hyphens(pages) for line in page.lines]
    groups = list(_groups(printed, Spacing(printed)))
    text, places = _composed(groups)
    return Extract(text, _blocks(text, groups, body_size(pages)), places)


# Hyphens


def _with_hyphens(pages: Sequence[Page]) -> list[Page]:
    """Put back the hyphens at the ends of lines that are the words' own, and mark the others by `hyphen`.

    A PDF does not tell them apart. The document's other words do: `long-term` stands elsewhere with a hyphen,
    `assistance` without. Where neither does, what holds for most words of the document holds.
    """
    words = Counter(
        word for page in pages for line in page.lines for word in _WORD_WITH_HYPHENS.findall(line.text.lower())
    )
    lines = [line for page in pages for line in page.lines]
    ends = [(line, parts) for line, after in pairwise(lines) if line.hyphen and (parts := _parts(line, after))]
    proofs = [_joins(*parts, words) for _, parts in ends]
    default = proofs.count(False) <= proofs.count(True)
    joined = {id(line) for (line, _), proof in zip(ends, proofs, strict=True) if proof or (proof is None and default)}
    return [replace(page, lines=tuple(_settled(line, id(line) in joined) for line in page.lines)) for page in pages]


def _parts(line: Line, after: Line) -> tuple[str, str] | None:
    """The parts of a word that goes on over two lines; None where the next begins with a word of its own."""
    head = _WORD.findall(line.text.lower()[-40:])
    tail = _WORD.match(after.text)
    return (head[-1], tail[0]) if head and tail is not None and tail[0].islower() else None


def _joins(head: str, tail: str, words: Counter[str]) -> bool | None:
    """Whether the document writes a word without a hyphen elsewhere; None where it does not show."""
    if words[f"{head}-{tail}"]:
        return False
    return True if words[head + tail] else None


def _settled(line: Line, joined: bool) -> Line:
    return replace(line, text=line.text + "-", hyphen=False) if line.hyphen and not joined else line


# Paragraphs


def _groups(printed: Sequence[Printed], spacing: Spacing) -> Iterator[_Group]:
    """The lines of each block. Space sets it off, or a number that follows the one before, or a bullet."""
    last: dict[str, Number] = {}
    group: _Group | None = None
    for i, this in enumerate(printed):
        apart = group is None or spacing.is_apart(printed[i - 1], this, printed[i + 1 : i + 2], len(group.lines))
        before = "" if group is None else group.lines[-1].line.text
        number = None if this.line.row else leading_number(this.line.text)
        if number is not None and not starts_block(number, last.get(number.kind), this.line.text, before, free=apart):
            number = None
        if group is not None and not apart and (group.lines[-1].line.hyphen or not (number or _is_item(group, this))):
            group.lines.append(this)
            continue
        if group is not None:
            yield group
        group = _Group([this], number, apart)
        if number is not None:
            last[number.kind] = number
    if group is not None:
        yield group


def _is_item(group: _Group, this: Printed) -> bool:
    """Whether a line that no space sets off is the next item of a list."""
    before, first = group.lines[-1].line.text, group.lines[0].line.text
    return is_bullet(this.line.text) and (ends_sentence(before[-2:]) or first[:2] == this.line.text[:2])


# Text


def _composed(groups: Iterable[_Group]) -> tuple[str, tuple[Place, ...]]:
    """The text, an empty line between blocks, and the place of each printed line; each group gets its lines' spans."""
    parts: list[str] = []
    places: list[Place] = []
    at = 0
    for group in groups:
        joined = False
        for position, (line, page) in enumerate(group.lines):
            space = "" if joined or not places else "\n" if position else "\n\n"
            start = at + len(space)
            at = start + len(line.text)
            parts += space, line.text
            places.append(Place(start, at, "", page, line.place or line.box))
            if joined:
                group.spans[-1] = Span(group.spans[-1].start, at)
            else:
                group.spans.append(Span(start, at))
            joined = line.hyphen
    return "".join(parts), tuple(places)


# Blocks


def _blocks(text: str, groups: Sequence[_Group], body: float) -> tuple[Block, ...]:
    """The blocks, those in bigger letters than the `body` as headings: the bigger, the higher."""
    headings = [group.size if _is_big(group, body) else 0.0 for group in groups]
    ranks = {size: rank for rank, size in enumerate(sorted(set(headings) - {0.0}, reverse=True))}
    # The document's title is the only one of its size; where there is none, the biggest headings open its sections.
    top = 0 if ranks and headings.count(max(ranks)) == 1 and headings[0] == max(ranks) else 1
    border_blank = spaces_borders(text)
    return tuple(
        _block(text, group, ranks[size] + top if size else None, border_blank)
        for group, size in zip(groups, headings, strict=True)
    )


def _is_big(group: _Group, body: float) -> bool:
    is_row = group.lines[0].line.row
    return not is_row and len(group.lines) <= _MAX_HEADING_LINES and group.size >= _MIN_HEADING_SIZE * body > 0


def _block(text: str, group: _Group, level: int | None, border_blank: bool) -> Block:
    if group.lines[0].line.row:
        return marked_block(text, group.spans[0], row=True)
    number = None if level is not None else group.number
    block = wrapped_block(text, group.spans, number, apart=group.apart, border_blank=border_blank)
    return replace(block, level=level, lines=len(group.lines))
