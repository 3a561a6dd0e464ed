"""What is shown of an answer: plain values that can be kept as JSON, shown again in another language, and taken away.

A conversation is a list of these. It is kept by whoever asked, in the browser, and comes back with each question; so it
is checked on the way in, and never trusted to be what was sent out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError

from embeddings.language import UN_LANGUAGES
from embeddings.types import Passage, Related
from qa import citation_formats
from qa.answer import Answer
from qa.assistant import Assistant
from qa.citations import locator, source_place
from qa.errors import ConversationError, WriterReason
from qa.filters import Filters
from qa.followup import Cited, Turn
from qa.listing import Mention, Table
from qa.listing_output import notes_of
from qa.pins import pin
from qa.records import Options, record
from qa.reference_lookup import ReferenceAnswer, Row
from qa.relevance import Line
from qa.strings import say
from qa.types import Citation, Collection, ScoredPassage
from qa.writing.types import Sentence, WhyNot, Written

FORMAT: Final = 1
MAX_TURNS: Final = 50
"""Of one conversation. All of it travels with each question."""
_MAX_JSON: Final = 4_000_000
"""Characters of a conversation's JSON; fifty long answers take a fifth of that."""

Name = Annotated[str, Field(max_length=1000)]
Words = Annotated[str, Field(max_length=20_000)]
ByLanguage = Annotated[Mapping[str, Words], Field(max_length=len(UN_LANGUAGES))]
"""The same in each language of the page, by its code."""
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]
Measure = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A passage in the reader's language."""

    passage_id: Name
    language: Name
    text: Words


@dataclass(frozen=True, slots=True)
class ShownRelated:
    """A document that amends the cited one, or that it amends: as `embeddings.types.Related`."""

    doc_id: Name
    symbol: Name
    kind: Literal["corrigendum", "revision", "addendum", "original"]


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A passage: cited with a `number` from 1, or with 0 below the line.

    `sentence` is the marked one, number `sentence_number` of the passage, counted from 0, and `words` are characters of
    it. `locators` ("para. 7"), `places` ("lines 130-132") and `references` (the whole citation) by language. `doubts`:
    of a reference that is made in it, why it may be none. `pin` keeps the citation (docs/citations.md), `file_sha256`
    tells the document's file.
    """

    number: Count
    passage_id: Name
    title: Words
    symbol: Name
    date: Name
    section: Annotated[tuple[Words, ...], Field(max_length=50)]
    file: Name
    file_sha256: Name
    language: Name
    sentence: Words
    sentence_number: Count
    words: Annotated[tuple[tuple[Count, Count], ...], Field(max_length=2000)]
    score: Measure
    relevance: Measure | None
    locators: ByLanguage
    places: ByLanguage
    references: ByLanguage
    related: Annotated[tuple[ShownRelated, ...], Field(max_length=100)] = ()
    beside: ShownVersion | None = None
    doubts: Annotated[tuple[Literal["body", "instrument"], ...], Field(max_length=2)] = ()
    pin: Words = ""

    @property
    def doc_id(self) -> str:
        """The document's name."""
        return self.passage_id.rpartition("#")[0]


@dataclass(frozen=True, slots=True)
class ShownMention:
    """A place that bears a row of a table out: the `number` of its citation, its sentence, and what qualifies it."""

    number: Count
    sentence: Words
    sentence_number: Count
    notes: Annotated[tuple[Words, ...], Field(max_length=20)]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An entity and its places; `named`: whether the documents name it."""

    name: Words
    named: bool
    mentions: Annotated[tuple[ShownMention, ...], Field(max_length=200)]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """An answer to "which ...", its names in `language`."""

    kind: Literal["country", "body", "article", "date", "amount"]
    language: Name
    rows: Annotated[tuple[ShownRow, ...], Field(max_length=500)]


@dataclass(frozen=True, slots=True)
class ShownReferences:
    """An answer to "where is ... mentioned": in how many passages, how many of them for certain, and in how many
    `wider` ones the article as a whole. `names` as they stand in the question."""

    names: Annotated[tuple[Words, ...], Field(max_length=50)]
    passages: Count
    certain: Count
    wider: Count


@dataclass(frozen=True, slots=True)
class ShownScope:
    """What was searched. `undated`: documents that a filter by date left out because they have none."""

    documents: Count
    passages: Count
    languages: Annotated[tuple[Name, ...], Field(max_length=500)]
    undated: Count = 0


@dataclass(frozen=True, slots=True)
class ShownLine:
    """The line below which nothing counts as an answer: as `qa.relevance.Line`."""

    relevance: Measure
    false_answers: Measure
    near_misses: Measure
    answered: Measure


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence that a model wrote: as `qa.writing.types.Sentence`."""

    text: Words
    citations: Annotated[tuple[Count, ...], Field(max_length=100)]
    why_not: Annotated[tuple[WhyNot, ...], Field(max_length=10)]


