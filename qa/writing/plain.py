"""What a model wrote, as plain text: of Markdown and HTML only the words are left, never a link, a picture or code."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from embeddings.source_text import harmless

_THOUGHT: Final = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
"""What some models say to themselves first; where it has no end, all of it."""
_ROW_END: Final = re.compile(r"(?<=[\]】|])[ \t]*\n")
"""Else rows of a table, or items without marks, would be one sentence that cites the passages of all."""
_MAX_BRACKETS: Final = 2_000
"""Each that opens makes the parser look for the one that closes; an answer has some dozens."""


def paragraphs(written: str) -> list[str]:
    """The paragraphs, headings, items and rows of what was written, in order, each in one line. Of a paragraph, lines
    that end with a citation count one by one."""
    text = harmless(written).lstrip()
    if thought := _THOUGHT.match(text):
        text = text[thought.end() :]
    if text.count("[") > _MAX_BRACKETS:
        return []
    parts = (part for token in _parser().parse(text) for part in _ROW_END.split(_words(token)))
    return [line for part in parts if (line := " ".join(part.split()))]


def _words(token: Token) -> str:
    """What a part of the text says; blank for what only holds other parts, and for HTML."""
    if token.type == "inline":
        return _inline(token.children or [])
    return token.content if token.type in ("fence", "code_block") else ""


def _inline(tokens: Sequence[Token]) -> str:
    """Nothing but text: tags and pictures go, a link leaves its words behind."""
    line = ""
    opened: list[int] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            line += token.content
        elif token.type in ("softbreak", "hardbreak"):
            line += "\n"
        elif token.type == "link_open":
            opened.append(len(line))
        elif token.type == "link_close":
            # A citation that was made a link stays one: [1](http://...).
            start = opened.pop()
            line = f"{line[:start]}[{line[start:]}]" if line[start:].isdecimal() else line
    return line


@cache
def _parser() -> MarkdownIt:
    # With definitions of references, "[1]" could be a link to anywhere.
    return MarkdownIt("commonmark").disable("reference")
