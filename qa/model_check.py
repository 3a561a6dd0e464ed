"""How fast a model is on this machine and how good on a small set, beside the bundled one.

The set (`qa/data/check/`, made by `scripts/make_check_set.py`) has 80 questions in six languages on 200 passages: on
the Universal Declaration of Human Rights, whose articles are there in all six, each version a right answer, and on
passages of French and Arabic encyclopaedias. All passages are searched at once. It is small: differences of a few
points are chance, and figures on one's own documents (`qa eval`) say more.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from embeddings.encoder import load_encoder
from embeddings.models import Model
from embeddings.reranker import Reranker
from embeddings.types import Encoder
from qa.evaluation import Qrels, Rankings, index_records, measure, read_jsonl, read_qrels
from qa.query import make_query
from qa.retriever import Retriever, Stage

SET: Final = Path(__file__).parent / "data" / "check"
_TOP_K: Final = 10
_MEASURE: Final = "nDCG@10"
_WARM: Final = 3
"""Questions asked before the clock runs."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of a model.

    `passages_per_second`: read, encoded and indexed. `question_ms`: the median of a question, found and marked.
    nDCG@10, from 0 to 1: `vectors` of the model's vectors alone, `all` of the whole search, and that `by_language` of
    the question.
    """

    passages_per_second: float
    question_ms: float
    vectors: float
    all: float
    by_language: Mapping[str, float]


class Checker:
    """Measures models on the set, side by side: each question is asked of all of them before the next one is, so that
    whatever else the machine does slows them alike."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: another set than `SET`. Raises EvaluationError when it cannot be read."""
        folder = folder or SET
        self._passages = read_jsonl(folder / "passages.jsonl")
        self._queries = read_jsonl(folder / "queries.jsonl")
        self._qrels = read_qrels(folder / "qrels.tsv")

    def encoders(self, models: Sequence[Model]) -> list[Figures]:
        """What each model is worth. Raises EncoderError when one cannot be loaded."""
        searched = [self._searched(model) for model in models]
        found = self._asked([each.retriever for each in searched])
        alone = self._asked([each.alone for each in searched])
        return [
            self._figures(*one, vectors, each.passages_per_second)
            for each, one, (vectors, _) in zip(searched, found, alone, strict=True)
        ]

    def reranker(self, model: Model, reranker: Reranker) -> list[Figures]:
        """What a model is worth without a reranker and with it. Raises EncoderError when it cannot be loaded."""
        searched = self._searched(model)
        with_it = Retriever(searched.retriever.index, searched.encoder, reranker=reranker)
        found = self._asked([searched.retriever, with_it])
        ((vectors, _),) = self._asked([searched.alone])
        return [self._figures(*one, vectors, searched.passages_per_second) for one in found]

    def _searched(self, model: Model) -> "_Searched":
        """The set, indexed with a model."""
        many, one = load_encoder(model, many=True), load_encoder(model)
        began = time.perf_counter()
        index = index_records(self._passages, many)
        rate = len(self._passages) / (time.perf_counter() - began)
        return _Searched(one, Retriever(index, one), Retriever(index, one, Stage.DENSE), rate)

    def _figures(self, rankings: Rankings, milliseconds: float, vectors: Rankings, rate: float) -> Figures:
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

    def _asked(self, retrievers: Sequence[Retriever]) -> list[tuple[Rankings, float]]:
        """Of each retriever the rankings of all questions, and the median of the milliseconds that one took."""
        for query in self._queries[:_WARM]:
            for retriever in retrievers:
                _found(retriever, query)
        taken: list[list[float]] = [[] for _ in retrievers]
        rankings: list[dict[str, Mapping[str, float]]] = [{} for _ in retrievers]
        for query in self._queries:
            for number, retriever in enumerate(retrievers):
                began = time.perf_counter()
                rankings[number][query["id"]] = _found(retriever, query)
                taken[number].append(1000 * (time.perf_counter() - began))
        return [(found, median(each)) for found, each in zip(rankings, taken, strict=True)]


@dataclass(frozen=True, slots=True)
class _Searched:
    """The set, indexed with a model: its encoder of questions, the whole search and that by its vectors alone, and how
    many passages were indexed in a second."""

    encoder: Encoder
    retriever: Retriever
    alone: Retriever
    passages_per_second: float


def _found(retriever: Retriever, query: Mapping[str, Any]) -> dict[str, float]:
    hits = retriever.retrieve(make_query(query["text"]), _TOP_K)
    return {hit.passage.passage_id: hit.score for hit in hits}


def _quality(qrels: Qrels, rankings: Rankings) -> float:
    return measure(qrels, {query: rankings[query] for query in qrels})[_MEASURE]