@dataclass(frozen=True, slots=True)
class ShownWritten:
    """What a model wrote from the hits of an answer: as `qa.writing.types.Written`, without what was sent."""

    model: Name
    host: Name
    sentences: Annotated[tuple[ShownSentence, ...], Field(max_length=100)]
    left_out: Count
    failed: WriterReason | None


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A turn that was answered, though it may be by nothing.

    `follows`: whether words of the conversation were put into `searched`. `asked`: when (UTC, ISO 8601); `seconds`: how
    long it took. `expansions`: words of the query that were searched in every language. `record`: see `qa.records`.
    `written`: what a model wrote from the hits, where that was asked for.
    """

    question: Words
    searched: Words
    follows: bool
    language: Name
    collection: Collection
    filters: Filters
    asked: Name
    seconds: Measure
    hits: Annotated[tuple[ShownHit, ...], Field(max_length=20_000)]
    nearest: Annotated[tuple[ShownHit, ...], Field(max_length=100)]
    table: ShownTable | None
    references: ShownReferences | None
    expansions: Annotated[tuple[Words, ...], Field(max_length=500)]
    scope: ShownScope
    line: ShownLine | None
    record: dict[str, Any]
    written: ShownWritten | None = None
    kind: Literal["answer"] = "answer"
    format: Literal[1] = FORMAT

    @property
    def absent(self) -> bool:
        """Whether nothing in the documents answers, as far as can be told."""
        return not self.hits


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """A turn that could not be answered: the string (`qa.strings`) that says why, with what is put into it."""

    question: Words
    asked: Name
    key: Name
    values: dict[str, Count | Words] = field(default_factory=dict)
    kind: Literal["problem"] = "problem"
    format: Literal[1] = FORMAT


ShownTurn = Annotated[ShownAnswer | ShownProblem, Field(discriminator="kind")]
Conversation = tuple[ShownAnswer | ShownProblem, ...]

_CONVERSATION: Final = TypeAdapter[Conversation](Annotated[tuple[ShownTurn, ...], Field(max_length=MAX_TURNS)])


def to_json(conversation: Sequence[ShownAnswer | ShownProblem]) -> list[dict[str, Any]]:
    """A conversation as JSON values."""
    return [asdict(turn) for turn in conversation]


def read_conversation(text: str) -> Conversation:
    """A conversation out of JSON; blank is an empty one. Raises ConversationError when it is something else."""
    if not text.strip():
        return ()
    try:
        if len(text) > _MAX_JSON:
            raise ConversationError(f"a conversation has {len(text)} characters; at most {_MAX_JSON} are taken")
        conversation = _CONVERSATION.validate_json(text.encode("utf-8", "surrogatepass"))
        for turn in conversation:
            _check(turn)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConversationError(f"no conversation of this program: {place}: {first['msg']}") from error
    return conversation


def _check(turn: ShownAnswer | ShownProblem) -> None:
    """Raise ConversationError for a turn that holds together only in its form."""
    if isinstance(turn, ShownProblem):
        try:
            say(UN_LANGUAGES[0], turn.key, **turn.values)
        except (KeyError, TypeError) as error:
            raise ConversationError(f"no conversation of this program: a problem {turn.key!r:.60}") from error
    elif turn.table and not {each.number for row in turn.table.rows for each in row.mentions} <= {
        hit.number for hit in turn.hits
    }:
        raise ConversationError("no conversation of this program: a table cites what is not there")
    elif turn.written and not {number for each in turn.written.sentences for number in each.citations} <= {
        hit.number for hit in turn.hits
    }:
        raise ConversationError("no conversation of this program: a written answer cites what is not there")


def turns_of(conversation: Sequence[ShownAnswer | ShownProblem]) -> list[Turn]:
    """What of a conversation the next question may lean on."""
    return [
        Turn(
            turn.question,
            turn.searched,
            tuple(Cited(hit.passage_id, hit.sentence) for hit in turn.hits),
            tuple(row.name for row in turn.table.rows if row.named) if turn.table else (),
        )
        for turn in conversation
        if isinstance(turn, ShownAnswer)
    ]


def now() -> str:
    """The time, as turns have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def shown(
    answer: Answer, assistant: Assistant, options: Options, collection: Collection, asked: str, seconds: float
) -> ShownAnswer:
    """What is shown of an answer that the assistant gave with these options."""
    doubts = {row.passage.passage_id: _doubts(row) for row in answer.references.rows} if answer.references else {}
    numbers = {citation.hit.passage.passage_id: citation.number for citation in answer.citations}
    return ShownAnswer(
        question=answer.question,
        searched=answer.searched,
        follows=answer.understood.follows,
        language=answer.language,
        collection=collection,
        filters=options.filters,
        asked=asked,
        seconds=round(seconds, 3),
        hits=tuple(_cited(each, doubts.get(each.hit.passage.passage_id, ())) for each in answer.citations),
        nearest=tuple(_hit(hit, 0) for hit in answer.nearest),
        table=_table(answer.table, numbers) if answer.table and not answer.absent else None,
        references=_references(answer.references) if answer.references else None,
        expansions=() if answer.references else _everywhere(answer),
        scope=ShownScope(**asdict(answer.scope)),
        line=_line(answer.line),
        record=record(answer, assistant, options),
    )


