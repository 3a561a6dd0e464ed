"""A Word document's styles: which are headings, which count, which hide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from embeddings.documents.xml import Element, child, local

NAMESPACES: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "strict" files
)
_MAX_CHAIN: Final = 20
"""Styles that a style may rest upon; Word allows 11. Also ends circles."""
_BODY_LEVEL: Final = 9
"""An outline level that is none."""
_HEADING: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_UN_HEADING: Final = re.compile(r"_? ?H[ _]{0,3}(?:(\d)|(Ch)|(M))[\d/ _G]{0,8}")
"""The UN's templates: `_ H _1`, `_ H_2/3_G`, `H23`, and for the chapter and the main title `_ H_Ch_G`, `_ H __M_G`."""
_CONTENTS: Final = re.compile(r"(?:toc|contents) (?:\d{1,2}|heading)|table of figures", re.IGNORECASE)


def attribute(element: Element | None, name: str, default: str = "") -> str:
    """An attribute of WordprocessingML, whichever of its two namespaces the file uses."""
    if element is not None:
        for namespace in NAMESPACES:
            value = element.get(f"{{{namespace}}}{name}")
            if value is not None:
                return str(value)
    return default


def integer(element: Element | None, default: int) -> int:
    """The `w:val` of `element` as a number, `default` where it is none or absurdly large."""
    value = attribute(element, "val").strip()
    return int(value) if len(value) < 7 and value.isascii() and value.isdigit() else default


def switched_on(element: Element | None) -> bool | None:
    """Whether a property such as `w:vanish` is on; None where it is not there."""
    return None if element is None else attribute(element, "val", "true") not in {"0", "false", "off"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What paragraph properties say, of a style or of a paragraph itself. None: nothing, ask the style below.

    `level`: of the list `num_id`, from 0. `outline`: of headings, from 0; 9 for no heading.
    """

    num_id: str | None
    level: int | None
    outline: int | None

    @classmethod
    def of(cls, properties: Element | None) -> "Marks":
        """Out of `w:pPr`."""
        number = child(properties, "numPr")
        num_id = child(number, "numId")
        level = child(number, "ilvl")
        outline = child(properties, "outlineLvl")
        return cls(
            attribute(num_id, "val") if num_id is not None else None,
            integer(level, 0) if level is not None else None,
            integer(outline, _BODY_LEVEL) if outline is not None else None,
        )


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str
    marks: Marks
    hidden: bool | None


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it rests upon. `chain`: their ids, its own first."""

    chain: tuple[str, ...]
    num_id: str | None
    level: int
    heading: int | None
    hidden: bool
    contents: bool


class Styles:
    """The styles in `styles.xml`; without a `root`, none."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._whole: dict[str, Style] = {}
        self.default = ""
        """The id of the style of paragraphs that name none."""
        for element in root if root is not None else ():
            if local(element) == "style":
                self._take(element)
        self.language = child(root, "docDefaults", "rPrDefault", "rPr", "lang")

    def style(self, style_id: str) -> Style:
        """The style `style_id`; one that says nothing where there is none of that id."""
        if style_id not in self._whole:
            self._whole[style_id] = self._resolved(style_id)
        return self._whole[style_id]

    def _take(self, element: Element) -> None:
        style_id = attribute(element, "styleId")
        marks = Marks.of(child(element, "pPr"))
        hidden = switched_on(child(element, "rPr", "vanish"))
        name = attribute(child(element, "name"), "val")
        self._styles[style_id] = _Style(name, attribute(child(element, "basedOn"), "val"), marks, hidden)
        if attribute(element, "type") == "paragraph" and attribute(element, "default") in {"1", "true", "on"}:
            self.default = style_id

    def _resolved(self, style_id: str) -> Style:
        chain = list(islice(self._chain(style_id), _MAX_CHAIN))
        styles = [self._styles[name] for name in chain]
        marks = [style.marks for style in styles]
        return Style(
            tuple(chain),
            next((mark.num_id for mark in marks if mark.num_id is not None), None),
            next((mark.level for mark in marks if mark.level is not None), 0),
            heading=next((_heading_level(style) for style in styles if _says_whether_heading(style)), None),
            hidden=next((style.hidden for style in styles if style.hidden is not None), False),
            contents=any(_CONTENTS.fullmatch(style.name) for style in styles),
        )

    def _chain(self, style_id: str) -> Iterator[str]:
        while style_id in self._styles:
            yield style_id
            style_id = self._styles[style_id].based_on


def outline_level(outline: int | None) -> int | None:
    """The heading level, from 1, that `w:outlineLvl` stands for."""
    return outline + 1 if outline is not None and outline < _BODY_LEVEL else None


def _says_whether_heading(style: _Style) -> bool:
    return style.marks.outline is not None or _heading_level(style) is not None


def _heading_level(style: _Style) -> int | None:
    if style.name.lower() == "title":
        return 0
    if found := _HEADING.fullmatch(style.name):
        return int(found[1]) or None
    if found := _UN_HEADING.fullmatch(style.name):
        return 0 if found[3] else int(found[1] or 1) or None
    return outline_level(style.marks.outline)
