"""An answer as JSON and as text for a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embeddings.source_text import harmless
from embeddings.types import Document, Passage, Place, Span
from qa.answer import Answer, Scope, turn
from qa.citations import locator, path_and_place, places, related_words
from qa.followup import Turn
from qa.listing_output import table_json, table_text
from qa.pins import pin
from qa.reference_output import reference_json, reference_text
from qa.relevance import Line
from qa.types import Citation, ScoredPassage
from qa.wording import counted, one_line

if TYPE_CHECKING:  # whoever only asks is spared loading what describes the types
    from qa.answer_json import (
        AnswerJson,
        BlockPlaceJson,
        CitationJson,
        FoundJson,
        LineJson,
        PagePlaceJson,
        PassageJson,
        RelatedJson,
        ScopeJson,
        TurnJson,
        VersionJson,
    )


def as_json(answer: Answer) -> "AnswerJson":
    """The answer as `qa ask --json` prints it (docs/ask.schema.json). Keys may be added, none is renamed.

    Offsets count characters.
    """
    return {
        "question": answer.question,
        "searched": answer.searched,
        "understood": {"reason": answer.understood.reason, "carried": list(answer.understood.carried)},
        "language": answer.language,
        "answer": answer.text,
        "absent": answer.absent,
        "expansions": [
            {"words": answer.searched[item.start : item.end], "searched": item.token} for item in answer.expansions
        ],
        "passages": [_citation_json(citation, answer.language) for citation in answer.citations],
        "nearest": [passage_json(hit, answer.language) for hit in answer.nearest],
        "table": table_json(answer.table) if answer.table else None,
        "references": reference_json(answer.references) if answer.references else None,
        "scope": _scope_json(answer.scope),
        "line": _line_json(answer.line) if answer.line else None,
        "written": None,  # see qa.writing.output
        "turn": _turn_json(turn(answer)),
    }


def found_json(question: str, language: str, hits: Sequence[ScoredPassage], scope: Scope) -> "FoundJson":
    """The passages closest to a question, best first, as programs get them."""
    return {
        "question": question,
        "language": language,
        "passages": [passage_json(hit, language) for hit in hits],
        "scope": _scope_json(scope),
    }


def _turn_json(turn: Turn) -> "TurnJson":
    return {
        "question": turn.question,
        "searched": turn.searched,
        "cited": [{"passage_id": each.passage_id, "sentence": each.sentence} for each in turn.cited],
        "entities": list(turn.entities),
    }


def _scope_json(scope: Scope) -> "ScopeJson":
    return {
        "documents": scope.documents,
        "paragraphs": scope.passages,
        "languages": list(scope.languages),
        "undated": scope.undated,
    }


def _line_json(line: Line) -> "LineJson":
    return {
        "relevance": line.relevance,
        "false_answers": line.false_answers,
        "near_misses": line.near_misses,
        "answered": line.answered,
    }


def _citation_json(citation: Citation, language: str) -> "CitationJson":
    beside = citation.beside
    return {
        **passage_json(citation.hit, language),
        "number": citation.number,
        "pin": pin(citation).to_text(),
        "beside": None
        if beside is None
        else {
            "passage_id": beside.passage_id,
            "language": beside.language,
            "text": beside.text,
            "start": beside.start,
            "end": beside.end,
        },
    }


def passage_json(hit: ScoredPassage, language: str) -> "PassageJson":
    """A passage as `as_json` has it, its place in the words of a reader of `language`."""
    sentence = hit.sentence_source
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "relevance": None if hit.relevance is None else round(hit.relevance, 6),
        "passage_id": hit.passage.passage_id,
        "doc_id": hit.passage.doc_id,
        "title": hit.document.title,
        "section": list(hit.passage.section),
        "article": hit.passage.article,
        "paragraph": hit.paragraph,
        "locator": locator(hit.passage, language),
        "text": hit.text,
        "sentence": hit.sentence,
        "words": [
            {"text": hit.text[span.start : span.end], "start": span.start, "end": span.end} for span in hit.words
        ],
        "start": hit.passage.start,
        "end": hit.passage.end,
        "language": hit.passage.language,
        "source": hit.document.source.path,
        "sentence_start": sentence.start,
        "sentence_end": sentence.end,
        "sentence_places": places_json(hit.document, sentence),
        "symbol": hit.document.symbol,
        "date": hit.document.date,
        "versions": _versions_json(hit.passage),
        "related": _related_json(hit.document),
    }


def places_json(document: Document, span: Span) -> "list[PagePlaceJson | BlockPlaceJson]":
    """Where it stands in a file that is no text: on pages with their boxes, or in blocks."""
    return [_place_json(place) for place in places(document, span)]


def _place_json(place: Place) -> "PagePlaceJson | BlockPlaceJson":
    if place.box is None:
        return {"part": place.part, "block": place.number}
    return {"page": place.number, "box": place.box}


def _versions_json(passage: Passage) -> "list[VersionJson]":
    return [
        {"passage_id": version.passage_id, "language": version.language, "doubtful": version.doubtful}
        for version in passage.versions
    ]


def _related_json(document: Document) -> "list[RelatedJson]":
    return [{"doc_id": other.doc_id, "symbol": other.symbol, "kind": other.kind} for other in document.related]


def as_text(answer: Answer, *, nearest: bool = False) -> str:
    """The answer for a terminal: what was searched, the table, each citation with its place and marked sentence.

    Where nothing answers it says so, with what was searched; `nearest` shows the passages below the line in full.
    """
    parts = []
    if answer.searched != answer.question:
        parts.append(f"searched: {answer.searched}")
    if answer.references:
        parts.append(reference_text(answer.references))
    elif answer.absent:
        parts.append(absence_text(answer))
    else:
        numbers = {citation.hit.passage.passage_id: citation.number for citation in answer.citations}
        parts += [table_text(answer.table, numbers)] if answer.table else []
        parts += [_citation_text(citation, answer.language) for citation in answer.citations]
        if answer.line is None:
            parts.append("this model is not calibrated: these are the nearest passages, whether they answer or not")
    if nearest:
        parts += [_passage_text(hit, f"({hit.rank})", answer.language) for hit in answer.nearest]
    elif answer.nearest:
        parts.append(_nearest_line(answer))
    if answer.expansions and not answer.references:
        tokens = ", ".join(dict.fromkeys(item.token for item in answer.expansions))
        parts.append(f"searched in every language: {tokens}")
    if answer.scope.undated:
        parts.append(f"left out for having no date: {counted(answer.scope.undated, 'document')}")
    return harmless("\n\n".join(parts))


def absence_text(answer: Answer) -> str:
    """That nothing answers, what was searched, and what that is worth."""
    scope = answer.scope
    text = (
        "nothing in these documents answers that, as far as can be told; searched: "
        f"{counted(scope.passages, 'paragraph')} of {counted(scope.documents, 'document')} "
        f"({', '.join(scope.languages)})"
    )
    if answer.line is not None:
        text += f"\nthe line is a relevance of {answer.line.relevance:.0%}: {line_words(answer.line)}"
    return text


def line_words(line: Line) -> str:
    """The operating point of a line."""
    return (
        f"where it was drawn, {line.false_answers:.0%} of questions on other subjects pass it, {line.near_misses:.0%} "
        f"of those whose answer was taken out of its document, {line.answered:.0%} of those that are answered"
    )


def _nearest_line(answer: Answer) -> str:
    nearest = "; ".join(
        f"{hit.document.source.path} {locator(hit.passage, answer.language)}, {_likelihood(hit)}"
        for hit in answer.nearest
    )
    return f"below the line: {nearest} (show them: --nearest)"


def _citation_text(citation: Citation, language: str) -> str:
    text = _passage_text(citation.hit, f"[{citation.number}]", language)
    if citation.beside is None:
        return text
    beside = citation.beside
    return f"{text}\n    {beside.language} {locator(beside, beside.language)}: {one_line(beside.text)}"


def _passage_text(hit: ScoredPassage, label: str, language: str) -> str:
    path, place = [hit.document.title, *hit.passage.section], locator(hit.passage, language)
    if place != path[-1]:  # what has no number is called by its heading
        path.append(place)
    return (
        f"{label} {' › '.join(path)}\n"
        f"    {path_and_place(hit.document, hit.passage)}, {_likelihood(hit)}\n"
        + "".join(f"    {line}\n" for line in _notices(hit))
        + f"    {one_line(_with_marks(hit))}"
    )


def _likelihood(hit: ScoredPassage) -> str:
    return f"score {hit.score:.3f}" if hit.relevance is None else f"relevance {hit.relevance:.0%}"


def _with_marks(hit: ScoredPassage) -> str:
    """The marked sentence, the matching words in it set off."""
    text, at = "", hit.marked.start
    for word in hit.words:
        text += f"{hit.text[at : word.start]}*{hit.text[word.start : word.end]}*"
        at = word.end
    return text + hit.text[at : hit.marked.end]


def _notices(hit: ScoredPassage) -> list[str]:
    """What whoever cites the hit has to know: other documents that amend it, and the same paragraph elsewhere."""
    lines = [related_words(other) for other in hit.document.related]
    if hit.passage.versions:
        ids = (f"{version.language} {version.passage_id}" for version in hit.passage.versions)
        lines.append(f"in other languages: {', '.join(ids)}")
    return lines
