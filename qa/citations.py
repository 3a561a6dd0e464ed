"""Citations: where a passage stands, in words."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from embeddings.types import Document, Passage, Place, Related, Span
from qa.citation_forms import file_place, form, form_of_all


def locator(passage: Passage, language: str = "en") -> str:
    """The place within the document in a reader's language: "para. 7", "第7段", "art. 54, para. 1"; the nearest heading
    where nothing is numbered. Readers of other languages than the UN's six get the English form."""
    return form(passage, language)


def locators(passages: Sequence[Passage], language: str = "en") -> str:
    """The places of passages of one document together: "paras. 6-8 and 10". Raises ValueError for two documents."""
    return form_of_all(passages, language)


def places(document: Document, span: Span) -> tuple[Place, ...]:
    """Where the characters `span` of the document's text stand in its file; none where the file is that text."""
    first = bisect_right(document.places, span.start, key=lambda place: place.end)
    last = bisect_left(document.places, span.end, key=lambda place: place.start)
    return document.places[first:last]


def source_place(document: Document, passage: Passage, language: str = "en") -> str:
    """Where in its file a passage stands: "lines 7-20", "page 3", "pages 3-4", "chapter1.xhtml, block 12"; in the
    reader's language, as `locator`."""
    found = places(document, Span(passage.start, passage.end))
    if not found:
        breaks = _line_breaks(document.text)
        first, last = bisect_left(breaks, passage.start) + 1, bisect_left(breaks, passage.end) + 1
        return file_place("lines", first, last, language)
    part = f"{found[0].part}, " if found[0].part else ""
    same_part = [place for place in found if place.part == found[0].part]
    unit: Literal["pages", "blocks"] = "blocks" if found[0].box is None else "pages"
    return part + file_place(unit, same_part[0].number, same_part[-1].number, language)


def path_and_place(document: Document, passage: Passage, language: str = "en") -> str:
    """The file and where in it a passage stands: "report.pdf, page 3"."""
    return f"{document.source.path}, {source_place(document, passage, language)}"


@lru_cache(maxsize=4)
def _line_breaks(text: str) -> list[int]:
    """Where lines end. Kept, because whoever shows a document whole asks for each of its paragraphs."""
    return [found.start() for found in re.finditer("\n", text)]


def related_words(other: Related) -> str:
    """What to say of a document that belongs to the cited one."""
    words = f"amends {other.symbol}" if other.kind == "original" else f"there is a {other.kind}: {other.symbol}"
    return f"{words} ({other.doc_id})".replace("a addendum", "an addendum")
