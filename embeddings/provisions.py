"""Articles and chapters where a text names them, with paragraphs and items, in lists and ranges: "articles 51 to 54",
"paragraph 1 (a) of article 54", 第五十四条第一款(a)项, пункт 1 статьи 54, المادة ٥٤، الفقرة ١ (أ).

Everything is read in the folded text, from a word or sign that begins a reference on, and bounded, so that the time
grows with the text alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from embeddings.folded import Folded, without_particles
from embeddings.numbering import chinese_numeral

Kind = Literal["article", "chapter"]


@dataclass(frozen=True, slots=True)
class Provision:
    """An article or a chapter at characters [start, end) of a folded text.

    `number` 54 and `suffix` "" or "bis"; `last`: the last number of a range, 0 where there is none. `parts`: its
    paragraphs and items, as "1", "1(a)", "(a)". `after`: whether the words of the one before it go on with this one,
    as in "articles 51 and 54".
    """

    kind: Kind
    number: int
    suffix: str
    last: int
    parts: tuple[str, ...]
    start: int
    end: int
    after: bool


def provisions(text: Folded) -> list[Provision]:
    """The articles and chapters that a text names, in order of place."""
    if not _CLUE.search(text.folded):
        return []
    return sorted([*_after_words(text), *_in_frames(text)], key=lambda each: each.start)


_CLUE: Final = re.compile(
    r"[第제]|(?<![^\W_])(?:art|chap|capit|kapit|madde|pasal|đieu|стат|ст(?![^\W_])|глав)|"
    "ماد|مواد|فصل|فصول|باب|αρθρ|סעיף|अनुच्छेद|มาตรา"
)
"""One of these stands in every word or sign that begins a reference; most texts need not be looked at closer."""

MAX_LIST: Final = 30
"""The most that one list names, and the most paragraphs of a range of them."""
_MAX_ROMAN: Final = 60

# --- The words -------------------------------------------------------------------------------------------------------

_ONE: Final = (
    "article art articulo artigo articolo artikel статья статье статью статьей стаття статтю "
    "ماده الماده αρθρο αρθρου סעיף अनुच्छेद madde pasal đieu"
)
_SEVERAL: Final = (
    "articles arts articulos artigos articoli artikeln artikelen artiklar статьи статей статьям статьями статьях ст "
    "статті مواد المواد مادتين المادتين مادتي المادتان αρθρα αρθρων"
)
_CHAPTER: Final = "chapter chap chapitre capitulo capitolo kapitel глава главу главе главой главою فصل الفصل باب الباب"
_CHAPTERS: Final = (
    "chapters chapitres capitulos capitoli главы глав главам главами главах فصول الفصول فصلين الفصلين الفصلان"
)
_PARAGRAPH: Final = (
    "paragraph para par paragraphe parrafo parr paragrafo absatz abs пункт пункта пункту пункте пунктом п часть части "
    "частью ч فقره الفقره"
)
_PARAGRAPHS: Final = (
    "paragraphs paras pars paragraphes parrafos parrs пункты пунктов пунктам пунктами пунктах пп فقرات الفقرات فقرتين "
    "الفقرتين الفقرتان"
)
_ITEM: Final = (
    "subparagraph subpara alinea inciso apartado literal подпункт подпункта подпункту подпункте подпунктом item "
    "subparagraphs subparas alineas incisos apartados подпункты подпунктов подпунктам подпунктах"
)

_Role = Literal["article", "chapter", "paragraph", "item"]


@dataclass(frozen=True, slots=True)
class _Head:
    """What a word begins; `several`: a list of numbers may follow it."""

    role: _Role
    several: bool


_ROLES: Final[tuple[tuple[_Role, bool, str], ...]] = (
    ("article", False, _ONE),
    ("article", True, _SEVERAL),
    ("chapter", False, _CHAPTER),
    ("chapter", True, _CHAPTERS),
    ("paragraph", False, _PARAGRAPH),
    ("paragraph", True, _PARAGRAPHS),
    ("item", False, _ITEM),
)
_HEADS: Final = {word: _Head(role, several) for role, several, words in _ROLES for word in words.split()}
_THAI_ARTICLE: Final = re.compile("มาตรา")
_WITH_POINT: Final = frozenset(["par", "parr", "abs", "п", "пп", "ч"])
"""Abbreviations that need their point: "par 19 pays" is French for "by 19 countries"."""
_ARABIC: Final = re.compile("[\u0620-\u06ff]")

_BIS: Final = {
    "bis": "bis",
    "ter": "ter",
    "quater": "quater",
    "бис": "bis",
    "тер": "ter",
    "مكرر": "bis",
    "مكررا": "bis",
}
_NUMBER: Final = re.compile(
    r"\s{0,2}(?:من\s|с\s)?(?:no?[.°]?\s?)?(?P<open>\()?(?P<number>[0-9]{1,3})(?![0-9])(?:\.(?P<part>[0-9]{1,2})(?![0-9.]))?"
    r"(?:er|re|o|a)?(?:\s?(?P<bis>bis|ter|quater|бис|тер|مكررا?)(?![^\W_]|\s?[0-9]))?(?(open)\)?)"
)
_ROMAN: Final = re.compile(r"\s{0,2}(?P<roman>[ivxl]{1,7})(?![^\W_])")
_FIRST: Final = re.compile(r"\s{0,2}(?:premier|premiere|primero|primer|primera|первая|первой|первую)(?![^\W_])")
_ORDINAL: Final = re.compile(r"\s{0,2}(?P<ordinal>ال[ء-ي]{3,9}(?:\s{1,2}(?:عشره?|وال[ء-ي]{4,9}))?)(?![^\W_])")
_SECTION: Final = re.compile(r"\s?(?P<letter>[a-h])(?=\s?\([0-9])")
"""Article 1 A (2) of the Refugee Convention."""
_RANGE: Final = re.compile(
    r"\s{0,2}(?:[-‐–—−~]\s{0,2}(?=\(?[0-9ivxl])"
    r"|(?:to|through|a|al|au|ate|bis|t/m|do|по|до|الي|حتي)\b\s{0,2}(?:l['’])?(?=[0-9ivxl]))"
)
_LIST: Final = re.compile(
    r"\s{0,2}(?:[,;،؛、]\s{0,2})?"
    r"(?P<last>(?:and|or|et|ou|y|e|o|und|oder|en|och|i|ve|va|dan|и|или|та|או|&)\b|(?:و|او)\s?|&)?"
    r"(?=\s{0,2}(?:\(?[0-9ivxl]|ال))"
)

_UNITS: Final = {
    "اول": 1, "اولي": 1, "ثاني": 2, "ثانيه": 2, "ثالث": 3, "ثالثه": 3, "رابع": 4, "رابعه": 4, "خامس": 5, "خامسه": 5,
    "سادس": 6, "سادسه": 6, "سابع": 7, "سابعه": 7, "ثامن": 8, "ثامنه": 8, "تاسع": 9, "تاسعه": 9, "عاشر": 10, "عاشره": 10,
    "حادي": 1, "حاديه": 1,
}  # fmt: skip
_TENS: Final = {
    stem + ending: value
    for stem, value in (
        ("عشر", 20), ("ثلاث", 30), ("اربع", 40), ("خمس", 50), ("ست", 60), ("سبع", 70), ("ثمان", 80), ("تسع", 90),
    )
    for ending in ("ون", "ين")
}  # fmt: skip

# --- Paragraphs and items --------------------------------------------------------------------------------------------

_LETTER: Final = r"(?:[a-z]|[ivx]{2,5}|aa|bb|[0-9]{1,2}|[а-я]|[ء-ي]|ه‍)"
_BRACKET: Final = re.compile(rf"\s?\((?P<letter>{_LETTER})\)")
_OPEN_LETTER: Final = re.compile(rf"\s{{0,2}}\(?(?P<letter>{_LETTER})\)")
_MORE_LETTERS: Final = re.compile(rf"\s?(?:,|and|or|et|ou|y|o|и|или|و|[-‐–—])\s?\(?(?P<letter>{_LETTER})\)")
_PART_NUMBER: Final = re.compile(r"\s{0,2}(?P<open>\()?(?P<number>[0-9]{1,2})(?![0-9])(?(open)\)?)")
_PART_WORD: Final = re.compile(
    r"\s{0,2}[,،]?\s{0,2}(?P<open>\()?(?:§{1,2}|(?P<word>[^\W\d_]{1,12})(?P<second>\s(?:الفرعيه|الفرعيتين))?\.?)"
)
_OF: Final = re.compile(
    r"\s{0,2},?\s{0,2}(?:of\s(?:the\s|its\s)?|de\s(?:la\s|los\s|las\s)?|del\s|du\s|des\s|von\s|da\s|do\s|من\s)?(?:de\s)?(?:l['’])?"
)
_ARABIC_LETTERS: Final = dict(zip("ابجدهوزحطيكلمن", "abcdefghijklmn", strict=True))
"""Arabic items are counted by the old order of letters: (أ) is (a), (ب) is (b), (ج) is (c)."""
_CYRILLIC_LETTERS: Final = dict(zip("абвгдежзикл", "abcdefghijk", strict=True)) | {"с": "c"}


def _letter(letter: str) -> str:
    return _ARABIC_LETTERS.get(letter) or _CYRILLIC_LETTERS.get(letter) or letter


@dataclass(slots=True)
class _Parts:
    """The paragraphs and items of an article, as far as they are read."""

    found: list[str] = field(default_factory=list)
    end: int = 0

    def item(self, letter: str) -> None:
        """An item of the paragraph that was read last."""
        if self.found:
            self.found[-1] += f"({letter})"
        else:
            self.found.append(f"({letter})")


def _brackets(text: str, at: int, parts: _Parts, *, paragraph: bool) -> int:
    """Read "(1) (a) (ii)"; where no `paragraph` is read yet, a number is one."""
    for _ in range(4):
        found = _BRACKET.match(text, at)
        if not found:
            break
        letter = found["letter"]
        if letter.isdecimal() and not paragraph and not parts.found:
            parts.found.append(letter)
        else:
            parts.item(_letter(letter))
        at = found.end()
    return at


def _items(text: str, at: int, parts: _Parts) -> int:
    """Read "a)", "(a) (ii)" and what is joined to it: "(a) and (b)"."""
    found = _OPEN_LETTER.match(text, at)
    if not found:
        return at
    whole = parts.found[-1] if parts.found else ""
    parts.item(_letter(found["letter"]))
    at = _brackets(text, found.end(), parts, paragraph=True)
    for _ in range(MAX_LIST):
        more = _MORE_LETTERS.match(text, at)
        if not more:
            break
        parts.found.append(f"{whole}({_letter(more['letter'])})")
        at = more.end()
    return at


def _paragraphs(text: str, at: int, parts: _Parts, *, several: bool) -> int:
    """Read "1", "1 (a)", and where there are `several`, "1, 2 (a) and 3" and "1-3"."""
    last = to = False
    for _ in range(MAX_LIST):
        found = _PART_NUMBER.match(text, at)
        if not found:
            break
        number = int(found["number"])
        if to and parts.found and parts.found[-1].isdecimal():
            parts.found += map(str, range(int(parts.found[-1]) + 1, min(number, int(parts.found[-1]) + MAX_LIST)))
        parts.found.append(str(number))
        at = _items(text, found.end(), parts)
        if not several:
            break
        link = _RANGE.match(text, at)
        to = link is not None
        link = link or _LIST.match(text, at)
        if link is None or link.end() == at or (last and not to):
            break  # in "paragraphs 2 and 3, and 54" an article comes after the second "and"
        last = last or (not to and link["last"] is not None)
        if _PART_NUMBER.match(text, link.end()) is None:
            break
        at = link.end()
    return at


def _parts_behind(text: str, at: int, parts: _Parts) -> int:
    """Read what stands behind an article's number: "(1)(a)", ", paragraph 1 (a)", "§ 1", ", пункт 1 a)"."""
    at = _brackets(text, at, parts, paragraph=False)
    for _ in range(3):
        found = _PART_WORD.match(text, at)
        if not found:
            break
        head = _head(found["word"]) if found["word"] else _Head("paragraph", True)
        if found["word"] in _WITH_POINT and text[found.end() - 1] != ".":
            break
        before = len(parts.found)
        if head is not None and head.role == "paragraph" and not found["second"]:
            end = _paragraphs(text, found.end(), parts, several=head.several)
        elif head is not None and (head.role == "item" or found["second"]):
            end = _items(text, found.end(), parts)
        else:
            break
        if end == found.end():
            del parts.found[before:]
            break
        at = end + (found["open"] is not None and text.startswith(")", end))
    return at


