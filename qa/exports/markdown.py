"""A conversation as Markdown: CommonMark, with the tables that GitHub and pandoc know.

Whatever a document says is shown as that and nothing else: no link, picture, heading or HTML comes of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from qa.citation_formats import escape_markdown, visible
from qa.exports.blocks import Block, Code, Facts, Heading, Line, Paragraph, Quote, Table, Written

_BLANKS: Final = re.compile("[^\\S\n\u00a0\u202f]{1,1000}")
_Part = tuple[str, bool]
"""Text, and whether it is set off."""


def as_markdown(written: Written) -> str:
    """The blocks, a blank line between two."""
    return "\n\n".join(map(_block, written.blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_inline(block.line)}"
        case Paragraph():
            return _inline(block.line)
        case Facts():
            return "\n".join(f"- {_inline(line)}" for line in block.lines)
        case Quote():
            return "> " + "\\\n> ".join(_lines(block.line))
        case Table():
            rule = "| --- " * len(block.header) + "|"
            return "\n".join([_row(block.header), rule, *map(_row, block.rows)])
        case Code():
            return f"```\n{block.text}\n```"


def _row(cells: Sequence[Line]) -> str:
    return "".join(f"| {_inline(cell)} " for cell in cells) + "|"


def _inline(line: Line) -> str:
    return " ".join(_lines(line))


def _lines(line: Line) -> list[str]:
    """Each line of the text, none of them blank."""
    lines: list[list[_Part]] = [[]]
    for run in line:
        first, *others = _BLANKS.sub(" ", visible(run.text)).split("\n")
        lines[-1].append((first, run.strong))
        lines += [[(other, run.strong)] for other in others]
    return [escaped for parts in lines if (escaped := _escaped(parts))]


def _escaped(parts: Iterable[_Part]) -> str:
    """A line, which shows just its text."""
    trimmed = (part for text, strong in parts for part in (_set_off(text) if strong else [(text, False)]) if part[0])
    together = [
        ("".join(text for text, _ in group), strong) for strong, group in groupby(trimmed, lambda part: part[1])
    ]
    line = ""
    for text, strong in together:
        if strong:
            line += f"**{escape_markdown(text, begins=False)}**"
        else:
            line += escape_markdown(text if line else text.lstrip(" "), begins=not line)
    return line.rstrip(" ")


def _set_off(text: str) -> list[_Part]:
    """What of `text` is set off: from its first letter or digit to the last one. Elsewhere two stars might be read as
    stars, depending on what stands around them (CommonMark, 6.2)."""
    inside = [place for place, c in enumerate(text) if unicodedata.category(c)[0] in "LMN"]
    if not inside:
        return [(text, False)]
    start, end = inside[0], inside[-1] + 1
    return [(text[:start], False), (text[start:end], True), (text[end:], False)]
