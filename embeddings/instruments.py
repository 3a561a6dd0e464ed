"""Instruments of international law where a text names them: the United Nations Convention against Corruption, МПГПП,
《儿童权利公约》, اتفاقية حقوق الطفل.

Names are looked up, the longest first, so that the Optional Protocol to a convention is not taken for the convention.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from embeddings.folded import Folded, name_stem, without_particles
from embeddings.words import WORD, fold

_ALIKE: Final = str.maketrans("及与", "和和", "《》〈〉、,·")
"""How Chinese names differ from one document to the next: in signs, and in how they say "and"."""
_SIGNS_INSIDE: Final = "《》〈〉、,·"
_MAX_GAP: Final = 3
"""Characters between two words of a name: a blank, a comma and a blank, an apostrophe."""
_BREAK: Final = re.compile(r"[.;:!?«»\"“”\n]")
"""What does not stand inside a name."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A text that articles belong to.

    `kind`: what it calls itself, "convention" or "covenant". `names` by language, the title first; what is all capitals
    is an abbreviation. `documents`: how the symbols of documents begin whose body it set up.
    """

    code: str
    kind: str
    names: Mapping[str, Sequence[str]]
    documents: Sequence[str] = ()

    def title(self, language: str = "en") -> str:
        """Its title in a language, in English where that is none of the UN's six."""
        return self.names.get(language, self.names["en"])[0]


@dataclass(frozen=True, slots=True)
class Named:
    """An instrument's code, named at characters [start, end) of a folded text."""

    code: str
    start: int
    end: int


INSTRUMENTS: Final = {
    fields["code"]: Instrument(**fields)
    for fields in json.loads((Path(__file__).parent / "data" / "instruments.json").read_text("utf-8"))
}
"""By code. Russian names are found in all their cases, Arabic ones with what is written onto their first word, Chinese
ones with and without 《》."""
_CHARACTERS: Final = "zh"
"""The language whose names are runs of characters; the others' are words."""


def named(text: Folded) -> list[Named]:
    """The instruments that a text names, in order of place, none inside another."""
    found = sorted([*_of_words(text), *_of_characters(text)], key=lambda each: (each.start, -each.end))
    kept: list[Named] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def of_documents(symbol: str) -> str:
    """The code of the instrument that "the Convention" is in documents of a symbol; empty where none is known."""
    fits = ((start, each.code) for each in INSTRUMENTS.values() for start in each.documents if symbol.startswith(start))
    return max(fits, key=lambda fit: len(fit[0]), default=("", ""))[1]


# --- Names that are words --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """Codes by words, and how many words the names have at most that begin with one; those in capitals only."""

    codes: dict[str, str]
    lengths: dict[str, int]
    capitals: frozenset[str]


def _worded(instrument: Instrument) -> Iterator[str]:
    return (name for language, names in instrument.names.items() if language != _CHARACTERS for name in names)


@cache
def _word_names() -> _Names:
    codes: dict[str, str] = {}
    capitals: set[str] = set()
    for each in INSTRUMENTS.values():
        for name in _worded(each):
            key = " ".join(name_stem(word[0]) for word in WORD.finditer(fold(name)))
            codes.setdefault(key, each.code)
            if name.isupper():
                capitals.add(key)
    lengths: dict[str, int] = {}
    for key in codes:
        first = key.split(" ", 1)[0]
        lengths[first] = max(lengths.get(first, 0), key.count(" ") + 1)
    return _Names(codes, lengths, frozenset(capitals))


_WORD_CLUE: Final = re.compile(
    "conv|coven|pact|chart|carta|protoc|statut|estatut|treat|trait|tratad|agreem|accord|acuerd|declar|конвен|пакт|устав|харти|"
    "проток|статут|догов|соглаш|декларац|اتفاق|عهد|ميثاق|بروتوكول|معاهد|اعلان|سيداو|نظام"
)
"""One of these stands in every name that is no abbreviation."""
_SIGNS: Final = ("公约", "宪章", "议定书", "规约", "协定", "宣言", "条约")


