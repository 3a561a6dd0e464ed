"""Words of a sentence that qualify what it asserts: that deny it, name a model for it, or only plan it.

A cue says that a reader has to look, not what the sentence means. Words that only look like cues have their own table.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from embeddings.lexicon import Found, Lexicon, Token, tokens
from qa import cue_words as table

CueKind = Literal["negation", "model", "planned"]
WORDS: Final = table.DISPLAYED
"""The words with which cues and names are explained, by language."""

_MAX_APART: Final = 8
"""Words from French "ne" to its "pas"."""
_NUMBERED: Final = re.compile(r"\s?[.º°]{1,2}\s{0,2}[0-9٠-٩]|\s[0-9]")
"""Behind "no": a number."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands at characters [start, end) of a text."""

    kind: CueKind
    start: int
    end: int


def cues(text: str, language: str) -> list[Cue]:
    """The cues in a sentence, in order of place; none overlaps another. None in languages other than the six."""
    if language not in table.NEGATION:
        return []
    read = tokens(text)
    found = [each for each in _lexicon(language).find(text) if each.value != "none" and not _is_number(text, each)]
    every = [Cue(each.value, each.start, each.end) for each in found if each.value != "none"]
    if language == "fr":
        every += _in_two(read, _lexicon(language).find(text))
    kept: list[Cue] = []
    for cue in sorted(every, key=lambda one: (one.start, -one.end)):
        if not kept or cue.start >= kept[-1].end:
            kept.append(cue)
    return kept


def _is_number(text: str, found: Found[CueKind | Literal["none"]]) -> bool:
    """Whether "no" is short for number: "no. 5"."""
    return text[found.start : found.end].lower() == "no" and _NUMBERED.match(text, found.end) is not None


def _in_two(read: tuple[Token, ...], found: list[Found[CueKind | Literal["none"]]]) -> Iterator[Cue]:
    """Each "ne ... pas" as one."""
    friends = [(each.first, each.last) for each in found if each.value == "none"]
    place = 0
    while place < len(read):
        end = place
        if read[place].word in table.FRENCH_FIRST and not any(first <= place <= last for first, last in friends):
            for second in range(place + 1, min(place + 1 + _MAX_APART, len(read))):
                if read[second].word in table.FRENCH_SECOND:
                    yield Cue("negation", read[place].start, read[second].end)
                    end = second
                    break
        place = end + 1


@cache
def _lexicon(language: str) -> Lexicon[CueKind | Literal["none"]]:
    by_kind: tuple[tuple[CueKind | Literal["none"], Mapping[str, str]], ...] = (
        ("none", table.NO_CUES), ("negation", table.NEGATION), ("model", table.MODEL), ("planned", table.PLANNED),
    )  # fmt: skip
    return Lexicon((words, kind) for kind, every in by_kind for words in every[language].split("|"))
