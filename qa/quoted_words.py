"""The words of a quotation and of a source, so written that what a quotation may change is alike in both.

Line breaks and other blanks, soft hyphens and other invisible characters, full-width and compatibility forms, scripts'
digits, kinds of quotation marks and of dashes make no difference. Letters, case, accents, numbers and punctuation do.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from embeddings.source_text import INVISIBLE
from embeddings.types import Span
from embeddings.words import UNSPACED, fold

_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0970-\u0dff"
)
"""Accents, vowel points and signs: no letters to `re`, but they stand in the middle of words."""
_LETTERS: Final = f"(?:[^\\W_{UNSPACED}]|[{_MARKS}])"
WORD: Final = re.compile(
    f"{_LETTERS}{{1,100}}(?:[-/]{_LETTERS}{{1,100}}|[.,](?=[0-9]){_LETTERS}{{1,100}}){{0,40}}"  # non-State, A/75/1, 3.5
    f"|[{UNSPACED}]"  # a character of a script without blanks
    "|[.\u22ef]{2,100}"  # an ellipsis
    "|\\S"
)
"""What is compared as one. `man` does not stand in `woman`, nor `State` in `non-State`, nor 6 in 16 or in 6.5."""

_MAX_ACCENTS: Final = 32
"""On one letter; putting them in order takes time that grows with their square."""
_QUOTATION_MARKS: Final = "\"'`´‘’‚‛“”„‟«»‹›「」『』﹁﹂﹃﹄〝〞〟′″＂＇\u02bc\u02ee"
_DASHES: Final = "-‐‑‒–—―−﹘﹣－⁃"
_ALIKE: Final = (
    {ord(mark): '"' for mark in _QUOTATION_MARKS} | {ord(dash): "-" for dash in _DASHES} | {ord("\u22ef"): "..."}
)
QUOTATION_MARK: Final = '"'


class _Alike(dict[int, str]):
    """What a character of any width or script's digits is compared as."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character.isdecimal():
            plain = str(unicodedata.decimal(character))
        elif character.isspace():
            plain = " "  # before NFKC, which gives some kinds of blanks an accent
        else:
            plain = unicodedata.normalize("NFKC", character).translate(_ALIKE)
        self[code] = plain
        return plain


_CHARACTERS: Final = _Alike(_ALIKE)


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of a text in order: as they are compared, folded (without case and accents), where they
    stand in it."""

    strict: tuple[str, ...]
    folded: tuple[str, ...]
    spans: tuple[Span, ...]

    def __len__(self) -> int:
        return len(self.strict)

    def part(self, start: int, end: int) -> "Words":
        """The words [start, end)."""
        return Words(self.strict[start:end], self.folded[start:end], self.spans[start:end])


def words_of(text: str) -> Words:
    """Read the words of `text`. Takes time in proportion to it."""
    plain, places = _plain(text)
    strict: list[str] = []
    spans: list[Span] = []
    for found in WORD.finditer(plain):
        word = found[0]
        strict.append("…" if word[:2] == ".." else word)
        start, end = found.start(), found.end()
        spans.append(Span(start, end) if places is None else Span(places[start].start, places[end - 1].end))
    return Words(tuple(strict), tuple(map(_folded, strict)), tuple(spans))


@lru_cache(maxsize=100_000)
def is_word(word: str) -> bool:
    """Whether what is compared as one is a word or a number, no mark."""
    return any(c.isalnum() for c in word)


class _Folded(dict[str, str]):
    """Folded words; the dictionary is emptied when it has grown large."""

    def __missing__(self, word: str) -> str:
        if len(self) > 200_000:
            self.clear()
        folded = self[word] = fold(word).strip() or word
        return folded


_FOLDED: Final = _Folded()


def _folded(word: str) -> str:
    return _FOLDED[word]


def _plain(text: str) -> tuple[str, Sequence[Span] | None]:
    """`text` as it is compared, and where each character of that stands; None where nothing was moved."""
    composed = unicodedata.is_normalized("NFC", text) and not INVISIBLE.search(text)
    if composed:
        plain = text.translate(_CHARACTERS)
        if len(plain) == len(text) and all(len(_CHARACTERS[ord(c)]) == 1 for c in set(text)):
            return plain, None
    parts: list[str] = []
    places: list[Span] = []
    for start, end in _clusters(text):
        letters = unicodedata.normalize("NFC", text[start:end]).translate(_CHARACTERS)
        parts.append(letters)
        places += [Span(start, end)] * len(letters)
    return "".join(parts), places


def _clusters(text: str) -> list[tuple[int, int]]:
    """Each visible character with the accents behind it."""
    hidden = bytearray(len(text))
    for found in INVISIBLE.finditer(text):
        hidden[found.start() : found.end()] = b"\1" * (found.end() - found.start())
    clusters: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        if hidden[place]:
            continue
        last = clusters[-1] if clusters else (0, 0)
        if last[1] == place and 0 < place - last[0] < _MAX_ACCENTS and unicodedata.combining(character):
            clusters[-1] = (clusters[-1][0], place + 1)
        else:
            clusters.append((place, place + 1))
    return clusters
