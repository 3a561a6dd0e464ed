"""What pages carry besides the text, in text files that were printed: page numbers, running heads, footnotes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from embeddings.numbering import leading_number

_PAGE: Final = re.compile(
    r"[\W_]{0,5}(?:(?:page|p\.|стр\.|página|صفحة|第)\s?)?\d{1,4}(?:\s?(?:/|of|de|sur|из|من|页[，,]?\s?共)\s?\d{1,4})?(?:\s?页)?[\W_]{0,5}",
    re.IGNORECASE,
)
_RULE: Final = re.compile(r"[_\-—–─=]{5,}")
_NOTE: Final = re.compile(r"(?:\d{1,3}\s|\[\d{1,3}\]|[¹²³⁴-⁹⁰]{1,3}\s?|[*†‡]{1,3}\s?)(?=\S)")
"""A note's mark: `1 See`, `[1]`, `* See`. A number with a point is a paragraph's."""
_DIGITS: Final = re.compile(r"\d+")
_MAX_HEAD: Final = 100
"""Characters of a running head."""


class Furniture:
    """Which of a text's groups (lines without blank ones between them) are no part of the text."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        """`groups`: the lines of each group, in order."""
        self._groups = groups
        self.reasons: dict[tuple[int, int], str] = {}
        """What a line (group, place in it) is; lines of the text are not in it."""
        self._page_numbers()
        self._running_heads()
        self._footnotes()

    def left_out(self) -> Iterator[str]:
        """A line for each kind of thing that was found."""
        counts = Counter(self.reasons.values())
        for reason, count in sorted(counts.items()):
            if reason != "rule":
                yield f"{reason}: {count} {'line' if count == 1 else 'lines'}"

    def _page_numbers(self) -> None:
        for number, group in enumerate(self._groups):
            if len(group) == 1 and _PAGE.fullmatch(group[0]):
                self.reasons[number, 0] = "page numbers"

    def _running_heads(self) -> None:
        """The same single line, digits aside, beside several page numbers."""
        alike: dict[str, list[int]] = {}
        for number, group in enumerate(self._groups):
            if len(group) == 1 and len(group[0]) <= _MAX_HEAD and leading_number(group[0]) is None:
                alike.setdefault(_DIGITS.sub("#", group[0]), []).append(number)
        pages = [number for number, _ in self.reasons]
        beside = {number + step for number in pages for step in (-2, -1, 1, 2)} - set(pages)
        for found in alike.values():
            if len(beside.intersection(found)) > 1:
                self.reasons.update(dict.fromkeys(((number, 0) for number in found), "running heads"))

    def _footnotes(self) -> None:
        """Lines with a note's mark below a rule, up to the end of their group, and groups of such below these."""
        below = False
        for number, group in enumerate(self._groups):
            if (number, 0) in self.reasons:
                below = False
                continue
            for place, line in enumerate(group):
                if _RULE.fullmatch(line):
                    self.reasons[number, place] = "rule"
                    below = True
                elif below and (_NOTE.match(line) or self.reasons.get((number, place - 1)) == "footnotes"):
                    self.reasons[number, place] = "footnotes"
                else:
                    below = False
