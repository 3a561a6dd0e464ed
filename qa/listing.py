"""Answers to "which ...": one row for each country, body, article, date or amount, with every place that bears it out.

A mention is no assertion. So each stands with its sentence, and words in it that deny, only plan, or name a model are
told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from embeddings.amounts import amounts
from embeddings.bodies import bodies, body_name
from embeddings.concepts import Concept, concepts, country_name
from embeddings.dates import dates
from embeddings.demonyms import demonyms
from embeddings.language import UN_LANGUAGES
from embeddings.lexicon import Lexicon
from embeddings.timing import Part, timed
from embeddings.types import Passage, Span
from qa import speaker_words
from qa.asking import Kind
from qa.cues import Cue, cues
from qa.speakers import Speaker, Speaking, speaking
from qa.types import ScoredPassage

Around = Callable[[Sequence[str]], Sequence[Passage]]
"""Gives all passages that stand under the same headings as some, which come by their ids, in the order of the index."""
How = Literal["named", "speaker", "unnamed"]
_MODEL_BEFORE: Final = ("为", "作为", "as a model")
"""Words of a model that stand behind its name: 以联合王国的制度为基础."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that bears a row out: `sentence` and, where the entity is named there, its `words`, in `hit.text`.

    `how`: "named" there; "speaker" where the sentence is said by or about who speaks, with the place where the speaker
    is named; "unnamed" where the documents do not say who. `cues`: words of the sentence that qualify what it asserts.
    """

    hit: ScoredPassage
    sentence: Span
    words: Span | None
    how: How
    speaker: Speaker | None
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An entity: its `token` ("country:ZW"), empty where it is not named, its `name` in the asker's language, or else
    the words that stand for it, and its mentions, those of the best hits first."""

    token: str
    name: str
    mentions: tuple[Mention, ...]

    @property
    def named(self) -> bool:
        """Whether the documents name it."""
        return bool(self.token)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of one kind, in the order of their best hits, those of the unnamed last; `language` of its names.

    `hits`: the passages that the rows come from, best first.
    """

    kind: Kind
    language: str
    rows: tuple[Row, ...]
    hits: tuple[ScoredPassage, ...]


@timed(Part.TABLE)
def table(
    kind: Kind,
    hits: Sequence[ScoredPassage],
    bearing: Mapping[str, Sequence[int]],
    around: Around,
    language: str,
) -> Table:
    """The rows that the sentences of `hits` give: of each hit those whose numbers `bearing` has by its passage_id.

    `around`: who speaks in a passage may be said before it. `language`: of the names.
    """
    speakers = _speakers(hits, bearing, around) if kind in (Kind.COUNTRY, Kind.BODY) else {}
    found: dict[tuple[str, str], list[Mention]] = {}
    for hit in hits:
        own = speakers.get(hit.passage.passage_id)
        for number in bearing.get(hit.passage.passage_id, ()):
            for token, name, mention in _mentions(kind, hit, number, own[number] if own else None):
                found.setdefault((token, "" if token else name), []).append(mention)
    rows = [
        Row(token, words or _name(kind, token, mentions[0], language), tuple(mentions))
        for (token, words), mentions in found.items()
    ]
    # What is only a model, or denied, stands behind what is not; who is not named behind all.
    rows.sort(key=lambda row: (not row.named, all(map(_is_qualified, row.mentions))))
    used = dict.fromkeys(mention.hit.passage.passage_id for row in rows for mention in row.mentions)
    return Table(kind, language, tuple(rows), tuple(hit for hit in hits if hit.passage.passage_id in used))


def _is_qualified(mention: Mention) -> bool:
    return any(cue.kind in ("model", "negation") for cue in mention.cues)


@timed(Part.SPEAKERS)
def _speakers(
    hits: Sequence[ScoredPassage], bearing: Mapping[str, Sequence[int]], around: Around
) -> dict[str, tuple[Speaking, ...]]:
    """Who speaks in the sentences of the hits that bear on the question, by passage_id."""
    read = around([hit.passage.passage_id for hit in hits if bearing.get(hit.passage.passage_id)])
    return {passage.passage_id: own for passage, own in zip(read, speaking(read), strict=True)}


def _mentions(kind: Kind, hit: ScoredPassage, number: int, own: Speaking | None) -> Iterator[tuple[str, str, Mention]]:
    """The entities that one sentence gives: token, words where there is no token, and the mention."""
    sentence = hit.passage.sentences[number]
    text = hit.text[sentence.start : sentence.end]
    qualifying = [
        Cue(cue.kind, cue.start + sentence.start, cue.end + sentence.start) for cue in cues(text, hit.passage.language)
    ]
    named = [
        Concept(each.token, each.start + sentence.start, each.end + sentence.start)
        for each in _entities(kind, text, hit.passage.language)
    ]
    for each in named:
        words = Span(each.start, each.end)
        yield (
            each.token,
            "",
            Mention(hit, sentence, words, "named", None, _of_named(qualifying, hit.text, words, named)),
        )
    if own is not None and own.speaker is not None and (own.country or not named):
        speaker, said = own.speaker, tuple(cue for cue in qualifying if cue.kind != "model")
        if not speaker.named:
            yield "", speaker.words, Mention(hit, sentence, own.country, "unnamed", speaker, said)
        elif speaker.token.startswith(f"{kind.value}:"):
            yield speaker.token, "", Mention(hit, sentence, own.country, "speaker", speaker, said)
    if kind is Kind.COUNTRY:
        for words in _counted(text, hit.passage.language):
            span = Span(words.start + sentence.start, words.end + sentence.start)
            yield "", hit.text[span.start : span.end], Mention(hit, sentence, span, "unnamed", None, tuple(qualifying))


def _of_named(qualifying: Sequence[Cue], text: str, words: Span, named: Sequence[Concept]) -> tuple[Cue, ...]:
    """The cues that are said of something named at `words`. What is named first behind words like "based on" is the
    model; before 为基础 and its like, and "as a model", it is what was named last."""

    def is_model(cue: Cue) -> bool:
        if text.startswith(_MODEL_BEFORE, cue.start):
            nearest = max((each.end for each in named if each.end <= cue.start), default=None)
            return words.end == nearest
        return words.start == min((each.start for each in named if each.start >= cue.end), default=None)

    return tuple(cue for cue in qualifying if cue.kind != "model" or is_model(cue))


def _entities(kind: Kind, text: str, language: str) -> list[Concept]:
    """What of a kind stands in a text, in order, none twice at one place."""
    if kind is Kind.COUNTRY:
        every = [each for each in concepts(text) if each.token.startswith("country:")] + demonyms(text, language)
    elif kind is Kind.BODY:
        every = bodies(text)
    elif kind is Kind.ARTICLE:
        every = [each for each in concepts(text) if each.token.startswith("article:")]
    else:
        every = dates(text) if kind is Kind.DATE else amounts(text)
    found: list[Concept] = []
    for each in sorted(every, key=lambda one: (one.start, -one.end)):
        if kind is Kind.ARTICLE or not found or each.start >= found[-1].end:
            found.append(each)
    return found


def _counted(text: str, language: str) -> Iterator[Span]:
    """Countries of which only the number is said: "19 countries", 其他国家."""
    lexicon = _countries_counted(language)
    if lexicon is None:
        return
    for each in lexicon.find(text):
        yield Span(each.start, each.end)


@cache
def _countries_counted(language: str) -> Lexicon[None] | None:
    if language not in UN_LANGUAGES:
        return None
    nouns, counts = speaker_words.SOME_COUNTRIES[language].split("|"), speaker_words.COUNTED[language].split("|")
    blank = "" if language == "zh" else " "
    return Lexicon((f"{count}{blank}{noun}", None) for count in counts for noun in nouns)


def _name(kind: Kind, token: str, mention: Mention, language: str) -> str:
    if kind is Kind.COUNTRY:
        return country_name(token, language)
    if kind is Kind.BODY:
        return body_name(token, language)
    value = token.partition(":")[2]
    if kind is Kind.DATE:
        return value
    words = mention.words
    return mention.hit.text[words.start : words.end] if words and kind is Kind.AMOUNT else value
