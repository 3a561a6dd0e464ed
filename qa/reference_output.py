"""Answers about references as JSON and as text for a terminal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from embeddings.index.references import Count
from embeddings.references import Reference
from embeddings.source_text import harmless, source_span
from embeddings.types import Passage, Span
from qa.citations import locator, path_and_place
from qa.reference_lookup import Mention, ReferenceAnswer, Row, doubt_words, name_of
from qa.wording import counted, one_line

if TYPE_CHECKING:
    from qa.answer_json import ReferenceJson, ReferenceMentionJson, ReferencesJson, ReferringJson


def reference_json(answer: ReferenceAnswer) -> "ReferencesJson":
    """A complete answer about references. Keys may be added, none is renamed. Offsets count characters."""
    return {
        "question": answer.query.text,
        "references": [_asked_json(each) for each in answer.query.references],
        "searched": {
            "documents": answer.documents,
            "paragraphs": answer.passages,
            "languages": list(answer.languages),
        },
        "other_paragraphs_of_the_article": answer.wider,
        "passages": [_row_json(row) for row in answer.rows],
    }


def counts_json(counts: Iterable[Count]) -> list[dict[str, Any]]:
    """What a corpus refers to, most often first."""
    return [
        {**_asked_json(count.reference), "mentions": count.references, "paragraphs": count.passages}
        for count in _sorted(counts)
    ]


def _asked_json(reference: Reference) -> "ReferenceJson":
    return {
        "token": reference.token,
        "name": name_of(reference),
        "kind": reference.kind,
        "number": reference.number,
        "last": reference.last,
        "parts": list(reference.parts),
        "instrument": reference.instrument,
        "called": reference.called,
    }


def _row_json(row: Row) -> "ReferringJson":
    passage = row.passage
    return {
        "passage_id": passage.passage_id,
        "doc_id": passage.doc_id,
        "title": row.document.title,
        "symbol": row.document.symbol,
        "section": list(passage.section),
        "article": passage.article,
        "paragraph": passage.paragraph,
        "language": passage.language,
        "source": row.document.source.path,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "certain": row.certain,
        "is_text": row.is_text,
        "mentions": [_mention_json(passage, mention) for mention in row.mentions],
    }


def _mention_json(passage: Passage, mention: Mention) -> "ReferenceMentionJson":
    found = mention.reference
    place = source_span(passage.runs, Span(found.start, found.end)) if found.end else None
    return {
        **_asked_json(found),
        "doubt": mention.doubt,
        "words": passage.text[found.start : found.end],
        "start": found.start,
        "end": found.end,
        "source_start": place.start if place else passage.start,
        "source_end": place.end if place else passage.end,
        "sentences": [
            {"text": passage.text[span.start : span.end], "start": span.start, "end": span.end}
            for span in mention.sentences
        ],
    }


def reference_summary(answer: ReferenceAnswer) -> str:
    """In how many of the paragraphs that were searched the references are made, in a line."""
    names = " or ".join(dict.fromkeys(name_of(each) for each in answer.query.references))
    searched = (
        f"{counted(answer.passages, 'paragraph')} of {counted(answer.documents, 'document')} "
        f"({', '.join(answer.languages)})"
    )
    if answer.rows:
        certain = sum(row.certain for row in answer.rows)
        text = f"{names}: in {len(answer.rows)} of {searched}, all of them shown"
        return text if certain == len(answer.rows) else f"{text}; {len(answer.rows) - certain} perhaps, as marked"
    return f"{names}: in none of {searched}; all of them were searched"


def reference_text(answer: ReferenceAnswer) -> str:
    """A complete answer for a terminal: what was searched, then each passage with its sentences."""
    parts = [reference_summary(answer), *(_row_text(row) for row in answer.rows)]
    if answer.wider:
        parts.append(
            f"besides, {counted(answer.wider, 'paragraph')} on the article as a whole or on another part of it"
        )
    return harmless("\n\n".join(parts))


def _row_text(row: Row) -> str:
    place = " › ".join([row.document.title, *row.passage.section, locator(row.passage)])
    lines = [place, f"    {path_and_place(row.document, row.passage)}"]
    shown: set[Span] = set()
    for mention in row.mentions:
        found = mention.reference
        doubt = doubt_words(mention)
        words = one_line(row.passage.text[found.start : found.end]) if found.end else "the text itself"
        lines.append(f"    [{words}]" + (f" ({doubt})" if doubt else ""))
        for span in mention.sentences:
            if span not in shown:
                shown.add(span)
                lines.append(f"        {one_line(row.passage.text[span.start : span.end])}")
    return "\n".join(lines)


def counts_text(counts: Iterable[Count], documents: int, passages: int) -> str:
    """What a corpus refers to for a terminal, most often first."""
    rows = [f"{'mentions':>8}  {'paragraphs':>10}  reference"]
    rows += [f"{each.references:>8}  {each.passages:>10}  {name_of(each.reference)}" for each in _sorted(counts)]
    searched = f"{counted(passages, 'paragraph')} of {counted(documents, 'document')}"
    if len(rows) == 1:
        return f"no references in {searched}"
    return harmless("\n".join([*rows, "", f"in {searched}"]))


def _sorted(counts: Iterable[Count]) -> list[Count]:
    return sorted(counts, key=lambda each: (-each.passages, -each.references, each.reference.kind))
