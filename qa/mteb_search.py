"""The whole engine as a search system of MTEB: `mteb.evaluate(EngineSearch(encoder), task)` (extra: mteb)."""

from collections.abc import Iterable, Mapping
from typing import Any

from mteb.models.model_meta import ModelMeta, ScoringFunction

from embeddings.types import Encoder
from qa.errors import EvaluationError
from qa.evaluation import index_records, run_queries
from qa.retriever import Retriever, Stage


class EngineSearch:
    """Implements `mteb.models.SearchProtocol`: a task's corpus is indexed in memory, each query asked by itself."""

    def __init__(self, encoder: Encoder, stages: Stage = Stage.ALL) -> None:
        self._encoder = encoder
        self._stages = stages
        self._retriever: Retriever | None = None

    @property
    def mteb_model_meta(self) -> ModelMeta:
        """What MTEB writes beside the results."""
        return ModelMeta.create_empty(
            {
                "name": "paragraph-qa/" + self._encoder.identity.name.replace("/", "-"),
                "revision": self._encoder.identity.fingerprint[:12],
                "framework": ["PyTorch"],
                "similarity_fn_name": ScoringFunction.COSINE,
            }
        )

    def index(self, corpus: Iterable[Mapping[str, Any]], **_settings: Any) -> None:
        """Index a corpus of {id, text, title?}."""
        self._retriever = Retriever(index_records(corpus, self._encoder), self._encoder, self._stages)

    def search(
        self, queries: Iterable[Mapping[str, Any]], *, top_k: int, **_settings: Any
    ) -> dict[str, dict[str, float]]:
        """The `top_k` passages of each query {id, text} and their scores. Raises EvaluationError before `index`."""
        if self._retriever is None:
            raise EvaluationError("there is no corpus to search; call index first")
        rankings, _rate = run_queries(self._retriever, queries, top_k)
        return {query: dict(scores) for query, scores in rankings.items()}
