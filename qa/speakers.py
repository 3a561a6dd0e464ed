"""Who speaks in each sentence of a report: named, not named, or not said.

Reports name a speaker once ("the panellist from Zimbabwe") and go on for paragraphs with "the panellist" and "her
country", while others who are not named take the floor in between. The rules here follow that, within one section of
one document, and rather say nothing than guess: every finding has the place where the name stands.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from embeddings import lexicon
from embeddings.bodies import bodies
from embeddings.concepts import Concept, concepts
from embeddings.demonyms import demonyms
from embeddings.language import UN_LANGUAGES
from embeddings.lexicon import Found, Lexicon, Token
from embeddings.types import Passage, Span
from qa import speaker_words as table

Role = Literal["panellist", "speaker"]
_MAX_BETWEEN: Final = 4
"""Words between a role and a name: "the panellist from the Republic of ..."."""
_HAN_NAME: Final = re.compile("来自(?P<name>[^，。；、！？]{2,30}?)的$")
_HAN_BEFORE: Final = re.compile("的?(?:一[位名])?$")
_PRONOUN_PLACES: Final = frozenset(",，;；、:：")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks. `token`: of the country or body, empty for others and for who is not named; `named` tells which.

    `words`: the name or the role as printed, at `span` in the text of `passage`.
    """

    token: str
    named: bool
    words: str
    passage: Passage
    span: Span


@dataclass(frozen=True, slots=True)
class Speaking:
    """Who speaks in a sentence, and, where it says so, the place of words like "her country" in the passage's text."""

    speaker: Speaker | None
    country: Span | None


@dataclass(slots=True)
class _Floor:
    """Who has the floor, and who had each role last."""

    current: Speaker | None = None
    last: dict[Role, Speaker] = field(default_factory=dict)


def speaking(passages: Sequence[Passage]) -> Iterator[tuple[Speaking, ...]]:
    """For each passage, in the order of the documents, who speaks in each of its sentences."""
    floor = _Floor()
    place: tuple[object, ...] = ()
    for passage in passages:
        if place != (here := (passage.doc_id, passage.section)):
            floor, place = _Floor(), here
        yield _sentences(passage, floor)


def _sentences(passage: Passage, floor: _Floor) -> tuple[Speaking, ...]:
    words = _words(passage.language)
    if words is None:
        return tuple(Speaking(None, None) for _ in passage.sentences)
    events = sorted(words.events(passage, floor_names(passage.text)), key=lambda event: event.start)
    countries = words.country.find(passage.text)
    found: list[Speaking] = []
    introduced = False  # in this paragraph; what no paragraph introduces goes on in none
    for sentence in passage.sentences:
        inside = [event for event in events if sentence.start <= event.start < sentence.end]
        for place, event in enumerate(inside):
            event.apply(floor, is_first=place == 0)
        own = next(
            (Span(each.start, each.end) for each in countries if sentence.start <= each.start < sentence.end), None
        )
        introduced = introduced or bool(inside) or own is not None or words.pronoun_in(passage.text, sentence)
        found.append(Speaking(floor.current if introduced else None, own))
    if not introduced:
        floor.current = None
    return tuple(found)


def floor_names(text: str) -> list[Concept]:
    """The countries and bodies in a text, by which speakers are named."""
    named = [each for each in concepts(text) if each.token.startswith("country:")]
    return sorted([*named, *bodies(text), *demonyms(text)], key=lambda each: each.start)


