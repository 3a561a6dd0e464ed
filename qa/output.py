"""An answer as JSON and as text for a terminal."""

import unicodedata
from typing import Any

from qa.citations import locator, source_lines
from qa.types import Answer, ScoredPassage


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
        "paragraph": hit.paragraph,
        "text": hit.text,
        "sentence": hit.sentence,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "language": hit.passage.language,
        "source": hit.document.source.path,
        "sentence_start": sentence.start,
        "sentence_end": sentence.end,
    }


def as_text(answer: Answer) -> str:
    """The answer for a terminal: each citation with its place, its score and the marked sentence."""
    parts = []
    for citation in answer.citations:
        hit = citation.hit
        first, last = source_lines(hit.document, hit.passage)
        place = " › ".join([hit.document.title, *hit.passage.section, locator(hit.passage)])
        parts.append(
            f"[{citation.number}] {place}\n"
            f"    {hit.document.source.path}, lines {first}-{last}, score {hit.score:.3f}\n"
            f"    {hit.sentence}"
        )
    if answer.expansions:
        searched = ", ".join(dict.fromkeys(item.token for item in answer.expansions))
        parts.append(f"searched in every language: {searched}")
    return _harmless("\n\n".join(parts))


def _harmless(text: str) -> str:
    """`text` without control characters: a document must not steer the terminal that shows it."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"})
