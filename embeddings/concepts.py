"""What is the same in every language: numbers of articles, symbols of documents, names of countries.

Names are looked up, never searched with one great pattern, so that the time grows with the text alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale

from embeddings import country_names
from embeddings.numbering import chinese_numeral
from embeddings.words import FOLDING, UNSPACED, WORD, fold, symbols


@dataclass(frozen=True, slots=True)
class Concept:
    """What stands at characters [start, end) of a text: `article:54`, `symbol:A/RES/58/4`, `country:ZW`."""

    token: str
    start: int
    end: int


def concepts(text: str) -> list[Concept]:
    """The concepts in `text`, in order of place.

    Those of one kind do not overlap, but for the articles of a range ("51-54"), which all stand at its place.
    """
    folded = _Folded(text)
    words = list(WORD.finditer(folded.folded))
    found = [Concept(f"symbol:{symbol}", start, end) for symbol, start, end in symbols(text)]
    found += _word_articles(folded, words)
    found += _numbered_articles(folded)
    found += _unspaced_countries(folded)
    found += _spaced_countries(folded, words)
    return sorted(found, key=lambda concept: concept.start)


class _Folded:
    """`text` folded character by character; `folded[i]` comes from character `origins[i]` of `text`."""

    def __init__(self, text: str) -> None:
        pieces = [FOLDING[ord(character)] for character in text]
        self.text = text
        self.folded = "".join(pieces)
        self.origins = [i for i, piece in enumerate(pieces) for _ in piece]

    def concept(self, token: str, start: int, end: int) -> Concept:
        """The concept at characters [start, end) of the folded text."""
        return Concept(token, self.origins[start], self.origins[end - 1] + 1)

    def original(self, start: int, end: int) -> str:
        """What stands in the text for characters [start, end) of the folded text."""
        return self.text[self.origins[start] : self.origins[end - 1] + 1]


# --- Articles: a word and numbers ("articles 51 and 54", "المادة ٥٤"), or numbers in a frame ("第五十四条") -----

_MAX_ARTICLES: Final = 30
"""The most that one list or one range gives."""

_ONE: Final = (
    "article art articulo artigo articolo artikel статья статье статью статьей ст стаття статтю "
    "ماده الماده αρθρο αρθρου סעיף अनुच्छेद madde pasal đieu"
)
_SEVERAL: Final = (
    "articles arts articulos artigos articoli artikeln artikelen artiklar статьи статей статьям статьями статьях "
    "статті مواد المواد مادتين المادتين المادتان αρθρα αρθρων"
)
_ONE_ARTICLE: Final = frozenset(_ONE.split())
_SEVERAL_ARTICLES: Final = frozenset(_SEVERAL.split())
"""After these a list of numbers may follow: "articles 51, 52 and 54"."""
_THAI_ARTICLE: Final = re.compile("มาตรา")

_WORD_NUMBER: Final = re.compile(
    r"\s{0,2}(?:no?[.°]?\s?)?\(?(?P<number>[0-9]{1,3})(?![0-9])\)?(?:\s?\([0-9a-z]{1,3}\)){0,4}"
)
_WORD_RANGE: Final = re.compile(
    r"\s{0,2}(?:[-‐–—−~]|(?:to|through|a|al|au|ate|bis|t/m|do|по|до|الي|حتي)\b)(?=\s{0,2}\(?[0-9])"
)
_WORD_LIST: Final = re.compile(
    r"\s{0,2}(?:[,;،、]\s{0,2})?(?P<last>(?:and|or|et|ou|y|e|o|und|oder|en|och|i|ve|va|dan|и|или|та|או|&)\b|(?:و|او)\s?|&)?"
    r"(?=\s{0,2}\(?[0-9])"
)

_FRAME: Final = re.compile("[第제]")
_FRAMED_NUMBER: Final = re.compile(
    r"\s?(?:(?P<number>[0-9]{1,3})(?![0-9])|(?P<numeral>[零〇一二两三四五六七八九十百]{1,7}))\s?(?P<closed>[条조](?![约件]))?"
)
_FRAMED_RANGE: Final = re.compile("\\s?(?:[-‐–—−~至到]|から|내지)\\s?[第제]?(?=\\s?[0-9零〇一二两三四五六七八九十百])")
_FRAMED_LIST: Final = re.compile(
    "\\s?(?:[,;、]|以?及び?|和|与|、?並びに|と|및)\\s?[第제]?(?=\\s?[0-9零〇一二两三四五六七八九十百])"
)


@dataclass(frozen=True, slots=True)
class _Number:
    """An article's number at [start, end) of the folded text; `to`: a range leads to it from the one before."""

    value: int
    start: int
    end: int
    to: bool


def _word_articles(folded: _Folded, words: Iterable[re.Match[str]]) -> Iterator[Concept]:
    text = folded.folded
    heads: list[tuple[int, int, bool]] = [(m.start(), m.end(), False) for m in _THAI_ARTICLE.finditer(text)]
    for word in words:
        forms = {word[0], *_without_particles(word[0])}
        several = not forms.isdisjoint(_SEVERAL_ARTICLES)
        if several or not forms.isdisjoint(_ONE_ARTICLE):
            heads.append((word.start(), word.end() + text.startswith(".", word.end()), several))
    for start, end, several in heads:
        numbers: list[_Number] = []
        at, to, last = end, False, False
        while len(numbers) < _MAX_ARTICLES and (found := _WORD_NUMBER.match(text, at)):
            value = int(found["number"])
            if to and not 0 < value - numbers[-1].value < _MAX_ARTICLES:
                break
            numbers.append(_Number(value, found.start("number") if numbers else start, found.end("number"), to))
            link = _WORD_RANGE.match(text, found.end())
            to = link is not None
            if link is None and several:
                link = _WORD_LIST.match(text, found.end())
            if link is None or link.end() == found.end() or (last and not to and not link["last"]):
                break  # in "articles 51 and 54, 19 countries" the list ends with what follows "and"
            last = last or not (to or link["last"] is None)
            at = link.end()
        yield from _as_concepts(folded, numbers)


