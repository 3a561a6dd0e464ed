"""What a sentence changes where it nearly repeats one of a passage, in the same language.

A denial put in or taken away, "all" made of "some", one name in another one's place: so it does not matter what else
the passage denies or names.
"""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final

from embeddings.types import Passage
from qa.meaning_words import QUANTITIES, RESTRICTIONS, denies
from qa.quoted_words import is_word, words_of
from qa.writing.facts import CAPITALISES, named
from qa.writing.types import WhyNot

NEAR: Final = 0.7
"""The share of its words from which on a sentence repeats one of a passage."""
_BEFORE: Final = 2
"""Words before what is repeated that belong to it: "not all States"."""


def changes(text: str, language: str, passages: Iterable[Passage]) -> tuple[WhyNot, ...]:
    """What a sentence in a language (ISO 639-1) changes in the one that it repeats most of; nothing where it repeats
    none."""
    own = _Read(text)
    own = own.part(0, 1 + max((place for place, word in enumerate(own.words.strict) if is_word(word)), default=0))
    sentences = (
        _Read(passage.text[span.start : span.end])
        for passage in passages
        if passage.language == language
        for span in passage.sentences
    )
    near = [found for sentence in sentences if (found := _near(own, sentence, language))]
    return min(near, key=lambda each: (-each[0], len(each[1])))[1] if near else ()


class _Read:
    """A sentence and its words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words_of(text)
        self.count = sum(map(is_word, self.words.strict))

    def part(self, start: int, end: int) -> "_Read":
        """The words [start, end)."""
        spans = self.words.spans[start:end]
        return _Read(self.text[spans[0].start : spans[-1].end] if spans else "")


def _near(own: _Read, other: _Read, language: str) -> tuple[float, tuple[WhyNot, ...]] | None:
    """How much of a sentence another one has, and what is changed of that; None where it is too little."""
    ours = own.words.folded
    if sum(is_word(word) and word in other.words.folded for word in ours) < NEAR * own.count:
        return None
    steps = SequenceMatcher(None, other.words.folded, ours, autojunk=False).get_opcodes()
    alike = sum(is_word(word) for step, _, _, at, to in steps if step == "equal" for word in ours[at:to])
    if alike < NEAR * own.count:  # the words, but in another order
        return alike / own.count, ("negation",) if denies(ours) and not denies(other.words.folded) else ()
    found: list[WhyNot] = []
    for step, start, end, at, to in steps:
        if step == "equal" or at == to == len(ours):
            continue
        theirs = other.part(max(start, end - _BEFORE) if at == to == 0 else start, end)
        found += _changed(own.part(at, to), theirs, language, inside=at > 0 and start > 0)
    return alike / own.count, tuple(dict.fromkeys(found))


def _changed(ours: _Read, theirs: _Read, language: str, *, inside: bool) -> Iterator[WhyNot]:
    """What it changes to have the one where the other stands. `inside`: both sentences begin before that."""
    one, other = ours.words.folded, theirs.words.folded
    if denies(one) != denies(other) or RESTRICTIONS.isdisjoint(one) != RESTRICTIONS.isdisjoint(other):
        yield "negation"
    if QUANTITIES.intersection(one) - set(other):
        yield "figure"
    if _another(named(ours.text, language), named(theirs.text, language)) or (
        inside and language in CAPITALISES and _another(_capitals(ours), _capitals(theirs))
    ):
        yield "name"


def _another(ours: set[str], theirs: set[str]) -> bool:
    return bool(ours and theirs and not ours <= theirs)


def _capitals(read: _Read) -> set[str]:
    return {word for word in read.words.strict if word[0].isupper()}
