"""The values that pass between the stages of the offline half. Frozen, without behaviour beyond display.

Offsets are counted in characters (Unicode code points, as Python indexes `str`) and are half-open: [start, end).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or heading as a reader found it, its lines already joined.

    `number` is a paragraph's number as printed ("7"), empty where there is none; `content` leaves it off, `start` and
    `end` take it in. `apart`: space sets it off from what stands before, not only a number. `lines`: how many it took.
    `level`: of a heading that the format marks as one, 0 for the document's title; None for anything else. `row`: of a
    table, its cells divided by ` | `.
    """

    content: SourceText
    number: str
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


@dataclass(frozen=True, slots=True)
class Document:
    """One source file. `text` is the file's text as decoded, character for character: what offsets count in."""

    doc_id: str
    title: str
    language: str
    source: SourceFile
    text: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One numbered paragraph or its equal: the unit of retrieval and of citation.

    `paragraph` is the number as printed ("7"), empty where there is none. `text` has its lines joined and its number
    left off; `runs` lead back to the source. `start` and `end` take in the number. `sentences` cover `text`.
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


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What an index must be searched with: `fingerprint` is the SHA-256 (hex) of the model's files."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class TextEncoding:
    """A question or a passage, encoded.

    `vector` [dim], unit length: the model's own for the whole text. `tokens` [num_tokens, hidden] with `spans` in the
    text, in order; the model's marks and prompts are left out.
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

    def encode_query(self, query: str) -> TextEncoding: ...

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]: ...
