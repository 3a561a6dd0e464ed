"""The numbers that UN-style documents are cited by: of paragraphs, of items within them, of articles, of sections."""

import re
from dataclasses import replace
from typing import Final

from embeddings.types import Number

_BIS: Final = {"bis": "bis", "ter": "ter", "quater": "quater", "бис": "bis", "тер": "ter"} | {
    "مكررا": "bis", "مكرر": "bis", "مكرراً": "bis", "之二": "bis", "之三": "ter", "之四": "quater"
}  # fmt: skip
"""Numbers put in between later, in the six languages: one key each."""
_BIS_WORDS: Final = "|".join(sorted(_BIS, key=len, reverse=True))

_PARAGRAPH: Final = re.compile(
    rf"(?P<printed>(?P<value>\d{{1,4}})(?:[ \t-]?(?P<bis>{_BIS_WORDS}))?)"
    r"(?:[.．]\s{1,20}(?=\S)"  # the blank after the point keeps decimals (3.5) and dates (1.2.2021) out
    "|[、．](?=[\u3400-\u9fff])|[.](?=[\u3400-\u9fff\u0621-\u064a])"  # 7、and 7.在
    '|\\s?[-–—]\\s{1,20}(?=[\u0621-\u064a"«(]))'  # ٧ - in Arabic
)
_OUTLINE: Final = re.compile(r"(?P<printed>\d{1,3}(?:\.\d{1,3}){1,3})\.?\s{1,20}(?=[^\W\d_a-zа-я])")
"""`2.1 By 2030`, not `3.5 per cent`."""
_ITEM: Final = re.compile(
    "(?P<printed>[(（](?P<inside>[a-z]{1,2}|[ivx]{1,6}|\\d{1,2}|[а-я]|[\u0621-\u064a]|[一二三四五六七八九十]{1,3})[)）])\\s{0,20}(?=\\S)"
)
_BULLET: Final = re.compile(r"[•‣▪●○◦–—*-]\s{1,20}(?=\S)")

_WORD_ARTICLE: Final = re.compile(
    r"(?P<printed>(?:Article|ARTICLE|Art\.|Art[íi]culo|ART[ÍI]CULO|Artigo|Artikel|Articolo|Статья|СТАТЬЯ|Ст\.|المادة|مادة)"
    rf"\s{{1,3}}(?:(?P<value>\d{{1,4}})(?:[ -]?(?P<bis>{_BIS_WORDS}))?"
    "|(?P<first>premier|1er|1\\.?º|primero)|(?P<ordinal>ال[\u0621-\u064a ]{3,24})))"
    r"(?:\s{0,20}$|\s?[.:：]?\s?[-–—:.]\s{0,20}(?=\S))"
)
_FRAMED_ARTICLE: Final = re.compile(
    r"(?P<printed>第\s?(?:(?P<value>\d{1,4})|(?P<numeral>[〇零一二两三四五六七八九十百]{1,7}))\s?[条條](?P<bis>之[二三四])?)"
    r"(?:\s{0,20}$|[\s：:]{1,20}(?=\S))"
)
_SECTION: Final = re.compile(
    "(?:[一二三四五六七八九十百]{1,4}[.．、]"  # 六.
    "|第[一二三四五六七八九十百0-9]{1,4}[章节部编]"  # 第五章
    r"|[IVXLC]{1,6}\.\s"  # IV.
    "|(?:Chapter|CHAPTER|Chapitre|CHAPITRE|Cap[íi]tulo|CAP[ÍI]TULO|Глава|ГЛАВА|الفصل|Part|PART|Section|SECTION)\\s[0-9IVXLC\u0621-\u064a]"
    r"|[A-Z]\.\s)"  # A.
)

_NUMERALS: Final = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS: Final = {"十": 10, "百": 100}
_ARABIC_ORDINALS: Final = {
    "الأولى": 1, "الثانية": 2, "الثالثة": 3, "الرابعة": 4, "الخامسة": 5, "السادسة": 6, "السابعة": 7, "الثامنة": 8,
    "التاسعة": 9, "العاشرة": 10, "الحادية": 1,
}  # fmt: skip
_ARABIC_TENS: Final = {
    "عشرة": 10,
    "العشرون": 20,
    "والعشرون": 20,
    "الثلاثون": 30,
    "والثلاثون": 30,
    "الأربعون": 40,
    "والأربعون": 40,
}
"""المادة الحادية عشرة is article 11, المادة الثانية والعشرون article 22."""


