"""How fast a model is on this machine and how good on a small set, beside the bundled one.

The set (`qa/data/check/`, made by `scripts/make_check_set.py`) has 80 questions in six languages on 200 passages: on
the Universal Declaration of Human Rights, whose articles are there in all six, each version a right answer, and on
passages of French and Arabic encyclopaedias. All passages are searched at once. It is small: differences of a few
points are chance, and figures on one's own documents (`qa eval`) say more.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from embeddings.encoder import load_encoder
from embeddings.models import Model
from embeddings.reranker import Reranker
from qa.evaluation import Qrels, Rankings, index_records, measure, read_jsonl, read_qrels
from qa.query import make_query
from qa.retriever import RERANKED, Retriever, Stage

SET: Final = Path(__file__).parent / "data" / "check"
_TOP_K: Final = 10
_MEASURE: Final = "nDCG@10"
_WARM: Final = 3
"""Questions asked before the clock runs."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of a model.

    `passages_per_second`: read, encoded and indexed; 0 where that was not measured. `question_ms`: the median of a
    question, found and marked. nDCG@10, from 0 to 1: `vectors` of the model's vectors alone, `all` of the whole search,
    and that `by_language` of the question.
    """

    passages_per_second: float
    question_ms: float
    vectors: float
    all: float
    by_language: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RerankerFigures:
    """What was measured with and without a reranker; `pair_ms`: what it takes for a question and a passage."""

    pair_ms: float
    without: Figures
    reranked: Figures


class Checker:
    """Measures models on the set."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: another set than `SET`. Raises EvaluationError when it cannot be read."""
        folder = folder or SET
        self._passages = read_jsonl(folder / "passages.jsonl")
        self._queries = read_jsonl(folder / "queries.jsonl")
        self._qrels = read_qrels(folder / "qrels.tsv")

    def encoder(self, model: Model) -> Figures:
        """What a model is worth. Raises EncoderError when it cannot be loaded."""
        many, one = load_encoder(model, many=True), load_encoder(model)
        began = time.perf_counter()
        index = index_records(self._passages, many)
        rate = len(self._passages) / (time.perf_counter() - began)
        return self._figures(Retriever(index, one), Retriever(index, one, Stage.DENSE), rate)

    def reranker(self, model: Model, reranker: Reranker) -> RerankerFigures:
        """What a reranker adds to a model. Raises EncoderError when that cannot be loaded."""
        one = load_encoder(model)
        index = index_records(self._passages, load_encoder(model, many=True))
        alone = Retriever(index, one, Stage.DENSE)
        without = self._figures(Retriever(index, one), alone, 0.0)
        reranked = self._figures(Retriever(index, one, reranker=reranker), alone, 0.0)
        pair = (reranked.question_ms - without.question_ms) / RERANKED
        return RerankerFigures(max(0.0, pair), without, reranked)

    def _figures(self, retriever: Retriever, alone: Retriever, rate: float) -> Figures:
        rankings, milliseconds = self._asked(retriever)
        vectors, _ = self._asked(alone)
        by_language: dict[str, dict[str, Mapping[str, int]]] = {}
        for query in self._queries:
            by_language.setdefault(query["lang"], {})[query["id"]] = self._qrels[query["id"]]
        return Figures(
            rate,
            milliseconds,
            _quality(self._qrels, vectors),
            _quality(self._qrels, rankings),
            {language: _quality(qrels, rankings) for language, qrels in sorted(by_language.items())},
        )

    def _asked(self, retriever: Retriever) -> tuple[Rankings, float]:
        """The rankings of all questions, and the median of the milliseconds that one took."""
        for query in self._queries[:_WARM]:
            self._found(retriever, query)
        taken: list[float] = []
        rankings: dict[str, Mapping[str, float]] = {}
        for query in self._queries:
            began = time.perf_counter()
            rankings[query["id"]] = self._found(retriever, query)
            taken.append(1000 * (time.perf_counter() - began))
        return rankings, median(taken)

    def _found(self, retriever: Retriever, query: Mapping[str, Any]) -> dict[str, float]:
        hits = retriever.retrieve(make_query(query["text"]), _TOP_K)
        return {hit.passage.passage_id: hit.score for hit in hits}


def _quality(qrels: Qrels, rankings: Rankings) -> float:
    return measure(qrels, {query: rankings[query] for query in qrels})[_MEASURE]
