"""Words of a Markdown file as they are shown, without its marks, with the way back to the file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from embeddings.documents.html.text import HAN
from embeddings.numbering import leading_number
from embeddings.source_text import INVISIBLE
from embeddings.types import Block, Run, SourceText, Span

_NO_BLANK: Final = re.compile(rf"{HAN}\n{HAN}|\w[-\u2010\u2011]\n\S")
"""A line break that stands for nothing: inside Chinese, and after a hyphen."""
_LINE_END: Final = re.compile(r"\r\n?|\n")


class Lines:
    """The lines of `text` from `start` on, as Markdown counts them: where each begins and ends, without its end."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.spans: list[Span] = []
        for found in _LINE_END.finditer(text, start):
            self.spans.append(Span(start, found.start()))
            start = found.end()
        self.spans.append(Span(start, len(text)))

    def begins(self, first: int, content: str) -> list[int]:
        """Where the lines of `content` begin that stand in the lines from `first` on, behind what marks those."""
        begins = []
        for number, line in enumerate(content.split("\n"), first):
            if number == len(self.spans):
                break
            span = self.spans[number]
            here, words = self.text[span.start : span.end].rstrip(), line.rstrip()
            if not here.endswith(words):  # a tab was written as blanks, or marks stand behind the words as well
                here, words = here.rstrip("#").rstrip(), words.lstrip()
            at = len(here) - len(words) if here.endswith(words) else max(0, here.find(words))
            begins.append(span.start + at - (len(line.rstrip()) - len(words)))
        return begins

    def first(self, start: int, end: int, content: str) -> int:
        """The first of the lines [start, end) that `content` stands in: its parser drops some that hold only blanks."""
        words = content.partition("\n")[0].strip()
        spans = enumerate(self.spans[start:end], start)
        return next((at for at, span in spans if words in self.text[span.start : span.end]), start)

    def printed(self, first: int, end: int, content: str) -> list[Span]:
        """Where the words stand in the lines [first, end), whose `content` is without what marks them."""
        spans = []
        for begin, line in zip(self.begins(first, content), content.split("\n"), strict=False):
            words = line.strip()
            at = begin + len(line) - len(line.lstrip())
            spans.append(Span(at, at + len(words)))
        return spans[: end - first]


class Shown:
    """Collects what is shown of a file, in its order."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[str] = []
        self._runs: list[Run] = []
        self._length = 0
        self._stands_for = False
        """Whether the last run is one character that stands for another."""
        self._break = -1

    def take(self, start: int, end: int) -> None:
        """Show the characters [start, end) of the source, but for those that nobody sees."""
        for found in INVISIBLE.finditer(self._source, start, end):
            self._add(start, found.start(), self._source[start : found.start()])
            start = found.end()
        self._add(start, end, self._source[start:end])

    def stand_for(self, at: int, character: str) -> None:
        """Show one `character` for what stands at `at`: an entity, a divider, a line break inside code."""
        self._add(at, at + 1, character)

    def break_line(self, at: int) -> None:
        """The source's line ends at `at`, but not the paragraph."""
        self._break = at

    def result(self) -> SourceText:
        """What was taken."""
        return SourceText("".join(self._parts), tuple(self._runs))

    def _add(self, start: int, end: int, text: str) -> None:
        if start >= end:
            return
        at, self._break = self._break, -1
        if at >= 0 and self._parts:
            before = self._parts[-1][-2:]
            if not _NO_BLANK.fullmatch(f"{before[-1:]}\n{text[0]}") and not _NO_BLANK.fullmatch(f"{before}\n{text[0]}"):
                self._put(at, at + 1, " ")
        self._put(start, end, text)

    def _put(self, start: int, end: int, text: str) -> None:
        last = self._runs[-1] if self._runs and not self._stands_for else None
        self._stands_for = text != self._source[start:end]
        if last and last.source_start + last.length == start and not self._stands_for:
            self._runs[-1] = replace(last, length=last.length + end - start)
        else:
            self._runs.append(Run(self._length, start, end - start))
        self._parts.append(text)
        self._length += len(text)


def cut(shown: SourceText, start: int) -> SourceText:
    """`shown` from its character `start` on, without blanks around it."""
    start += len(shown.text[start:]) - len(shown.text[start:].lstrip())
    end = len(shown.text.rstrip())
    runs = []
    for run in shown.runs:
        begin, stop = max(run.text_start, start), min(run.text_start + run.length, end)
        if begin < stop:
            runs.append(Run(begin - start, run.source_start + begin - run.text_start, stop - begin))
    return SourceText(shown.text[start:end] if start < end else "", tuple(runs))


def block_of(shown: SourceText, span: Span, *, counted: int | None = None, numbered: bool = True) -> Block:
    """The block that is `shown` and stands at `span`. It may be `numbered`, and `counted` otherwise than is written."""
    shown = cut(shown, 0)
    number = leading_number(shown.text) if numbered else None
    if number is None or number.kind == "article":
        return Block(shown, number, span.start, span.end, apart=True, lines=1)
    content = cut(shown, number.length)
    length = content.runs[0].source_start - span.start if content.runs else span.end - span.start
    number = replace(number, length=length)
    if counted is not None:
        number = replace(number, printed=str(counted), key=str(counted), order=(counted,))
    return Block(content, number, span.start, span.end, apart=True, lines=1)


def cells_of(text: str, span: Span) -> Iterator[Span]:
    """Where the words of the cells in a table's row stand; cells without words are left out."""
    at = span.start
    for found in re.finditer(r"(?<!\\)\||\Z", text[span.start : span.end]):
        end = span.start + found.start()
        words = text[at:end]
        if words.strip():
            yield Span(at + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip()))
        at = span.start + found.end()


def words_of(spans: Sequence[Span], text: str) -> list[list[Span]]:
    """`spans` of lines in groups that no empty one divides."""
    groups: list[list[Span]] = [[]]
    for span in spans:
        if text[span.start : span.end].strip():
            groups[-1].append(span)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]