# --- A word and numbers ----------------------------------------------------------------------------------------------


def _head(word: str) -> _Head | None:
    found = _HEADS.get(word)
    if found is None and _ARABIC.match(word):
        found = next((_HEADS[form] for form in without_particles(word) if form in _HEADS), None)
    return found


@dataclass(frozen=True, slots=True)
class _Pending:
    """Paragraphs read before their article: "paragraph 1 of" leads to a head at `at`."""

    parts: list[str]
    role: _Role
    start: int
    at: int


def _after_words(text: Folded) -> Iterator[Provision]:
    folded = text.folded
    heads = [(m.start(), m.end(), _Head("article", False)) for m in _THAI_ARTICLE.finditer(folded)]
    for word in text.words:
        head = _head(word[0])
        if head is not None:
            point = folded.startswith(".", word.end())
            joined = word[0][0] in "وف" and _head(word[0][1:]) is not None  # "and" is written onto an Arabic word
            if point or word[0] not in _WITH_POINT:
                heads.append((word.start() + joined, word.end() + point, head))
    heads.sort(key=lambda each: each[0])
    done = 0
    pending: _Pending | None = None
    for start, end, head in heads:
        if start < done:
            continue
        if head.role in ("paragraph", "item"):
            pending = _begun(folded, start, end, head, pending)
        else:
            kind: Kind = "article" if head.role == "article" else "chapter"
            before = pending if pending is not None and pending.at == start else None
            for found in _numbers(text, start, end, kind, before, several=head.several):
                done = found.end
                yield found
            pending = None


