"""Amounts where a text names them, in the six languages of the UN: money, percentages and what is counted.

`amount:100000000 USD` for 1 亿多美元, `amount:37%` for "37 per cent", `amount:455` for 455 项需求.
Numbers of years, articles, paragraphs and documents are no amounts. Numbers are read as figures and in Chinese; of
other number words only thousands and more are read, behind figures: "1.5 million".
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from embeddings.concepts import Concept
from embeddings.dates import dates
from embeddings.folded import Folded, without_particles
from embeddings.lexicon import word_set
from embeddings.metadata import months
from embeddings.provisions import provisions
from embeddings.words import symbols

PREFIX: Final = "amount:"
_MAX_HAN_NOUN: Final = 12
"""Characters of what is counted in Chinese, behind its measure word."""

_HAN: Final = "〇零一二两三四五六七八九十百千万亿"
_PLAIN: Final = (
    r"[0-9]{1,3}(?P<gap>[ .,'’٬])[0-9]{3}(?:(?P=gap)[0-9]{3}){0,4}(?![0-9])(?:[.,٫][0-9]{1,4}(?![0-9]))?"
    r"|[0-9]{1,15}(?:[.,٫][0-9]{1,6})?"
)
_NUMBER: Final = re.compile(
    rf"(?<![^\W\u3400-\u9fff])(?<![/.,$'’№§#:=+-])(?:(?P<figures>{_PLAIN})(?:\s?(?P<scale>[十百千万亿]{{1,3}}))?|(?P<han>[{_HAN}]{{1,12}}))"
    r"(?P<more>\s?[多余来])?"
)
_SIGN: Final = re.compile(
    r"(?P<sign>(?<![^\W_])(?:us|c|can|a|au|nz|hk|r)?\$|€|£|¥|(?<![^\W_])(?:usd|eur|gbp|chf|jpy|cny|rub)(?![^\W\d_]))\s?"
    rf"(?P<figures>(?:{_PLAIN}))(?![0-9])"
)
_CODES: Final[Mapping[str, str]] = {
    "$": "USD", "us$": "USD", "c$": "CAD", "can$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD",
    "r$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY", "usd": "USD", "eur": "EUR", "gbp": "GBP", "chf": "CHF",
    "jpy": "JPY",
    "cny": "CNY", "rub": "RUB",
}  # fmt: skip
"""In documents of the UN "$" is the dollar of the United States unless they say otherwise."""

_SCALE: Final = re.compile(
    r"\s{0,2}(?P<scale>thousand|millions?|mn|billions?|bn|trillions?|mille|milliers?|milliards?|mil(?:\smillones)?"
    r"|millon(?:es)?|billon(?:es)?|тыс(?:яч[аиуе]?|ячам|ячах)?|миллион(?:а|ов|ами|ам|е)?|млн|миллиард(?:а|ов"
    r"|ами|ам|е)?|млрд"
    r"|триллион(?:а|ов)?|трлн|الف(?:ا|ي)?|الاف"
    r"|مليون(?:ا|ي)?|ملايين|مليار(?:ا|ي|ات)?|بليون(?:ا|ي)?|بلايين|تريليون(?:ا|ات)?)"
    r"(?![^\W_])\.?"
)
_POWERS: Final = (
    ("mil millones", 9),
    ("millier", 3),
    ("milliard", 9),
    ("mille", 3),
    ("million", 6),
    ("millon", 6),
    ("mil", 3),
    ("mn", 6),
    ("thousand", 3),
    ("billon", 12),
    ("billion", 9),
    ("bn", 9),
    ("trillion", 12),
    ("тыс", 3),
    ("миллион", 6),
    ("млн", 6),
    ("миллиард", 9),
    ("млрд", 9),
    ("трил", 12),
    ("трлн", 12),
    ("الف", 3),
    ("الاف", 3),
    ("مليون", 6),
    ("ملايين", 6),
    ("مليار", 9),
    ("بليون", 9),
    ("بلايين", 9),
    ("تريليون", 12),
)
_FRENCH_BILLION: Final = re.compile(r"\s(?:de\s|d['’])")
"""Behind "billion": French, a million of millions."""
_PERCENT: Final = re.compile(
    r"\s{0,2}(?:%|٪|per\s?cent(?![^\W_])|pour\s?cent(?![^\W_])|por\sciento(?![^\W_])|процент[а-я]{0,3}(?![^\W_])"
    r"|(?:في|ب)\s?ال(?:مايه|مئه|مائه|ميه))"
)
_CURRENCY: Final = re.compile(
    r"\s{0,2}(?:(?:de|of|d['’])\s?)?(?P<name>dollars?|dolar(?:es)?|долл(?:ар[а-я]{0,3})?(?![^\W_])"
    r"|دولار(?:ا|ات)?|euros?(?![^\W_])"
    r"|евро(?![^\W_])|يورو|livres? sterling|pounds? sterling|libras? esterlinas?|pounds?(?![^\W_])"
    r"|фунт[а-я]{0,3} стерлингов"
    r"|جنيه[اة]? استرليني[اة]?"
    r"|francs? suisses?|swiss francs?|francos? suizos?"
    r"|швейцарских франк[а-я]{1,2}|فرنك[اة]? سويسري[اة]?"
    r"|yen(?:es|s)?(?![^\W_])|иен[а-я]{0,2}(?![^\W_])|рубл[а-я]{1,3}(?![^\W_])|usd|eur|gbp|chf|[$€£¥]"
    r"|美元|欧元|英镑|日元|瑞士法郎|人民币|元(?:人民币)?|卢布)(?P<of>\.?\s?(?:(?:de los|des"
    r"|of the)\s)?(?:united states|etats-unis|estados unidos"
    r"|ee\.?\s?uu\.?|сша|(?:من\s)?دولارات الولايات المتحده)(?![^\W_]))?"
)
_NAMED: Final = (
    ("dollar", "USD"),
    ("dolar", "USD"),
    ("долл", "USD"),
    ("دولار", "USD"),
    ("美元", "USD"),
    ("euro", "EUR"),
    ("евро", "EUR"),
    ("يورو", "EUR"),
    ("欧元", "EUR"),
    ("livre", "GBP"),
    ("pound", "GBP"),
    ("libra", "GBP"),
    ("фунт", "GBP"),
    ("جنيه", "GBP"),
    ("英镑", "GBP"),
    ("franc", "CHF"),
    ("swiss", "CHF"),
    ("швейц", "CHF"),
    ("فرنك", "CHF"),
    ("瑞士", "CHF"),
    ("yen", "JPY"),
    ("иен", "JPY"),
    ("日元", "JPY"),
    ("рубл", "RUB"),
    ("卢布", "RUB"),
    ("人民币", "CNY"),
    ("元", "CNY"),
)


def amounts(text: str) -> list[Concept]:
    """The amounts in `text`, in order of place; none overlaps another. One spans its number and unit or noun."""
    folded = Folded(text)
    if not _CLUE.search(folded.folded):
        return []
    taken = _taken(folded)
    found = []
    last = 0
    for each in sorted(_every(folded.folded), key=lambda one: (one.start, -one.end)):
        start, end = folded.span(each.start, each.end)
        if each.start < last or _overlap(taken, *folded.span(each.start, each.number_end)):
            continue
        found.append(Concept(PREFIX + each.value, start, end))
        last = each.end
    return found


_CLUE: Final = re.compile(f"[0-9{_HAN}]")


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount at [start, end) of a folded text, its number before `number_end`."""

    value: str
    start: int
    end: int
    number_end: int


