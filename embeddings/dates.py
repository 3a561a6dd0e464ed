"""Dates where a text names them, in the six languages of the UN: `date:2021-04` for "April 2021", 2021年4月.

A year is looked for first, then what stands beside it. A bare number of four digits is a year only where the words
around it say so: "2020 entries", "article 2020" and "resolution 1373 (2001)" hold none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from embeddings.concepts import Concept
from embeddings.folded import Folded, russian_stem, without_particles
from embeddings.lexicon import word_set
from embeddings.metadata import months
from embeddings.words import symbols

PREFIX: Final = "date:"
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2100

_CLUE: Final = re.compile("[0-9]{4}|[〇零一二三四五六七八九]{4}")
"""One of these stands in every date; most texts need not be looked at closer."""


def dates(text: str) -> list[Concept]:
    """The dates in `text` that have a year, in order of place; none overlaps another.

    A token has as much of the date as the text has, in ISO 8601; of a period both ends (`date:2013/2020`).
    """
    folded = Folded(text)
    if not _CLUE.search(folded.folded):
        return []
    found = _joined(folded.folded, sorted(_single(folded), key=lambda each: each.start))
    return [Concept(PREFIX + each.value, *folded.span(each.start, each.end)) for each in found]


@dataclass(frozen=True, slots=True)
class _Day:
    """A year, a month of it or a day of that, as far as the numbers are not 0."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def iso(self) -> str:
        """In ISO 8601."""
        return f"{self.year:04}" + (f"-{self.month:02}" if self.month else "") + (f"-{self.day:02}" if self.day else "")


@dataclass(frozen=True, slots=True)
class _Date:
    """A date at [start, end) of a folded text; `last`: the end of a period. `sure`: it is one without further words."""

    first: _Day
    last: _Day | None
    start: int
    end: int
    sure: bool = True

    @property
    def value(self) -> str:
        """What its token has behind the prefix."""
        return self.first.iso + (f"/{self.last.iso}" if self.last else "")