def _begun(folded: str, start: int, end: int, head: _Head, pending: _Pending | None) -> _Pending | None:
    """Paragraphs or items at [start, end), which an article may follow."""
    parts = _Parts()
    second = folded.startswith((" الفرعيه", " الفرعيتين"), end)
    role: _Role = "item" if second else head.role
    if role == "item":
        at = folded.find(" ", end + 1) if second else end
        stop = _items(folded, at, parts) if at >= 0 else end
    else:
        stop = _paragraphs(folded, end, parts, several=head.several)
    if not parts.found:
        return None
    if pending is not None and pending.at == start and pending.role == "item" and role == "paragraph":
        parts.found = [f"{parts.found[0]}{item}" for item in pending.parts] + parts.found[1:]
        start = pending.start
    of = _OF.match(folded, stop)
    return _Pending(parts.found, role, start, of.end() if of else stop)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that was read, up to `end`."""

    value: int
    suffix: str
    part: str
    start: int
    end: int


def _number(text: Folded, at: int) -> _Number | None:
    folded = text.folded
    if found := _NUMBER.match(folded, at):
        value = int(found["number"])
        return _Number(value, _BIS.get(found["bis"] or "", ""), found["part"] or "", found.start("number"), found.end())
    if found := _ROMAN.match(folded, at):
        value = _roman(found["roman"])
        if value and text.original(found.start("roman"), found.end()).isupper():
            return _Number(value, "", "", found.start("roman"), found.end())
    if found := _FIRST.match(folded, at):
        return _Number(1, "", "", found.start(), found.end())
    if (found := _ORDINAL.match(folded, at)) and (value := _arabic_ordinal(found["ordinal"])):
        known = len(found["ordinal"]) if value > 10 else len(found["ordinal"].split(" ", 1)[0])
        return _Number(value, "", "", found.start("ordinal"), found.start("ordinal") + known)
    return None


def _numbers(
    text: Folded, start: int, end: int, kind: Kind, pending: _Pending | None, *, several: bool
) -> Iterator[Provision]:
    """The numbers behind an article's word, one after another."""
    folded = text.folded
    read: list[Provision] = []
    at, to, last = end, False, False
    while len(read) < MAX_LIST and (found := _number(text, at)):
        if not read and not _is_meant(text, start, end, found):
            break
        if to:
            if found.value <= read[-1].number:
                break
            first = read.pop()
            parts, stop = first.parts, found.end
            read.append(Provision(kind, first.number, "", found.value, parts, first.start, stop, first.after))
        else:
            parts_read = _Parts([*pending.parts] if pending and not read else [])
            stop = found.end
            section = _SECTION.match(folded, stop)
            if section and text.original(section.start("letter"), section.end()).isupper():
                parts_read.found.append(section["letter"].upper())
                stop = section.end()
            if found.part:
                parts_read.found.append(found.part)
            stop = _parts_behind(folded, stop, parts_read)
            begin = (pending.start if pending else start) if not read else found.start
            parts = tuple(parts_read.found)
            read.append(Provision(kind, found.value, found.suffix, 0, parts, begin, stop, bool(read)))
        link = None if to else _RANGE.match(folded, stop)
        to = link is not None
        if link is None and several:
            link = _LIST.match(folded, stop)
        if link is None or link.end() == stop or (last and not to and not link["last"]):
            break  # in "articles 51 and 54, 19 countries" the list ends with what follows "and"
        last = last or not (to or link["last"] is None)
        at = link.end()
    yield from read


