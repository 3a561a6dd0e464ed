"""The values that pass between the stages of the online half. Frozen, without behaviour beyond display."""

from dataclasses import dataclass
from typing import Literal

from embeddings.source_text import source_span
from embeddings.types import Document, Passage, Span

Collection = Literal["library", "own"]
"""What is asked in the page: the documents of the installation, or those that a visitor uploaded."""
Uploads = Literal["own", "shared", "off"]
"""Whose collection an uploaded document goes into: the visitor's own, the installation's, nobody's."""


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A hit: a passage with its `score` (higher is better; comparable within one question) and `rank` (from 1).

    `relevance`: how likely it answers, from 0 to 1; None where the encoder has no calibration. `marked` is the sentence
    of the passage that answers best, `words` those in it that match the question's: characters in `passage.text`.
    """

    rank: int
    score: float
    passage: Passage
    document: Document
    marked: Span
    relevance: float | None = None
    words: tuple[Span, ...] = ()

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
    """A number to be printed in brackets, from 1, and the hit it stands for.

    `beside`: the same paragraph in the reader's language, where the hit is in another one and there is a version.
    """

    number: int
    hit: ScoredPassage
    beside: Passage | None = None
