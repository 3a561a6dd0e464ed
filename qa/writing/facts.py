"""What of a text can be looked up in another one, across languages: figures, dates, and what is named.

Figures and dates are compared by value: 1 亿 and "100 million" are one, as "April 2021" and 2021年4月.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from embeddings.amounts import PREFIX as AMOUNT
from embeddings.amounts import amounts, chinese_number, scale_behind
from embeddings.bodies import bodies
from embeddings.concepts import Concept, concepts
from embeddings.dates import PREFIX as DATE
from embeddings.dates import dates
from embeddings.demonyms import demonyms
from embeddings.folded import Folded
from embeddings.words import words
from qa.writing.number_words import number_words

_SEPARATORS: Final = ".,'’٬٫"
_FIGURES: Final = re.compile(
    f"[0-9]{{1,3}}(?: [0-9]{{3}}){{1,4}}(?![0-9])(?:[.,٫][0-9]+)?|[0-9]+(?:[{_SEPARATORS}][0-9]+){{0,6}}"
)
_NUMERAL: Final = "〇零一二两三四五六七八九十百千万亿"
_HAN: Final = re.compile(f"(?<![0-9])(?<![0-9] )(?!十分[^之]|百分|[一百千万亿](?![{_NUMERAL}]))[{_NUMERAL}]{{1,12}}")
"""Some are words by themselves: 一 is "a", 十分 "very"."""
_CHINESE: Final = re.compile("[\u3400-\u9fff]")
CAPITALISES: Final = frozenset({"en", "fr", "es", "ru"})
"""Languages in which a capital in the middle of a sentence tells a name."""
_NAME: Final = re.compile(r"(?<!\w)[^\W\d_]\w{0,60}(?:-\w{1,60}){0,4}")
_MIXED: Final = re.compile(r"\b(?=\w*[A-Za-z])\w*[\u0370-\u052f]\w*")
"""Letters that look like others: with one Greek or Cyrillic letter a country's name is none any more."""
_BEGINS: Final = frozenset('.!?:;…"“”„«»‹›(‘’')
"""Behind these a capital tells nothing."""
_DOLLAR: Final = re.compile("dollar|dólar|доллар|دولار|美元", re.IGNORECASE)
_OF_DOLLAR: Final = "country:US"
_BESIDE: Final = 12
"""Characters between a dollar and its country: "dólares de los Estados Unidos"."""
_EVERYWHERE: Final = frozenset({"body:UN"})
"""Named in passing by whoever writes about documents of the UN."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`units`: amounts with a unit ("37%", "5000000 USD"). `plain`: every other number, in each way that it can be
    read; `bare`: those of them that no word behind tells what they count. `dates` in ISO 8601, periods by both ends.
    `values`: of all numbers, whatever they belong to."""

    units: frozenset[str]
    plain: tuple[frozenset[Decimal], ...]
    bare: frozenset[Decimal]
    dates: frozenset[str]
    values: frozenset[Decimal]


def figures(text: str) -> Figures:
    """The figures of `text`. Numbers of articles and those in symbols are names, and among `values` only."""
    found_dates, found_amounts = dates(text), amounts(text)
    units = [each.token.removeprefix(AMOUNT) for each in found_amounts]
    counted = [frozenset({Decimal(each)}) for each in units if _is_plain(each)]
    taken = [(each.start, each.end) for each in (*found_dates, *found_amounts, *concepts(text))]
    numbers = list(_numbers(text))
    bare = [readings for place, readings in numbers if not any(start <= place < end for start, end in taken)]
    plain = (*counted, *bare)
    values = {value for _, readings in numbers for value in readings} | {value for each in plain for value in each}
    values |= {value for each in units if (value := _value(each)) is not None}
    days = frozenset(day for each in found_dates for day in each.token.removeprefix(DATE).split("/"))
    with_unit = frozenset(each for each in units if not _is_plain(each))
    return Figures(with_unit, plain, frozenset().union(*bare), days, frozenset(values))


