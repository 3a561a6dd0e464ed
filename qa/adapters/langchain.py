"""A retriever for LangChain (extra: langchain)."""

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from qa.adapters.retrieval import Chosen, Searched, asked, retrieved
from qa.assistant import DEFAULT_TOP_K
from qa.filters import NO_FILTERS


class ParagraphRetriever(BaseRetriever, extra="forbid"):
    """The `top_k` paragraphs closest to a question, best first, of those that `filters` leave; with `above_line` only
    those that count as an answer. A folder as `index` is opened at once.

    Raises what `Assistant.open` does, and when it is asked what `Assistant.retrieve` does.
    """

    index: Searched = "index"
    top_k: int = DEFAULT_TOP_K
    filters: Chosen = NO_FILTERS
    above_line: bool = False

    def model_post_init(self, _context: Any, /) -> None:
        """Open the index, so that what is wrong with it is said here."""
        asked(self.index)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        found = retrieved(self.index, query, self.top_k, self.filters, above_line=self.above_line)
        return [Document(hit.text, id=hit.passage.passage_id, metadata=about) for hit, about in found]