def _numbered_articles(folded: _Folded) -> Iterator[Concept]:
    text = folded.folded
    done = 0
    for frame in _FRAME.finditer(text):
        if frame.start() < done:
            continue
        numbers: list[_Number] = []
        closed = 0
        at, to = frame.end(), False
        while len(numbers) < _MAX_ARTICLES and (found := _FRAMED_NUMBER.match(text, at)):
            value = int(found["number"]) if found["number"] else chinese_numeral(found["numeral"])
            end = max(found.end("number"), found.end("numeral"), found.end("closed"))
            start = found.start("number" if found["number"] else "numeral") if numbers else frame.start()
            numbers.append(_Number(value, start, end, to and 0 < value - numbers[-1].value < _MAX_ARTICLES))
            if found["closed"]:
                closed = len(numbers)
            link = _FRAMED_RANGE.match(text, end)
            to = link is not None
            link = link or _FRAMED_LIST.match(text, end)
            if link is None:
                break
            at = link.end()
        done = numbers[-1].end if numbers else frame.end()  # nothing new begins inside a list
        if closed:
            yield from _as_concepts(folded, numbers[:closed])


def _as_concepts(folded: _Folded, numbers: list[_Number]) -> Iterator[Concept]:
    for i, number in enumerate(numbers):
        following = numbers[i + 1] if i + 1 < len(numbers) else None
        if number.to:
            continue  # the range's first number has given them all
        if following is not None and following.to:
            for value in range(number.value, following.value + 1):
                yield folded.concept(f"article:{value}", number.start, following.end)
        else:
            yield folded.concept(f"article:{number.value}", number.start, number.end)


# --- Countries: CLDR's names in many languages, and the UN's own -----------------------------------------------------

_UNSPACED_LETTER: Final = re.compile(f"[{UNSPACED}]")
_KATAKANA: Final = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]")
_HANGUL: Final = re.compile("[\uac00-\ud7af]")
_HANGUL_REST: Final = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|와|과|도|로|으로|만|부터|까지|보다|및|인|측|정부|대표)?(?![\uac00-\ud7af])"
)
_COUNTRY_WORD: Final = re.compile(".国")
_RUSSIAN_ENDING: Final = re.compile(
    "(?<=[а-яіїєґ]{3})(?:ого|его|ому|ему|ыми|ими|ами|ями|ой|ей|ою|ею|ую|юю|ая|яя|ое|ые|ие|ых|их|ым|им|ом|ем|ов|ев|ам|ям|"
    "ах|ях|ью|ої|ій|єю|а|я|ы|и|у|ю|е|о|ь|й|і|ї)$"
)
_UNDECLINED: Final = re.compile("[^ ]{0,80}[иоуеэі]$")


@dataclass(frozen=True, slots=True)
class _Names:
    """Codes by folded name, and how long the names can be (in words, or in characters) that begin in the same way."""

    codes: dict[str, str]
    lengths: dict[str, int]


def _spaced_countries(folded: _Folded, words: list[re.Match[str]]) -> Iterator[Concept]:
    plain = [word[0] for word in words]
    stems = [_RUSSIAN_ENDING.sub("", word) if _script(word[0]) == "CYRILLIC" else word for word in plain]
    at = 0
    while at < len(words):
        names = _spaced_names(_script(plain[at][0]))
        readings = [(plain[at], plain), (stems[at], stems), *((form, plain) for form in _without_particles(plain[at]))]
        known = [reading for reading in readings if reading[0] in names.lengths]
        length, code = max(_longest(folded, words, at, names, known), default=(1, "")) if known else (1, "")
        if code:
            end = words[at + length - 1].end()
            end += folded.folded[words[at].start() : end + 1].count("(") == 1 and folded.folded.startswith(")", end)
            yield folded.concept(f"country:{code}", words[at].start(), end)
        at += length


def _longest(
    folded: _Folded,
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


def _well_written(folded: _Folded, key: str, start: int, end: int) -> bool:
    """Whether a name has the capitals that it needs to be one: "UK", "Turkey", but also "zimbabwe"."""
    original = folded.original(start, end)
    if key in country_names.CAPITALS_ONLY:
        return original.isupper() and not folded.folded.startswith("$", end)
    return not original[0].islower() or (
        end - start >= country_names.MIN_SMALL and key not in country_names.CAPITALISED
    )


def _unspaced_countries(folded: _Folded) -> Iterator[Concept]:
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
                    yield folded.concept(f"country:{code}", start, start + len(name))
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
            codes.setdefault(" ".join(_RUSSIAN_ENDING.sub("", word) for word in words), code)
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


def _without_particles(word: str) -> list[str]:
    """What an Arabic word may be without "and", "so", "in", "for" and "like", which are written onto it."""
    if not "\u0600" < word[0] < "\u06ff":
        return []
    joined = [word, word[1:]] if word[0] in "وف" else [word]
    bare = [form[1:] for form in joined if form[:1] in ("ب", "ل", "ك")]
    article = ["ال" + form[2:] for form in joined if form[:2] == "لل"]
    return [form for form in [*joined[1:], *bare, *article] if len(form) > 1]


@cache
def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ", 1)[0]