def figures_missing(text: str, sources: Sequence[str]) -> bool:
    """Whether `text` has a figure or a date that stands in none of the `sources`.

    A unit has to be the same, or missing in the source; a date may be less precise than there. Chinese numbers that
    count nothing are looked up in Chinese sources only: they are parts of other words as well.
    """
    own, theirs = figures(text), [figures(source) for source in sources]
    values = {value for each in theirs for value in each.values} | {han for source in sources for han in _han(source)}
    bare = {value for each in theirs for value in each.bare}
    plain = {value for each in theirs for readings in each.plain for value in readings}
    units = {unit for each in theirs for unit in each.units}
    days = {day for each in theirs for day in each.dates}
    return (
        any(unit not in units and _value(unit) not in (bare if "%" in unit else plain) for unit in own.units)
        or any(values.isdisjoint(readings) for readings in own.plain)
        or any(not _dated(day, days, values) for day in own.dates)
        or (all(map(_CHINESE.search, sources)) and not values.issuperset(_han(text)))
    )


def names_missing(text: str, language: str, sources: Sequence[tuple[str, str]]) -> bool:
    """Whether `text` in a language (ISO 639-1) names what none of the `sources`, each with its language, names.

    Countries, bodies, articles and symbols count across languages; where all are in one language that writes names
    with capitals, every such word does.
    """
    there = {name for source, spoken in sources for name in named(source, spoken)}
    if named(text, language) - there - _EVERYWHERE:
        return True
    if any(not any(word in source for source, _ in sources) for word in _MIXED.findall(text)):
        return True
    if language not in CAPITALISES or any(spoken != language for _, spoken in sources):
        return False
    known = {word for source, _ in sources for word in words(source, language)}
    return any(not known.issuperset(words(name, language)) for name in _with_capitals(text))


def named(text: str, language: str) -> set[str]:
    """The countries, bodies, articles and symbols that a text names, but for the country in the name of its dollar."""
    found = (*concepts(text), *demonyms(text, language), *bodies(text))
    return {each.token for each in found if each.token != _OF_DOLLAR or not _is_currency(text, each)}


def _is_currency(text: str, named: Concept) -> bool:
    return _DOLLAR.search(text, max(0, named.start - _BESIDE), named.end + _BESIDE) is not None


def _with_capitals(text: str) -> Iterator[str]:
    """The words with a capital that no sentence, title or quotation begins with."""
    for found in _NAME.finditer(text):
        before = text[: found.start()].rstrip()
        if found[0][0].isupper() and before and before[-1] not in _BEGINS:
            yield found[0]


# --- Numbers ---------------------------------------------------------------------------------------------------------


def _numbers(text: str) -> Iterator[tuple[int, frozenset[Decimal]]]:
    """Numbers in figures and in words: where they begin, and what they may be."""
    folded = Folded(text)
    for found in _FIGURES.finditer(folded.folded):
        scale = scale_behind(folded.folded, found.end())
        yield folded.origins[found.start()], frozenset(reading * scale for reading in _readings(found[0]))
    for start, value in number_words(folded.folded):
        yield folded.origins[start], frozenset({value})


def _readings(written: str) -> Iterator[Decimal]:
    """What figures can mean: their separators as those of thousands, the last one as a decimal point, or neither."""
    parts = re.split(f"[ {_SEPARATORS}]", written)
    thousands = len(parts) > 1 and all(len(part) == 3 for part in parts[1:])
    decimal = len(parts) > 1 and all(len(part) == 3 for part in parts[1:-1])
    if thousands or len(parts) == 1:
        yield Decimal("".join(parts))
    if decimal:
        yield Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")
    if not thousands and not decimal:
        yield from map(Decimal, parts)  # a version, a section


def _is_plain(figure: str) -> bool:
    return figure.replace(".", "", 1).isdecimal()


def _value(figure: str) -> Decimal | None:
    """The number of an amount; None of a fraction."""
    number = figure.partition(" ")[0].removesuffix("%")
    return Decimal(number) if _is_plain(number) else None


def _han(text: str) -> Iterator[Decimal]:
    for found in _HAN.finditer(Folded(text).folded):
        value = chinese_number(found[0])
        if value is not None:
            yield value


def _dated(day: str, days: set[str], values: set[Decimal]) -> bool:
    """Whether a date is one of the days or less precise than one; of a year the number is enough."""
    return any(each == day or each.startswith(f"{day}-") for each in days) or (len(day) == 4 and Decimal(day) in values)
