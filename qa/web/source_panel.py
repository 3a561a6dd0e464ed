"""The source panel: a whole document as it stands in its file, alone or beside its version in another language.

A paragraph is a `<section class="qa-paragraph" data-key="...">`, a sentence of it everything with its number in
`data-sentence`: where cells of a table divide a sentence it has several pieces, which together are its very text. The
page's program finds them by these (`source_place.js`), so that nothing in the HTML has a name that could clash with
another document's.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

from embeddings.catalogue import Entry
from embeddings.contents import Index
from embeddings.documents.extract import CELL_BORDER
from embeddings.types import Document, Heading, Passage, Span
from qa.citations import locator, source_place
from qa.strings import language_name, say
from qa.types import Collection
from qa.web.anchors import anchor_of
from qa.web.paired_rows import paired_rows
from qa.web.text import escape, in_language

_KEPT: Final = 8
"""Documents whose HTML is kept; one of 5000 paragraphs takes a second to make and some ten megabytes."""
_BREAK: Final = re.compile("\r\n|[\r\f\v]")
"""What ends lines and pages in files besides `\\n`; as control characters they would show as U+FFFD."""
_FIRST_LEVEL: Final = 3
"""Of a document's title; the first level is the page's title, the second the title above the panel's text."""

_Item = Heading | Passage


@dataclass(frozen=True, slots=True)
class LanguageVersion:
    """A document in another language: its code, its name in that language, and the document's name."""

    language: str
    name: str
    doc_id: str


class SourcePanel:
    """Shows the documents of one index. Safe to share between threads."""

    def __init__(self, index: Index, collection: Collection = "library") -> None:
        self._documents = index.documents
        self._collection = collection
        self._index = index
        self._works: dict[str, list[Entry]] = defaultdict(list)
        for entry in index.catalogue.documents:
            if entry.work:
                self._works[entry.work].append(entry)
        self._kept = lru_cache(maxsize=_KEPT)(self._made)

    def document(self, doc_id: str) -> Document | None:
        """A document of the index; None where it has no such document."""
        return self._documents.get(doc_id)

    def passage(self, passage_id: str) -> Passage | None:
        """A passage of the index; None where it has no such passage."""
        return self._index.passage(passage_id)

    def _passages(self, doc_id: str) -> list[Passage]:
        return [self._index.passages[number] for number in self._index.catalogue.of_document(doc_id).tolist()]

    def versions(self, document: Document) -> list[LanguageVersion]:
        """The document in other languages, one of each, in the order of the index."""
        found: dict[str, LanguageVersion] = {}
        for other in self._works.get(document.work, ()):
            if other.language != document.language and other.language not in found:
                name = language_name(other.language, other.language)
                found[other.language] = LanguageVersion(other.language, name[:1].upper() + name[1:], other.doc_id)
        return list(found.values())

    def html(self, doc_id: str, language: str, beside: str = "") -> str:
        """The whole document, what the page says in between in the visitor's `language`.

        `beside`: the language of a version that is shown beside it, paragraph by paragraph; where there is none the
        document stands alone. Raises KeyError when there is no such document.
        """
        return self._kept(doc_id, language, beside)

    def _made(self, doc_id: str, language: str, beside: str) -> str:
        document = self._documents[doc_id]
        other = next((each.doc_id for each in self.versions(document) if each.language == beside), None)
        if other is None:
            inner = "".join(self._item(document, item, language) for item in self._items(document))
        else:
            inner = self._pairs(document, other, language)
        kind = "qa-document" if other is None else "qa-document qa-paired"
        return f'<article class="{kind}" {in_language(document.language)}>{inner}</article>'

    def _pairs(self, document: Document, other_id: str, language: str) -> str:
        """A row for each paragraph or heading of either, with its version beside it."""
        other = self._documents[other_id]
        left, right = self._items(document), self._items(other)
        places = {item.passage_id: place for place, item in enumerate(right) if isinstance(item, Passage)}
        linked = {
            place: version
            for place, item in enumerate(left)
            for version in (item.versions if isinstance(item, Passage) else ())
            if version.passage_id in places
        }
        nothing_here = _note("source.no_counterpart", language, name=language_name(document.language, language))
        nothing_there = _note("source.no_counterpart", language, name=language_name(other.language, language))
        doubt = _note("source.doubtful", language)
        links = {place: places[version.passage_id] for place, version in linked.items()}
        parts = []
        for one, two in paired_rows(_headings(left), _headings(right), links):
            here = there = ""
            if one is not None:
                here = self._item(document, left[one], language)
            elif two is not None and isinstance(right[two], Passage):
                here = nothing_here
            if two is not None:
                there = self._item(other, right[two], language, beside=True)
            elif one is not None and isinstance(left[one], Passage):
                there = nothing_there
            parts.append(
                f'<div class="qa-pair"><div class="qa-side">{here}</div>'
                f'<div class="qa-side" {in_language(other.language)}>{there}</div>'
                f"{doubt if one in linked and linked[one].doubtful else ''}</div>"
            )
        return "".join(parts)

    def _items(self, document: Document) -> list[_Item]:
        """Headings and passages, in the order of the file."""
        items: list[_Item] = [*document.headings, *self._passages(document.doc_id)]
        return sorted(items, key=lambda item: item.start)

    def _item(self, document: Document, item: _Item, language: str, *, beside: bool = False) -> str:
        """`beside`: as the version of another one, which citations do not lead to."""
        if isinstance(item, Heading):
            level = min(item.level + _FIRST_LEVEL, 6)
            return f"<h{level}>{escape(item.text)}</h{level}>"
        name = "data-beside" if beside else "data-key"
        place = say(language, "source.in_file", place=source_place(document, item, language))
        lines = escape(_BREAK.sub("\n", document.text[item.start : item.end]))
        spoken = in_language(item.language)
        return (
            f'<section class="qa-paragraph" {name}="{escape(item.key)}" {spoken}>'
            f'<div class="qa-line">{self._number(item, language)}'
            f'<div class="qa-words" data-translate {spoken}>{_words(item)}</div></div>'
            f'<div class="qa-below"><details {in_language(language)}><summary>{escape(place)}</summary>'
            f'<pre lang="{escape(item.language)}" dir="auto">{lines}</pre></details></div></section>'
        )

    def _number(self, passage: Passage, language: str) -> str:
        """A paragraph's number, which is a link to it; nothing where it has none."""
        if not passage.paragraph:
            return ""
        point = "" if passage.paragraph[-1:] in (")", "）") else "."
        told = say(language, "source.link_to", place=locator(passage, language))
        anchor = escape(anchor_of(passage, collection=self._collection))
        return f'<a class="qa-number" href="{anchor}" title="{escape(told)}">{escape(passage.paragraph)}{point}</a>'