@dataclass(frozen=True, slots=True)
class _Event:
    """At `start` somebody takes the floor: `speaker`, or, where it is None, who had the `role` last."""

    start: int
    role: Role
    speaker: Speaker | None

    def apply(self, floor: _Floor, *, is_first: bool) -> None:
        """Who comes first in a sentence has the floor; others are spoken of, and may be come back to."""
        if self.speaker is not None:
            floor.last[self.role] = self.speaker
        if is_first:
            floor.current = self.speaker or floor.last.get(self.role)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language."""

    language: str
    roles: Lexicon[Role]
    unnamed: Lexicon[str]
    country: Lexicon[str]
    the: frozenset[str]
    of: frozenset[str]
    pronouns: frozenset[str]

    def events(self, passage: Passage, names: Sequence[Concept]) -> Iterator[_Event]:
        text = passage.text
        read = lexicon.tokens(text)
        taken: list[tuple[int, int]] = []
        for some in self.unnamed.find(text):
            role: Role = next((found.value for found in self.roles.find(text[some.start : some.end])), "speaker")
            taken.append((some.start, some.end))
            named = (
                self._named_before(passage, some.start, names) if self.language == "zh" else None
            )  # 秘书处的一名代表
            yield _Event(some.start, role, named or Speaker("", False, *_at(passage, some.start, some.end)))
        for each in self.roles.find(text):
            if any(start <= each.start < end for start, end in taken):
                continue
            speaker = self._named(passage, read, each, names)
            if speaker is not None:
                yield _Event(each.start, each.value, speaker)
            elif self._leads_back(read, each):
                yield _Event(each.start, each.value, None)

    def _named(
        self, passage: Passage, read: Sequence[Token], role: Found[Role], names: Sequence[Concept]
    ) -> Speaker | None:
        text = passage.text
        if self.language == "zh":
            return self._named_before(passage, role.start, names)
        behind = role.last + 1
        while behind < len(read) and behind - role.last <= _MAX_BETWEEN and read[behind].word in self.of:
            behind += 1
        start = read[behind].start if behind < len(read) else len(text)
        if behind == role.last + 1 and "" not in self.of:
            return None
        # An Arabic particle may be written onto the name, so that this begins inside the word.
        name = next((each for each in names if start <= each.start <= start + 2), None)
        return None if name is None else Speaker(name.token, True, *_at(passage, name.start, name.end))

    def _named_before(self, passage: Passage, at: int, names: Sequence[Concept]) -> Speaker | None:
        text = passage.text
        name = next((each for each in reversed(names) if each.end <= at), None)
        if name is not None and _HAN_BEFORE.fullmatch(text, name.end, at):
            return Speaker(name.token, True, *_at(passage, name.start, name.end))
        printed = _HAN_NAME.search(text, max(0, at - 40), at)
        if printed is None:
            return None
        start, end = printed.span("name")
        inside = [each for each in names if start == each.start and each.token.startswith("body:")]
        return Speaker(inside[0].token if inside else "", True, *_at(passage, start, end))

    def _leads_back(self, read: Sequence[Token], role: Found[Role]) -> bool:
        if self.language == "ar":
            return read[role.first].word.lstrip("وفبلك").startswith("ال")
        before = [token.word for token in read[max(0, role.first - 2) : role.first]]
        joined = "".join(before) if self.language == "zh" else before[-1] if before else ""
        if self.language == "zh":
            return any(joined.endswith(word) for word in self.the if word)
        return joined in self.the or "" in self.the

    def pronoun_in(self, text: str, sentence: Span) -> bool:
        """Whether the sentence, or a clause of it, begins with "she" or "he"."""
        begins = True
        for token in lexicon.tokens(text)[_first(text, sentence.start) :]:
            if token.start >= sentence.end:
                return False
            before = text[sentence.start : token.start].rstrip()[-1:]
            if (begins or before in _PRONOUN_PLACES) and token.word in self.pronouns:
                return True
            begins = False
        return False


def _first(text: str, start: int) -> int:
    """The number of the first token that starts at `start` or behind."""
    return bisect_right(lexicon.tokens(text), start - 1, key=lambda token: token.start)


def _at(passage: Passage, start: int, end: int) -> tuple[str, Passage, Span]:
    return passage.text[start:end], passage, Span(start, end)


@cache
def _words(language: str) -> _Words | None:
    if language not in UN_LANGUAGES:
        return None
    roles: list[tuple[str, Role]] = [(name, "panellist") for name in _split(table.PANELLISTS, language)]
    roles += [(name, "speaker") for name in _split(table.SPEAKERS, language)]
    return _Words(
        language,
        Lexicon(roles),
        Lexicon((words, "") for words in _split(table.UNNAMED, language)),
        Lexicon((words, "") for words in _split(table.COUNTRY, language)),
        _folded(table.THE, language),
        _folded(table.OF, language),
        _folded(table.PRONOUNS, language) - {""},
    )


def _split(words: Mapping[str, str], language: str) -> list[str]:
    return words[language].split("|")


def _folded(words: Mapping[str, str], language: str) -> frozenset[str]:
    return frozenset("".join(token.word for token in lexicon.tokens(word)) for word in _split(words, language))
