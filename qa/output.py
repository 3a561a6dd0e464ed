"""An answer as JSON and as text for a terminal."""

from typing import Any, Final

from embeddings.inspection import Inspection
from embeddings.source_text import harmless
from embeddings.types import Document, Passage, Span
from qa.citations import locator, places, related_words, source_place
from qa.types import Answer, ScoredPassage

_SHOWN: Final = 90
"""Characters of a paragraph in a list of all."""


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as `qa ask --json` prints it. Keys may be added, none is renamed. Offsets count characters."""
    return {
        "question": answer.question,
        "answer": answer.text,
        "expansions": [
            {"words": answer.question[item.start : item.end], "searched": item.token} for item in answer.expansions
        ],
        "passages": [_passage_json(citation.hit) for citation in answer.citations],
    }


def _passage_json(hit: ScoredPassage) -> dict[str, Any]:
    sentence = hit.sentence_source
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "passage_id": hit.passage.passage_id,
        "doc_id": hit.passage.doc_id,
        "title": hit.document.title,
        "section": list(hit.passage.section),
        "article": hit.passage.article,
        "paragraph": hit.paragraph,
        "text": hit.text,
        "sentence": hit.sentence,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "language": hit.passage.language,
        "source": hit.document.source.path,
        "sentence_start": sentence.start,
        "sentence_end": sentence.end,
        "sentence_places": _places_json(hit.document, sentence),
        "symbol": hit.document.symbol,
        "date": hit.document.date,
        "versions": _versions_json(hit.passage),
        "related": _related_json(hit.document),
    }


def _places_json(document: Document, span: Span) -> list[dict[str, Any]]:
    """Where it stands in a file that is no text: on pages with their boxes, or in blocks."""
    return [
        {"part": place.part, "block": place.number} if place.box is None else {"page": place.number, "box": place.box}
        for place in places(document, span)
    ]


def _versions_json(passage: Passage) -> list[dict[str, Any]]:
    return [
        {"passage_id": version.passage_id, "language": version.language, "doubtful": version.doubtful}
        for version in passage.versions
    ]


def _related_json(document: Document) -> list[dict[str, Any]]:
    return [{"doc_id": other.doc_id, "symbol": other.symbol, "kind": other.kind} for other in document.related]


def as_text(answer: Answer) -> str:
    """The answer for a terminal: each citation with its place, its score and the marked sentence."""
    parts = []
    for citation in answer.citations:
        hit = citation.hit
        place = " › ".join([hit.document.title, *hit.passage.section, locator(hit.passage)])
        parts.append(
            f"[{citation.number}] {place}\n"
            f"    {hit.document.source.path}, {source_place(hit.document, hit.passage)}, score {hit.score:.3f}\n"
            + "".join(f"    {line}\n" for line in _notices(hit))
            + f"    {hit.sentence}"
        )
    if answer.expansions:
        searched = ", ".join(dict.fromkeys(item.token for item in answer.expansions))
        parts.append(f"searched in every language: {searched}")
    return harmless("\n\n".join(parts))


def _notices(hit: ScoredPassage) -> list[str]:
    """What whoever cites the hit has to know: other documents that amend it, and the same paragraph elsewhere."""
    lines = [related_words(other) for other in hit.document.related]
    if hit.passage.versions:
        ids = (f"{version.language} {version.passage_id}" for version in hit.passage.versions)
        lines.append(f"in other languages: {', '.join(ids)}")
    return lines


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """What was understood of a file, as `qa inspect --json` prints it. Offsets count characters."""
    document = inspection.document
    return {
        "source": document.source.path,
        "title": document.title,
        "symbol": document.symbol,
        "date": document.date,
        "language": document.language,
        "characters": len(document.text),
        "headings": [
            {"text": heading.text, "level": heading.level, "start": heading.start, "end": heading.end}
            for heading in document.headings
        ],
        "passages": [
            {
                "passage_id": passage.passage_id,
                "section": list(passage.section),
                "article": passage.article,
                "paragraph": passage.paragraph,
                "language": passage.language,
                "start": passage.start,
                "end": passage.end,
                "places": _places_json(document, Span(passage.start, passage.end)),
                "sentences": len(passage.sentences),
                "text": passage.text,
            }
            for passage in inspection.passages
        ],
        "left_out": list(inspection.document.left_out),
    }


def inspection_text(inspection: Inspection) -> str:
    """What was understood of a file, for a terminal: headings and paragraphs in their order."""
    document = inspection.document
    lines = [document.source.path]
    known = ("title", "symbol", "date", "language")
    lines += [f"  {name + ':':10}{getattr(document, name) or 'unknown'}" for name in known]
    lines.append(f"  {'holds:':10}{len(inspection.passages)} paragraphs, {len(document.text)} characters")
    rows = [(heading.start, f"{'#' * (heading.level + 1)} {heading.text}") for heading in document.headings]
    rows += [(passage.start, _passage_line(document, passage)) for passage in inspection.passages]
    lines += ["", *(line for _, line in sorted(rows)), ""]
    lines += [f"left out: {item}" for item in inspection.document.left_out] or ["left out: nothing"]
    return harmless("\n".join(lines))


def _passage_line(document: Document, passage: Passage) -> str:
    words = passage.text.replace("\n", " / ")
    shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    place = f"{passage.language} [{passage.start}, {passage.end}) {source_place(document, passage)}"
    return f"  #{passage.key:10} {locator(passage)} · {place}\n      {shown}"
