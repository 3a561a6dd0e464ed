"""The blocks of a Markdown file out of its tokens."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from embeddings.documents.blocks import MAX_HEADING, wrapped_block
from embeddings.documents.extract import CELL_BORDER
from embeddings.documents.markdown.text import Lines, Shown, block_of, cells_of, words_of
from embeddings.documents.markup import SAMPLE, Budget, Unread
from embeddings.documents.outline import levels
from embeddings.errors import DocumentError
from embeddings.numbering import leading_number
from embeddings.types import Block, Span

Token: TypeAlias = Any
"""A token of markdown-it, which has one door."""

MAX_NESTED: Final = 60
"""Lists count twice, for themselves and for their items."""
_MAX_PARAGRAPH: Final = 100_000
"""Characters. Marks in longer ones would take their time."""
_BREAK: Final = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)


class Reader:
    """Turns the tokens of a file into blocks."""

    def __init__(self, lines: Lines, inline: Callable[[str], Iterable[Token]]) -> None:
        self.blocks: list[Block] = []
        self.unread: list[Unread] = []
        self._inline = inline
        self._budget = Budget()
        self._lines = lines
        self._text = lines.text
        self._ranks: dict[int, int] = {}
        """Of the blocks that are headings."""
        self._markers: list[Span] = []
        """Of the items that have begun and show no words yet."""
        self._lists: list[int | None] = []
        """The number of the next item in each list that is open, where all have the same one written."""
        self._counted: int | None = None

    def read(self, tokens: Sequence[Token]) -> None:
        """Take the tokens of a whole file."""
        for at, token in enumerate(tokens):
            if token.nesting > 0 and token.level >= MAX_NESTED - 1:
                raise DocumentError(f"nests lists and quotations more than {MAX_NESTED // 2} deep, as no text does")
            if token.type in {"ordered_list_open", "bullet_list_open"}:
                self._lists.append(_first_number(tokens, at))
            elif token.type.endswith("_list_close"):
                self._lists.pop()
            elif token.type == "list_item_open":
                self._begin_item(token)
            elif token.type == "list_item_close":
                self._markers.clear()
            elif token.type == "tr_open":
                self._row(token)
            elif token.type == "inline" and tokens[at - 1].type not in {"th_open", "td_open"}:
                self._paragraph(token, tokens[at - 1])
            else:
                self._leaf(token)

    def titled_blocks(self) -> tuple[Block, ...]:
        """The blocks, headings with their levels."""
        for at, level in zip(self._ranks, levels([*self._ranks.values()]), strict=True):
            block = self.blocks[at]
            self.blocks[at] = replace(block, level=level if len(block.content.text) <= MAX_HEADING else None)
        return tuple(self.blocks)

    def _begin_item(self, token: Token) -> None:
        line = self._lines.spans[_first(token)]
        begin = self._markers[-1].end if self._markers and self._markers[-1].end > line.start else line.start
        written = token.info + token.markup
        at = self._text.find(written, begin, line.end)
        if at >= 0:
            self._markers.append(Span(at, at + len(written)))
        self._counted = self._lists[-1] if self._lists else None
        if self._counted is not None:
            self._lists[-1] = self._counted + 1

    def _paragraph(self, token: Token, opened: Token) -> None:
        first, last = token.map
        begins = self._lines.begins(self._lines.first(first, last, token.content), token.content)
        end = begins[-1] + len(token.content) - (token.content.rfind("\n") + 1)
        start = begins[0]
        shown = Shown(self._text)
        heading = opened.type == "heading_open"
        if self._markers and not heading:
            start = self._markers[0].start
            for marker in self._markers:
                shown.take(marker.start, marker.end)
                shown.stand_for(marker.end, " ")
        counted = self._counted if len(self._markers) == 1 else None
        self._markers.clear()
        self._show(token.content, begins, shown)
        if heading:
            self._ranks[len(self.blocks)] = int(opened.tag[1])
        self._add(block_of(shown.result(), Span(start, end), counted=counted, numbered=not heading))

    def _row(self, token: Token) -> None:
        line = self._lines.spans[_first(token)]
        shown = Shown(self._text)
        cells = list(cells_of(self._text, line))
        for before, cell in zip([None, *cells], cells, strict=False):
            if before is not None:
                for sign in CELL_BORDER:
                    shown.stand_for(self._text.rindex("|", before.end, cell.start), sign)
            self._show(self._text[cell.start : cell.end], [cell.start], shown)
        if cells:
            block = block_of(shown.result(), Span(cells[0].start, cells[-1].end), numbered=False)
            self._add(replace(block, row=True))

    def _leaf(self, token: Token) -> None:
        words = token.content.strip()[:SAMPLE]
        if token.type == "html_block":
            self.unread.append(Unread("HTML block", " ".join(words.split())))
        elif token.type == "footnote":
            self.unread.append(Unread("footnote", " ".join(words.split())))
        elif token.type in {"fence", "code_block"} and token.map:
            first = token.map[0] + (token.type == "fence")
            spans = self._lines.printed(first, token.map[1], token.content)
            for group in words_of(spans, self._text):
                number = leading_number(self._text[group[0].start : group[0].end])
                self.blocks.append(wrapped_block(self._text, group, number, apart=True, border_blank=False))
            self._markers.clear()

    def _add(self, block: Block) -> None:
        if block.content.text:
            self._budget.block()
            self.blocks.append(block)
        else:
            self._ranks.pop(len(self.blocks), None)

    def _show(self, content: str, begins: Sequence[int], shown: Shown) -> None:
        """Show what is seen of `content`, whose lines begin at `begins` in the file."""
        if len(content) > _MAX_PARAGRAPH:
            raise DocumentError(f"has a paragraph of more than {_MAX_PARAGRAPH:,} characters; divide it by empty lines")
        starts = [0, *(found.end() for found in re.finditer("\n", content))]
        line = 0

        def place(at: int) -> int:
            nonlocal line
            while line + 1 < len(starts) and starts[line + 1] <= at:
                line += 1
            return begins[line] + at - starts[line]

        for token in self._inline(content):
            at = token.meta["at"]
            if token.type in {"softbreak", "hardbreak"} or (
                token.type == "html_inline" and _BREAK.fullmatch(token.content)
            ):
                shown.break_line(place(at))
            elif token.type in {"text", "code_inline"}:
                for number, piece in enumerate(token.content.split("\n")):
                    if number:
                        shown.stand_for(place(at - 1), " ")
                    begin = place(at)
                    shown.take(begin, begin + len(piece))
                    at += len(piece) + 1
            elif token.type == "text_special":
                shown.stand_for(place(at), token.content)
            elif token.type == "image":
                self.unread.append(Unread("picture", token.content[:SAMPLE]))
            elif token.type == "footnote_mark":
                self.unread.append(Unread("footnote mark", token.content))


def _first(token: Token) -> int:
    return token.map[0] if token.map else 0


def _first_number(tokens: Sequence[Token], at: int) -> int | None:
    """The number that the first item of the list at `at` is shown with, if all items have the same one written."""
    level = tokens[at].level
    written: list[str] = []
    while len(written) < 2:
        at += 1
        if tokens[at].level == level:
            return None
        if tokens[at].type == "list_item_open" and tokens[at].level == level + 1:
            written.append(tokens[at].info)
    return int(written[0]) if written[0] and written[0] == written[1] else None
