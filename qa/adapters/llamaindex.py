"""A retriever for LlamaIndex (extra: llamaindex)."""

import asyncio
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.adapters.retrieval import Chosen, Searched, asked, retrieved
from qa.assistant import DEFAULT_TOP_K
from qa.filters import NO_FILTERS


class ParagraphRetriever(BaseRetriever):
    """The `top_k` paragraphs closest to a question, best first, of those that `filters` leave; with `above_line` only
    those that count as an answer. A folder as `index` is opened at once. `others`: what `BaseRetriever` takes.

    Raises what `Assistant.open` does, and when it is asked what `Assistant.retrieve` does.
    """

    def __init__(self, index: Searched = "index", top_k: int = DEFAULT_TOP_K, filters: Chosen = NO_FILTERS,
                 *, above_line: bool = False, **others: Any) -> None:  # fmt: skip
        super().__init__(**others)
        self._index, self._top_k, self._filters, self._above_line = asked(index), top_k, filters, above_line

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = query_bundle.query_str
        found = retrieved(self._index, query, self._top_k, self._filters, above_line=self._above_line)
        # A language model is shown the citation and the text; all else is for the program.
        return [NodeWithScore(score=hit.score, node=TextNode(
            id_=hit.passage.passage_id, text=hit.text, metadata=about, excluded_embed_metadata_keys=list(about),
            excluded_llm_metadata_keys=[name for name in about if name != "citation"],
        )) for hit, about in found]  # fmt: skip

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)
