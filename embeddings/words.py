"""The words of a text as BM25 counts them, in any script, and the folding that makes spellings of one word equal.

Scripts written without blanks give runs of characters: one and two of them where a character is a syllable or more,
three and four where it is a letter. Other scripts give whole words, reduced to their stem where the script or the
language tells how. Every step takes time in proportion to the text.
"""

import re
import threading
import unicodedata
from functools import cache, lru_cache
from typing import Final

import opencc
import snowballstemmer

WORD_RULES: Final = "2"
"""Raised when the same text would give other words, concepts or references, so that indexes made before are rebuilt."""

_LETTERS_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
_SYLLABLES: Final = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # 々〆〇, kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u1100-\u11ff\uac00-\ud7af"  # Hangul: it has blanks, but particles are written onto its words
)
UNSPACED: Final = _LETTERS_UNSPACED + _SYLLABLES
"""Scripts whose words no blanks set off, as ranges for a character class."""
_SIGNS: Final = "\u0900-\u0963\u0970-\u0dff"
"""Indic letters and vowel signs: to `re` the signs are no letters, but they are in the middle of words."""

WORD: Final = re.compile(f"[^\\W_{UNSPACED}](?:[^\\W_{UNSPACED}]|[{_SIGNS}])*")
"""A word or number of a script that sets words off by blanks, in folded text."""
_PIECE: Final = re.compile(f"(?P<syllables>[{_SYLLABLES}]+)|(?P<letters>[{_LETTERS_UNSPACED}]+)|{WORD.pattern}")

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MARK: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487"  # accents of Latin, Greek and Cyrillic letters
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"  # Arabic vowels, hamza on its seat, tatweel
    "\ufe00-\ufe0f\U000e0100-\U000e01ef]"  # variation selectors
)
_LETTERS: Final = {"й": "й", "ٱ": "ا", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "_": " "}
"""Where taking marks off is too much (й is a letter of its own) or too little (letters typed for one another)."""

_SYMBOL_RUN: Final = re.compile(r"(?<![A-Za-z0-9/])[A-Z][A-Za-z0-9./-]*")
_SYMBOL_BODY: Final = re.compile("[A-Z]{1,12}")
"""The first part: the organ, or the body of a treaty (A, S, CAC, CEDAW)."""
_SYMBOL_PART: Final = re.compile(r"[A-Z][a-z]{2,4}\.[0-9]+|[A-Z0-9][A-Z0-9.-]*")
_SYMBOL_YEAR: Final = re.compile(r" ?\((?:[12][0-9]{3}|[IVXL]{1,8})\)")
"""The year, or the session as older resolutions have it: `A/RES/217(III)`."""
_MAX_SYMBOL: Final = 60
"""Characters; the longest symbols of the UN take about 40."""

_LATIN_STEMMERS: Final = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
    "tr": "turkish",
}
_SCRIPT_STEMMERS: Final = (
    (re.compile("[a-z]"), ""),
    (re.compile("[\u0400-\u052f]"), "russian"),
    (re.compile("[\u0600-\u06ff\u0750-\u077f]"), "arabic"),
    (re.compile("[\u0370-\u03ff]"), "greek"),
    (re.compile("[\u0900-\u097f]"), "hindi"),
)
_ARABIC_ARTICLE: Final = re.compile("[وف]?(?:[بك]?ال|لل)(?=..)")
"""The article with what is written onto it, which the Arabic stemmer leaves on in part."""
_MAX_STEMMED: Final = 40
"""Characters; what is longer is no word, and some stemmers take their time over it."""
_stemming = threading.Lock()


def words(text: str, language: str = "") -> list[str]:
    """The BM25 tokens of `text` in order, then its document symbols as a whole (`cac/cosp/2021/2`).

    `language` (ISO 639-1) chooses the stemmer of words in Latin letters; other scripts tell theirs. It is the English
    one where the language has none, so that an English question meets the Latin words in a Chinese text.
    """
    latin = _LATIN_STEMMERS.get(language, "english")
    found: list[str] = []
    for piece in _PIECE.finditer(fold(text)):
        run = piece[0]
        if piece.lastgroup == "syllables":
            found += [*run, *_grams(run, 2)]
        elif piece.lastgroup == "letters":
            found += [*_grams(run, 3), *_grams(run, 4)] or [run]
        else:
            found.append(_stem(run, latin))
    return found + [fold(symbol) for symbol, _start, _end in symbols(text)]


def fold(text: str) -> str:
    """`text` in the one spelling that all its spellings share.

    Width and compatibility forms, case, accents and vowel points, Arabic letter forms, simplified and traditional
    characters and all scripts' digits are made alike; invisible characters are taken out, others that control or are
    broken become blanks.
    """
    return unicodedata.normalize("NFKC", text).translate(FOLDING)


def symbols(text: str) -> list[tuple[str, int, int]]:
    """The document symbols in `text` (`A/RES/58/4`, `S/RES/2254(2015)`), each with its start and end there."""
    found: list[tuple[str, int, int]] = []
    for run in _SYMBOL_RUN.finditer(text):
        parts: list[str] = []
        for part in run[0][:_MAX_SYMBOL].split("/"):
            valid = _SYMBOL_PART.match(part) if parts else _SYMBOL_BODY.fullmatch(part)
            if valid:
                parts.append(valid[0].rstrip(".-"))
            if not valid or parts[-1] != part:
                break
        symbol = "/".join(parts)
        if len(parts) < 2 or not re.search("/.*[0-9]", symbol):
            continue
        year = _SYMBOL_YEAR.match(text, run.start() + len(symbol)) if symbol.startswith(("A/RES/", "S/RES/")) else None
        end = year.end() if year else run.start() + len(symbol)
        found.append((text[run.start() : end].replace(" ", ""), run.start(), end))
    return found


class _Folding(dict[int, str]):
    """What each character folds to, by code point; found out when it is first asked for."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


FOLDING: Final = _Folding()
"""For `str.translate`: maps one character to none, one or several, so that places in a text can be kept."""


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # invisible: joiners, soft hyphens, marks of direction
        return ""
    if category in ("Cc", "Cs"):  # line breaks and the like; halves of characters
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if _HAN.match(character):
        return str(_simplifier().convert(unicodedata.normalize("NFKC", character)))
    parts = []
    for letter in unicodedata.normalize("NFKC", character).casefold():
        plain = _LETTERS.get(letter) or _MARK.sub("", unicodedata.normalize("NFKD", letter))
        parts.append(_LETTERS.get(plain, plain))
    return unicodedata.normalize("NFC", "".join(parts))


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _grams(run: str, length: int) -> list[str]:
    return [run[i : i + length] for i in range(len(run) - length + 1)]


def _stem(word: str, latin: str) -> str:
    algorithm = next((name or latin for script, name in _SCRIPT_STEMMERS if script.match(word)), "")
    return _stemmed(word, algorithm) if algorithm and len(word) <= _MAX_STEMMED else word


@lru_cache(maxsize=200_000)
def _stemmed(word: str, algorithm: str) -> str:
    if algorithm == "arabic":
        article = _ARABIC_ARTICLE.match(word)
        word = word[article.end() :] if article else word
    with _stemming:  # a stemmer keeps the word it works on
        return str(_stemmer(algorithm).stemWord(word)) or word


@cache
def _stemmer(algorithm: str) -> "snowballstemmer.basestemmer.BaseStemmer":
    return snowballstemmer.stemmer(algorithm)
