"""What a conversation that is taken away is made of, before it becomes Markdown or a Word document.

Texts are as they came, of documents and of visitors: each output makes them harmless in its own way.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one `language` (ISO 639-1), in none where that is empty: a hash, a file's name. `strong`: set off."""

    text: str
    language: str
    strong: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """Of `level` 1, which is the title, to 3."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`leads`: it belongs to what comes next, and stays on one page with it."""

    line: Line
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Short things to be known, a line each."""

    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a document says, in its own language."""

    line: Line
    language: str


@dataclass(frozen=True, slots=True)
class Table:
    """Each of the `rows` has as many cells as the `header`; `widths`: how the columns share the page, together 1."""

    header: Sequence[Line]
    rows: Sequence[Sequence[Line]]
    widths: Sequence[float]


@dataclass(frozen=True, slots=True)
class Code:
    """A line of letters, digits and `:_-`, to be copied as it is."""

    text: str


Block = Heading | Paragraph | Facts | Quote | Table | Code


@dataclass(frozen=True, slots=True)
class Written:
    """A conversation as blocks, written in the reader's `language`; `title` is also the first of them."""

    title: str
    language: str
    exported: str
    blocks: Sequence[Block]
