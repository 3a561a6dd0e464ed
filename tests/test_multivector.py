"""Models that search with a vector of each token, as they are: the library's MaxSim, by our index."""

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sentence_transformers import MultiVectorEncoder, SentenceTransformer
from tiny_models import TEXTS, saved_multi_vector

from embeddings.building_encoder import building_encoder
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.models import Kind, find_model, kind_of
from embeddings.runtime import OnnxRuntime
from embeddings.vectors import unit
from qa.evaluation import index_records
from qa.query import make_query
from qa.retriever import Retriever, Stage
from qa.scoring import mean_matches

QUESTIONS = ("who froze the asset?", "来历不明", "Article 54, is it clear (or not)?")
SHAPES = {
    "no more than the text": {},
    "filled up, not attended": {
        "expansion": {"strategy": "fixed", "length": 24, "attend": False},
        "skiplist": list(string.punctuation),
    },
    "filled up, attended": {"expansion": {"strategy": "min", "length": 32, "attend": True}},
    "filled up with another token": {"expansion": {"strategy": "min", "length": 20, "token": "[UNK]"}},
}


def loaded(folder: Path) -> ModelEncoder:
    return load_encoder(find_model(str(folder)), many=True, device="cpu")


def library(folder: Path) -> MultiVectorEncoder:
    return MultiVectorEncoder(str(folder), device="cpu", local_files_only=True)


def assert_same(encoder: ModelEncoder, folder: Path) -> None:
    """Each text has the tokens of the library."""
    theirs = library(folder)
    for encoding, tokens in zip(
        encoder.encode_passages(TEXTS), theirs.encode_document(list(TEXTS), convert_to_numpy=True), strict=True
    ):
        assert encoding.tokens == pytest.approx(tokens, abs=1e-4)
        assert encoding.vector == pytest.approx(unit(tokens.sum(axis=0)), abs=1e-4)
    for question in QUESTIONS:
        tokens = theirs.encode_query(question, convert_to_numpy=True)
        assert encoder.encode_query(question).tokens == pytest.approx(tokens, abs=1e-4)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_text_has_the_tokens_of_the_library(shape: Mapping[str, Any], tmp_path: Path) -> None:
    folder = saved_multi_vector(tmp_path / "model", **shape)
    assert kind_of(folder) is Kind.MULTI_VECTOR
    encoder = loaded(folder)
    assert encoder.multi_vector
    assert encoder.pools_by_mean
    assert_same(encoder, folder)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_scores_are_the_maxsim_of_the_library(shape: Mapping[str, Any], tmp_path: Path) -> None:
    """Over the number of tokens, and but for the 8 bits in which the index keeps a component."""
    folder = saved_multi_vector(tmp_path / "model", **shape)
    encoder, theirs = loaded(folder), library(folder)
    index = index_records([{"id": str(i), "text": text, "lang": "en"} for i, text in enumerate(TEXTS)], encoder)
    retriever = Retriever(index, encoder, Stage.DENSE | Stage.TOKENS)
    for question in QUESTIONS:
        tokens = theirs.encode_query([question])
        expected = theirs.similarity(tokens, theirs.encode_document(list(TEXTS))).numpy()[0] / len(tokens[0])
        encoded = retriever.encode(make_query(question))
        found = mean_matches(index.tokens.match(encoded.tokens, np.arange(len(TEXTS))))
        assert found == pytest.approx(expected, abs=5e-3)
        ranking = retriever.rank(make_query(question), len(TEXTS))
        assert expected[ranking.numbers] == pytest.approx(np.sort(expected)[::-1], abs=1e-2)


def test_what_is_found_is_marked_in_its_text(tmp_path: Path) -> None:
    shape = SHAPES["filled up, not attended"]
    encoder = loaded(saved_multi_vector(tmp_path / "model", **shape))
    text = "The court froze the asset. Nobody objected (or so it was said). The bank kept the money."
    index = index_records([{"id": "a", "text": text}, {"id": "b", "text": "..."}], encoder)
    for hit in Retriever(index, encoder).retrieve(make_query("which bank kept money?"), 2):
        assert hit.sentence in hit.text
        assert hit.relevance is None
        assert all(hit.marked.start <= word.start < word.end <= hit.marked.end for word in hit.words)


def test_nothing_is_taken_away_from_its_tokens(tmp_path: Path) -> None:
    encoder = loaded(saved_multi_vector(tmp_path / "model"))
    background = index_records([{"id": "a", "text": TEXTS[1]}], encoder).background
    (encoding,) = encoder.encode_passages([TEXTS[1]])
    assert background.centred(encoding.tokens, "en") == pytest.approx(encoding.tokens, abs=1e-6)


def test_long_passages_go_through_in_windows_of_the_length_it_was_trained_on(tmp_path: Path) -> None:
    folder = saved_multi_vector(tmp_path / "model", document_length=20)
    text = "the court froze the asset. " * 12
    (encoding,) = loaded(folder).encode_passages([text])
    assert len(encoding.tokens) > 60
    ends = encoding.spans[:, 1]
    assert (np.diff(ends) >= 0).all()  # the marks of a window stand where it ends
    assert ends[-1] >= len(text) - 1


def test_a_longer_question_is_not_cut(tmp_path: Path) -> None:
    folder = saved_multi_vector(tmp_path / "model", expansion={"strategy": "fixed", "length": 12})
    encoding = loaded(folder).encode_query("which court froze the asset of the bank?")
    assert len(encoding.tokens) > 12


def test_the_exported_model_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    folder = saved_multi_vector(tmp_path / "model", **SHAPES["filled up, not attended"])
    encoder = load_encoder(find_model(str(folder)))
    assert isinstance(encoder._passages.runtime, OnnxRuntime)
    assert_same(encoder, folder)


def test_several_devices_give_the_same(tmp_path: Path) -> None:
    folder = saved_multi_vector(tmp_path / "model", **SHAPES["filled up, not attended"])
    with building_encoder(find_model(str(folder)), ["cpu", "cpu"]) as encoder:
        assert isinstance(encoder, ModelEncoder)
        assert_same(encoder, folder)


def test_the_library_would_make_something_else_of_it(tmp_path: Path) -> None:
    """Why the kind is looked up: as a SentenceTransformer it loads as well, with a pooling that nobody trained."""
    folder = saved_multi_vector(tmp_path / "model")
    assert SentenceTransformer(str(folder), device="cpu", local_files_only=True).encode("a").shape != (16,)
