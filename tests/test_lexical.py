"""The index of words adds up what bm25s adds up, from the files that bm25s writes."""

import json
from pathlib import Path

import bm25s
import numpy as np
import pytest

from embeddings.index.lexical import K1, B, LexicalIndex

random = np.random.default_rng(7)
VOCABULARY = np.array([f"w{i}" for i in range(60)])
PASSAGES = [VOCABULARY[random.zipf(1.4, size) % 60].tolist() for size in (3, 40, 0, 11, 200, 7, 7, 90)]
QUESTIONS = [["w1"], ["w3", "w1", "w2", "w3"], ["none", "w5"], ["none"], [], ["w0", *(f"w{i}" for i in range(60))]]


@pytest.fixture
def theirs() -> bm25s.BM25:
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index(PASSAGES, show_progress=False)
    return index


@pytest.mark.parametrize("words", QUESTIONS)
def test_the_scores_are_those_of_bm25s(words: list[str], theirs: bm25s.BM25, tmp_path: Path) -> None:
    built = LexicalIndex.build(PASSAGES)
    built.save(tmp_path)
    theirs.save(tmp_path / "theirs" / "words", show_progress=False)
    known = [word for word in sorted(set(words)) if word in theirs.vocab_dict]
    total = sum(built._idf(word) for word in sorted(set(words)))
    expected = theirs.get_scores(known) / total if known else np.zeros(len(PASSAGES))
    for index in (built, LexicalIndex.load(tmp_path), LexicalIndex.load(tmp_path / "theirs")):
        scores = index.scores(words)
        assert scores.dtype == np.float32
        assert (scores == expected.astype(np.float32)).all()


def test_bm25s_reads_what_is_written(theirs: bm25s.BM25, tmp_path: Path) -> None:
    LexicalIndex.build(PASSAGES).save(tmp_path)
    read = bm25s.BM25.load(tmp_path / "words", show_progress=False)
    assert (read.get_scores(["w1", "w2"]) == theirs.get_scores(["w1", "w2"])).all()


def test_the_words_come_back(tmp_path: Path) -> None:
    LexicalIndex.build(PASSAGES).save(tmp_path)
    assert list(LexicalIndex.load(tmp_path).words()) == PASSAGES


@pytest.mark.parametrize("field", ["data", "indices", "indptr"])
def test_files_of_two_indexes_are_refused(field: str, tmp_path: Path) -> None:
    LexicalIndex.build(PASSAGES).save(tmp_path)
    np.save(tmp_path / "words" / f"{field}.csc.index.npy", np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="do not belong together"):
        LexicalIndex.load(tmp_path)


def test_a_vocabulary_of_another_index_is_refused(tmp_path: Path) -> None:
    LexicalIndex.build(PASSAGES).save(tmp_path)
    (tmp_path / "words" / "vocab.index.json").write_text(json.dumps({"w1": 10_000}), "utf-8")
    with pytest.raises(ValueError, match="do not belong together"):
        LexicalIndex.load(tmp_path)
