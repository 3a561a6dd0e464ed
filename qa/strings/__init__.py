"""Every string that a visitor of the page reads, in the UN's six languages.

They stand in TOML files, one for each area of the page, each string with its six languages side by side:

    [next]
    en = "Next citation"
    ...

    [paragraphs]
    en = { one = "{count} paragraph", other = "{count} paragraphs" }

"next" of `source.toml` has the key "source.next". Values are put where `{name}` stands, whole numbers as the language
writes them, in digits 0 to 9. Where a string has several forms, `count` chooses one by the plural rules of CLDR
(https://cldr.unicode.org/index/cldr-spec/plural-rules), which the browser has too: the page's own program reads the
same strings (`all_strings`).
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from embeddings.language import UN_LANGUAGES

LANGUAGES: Final = UN_LANGUAGES
DEFAULT: Final = "en"

Text = str | Mapping[str, str]
"""One string, or its forms by CLDR's plural categories ("one", "few", "other")."""

_HERE: Final = Path(__file__).parent
_PLACE: Final = re.compile(r"\{(\w{1,40})\}")
_DIGITS: Final = "latn"
"""Digits 0 to 9 in every language, as in the citations."""


def say(language: str, key: str, **values: object) -> str:
    """The string `key` in a language, values put in; English for a language that there is no page in.

    Raises KeyError when there is no such string, or a value is missing, TypeError when `count` is no whole number.
    """
    text = all_strings(language)[key]
    if not isinstance(text, str):
        count = values["count"]
        if not isinstance(count, int):
            raise TypeError(f"{key}: {count!r} is not counted")
        text = text[_locale(language).plural_form(count)]
    return _PLACE.sub(lambda found: _shown(values[found[1]], language), text)


def number(value: float, language: str) -> str:
    """A number as the language writes it."""
    return format_decimal(value, locale=_locale(language), numbering_system=_DIGITS)


def percent(share: float, language: str) -> str:
    """A share from 0 to 1 as a whole percentage."""
    return format_percent(share, locale=_locale(language), numbering_system=_DIGITS)


def day(iso: str, language: str) -> str:
    """A date as the language writes it: "4 February 2010"; unchanged where it is no whole date (ISO 8601)."""
    try:
        return format_date(date.fromisoformat(iso), "long", locale=_locale(language)) if len(iso) == 10 else iso
    except ValueError:
        return iso


def language_name(code: str, language: str) -> str:
    """What a language (ISO 639-1) is called in another one; its code where that is not known."""
    return str(_locale(language).languages.get(code, code))


@cache
def all_strings(language: str) -> Mapping[str, Text]:
    """Every string in a language by its key; in English for a language that there is no page in."""
    chosen = language if language in LANGUAGES else DEFAULT
    return {key: texts[chosen] for key, texts in catalogue().items()}


@cache
def catalogue() -> Mapping[str, Mapping[str, Text]]:
    """Every string by its key, in each language."""
    found: dict[str, Mapping[str, Text]] = {}
    for path in sorted(_HERE.glob("*.toml")):
        for name, texts in tomllib.loads(path.read_text("utf-8")).items():
            found[f"{path.stem}.{name}"] = texts
    return found


@cache
def _locale(language: str) -> Locale:
    # The UN writes English as the United Kingdom does: 4 February 2010.
    return Locale("en", "GB") if language not in LANGUAGES or language == "en" else Locale(language)


def _shown(value: object, language: str) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return number(value, language) if is_number else str(value)  # type: ignore[arg-type]
