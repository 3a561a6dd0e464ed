"""Markdown files (CommonMark with tables and footnotes): their words without the marks, at their places in the file."""

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import Final, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from embeddings.documents.charset import decoded
from embeddings.documents.extract import Extract
from embeddings.documents.markdown.blocks import MAX_NESTED, Reader
from embeddings.documents.markdown.front_matter import front_matter
from embeddings.documents.markdown.text import Lines
from embeddings.documents.markup import told
from embeddings.errors import DocumentError

_MAX_CHARACTERS: Final = 4_000_000
_MAX_BRACKETS: Final = 100_000
"""Each that opens makes the parser look for the one that closes."""
_FOOTNOTE: Final = re.compile(r"\[\^[^\]\s]{1,80}\]:")
_FOOTNOTE_MARK: Final = re.compile(r"\[\^[^\]\s]{1,80}\]")


def read(data: bytes) -> Extract:
    """Read a Markdown file. Its text keeps every character, and so the marks; blocks are shown without them.

    Raises DocumentError when the bytes are no text, too large, nested too deep or hold no words.
    """
    text = decoded(data)
    if len(text) > _MAX_CHARACTERS:
        raise DocumentError(f"is too large: it holds more than {_MAX_CHARACTERS:,} characters; split it")
    if text.count("[") > _MAX_BRACKETS:
        raise DocumentError(f"is too complex: it has more than {_MAX_BRACKETS:,} brackets; split it")
    about = front_matter(text)
    env: EnvType = {}
    tokens: list[Token] = []
    parser = _parser()
    parser.block.parse(re.sub(r"\r\n?", "\n", text[about.end :]), parser, env, tokens)
    reader = Reader(Lines(text, about.end), partial(_inline, env=env))
    reader.read(tokens)
    if not any(character.isalnum() for block in reader.blocks for character in block.content.text):
        raise DocumentError("holds no text")
    return Extract(
        text, reader.titled_blocks(), (), about.title, about.date, about.language, tuple(told(reader.unread))
    )


class _State(StateInline):
    """Notes in each token's `meta` where it begins: `at`, in the paragraph's content."""

    _fresh = True
    _begin = 0
    _last = (-1, 0)

    @property
    def pending(self) -> str:
        return super().pending

    @pending.setter
    def pending(self, value: str) -> None:
        self._fresh = not value
        StateInline.__dict__["pending"].__set__(self, value)

    def append_pending(self, text: str) -> None:
        if self._fresh:
            self._begin, self._fresh = self.pos, False
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802 - the library's name
        begin = self._begin
        token = super().pushPending()
        token.meta["at"] = begin
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        # Each sign of a run (`**`) is a token of its own, all pushed from where the run begins.
        before = self._last[1] + 1 if ttype == "text" and self._last[0] == self.pos else 0
        self._last = (self.pos, before) if ttype == "text" else (-1, 0)
        token.meta["at"] = self.pos + before
        return token


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _inline(content: str, *, env: EnvType) -> Iterator[Token]:
    """The tokens of a paragraph: `at` and `content` of those with words are where and as these stand in it."""
    parser = _parser()
    link = False
    for token in parser.inline.parse(content, parser, env, []):
        at = token.meta["at"]
        if token.type == "code_inline":
            at += len(token.markup)
            end = at + len(token.content)
            stands = content[at:end].replace("\n", " ") == token.content and content.startswith(token.markup, end)
            at += not stands  # a blank at either side is dropped
            token.content = content[at : at + len(token.content)]
        elif token.info == "escape":
            token.type = "text"
            at += len(token.content) == 1
        elif token.info == "entity" and len(token.content) > 1:
            token.type, token.content = "text", token.markup
        elif token.type == "text" and link:
            at += 1
            token.content = content[at : content.find(">", at)]
        link = token.type == "link_open" and token.markup == "autolink"
        token.meta["at"] = at
        yield token


def _footnote(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A footnote's text: up to an empty line, and what is set in behind it."""
    begin = state.bMarks[first] + state.tShift[first]
    if state.is_code_block(first) or not _FOOTNOTE.match(state.src, begin, state.eMarks[first]):
        return False
    if silent:
        return True
    line = first + 1
    while line < last and (state.isEmpty(line) or _goes_on(state, line)):
        line += 1
    token = state.push("footnote", "", 0)
    token.map = [first, line]
    token.content = state.src[begin : state.eMarks[line - 1]].partition(":")[2]
    state.line = line
    return True


def _goes_on(state: StateBlock, line: int) -> bool:
    """Whether a footnote that the line before belongs to goes on with this one."""
    if state.isEmpty(line - 1) or state.sCount[line] < state.blkIndent:
        return state.sCount[line] - state.blkIndent > 1
    return not _FOOTNOTE.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line])


def _footnote_mark(state: StateInline, silent: bool) -> bool:
    found = _FOOTNOTE_MARK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("footnote_mark", "", 0).content = found[0]
    state.pos = found.end()
    return True


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTED}).enable("table")
    parser.block.ruler.before("reference", "footnote", _footnote, {"alt": ["paragraph", "reference"]})
    inline = _Inline()
    inline.ruler, inline.ruler2 = parser.inline.ruler, parser.inline.ruler2
    inline.ruler.before("link", "footnote_mark", _footnote_mark)
    inline.ruler2.disable("fragments_join")  # it joins tokens that stand apart in the source
    parser.inline = inline
    return parser
