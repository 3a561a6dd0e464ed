"""What is the same in every language: numbers of articles, symbols of documents, names of countries.

Names are looked up, never searched with one great pattern, so that the time grows with the text alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError

from embeddings import country_names
from embeddings.folded import Folded, russian_stem, without_particles
from embeddings.provisions import provisions
from embeddings.words import UNSPACED, WORD, fold, symbols


@dataclass(frozen=True, slots=True)
class Concept:
    """What stands at characters [start, end) of a text: `article:54`, `symbol:A/RES/58/4`, `country:ZW`."""

    token: str
    start: int
    end: int


def country_name(token: str, language: str) -> str:
    """The name of a country, by its token ("country:ZW"), in a language as CLDR has it; in English for unknown ones.

    Raises KeyError when no country has that token.
    """
    code = token.removeprefix("country:")
    try:
        return str(Locale.parse(language).territories[code])
    except (UnknownLocaleError, ValueError, KeyError):
        return str(Locale.parse("en").territories[code])


def concepts(text: str) -> list[Concept]:
    """The concepts in `text`, in order of place.

    Those of one kind do not overlap, but for the articles of a range ("51-54"), which all stand at its place.
    """
    folded = Folded(text)
    found = [Concept(f"symbol:{symbol}", start, end) for symbol, start, end in symbols(text)]
    found += _articles(folded)
    found += _unspaced_countries(folded)
    found += _spaced_countries(folded, folded.words)
    return sorted(found, key=lambda concept: concept.start)


def _concept(text: Folded, token: str, start: int, end: int) -> Concept:
    """The concept at characters [start, end) of the folded text."""
    return Concept(token, *text.span(start, end))


# --- Articles --------------------------------------------------------------------------------------------------------

_MAX_RANGE: Final = 30
"""Articles of a range that are all named by it; of a longer one the first and the last are."""


def _articles(text: Folded) -> Iterator[Concept]:
    for each in provisions(text):
        if each.kind != "article":
            continue
        start, end = text.span(each.start, each.end)
        numbers = [f"{each.number}{each.suffix}"]
        if each.last:
            short = each.last - each.number < _MAX_RANGE
            numbers = [str(n) for n in (range(each.number, each.last + 1) if short else (each.number, each.last))]
        yield from (Concept(f"article:{number}", start, end) for number in numbers)


# --- Countries: CLDR's names in many languages, and the UN's own -----------------------------------------------------

_UNSPACED_LETTER: Final = re.compile(f"[{UNSPACED}]")
_KATAKANA: Final = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]")
_HANGUL: Final = re.compile("[\uac00-\ud7af]")
_HANGUL_REST: Final = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|와|과|도|로|으로|만|부터|까지|보다|및|인|측|정부|대표)?(?![\uac00-\ud7af])"
)
_COUNTRY_WORD: Final = re.compile(".国")
_UNDECLINED: Final = re.compile("[^ ]{0,80}[иоуеэі]$")


@dataclass(frozen=True, slots=True)
class _Names:
    """Codes by folded name, and how long the names can be (in words, or in characters) that begin in the same way."""

    codes: dict[str, str]
    lengths: dict[str, int]


def _spaced_countries(folded: Folded, words: list[re.Match[str]]) -> Iterator[Concept]:
    plain = [word[0] for word in words]
    stems = [russian_stem(word) if _script(word[0]) == "CYRILLIC" else word for word in plain]
    at = 0
    while at < len(words):
        names = _spaced_names(_script(plain[at][0]))
        readings = [(plain[at], plain), (stems[at], stems), *((form, plain) for form in without_particles(plain[at]))]
        known = [reading for reading in readings if reading[0] in names.lengths]
        length, code = max(_longest(folded, words, at, names, known), default=(1, "")) if known else (1, "")
        if code:
            end = words[at + length - 1].end()
            end += folded.folded[words[at].start() : end + 1].count("(") == 1 and folded.folded.startswith(")", end)
            yield _concept(folded, f"country:{code}", words[at].start(), end)
        at += length


def _longest(
    folded: Folded,
    words: list[re.Match[str]],
    at: int,
    names: _Names,
    readings: Iterable[tuple[str, list[str]]],
) -> Iterator[tuple[int, str]]:
    """For each reading of the words from `at` on, the longest name: its length in words and its code."""
    for first, tail in readings:
        for length in range(min(names.lengths.get(first, 0), len(words) - at), 0, -1):
            key = " ".join([first, *tail[at + 1 : at + length]])
            code = names.codes.get(key)
            if code is not None and _well_written(folded, key, words[at].start(), words[at + length - 1].end()):
                yield length, code
                break


def _well_written(folded: Folded, key: str, start: int, end: int) -> bool:
    """Whether a name has the capitals that it needs to be one: "UK", "Turkey", but also "zimbabwe"."""
    original = folded.original(start, end)
    if key in country_names.CAPITALS_ONLY:
        return original.isupper() and not folded.folded.startswith("$", end)
    return not original[0].islower() or (
        end - start >= country_names.MIN_SMALL and key not in country_names.CAPITALISED
    )


def _unspaced_countries(folded: Folded) -> Iterator[Concept]:
    text = folded.folded
    at = 0
    for letter in _UNSPACED_LETTER.finditer(text):
        start = letter.start()
        if start < at:
            continue
        names = _unspaced_names()
        for length in range(names.lengths.get(text[start : start + 2], 0), 1, -1):
            name = text[start : start + length]
            code = names.codes.get(name)
            if code is not None and _stands_alone(text, start, start + len(name)):
                if code:
                    yield _concept(folded, f"country:{code}", start, start + len(name))
                at = start + len(name)
                break


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name at [start, end) is not cut out of a longer word, as far as its script tells."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _KATAKANA.match(text[start]):
        return not _KATAKANA.match(before) and not _KATAKANA.match(after)
    if _HANGUL.match(text[start]):
        return not _HANGUL.match(before) and _HANGUL_REST.match(text, end) is not None
    if after == "语" or (after in ("家", "际") and _COUNTRY_WORD.fullmatch(text, start, end)):
        return False  # 葡萄牙语: the language; 发展中国家: developing countries, not China
    return not after or unicodedata.category(after) != "Mn"  # a Thai vowel belongs to the letter before it


@cache
def _spaced_names(script: str) -> _Names:
    codes: dict[str, str] = {}
    for code, name in _names(script):
        words = [word[0] for word in WORD.finditer(fold(name))]
        key = " ".join(words)
        if not words or _script(key[0]) != script or key in country_names.NOT_NAMES:
            continue
        if script == "LATIN" and len(key) < 4 and key not in country_names.CAPITALS_ONLY:
            continue  # Ý is Italy in Vietnamese
        codes[key] = code
        if script == "CYRILLIC" and key not in country_names.CAPITALS_ONLY and not _UNDECLINED.fullmatch(key):
            codes.setdefault(" ".join(russian_stem(word) for word in words), code)
            if key.endswith("й"):  # Китай, Китая: its endings look like an adjective's
                codes |= {key[:-1] + ending: code for ending in ("я", "ю", "ем", "е")}
    lengths: dict[str, int] = {}
    for key in codes:
        first = key.split(" ", 1)[0]
        lengths[first] = max(lengths.get(first, 0), key.count(" ") + 1)
    return _Names(codes, lengths)


@cache
def _unspaced_names() -> _Names:
    codes: dict[str, str] = {}
    lengths: dict[str, int] = {}
    for code, name in _names("UNSPACED"):
        key = fold(name)
        if len(key) > 1 and _UNSPACED_LETTER.match(key) and key not in country_names.NOT_NAMES:
            codes[key] = code
            lengths[key[:2]] = max(lengths.get(key[:2], 0), len(key))
    return _Names(codes, lengths)


def _names(script: str) -> Iterator[tuple[str, str]]:
    """Codes and names, those of CLDR first, so that the others overrule them."""
    for locale in country_names.LOCALES.get(script, ()):
        for code, name in Locale.parse(locale).territories.items():
            if code.isalpha() and code not in country_names.NO_COUNTRIES:
                yield code, name.replace("&", "and")
                yield code, re.sub(r"\bSt\.", "Saint", name.replace("&", "and"))
    for code, names in country_names.OTHER_NAMES.items():
        for name in names.split("|"):
            yield code, name.strip()


@cache
def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ", 1)[0]
