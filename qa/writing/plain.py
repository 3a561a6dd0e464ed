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
_MAX_BRACKETS: Final = 2_000
"""Each that opens makes the parser look for the one that closes; an answer has some dozens."""


def paragraphs(written: str) -> list[str]:
    """The paragraphs, headings and items of what was written, in order, each in one line."""
    text = harmless(written).lstrip()
    if thought := _THOUGHT.match(text):
        text = text[thought.end() :]
    if text.count("[") > _MAX_BRACKETS:
        return []
    return [line for token in _parser().parse(text) if (line := " ".join(_words(token).split()))]


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
            line += " "
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
