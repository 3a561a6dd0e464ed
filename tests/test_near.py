"""Approximate search among vectors, held against looking at all of them."""

from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

from embeddings.build import build
from embeddings.errors import IndexStoreError
from embeddings.index.dense import DenseIndex, search_for
from embeddings.index.kinds import Search, search_named
from embeddings.store import IndexStore
from embeddings.vectors import unit
from qa import Assistant
from qa.filters import Filters, Selection

PASSAGES = 3000
COUNT = 400
KINDS = [kind for kind in Search if kind is not Search.EXACT]


def clustered() -> list[np.ndarray]:
    """One to three vectors of each passage, in neighbourhoods as those of text are."""
    random = np.random.default_rng(3)
    centres = random.standard_normal((60, 32)).astype(np.float32)
    return [
        unit(centres[random.integers(60)] + 0.7 * random.standard_normal((1 + number % 3, 32)).astype(np.float32))
        for number in range(PASSAGES)
    ]


@pytest.fixture(scope="module")
def vectors() -> list[np.ndarray]:
    return clustered()


@pytest.fixture(scope="module", params=KINDS)
def near(
    request: pytest.FixtureRequest, vectors: list[np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> DenseIndex:
    folder = tmp_path_factory.mktemp("near")
    DenseIndex.build(vectors, request.param, folder / "scratch").save(folder)
    loaded = DenseIndex.load(folder)
    assert loaded.kind is request.param
    return loaded


@pytest.fixture(scope="module")
def exact(vectors: list[np.ndarray]) -> DenseIndex:
    return DenseIndex.build(vectors)


def share_of_the_best(near: DenseIndex, exact: DenseIndex, within: Selection | None) -> float:
    """Of the ten best by looking at all, the share that comes at all and the share that comes first: the lower one."""
    queries = unit(np.random.default_rng(4).standard_normal((50, 32)).astype(np.float32))
    among, first = [], []
    for query in queries:
        best = set(exact.search(query, COUNT, within)[0][:10].tolist())
        found = near.search(query, COUNT, within)[0].tolist()
        assert len(found) == len(set(found))
        if within is not None:
            assert within.mask[found].all()
        among.append(len(best & set(found)) / len(best))
        first.append(len(best & set(found[:10])) / len(best))
    return min(float(np.mean(among)), float(np.mean(first)))


def selection(mask: np.ndarray) -> Selection:
    return Selection(Filters(), mask, {}, 1)


def test_the_best_are_among_those_found(near: DenseIndex, exact: DenseIndex) -> None:
    assert share_of_the_best(near, exact, None) >= 0.99


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_the_best_within_are_among_those_found(
    near: DenseIndex, exact: DenseIndex, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.index.dense._GATHERED", 500)  # so that one share is above it
    mask = np.random.default_rng(5).random(PASSAGES) < share
    assert share_of_the_best(near, exact, selection(mask)) >= 0.99


def test_what_is_exact_stays_so(near: DenseIndex, vectors: list[np.ndarray]) -> None:
    for number in (0, 1, 2, PASSAGES - 1):
        assert np.array_equal(near.rows_of(number), vectors[number])
    numbers = np.array([5, 0, 77])
    assert np.array_equal(near.whole(numbers), np.stack([vectors[number][0] for number in numbers]))


def test_more_is_asked_for_than_there_is(near: DenseIndex) -> None:
    query = unit(np.ones(32, np.float32))
    assert len(near.search(query, 10 * PASSAGES)[0]) > PASSAGES // 2
    mask = np.zeros(PASSAGES, np.bool_)
    mask[[3, 8]] = True
    assert set(near.search(query, 100, selection(mask))[0].tolist()) == {3, 8}


def test_an_approximation_of_other_vectors_is_refused(vectors: list[np.ndarray], tmp_path: Path) -> None:
    DenseIndex.build(vectors[:700], Search.IVF).save(tmp_path)
    DenseIndex.build(vectors[:400]).save(tmp_path)
    with pytest.raises(ValueError, match="do not belong together"):
        DenseIndex.load(tmp_path)


def test_how_many_are_searched_how() -> None:
    assert [search_for(count) for count in (1, 250_000, 250_001, 25_000_000, 25_000_001)] == [
        Search.EXACT, Search.EXACT, Search.IVF, Search.IVF, Search.IVF_PQ,
    ]  # fmt: skip


def test_how_vectors_are_searched_can_be_chosen(
    seeds: Path, tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words, search=search_named("ivf"))
    assert store.open(words.identity).dense.kind is Search.EXACT  # there are too few to be approximated
    monkeypatch.setattr("embeddings.index.dense._FEWEST", 4)
    build(seeds, store, words, search=search_named("ivf"))
    index = store.open(words.identity)
    assert isinstance(index.dense, DenseIndex)
    assert index.dense.kind is Search.IVF
    assert Assistant(index, words).retrieve("judge court")[0].passage.doc_id == "report"
    with pytest.raises(IndexStoreError, match="no search is called 'fast'; choose one of: exact, hnsw, ivf, ivf-pq"):
        search_named("fast")
