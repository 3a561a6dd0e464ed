"""The source panel and the citations that lead into it, as HTML.

A passage's anchor is `para-<hash of its name>`, and `para-<hash>-<s>` that of its sentence number s. Citations point
there whatever question they answered, so an older answer's citations go on working, also after the index has changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from embeddings.contents import Index
from embeddings.language import direction
from embeddings.types import Document, Heading, Passage
from qa.answer import Answer
from qa.citations import locator, related_words, source_place
from qa.listing import Table
from qa.listing_output import notes_of, words_of
from qa.output import absence_text
from qa.reference_output import reference_summary
from qa.types import Citation, ScoredPassage
from qa.web.text import escape

EMPTY = '<div class="qa-empty">The cited paragraphs appear here, in their document.</div>'


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
            parts.append(f'<div class="qa-searched">searched: <span dir="auto">{escape(answer.searched)}</span></div>')
        if answer.references:
            parts.append(f'<div class="qa-complete">{escape(reference_summary(answer.references))}</div>')
        elif answer.absent:
            parts.append(f'<div class="qa-absent">{escape(absence_text(answer))}</div>')
        if answer.table and not answer.absent:
            parts.append(self._table(answer.table, {c.hit.passage.passage_id: c for c in answer.citations}))
        parts += [self._card(citation, answer.language) for citation in answer.citations]
        if answer.nearest:
            cards = "".join(self._near(hit, answer.language) for hit in answer.nearest)
            parts.append(
                f'<details class="qa-nearest"><summary>nearest passages below the line</summary>{cards}</details>'
            )
        searched = ", ".join(dict.fromkeys(item.token for item in answer.expansions))
        if searched:
            parts.append(f'<div class="qa-searched">searched in every language: {escape(searched)}</div>')
        return f'<div class="qa-answer">{"".join(parts)}</div>'

    def panel(self, doc_ids: Iterable[str]) -> str:
        """Whole documents, in the order of `doc_ids`, each paragraph and sentence to be found by its anchor."""
        known = (self._documents[doc_id] for doc_id in doc_ids if doc_id in self._documents)
        return "".join(map(self._article, known)) or EMPTY

    def _card(self, citation: Citation, language: str) -> str:
        hit = citation.hit
        anchor = f"{_anchor(hit.passage)}-{hit.passage.sentences.index(hit.marked)}"
        notices = "".join(
            f'<div class="qa-related">{escape(related_words(other))}</div>' for other in hit.document.related
        )
        file = f"{hit.document.source.path}, {source_place(hit.document, hit.passage)}"
        beside = citation.beside
        version = (
            ""
            if beside is None
            else f'<blockquote class="qa-beside" {_language(beside.language)}>{escape(beside.text)}</blockquote>'
        )
        return (
            f'<div class="qa-hit"><div class="qa-place">'
            f'<a class="qa-cite" href="#{anchor}" title="{escape(file)}">&#91;{citation.number}&#93;</a> '
            f"{_place(hit, language)}</div>{notices}"
            f"<blockquote {_language(hit.passage.language)}><mark>{_with_words(hit)}</mark></blockquote>{version}</div>"
        )

    def _near(self, hit: ScoredPassage, language: str) -> str:
        """A passage below the line: nothing in it is marked."""
        return (
            f'<div class="qa-hit"><div class="qa-place">{_place(hit, language)}</div>'
            f"<blockquote {_language(hit.passage.language)}>{escape(hit.sentence)}</blockquote></div>"
        )

    def _table(self, table: Table, cited: Mapping[str, Citation]) -> str:
        rows = ""
        for row in table.rows:
            name = row.name if row.named else f"{words_of(table.language)['unnamed']}: {row.name}"
            for place, mention in enumerate(row.mentions):
                label = f'<th dir="auto" rowspan="{len(row.mentions)}">{escape(name)}</th>' if place == 0 else ""
                hit, citation = mention.hit, cited[mention.hit.passage.passage_id]
                anchor = f"{_anchor(hit.passage)}-{hit.passage.sentences.index(mention.sentence)}"
                sentence = hit.text[mention.sentence.start : mention.sentence.end]
                notes = "; ".join(notes_of(mention, table.language))
                noted = f'<div class="qa-note" dir="auto">{escape(notes)}</div>' if notes else ""
                rows += (
                    f'<tr>{label}<td><a class="qa-cite" href="#{anchor}">&#91;{citation.number}&#93;</a> '
                    f"{escape(locator(hit.passage, table.language))}</td>"
                    f"<td {_language(hit.passage.language)}>{escape(sentence)}{noted}</td></tr>"
                )
        return f'<table class="qa-table"><tbody>{rows}</tbody></table>' if rows else ""

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


def _place(hit: ScoredPassage, language: str) -> str:
    place = " › ".join([hit.document.title, *hit.passage.section])
    relevance = f"closeness {hit.score:.2f}" if hit.relevance is None else f"relevance {hit.relevance:.0%}"
    return (
        f'<strong dir="auto">{escape(locator(hit.passage, language))}</strong> '
        f'<span dir="auto" class="qa-section">{escape(place)}</span> '
        f'<span class="qa-score" title="how likely it answers, as judged on other documents">{relevance}</span>'
    )


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
