"""The whole online flow on one screen: question in, cited answer out."""

from pathlib import Path
from typing import Self

from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.store import IndexStore
from embeddings.types import Encoder
from qa.answer import compose
from qa.query import make_query
from qa.question import check_question
from qa.retriever import Retriever
from qa.types import Answer, ScoredPassage

DEFAULT_TOP_K = 5


class Assistant:
    """Answers questions from one generation of an index. Safe to share between threads: asking changes nothing."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self.index = index
        self._retriever = Retriever(index, encoder)

    @classmethod
    def open(cls, index_dir: str | Path = "index", model: str = "") -> Self:
        """Open an index with the model it was made with: the bundled one, or `model` by name or folder.

        Raises IndexMissing, IndexDamaged or IndexMismatch (`embeddings.errors`) with the command that mends it, and
        EncoderError when the model cannot be loaded.
        """
        found = find_model(model)
        index = IndexStore(Path(index_dir)).open(found.identity)
        return cls(index, load_encoder(found))

    def now(self) -> Self:
        """Itself; `qa.live.Live` gives another one when the index has changed."""
        return self

    def retrieve(self, query: str, top_k: int = DEFAULT_TOP_K, *, every_version: bool = False) -> list[ScoredPassage]:
        """The `top_k` passages closest to `query`, best first; of language versions one, or every one of them.

        Raises QuestionError when it is blank or too long, ValueError when `top_k` is not positive.
        """
        return self._retriever.retrieve(make_query(check_question(query)), top_k, every_version=every_version)

    def ask(
        self, question: str, top_k: int = DEFAULT_TOP_K, *, expand: bool = True, every_version: bool = False
    ) -> Answer:
        """Answer in the documents' own words, each quotation with its citation.

        Without `expand` the question's words are searched as they stand; else also the countries, articles and symbols
        that it names, in every language. Of a paragraph's language versions one comes, or with `every_version` all.

        Raises QuestionError when it is blank or too long, ValueError when `top_k` is not positive.
        """
        query = make_query(check_question(question), expand=expand)
        return compose(query, self._retriever.retrieve(query, top_k, every_version=every_version))
