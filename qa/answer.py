"""The answer to a question: what the documents say, in their own words."""

from collections.abc import Sequence

from qa.query import Query
from qa.types import Answer, Citation, ScoredPassage


def compose(query: Query, hits: Sequence[ScoredPassage]) -> Answer:
    """Number the hits and quote the marked sentence of each. Nothing but quotations goes into the text."""
    citations = tuple(Citation(number, hit) for number, hit in enumerate(hits, 1))
    text = "\n".join(f"{citation.hit.sentence} [{citation.number}]" for citation in citations)
    return Answer(query.text, text, citations, query.expansions)
