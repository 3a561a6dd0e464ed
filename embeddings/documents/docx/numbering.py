"""Word's automatic numbers, counted as Word counts them: they stand nowhere in the file."""

import re
from dataclasses import dataclass, field
from typing import Final

from embeddings.documents.counting import FORMATS, counted
from embeddings.documents.docx.styles import Marks, Style, Styles, attribute, integer, switched_on
from embeddings.documents.xml import Element, child, local

BULLET: Final = "•"
"""Bullets are letters of symbol fonts, which say nothing without the font."""
_LEVELS: Final = 9
_MAX_PATTERN: Final = 100
"""Characters of `Article %1`. Word takes fewer; longer ones would fill the memory, a copy a paragraph."""
_PART: Final = re.compile("%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    """How a level of a list counts. It starts anew after any level before `restarts_after`, so never if that is 0."""

    form: str
    pattern: str
    start: int
    restarts_after: int
    decimal: bool
    style: str


@dataclass(slots=True)
class _List:
    """A `w:num`: the `w:abstractNum` it goes by, which counts for all that share it, and what it does otherwise."""

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)


class Numbering:
    """The lists in `numbering.xml` and how far each has counted; without a `root`, none."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}
        self.unknown: set[str] = set()
        """Formats met that are written in digits for want of knowing better."""
        elements = list(root) if root is not None else []
        self._abstracts = {attribute(e, "abstractNumId"): e for e in elements if local(e) == "abstractNum"}
        self._nums = {attribute(e, "numId"): e for e in elements if local(e) == "num"}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List | None] = {}

    def next(self, marks: Marks, style: Style) -> str:
        """The number of the next paragraph with these marks and this style, with its points and brackets.

        Empty where there is none.
        """
        num_id = marks.num_id if marks.num_id is not None else style.num_id
        found = self._list(num_id) if num_id is not None else None
        if found is None:
            return ""
        level = marks.level if marks.level is not None else _level_of_style(found, style)
        if level not in found.levels:
            return ""
        return self._text(found, level, self._count(found, level))

    def _count(self, found: _List, level: int) -> dict[int, int]:
        counts = self._counts.setdefault(found.abstract, {})
        if level in counts and (level in found.begun or level not in found.starts):
            counts[level] += 1
        else:
            counts[level] = _start(found, level)
        found.begun.add(level)
        for deeper in [deeper for deeper in counts if deeper > level]:
            if deeper not in found.levels or level < found.levels[deeper].restarts_after:
                del counts[deeper]
        return counts

    def _text(self, found: _List, level: int, counts: dict[int, int]) -> str:
        shown = found.levels[level]
        if shown.form == "bullet":
            return BULLET

        def part(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            if at not in found.levels:
                return ""
            form = "decimal" if shown.decimal else found.levels[at].form
            if form not in FORMATS:
                self.unknown.add(form)
            return counted(counts.get(at, _start(found, at)), form)

        return _PART.sub(part, shown.pattern).strip()

    def _list(self, num_id: str) -> _List | None:
        if num_id not in self._lists:
            self._lists[num_id] = self._made(num_id)
        return self._lists[num_id]

    def _made(self, num_id: str) -> _List | None:
        num = self._nums.get(num_id)
        abstract = self._abstract(num)
        if num is None or abstract is None:
            return None
        made = _List(abstract, self._levels_of(abstract))
        for override in num:
            if local(override) != "lvlOverride":
                continue
            at = _index(override)
            level = child(override, "lvl")
            if level is not None:
                made.levels = {**made.levels, at: _level(level)}
            start = child(override, "startOverride")
            if start is not None:
                made.starts[at] = integer(start, 0)
        return made

    def _abstract(self, num: Element | None) -> str | None:
        """The id of the `w:abstractNum` with the levels, by way of a list style where one is named."""
        abstract = attribute(child(num, "abstractNumId"), "val")
        link = child(self._abstracts.get(abstract), "numStyleLink")
        if link is not None:
            linked = self._nums.get(self._styles.style(attribute(link, "val")).num_id or "")
            abstract = attribute(child(linked, "abstractNumId"), "val")
        return abstract if abstract in self._abstracts else None

    def _levels_of(self, abstract: str) -> dict[int, _Level]:
        if abstract not in self._levels:
            levels = [e for e in self._abstracts[abstract] if local(e) == "lvl"]
            self._levels[abstract] = {_index(e): _level(e) for e in levels if _index(e) < _LEVELS}
        return self._levels[abstract]


def _level(element: Element) -> _Level:
    return _Level(
        form=attribute(child(element, "numFmt"), "val", "decimal"),
        pattern=attribute(child(element, "lvlText"), "val")[:_MAX_PATTERN],
        start=integer(child(element, "start"), 0),
        restarts_after=integer(child(element, "lvlRestart"), _index(element)),
        decimal=bool(switched_on(child(element, "isLgl"))),
        style=attribute(child(element, "pStyle"), "val"),
    )


def _index(element: Element) -> int:
    value = attribute(element, "ilvl")
    return int(value) if value in set("012345678") else _LEVELS


def _start(found: _List, level: int) -> int:
    return found.starts.get(level, found.levels[level].start)


def _level_of_style(found: _List, style: Style) -> int:
    """The level that is tied to the style, or to one it rests upon; else the one that the style names."""
    tied = {level.style: at for at, level in found.levels.items() if level.style}
    return next((tied[name] for name in style.chain if name in tied), style.level)