@cache
def _abbreviations() -> re.Pattern[str]:
    words = {name.split()[0] for each in INSTRUMENTS.values() for name in _worded(each) if name.isupper()}
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _of_words(text: Folded) -> Iterator[Named]:
    if not _WORD_CLUE.search(text.folded) and not _abbreviations().search(text.text):
        return
    names = _word_names()
    words = text.words
    stems = [name_stem(word[0]) if "а" <= word[0][0] <= "я" else word[0] for word in words]
    after = 0
    for at, first in enumerate(stems):
        if at < after:
            continue
        forms = (
            [first] if first in names.lengths else [form for form in without_particles(first) if form in names.lengths]
        )
        for form in forms:
            length = _longest(text, words, stems, at, form)
            if length:
                joined = first[0] in "وف" and form != first  # "and" is written onto an Arabic word
                start, end = words[at].start() + joined, words[at + length - 1].end()
                yield Named(names.codes[_key(stems, at, form, length)], start, end)
                after = at + length
                break


def _longest(text: Folded, words: list[re.Match[str]], stems: list[str], at: int, first: str) -> int:
    """How many words from `at` on make the longest name that begins with `first`; 0 where none does."""
    names = _word_names()
    reach = 1
    while reach < names.lengths[first] and at + reach < len(words) and _near(text, words, at + reach):
        reach += 1
    for length in range(reach, 0, -1):
        key = _key(stems, at, first, length)
        if key in names.codes and (key not in names.capitals or _is_abbreviation(text, words[at])):
            return length
    return 0


def _key(stems: list[str], at: int, first: str, length: int) -> str:
    return " ".join([first, *stems[at + 1 : at + length]])


def _near(text: Folded, words: list[re.Match[str]], at: int) -> bool:
    between = text.folded[words[at - 1].end() : words[at].start()]
    return len(between) <= _MAX_GAP and not _BREAK.search(between)


def _is_abbreviation(text: Folded, word: re.Match[str]) -> bool:
    """Whether a word is printed in capitals and is no part of a document's symbol (CRC/C/GC/25) or of a longer word."""
    before, after = text.folded[: word.start()][-1:], text.folded[word.end() : word.end() + 5]
    joined = before in ("/", "-", ".") or after[:1] in ("/", "-")
    return text.original(word.start(), word.end()).isupper() and not joined and not after.startswith(" scan")


# --- Names that are runs of characters -------------------------------------------------------------------------------


@cache
def _character_names() -> tuple[re.Pattern[str], dict[str, list[tuple[str, str]]]]:
    """What finds where a name may begin; by two first characters the names with their codes, longest first."""
    names: dict[str, list[tuple[str, str]]] = {}
    for instrument in INSTRUMENTS.values():
        for name in instrument.names[_CHARACTERS]:
            key = fold(name).translate(_ALIKE)
            names.setdefault(key[:2], []).append((key, instrument.code))
    for each in names.values():
        each.sort(key=lambda pair: -len(pair[0]))
    return re.compile("|".join(map(re.escape, names))), names


_MAX_CHARACTERS: Final = 60
"""Of a Chinese name with the signs in it."""


def _of_characters(text: Folded) -> Iterator[Named]:
    if not any(sign in text.folded for sign in _SIGNS):
        return
    starts, names = _character_names()
    after = 0
    for begun in starts.finditer(text.folded):
        start = begun.start()
        if start < after:
            continue
        plain, places = "", []
        for place in range(start, min(start + _MAX_CHARACTERS, len(text.folded))):
            character = text.folded[place]
            if character not in _SIGNS_INSIDE:
                plain += character.translate(_ALIKE)
                places.append(place)
        for name, code in names[begun[0].translate(_ALIKE)]:
            if plain.startswith(name):
                after = places[len(name) - 1] + 1
                yield Named(code, start, after)
                break