def leading_number(line: str) -> Number | None:
    """The number that `line` starts with, if any: of a paragraph, of an item, or of an article."""
    for pattern, make in _FORMS:
        if (found := pattern.match(line)) and (number := make(found)):
            return number
    return None


def has_section_ordinal(line: str) -> bool:
    """Whether `line` starts as a section's heading does: `六. `, `IV. `, `第五章`, `Chapter V`."""
    return _SECTION.match(line) is not None


def is_bullet(line: str) -> bool:
    """Whether `line` starts with a bullet or a dash, as an item of a list does."""
    return _BULLET.match(line) is not None


def chinese_numeral(numeral: str) -> int:
    """The value of a Chinese numeral below 1000: 五十四, 一百零五, 一〇五."""
    if not _UNITS.keys() & set(numeral):
        return int("".join(str(_NUMERALS[character]) for character in numeral[:3]))
    value = digit = 0
    for character in numeral:
        if character in _UNITS:
            value += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _NUMERALS[character]
    return value + digit


def follows(number: Number, last: Number | None) -> bool:
    """Whether `number` is the next one after `last`, both of one kind: 8 after 7, 6 bis after 6, 2.2 after 2.1."""
    if last is None:
        return number.order[-1] == 1 and not number.key.endswith("bis")
    if len(number.order) > len(last.order):
        return number.order == (*last.order, 1)
    if len(number.order) < len(last.order):
        last = replace(last, order=last.order[: len(number.order)])
    if number.order == last.order:
        return number.key != last.key
    step = next(i for i, (new, old) in enumerate(zip(number.order, last.order, strict=True)) if new != old)
    return number.order[step] == last.order[step] + 1 and all(part == 1 for part in number.order[step + 1 :])


def _paragraph(found: re.Match[str]) -> Number:
    value = int(found["value"])
    return Number(found["printed"], f"{value}{_BIS.get(found['bis'] or '', '')}", "paragraph", (value,), found.end())


def _outline(found: re.Match[str]) -> Number:
    order = tuple(map(int, found["printed"].split(".")))
    return Number(found["printed"], ".".join(map(str, order)), "outline", order, found.end())


def _item(found: re.Match[str]) -> Number:
    inside = found["inside"]
    if inside.isdecimal():
        value = int(inside)
        key = str(value)
    elif inside[0] in _NUMERALS or inside[0] in _UNITS:
        value = chinese_numeral(inside)
        key = str(value)
    else:
        value, key = ord(inside[-1]), inside
    return Number(found["printed"], key, "item", (value,), found.end())


def _article(found: re.Match[str]) -> Number | None:
    groups = found.groupdict()
    if groups["value"]:
        value = int(groups["value"])
    elif groups.get("numeral"):
        value = chinese_numeral(groups["numeral"])
    elif groups.get("ordinal"):
        value = _arabic_ordinal(groups["ordinal"])
    else:
        value = 1
    if value == 0:
        return None
    bis = _BIS.get(groups["bis"] or "", "")
    return Number(found["printed"].strip(), f"{value}{bis}", "article", (value,), found.end())


def _arabic_ordinal(words: str) -> int:
    """The value of `الحادية عشرة` and its like up to 49; 0 for other words."""
    value = 0
    for place, word in enumerate(words.split()):
        known = _ARABIC_ORDINALS if place == 0 and word in _ARABIC_ORDINALS else _ARABIC_TENS
        if word not in known:
            return 0
        value += known[word]
    return value


_FORMS: Final = (
    (_PARAGRAPH, _paragraph),
    (_OUTLINE, _outline),
    (_ITEM, _item),
    (_WORD_ARTICLE, _article),
    (_FRAMED_ARTICLE, _article),
)
