"""What is known about a document: as a file beside it says, as it says at its head, as its properties have it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final

from babel import Locale

from embeddings.documents.extract import Extract
from embeddings.documents.metafile import Metadata
from embeddings.types import Heading
from embeddings.words import fold, symbols

_MAX_HEAD: Final = 3000
"""Characters at a document's beginning among which its symbol and date are looked for."""
_MAX_LINE: Final = 60
"""Characters of a line that says one thing: a symbol, or `Distr.: General, 21 May 2021`."""
_MONTH_LOCALES: Final = ("ar", "ar_SY", "en", "es", "fr", "ru", "de", "pt", "it")
"""UN documents in Arabic print the month twice, 21 أيار/مايو 2021; these are the two calendars' locales."""
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})(?:er|º|st|nd|rd|th)?\.?\s+(?:de\s+)?([^\W\d_]{3,12})\.?(?:/[^\W\d_]{3,12})?\s+(?:de\s+)?(\d{4})"
)
_MONTH_FIRST: Final = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2}),?\s+(\d{4})")
_HAN_DATE: Final = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def described(extract: Extract, headings: Sequence[Heading], start: int, given: Metadata, spoken: str) -> Metadata:
    """What is known: as `given`, else as the text has it before its first passage at `start`, else as the file's
    properties have it. `spoken` is the language that most of the text is in.

    A language in a file's properties is often that of the program that wrote it, so the text's own counts before.
    """
    head = extract.text[: min(max(start, _MAX_HEAD // 4), _MAX_HEAD)]
    lines = [line.strip() for line in head.splitlines() if 0 < len(line.strip()) <= _MAX_LINE]
    titled = next((heading.text for heading in headings if heading.level == 0), "")
    first = next((heading.text for heading in headings if heading.level == 1), "")
    return Metadata(
        title=given.title or titled or extract.title or first,
        symbol=given.symbol or _symbol(lines),
        date=given.date or _first_date(lines) or _iso(extract.date),
        language=given.language or (spoken if spoken != "und" else "") or extract.language or spoken,
        version_of=given.version_of,
    )


def names_document(words: str) -> bool:
    """Whether `words`, at a document's beginning, are its symbol and little else."""
    return len(words) <= _MAX_LINE and bool(_symbol([words]))


def _symbol(lines: Sequence[str]) -> str:
    """The first symbol that is most of a line: a document's own, not one that it refers to."""
    for line in lines:
        for symbol, start, end in symbols(line):
            if "/" in symbol and 2 * (end - start) >= len(line):
                return symbol
    return ""


def _first_date(lines: Sequence[str]) -> str:
    for line in lines:
        if found := _date(line):
            return found
    return ""


def _date(line: str) -> str:
    """The first date in a line, ISO 8601; empty where there is none."""
    if found := _HAN_DATE.search(line):
        return _checked(int(found[1]), int(found[2]), int(found[3]))
    for found in _DAY_FIRST.finditer(line):
        if month := months().get(fold(found[2])):
            return _checked(int(found[3]), month, int(found[1]))
    for found in _MONTH_FIRST.finditer(line):
        if month := months().get(fold(found[1])):
            return _checked(int(found[3]), month, int(found[2]))
    return _iso(line)


def _iso(text: str) -> str:
    found = _ISO_DATE.search(text)
    return _checked(int(found[1]), int(found[2]), int(found[3])) if found else ""


def _checked(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


@cache
def months() -> Mapping[str, int]:
    """The names of months in the languages that UN documents are in, folded."""
    found: dict[str, int] = {}
    for name in _MONTH_LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = Locale.parse(name).months[context][width]
                found |= {fold(word).rstrip("."): month for month, word in names.items()}
    return found
