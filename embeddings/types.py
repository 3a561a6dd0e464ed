"""The values that pass between the stages of the offline half. Frozen, without behaviour beyond display.

Offsets are counted in characters (Unicode code points, as Python indexes `str`) and are half-open: [start, end).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Rows of float32; the shape stands in each docstring."""

TokenSpans = npt.NDArray[np.int32]
"""[num_tokens, 2]: start and end of each token in its text."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: characters [start, end)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """`length` characters that stand unchanged at `text_start` in a joined text and at `source_start` in its source."""

    text_start: int
    source_start: int
    length: int


@dataclass(frozen=True, slots=True)
class SourceText:
    """Text joined out of pieces of a source, with the way back: `runs` cover every character, in order."""

    text: str
    runs: tuple[Run, ...]


NumberKind = Literal["paragraph", "outline", "item", "article"]
"""`7.`, `2.1`, `(a)`, `Article 54`."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number at the start of a line.

    `printed`: as it stands there, without the point behind it ("7", "٧", "(a)", "Article 54"). `key`: the same in all
    languages ("7", "6bis", "a", "54"). `order` compares numbers of one kind. `length`: how many characters it takes
    with what stands behind it up to the text.
    """

    printed: str
    key: str
    kind: NumberKind
    order: tuple[int, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or heading as a reader found it, its lines already joined.

    `content` leaves the `number` off, `start` and `end` take it in. `apart`: space sets it off from what stands before,
    not only a number. `lines`: how many it took. `level`: of a heading that the format marks as one, 0 for the
    document's title; None for anything else. `row`: of a table, its cells divided by ` | `.
    """

    content: SourceText
    number: Number | None
    start: int
    end: int
    apart: bool
    lines: int
    level: int | None = None
    row: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file below the seeds folder. `path` is relative to it, with forward slashes; `sha256` is of its bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, its level (0 for the document's title, then 1, 2, ...) and its place in the source."""

    text: str
    level: int
    start: int
    end: int


Box = tuple[float, float, float, float]
"""Left, top, right, bottom on a page, in points from its top left corner."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the characters [start, end) of a document's text stand in a file that is no text itself.

    `part`: the file inside an archive (`OEBPS/chapter1.xhtml`), empty elsewhere. `number`: of the page in a PDF, of the
    block elsewhere, from 1. `box` on a page, None where there are no pages.
    """

    start: int
    end: int
    part: str
    number: int
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another document of the index that belongs to one: its `doc_id` and symbol, and what it is to it.

    `kind`: "corrigendum", "revision" or "addendum" where the other one changes this one, "original" the other way.
    """

    doc_id: str
    symbol: str
    kind: Literal["corrigendum", "revision", "addendum", "original"]


@dataclass(frozen=True, slots=True)
class Document:
    """One source file.

    `text` is what offsets count in: the file's own text as decoded, character for character, or for other formats the
    text that their reader made, with `places` leading to the file. `symbol` ("A/RES/58/4") and `date` (ISO 8601) are
    empty where unknown. `work` is the same for all language versions of one document. `left_out`: what of the file is
    no part of the text, a line each.
    """

    doc_id: str
    title: str
    language: str
    source: SourceFile
    text: str
    headings: tuple[Heading, ...]
    symbol: str = ""
    date: str = ""
    work: str = ""
    places: tuple[Place, ...] = ()
    related: tuple[Related, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """The same paragraph in another language. `doubtful`: by its vectors another paragraph there is meant."""

    passage_id: str
    language: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered paragraph or its equal: the unit of retrieval and of citation.

    `passage_id` is `doc_id#key`, the key being the same in all language versions: `7`, `6bis`, `art54`, `art54.1`, and
    `p12` for the twelfth passage where there is no number. `paragraph` is the number as printed ("7", "(a)"), empty
    where there is none; `article` that of the article it stands in ("54"), empty outside articles. `text` has its
    lines joined and its number left off; a line of it is an item or a row of a table. `runs` lead back to the source.
    `start` and `end` take in the number. `sentences` cover `text`.
    """

    passage_id: str
    doc_id: str
    section: tuple[str, ...]
    paragraph: str
    language: str
    text: str
    runs: tuple[Run, ...]
    sentences: tuple[Span, ...]
    start: int
    end: int
    article: str = ""
    versions: tuple[Version, ...] = ()

    @property
    def key(self) -> str:
        """The part of `passage_id` that all language versions share."""
        return self.passage_id.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a passage has to fit to be searched; where all are empty, every one does.

    `documents`: doc_ids. `languages` (ISO 639-1) of passages. `since` and `until`: the first and the last date of
    documents (ISO 8601), each whole or to the month or the year, "2019" being all of it; documents without a date are
    left out by both. `sections`: headings; a passage is in when one of those above it is among them. A passage has to
    fit all that are given, each by one of its values.
    """

    documents: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What an index must be searched with: `fingerprint` is the SHA-256 (hex) of the model's files. Rerankers have one,
    too."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """A question or a passage, encoded.

    `vector` [dim], unit length: the model's own for the whole text. `tokens` [num_tokens, hidden] with `spans` in the
    text, in order; the model's marks and prompts are left out. A multi-vector model searches with some of these as
    well: their spans are empty, at the start and at the end of the text.
    """

    vector: Vectors
    tokens: Vectors
    spans: TokenSpans


class Encoder(Protocol):
    """Makes vectors of texts. Tests use one whose vectors can be checked by hand."""

    @property
    def identity(self) -> EncoderIdentity: ...

    @property
    def pools_by_mean(self) -> bool:
        """Whether a text's own vector is the mean of its tokens', so that these can be searched with as well."""
        ...

    @property
    def multi_vector(self) -> bool:
        """Whether its tokens were trained to be searched with, as they are: by MaxSim (ColBERT). Then it also counts
        as one that pools by mean."""
        ...

    def encode_query(self, query: str) -> TextEncoding: ...

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]: ...
