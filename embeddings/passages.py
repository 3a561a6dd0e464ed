"""Blocks into a document: its headings, and its passages with section, number, sentences and offsets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from embeddings.documents.extract import Extract
from embeddings.documents.metafile import NOTHING, Metadata
from embeddings.language import language_of
from embeddings.metadata import described, names_document
from embeddings.numbering import follows, has_section_ordinal, is_bullet, leading_number
from embeddings.sentences import ends_sentence, sentence_spans
from embeddings.source_text import INVISIBLE, join_lines, joined, trimmed
from embeddings.types import Block, Document, Heading, Number, Passage, SourceFile, SourceText, Span

SPLITTER: Final = "3"
"""Raised when the same file would give other passages, so that indexes made before are rebuilt."""

_MAX_HEADING_LINES: Final = 2
_MAX_HEADING_LENGTH: Final = 150
"""Characters. UN headings run to two printed lines at most; longer text without a full stop is text."""
_COMMAS: Final = ",，、،"
"""No heading ends with one; a recital does."""
_ARTICLE_LEVEL: Final = 3
"""Of an article's heading where the format marks none: below chapters and sections."""
_MAX_TABLE: Final = 1200
"""Characters of the rows that make one passage."""


@dataclass(slots=True)
class _Part:
    """What will be a passage: the block that begins it and those that belong to it."""

    blocks: list[Block]
    path: tuple[Heading, ...]
    article: str

    @property
    def number(self) -> Number | None:
        """The number of its first block, an article's aside."""
        number = self.blocks[0].number
        return None if number is None or number.kind == "article" else number


def split_document(source: SourceFile, extract: Extract, given: Metadata = NOTHING) -> tuple[Document, list[Passage]]:
    """Make the document and its passages out of what a reader returned; what is `given` about it wins."""
    doc_id = re.sub(r"\s+", "_", PurePosixPath(source.path).with_suffix("").as_posix())
    headings, parts = _outline(extract)
    taken: set[str] = set()
    spoken = language_of("\n".join(block.content.text for part in parts for block in part.blocks))
    passages = [
        _passage(extract.text, doc_id, part, _key(part, place, taken), spoken)
        for place, part in enumerate(parts, start=1)
    ]
    start = passages[0].start if passages else len(extract.text)
    about = described(extract, headings, start, given, spoken)
    return Document(
        doc_id=doc_id,
        title=about.title or PurePosixPath(source.path).name,
        language=about.language,
        source=source,
        text=extract.text,
        headings=tuple(headings),
        symbol=about.symbol,
        date=about.date,
        work=about.version_of or about.symbol,
        places=extract.places,
        left_out=(*extract.left_out, *hidden(extract.text)),
    ), passages


def hidden(text: str) -> tuple[str, ...]:
    """A line about the characters of `text` that nobody sees, where there are any."""
    count = sum(len(found[0].strip("\r\n\t\f\v")) for found in INVISIBLE.finditer(text.removeprefix("\ufeff")))
    return (f"invisible characters: {count}",) if count else ()


# --- Headings, and which blocks make one passage ---------------------------------------------------------------------


def _outline(extract: Extract) -> tuple[list[Heading], list[_Part]]:
    marked = any(block.level for block in extract.blocks)
    headings: list[Heading] = []
    path: list[Heading] = []
    parts: list[_Part] = []
    article, article_level = "", 0
    lists = _inner_lists(extract.blocks)
    after_heading = True
    for place, block in enumerate(extract.blocks):
        words = block.content.text
        if not words:
            continue
        if not parts and names_document(words):
            continue
        number = _article_number(block)
        if _is_heading(block, marked, number):
            entitles = not marked and bool(article) and after_heading and number is None and bool(headings)
            level = _level(block, headings, parts, number, entitles=entitles)
            if number is not None:
                article, article_level = number.key, level
            elif article and level <= article_level:
                article = ""
            headings.append(Heading(words, level, block.start, block.end))
            path = [above for above in path if above.level < level] + [headings[-1]]
            after_heading = True
            continue
        if number is not None:  # an article's text stands beside its number
            article, article_level = number.key, _ARTICLE_LEVEL
            path = [above for above in path if above.level < _ARTICLE_LEVEL]
        belongs = bool(parts) and not after_heading and number is None and _belongs(block, parts[-1], place in lists)
        after_heading = False
        if belongs:
            parts[-1].blocks.append(block)
        else:
            parts.append(_Part([block], tuple(path), article))
    return headings, parts


def _article_number(block: Block) -> Number | None:
    """The number of an article that the block heads or begins."""
    if block.row:
        return None
    number = block.number or (leading_number(block.content.text) if block.level is not None else None)
    return number if number is not None and number.kind == "article" else None


def _is_heading(block: Block, marked: bool, article: Number | None) -> bool:
    """Whether a block is a heading: as its format marks it, by its looks where the format marks none."""
    if block.level is not None:
        return True
    if block.row or (block.number is not None and article is None) or is_bullet(block.content.text):
        return False
    if marked and article is None:
        return False
    words = block.content.text
    return (
        (block.apart or article is not None)
        and block.lines <= _MAX_HEADING_LINES
        and len(words) <= _MAX_HEADING_LENGTH
        and not ends_sentence(words)
        and words[-1] not in _COMMAS
    )