def _taken(folded: Folded) -> Sequence[tuple[int, int]]:
    """Where dates, articles and symbols of documents stand in the text, in order."""
    spans = [(each.start, each.end) for each in dates(folded.text)]
    spans += [(start, end) for _symbol, start, end in symbols(folded.text)]
    spans += [folded.span(each.start, each.end) for each in provisions(folded)]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _overlap(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    before = bisect_right(taken, (end - 1, end + 1_000_000_000)) - 1
    return before >= 0 and taken[before][1] > start


def _every(text: str) -> Iterator[_Amount]:
    for found in _PER_HUNDRED.finditer(text):
        value = _number(found["figures"]) if found["figures"] else chinese_number(found["han"])
        if value is not None:
            yield _Amount(f"{_plain(value)}%", found.start(), found.end(), found.end())
    for found in _PARTS.finditer(text):
        below, above = chinese_number(found["below"]), chinese_number(found["above"])
        if below and above:
            yield _Amount(f"{_plain(above)}/{_plain(below)}", found.start(), found.end(), found.end())
    for found in _SIGN.finditer(text):
        value, end = _scaled(text, found["figures"], found.end())
        currency = _CURRENCY.match(text, end)
        end = currency.end() if currency and currency["name"] in ("usd", "eur", "gbp", "chf") else end
        yield _Amount(f"{_plain(value)} {_CODES[found['sign']]}", found.start(), end, found.end())
    for found in _NUMBER.finditer(text):
        yield from _behind(text, found)


_PER_HUNDRED: Final = re.compile(rf"百分之(?:(?P<figures>[0-9]{{1,3}}(?:\.[0-9]{{1,4}})?)|(?P<han>[{_HAN}]{{1,6}}))")
_PARTS: Final = re.compile("(?P<below>[二两三四五六七八九十]{1,3})分之(?P<above>[一二两三四五六七八九十]{1,3})")


def _behind(text: str, found: re.Match[str]) -> Iterator[_Amount]:
    """The amount whose number was found, told by what stands behind it."""
    if found["han"]:
        han = chinese_number(found["han"])
        if han is None or text[found.start() - 1 : found.start()] in ("第", "之", "年", "月", "几", "数"):
            return
        value, end = han, found.end("han")
    else:
        if text[found.start() - 1 : found.start()] == "第" or found.end("figures") - found.start() > 30:
            return
        value, end = _scaled(text, found["figures"], found.end("figures"), found["scale"])
        if found["scale"]:
            end = found.end("scale")
    number_end = end
    if found["more"]:
        end = found.end("more")
    elif text.startswith(("多", "余"), end):
        end += 1
    if percent := _PERCENT.match(text, end):
        yield _Amount(f"{_plain(value)}%", found.start(), percent.end(), number_end)
    elif (currency := _CURRENCY.match(text, end)) and (not found["han"] or currency["name"] != "元" or value > 1):
        stop = currency.end() + (text.startswith(".", currency.end()) and currency["name"] == "долл")
        yield _Amount(f"{_plain(value)} {_code(currency['name'])}", found.start(), stop, number_end)
    elif (stop := _counted(text, found.start(), end, value, han=bool(found["han"]))) > end:
        yield _Amount(_plain(value), found.start(), stop, number_end)


def _code(name: str) -> str:
    return _CODES.get(name) or next(code for begin, code in _NAMED if name.startswith(begin))


# --- Numbers ---------------------------------------------------------------------------------------------------------

_HAN_DIGITS: Final = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_HAN_GREAT: Final = {"万": 10_000, "亿": 100_000_000}
_THOUSANDS: Final = re.compile(r"[0-9]{1,3}([ .,'’٬])[0-9]{3}(?:\1[0-9]{3}){0,4}(?=[.,٫]|$)")


def _number(figures: str, *, scaled: bool = False) -> Decimal:
    """The value of figures; a point before just three of them is one of thousands but before words like "million"."""
    sign = _THOUSANDS.match(figures)
    if sign and not figures.startswith("0") and not (scaled and sign[1] == "." and sign.end() == len(figures)):
        whole, rest = figures[: sign.end()].replace(sign[1], ""), figures[sign.end() + 1 :]
        return Decimal(f"{whole}.{rest or 0}")
    return Decimal(figures.replace(",", ".").replace("٫", "."))


def _scaled(text: str, figures: str, end: int, scale: str | None = None) -> tuple[Decimal, int]:
    """The value of figures that end at a place, times the word behind them, and where that ends."""
    if scale:
        power = Decimal(1)
        for sign in scale:
            power *= _HAN_UNITS.get(sign) or _HAN_GREAT[sign]
        return _number(figures, scaled=True) * power, end
    word = _SCALE.match(text, end)
    if word is None:
        return _number(figures), end
    name = " ".join(word["scale"].split())
    power = Decimal(10) ** next(value for begin, value in _POWERS if name.startswith(begin))
    if name in ("billion", "billions") and _FRENCH_BILLION.match(text, word.end()):
        power *= 1000
    point = word[0].endswith(".") and name in ("тыс", "млн", "млрд", "трлн", "bn", "mn")
    spanish = name.startswith(("mil ", "millones", "mil"))
    return _number(figures, scaled=not spanish) * power, word.end() if point else word.end("scale")


_SIGNS: Final = re.compile(r"\s?([十百千万亿]{1,3})")


def scale_behind(text: str, end: int) -> Decimal:
    """What a number that ends at a place of a folded text is multiplied by: 1000000 by 百万 and by " million", 1 where
    by nothing."""
    signs = _SIGNS.match(text, end)
    return _scaled(text, "1", end, signs[1] if signs else None)[0]


def chinese_number(numeral: str) -> Decimal | None:
    """The value of a Chinese numeral, None where it is none: 十分 begins with 十, but 十百 is no number."""
    if not any(sign in _HAN_UNITS or sign in _HAN_GREAT for sign in numeral):
        return Decimal("".join(str(_HAN_DIGITS[sign]) for sign in numeral))
    total = part = digit = 0
    seen = False
    for sign in numeral:
        if sign in _HAN_DIGITS:
            digit, seen = _HAN_DIGITS[sign], True
        elif sign in _HAN_UNITS:
            if not seen and sign != "十":
                return None
            part += (digit if seen else 1) * _HAN_UNITS[sign]
            digit, seen = 0, False
        else:
            part += digit
            if not part and not total:
                return None
            total = (total + part) * _HAN_GREAT[sign] if sign == "亿" else total + part * _HAN_GREAT[sign]
            part, digit, seen = 0, 0, False
    return Decimal(total + part + digit)


def _plain(value: Decimal) -> str:
    """Without an exponent and without noughts behind the point."""
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


# --- What is counted -------------------------------------------------------------------------------------------------

_MEASURE: Final = re.compile(
    r"\s{0,2}(?:(?P<noun>国|人次|人|天|小时|分钟|周|岁|公里|公顷|吨)"
    r"|(?:个|项|名|位|次|起|件|份|种|类|届|所|场|家|条|宗|例|批|笔|套|轮|部|艘|处|期))"
)
_HAN_NOUN: Final = re.compile(rf"[\u3400-\u9fff]{{1,{_MAX_HAN_NOUN}}}")
_HAN_VERB: Final = re.compile(
    "[就是有已将被对向从由以按可应要都也还均没不并和与及或中内后前之时把给让使着等]"
    "|(?<!正)在|为(?!期)"
    "|共|[\u3400-\u9fff]{2}了|确定|设立|提供|参加|参与|通过|表示|报告|提出"
    "|接受|批准|加入|签署|完成|收到|采取|获得|进行|开展|利用|使用"
    "|强调|建立|认为|支持"
    "|需要|作出|宣布|承诺|尚未|同意|要求|以来|以上|以下|左右|之间|出席|代表了|涉及|包括|其中|表明|介绍"
)
_NOUN: Final = re.compile(r"\s{1,2}(?:de\s|d['’])?(?P<noun>[^\W\d_]{1,30}(?:-[^\W\d_]{1,20})?)")
_NEXT: Final = re.compile(r"\s(?P<noun>[^\W\d_]{1,30}(?:-[^\W\d_]{1,20})?)")
_LABEL: Final = re.compile(r"(?<![^\W_])(?P<word>[^\W\d_]{1,30})\.?\s{1,2}$")
_NOT_BEFORE: Final = word_set(
    "article articles art arts paragraph paragraphs para paras section sections rule rules chapter part parts "
    "resolution resolutions decision decisions no nos n nr number phase group table figure annex goal goals "
    "target targets item items page pages pp p step case volume vol protocol round cycle day level type covid "
    "recommendation recommendations principle question option model version session meeting paragraphe "
    "paragraphes alinea partie tableau annexe objectif objectifs cible point points numero articulo articulos "
    "parrafo parrafos seccion parte cuadro anexo objetivo meta tema fase grupo regla статья статьи статье "
    "статью статьей пункт пункты пункте пункта часть части глава раздел таблица приложение цель цели этап "
    "правило резолюция резолюции решение номер الماده ماده المواد الفقره فقره الفقرات القرار قرار المقرر البند "
    "الجدول المرفق الهدف المرحله الفصل رقم"
)
"""Behind these a number is a name."""
_BEFORE_YEARS: Final = word_set("in since by until en desde depuis dans в с до к في عام منذ سنه")
_YEAR: Final = re.compile("(?:1[89]|20)[0-9]{2}")
_NOT_NOUNS: Final = word_set(
    "out now then ago "
    "and or to of in on at by for from with is are was were has have had the a an as that which who may shall "
    "should must will would also can could not it its this these those but than if when while where per be "
    "been am pm bis ter quater et ou au aux en par pour dans sur sous avec est sont ont les le la du des que "
    "qui ne y o e u al el los las un una del con por para se su que no es son ha han fue ci и или в во на о об "
    "по с со к до из от для не что как за при من في علي الي عن مع او و ان التي الذي january february march "
    "april may june july august september october november december"
)
_PEOPLE: Final = word_set("people women men children police staff")
_ADJECTIVE: Final = re.compile("[а-я]{2,30}(?:ых|их|ихся)")


def _counted(text: str, start: int, end: int, value: Decimal, *, han: bool) -> int:
    """Where what a number counts ends; `end` where nothing is counted."""
    if measure := _MEASURE.match(text, end):
        few = (han and value < 2) or text.startswith(("月份", "号"), measure.end())
        return end if few else _han_counted(text, measure)
    if han:
        return end
    label = _LABEL.search(text, max(0, start - 34), start)
    if label and any(form in _NOT_BEFORE for form in (label["word"], *without_particles(label["word"]))):
        return end
    if label and label["word"] in _BEFORE_YEARS and _YEAR.fullmatch(text, start, end):
        return end
    return _words_counted(text, end)


def _han_counted(text: str, measure: re.Match[str]) -> int:
    """The end of the noun behind a measure word, before what may be a verb."""
    noun = None if measure["noun"] else _HAN_NOUN.match(text, measure.end() + text.startswith(" ", measure.end()))
    if noun is None:
        return measure.end()
    verb = _HAN_VERB.search(noun[0])
    if verb is None:
        return noun.end()
    return noun.start() + verb.start() if verb.start() else measure.end()


def _words_counted(text: str, end: int) -> int:
    """The end of the noun behind a number: with adjectives where they come first ("developing countries")."""
    noun = _NOUN.match(text, end)
    if (
        noun is None
        or noun["noun"] in _NOT_NOUNS
        or noun["noun"] in months()
        or len(noun["noun"]) < 2
        or _HAN_NOUN.match(noun["noun"])
    ):
        return end
    stop = noun.end()
    last = noun
    for _ in range(2):
        if _plural(last["noun"]):
            break
        last_next = _NEXT.match(text, last.end())
        if last_next is None or last_next["noun"] in _NOT_NOUNS:
            break
        if _plural(last_next["noun"]) or _ADJECTIVE.fullmatch(last["noun"]):
            stop = last_next.end()
        last = last_next
    return stop


def _plural(noun: str) -> bool:
    return noun in _PEOPLE or (noun.isascii() and noun.endswith(("s", "x")))
