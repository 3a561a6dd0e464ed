"""Blocks into a document: its title and headings, and its passages with section, number, sentences and offsets."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from embeddings.documents.extract import Extract
from embeddings.language import language_of
from embeddings.numbering import has_section_ordinal
from embeddings.sentences import ends_sentence, sentence_spans
from embeddings.types import Block, Document, Heading, Passage, SourceFile

SPLITTER: Final = "1"
"""Raised when the same file would give other passages, so that indexes made before are rebuilt."""

_MAX_HEADING_LINES: Final = 2
_MAX_HEADING_LENGTH: Final = 150
"""Characters. UN headings run to two printed lines at most; longer text without a full stop is text."""


def split_document(source: SourceFile, extract: Extract) -> tuple[Document, list[Passage]]:
    """Make the document and its passages out of what a reader returned."""
    doc_id = re.sub(r"\s+", "_", PurePosixPath(source.path).with_suffix("").as_posix())
    headings: list[Heading] = []
    path: list[Heading] = []
    passages: list[Passage] = []
    taken: set[str] = set()
    for block in extract.blocks:
        if _is_heading(block):
            heading = Heading(block.content.text, _level(block, headings, passages), block.start, block.end)
            headings.append(heading)
            path = [above for above in path if above.level < heading.level] + [heading]
            continue
        section = tuple(heading.text for heading in path if heading.level > 0)
        name = _name(block.number or f"p{len(passages) + 1}", taken)
        words = block.content.text
        language = language_of(words)
        passages.append(
            Passage(
                passage_id=f"{doc_id}#{name}",
                doc_id=doc_id,
                section=section,
                paragraph=block.number,
                language=language,
                text=words,
                runs=block.content.runs,
                sentences=sentence_spans(words, language),
                start=block.start,
                end=block.end,
            )
        )
    title = next((heading.text for heading in headings if heading.level == 0), PurePosixPath(source.path).name)
    language = language_of("\n".join(passage.text for passage in passages))
    return Document(doc_id, title, language, source, extract.text, tuple(headings)), passages


def _is_heading(block: Block) -> bool:
    words = block.content.text
    return (
        block.apart
        and not block.number
        and block.lines <= _MAX_HEADING_LINES
        and len(words) <= _MAX_HEADING_LENGTH
        and not ends_sentence(words)
    )


def _level(block: Block, headings: Sequence[Heading], passages: Sequence[Passage]) -> int:
    """1 for a heading with an ordinal, 2 for one without below it; 0 for the title, which opens the document."""
    if has_section_ordinal(block.content.text):
        return 1
    if not headings and not passages:
        return 0
    return 2 if any(heading.level == 1 for heading in headings) else 1


def _name(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with a counter behind it where an earlier passage of the document has that number."""
    name = wanted
    count = 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    taken.add(name)
    return name