def _day(year: int, month: int = 0, day: int = 0) -> _Day | None:
    """A day that the calendar has, without what it does not have; None without a likely year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return _Day(year, month) if 1 <= month <= 12 else _Day(year)
    return _Day(year, month, day if month else 0)


def _ordered(first: _Day, last: _Day | None) -> bool:
    return last is None or first.iso < last.iso


# --- Chinese and figures alone ---------------------------------------------------------------------------------------

_HAN_DIGITS: Final = "〇零一二三四五六七八九"
_HAN_PART: Final = f"[0-9]{{1,2}}|[{_HAN_DIGITS}十]{{1,3}}"
_HAN: Final = re.compile(
    rf"(?<![0-9{_HAN_DIGITS}])(?P<year>[0-9]{{4}}|[{_HAN_DIGITS}]{{4}})\s{{0,3}}年(?P<decade>代)?"
    rf"(?:\s{{0,3}}(?P<month>{_HAN_PART})\s{{0,3}}月份?(?:\s{{0,3}}(?P<day>{_HAN_PART})\s{{0,3}}[日号])?)?"
)
_HAN_TO: Final = re.compile(
    rf"\s{{0,3}}(?:至|到|[-–—―~～]{{1,2}})\s{{0,3}}(?:(?P<month>{_HAN_PART})\s{{0,3}}月份?)?(?:\s{{0,3}}(?P<day>{_HAN_PART})\s{{0,3}}[日号])?"
)
_HAN_YEARS: Final = re.compile(
    r"(?<![0-9/.])(?P<year>[0-9]{4})\s{0,3}(?:至|到|[-–—―~～]{1,2})\s{0,3}(?P<last>[0-9]{4})\s{0,3}年"
)
_ISO: Final = re.compile(
    r"(?<![\w/.,-])(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?(?![0-9/-]|[.,][0-9])"
)
_FIGURES: Final = re.compile(
    r"(?<![\w/.,-])(?P<first>[0-9]{1,2})(?P<sign>[./])(?P<second>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})(?![\w/-]|[.,][0-9])"
)


def _han_number(figures: str | None) -> int:
    """The value of a year, month or day in figures or Chinese numerals; 0 for none."""
    if not figures:
        return 0
    if figures.isdecimal():
        return int(figures)
    values = [0 if sign in "〇零" else _HAN_DIGITS.index(sign) - 1 if sign != "十" else 10 for sign in figures]
    if 10 not in values:
        return int("".join(map(str, values)))
    at = values.index(10)
    before, behind = values[:at], values[at + 1 :]
    return (before[0] if before else 1) * 10 + (behind[0] if behind else 0)


def _in_figures(text: str) -> Iterator[_Date]:
    yield from _han(text)
    yield from _iso(text)
    yield from _with_points(text)


def _han(text: str) -> Iterator[_Date]:
    for found in _HAN_YEARS.finditer(text):
        first, last = _day(int(found["year"])), _day(int(found["last"]))
        if first and last and _ordered(first, last):
            yield _Date(first, last, *found.span())
    for found in _HAN.finditer(text):
        first = _day(*(_han_number(found[part]) for part in ("year", "month", "day")))
        if first is None or text[found.start() - 1 : found.start()] == "第":
            continue
        last, end = None, found.end()
        if found["decade"]:
            last = _Day(first.year + 9)
        elif (
            first.month
            and (to := _HAN_TO.match(text, end))
            and (to["month"] or to["day"])
            and not _is_year(text, to.end())
        ):
            last = _day(first.year, _han_number(to["month"]) or first.month, _han_number(to["day"]))
            end = to.end()
        if _ordered(first, last):
            yield _Date(first, last, found.start(), end)
        else:
            yield _Date(first, None, *found.span())


def _iso(text: str) -> Iterator[_Date]:
    for found in _ISO.finditer(text):
        year, month = int(found["year"]), int(found["month"])
        if found["day"]:
            first = _day(year, month, int(found["day"]))
        elif month == year % 100 + 1 and month > 12:  # 2020-21
            first = _day(year)
            if first and (last := _day(year + 1)):
                yield _Date(first, last, *found.span())
            continue
        else:  # in 2009-10 either may be meant
            first = _day(year, month if month <= 12 and month != year % 100 + 1 else 0)
        if first and (found["day"] or month <= 12):
            yield _Date(first, None, *found.span())


def _with_points(text: str) -> Iterator[_Date]:
    for found in _FIGURES.finditer(text):
        year, day, month = (int(found[part]) for part in ("year", "first", "second"))
        if found["sign"] == "/" and day != month and day <= 12:
            day = month = day if month > 12 else 0  # 4/13/2021 is American; in 4/12/2021 either may come first
            month, day = (int(found["first"]), int(found["second"])) if month else (0, 0)
        if 0 <= month <= 12 and day <= 31 and (first := _day(year, month, day)):
            yield _Date(first, None, *found.span())


def _is_year(text: str, at: int) -> bool:
    return text[at : at + 3].strip().startswith("年")


# --- Words -----------------------------------------------------------------------------------------------------------

_NOT_MONTHS: Final = frozenset({"set", "out", "ago"})
"""Short for months in Portuguese and Spanish, but words in English and elsewhere."""
_MORE_MONTHS: Final[Mapping[str, int]] = {"маю": 5, "мае": 5, "маем": 5, "sept": 9, "setiembre": 9, "septiembre": 9}
_OF: Final = frozenset({"de", "del", "of", "the", "d", "من", "شهر", "месяца"})
_DAY: Final = re.compile("(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|re|o|a)?")
_BLANK: Final = re.compile(r"[\s.,،]{0,4}")
_CLOSE: Final = re.compile(r"\s{0,3}[-‐–—]\s{0,3}|\s{1,3}")
_DASH: Final = re.compile(r"\s{0,3}[-‐–—−]\s{0,3}")
_TO: Final = frozenset({"to", "until", "till", "through", "a", "au", "al", "jusqu", "hasta", "по", "до", "الي", "حتي"})
_AND: Final = frozenset({"and", "et", "y", "e", "и"})
_BETWEEN: Final = frozenset({"between", "entre", "между", "بين"})
_DECADE: Final = re.compile("[0-9]{3}0s")
_YEAR: Final = re.compile("[0-9]{4}")
_YEAR_WORDS: Final = word_set("год года году годом годы годов годам годах годами г гг")
_CYRILLIC: Final = re.compile("[а-я]")
_ARABIC: Final = re.compile("[\u0620-\u064a]")

_SURE: Final = word_set(
    "year years since annee annees an depuis des ano anos desde год года году годы годов عام عامي اعوام سنه "
    "سنتي سنوات منذ العام السنه early late mid"
)
"""Before a number these say that it is a year."""
_LIKELY: Final = word_set(
    "in by until till before after during from to throughout around circa for end beginning start and or of en "
    "avant apres fin debut courant pour vers de et ou hasta durante para antes despues y o del в с до к по на "
    "за после и في بحلول بين حتي قبل بعد من الي و"
)
"""Before a number these say so where nothing behind it can be what is counted."""
_NEVER: Final = word_set(
    "article articles art arts articulo articulos resolution resolutions resolucion resoluciones no nos nr num "
    "paragraph paragraphs para paras paragraphe paragraphes parrafo parrafos page pages pagina paginas p pp "
    "section sections rule rules case law decision decisions chapter about some nearly almost over than "
    "approximately environ unos unas cerca us usd eur gbp chf n статья статьи статье статьей статью резолюция "
    "резолюции резолюцией пункт пункта пункте около более менее свыше стр правило الماده ماده القرار قرار "
    "الفقره فقره رقم الصفحه نحو حوالي"
)
_NOT_NAMED: Final = re.compile(r"[0-9ivxl]\s?\($")
"""Before a year in brackets: "resolution 1373 (2001)"."""
_SIGN_BEFORE: Final = re.compile(r"[\w/.,'’$€£¥№#§:+=@&_-]$|[$€£¥№#§]\s$|第\s?$")
_SIGN_BEHIND: Final = re.compile(r"[\w/%‰@#_$€£¥°-]|[.,:][0-9]|\s{0,2}[%‰$€£¥٪]|\s{0,2}[\u3400-\u9fff]")
_NO_NOUN: Final = word_set(
    "this was has is as does its les des dans los las ses nous mais sous plus moins apres sus tras unless "
    "whereas towards regards lors tous nos alors puis depuis sans"
)
"""End like plurals, but count nothing."""
_COUNTED: Final = word_set(
    "million millions billion billions thousand per percent people persons women men children police mil "
    "millones milliard milliards mille euro euros dollar dollars km kg ha of tonnes pour por pays"
)
_SMALL: Final = word_set(
    "and or to by at on in the a an was is were are had has have saw will would when which that under with for "
    "from as onwards onward but while through until there it he she they a au et ou en le la les un une qui "
    "que par pour dans sur sous avec est ont fut y o el la los las un una que por para con sobre fue se si"
)
"""Behind a year these may go on with the sentence."""


@dataclass(frozen=True, slots=True)
class _Word:
    word: str
    start: int
    end: int


def _single(folded: Folded) -> list[_Date]:
    """The dates as they stand, years joined by words not yet made periods; none overlaps another."""
    text = folded.folded
    named = [(start, end) for _symbol, start, end in symbols(folded.text)]
    found = [each for each in _in_figures(text) if not _overlaps(folded, each, named)]
    taken = _Taken(found)
    kept = taken.kept
    words = [_Word(word[0], word.start(), word.end()) for word in folded.words]
    for place in range(len(words)):
        for each in _at_year(folded, words, place):
            if not taken.overlaps(each.start, each.end) and not _overlaps(folded, each, named):
                taken.add(each)
                kept.append(each)
                break
    return kept


class _Taken:
    """Dates that do not overlap, the longer ones first; the rest come in order of place."""

    def __init__(self, found: Sequence[_Date]) -> None:
        self.kept: list[_Date] = []
        end = -1
        for each in sorted(found, key=lambda one: (one.start, -one.end)):
            if each.start >= end:
                self.kept.append(each)
                end = each.end
        self._starts = [each.start for each in self.kept]
        self._ends = [each.end for each in self.kept]
        self._last = -1

    def overlaps(self, start: int, end: int) -> bool:
        """Whether something stands at [start, end) already."""
        before = bisect_right(self._starts, end - 1) - 1
        return start < self._last or (before >= 0 and self._ends[before] > start)

    def add(self, each: _Date) -> None:
        """What comes now stands behind this."""
        self._last = each.end


def _overlaps(folded: Folded, each: _Date, spans: Sequence[tuple[int, int]]) -> bool:
    if not spans:
        return False
    start, end = folded.span(each.start, each.end)
    before = bisect_right(spans, (end - 1, end)) - 1
    return before >= 0 and spans[before][1] > start


def _at_year(folded: Folded, words: Sequence[_Word], place: int) -> Iterator[_Date]:
    """What the word at a place may be as a year: with its month, else alone."""
    text, word = folded.folded, words[place]
    if _DECADE.fullmatch(word.word) and not _SIGN_BEFORE.search(text, max(0, word.start - 2), word.start):
        year = int(word.word[:4])
        if FIRST_YEAR <= year <= LAST_YEAR:
            yield _Date(_Day(year), _Day(year + 9), word.start, word.end)
        return
    if not _YEAR.fullmatch(word.word) or not FIRST_YEAR <= int(word.word) <= LAST_YEAR:
        return
    if (dated := _with_month(text, words, place)) is not None:
        yield dated
    elif (alone := _alone(folded, words, place)) is not None:
        yield alone


def _end(text: str, words: Sequence[_Word], place: int) -> int:
    """Where a date ends whose year stands at a place: behind года or гг."""
    end = words[place].end
    if place + 1 < len(words) and words[place + 1].word in _YEAR_WORDS and text[end : words[place + 1].start].isspace():
        behind = words[place + 1]
        return behind.end + (behind.word in ("г", "гг") and text.startswith(".", behind.end))
    return end


def _month(text: str, words: Sequence[_Word], place: int) -> tuple[int, int]:
    """The month whose name ends at a place, and the place where the name begins; month 0 where there is none."""
    if place < 0 or not words[place].word[0].isalpha():
        return 0, place
    month, first = _named_month(words, place)
    if month and first and text[words[first - 1].end : words[first].start].strip() == "/":
        before, begun = _named_month(words, first - 1)
        if before == month:
            return month, begun
    return month, first


def _named_month(words: Sequence[_Word], place: int) -> tuple[int, int]:
    names = _months()
    if place and (both := _looked_up(f"{words[place - 1].word} {words[place].word}", names)):
        return both, place - 1
    return _looked_up(words[place].word, names), place


def _looked_up(name: str, names: Mapping[str, int]) -> int:
    forms = [name, russian_stem(name), *without_particles(name)]
    return next((names[form] for form in forms if form in names), 0)


@cache
def _months() -> Mapping[str, int]:
    every = {name: month for name, month in months().items() if name not in _NOT_MONTHS and not name.isdecimal()}
    stems = {russian_stem(name): month for name, month in every.items() if _CYRILLIC.match(name) and len(name) > 4}
    return {**stems, **every, **_MORE_MONTHS}


def _back(words: Sequence[_Word], place: int) -> int:
    """The place before one, words like "of" left out."""
    place -= 1
    while place >= 0 and words[place].word in _OF:
        place -= 1
    return place


def _near(text: str, words: Sequence[_Word], first: int, last: int) -> bool:
    """Whether only blanks, points and commas stand between the words from one place to another."""
    return all(
        _BLANK.fullmatch(text, words[each].end, words[each + 1].start) is not None for each in range(first, last)
    )


def _day_at(words: Sequence[_Word], place: int) -> int:
    found = _DAY.fullmatch(words[place].word) if place >= 0 else None
    return int(found["day"]) if found and 1 <= int(found["day"]) <= 31 else 0


def _with_month(text: str, words: Sequence[_Word], place: int) -> _Date | None:
    """The day or month whose year stands at a place, with the day or month before it where it is a period."""
    year, end = int(words[place].word), _end(text, words, place)
    before = _back(words, place)
    if before < 0 or place - before > 3 or not _near(text, words, before, place):
        return None
    month, first = _month(text, words, before)
    day = 0
    if month:
        at = _back(words, first)
        if first - at <= 3 and (day := _day_at(words, at)) and _near(text, words, at, first):
            first = at
        else:
            day = 0
    elif (day := _day_at(words, before)) and (found := _month(text, words, before - 1))[0]:
        month, first = found
        if text[words[before - 1].end : words[before].start].strip(" .") or before + 1 != place:
            return None
        last = _day(year, month, day)
        return _Date(last, None, words[first].start, end) if last else None
    else:
        return None
    last = _day(year, month, day)
    if last is None:
        return None
    begun = _begun(text, words, first, last)
    return _Date(begun[0], last, begun[1], end) if begun else _Date(last, None, words[first].start, end)


def _begun(text: str, words: Sequence[_Word], place: int, last: _Day) -> tuple[_Day, int] | None:
    """The first day or month of a period whose last one begins at a place ("5 to", "31 August-"), and its start."""
    at = _before_link(text, words, place)
    if at < 0:
        return None
    month, day, begin = last.month, _day_at(words, at) if last.day else 0, at
    if not day:
        month, begin = _month(text, words, at)
        if last.day:
            back = _back(words, begin)
            day = _day_at(words, back)
            if not day or not _near(text, words, back, begin):
                return None
            begin = back
    first = _day(last.year, month, day) if month else None
    return (first, words[begin].start) if first and _ordered(first, last) else None


def _before_link(text: str, words: Sequence[_Word], place: int) -> int:
    """The place of what "to" or a dash joins to the word at a place, -1 where nothing does."""
    at = place - 1
    if at < 0:
        return -1
    between = words[at].word in _AND and any(word.word in _BETWEEN for word in words[max(0, at - 4) : at])
    if words[at].word in _TO or between:
        return at - 1 if at and _near(text, words, at - 1, place) else -1
    return at if _DASH.fullmatch(text, words[at].end, words[place].start) else -1


def _alone(folded: Folded, words: Sequence[_Word], place: int) -> _Date | None:
    """The year at a place, where its neighbours say that it is one or may be one end of a period."""
    text, word = folded.folded, words[place]
    year, end = int(word.word), _end(text, words, place)
    near = place > 0 and _CLOSE.fullmatch(text, words[place - 1].end, word.start) is not None
    before = words[place - 1].word if near else ""
    if not _may_be_year(text, word, before):
        return None
    if text.startswith("/", word.end):
        return _split_year(text, word)
    behind = words[place + 1] if place + 1 < len(words) and text[word.end : words[place + 1].start].isspace() else None
    if year % 10 == 0 and text.startswith("-х", word.end):
        return _Date(_Day(year), _Day(year + 9), word.start, word.end + 2)
    if year % 10 == 0 and before == "annees" and behind is None and not _DASH.match(text, word.end):
        return _Date(_Day(year), _Day(year + 9), word.start, end)
    sure = end > word.end or _one_of(before, _SURE) or _likely(folded, word, before, behind)
    return _Date(_Day(year), None, word.start, end, sure)


def _may_be_year(text: str, word: _Word, before: str) -> bool:
    """Whether neither the word before nor the signs around a number make something else of it."""
    if _one_of(before, _NEVER) or _NOT_NAMED.search(text, max(0, word.start - 3), word.start):
        return False
    dash = _DASH.match(text, word.end)
    period = dash is not None and _YEAR.match(text, dash.end()) is not None
    if not period and not text.startswith(("/", "-х"), word.end) and _SIGN_BEHIND.match(text, word.end):
        return False
    dashed = _YEAR.fullmatch(before) is not None and not text[word.start - 1].isspace()
    return dashed or not _SIGN_BEFORE.search(text, max(0, word.start - 2), word.start)


def _split_year(text: str, word: _Word) -> _Date | None:
    """A season or session from one year to the next: 2020/21, 2020/2021."""
    found = _NEXT_YEAR.match(text, word.end)
    year = int(word.word)
    if found is None or int(found["next"]) % 100 != (year + 1) % 100 or year == LAST_YEAR:
        return None
    return _Date(_Day(year), _Day(year + 1), word.start, found.end())


_NEXT_YEAR: Final = re.compile(r"/(?P<next>(?:[0-9]{2})?[0-9]{2})(?![\w/-]|[.,][0-9])")


def _one_of(before: str, words: frozenset[str]) -> bool:
    return bool(before) and any(form in words for form in (before, *without_particles(before)))


def _likely(folded: Folded, word: _Word, before: str, behind: _Word | None) -> bool:
    """Whether nothing behind a number can be what it counts, and something says that it is a year."""
    text = folded.folded
    bracket = text[word.start - 1 : word.start] == "("
    likely = bracket or _one_of(before, _LIKELY)
    if behind is None:
        return likely
    if not behind.word[0].isalpha() or _CYRILLIC.match(behind.word) or _ARABIC.match(behind.word):
        return bracket or (likely and behind.word in ("и", "و"))
    if behind.word in _SMALL:
        return likely or (not before and behind.word in ("was", "saw", "is", "a", "fue", "marks", "will"))
    if behind.word in _COUNTED or (behind.word.endswith(("s", "x")) and behind.word not in _NO_NOUN):
        return folded.original(behind.start, behind.end)[0].isupper() and likely and before in ("of", "del")
    upper = folded.original(behind.start, behind.end)[0].isupper()
    return likely or upper or before in ("the", "its", "their", "a", "le", "la", "el")


# --- Periods ---------------------------------------------------------------------------------------------------------

_BETWEEN_BEFORE: Final = re.compile(r"(?<![^\W_])(?:between|entre|между|و?بين(?:\sعامي)?)\s{1,3}$")
_LINK: Final = re.compile(
    r"(?:\s{0,3}(?:[-‐–—―−~]{1,2}|至|到)\s{0,3}"
    r"|,?\s{1,3}(?:to|until|till|through|up to|a|au|al|jusqu['’](?:en|a|au)|hasta|по|до|الي|حتي)\s{1,3}"
    r"(?:the\s|el\s|l['’])?)"
    r"(?:عام\s|سنه\s|fin\s)?"
)
_LINK_AND: Final = re.compile(r"\s{1,3}(?:(?:and|et|y|и|و)\s{1,3}|و)")


def _joined(text: str, found: Sequence[_Date]) -> Iterator[_Date]:
    """The dates, those that a dash or a word like "to" joins made into one; unsure ones that stand alone fall away."""
    at = 0
    while at < len(found):
        each = found[at]
        following = found[at + 1] if at + 1 < len(found) else None
        if following is not None and (period := _period(text, each, following)):
            yield period
            at += 2
            continue
        if each.sure:
            yield each
        at += 1


def _period(text: str, one: _Date, other: _Date) -> _Date | None:
    if one.last or other.last or not _ordered(one.first, other.first):
        return None
    link = _LINK.fullmatch(text, one.end, other.start)
    if link is None and _BETWEEN_BEFORE.search(text, max(0, one.start - 20), one.start):
        link = _LINK_AND.fullmatch(text, one.end, other.start)
    return replace(one, last=other.first, end=other.end, sure=True) if link else None
