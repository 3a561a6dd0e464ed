"""What a model wrote, sentence by sentence, each with the numbers of the passages that it cites."""

import re
from dataclasses import dataclass, replace
from typing import Final

from embeddings.sentences import sentence_spans
from embeddings.words import fold
from qa.writing.plain import paragraphs
from qa.writing.replies import CUT_OFF

MAX_CLAIMS: Final = 60
"""Sentences that are looked at; an answer from eight passages has fewer."""
_NUMBERS: Final = r"\s?\d{1,3}(?:\s?[,;،、，–-]\s?\d{1,3}){0,20}\s?"
_MARK: Final = re.compile(
    rf"[ \t]?(?:[\[［]\^?(?P<square>{_NUMBERS})[\]］]|【(?P<heavy>{_NUMBERS})(?:†[^】]{{0,40}})?】)"
)
_OPEN_MARK: Final = re.compile(r"[\[［【][^\]］】]{0,60}\Z")
_RANGE: Final = re.compile("(?P<first>[0-9]{1,3})\\s?[–-]\\s?(?P<last>[0-9]{1,3})")
_MAX_RANGE: Final = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence without its citations, and their `numbers` in order."""

    text: str
    numbers: tuple[int, ...]


def claims(written: str, language: str, *, unfinished: bool = False) -> list[Claim]:
    """The sentences of what was written in `language` (ISO 639-1). Headings and items count as sentences too.

    `unfinished`: more is coming; the last sentence, which may go on or get its citation still, is then left out. So is
    a last one that ends in an ellipsis: it was cut off.
    """
    found: list[Claim] = []
    for paragraph in paragraphs(_OPEN_MARK.sub("", written)):
        of_paragraph, before = _of_paragraph(paragraph, language)
        if before and found:
            found[-1] = replace(found[-1], numbers=tuple(dict.fromkeys((*found[-1].numbers, *before))))
        found += of_paragraph
        if len(found) >= MAX_CLAIMS:
            return found[:MAX_CLAIMS]
    if found and (unfinished or found[-1].text.endswith(CUT_OFF)):
        found.pop()
    return found


def _of_paragraph(paragraph: str, language: str) -> tuple[list[Claim], list[int]]:
    """The sentences of a paragraph; where it has none, the citations that it gives to the sentence before it."""
    text, marks = "", []
    at = 0
    for mark in _MARK.finditer(paragraph):
        text += paragraph[at : mark.start()]
        at = mark.end()
        marks.append((len(text.rstrip()), _numbers(mark["square"] or mark["heavy"])))
    text += paragraph[at:]
    spans = [span for span in sentence_spans(text, language) if any(map(str.isalnum, text[span.start : span.end]))]
    if not spans:
        return [], [number for _, numbers in marks for number in numbers]
    cited: list[list[int]] = [[] for _ in spans]
    for place, numbers in marks:
        # A citation behind the full stop belongs to the sentence before it.
        own = next((n for n in range(len(spans) - 1, -1, -1) if spans[n].start < place), 0)
        cited[own] += numbers
    found = [
        Claim(text[span.start : span.end], tuple(dict.fromkeys(numbers)))
        for span, numbers in zip(spans, cited, strict=True)
    ]
    return found, []


def _numbers(written: str) -> list[int]:
    found: list[int] = []
    for part in re.split("[,;،、，]", fold(written)):
        if span := _RANGE.fullmatch(part.strip()):
            first, last = int(span["first"]), int(span["last"])
            found += range(first, last + 1) if first <= last < first + _MAX_RANGE else (first, last)
        elif part.strip().isdecimal():
            found.append(int(part))
    return found