def _level(
    block: Block, headings: Sequence[Heading], parts: Sequence[_Part], article: Number | None, *, entitles: bool
) -> int:
    """As marked; else 1 for a heading with an ordinal and where none has one, 2 for one without below one with, 3 for
    an article's, 4 for the title right below that; 0 for the title, which opens the document."""
    if block.level is not None:
        return block.level
    if article is not None:
        return _ARTICLE_LEVEL
    if has_section_ordinal(block.content.text):
        return 1
    if entitles:
        return _ARTICLE_LEVEL + 1
    if not headings and not parts:
        return 0
    return 2 if any(has_section_ordinal(heading.text) for heading in headings) else 1


def _belongs(block: Block, part: _Part, in_list: bool) -> bool:
    """Whether `block` is no passage of its own: the next row of a table, or an item within a numbered paragraph."""
    if block.row:
        length = sum(len(above.content.text) for above in part.blocks)
        return part.blocks[-1].row and length + len(block.content.text) <= _MAX_TABLE
    if part.number is None or part.blocks[-1].row:
        return False
    if block.number is None:
        return is_bullet(block.content.text)
    if block.number.kind == "item":
        return part.number.kind != "item" or _form(block.number) != _form(part.number)
    return in_list


def _form(number: Number) -> str:
    """How an item is counted: (a), (i) and (1) are three levels of one list."""
    inside = number.key
    if inside.isdecimal():
        return "digits"
    return "roman" if set(inside) <= set("ivx") and inside not in {"v", "x"} else "letters"


def _inner_lists(blocks: Sequence[Block]) -> set[int]:
    """The places of blocks whose numbers count the items of a list inside a numbered paragraph.

    Such a list begins with 1 and is followed by the number that comes after the paragraph's: 12, 1, 2, 3, 13.
    """
    numbered = [
        (place, block.number)
        for place, block in enumerate(blocks)
        if block.number is not None and block.number.kind == "paragraph"
    ]
    breaks = [place for place, block in enumerate(blocks) if block.level is not None]
    inner: set[int] = set()
    outer: Number | None = None
    at = 0
    while at < len(numbered):
        place, number = numbered[at]
        if outer is not None and number.order == (1,) and outer.order != (1,):
            run = list(_run(numbered, at))
            after = numbered[at + len(run)][1] if at + len(run) < len(numbered) else None
            end = numbered[at + len(run)][0] if after else place
            if after is not None and follows(after, outer) and not any(place < mark < end for mark in breaks):
                inner.update(run)
                at += len(run)
                continue
        outer = number
        at += 1
    return inner


def _run(numbered: Sequence[tuple[int, Number]], at: int) -> Iterator[int]:
    """The places of the blocks from `numbered[at]` on whose numbers follow one another."""
    last: Number | None = None
    for place, number in numbered[at:]:
        if last is not None and not follows(number, last):
            return
        yield place
        last = number


# --- Passages --------------------------------------------------------------------------------------------------------


def _key(part: _Part, place: int, taken: set[str]) -> str:
    """The name that all language versions of a passage share: by its numbers, or else by its place."""
    article = f"art{part.article}" if part.article else ""
    number = part.number.key if part.number else ""
    wanted = ".".join(filter(None, (article, number))) or f"p{place}"
    name = wanted
    count = 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    taken.add(name)
    return name


def _passage(text: str, doc_id: str, part: _Part, key: str, spoken: str) -> Passage:
    content = _content(text, part)
    language = language_of(content.text, spoken)
    return Passage(
        passage_id=f"{doc_id}#{key}",
        doc_id=doc_id,
        section=tuple(heading.text for heading in part.path if heading.level > 0),
        paragraph=part.number.printed if part.number else "",
        language=language,
        text=content.text,
        runs=content.runs,
        sentences=tuple(_sentences(content.text, language)),
        start=part.blocks[0].start,
        end=part.blocks[-1].end,
        article=part.article,
    )


def _content(text: str, part: _Part) -> SourceText:
    """The first block without its number, and the others with theirs, each on a line of its own."""
    first, *others = part.blocks
    parts = [(Span(first.start, first.end), first.content)]
    parts += [(Span(block.start, block.end), _with_number(text, block)) for block in others]
    return joined(parts, "\n")


def _with_number(text: str, block: Block) -> SourceText:
    """The content of a block with its number before it, as it stands in the source."""
    if block.number is None or not block.content.runs:
        return block.content
    end = block.start + block.number.length
    place = trimmed(text, Span(block.start, end))
    printed = join_lines(text, [place], border_blank=False)
    parts = [(place, printed), (Span(block.start, block.end), block.content)]
    return joined(parts, " " if place.end < end else "")


def _sentences(text: str, language: str) -> Iterator[Span]:
    """The sentences of each line."""
    at = 0
    for line in text.split("\n"):
        for span in sentence_spans(line, language):
            yield Span(at + span.start, at + span.end)
        at += len(line) + 1
