"""The index of words adds up what bm25s adds up, in memory and from its files."""

from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index import vocabulary
from embeddings.index.lexical import K1, B, LexicalIndex
from embeddings.index.vocabulary import Vocabulary

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
    known = [word for word in sorted(set(words)) if word in theirs.vocab_dict]
    total = sum(built._idf(word) for word in sorted(set(words)))
    expected = theirs.get_scores(known) / total if known else np.zeros(len(PASSAGES))
    for index in (built, LexicalIndex.load(tmp_path)):
        scores = index.scores(words)
        assert scores.dtype == np.float32
        assert (scores == expected.astype(np.float32)).all()


def test_the_words_come_back(tmp_path: Path) -> None:
    LexicalIndex.build(PASSAGES).save(tmp_path)
    words = LexicalIndex.load(tmp_path).words
    assert [*words] == [*words[:]] == PASSAGES
    with pytest.raises(IndexError):
        words[len(PASSAGES)]


@pytest.mark.parametrize("name", ["weights", "passages", "starts", "vocabulary-numbers", "passages-starts"])
def test_files_of_two_indexes_are_refused(name: str, tmp_path: Path) -> None:
    LexicalIndex.build(PASSAGES).save(tmp_path)
    np.save(tmp_path / "words" / f"{name}.npy", np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="do not belong together"):
        LexicalIndex.load(tmp_path)


@given(st.dictionaries(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=5), st.integers(0, 99)))
def test_a_vocabulary_is_a_dictionary(words: dict[str, int]) -> None:
    with TemporaryDirectory() as folder:
        vocabulary.save(words.items(), Path(folder))
        stored = Vocabulary.load(Path(folder), 100)
        assert dict(stored) == words
        assert all(stored.get(f"{word}x") == words.get(f"{word}x") for word in words)
        assert stored.get("") == words.get("")


def test_a_vocabulary_of_another_index_is_refused(tmp_path: Path) -> None:
    vocabulary.save([("one", 0), ("two", 7)], tmp_path)
    with pytest.raises(ValueError, match="do not belong together"):
        Vocabulary.load(tmp_path, 7)
