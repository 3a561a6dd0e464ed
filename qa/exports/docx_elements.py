"""Paragraphs, runs and tables of a Word document, as elements of its XML in the order that its schema wants."""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from embeddings.language import UNKNOWN, direction
from qa.citation_formats import tag, visible
from qa.exports.blocks import Line, Run

REGIONS: Final = MappingProxyType(
    {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "ru": "ru-RU", "ar": "ar-SA", "zh": "zh-CN"}
)
"""Word's dictionaries are of regions."""
EAST_ASIAN: Final = frozenset({"zh", "ja", "ko"})
_TO_THE_LEFT: Final = frozenset({"R", "AL"})
_NEVER: Final = dict.fromkeys((0xFFFE, 0xFFFF))
"""No characters, and refused in XML."""


def paragraph(style: str, line: Line, language: str, *, leads: bool = False) -> Any:
    """A paragraph that is written as its `language` is; `leads`: on one page with the next one."""
    element, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
    if style:
        properties.append(element_of("w:pStyle", val=style))
    if leads:
        properties.append(element_of("w:keepNext"))
    if direction(language) == "rtl":
        properties.append(element_of("w:bidi"))
    element.append(properties)
    for run in line:
        element.extend(_runs(run))
    return element


def _runs(run: Run) -> Iterator[Any]:
    """A run, parted where the direction changes: Word wants to be told of letters that run to the left."""
    to_the_left = direction(run.language) == "rtl"
    for text, turned in _turns(visible(run.text).translate(_NEVER), to_the_left=to_the_left):
        element = OxmlElement("w:r")
        element.append(_run_properties(run, left=to_the_left != turned, language="" if turned else run.language))
        for number, line in enumerate(text.split("\n")):
            if number:
                element.append(OxmlElement("w:br"))
            if line:
                words = OxmlElement("w:t")
                words.set(qn("xml:space"), "preserve")
                words.text = line
                element.append(words)
        yield element


def _run_properties(run: Run, *, left: bool, language: str) -> Any:
    properties = OxmlElement("w:rPr")
    if run.strong:
        properties.append(element_of("w:rStyle", val="Strong"))
    if language in ("", UNKNOWN):
        properties.append(element_of("w:noProof"))
    if left:
        properties.append(element_of("w:rtl"))
    if language not in ("", UNKNOWN):
        properties.append(_language(language))
    return properties


def _language(language: str) -> Any:
    """What a spelling checker and a voice go by, which Word keeps apart for three kinds of scripts."""
    kind = "eastAsia" if language in EAST_ASIAN else "bidi" if direction(language) == "rtl" else "val"
    return element_of("w:lang", **{kind: REGIONS.get(language) or tag(language)})


def _turns(text: str, *, to_the_left: bool) -> Iterator[tuple[str, bool]]:
    """The text in stretches, each with whether it runs against the direction of the whole.

    Such a stretch goes from a letter of the other direction to the last one before a letter of this direction comes.
    Digits behind it belong to it, and brackets that it opened; in text to the left also digits that touch its
    beginning, as in a file's name.
    """
    borders, inside, last, opened = [0], False, 0, 0
    for place, c in enumerate(text):
        kind = unicodedata.bidirectional(c)
        is_left = kind in _TO_THE_LEFT
        if kind == "L" or is_left:
            against = is_left != to_the_left
            if against and not inside:
                borders.append(_beginning(text, place, borders[-1]) if to_the_left else place)
            elif inside and not against:
                borders.append(last)
            if inside != against:
                inside, opened = against, 0
        closes = c in ")]" and opened > 0
        opened += (c in "([") - closes
        if inside and (kind == "L" or is_left or kind in ("EN", "AN", "NSM") or closes):
            last = place + 1
    if inside:
        borders.append(last)
    for number, (start, end) in enumerate(pairwise([*borders, len(text)])):
        if start < end:
            yield text[start:end], number % 2 == 1


def _beginning(text: str, place: int, border: int) -> int:
    """Where the name begins that goes on with a letter at `place`, behind `border`: "000_2.txt", "7285c3ba"."""
    while place > border and (unicodedata.bidirectional(text[place - 1]) == "EN" or text[place - 1] in "_-./"):
        place -= 1
    return place


def element_of(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for each, value in attributes.items():
        element.set(qn(f"w:{each}"), value)
    return element
