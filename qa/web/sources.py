"""The source panel and the citations that lead into it, as HTML.

A passage's anchor is `para-<hash of its name>`, and `para-<hash>-<s>` that of its sentence number s. Citations point
there whatever question they answered, so an older answer's citations go on working, also after the index has changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from embeddings.contents import Index
from embeddings.language import direction
from embeddings.types import Document, Heading, Passage
from qa.citations import locator, related_words, source_place
from qa.types import Answer, Citation
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
        """An answer for the chat: a card for each citation."""
        searched = ", ".join(dict.fromkeys(item.token for item in answer.expansions))
        note = f'<div class="qa-searched">searched in every language: {escape(searched)}</div>' if searched else ""
        return f'<div class="qa-answer">{"".join(map(self._card, answer.citations))}{note}</div>'

    def panel(self, doc_ids: Iterable[str]) -> str:
        """Whole documents, in the order of `doc_ids`, each paragraph and sentence to be found by its anchor."""
        known = (self._documents[doc_id] for doc_id in doc_ids if doc_id in self._documents)
        return "".join(map(self._article, known)) or EMPTY

    def _card(self, citation: Citation) -> str:
        hit = citation.hit
        anchor = f"{_anchor(hit.passage)}-{hit.passage.sentences.index(hit.marked)}"
        notices = "".join(
            f'<div class="qa-related">{escape(related_words(other))}</div>' for other in hit.document.related
        )
        place = " › ".join([hit.document.title, *hit.passage.section])
        file = f"{hit.document.source.path}, {source_place(hit.document, hit.passage)}"
        return (
            f'<div class="qa-hit"><div class="qa-place">'
            f'<a class="qa-cite" href="#{anchor}" title="{escape(file)}">&#91;{citation.number}&#93;</a> '
            f"<strong>{escape(locator(hit.passage))}</strong> "
            f'<span dir="auto" class="qa-section">{escape(place)}</span> '
            f'<span class="qa-score" title="closeness to the question, comparable within this answer">'
            f"relevance {hit.score:.2f}</span></div>{notices}"
            f"<blockquote {_language(hit.passage.language)}><mark>{escape(hit.sentence)}</mark></blockquote></div>"
        )

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


def _anchor(passage: Passage) -> str:
    return f"para-{hashlib.sha256(passage.passage_id.encode()).hexdigest()[:12]}"


def _heading(heading: Heading) -> str:
    level = min(heading.level + 2, 6)  # the page's own title is the first level
    return f"<h{level}>{escape(heading.text)}</h{level}>"


def _language(language: str) -> str:
    return f'lang="{escape(language)}" dir="{direction(language)}"'
