"""What the adapters have in common: passages for a question, and what they carry as metadata."""

from pathlib import Path
from typing import Any

from embeddings.language import language_of
from qa.assistant import Assistant
from qa.citation_formats import cited, reference
from qa.filters import Filters
from qa.live import Live, opened
from qa.output import passage_json
from qa.pins import pin
from qa.types import Citation, ScoredPassage

Searched = str | Path | Assistant | Live
"""What a retriever searches: an index's folder, which is then followed when it is rebuilt, or what has opened one."""
Chosen = Filters | dict[str, Any]
"""What of it is searched: filters, or as `Filters.of` reads them."""


def asked(index: Searched) -> Assistant | Live:
    """What answers for an index; a folder is opened once in a process, with the model that `$QA_MODEL` names.

    Raises what `Assistant.open` does.
    """
    return index if isinstance(index, Assistant | Live) else opened(index)


def retrieved(
    index: Searched, query: str, top_k: int, filters: Chosen, *, above_line: bool
) -> list[tuple[ScoredPassage, dict[str, Any]]]:
    """The `top_k` passages closest to `query`, best first, each with its metadata; with `above_line` only those that
    count as an answer, which may be none.

    Raises what `Assistant.open` and `Assistant.retrieve` do.
    """
    assistant = asked(index).now()
    within = filters if isinstance(filters, Filters) else Filters.of(filters)
    hits = [(hit, assistant.answers(hit)) for hit in assistant.retrieve(query, top_k, filters=within)]
    language = language_of(query)
    return [(hit, _metadata(hit, language, answers=answers)) for hit, answers in hits if answers or not above_line]


def _metadata(hit: ScoredPassage, language: str, *, answers: bool) -> dict[str, Any]:
    """What `qa ask --json` says of a passage (docs/ask.schema.json) except its text, which the document is.

    And `citation`, its reference for a reader of `language`; `pin`, which `qa cite resolve` finds in a later index; and
    `above_line`, whether it counts as an answer.
    """
    citation = Citation(hit.rank, hit)
    about = {name: value for name, value in passage_json(hit, language).items() if name != "text"}
    return {
        **about,
        "citation": reference(cited(citation), language),
        "pin": pin(citation).to_text(),
        "above_line": answers,
    }
