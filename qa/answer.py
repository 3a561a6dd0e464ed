"""The answer to a question: what the documents say, in their own words, or that they say nothing to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.concepts import Concept
from embeddings.types import Passage, Span
from qa.filters import Selection
from qa.followup import MAX_SENTENCE, Cited, Turn, Understood
from qa.listing import Table
from qa.reference_lookup import ReferenceAnswer, Row
from qa.relevance import Line
from qa.types import Citation, ScoredPassage


@dataclass(frozen=True, slots=True)
class Scope:
    """What was searched, all of it: how many documents and passages, in which languages (ISO 639-1).

    `undated`: how many documents were left out for having no date, where filters choose by date.
    """

    documents: int
    passages: int
    languages: tuple[str, ...]
    undated: int = 0

    @classmethod
    def of(cls, selection: Selection) -> "Scope":
        """What filters left of an index."""
        return cls(selection.documents, selection.passages, tuple(selection.counts), selection.undated)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question: `text` quotes the marked sentences, each with its citation's number.

    `question` as it was asked; `understood` has the query that was really searched, and what of it comes from the
    conversation. `language` is the one asked in. `citations` are the passages above the `line`, or all of them where
    the encoder has no calibration (`line` is None); `nearest` those below it, best first. `table`: one row an entity,
    where the question asks for countries, bodies, articles, dates or amounts. `references`: where it asks which
    passages refer to something, all of these; the citations are then theirs, in the order of the documents.
    `expansions`: what of the query was searched in every language, with its place in it.
    """

    question: str
    understood: Understood
    language: str
    text: str
    citations: tuple[Citation, ...]
    nearest: tuple[ScoredPassage, ...]
    table: Table | None
    references: ReferenceAnswer | None
    expansions: tuple[Concept, ...]
    scope: Scope
    line: Line | None

    @property
    def searched(self) -> str:
        """The query that was really searched."""
        return self.understood.text

    @property
    def absent(self) -> bool:
        """Whether nothing in the documents answers, as far as can be told."""
        return not self.citations


def turn(answer: Answer) -> Turn:
    """What of an answer the next question may lean on."""
    cited = (Cited(each.hit.passage.passage_id, each.hit.sentence[:MAX_SENTENCE]) for each in answer.citations)
    names = (row.name for row in answer.table.rows if row.named) if answer.table else ()
    return Turn(answer.question, answer.searched, tuple(cited), tuple(names))


def cited(hits: Sequence[ScoredPassage], beside: Sequence[Passage | None]) -> tuple[Citation, ...]:
    """The hits, numbered from 1, each with the version of it that is shown beside."""
    return tuple(
        Citation(number, hit, version) for number, (hit, version) in enumerate(zip(hits, beside, strict=True), 1)
    )


def quoted(citations: Sequence[Citation]) -> str:
    """The marked sentence of each citation with its number, a line each. Nothing but quotations."""
    return "\n".join(f"{citation.hit.sentence} [{citation.number}]" for citation in citations)


def hit_of(row: Row, rank: int) -> ScoredPassage:
    """A passage that refers to what was asked, as a hit; that it does is no matter of scores."""
    passage = row.passage
    sentence = next((span for mention in row.mentions for span in mention.sentences), passage.sentences[0])
    places = sorted((mention.reference.start, mention.reference.end) for mention in row.mentions)
    words = [Span(start, end) for start, end in places if sentence.start <= start < end <= sentence.end]
    apart = [word for last, word in zip([Span(0, 0), *words], words, strict=False) if word.start >= last.end]
    return ScoredPassage(rank, 1.0, passage, row.document, sentence, None, tuple(apart))
