"""Countries named by an adjective: `country:ZW` for "the Zimbabwean law", зимбабвийский закон, القانون البريطاني, 法方.

Adjectives that are names of languages as well count only where a noun goes with them and no language is spoken of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from embeddings.concepts import Concept
from embeddings.demonym_names import (
    AFTER_LANGUAGE,
    BEFORE_LANGUAGE,
    CHINESE_SIDES,
    LANGUAGE_WORDS,
    LANGUAGES_TOO,
    NOT_DEMONYMS,
    ROWS,
)
from embeddings.lexicon import Found, Lexicon, Token, bare, tokens

_SIDE: Final = re.compile(
    f"(?:(?<![\u4e00-\u9fff])|(?<=[与和同向对由使请在]))[{''.join(CHINESE_SIDES)}]方(?![面式法向案针便才程圆形位药块])"
)
_RUSSIAN_ENDINGS: Final = ["ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ою", "ое", "ие", "их", "ими"]
_FEMININE: Final = (("ien", "ienne"), ("éen", "éenne"), ("on", "onne"), ("ec", "ecque"), ("rc", "rque"), ("en", "enne"))
_WINDOW: Final = 4
"""Words around an adjective in which a word like "language" tells that a language is meant."""


@dataclass(frozen=True, slots=True)
class _Adjective:
    """A country's code and the language of the form; no code: it only looks like an adjective."""

    code: str
    language: str


def demonyms(text: str, language: str = "") -> list[Concept]:
    """The countries that adjectives in `text` name, in order of place.

    `language`: that of the text (ISO 639-1), where it is known; forms of French are then not looked for in Spanish.
    """
    read = tokens(text)
    careless = text == text.lower()
    found = [
        Concept(f"country:{each.value.code}", each.start, each.end)
        for each in _lexicon(language if language in ("en", "fr", "es") else "").find(text)
        if each.value.code and _counts(text, read, each, careless=careless)
    ]
    found += [Concept(f"country:{CHINESE_SIDES[side[0][0]]}", *side.span()) for side in _SIDE.finditer(text)]
    return sorted(found, key=lambda concept: concept.start)


def _counts(text: str, read: tuple[Token, ...], found: Found[_Adjective], *, careless: bool) -> bool:
    written = text[found.start : found.end]
    adjective = found.value
    if adjective.language == "en":
        if not written[0].isupper() and not careless:
            return False
        if not written.replace("è", "e").isascii():
            return False  # Germán is a first name
    if adjective.language == "ar" and written.endswith("ى"):
        return False  # اليمنى: the right one
    return adjective.code not in LANGUAGES_TOO or not _is_language(text, read, found)


def _is_language(text: str, read: tuple[Token, ...], found: Found[_Adjective]) -> bool:
    """Whether the adjective, so far as the words around tell, is the name of a language."""
    before = list(_before(text, read, found.first))
    after = list(_after(text, read, found.last))
    if any(not LANGUAGE_WORDS.isdisjoint((token.word, *token.first)) for token in [*before, *after]):
        return True
    match found.value.language:
        case "en" | "ru":
            return not after or after[0].word in AFTER_LANGUAGE
        case "fr" | "es":
            return not before or before[0].word in BEFORE_LANGUAGE
        case _:
            word = read[found.first].word
            return word[:1] == "ب" and bare(word[1:]) != word[1:] and word.endswith("ه")  # بالفرنسية: in French


def _before(text: str, read: tuple[Token, ...], at: int) -> Iterator[Token]:
    """The words before word `at`, the nearest first, as far as no comma or stop stands between."""
    for place in range(at, max(at - _WINDOW, 0), -1):
        if not _touch(text, read[place - 1], read[place]):
            return
        yield read[place - 1]


def _after(text: str, read: tuple[Token, ...], at: int) -> Iterator[Token]:
    for place in range(at, min(at + _WINDOW, len(read) - 1)):
        if not _touch(text, read[place], read[place + 1]):
            return
        yield read[place + 1]


def _touch(text: str, one: Token, other: Token) -> bool:
    return other.joined and not text[one.end : other.start].strip(" \u00a0\n-’'")


# --- The forms -------------------------------------------------------------------------------------------------------


@cache
def _lexicon(language: str) -> Lexicon[_Adjective]:
    names = [(name, _Adjective("", "")) for name in NOT_DEMONYMS.split(" | ")]
    for row in ROWS.strip().splitlines():
        code, fields = row[:2], row[3:].split("|")
        given = dict(zip(("en", "fr", "es", "ru", "ar"), fields, strict=True))
        for spoken in ("fr", "es", "ru", "ar", "en"):  # English last: it alone needs capitals
            field = given[spoken]
            if spoken in ("fr", "es") and language and spoken != language:
                continue
            for base in field.split(",") if field != "-" else ():
                names += [(form, _Adjective(code, spoken)) for form in _FORMS[spoken](base)]
    if language != "es":
        names = [(form, adjective) for form, adjective in names if form != "china"]  # what plates are made of
    return Lexicon(names)


def _english(base: str) -> list[str]:
    return [base] if base.endswith(("s", "ese", "ish", "ch")) else [base, base + "s"]


def _french(base: str) -> list[str]:
    if base.endswith("e"):
        feminine = base
    else:
        feminine = next((base[: -len(end)] + new for end, new in _FEMININE if base.endswith(end)), base + "e")
    plural = base if base.endswith(("s", "x")) else base + "s"
    return [base, feminine, plural, feminine + "s"]


def _spanish(base: str) -> list[str]:
    if base.endswith("o"):
        return [base, base[:-1] + "a", base + "s", base[:-1] + "as"]
    if base.endswith(("és", "án", "ón")):
        stem = base[:-2] + {"é": "e", "á": "a", "ó": "o"}[base[-2]] + base[-1]
        return [base, stem + "a", stem + "es", stem + "as"]
    if base.endswith(("ol", "ín")):
        return [base, base + "a", base + "es", base + "as"]
    if base.endswith(("í", "ú")):
        return [base, base + "es", base + "s"]
    return [base, base + "s"]


def _russian(base: str) -> list[str]:
    return [base + ending for ending in _RUSSIAN_ENDINGS]


def _arabic(base: str) -> list[str]:
    first, _, rest = base.partition(" ")
    if first == "جنوب":
        return [f"{first} {rest}{ending}" for ending in ("", "ة", "ين", "ون")]
    if rest:
        return [base, f"{first}ة {rest}ة"]
    return [first + ending for ending in ("", "ة", "ون", "ين", "ات")]


_FORMS: Final = {"en": _english, "fr": _french, "es": _spanish, "ru": _russian, "ar": _arabic}
