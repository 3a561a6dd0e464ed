"""A page as a parser reports it, tag by tag: what is read of it, what is not, and what it says of itself.

No tree is built and nothing calls itself, so that time and memory grow with the page alone, however it is nested.
"""

from collections.abc import Callable, Mapping
from typing import Final

from embeddings.documents.html.blocks import Blocks, Leave, nothing
from embeddings.documents.html.elements import (
    BLOCKS,
    HEADINGS,
    LISTS,
    NOTE,
    PICTURE,
    PREFORMATTED,
    SECTIONS,
    WORDLESS,
    Attributes,
    unread_kind,
)
from embeddings.documents.html.text import seen
from embeddings.documents.markup import SAMPLE, Budget, Piece, Unread
from embeddings.errors import DocumentError

_MOST_NESTED: Final = 2_000
"""Elements inside each other. Browsers stop at about 500."""


class HtmlPage:
    """Takes a page's tags and words in their order. `title`, `language` and `metas` are those that it declares."""

    def __init__(self, budget: Budget) -> None:
        self.language = ""
        self.title = ""
        self.metas: dict[str, str] = {}
        self._budget = budget
        self._blocks = Blocks(budget)
        self._leaves: list[Leave] = []
        """What is to be done at the end of each element that is open."""
        self._skipped: _Skipped | None = None

    @property
    def unread(self) -> list[Unread]:
        """What stands in no piece."""
        return self._blocks.unread

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        self._budget.element()
        if len(self._leaves) >= _MOST_NESTED:
            raise DocumentError(f"nests elements more than {_MOST_NESTED:,} deep, as no page for people does")
        if self._skipped is not None:
            self._leaves.append(nothing)
            self._skipped.notes += tag in {"li", "aside"}
            return
        kind = unread_kind(tag, attributes, in_section=self._blocks.sections > 0)
        if kind is None:
            self._leaves.append(self._enter(tag, attributes))
            return
        if tag in BLOCKS:
            self._blocks.end_line()
        self._skipped = _Skipped(kind, attributes.get("alt", "")[:SAMPLE], tag in {"li", "aside"})
        self._leaves.append(self._leave_skipped)

    def end(self, _tag: str) -> None:
        """The innermost element ends: the parser closes what the page does not."""
        if self._leaves:
            self._leaves.pop()()

    def data(self, words: str) -> None:
        """Words stand in the innermost element."""
        if self._skipped is None:
            self._budget.characters(len(words))
            self._blocks.line.add(words)
        elif len(self._skipped.words) < SAMPLE:
            self._skipped.words += words[:SAMPLE]

    def close(self) -> tuple[Piece, ...]:
        """The page ends. Gives its pieces."""
        while self._leaves:
            self._leaves.pop()()
        return self._blocks.pieces()

    def _enter(self, tag: str, attributes: Attributes) -> Leave:
        if tag == "html":
            self.language = self.language or attributes.get("lang") or attributes.get("xml:lang") or ""
        elif tag == "meta":
            keys = (attributes.get(key) for key in ("name", "property", "itemprop", "http-equiv"))
            self.metas.setdefault(next(filter(None, keys), "").lower(), attributes.get("content", ""))
        elif tag == "title":
            self._blocks.end_line()
            return self._leave_title
        enter = _ROLES.get(attributes.get("role", "")) or _TAGS.get(tag)
        return enter(self._blocks, tag, attributes) if enter else nothing

    def _leave_title(self) -> None:
        title = seen(self._blocks.line.text())
        self.title = self.title or title

    def _leave_skipped(self) -> None:
        skipped, self._skipped = self._skipped, None
        if skipped is None or not skipped.kind:
            return
        words = seen(skipped.words)
        if words or skipped.kind in {PICTURE, *WORDLESS}:
            count = max(1, skipped.notes) if skipped.kind == NOTE else 1
            self.unread.append(Unread(skipped.kind, "" if skipped.kind in WORDLESS else words, count))


class _Skipped:
    """An element that is not read: what it is, how its words begin, and how many notes or items stand in it."""

    def __init__(self, kind: str, words: str, note: bool) -> None:
        self.kind = kind
        self.words = words
        self.notes = int(note)


_Enter = Callable[[Blocks, str, Attributes], Leave]
_TAGS: Final[Mapping[str, _Enter]] = {
    **dict.fromkeys(BLOCKS, Blocks.enter_block),
    **dict.fromkeys(SECTIONS, Blocks.enter_section),
    **dict.fromkeys(HEADINGS, Blocks.enter_heading),
    **dict.fromkeys(LISTS, Blocks.enter_list),
    **dict.fromkeys(PREFORMATTED, Blocks.enter_typed),
    "a": Blocks.enter_link,
    "br": Blocks.enter_break,
    "caption": Blocks.enter_caption,
    "header": Blocks.enter_header,
    "li": Blocks.enter_item,
    "sup": Blocks.enter_raised,
    "table": Blocks.enter_table,
    "td": Blocks.enter_cell,
    "th": Blocks.enter_heading_cell,
    "tr": Blocks.enter_row,
}
_ROLES: Final[Mapping[str, _Enter]] = {
    "article": Blocks.enter_section,
    "banner": Blocks.enter_header,
    "heading": Blocks.enter_heading,
    "main": Blocks.enter_section,
}
