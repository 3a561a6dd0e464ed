"""The blocks of a page, as its elements begin and end."""

from collections.abc import Callable
from typing import Final

from embeddings.documents.html.elements import HEADINGS, MARK, NOTE, Attributes
from embeddings.documents.html.line import Line
from embeddings.documents.html.lists import BULLET, HtmlList, integer
from embeddings.documents.html.tables import Table
from embeddings.documents.markup import SAMPLE, Budget, Piece, Unread
from embeddings.numbering import is_bullet, leading_number

_MOST_TABLES: Final = 20
"""Tables inside each other. Those further in are read as if they were none."""

Leave = Callable[[], None]
"""What is to be done at an element's end."""


def nothing() -> None:
    """What is to be done at the end of most elements."""


class Blocks:
    """Makes pieces of words, and of the elements that they stand in: `enter_...` gives what their end does."""

    def __init__(self, budget: Budget) -> None:
        self.unread: list[Unread] = []
        self.line = Line(lambda words: self.unread.append(Unread(MARK, words)))
        self.sections = 0
        """How many that a page's header or footer cannot stand in are open."""
        self._budget = budget
        self._pieces: list[Piece] = []
        self._into = [self._pieces]
        """Where pieces go: to the page, or to the cells that are open, the innermost last."""
        self._marker = ""
        self._backwards: HtmlList | None = None
        self._rank: int | None = None
        self._lists: list[HtmlList] = []
        self._tables: list[Table] = []
        self._typed = self._in_main = self._in_article = self._in_header = 0
        self._headed = False
        """Whether a heading has come: what stands below one in a page's header is text, a preamble for one."""
        self._mains = self._articles = 0

    def pieces(self) -> tuple[Piece, ...]:
        """Those of the page's main part where it has one, else of its article, else all."""
        self.end_line()
        main = [piece for piece in self._pieces if piece.main] if self._mains == 1 else []
        article = [piece for piece in self._pieces if piece.article] if self._articles == 1 else []
        kept = main or article or self._pieces
        inside = {id(piece) for piece in kept}
        outside = [piece.text[:SAMPLE] for piece in self._pieces if id(piece) not in inside]
        self.unread += [Unread("block outside the main part", words) for words in outside]
        return tuple(kept)

    # Elements inside lines, and those that end them.

    def enter_break(self, _tag: str, _attributes: Attributes) -> Leave:
        self.line.add_break()
        return nothing

    def enter_link(self, _tag: str, attributes: Attributes) -> Leave:
        return self.line.enter_link(attributes) or nothing

    def enter_raised(self, _tag: str, _attributes: Attributes) -> Leave:
        return self.line.enter_raised()

    def enter_block(self, _tag: str, _attributes: Attributes) -> Leave:
        self.end_line()
        return self.end_line

    def enter_typed(self, _tag: str, _attributes: Attributes) -> Leave:
        self.end_line()
        self._typed += 1
        return self._leave_typed

    def _leave_typed(self) -> None:
        self.end_line()
        self._typed -= 1

    def enter_section(self, tag: str, attributes: Attributes) -> Leave:
        self.end_line()
        kinds = (tag, attributes.get("role"))
        main, article = "main" in kinds, "article" in kinds
        self._mains += main
        self._articles += article and not self._in_article
        self._count(1, main, article)
        return lambda: self._leave_section(main, article)

    def _leave_section(self, main: bool, article: bool) -> None:
        self.end_line()
        self._count(-1, main, article)

    def _count(self, step: int, main: bool, article: bool) -> None:
        self.sections += step
        self._in_main += step * main
        self._in_article += step * article

    def enter_header(self, tag: str, attributes: Attributes) -> Leave:
        if self.sections:
            return self.enter_block(tag, attributes)
        self.end_line()
        self._in_header += 1
        return self._leave_header

    def _leave_header(self) -> None:
        self.end_line()
        self._in_header -= 1

    def enter_heading(self, tag: str, attributes: Attributes) -> Leave:
        self.end_line()
        self._headed = True
        rank = int(tag[1]) if tag in HEADINGS else integer(attributes.get("aria-level")) or 2
        self._rank = min(max(1, rank), 6)
        return self._leave_heading

    def _leave_heading(self) -> None:
        self.end_line()
        self._rank = None

    # Lists.

    def enter_list(self, tag: str, attributes: Attributes) -> Leave:
        self.end_line()
        self._lists.append(HtmlList.of(tag, attributes))
        return self._leave_list

    def _leave_list(self) -> None:
        self.end_line()
        self._lists.pop().close()

    def enter_item(self, _tag: str, attributes: Attributes) -> Leave:
        self.end_line()
        inside = self._lists[-1] if self._lists else HtmlList("disc")
        self._marker += inside.marker(attributes)
        self._backwards = inside if inside.backwards else None
        return self._leave_item

    def _leave_item(self) -> None:
        self.end_line()
        self._marker = ""
        self._backwards = None

    # Tables.

    def enter_table(self, _tag: str, attributes: Attributes) -> Leave:
        self.end_line()
        if len(self._tables) >= _MOST_TABLES:
            return self.end_line
        if self._tables:
            self._tables[-1].layout = True
        self._tables.append(Table.of(attributes))
        return self._leave_table

    def _leave_table(self) -> None:
        self.end_line()
        self._into[-1].extend(self._tables.pop().pieces())

    def enter_row(self, _tag: str, _attributes: Attributes) -> Leave:
        self.end_line()
        if self._tables:
            self._tables[-1].start_row()
        return self.end_line

    def enter_cell(self, _tag: str, _attributes: Attributes) -> Leave:
        self.end_line()
        if not self._tables or len(self._into) > len(self._tables):  # no table, or a cell inside a cell
            return self.end_line
        self._into.append(self._tables[-1].start_cell())
        return self._leave_cell

    def enter_heading_cell(self, tag: str, attributes: Attributes) -> Leave:
        if self._tables:
            self._tables[-1].headed = True
        return self.enter_cell(tag, attributes)

    def _leave_cell(self) -> None:
        self.end_line()
        self._into.pop()

    def enter_caption(self, _tag: str, _attributes: Attributes) -> Leave:
        self.end_line()
        if self._tables:
            self._tables[-1].headed = True
        return self.end_line

    def end_line(self) -> None:
        """A block begins or ends, and with it the one that was open."""
        is_note = self.line.is_note
        for text in self.line.texts(whole=self._rank is not None, typed=self._typed > 0):
            if is_note:
                self.unread.append(Unread(NOTE, text[:SAMPLE]))
            elif self._in_header and not self._headed and self._rank is None:
                self.unread.append(Unread("page header", text[:SAMPLE]))
            else:
                self._add(text)

    def _add(self, text: str) -> None:
        marker, self._marker = self._marker, ""
        self._budget.block()
        if text.startswith(marker) or (marker == BULLET and (is_bullet(text) or leading_number(text))):
            marker = ""  # it is written in the text as well
        piece = Piece(marker + text, self._rank, main=self._in_main > 0, article=self._in_article > 0)
        self._into[-1].append(piece)
        if self._backwards is not None:
            self._backwards.pieces.append(piece)
            self._backwards = None
