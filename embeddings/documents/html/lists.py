"""The markers that browsers put in front of the items of lists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from embeddings.documents.counting import counted
from embeddings.documents.markup import Piece

BULLET: Final = "• "
_STYLES: Final = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
    "lower-latin": "lower-alpha",
    "upper-latin": "upper-alpha",
    "circle": "disc",
    "square": "disc",
}
"""Other names for a style, the values of the attribute `type` among them."""
_FORMATS: Final = {
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "cjk-decimal": "ideographDigital",
    "cjk-ideographic": "chineseCounting",
    "simp-chinese-informal": "chineseCounting",
    "trad-chinese-informal": "chineseCounting",
}
"""Styles, and what `counted` calls them."""
_ARABIC_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_KNOWN: Final = frozenset({*_FORMATS, "none", "disc", "lower-alpha", "upper-alpha", "arabic-indic"})
_LIST_STYLE: Final = re.compile(r"list-style(?:-type)?\s{0,9}:([^;]{1,99})", re.IGNORECASE)
_INTEGER: Final = re.compile(r"\s{0,9}([+-]?[0-9]{1,9})")


@dataclass(slots=True)
class HtmlList:
    """A list while it is read. `pieces` of a list that counts down from its length, which only its end tells."""

    style: str
    number: int = 1
    step: int = 1
    backwards: bool = False
    pieces: list[Piece] = field(default_factory=list)

    @classmethod
    def of(cls, tag: str, attributes: Mapping[str, str]) -> "HtmlList":
        """The list that a tag opens."""
        style = _style(attributes) or ("decimal" if tag == "ol" else "disc")
        start = integer(attributes.get("start"))
        counts_down = tag == "ol" and "reversed" in attributes
        return cls(style, 1 if start is None else start, -1 if counts_down else 1, counts_down and start is None)

    def marker(self, attributes: Mapping[str, str]) -> str:
        """What stands in front of the next item, a blank behind it; empty where nothing does."""
        value = integer(attributes.get("value"))
        number = self.number if value is None else value
        self.number = number + self.step
        style = _style(attributes) or self.style
        if style == "none" or self.backwards:
            return ""
        return BULLET if style == "disc" else f"{_label(number, style)}. "

    def close(self) -> None:
        """Number the items of a list that counts down."""
        for number, piece in zip(range(len(self.pieces), 0, -1), self.pieces, strict=True):
            piece.text = f"{_label(number, self.style)}. {piece.text}"


def integer(value: str | None) -> int | None:
    """The number that an attribute's value begins with, if any."""
    found = _INTEGER.match(value or "")
    return int(found[1]) if found else None


def _style(attributes: Mapping[str, str]) -> str:
    found = _LIST_STYLE.search(attributes.get("style", ""))
    names = [name.lower() for name in found[1].split()] if found else []
    names.append(attributes.get("type", "").strip())
    return next((style for name in names if (style := _STYLES.get(name, name)) in _KNOWN), "")


def _label(number: int, style: str) -> str:
    if style == "arabic-indic":
        return str(number).translate(_ARABIC_DIGITS)
    if style in _FORMATS:
        return counted(number, _FORMATS[style])
    letters = _letters(number) if number > 0 else str(number)
    return letters.upper() if style == "upper-alpha" else letters


def _letters(number: int) -> str:
    """z, aa, ab: not as word processors count, whose next after aa is bb."""
    letters = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters
