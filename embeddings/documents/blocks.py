"""A reader's blocks: built here so that numbers are found alike in every format."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from embeddings.numbering import follows, leading_number
from embeddings.sentences import ends_sentence
from embeddings.source_text import join_lines
from embeddings.types import Block, Number, Place, Span

MAX_HEADING: Final = 300
"""Characters. Longer text that is marked as a heading is a paragraph, marked so for its number or its looks."""
_YEAR: Final = 1500
"""No paragraph has such a number unless the one before has led up to it."""


def starts_block(number: Number, last: Number | None, line: str, before: str, *, free: bool) -> bool:
    """Whether the `number` at the start of `line` starts a block. `last`: the last one of its kind; `before`: the line
    before, in the same block; `free`: space sets the line off.

    In running text only the next number in order does: "20. " at a wrapped line's start does not. After space any may:
    documents are cut out of longer ones, and annexes count anew; only a year must not.
    """
    closed = free or ends_sentence(before[-2:])
    match number.kind:
        case "paragraph":
            return follows(number, last) or (free and number.order[0] < _YEAR)
        case "outline":
            return closed and follows(number, last)
        case "item" | "article":
            return closed or (number.kind == "article" and number.length == len(line))


def wrapped_block(text: str, lines: Sequence[Span], number: Number | None, *, apart: bool, border_blank: bool) -> Block:
    """The block that stands on the `lines` of `text`, none of them blank, `number` at the start of the first."""
    spans = list(lines)
    spans[0] = Span(_content_start(spans[0].start, number), spans[0].end)
    content = join_lines(text, spans, border_blank=border_blank)
    return Block(content, number, lines[0].start, lines[-1].end, apart, len(lines))


def marked_block(text: str, span: Span, *, level: int | None = None, row: bool = False) -> Block:
    """The block that a format marks as one, at `span` of `text`: a paragraph, a heading of `level`, or a table's row.

    `span` must begin and end with a character that is no white space.
    """
    number = leading_number(text[span.start : span.end]) if level is None and not row else None
    content = join_lines(text, [Span(_content_start(span.start, number), span.end)], border_blank=False)
    return Block(content, number, span.start, span.end, apart=True, lines=1, level=level, row=row)


class MarkedLine(NamedTuple):
    """A line of a text that a reader makes: block `number` of `part` as its format marks it, none where `apart`."""

    text: str
    part: str
    number: int
    level: int | None
    row: bool
    apart: bool = False


def marked_text(lines: Sequence[MarkedLine]) -> tuple[str, tuple[Block, ...], tuple[Place, ...]]:
    """The lines as one text, its blocks, and their places. A heading that is too long for one is a paragraph."""
    text = "\n".join(line.text for line in lines)
    blocks: list[Block] = []
    places: list[Place] = []
    at = 0
    for line in lines:
        end = at + len(line.text)
        if not line.apart:
            level = line.level if len(line.text) <= MAX_HEADING else None
            blocks.append(marked_block(text, Span(at, end), level=level, row=line.row))
            places.append(Place(at, end, line.part, line.number))
        at = end + 1
    return text, tuple(blocks), tuple(places)


def _content_start(start: int, number: Number | None) -> int:
    """Where the words begin. An article's number is read with them: it may be all there is in its line."""
    return start if number is None or number.kind == "article" else start + number.length
