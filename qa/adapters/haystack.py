"""A component for Haystack (extra: haystack)."""

from pathlib import Path
from typing import Any

from haystack import Document, component

from qa.adapters.retrieval import Searched, asked, retrieved
from qa.assistant import DEFAULT_TOP_K


@component
class ParagraphRetriever:
    """The `top_k` paragraphs closest to a question, best first, of those that `filters` leave (as `Filters.of` reads
    them); with `above_line` only those that count as an answer. Saved in a pipeline when `index` is a folder.

    Raises what `Assistant.open` and `Assistant.retrieve` do when it is warmed up or run.
    """

    def __init__(self, index: Searched = "index", top_k: int = DEFAULT_TOP_K, filters: dict[str, Any] | None = None,
                 *, above_line: bool = False) -> None:  # fmt: skip
        self.index = str(index) if isinstance(index, Path) else index
        self.top_k, self.filters, self.above_line = top_k, filters, above_line

    def warm_up(self) -> None:
        """Open the index."""
        asked(self.index)

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None, filters: dict[str, Any] | None = None) -> dict[str, Any]:
        """The documents of a question; `top_k` and `filters` take the place of those given before."""
        count = self.top_k if top_k is None else top_k
        found = retrieved(self.index, query, count, filters or self.filters or {}, above_line=self.above_line)
        documents = [Document(hit.passage.passage_id, hit.text, meta=about, score=hit.score) for hit, about in found]
        return {"documents": documents}