_ORGANISATION: Final = re.compile(
    r"\s{0,2}(?:,\s)?\(?(?:the\s)?"
    r"(?:global campaign|international centre against censorship|organi[sz]ation|ngo\b|campaign for)"
)
_NGO_WORDS: Final = "ngo ngos organization organisation organizations organisations ong group"
_NGO: Final = frozenset(_NGO_WORDS.split())
_MUSEUM_WORDS: Final = (
    "museum museums gallery galleries work works history school college institute academy faculty piece pieces musee "
    "oeuvre oeuvres histoire ecole modern contemporary fine visual abstract pop street folk islamic"
)
_MUSEUMS: Final = frozenset(_MUSEUM_WORDS.split())
_WORD_BEFORE: Final = re.compile(r"[^\W\d_]{1,20}")
_BEFORE: Final = 40
"""Characters looked at before an article's word."""
_SMALL_WORD: Final = re.compile(r"\s[a-z]{2,}")
_GOES_ON: Final = re.compile(r"\s(?:of|and|or|to|in|de|du|del|et|y|is|was|provides|states|requires|reads|of)\b")


def _is_meant(text: Folded, start: int, end: int, number: _Number) -> bool:
    """Whether a word and a number are an article and not art in a museum, "the article I wrote" or a campaign."""
    folded = text.folded
    word = folded[start:end]
    before = [found[0] for found in _WORD_BEFORE.finditer(folded, max(0, start - _BEFORE), start)]
    if word.startswith("art") and word.rstrip(".") in ("art", "arts") and not _MUSEUMS.isdisjoint(before[-3:]):
        return False
    printed = text.original(number.start, number.end)
    if printed == "I" and not text.original(start, end)[0].isupper():
        behind = _SMALL_WORD.match(folded, number.end)
        return behind is None or _GOES_ON.match(folded, number.end) is not None
    if word == "article" and number.value == 19:
        if _ORGANISATION.match(folded, number.end) or not _NGO.isdisjoint(before[-2:]):
            return False
        around = text.original(max(0, start - _BEFORE), start) if start else ""
        return text.original(start, end) != "ARTICLE" or around.upper() == around
    return True


