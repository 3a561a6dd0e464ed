"""What of a text can be looked up in another one, across languages: figures, dates, and what is named.

Figures and dates are compared by value: 1 亿 and "100 million" are one, as "April 2021" and 2021年4月.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from embeddings.amounts import PREFIX as AMOUNT
from embeddings.amounts import amounts
from embeddings.bodies import bodies
from embeddings.concepts import Concept, concepts
from embeddings.dates import PREFIX as DATE
from embeddings.dates import dates
from embeddings.demonyms import demonyms
from embeddings.numbering import chinese_numeral
from embeddings.words import WORD, fold, words
from qa.writing.number_words import VALUES

_SEPARATORS: Final = ".,'’٬٫\u00a0\u202f"
_FIGURES: Final = re.compile(f"[0-9]+(?:[{_SEPARATORS}][0-9]+){{0,6}}")
_HAN: Final = re.compile("[〇零一二两三四五六七八九十百]{1,12}")
_CAPITALISES: Final = frozenset({"en", "fr", "es", "ru"})
"""Languages in which a capital in the middle of a sentence tells a name."""
_NAME: Final = re.compile(r"[^\W\d_]\w{1,60}(?:-\w{1,60}){0,4}")
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
    read. `dates` in ISO 8601, periods by both ends. `values`: of all numbers, whatever they belong to."""

    units: frozenset[str]
    plain: tuple[frozenset[Decimal], ...]
    dates: frozenset[str]
    values: frozenset[Decimal]


def figures(text: str) -> Figures:
    """The figures of `text`. Numbers of articles and those in symbols are names, and among `values` only."""
    found_dates, found_amounts = dates(text), amounts(text)
    units = [each.token.removeprefix(AMOUNT) for each in found_amounts]
    plain = [frozenset({Decimal(each)}) for each in units if _is_plain(each)]
    taken = [(each.start, each.end) for each in (*found_dates, *found_amounts, *concepts(text))]
    numbers = list(_numbers(text))
    plain += [readings for place, readings in numbers if not any(start <= place < end for start, end in taken)]
    values = {value for _, readings in numbers for value in readings} | {value for each in plain for value in each}
    values |= {value for each in units if (value := _value(each)) is not None}
    days = frozenset(day for each in found_dates for day in each.token.removeprefix(DATE).split("/"))
    return Figures(frozenset(each for each in units if not _is_plain(each)), tuple(plain), days, frozenset(values))


def figures_missing(text: str, sources: Sequence[str]) -> bool:
    """Whether `text` has a figure or a date that stands in none of the `sources`.

    A unit has to be the same, or missing in the source; a date may be less precise than there.
    """
    own, theirs = figures(text), [figures(source) for source in sources]
    values = {value for each in theirs for value in each.values} | {han for source in sources for han in _han(source)}
    plain = {value for each in theirs for readings in each.plain for value in readings}
    units = {unit for each in theirs for unit in each.units}
    days = {day for each in theirs for day in each.dates}
    return (
        any(unit not in units and _value(unit) not in plain for unit in own.units)
        or any(values.isdisjoint(readings) for readings in own.plain)
        or any(not _dated(day, days, values) for day in own.dates)
    )


def names_missing(text: str, language: str, sources: Sequence[tuple[str, str]]) -> bool:
    """Whether `text` in a language (ISO 639-1) names what none of the `sources`, each with its language, names.

    Countries, bodies, articles and symbols count across languages; where all are in one language that writes names
    with capitals, every such word does.
    """
    named = {name for source, spoken in sources for name in _names(source, spoken)}
    if _names(text, language) - named - _EVERYWHERE:
        return True
    if language not in _CAPITALISES or any(spoken != language for _, spoken in sources):
        return False
    known = {word for source, _ in sources for word in words(source, language)}
    return any(not known.issuperset(words(name, language)) for name in _with_capitals(text))


def _names(text: str, language: str) -> set[str]:
    """The tokens of what a text names, but for the country in the name of its dollar."""
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
    latin = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    for found in _FIGURES.finditer(latin):
        yield found.start(), frozenset(_readings(found[0]))
    for word in WORD.finditer(text):
        value = VALUES.get(fold(word[0]))
        if value is not None and "-" not in text[word.start() - 1 : word.start()] + text[word.end() : word.end() + 1]:
            yield word.start(), frozenset({value})


def _readings(written: str) -> Iterator[Decimal]:
    """What figures can mean: their separators as those of thousands, the last one as a decimal point, or neither."""
    parts = re.split(f"[{_SEPARATORS}]", written)
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
    for found in _HAN.finditer(text):
        yield Decimal(chinese_numeral(found[0]))


def _dated(day: str, days: set[str], values: set[Decimal]) -> bool:
    """Whether a date is one of the days or less precise than one; of a year the number is enough."""
    return any(each == day or each.startswith(f"{day}-") for each in days) or (len(day) == 4 and Decimal(day) in values)
