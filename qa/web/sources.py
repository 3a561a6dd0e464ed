"""The source panel and the citations that lead into it, as HTML.

A passage's anchor is `para-<hash of its name>`, and `para-<hash>-<s>` that of its sentence number s. Citations point
there whatever question they answered, so an older answer's citations go on working, also after the index has changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from embeddings.contents import Index
from embeddings.language import direction
from embeddings.types import Document, Heading, Passage
from qa.answer import Answer
from qa.citations import locator, related_words, source_place
from qa.listing import Mention, Table
from qa.listing_output import notes_of, table_text, words_of
from qa.output import absence_text
from qa.reference_lookup import ReferenceAnswer, Row, doubt_words
from qa.reference_output import reference_summary
from qa.types import Citation, ScoredPassage
from qa.web.text import escape
from qa.wording import counted

_PLAIN: Final = 'lang="en" dir="ltr"'
"""Of the page's own words, within answers in any language."""
EMPTY: Final = '<div class="qa-empty">The cited paragraphs appear here, in their document.</div>'


class Sources:
    """Shows what one index holds."""

    def __init__(self, index: Index) -> None:
        self._documents = index.documents
        self._passages: dict[str, list[Passage]] = defaultdict(list)
        for passage in index.passages:
            self._passages[passage.doc_id].append(passage)

    def answer(self, answer: Answer) -> str:
        """An answer for the chat: what was searched, the table, and a card for each citation; or that there is none."""
        parts = []
        if answer.searched != answer.question:
            searched = f'<span dir="auto">{escape(answer.searched)}</span>'
            parts.append(f'<div class="qa-searched qa-followed" {_PLAIN}>searched: {searched}</div>')
        if answer.references:
            parts.append(_complete(answer.references))
        elif answer.absent:
            parts.append(_absence(answer))
        if answer.table and not answer.absent:
            parts.append(self._table(answer.table, {c.hit.passage.passage_id: c for c in answer.citations}))
        rows = answer.references.rows if answer.references else ()
        doubts = {row.passage.passage_id: _doubts(row) for row in rows}
        parts += [self._card(citation, answer.language, doubts) for citation in answer.citations]
        if answer.nearest:
            cards = "".join(_near(hit, answer.language) for hit in answer.nearest)
            summary = f"<summary {_PLAIN}>Nearest passages below the line</summary>"
            parts.append(f'<details class="qa-nearest">{summary}{cards}</details>')
        tokens = ", ".join(dict.fromkeys(item.token for item in answer.expansions))
        if tokens and not answer.references:
            parts.append(f'<div class="qa-searched" {_PLAIN}>searched in every language: {escape(tokens)}</div>')
        return f'<div class="qa-answer" dir="{direction(answer.language)}">{"".join(parts)}</div>'

    def panel(self, doc_ids: Iterable[str]) -> str:
        """Whole documents, in the order of `doc_ids`, each paragraph and sentence to be found by its anchor."""
        known = (self._documents[doc_id] for doc_id in doc_ids if doc_id in self._documents)
        return "".join(map(self._article, known)) or EMPTY

    def _card(self, citation: Citation, language: str, doubts: Mapping[str, str]) -> str:
        """`doubts`: of passages that are cited for a reference, not for their relevance, what is doubtful in each."""
        hit = citation.hit
        anchor = f"{_anchor(hit.passage)}-{hit.passage.sentences.index(hit.marked)}"
        notices = "".join(
            f'<div class="qa-related" {_PLAIN}>{escape(related_words(other))}</div>' for other in hit.document.related
        )
        file = f"{hit.document.source.path}, {source_place(hit.document, hit.passage)}"
        return (
            f'<div class="qa-hit"><div class="qa-place">'
            f'<a class="qa-cite" href="#{anchor}" title="{escape(file)}">&#91;{citation.number}&#93;</a> '
            f"{_place(hit, language)} {doubts.get(hit.passage.passage_id, _score(hit))}</div>{notices}"
            f"<blockquote {_language(hit.passage.language)}><mark>{_with_words(hit)}</mark></blockquote>"
            f"{_beside(citation.beside)}</div>"
        )

    def _table(self, table: Table, cited: Mapping[str, Citation]) -> str:
        """A row for each entity: its name, and each place with its citation, its sentence and what qualifies that.

        The roles are told because the style sheet lays the table out anew where it is narrow.
        """
        numbers = {passage_id: citation.number for passage_id, citation in cited.items()}
        if not table.rows:
            return f'<div class="qa-complete" {_PLAIN}>{escape(_sentence(table_text(table, numbers)))}</div>'
        rows = ""
        for row in table.rows:
            name = f"<bdi>{escape(row.name)}</bdi>"
            if not row.named:
                name = f'<span class="qa-note">{escape(words_of(table.language)["unnamed"])}</span> {name}'
            places = "".join(
                _mention(mention, numbers[mention.hit.passage.passage_id], table.language) for mention in row.mentions
            )
            rows += f'<tr role="row"><th role="rowheader" scope="row">{name}</th><td role="cell">{places}</td></tr>'
        body = f'<tbody role="rowgroup">{rows}</tbody>'
        return f'<table role="table" class="qa-table" {_language(table.language)}>{body}</table>'

    def _article(self, document: Document) -> str:
        parts = [(heading.start, _heading(heading)) for heading in document.headings]
        parts += [(passage.start, self._paragraph(document, passage)) for passage in self._passages[document.doc_id]]
        return (
            f'<article class="qa-document" {_language(document.language)}>'
            f'<div class="qa-file" dir="ltr">{escape(document.source.path)}</div>'
            f"{''.join(html for _, html in sorted(parts))}</article>"
        )

    def _paragraph(self, document: Document, passage: Passage) -> str:
        anchor = _anchor(passage)
        point = "" if passage.paragraph[-1:] in (")", "）") else "."
        label = f'<span class="qa-number">{escape(passage.paragraph)}{point}</span> ' if passage.paragraph else ""
        words = ""
        at = 0
        for i, span in enumerate(passage.sentences):
            sentence = escape(passage.text[span.start : span.end])
            words += f'{escape(passage.text[at : span.start])}<span id="{anchor}-{i}">{sentence}</span>'
            at = span.end
        return (
            f'<section id="{anchor}" class="qa-paragraph" {_language(passage.language)}><p>{label}{words}</p>'
            f'<details dir="ltr"><summary>as in the file, {escape(source_place(document, passage))}</summary>'
            f'<pre dir="auto">{escape(document.text[passage.start : passage.end])}</pre></details></section>'
        )


