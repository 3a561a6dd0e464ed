"""The words of a page's block while it is read, with what is raised above them and what marks a footnote."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from embeddings.documents.html.elements import leads_to_mark, leads_to_note
from embeddings.documents.html.text import paragraphs, preformatted, raised

_MOST_IN_MARK: Final = 12
"""Characters."""
_MARK: Final = re.compile(r"\s{0,9}[\[(]?(?:\w{1,4}|[*†‡§]{1,4})[\])]?\s{0,9}")
"""How the mark of a footnote looks. A link to a note may as well be words in running text."""


class Line:
    """Words up to the next end of a block. `told` gets the footnote marks that are left out.

    `is_note`: it begins with a link back to a mark, so it is a footnote.
    """

    def __init__(self, told: Callable[[str], None]) -> None:
        self.is_note = False
        self._told = told
        self._words: list[str | None] = []
        """None where a line breaks."""
        self._links: list[int] = []
        """Of the links into pages that are open, this one or another of the book: where their words begin."""
        self._last_link = -1

    def add(self, words: str) -> None:
        """Put `words` behind the others."""
        self._words.append(words)

    def add_break(self) -> None:
        """Break the line."""
        self._words.append(None)

    def enter_link(self, attributes: Mapping[str, str]) -> Callable[[], None] | None:
        """A link begins. Returns what is to be done at its end."""
        if leads_to_mark(attributes) and not any(words and words.strip() for words in self._words):
            self.is_note = True
        href = attributes.get("href", "")
        if "#" not in href or "://" in href:
            return None
        self._links.append(len(self._words))
        self._last_link = len(self._words)
        return self._leave_note_link if leads_to_note(attributes) else self._leave_link

    def enter_raised(self) -> Callable[[], None]:
        """Raised words begin: the mark of a footnote if they are a link, else a power. Returns what their end does."""
        begin = len(self._words)
        linked = bool(self._links)

        def leave() -> None:
            if linked or self._last_link >= begin:
                self._take_mark(begin)
            elif begin < len(self._words):
                self._words[begin:] = [raised(self._joined(begin))]

        return leave

    def text(self) -> str:
        """All words as they stand, and no more of them."""
        words = self._joined(0)
        self._clear()
        return words

    def texts(self, *, whole: bool, typed: bool) -> list[str]:
        """The paragraphs in the words, and no more of them: one if they are `whole`, lines as `typed`."""
        if not self._words:
            return []
        words = self._words.copy()
        self._clear()
        if typed:
            return list(preformatted("".join("\n" if part is None else part for part in words)))
        return list(paragraphs(words, whole=whole))

    def _leave_link(self) -> None:
        if self._links:
            self._links.pop()

    def _leave_note_link(self) -> None:
        if self._links:
            self._take_mark(self._links.pop())

    def _take_mark(self, begin: int) -> None:
        """Leave out what stands from `begin` on, if it looks as the mark of a footnote does."""
        words = self._joined(begin) if len(self._words) - begin <= _MOST_IN_MARK else ""
        if len(words) <= _MOST_IN_MARK and _MARK.fullmatch(words):
            del self._words[begin:]
            self._told(words.strip())

    def _joined(self, begin: int) -> str:
        return "".join(" " if part is None else part for part in self._words[begin:])

    def _clear(self) -> None:
        self._words.clear()
        self._links = [0] * len(self._links)
        self._last_link = -1
        self.is_note = False
