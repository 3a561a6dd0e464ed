"""The columns of an index say what a walk through its passages says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.build import build
from embeddings.catalogue import Catalogue
from embeddings.contents import Index
from embeddings.store import IndexStore
from embeddings.types import Document, Passage, SourceFile, Span


def passage(doc_id: str, key: int, language: str, section: tuple[str, ...], article: str) -> Passage:
    return Passage(f"{doc_id}#{key}", doc_id, section, str(key), language, "x", (), (Span(0, 1),), 0, 1, article)


MADE = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["en", "fr"]),
        st.sampled_from([(), ("I.",), ("I.", "A.")]),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=12,
)


@given(MADE)
def test_the_columns_are_those_of_the_passages(made: list[tuple[str, str, tuple[str, ...], str]]) -> None:
    passages = [passage(doc_id, key, *rest) for key, (doc_id, *rest) in enumerate(made)]
    documents = [Document(each, each, "en", SourceFile(each, 0, ""), "", ()) for each in "abc"]
    catalogue = Catalogue.build(documents, passages)
    for number, each in enumerate(passages):
        assert catalogue.documents[catalogue.document_of[number]].doc_id == each.doc_id
        assert catalogue.languages[catalogue.language_of[number]] == each.language
        assert catalogue.sections[catalogue.section_of[number]] == each.section
        assert catalogue.articles[catalogue.article_of[number]] == each.article
        assert catalogue.with_id(each.passage_id) == [number]
        beside = [n for n, p in enumerate(passages) if (p.doc_id, p.section) == (each.doc_id, each.section)]
        assert catalogue.together(np.array([number])).tolist() == beside
    for doc_id in "abcd":
        assert catalogue.of_document(doc_id).tolist() == [n for n, p in enumerate(passages) if p.doc_id == doc_id]
    assert catalogue.together(np.array([], np.int64)).tolist() == []
    assert catalogue.with_id("a#none") == []


@pytest.fixture
def stored(seeds: Path, tmp_path: Path, words: WordEncoder) -> Index:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    return store.open(words.identity)


def test_a_passage_is_found_by_its_id(stored: Index) -> None:
    for number, each in enumerate(stored.passages):
        assert stored.number_of(each.passage_id) == number
        assert stored.passage(each.passage_id) == each
    for unknown in ("report#3", "report", ""):
        assert stored.passage(unknown) is None


def test_another_text_or_name_has_another_hash(stored: Index) -> None:
    first, *rest = stored.passages
    documents = list(stored.documents.values())
    assert Catalogue.build(documents, [first, *rest]).sha256 == stored.catalogue.sha256
    for other in (replace(first, text=first.text + " "), replace(first, passage_id=first.passage_id + "b")):
        assert Catalogue.build(documents, [other, *rest]).sha256 != stored.catalogue.sha256


def test_equal_hashes_do_not_deceive(stored: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = list(range(len(stored.passages)))
    monkeypatch.setattr(Catalogue, "with_id", lambda _self, _id: everything)
    assert stored.number_of("report#2") == 2
    assert stored.number_of("report#3") is None


@pytest.mark.parametrize(
    ("name", "column"),
    [("documents", [0, 0, 9]), ("languages", [-1, 0, 0]), ("sections", [0, 0]), ("keys", [1])],
)
def test_files_of_two_are_refused(stored: Index, tmp_path: Path, name: str, column: list[int]) -> None:
    stored.catalogue.save(tmp_path)
    np.save(tmp_path / f"catalogue-{name}.npy", np.array(column, np.int32))
    with pytest.raises(ValueError, match="do not belong together"):
        Catalogue.load(tmp_path)