def _roman(numeral: str) -> int:
    """The value of a Roman numeral below 60, 0 for what is none."""
    values = {"i": 1, "v": 5, "x": 10, "l": 50}
    total = 0
    for one, following in zip(numeral, numeral[1:] + " ", strict=True):
        total += -values[one] if values.get(following, 0) > values[one] else values[one]
    return total if 0 < total < _MAX_ROMAN and as_roman(total) == numeral else 0


def as_roman(value: int) -> str:
    """A number below 100 in small Roman numerals."""
    signs = ((90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    written = ""
    for size, sign in signs:
        written += sign * (value // size)
        value %= size
    return written


def _arabic_ordinal(words: str) -> int:
    """الخامسة is 5, الحادية عشرة 11, الرابعة والخمسون 54; 0 for other words."""
    first, _, second = words.partition(" ")
    bare = first.removeprefix("ال")
    unit = _UNITS.get(bare, 0) or _TENS.get(bare, 0)
    second = second.strip()
    if not second or not unit:
        return unit
    if second in ("عشر", "عشره"):
        return unit + 10
    tens = _TENS.get(second.removeprefix("وال"), 0)
    return unit + tens if tens and unit < 10 else unit


# --- Numbers in a frame ----------------------------------------------------------------------------------------------

_FRAME: Final = re.compile("[第제]")
_HAN_NUMBER: Final = "零〇一二两三四五六七八九十百"
_FRAMED_NUMBER: Final = re.compile(
    rf"\s?(?:(?P<number>[0-9]{{1,3}})(?![0-9])|(?P<numeral>[{_HAN_NUMBER}]{{1,7}}))\s?"
    "(?P<closed>[条조章장](?![约件程]))?(?:之(?P<bis>[二三四]))?"
)
_FRAMED_RANGE: Final = re.compile(f"\\s?(?:[-‐–—−~至到]|から|내지)\\s?[第제]?(?=\\s?[0-9{_HAN_NUMBER}])")
_FRAMED_LIST: Final = re.compile(
    f"\\s?(?:[,;、]|、?以?及び?|、?和|、?与|、?或|、?並びに|と|및)\\s?[第제]?(?=\\s?[0-9{_HAN_NUMBER}])"
)
_FRAMED_PART: Final = re.compile(
    rf"\s?[第제]?\s?\(?(?:(?P<number>[0-9]{{1,2}})(?![0-9])|(?P<numeral>[{_HAN_NUMBER}]{{1,3}}))\)?\s?(?P<closed>[款항])?"
)
_FRAMED_PART_LINK: Final = re.compile(
    r"\s?(?:(?P<to>[-‐–—~至到])|[、,]|、?和|、?与|、?及|、?或)\s?(?=[第(0-9零〇一二两三四五六七八九十])"
)
_FRAMED_LETTER: Final = rf"(?P<letter>[a-z]{{1,2}}|[0-9]{{1,2}}|[{_HAN_NUMBER}]{{1,3}}|[甲乙丙丁戊己庚辛])"
_FRAMED_ITEM: Final = re.compile(rf"\s?[第제]?\s?\(?{_FRAMED_LETTER}\)?\s?[项호목]")
_FRAMED_MORE_ITEMS: Final = re.compile(
    rf"\s?第?\s?\(?{_FRAMED_LETTER}\)?\s?项?\s?[、,和与及]\s?(?=第?\s?\(?[a-z0-9{_HAN_NUMBER}甲乙丙丁戊己庚辛]{{1,3}}\)?\s?[项、,和与及])"
)
_HAN_LETTERS: Final = dict(zip("甲乙丙丁戊己庚辛", "abcdefgh", strict=True))
_HAN_BIS: Final = {"二": "bis", "三": "ter", "四": "quater"}


def _in_frames(text: Folded) -> Iterator[Provision]:
    folded = text.folded
    done = 0
    for frame in _FRAME.finditer(folded):
        if frame.start() < done:
            continue
        read: list[Provision] = []
        closed = 0
        unit: Kind = "article"
        at, to, done = frame.end(), False, frame.end()
        while len(read) < MAX_LIST and (found := _FRAMED_NUMBER.match(folded, at)):
            value = int(found["number"]) if found["number"] else chinese_numeral(found["numeral"])
            own: Kind = "chapter" if found["closed"] in ("章", "장") else "article"
            if found["closed"] and closed and own != unit:
                break
            numbered = max(found.end("number"), found.end("numeral"), found.end("closed"), found.end("bis"))
            parts = _Parts()
            end = _framed_parts(folded, numbered, parts) if found["closed"] and own == "article" else numbered
            start = found.start("number" if found["number"] else "numeral") if read else frame.start()
            start -= bool(read) and folded[start - 1] in "第제"
            suffix = _HAN_BIS.get(found["bis"] or "", "") if found["closed"] else ""
            if to and read and value > read[-1].number:
                first = read.pop()
                read.append(Provision(own, first.number, "", value, first.parts, first.start, end, first.after))
            else:
                read.append(Provision(own, value, suffix, 0, tuple(parts.found), start, end, bool(read)))
            if found["closed"]:
                closed, unit = len(read), own
            link = None if to else _FRAMED_RANGE.match(folded, end)
            to = link is not None
            link = link or _FRAMED_LIST.match(folded, end)
            if link is None:
                break
            at = link.end()
        if closed:
            done = read[closed - 1].end  # nothing new begins inside a list
        for each in read[:closed]:
            yield each if each.kind == unit else replace(each, kind=unit)


def _framed_parts(folded: str, at: int, parts: _Parts) -> int:
    """Read 第一款, 第一款(a)项, 第一和第二款, (a)项 behind 第五十四条."""
    numbers: list[str] = []
    closed: list[str] = []
    place, end, to = at, at, False
    for _ in range(MAX_LIST):
        found = _FRAMED_PART.match(folded, place)
        if not found:
            break
        value = int(found["number"]) if found["number"] else chinese_numeral(found["numeral"])
        if to and numbers:
            numbers += map(str, range(int(numbers[-1]) + 1, min(value, int(numbers[-1]) + MAX_LIST)))
        numbers.append(str(value))
        stop = found.end("closed") if found["closed"] else max(found.end("number"), found.end("numeral"))
        if not found["closed"] and folded.startswith(")", stop):
            stop += 1
        if found["closed"]:
            closed, end = list(numbers), stop
        link = _FRAMED_PART_LINK.match(folded, stop)
        if not link:
            break
        to = link["to"] is not None
        place = link.end()
    parts.found += closed
    whole = closed[-1] if closed else ""
    letters: list[str] = []
    place = end
    for _ in range(MAX_LIST):
        more = _FRAMED_MORE_ITEMS.match(folded, place)
        if not more:
            break
        letters.append(_han_letter(more["letter"]))
        place = more.end()
    if found := _FRAMED_ITEM.match(folded, place):
        letters.append(_han_letter(found["letter"]))
        if whole:
            parts.found.pop()
        parts.found += [f"{whole}({letter})" for letter in letters]
        return found.end()
    return end


def _han_letter(letter: str) -> str:
    """第(五)项 and (戊)项 are what is (e) elsewhere."""
    if letter[0] in _HAN_NUMBER:
        value = chinese_numeral(letter)
        return chr(ord("a") + value - 1) if 0 < value <= 26 else str(value)
    return _HAN_LETTERS.get(letter, letter)