def _words(passage: Passage) -> str:
    """The text of a passage, a paragraph a line; rows of a table that follow one another as a table."""
    parts = []
    for is_row, lines in groupby(_lines(passage.text), lambda line: CELL_BORDER in passage.text[line.start : line.end]):
        group = list(lines)
        if is_row and len(group) > 1:
            rows = "".join(f"<tr>{_cells(passage, line)}</tr>" for line in group)
            parts.append(f'<table class="qa-rows"><tbody>{rows}</tbody></table>')
        else:
            parts += [f"<p>{_pieces(passage, line.start, line.end)}</p>" for line in group]
    return "".join(parts)


def _lines(text: str) -> Iterator[Span]:
    """The lines of a text, each with the break behind it."""
    start = 0
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        yield Span(start, end)
        start = end


def _cells(passage: Passage, line: Span) -> str:
    """The cells of a row. What divides them in the text stays in it, unseen, so that its characters still count."""
    html, at = "", line.start
    for cell in passage.text[line.start : line.end].split(CELL_BORDER):
        end = at + len(cell)
        border = min(end + len(CELL_BORDER), line.end)
        divider = f'<span class="qa-border">{_pieces(passage, end, border)}</span>' if border > end else ""
        html += f"<td>{_pieces(passage, at, end)}{divider}</td>"
        at = border
    return html


def _pieces(passage: Passage, start: int, end: int) -> str:
    """The characters [start, end) of a passage's text, each sentence, or as much of it as is there, in its element."""
    html, at = "", start
    first = bisect_right(passage.sentences, start, key=lambda sentence: sentence.end)
    for number in range(first, len(passage.sentences)):
        sentence = passage.sentences[number]
        if sentence.start >= end:
            break
        here, behind = max(sentence.start, start), min(sentence.end, end)
        piece = escape(passage.text[here:behind])
        html += f'{escape(passage.text[at:here])}<span data-sentence="{number}">{piece}</span>'
        at = behind
    return html + escape(passage.text[at:end])


def _headings(items: Sequence[_Item]) -> list[bool]:
    return [isinstance(item, Heading) for item in items]


def _note(key: str, language: str, **values: object) -> str:
    return f'<p class="qa-note" {in_language(language)}>{escape(say(language, key, **values))}</p>'
