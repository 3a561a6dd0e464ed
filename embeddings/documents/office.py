"""What the readers of word processors' files have in common: lines into an extract, properties, what is left out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from embeddings.documents.blocks import MarkedLine, marked_text
from embeddings.documents.extract import MAX_CHARACTERS, Extract
from embeddings.errors import DocumentError

MAX_PARAGRAPHS: Final = 200_000
"""Of a document. Reports have some thousands; more are a file made to keep somebody busy."""
_MAX_SAMPLE: Final = 60
_PLACEHOLDER: Final = re.compile(
    r"\[.*\]|(?:word )?document ?\d*|untitled|title|template|united nations|nations unies|naciones unidas"
    r"|microsoft word(?: -.*)?",
    re.IGNORECASE,
)
"""Titles that a template or a converter wrote."""
_LINE_ENDS: Final = str.maketrans(dict.fromkeys("\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029", " ") | {"\u00ad": None})
"""A paragraph stands on one line, and soft hyphens are a printer's business."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or a table's row as somebody sees it. `number` counts them in the file, from 1.

    `level` and `row` as in Block. `contents`: a line of the table of contents, which says nothing of its own.
    """

    text: str
    number: int
    level: int | None = None
    row: bool = False
    contents: bool = False


class Lines:
    """Collects the lines of a document. Raises DocumentError where they come to more than any document has."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._characters = 0

    def add(self, line: Line) -> None:
        """Take `line` if there is anything on it."""
        if line.text:
            self.lines.append(line)
            self._characters += len(line.text)
        if self._characters > MAX_CHARACTERS:
            raise DocumentError(f"is too large: it holds more than {MAX_CHARACTERS:,} characters")


def refuse_more(paragraphs: int) -> None:
    """Raise DocumentError where a document has too many `paragraphs`."""
    if paragraphs > MAX_PARAGRAPHS:
        raise DocumentError(f"is too large: it holds more than {MAX_PARAGRAPHS:,} paragraphs")


def one_line(text: str) -> str:
    """`text` as it stands on a line of its own."""
    return text.translate(_LINE_ENDS).strip()


def extract_of(lines: Sequence[Line], *, title: str, language: str, left_out: Sequence[str]) -> Extract:
    """The extract whose text is `lines`. Raises DocumentError when there are no words on them."""
    text, blocks, places = marked_text(
        [MarkedLine(line.text, "", line.number, line.level, line.row, apart=line.contents) for line in lines]
    )
    if not any(character.isalnum() for block in blocks for character in block.content.text):
        raise DocumentError("holds no text")
    contents = [line.text for line in lines if line.contents]
    more = grouped("line of the table of contents", "lines of the table of contents", contents)
    return Extract(text, blocks, places, title, language=language, left_out=(*left_out, *more))


def grouped(one: str, many: str, texts: Iterable[str]) -> list[str]:
    """The line that says what was left out, with a sample: `header 'A/58/100'`, `12 footnotes, first 'See ...'`.

    None where there are no `texts`. They may be empty: then only their number is told.
    """
    texts = list(texts)
    if not texts:
        return []
    sample = next(filter(None, texts), "")
    sample = sample if len(sample) <= _MAX_SAMPLE else f"{sample[: _MAX_SAMPLE - 1].rstrip()}…"
    if len(texts) == 1:
        return [f"{one} {sample!r}" if sample else f"1 {one}"]
    return [f"{len(texts)} {many}, first {sample!r}" if sample else f"{len(texts)} {many}"]


def title_of(text: str) -> str:
    """A title out of a file's properties; empty where a template wrote it."""
    title = " ".join(text.split())
    return "" if _PLACEHOLDER.fullmatch(title) else title


def language_of_tag(tag: str) -> str:
    """The ISO 639-1 code in a tag such as `zh-CN`, if there is one."""
    code = tag.strip().replace("_", "-").partition("-")[0].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() and code != "xx" else ""
