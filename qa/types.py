"""The values that pass between the stages of the online half. Frozen, without behaviour beyond display."""

from dataclasses import dataclass

from embeddings.concepts import Concept
from embeddings.source_text import source_span
from embeddings.types import Document, Passage, Span


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A hit: a passage with its `score` (higher is better; comparable within one question) and `rank` (from 1).

    `marked` is the sentence of the passage that comes closest to the question: characters in `passage.text`.
    """

    rank: int
    score: float
    passage: Passage
    document: Document
    marked: Span

    @property
    def text(self) -> str:
        """The passage, its lines joined, its number left off."""
        return self.passage.text

    @property
    def paragraph(self) -> str:
        """The paragraph's number as printed ("7"), empty where there is none."""
        return self.passage.paragraph

    @property
    def sentence(self) -> str:
        """The marked sentence."""
        return self.text[self.marked.start : self.marked.end]

    @property
    def sentence_source(self) -> Span:
        """Where the marked sentence stands in the source file: characters in `document.text`."""
        return source_span(self.passage.runs, self.marked)


@dataclass(frozen=True, slots=True)
class Citation:
    """A number to be printed in brackets, from 1, and the hit it stands for."""

    number: int
    hit: ScoredPassage


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question: `text` quotes the marked sentences, each with its citation's number.

    `expansions`: what of the question was searched in every language, with its place in `question`.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    expansions: tuple[Concept, ...]
