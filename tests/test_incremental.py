"""What a build takes over, and where it goes on after a kill."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder

from embeddings import documents
from embeddings.background import Background
from embeddings.build import build, why_build
from embeddings.contents import Index
from embeddings.encoder import ModelEncoder
from embeddings.errors import IndexStoreError
from embeddings.store import IndexStore
from embeddings.types import TextEncoding
from qa.assistant import Assistant
from tests.corpus import good


class Counting(WordEncoder):
    """Counts what it is asked to encode, and may be stopped."""

    def __init__(self) -> None:
        super().__init__("asset court law money training bank judge police " + " ".join(f"w{n}" for n in range(300)))
        self.encoded: list[str] = []
        self.stop_after = 10**9

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        if len(self.encoded) >= self.stop_after:
            raise KeyboardInterrupt
        self.encoded += texts
        return super().encode_passages(texts)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """With a background that depends on nothing, as that of the bundled model in its languages."""
    encoder = Counting()
    fixed = Background({}, np.zeros(encoder.dimension, np.float32), np.eye(encoder.dimension, dtype=np.float32))
    monkeypatch.setattr(Background, "for_index", lambda *_given, **_named: fixed)
    return encoder


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "Report\n\n1. The court met.\n\n2. The bank lent money.\n\n3. Суд (court) закрылся.\n"
    )
    (folder / "b.txt").write_text("Annex\n\n1. Police training.\n\n2. The judge left.\n")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index")


def same(one: Index, other: Index) -> None:
    """Two indexes answer alike, to the last bit of their vectors."""
    assert dict(one.documents) == dict(other.documents)
    assert list(one.passages) == list(other.passages)
    numbers = np.arange(len(one.passages))
    for number in numbers:
        for name in ("codes", "scales", "spans", "starts"):
            for tokens, others in ((one.tokens, other.tokens), (one.coarse, other.coarse)):
                assert np.array_equal(getattr(tokens.of(number), name), getattr(others.of(number), name)), name
        assert np.array_equal(one.dense.rows_of(number), other.dense.rows_of(number))


def test_nothing_is_encoded_twice(
    seeds: Path, store: IndexStore, counting: Counting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(seeds, store, counting)
    assert len(counting.encoded) == 5
    counting.encoded.clear()
    read: list[str] = []
    really = documents.read

    def noted(folder: Path, source: documents.SourceFile) -> documents.Extract:
        read.append(source.path)
        return really(folder, source)

    monkeypatch.setattr(documents, "read", noted)
    (seeds / "a.txt").rename(seeds / "moved.txt")
    text = (seeds / "b.txt").read_text()
    (seeds / "b.txt").write_text(text.replace("judge", "bank") + "\n3. The judge left.\n")
    (seeds / "c.txt").write_text("1. Police training.\n")
    build(seeds, store, counting)
    assert counting.encoded == ["The bank left."]
    assert read == ["b.txt", "c.txt", "moved.txt"]
    incremental = store.open(counting.identity)
    anew = IndexStore(tmp_path / "anew")
    build(seeds, anew, counting)
    same(incremental, anew.open(counting.identity))

    read.clear()
    (seeds / "c.txt").unlink()
    build(seeds, store, counting)
    assert read == []
    left = store.open(counting.identity)
    assert sorted(left.documents) == ["b", "moved"]
    assert not any(passage.doc_id == "c" for passage in left.passages)
    assert all(hit.passage.doc_id != "c" for hit in Assistant(left, counting).retrieve("police training", 9))


def test_a_note_beside_a_file_is_heeded(seeds: Path, store: IndexStore, counting: Counting) -> None:
    build(seeds, store, counting)
    (seeds / "a.meta.toml").write_text('title = "Given"')
    build(seeds, store, counting)
    assert store.open(counting.identity).documents["a"].title == "Given"
    (seeds / "a.meta.toml").unlink()
    build(seeds, store, counting)
    assert store.open(counting.identity).documents["a"].title == "Report"


def test_full_takes_nothing_over(seeds: Path, store: IndexStore, counting: Counting) -> None:
    build(seeds, store, counting)
    build(seeds, store, counting, full=True)
    assert len(counting.encoded) == 10


def long(seeds: Path, count: int = 300) -> None:
    (seeds / "long.txt").write_text("".join(f"{n + 1}. Word w{n} and court.\n\n" for n in range(count)))


def test_a_stopped_build_goes_on(seeds: Path, store: IndexStore, counting: Counting, tmp_path: Path) -> None:
    long(seeds)
    counting.stop_after = 150
    with pytest.raises(KeyboardInterrupt):
        build(seeds, store, counting)
    done = len(counting.encoded)
    assert 150 <= done < 305
    log = store.partial / "log"
    with log.open("ab") as file:
        file.write(b'["half a line')
    with (store.partial / "data").open("ab") as file:
        file.write(b"half of some data")
    counting.stop_after = 10**9
    build(seeds, store, counting)
    assert len(counting.encoded) == 305
    assert not store.partial.exists()
    anew = IndexStore(tmp_path / "anew")
    build(seeds, anew, counting)
    same(store.open(counting.identity), anew.open(counting.identity))


@pytest.mark.parametrize("name", ["about.json", "background.npz", "data", "log"])
@pytest.mark.parametrize("fault", ["flipped", "cut", "gone"])
def test_a_damaged_spool_is_made_again(
    seeds: Path, store: IndexStore, counting: Counting, tmp_path: Path, name: str, fault: str
) -> None:
    long(seeds)
    counting.stop_after = 150
    with pytest.raises(KeyboardInterrupt):
        build(seeds, store, counting)
    counting.stop_after = 10**9
    path = store.partial / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.unlink()
    if fault != "gone":
        path.write_bytes(data if fault == "flipped" else data[: len(data) // 2])
    build(seeds, store, counting)
    anew = IndexStore(tmp_path / "anew")
    build(seeds, anew, counting)
    same(store.open(counting.identity), anew.open(counting.identity))


def test_a_spool_of_another_model_is_removed(seeds: Path, store: IndexStore, counting: Counting) -> None:
    long(seeds)
    counting.stop_after = 150
    with pytest.raises(KeyboardInterrupt):
        build(seeds, store, counting)
    other = Counting()
    other.identity = replace(other.identity, fingerprint="1" * 64)
    build(seeds, store, other)
    assert len(other.encoded) == 305


def test_a_spool_that_cannot_be_written(seeds: Path, store: IndexStore, counting: Counting) -> None:
    store.folder.mkdir()
    store.partial.write_text("a file where a folder has to be")
    with pytest.raises(IndexStoreError, match="cannot write to .*partial"):
        build(seeds, store, counting)


def test_an_index_that_is_read_stays(seeds: Path, store: IndexStore, counting: Counting) -> None:
    build(seeds, store, counting)
    held = store.open(counting.identity)
    first = store.current()
    for _ in range(3):
        build(seeds, store, counting)
    assert first in [state.name for state in store.states()]
    assert Assistant(held, counting).retrieve("court", 1)
    assert [state.held for state in store.states()] == [True, False, False]
    del held
    assert store.collect() == [first]
    assert len(store.states()) == 2


def test_rolling_back(seeds: Path, store: IndexStore, counting: Counting) -> None:
    build(seeds, store, counting)
    first = store.current()
    (seeds / "b.txt").unlink()
    build(seeds, store, counting)
    assert sorted(store.open(counting.identity).documents) == ["a"]
    assert store.roll_back() == first
    assert sorted(store.open(counting.identity).documents) == ["a", "b"]
    assert why_build(seeds, store, counting.identity) == "still holds b.txt, which is gone"
    with pytest.raises(IndexStoreError, match="no older state"):
        store.roll_back()
    with pytest.raises(IndexStoreError, match="qa index list"):
        store.roll_back("000009-00000000")


def test_a_clock_that_goes_back_does_no_harm(seeds: Path, store: IndexStore, counting: Counting) -> None:
    build(seeds, store, counting)
    for path in store.folder.rglob("*"):
        os.utime(path, (4_000_000_000, 4_000_000_000))
    build(seeds, store, counting)
    assert store.current().startswith("000002-")
    assert [state.current for state in store.states()] == [False, True]


def test_one_that_cannot_lock_says_so(seeds: Path, tmp_path: Path, counting: Counting) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(IndexStoreError, match="cannot write the index to"):
        build(seeds, IndexStore(tmp_path / "file"), counting)


def test_the_real_encoder_answers_alike_after_increments(tmp_path: Path, encoder: ModelEncoder) -> None:
    seeds, files = tmp_path / "seeds", good()
    seeds.mkdir()
    grown, anew = IndexStore(tmp_path / "grown"), IndexStore(tmp_path / "anew")
    for name in ("udhr-en.html", "udhr-zh.txt", "udhr-ru.epub"):
        (seeds / name).write_bytes(files[name])
        build(seeds, grown, encoder)
    build(seeds, anew, encoder)
    one, other = (Assistant(store.open(encoder.identity), encoder) for store in (grown, anew))
    for question in ("who may marry?", "谁有权受教育？", "Кто имеет право на отдых?", "freedom of thought", "奴隶"):
        found = [[(hit.passage.passage_id, hit.marked) for hit in a.retrieve(question, 10)] for a in (one, other)]
        assert found[0] == found[1]


def test_the_own_mean_is_made_anew_when_the_index_has_doubled(seeds: Path, store: IndexStore) -> None:
    encoder = Counting()
    build(seeds, store, encoder)
    first = store.open(encoder.identity).background.own
    (seeds / "c.txt").write_text("1. Money and money.\n")
    build(seeds, store, encoder)
    assert np.array_equal(store.open(encoder.identity).background.own, first)
    long(seeds, 30)
    build(seeds, store, encoder)
    assert not np.array_equal(store.open(encoder.identity).background.own, first)
