"""MTEB evaluates the whole engine, offline."""

import warnings

import pytest
from conftest import WordEncoder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what other packages warn of when they are imported is theirs to mend
    import mteb
    from datasets import Dataset
    from mteb.abstasks.retrieval import AbsTaskRetrieval
    from mteb.abstasks.retrieval_dataset_loaders import RetrievalSplitData
    from mteb.abstasks.task_metadata import TaskMetadata

from qa.errors import EvaluationError
from qa.mteb_search import EngineSearch


class Courts(AbsTaskRetrieval):
    """Three passages, two questions."""

    metadata = TaskMetadata(
        name="Courts", description="made up", dataset={"path": "none", "revision": "1"}, type="Retrieval",
        category="t2t", modalities=["text"], eval_splits=["test"], eval_langs=["eng-Latn"], main_score="ndcg_at_10",
    )  # fmt: skip

    def load_data(self, **_settings: object) -> None:
        passages = {"a": "The court froze the asset.", "b": "Money in a bank.", "c": "Training for police."}
        queries = {"q1": "court asset", "q2": "police training"}
        split = RetrievalSplitData(
            corpus=Dataset.from_list([{"id": key, "title": "", "text": text} for key, text in passages.items()]),
            queries=Dataset.from_list([{"id": key, "text": text} for key, text in queries.items()]),
            relevant_docs={"q1": {"a": 1}, "q2": {"c": 1}},
            top_ranked=None,
        )
        self.dataset = {"default": {"test": split}}
        self.data_loaded = True


@pytest.mark.filterwarnings("ignore")
def test_mteb_evaluates_the_engine(words: WordEncoder) -> None:
    results = mteb.evaluate(EngineSearch(words), Courts(), cache=None)
    assert results[0].get_score() == pytest.approx(1)


def test_the_engine_is_a_search_system_of_mteb(words: WordEncoder) -> None:
    engine = EngineSearch(words)
    assert isinstance(engine, mteb.models.SearchProtocol)
    with pytest.raises(EvaluationError, match="call index first"):
        engine.search([{"id": "q", "text": "court"}], top_k=1)
