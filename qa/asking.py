"""What a question asks for: a list of countries, bodies, articles, dates or amounts, or none of these."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from embeddings import lexicon
from embeddings.lexicon import Found, Lexicon, Token
from embeddings.timing import Part, timed
from qa import asking_words as table


class Kind(StrEnum):
    """What the rows of a list are."""

    COUNTRY = "country"
    BODY = "body"
    ARTICLE = "article"
    DATE = "date"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: a list of a `kind`, and its `subject`, which is the question without words of asking.

    "which countries use unexplained-wealth orders?" asks for countries; its subject is "unexplained-wealth orders".
    """

    kind: Kind
    subject: str


_SCRIPTS: Final = {"ru": "[а-я]", "ar": "[\u0620-\u064a]", "zh": "[\u4e00-\u9fff]"}
_WRITTEN: Final = {name: re.compile(letters) for name, letters in _SCRIPTS.items()}
_LATIN: Final = re.compile("[a-z]")
_MAX_MODIFIERS: Final = 3
_RUSSIAN_ADJECTIVE: Final = re.compile("[а-я]{1,30}(?:ые|ие|ых|их|ым|им|ыми|ими|ой|ый|ий|ая|ое|ого|ом|ую|из)")
_ENGLISH_PLURAL: Final = re.compile("[a-z]{1,30}[a-rt-z]s")
_ENGLISH_MODIFIER: Final = frozenset({"nations", "various", "previous", "numerous", "religious", "states"})
_AUXILIARIES: Final = frozenset(
    {"do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "can", "could", "should", "must", "will"}
    | {"would", "may", "might", "shall"}
)
_ENGLISH_STOP: Final = _AUXILIARIES | {
    *("the", "a", "an", "of", "in", "on", "at", "to", "for", "by", "with", "from", "and", "or", "if", "as", "than"),
    *("that", "it", "they", "its", "their", "this", "these", "those", "no", "each", "every"),
}
_ENGLISH_ORDERS: Final = frozenset({"name", "show", "find", "give", "list", "mention", "identify", "provide"})
_ENGLISH_OPENING: Final = frozenset(
    {"please", "can", "could", "would", "you", "and", "now", "then", "will", "kindly", "to"}
)
_EDGES: Final = " \t\r\n\u3000?？¿؟!！¡.。,，、،;；:："
_CHINESE_END: Final = re.compile("[\\s？?。.！!]{0,5}$")
_CHINESE_ASKED: Final = re.compile("(?:都|一共|总共)?(?:有|是|为|包括)(?:哪些|什么|哪几个|谁|多少)?|名单|清单|列表")


@timed(Part.QUESTION)
def asked_for(question: str, language: str) -> Asked | None:
    """What a list of would answer the question, None where it asks for something else.

    `language` (ISO 639-1) is tried first, then the others in the same script: short questions are easily mistaken.
    """
    read = lexicon.tokens(question)
    for spoken in _spoken(read, language):
        if asked := _Reader(question, read, spoken).asked():
            return asked
    return None


def _spoken(read: Sequence[Token], language: str) -> Iterable[str]:
    """The languages in which the question may be, the most likely first."""
    words = "".join(token.word for token in read)
    possible = [name for name, letters in _WRITTEN.items() if letters.search(words)]
    if _LATIN.search(words):
        possible += ["en", "fr", "es"]
    return sorted(possible, key=lambda name: name != language)


class _Reader:
    """One question read in one language."""

    def __init__(self, question: str, read: Sequence[Token], language: str) -> None:
        self.question = question
        self.read = read
        self.language = language
        self.asking = [each for each in _asking(language).find(question) if self._asks(each)]
        self.nouns = [each for each in _nouns(language).find(question) if not self._in_name(each)]
        self.modifiers = _modifiers().find(question) if language == "zh" else []

    def asked(self) -> Asked | None:
        for place, word in enumerate(self.asking):
            if word.value in (Kind.DATE, Kind.AMOUNT):
                if not self._joins_clauses(word, self.asking[place + 1 :]):
                    return Asked(Kind(word.value), self._subject(word.first, word.last))
            elif word.value and (found := self._noun_after(word)):
                kind, noun = found
                return Asked(kind, self._subject(word.first, noun.last))
        if found := self._noun_first():
            kind, noun = found
            return Asked(kind, self._subject(noun.first, noun.last))
        return None

    def _subject(self, first: int, last: int) -> str:
        """The question without the tokens [first, last] and the words of asking around them."""
        if self.language == "zh":
            return self._chinese_subject(self.read[first].start, self.read[last].end)
        opening = _words(table.PREPOSED, self.language) | _words(table.OPENINGS, self.language)
        while first and self._is_one_of(first - 1, opening):
            first -= 1
        before = self.question[: self.read[first].start].strip(_EDGES)
        return " ".join(part for part in (before, self._behind(last + 1)) if part)

    def _behind(self, at: int) -> str:
        """What follows the frame, without a relative pronoun, an auxiliary and a light verb at its beginning."""
        for words in (table.RELATIVES, table.AUXILIARIES):
            if words[self.language] and self._is_one_of(at, _words(words, self.language)):
                at += 1
        if at >= len(self.read):
            return ""
        return self._without_light(self.question[self.read[at].start :].strip(_EDGES))

    def _chinese_subject(self, start: int, end: int) -> str:
        before, behind = self.question[:start].strip(_EDGES), self.question[end:].strip(_EDGES)
        before = before.removesuffix("的")
        behind = _CHINESE_ASKED.sub("", behind, count=1).strip(_EDGES) if before else behind
        openings = [each for each in _openings().find(before) if each.start == 0]
        before = before[openings[0].end :].strip(_EDGES) if openings else before
        if not behind:
            return self._without_light(before)
        behind = self._without_light(behind)
        return f"{before} {behind}" if before and self.question[start - 1] in _EDGES else before + behind

    def _without_light(self, subject: str) -> str:
        """A subject without a verb that says little, such as "use", at its beginning."""
        found = _light(self.language).find(subject)
        if not found or found[0].first:
            return subject
        return subject[found[0].end :].strip(_EDGES) or subject

    def _asks(self, word: Found[str]) -> bool:
        """Whether a word that has other uses asks here."""
        written = self.question[word.start : word.end].lower()
        before = [token.word for token in self.read[: word.first]]
        match self.language:
            case "es" if written.startswith(("que", "cuanto", "cual")):  # unaccented: at the beginning only
                opens = all(each in _words(table.PREPOSED, "es") for each in before)
                return opens and not (written.startswith("cuanto") and before[-1:] == ["en"])
            case "es" if word.value == "list":
                return word.first == 0 or written.startswith("cuál")
            case "en" if written in _ENGLISH_ORDERS:
                return all(each in _ENGLISH_OPENING for each in before)
            case "ar" if written in ("ما", "قائمة"):
                return word.first == 0
        return True

    def _in_name(self, noun: Found[str]) -> bool:
        """Whether it belongs to the name of the United Nations."""
        before = self._word(noun.first - 1) if noun.first else ""
        return self.language == "en" and before == "united" and self._word(noun.last) in ("nations", "states")

    def _joins_clauses(self, word: Found[str], others: Sequence[Found[str]]) -> bool:
        """Whether "when" only says under what circumstances: "what must States do when ...", "when ..., what ...?"."""
        if word.value == Kind.AMOUNT or self.language == "zh":
            return False
        if any(token.word not in _words(table.PREPOSED, self.language) for token in self.read[: word.first]):
            return True
        follows = self.read[word.last + 1].word if word.last + 1 < len(self.read) else ""
        return bool(others) and follows not in _AUXILIARIES

    def _noun_after(self, word: Found[str]) -> tuple[Kind, Found[str]] | None:
        """The noun behind an asking word, and what it is."""
        order = word.value == "list"
        noun = self._next_noun(word.last + 1, order=order)
        if noun is None:
            return None
        while (following := self._noun_at(noun.last + 1)) and self.language == "zh":
            noun = following  # 国家机构: the last one is the head
        if self._is_compound(noun):
            return None
        kind = Kind(noun.value)
        singular = self.language == "en" and self._word(noun.last) in ("country", "state", "body", "government")
        if order and singular and kind in (Kind.COUNTRY, Kind.BODY):
            return (kind, noun) if self._word(noun.last + 1) in _words(table.RELATIVES, "en") else None
        return kind, noun

    def _next_noun(self, at: int, *, order: bool) -> Found[str] | None:
        articles = _words(table.ARTICLES, self.language) if order else frozenset()
        while order and at < len(self.read) and not self._noun_at(at) and self._is_one_of(at, articles):
            at += 1
        if self.language == "zh":
            return self._next_chinese_noun(at)
        for place in range(at, min(at + _MAX_MODIFIERS + 1, len(self.read))):
            if noun := self._noun_at(place):
                return noun
            if not self._may_modify(place):
                return None
        return None

    def _next_chinese_noun(self, at: int) -> Found[str] | None:
        while (noun := self._noun_at(at)) is None:
            skipped = next((each for each in self.modifiers if each.first <= at <= each.last), None)
            if skipped is None:
                return None
            at = skipped.last + 1
        return noun

    def _may_modify(self, place: int) -> bool:
        word = self.read[place].word
        if self.language == "en":
            return word not in _ENGLISH_STOP and (not _ENGLISH_PLURAL.fullmatch(word) or word in _ENGLISH_MODIFIER)
        if self.language == "ru":
            return _RUSSIAN_ADJECTIVE.fullmatch(word) is not None
        return self._is_one_of(place, _words(table.MODIFIERS, self.language))

    def _is_compound(self, noun: Found[str]) -> bool:
        """Whether another noun follows that is what is really asked for: "which country reports", 哪些国家报告."""
        rest = self.question[noun.end :]
        if self.language == "zh":
            rest = rest.lstrip()
            return any(rest.startswith((other, f"的{other}")) for other in table.OTHER_NOUNS["zh"].split("|"))
        if self.language == "en" and not self._word(noun.last).endswith("s"):
            return self._word(noun.last + 1) in _words(table.OTHER_NOUNS, "en")
        return False

    def _noun_first(self) -> tuple[Kind, Found[str]] | None:
        """Without any asking word: "countries that use ...", 使用……的国家."""
        if not self.nouns:
            return None
        if self.language == "zh":
            return self._chinese_noun_last(self.nouns[-1])
        first = self.nouns[0]
        articles = _words(table.ARTICLES, self.language)
        begins = all(self._is_one_of(place, articles) for place in range(first.first))
        several = self.language != "en" or self._word(first.last).endswith("s")
        related = self._is_one_of(first.last + 1, _words(table.RELATIVES, self.language))
        return (Kind(first.value), first) if begins and several and related and not self.asking else None

    def _chinese_noun_last(self, last: Found[str]) -> tuple[Kind, Found[str]] | None:
        """In Chinese what says which ones stands before the noun, and 有哪些 behind it."""
        if any(word.value != "list" and word.start < last.end for word in self.asking):
            return None
        rest = _CHINESE_ASKED.sub("", self.question[last.end :], count=1)
        described = self.question[last.start - 1 : last.start] == "的"
        return (Kind(last.value), last) if described and _CHINESE_END.fullmatch(rest) else None

    def _noun_at(self, place: int) -> Found[str] | None:
        return next((noun for noun in self.nouns if noun.first == place), None)

    def _is_one_of(self, place: int, words: frozenset[str]) -> bool:
        return place < len(self.read) and not words.isdisjoint((self.read[place].word, *self.read[place].first))

    def _word(self, place: int) -> str:
        return self.read[place].word if place < len(self.read) else ""


@cache
def _asking(language: str) -> Lexicon[str]:
    entries = [(words, kind) for kind, by in _ASKING for words in by[language].split("|")]
    return Lexicon(entries)


_ASKING: Final = (
    ("", table.WHY), ("date", table.DATE_WORDS), ("amount", table.AMOUNT_WORDS),
    ("list", table.LIST), ("which", table.WHICH),
)  # fmt: skip


@cache
def _nouns(language: str) -> Lexicon[str]:
    entries = [(word, kind) for kind, by in table.NOUNS.items() for word in by[language].split("|")]
    return Lexicon(entries)


@cache
def _openings() -> Lexicon[None]:
    return Lexicon((word, None) for word in f"{table.LIST['zh']}|{table.OPENINGS['zh']}".split("|"))


@cache
def _light(language: str) -> Lexicon[None]:
    return Lexicon((word, None) for word in table.LIGHT[language].split("|"))


@cache
def _modifiers() -> Lexicon[None]:
    return Lexicon((word, None) for word in table.MODIFIERS["zh"].split("|"))


def _words(by_language: Mapping[str, str], language: str) -> frozenset[str]:
    return _folded(by_language[language])


@cache
def _folded(words: str) -> frozenset[str]:
    """Words of a table, as the tokens of a text have them."""
    return frozenset(token.word for word in words.split("|") for token in lexicon.tokens(word))