def shown_sentence(sentence: Sentence) -> ShownSentence:
    """What is shown of a sentence that a model wrote."""
    return ShownSentence(sentence.text, sentence.citations, sentence.why_not)


def shown_written(written: Written) -> ShownWritten:
    """What is shown of what a model wrote."""
    sentences = tuple(map(shown_sentence, written.sentences))
    return ShownWritten(written.model, written.host, sentences, written.left_out, written.failed)


def _everywhere(answer: Answer) -> tuple[str, ...]:
    words = (answer.searched[item.start : item.end] for item in answer.expansions)
    return tuple(dict.fromkeys(words))


def _cited(citation: Citation, doubts: tuple[Literal["body", "instrument"], ...]) -> ShownHit:
    beside = citation.beside
    return _hit(
        citation.hit,
        citation.number,
        beside=ShownVersion(beside.passage_id, beside.language, beside.text) if beside else None,
        doubts=doubts,
        pin=pin(citation).to_text(),
    )


def _hit(hit: ScoredPassage, number: int, **more: Any) -> ShownHit:
    passage, document, start = hit.passage, hit.document, hit.marked.start
    whole = citation_formats.cited(Citation(number or hit.rank, hit))
    return ShownHit(
        number=number,
        passage_id=passage.passage_id,
        title=document.title,
        symbol=document.symbol,
        date=document.date,
        section=passage.section,
        file=document.source.path,
        file_sha256=document.source.sha256,
        language=passage.language,
        sentence=hit.sentence,
        sentence_number=passage.sentences.index(hit.marked),
        words=tuple((word.start - start, word.end - start) for word in hit.words),
        score=round(hit.score, 6),
        relevance=None if hit.relevance is None else round(hit.relevance, 6),
        locators={each: locator(passage, each) for each in UN_LANGUAGES},
        places={each: source_place(document, passage, each) for each in UN_LANGUAGES},
        references={each: citation_formats.reference(whole, each) for each in UN_LANGUAGES},
        related=tuple(map(_related, document.related)),
        **more,
    )


def _related(other: Related) -> ShownRelated:
    return ShownRelated(other.doc_id, other.symbol, other.kind)


def _table(table: Table, numbers: Mapping[str, int]) -> ShownTable:
    rows = (
        ShownRow(row.name, row.named, tuple(_mention(each, numbers, table.language) for each in row.mentions))
        for row in table.rows
    )
    return ShownTable(table.kind.value, table.language, tuple(rows))


def _mention(mention: Mention, numbers: Mapping[str, int], language: str) -> ShownMention:
    passage: Passage = mention.hit.passage
    sentence = mention.sentence
    return ShownMention(
        numbers[passage.passage_id],
        passage.text[sentence.start : sentence.end],
        passage.sentences.index(sentence),
        tuple(notes_of(mention, language)),
    )


def _references(found: ReferenceAnswer) -> ShownReferences:
    asked = (found.query.text[each.start : each.end] for each in found.query.references)
    certain = sum(row.certain for row in found.rows)
    return ShownReferences(tuple(dict.fromkeys(asked)), len(found.rows), certain, found.wider)


def _doubts(row: Row) -> tuple[Literal["body", "instrument"], ...]:
    if row.certain:
        return ()
    return tuple(dict.fromkeys(mention.doubt for mention in row.mentions if mention.doubt))  # type: ignore[misc]


def _line(line: Line | None) -> ShownLine | None:
    return None if line is None else ShownLine(**asdict(line))