def _absence(answer: Answer) -> str:
    """That nothing answers, and below it, smaller, what that is worth."""
    said, _, worth = absence_text(answer).partition("\n")
    below = f'<div class="qa-worth">{escape(_sentence(worth))}</div>' if worth else ""
    return f'<div class="qa-absent" {_PLAIN}>{escape(_sentence(said))}{below}</div>'


def _complete(answer: ReferenceAnswer) -> str:
    """In how many paragraphs references are made, and in how many besides to the article as a whole."""
    said = escape(_sentence(reference_summary(answer)))
    more = f"Besides, {counted(answer.wider, 'paragraph')} on the article as a whole or on another part of it."
    besides = f'<div class="qa-worth">{escape(more)}</div>' if answer.wider else ""
    return f'<div class="qa-complete" {_PLAIN}>{said}{besides}</div>'


def _doubts(row: Row) -> str:
    if row.certain:
        return ""
    doubts = "; ".join(dict.fromkeys(filter(None, map(doubt_words, row.mentions))))
    return f'<span class="qa-doubt" {_PLAIN}>perhaps: {escape(doubts)}</span>'


def _beside(passage: Passage | None) -> str:
    """The same paragraph in the reader's language."""
    if passage is None:
        return ""
    place = escape(locator(passage, passage.language))
    return (
        f'<blockquote class="qa-beside" {_language(passage.language)}>'
        f'<span class="qa-note">{place}</span> {escape(passage.text)}</blockquote>'
    )


def _near(hit: ScoredPassage, language: str) -> str:
    """A passage below the line: nothing in it is marked."""
    return (
        f'<div class="qa-hit"><div class="qa-place">{_place(hit, language)} {_score(hit)}</div>'
        f"<blockquote {_language(hit.passage.language)}>{escape(hit.sentence)}</blockquote></div>"
    )


def _mention(mention: Mention, number: int, language: str) -> str:
    passage, sentence = mention.hit.passage, mention.sentence
    anchor = f"{_anchor(passage)}-{passage.sentences.index(sentence)}"
    notes = "".join(f' <span class="qa-note">{escape(note)}</span>' for note in notes_of(mention, language))
    return (
        f'<div class="qa-mention"><div class="qa-place"><a class="qa-cite" href="#{anchor}">&#91;{number}&#93;</a> '
        f"<strong>{escape(locator(passage, language))}</strong>{notes}</div>"
        f"<div {_language(passage.language)}>{escape(passage.text[sentence.start : sentence.end])}</div></div>"
    )


def _place(hit: ScoredPassage, language: str) -> str:
    place = " › ".join([hit.document.title, *hit.passage.section])
    return (
        f'<strong dir="auto">{escape(locator(hit.passage, language))}</strong> '
        f'<bdi class="qa-section">{escape(place)}</bdi>'
    )


def _score(hit: ScoredPassage) -> str:
    if hit.relevance is None:
        return f'<span class="qa-score" {_PLAIN}>closeness {hit.score:.2f}</span>'
    told = "how likely it answers, as judged on other documents"
    return f'<span class="qa-score" {_PLAIN} title="{told}">relevance {hit.relevance:.0%}</span>'


def _with_words(hit: ScoredPassage) -> str:
    """The marked sentence, the words that match the question set off."""
    html, at = "", hit.marked.start
    for word in hit.words:
        html += f"{escape(hit.text[at : word.start])}<b>{escape(hit.text[word.start : word.end])}</b>"
        at = word.end
    return html + escape(hit.text[at : hit.marked.end])


def _anchor(passage: Passage) -> str:
    return f"para-{hashlib.sha256(passage.passage_id.encode()).hexdigest()[:12]}"


def _heading(heading: Heading) -> str:
    level = min(heading.level + 2, 6)  # the page's own title is the first level
    return f"<h{level}>{escape(heading.text)}</h{level}>"


def _language(language: str) -> str:
    return f'lang="{escape(language)}" dir="{direction(language)}"'


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
