"""The index: search against brute force, and what is on disk against what can happen to it."""

import hashlib
import json
import os
import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from conftest import WordEncoder
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import embeddings.generation
import embeddings.stamps
from embeddings.background import Background
from embeddings.build import build, why_build
from embeddings.contents import Index
from embeddings.encoder import unit
from embeddings.errors import DocumentError, IndexDamaged, IndexLocked, IndexMismatch, IndexMissing, IndexStoreError
from embeddings.generation import FileRecord
from embeddings.index.dense import DenseIndex
from embeddings.index.kinds import Search
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity


def by_passage(vectors: np.ndarray, passages: np.ndarray) -> list[np.ndarray]:
    """Vectors as an index is built from them: those of each passage."""
    return np.split(vectors, np.flatnonzero(np.diff(passages)) + 1)


VECTORS = arrays.arrays(np.float32, st.tuples(st.integers(1, 30), st.just(5)), elements=st.floats(-1, 1, width=16))


@given(VECTORS, st.integers(1, 40))
def test_dense_search_is_brute_force(rows: np.ndarray, count: int) -> None:
    vectors, query = unit(rows), unit(rows[0] + np.float32(0.1))
    passages = np.arange(len(rows), dtype=np.int32) // 2  # two vectors of each passage
    with TemporaryDirectory() as folder:
        DenseIndex.build(by_passage(vectors, passages)).save(Path(folder))
        found, scores = DenseIndex.load(Path(folder)).search(query, count)
    cosines = vectors @ query
    best = {int(passage): float(cosines[passages == passage].max()) for passage in set(passages.tolist())}
    last = np.sort(cosines)[::-1][:count][-1]  # of the nearest vectors; those as near as it may be left out
    assert len(found) == len(set(found.tolist()))
    assert {passage for passage, cosine in best.items() if cosine > last + 1e-5} <= set(found.tolist())
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    for passage, score in zip(found.tolist(), scores.tolist(), strict=True):
        assert score == pytest.approx(best[passage], abs=1e-5)
        assert score > last - 1e-5


@pytest.mark.parametrize("data", [b"", b"x" * 100])
def test_no_index_in_these_bytes(data: bytes, tmp_path: Path) -> None:
    DenseIndex.build([np.eye(2000, 3, dtype=np.float32)], Search.HNSW).save(tmp_path)
    (tmp_path / "dense-near.faiss").write_bytes(data)
    with pytest.raises(ValueError, match="no FAISS index"):
        DenseIndex.load(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index")


@pytest.fixture
def built(seeds: Path, store: IndexStore, words: WordEncoder) -> IndexStore:
    build(seeds, store, words)
    return store


def generation(store: IndexStore) -> Path:
    return store.folder / (store.folder / "CURRENT").read_text()


def test_what_is_written_is_read(built: IndexStore, words: WordEncoder) -> None:
    index = built.open(words.identity)
    assert [p.passage_id for p in index.passages] == ["annex#1", "report#1", "report#2"]
    assert index.documents["report"].title == "Report"
    assert index.passages[1].section == ("I. Money",)
    sentence = index.passages[1].sentences[1]
    assert index.passages[1].text[sentence.start : sentence.end] == "The judge agreed."
    assert index.lexical.scores(["judg"]).argmax() == 1
    assert len(index.dense.search(words.encode_query("judge").vector, 100)[0]) == 3


def test_a_build_of_the_same_is_the_same(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    before = built.manifest()
    build(seeds, built, words)
    assert built.manifest().files == before.files


def test_up_to_date_or_not(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    assert why_build(seeds, built, words.identity) is None
    (seeds / "new.txt").write_text("1. New.")
    assert why_build(seeds, built, words.identity) == "lacks new.txt"
    (seeds / "new.txt").unlink()
    (seeds / "annex.txt").write_text("1. Changed.")
    assert why_build(seeds, built, words.identity) == "holds an older annex.txt"
    (seeds / "annex.txt").unlink()
    assert why_build(seeds, built, words.identity) == "still holds annex.txt, which is gone"
    other = EncoderIdentity("other", "0" * 64)
    assert why_build(seeds, built, other) == "was made with model 'words', not 'other'"
    assert why_build(seeds, IndexStore(seeds / "none"), other) == "is missing"


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        (EncoderIdentity("other", "0" * 64), "model 'words', not 'other'"),
        (EncoderIdentity("words", "1" * 64), "other weights"),
    ],
)
def test_a_foreign_index_is_refused(built: IndexStore, identity: EncoderIdentity, why: str) -> None:
    with pytest.raises(IndexMismatch, match=f"{why}.*; rebuild it with: qa build"):
        built.open(identity)


def test_an_index_with_other_means_is_refused(
    built: IndexStore, seeds: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Background, "fixed_for", lambda _encoder: "other")
    assert why_build(seeds, built, words.identity) == "was made with other means of its languages"
    with pytest.raises(IndexMismatch, match="other means"):
        built.open(words.identity)


def test_another_format_is_refused(built: IndexStore, words: WordEncoder) -> None:
    folder = generation(built)
    manifest = json.dumps({**json.loads((folder / "manifest.json").read_text()), "format": 999})
    (folder / "manifest.json").write_text(manifest)
    name = f"000001-{hashlib.sha256(manifest.encode()).hexdigest()[:8]}"
    folder.rename(built.folder / name)
    (built.folder / "CURRENT").write_text(name)
    with pytest.raises(IndexMismatch, match="has format 999"):
        built.open(words.identity)


def test_no_index(store: IndexStore, words: WordEncoder) -> None:
    with pytest.raises(IndexMissing, match="no index at '.*'; build it with: qa build"):
        store.open(words.identity)


FILES = [
    "manifest.json",
    "documents.jsonl",
    "passages.jsonl",
    "background.npz",
    "documents-starts.npy",
    "passages-starts.npy",
    "catalogue.json",
    *(f"catalogue-{name}.npy" for name in ("documents", "languages", "sections", "articles", "keys", "numbers")),
    "dense-vectors.npy",
    "dense-rows.npy",
    *(f"tokens-{part}.npy" for part in ("codes", "scales", "spans", "sentences", "passages")),
    *(f"coarse-{part}.npy" for part in ("codes", "scales", "spans", "sentences", "passages")),
    *(f"words/{name}.npy" for name in ("weights", "passages", "starts", "vocabulary-numbers", "passages-starts")),
    "words/vocabulary.txt",
    "words/passages.txt",
]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("fault", ["gone", "cut", "flipped", "empty"])
def test_a_damaged_file_is_named(built: IndexStore, words: WordEncoder, name: str, fault: str) -> None:
    path = generation(built) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.unlink()
    if fault != "gone":
        path.write_bytes({"cut": data[:-1], "flipped": data, "empty": b""}[fault])
    with pytest.raises(IndexDamaged, match=f"{name}'.*rebuild it with: qa build"):
        built.open(words.identity)


@pytest.mark.parametrize("pointer", ["", "../elsewhere", "gone", None])
def test_a_damaged_pointer_leaves_what_is_whole(
    built: IndexStore, words: WordEncoder, pointer: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    whole = generation(built)
    (built.folder / "CURRENT").unlink() if pointer is None else (built.folder / "CURRENT").write_text(pointer)
    assert len(built.open(words.identity).passages) == 3
    assert "an older state serves meanwhile" in caplog.text
    assert "qa build" in caplog.text
    (whole / "dense-vectors.npy").write_bytes(b"")
    with pytest.raises(IndexDamaged, match="qa build"):
        built.open(words.identity)


def test_a_damaged_state_leaves_the_one_before(
    built: IndexStore, seeds: Path, words: WordEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    first = generation(built).name
    (seeds / "annex.txt").write_text("1. Another judge.")
    build(seeds, built, words)
    (generation(built) / "dense-vectors.npy").write_bytes(b"")
    assert len(built.open(words.identity).passages) == 3
    assert "dense-vectors.npy' has 0 bytes" in caplog.text
    assert caplog.text.strip().endswith(first)
    build(seeds, built, words)
    assert len(built.open(words.identity).passages) == 3


def test_the_generation_before_stays_and_strangers_too(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    (built.folder / "mine").mkdir()
    first = generation(built)
    build(seeds, built, words)
    second = generation(built)
    build(seeds, built, words)
    assert not first.exists()
    assert second.exists()
    assert (built.folder / "mine").exists()


def test_only_one_builds(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    with built.building(), pytest.raises(IndexLocked, match="another process is building"):
        build(seeds, IndexStore(built.folder), words)


def test_a_full_disk_leaves_the_old_index(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    before = generation(built)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        with pytest.raises(
            IndexStoreError, match="cannot write the index.*File too large; what was there before is untouched"
        ):
            build(seeds, built, words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert generation(built) == before
    assert [p.name for p in built.folder.iterdir() if p.is_dir()] == [before.name]
    assert isinstance(built.open(words.identity), Index)


def test_files_are_flushed_before_they_count(
    seeds: Path, store: IndexStore, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    pointed: list[int] = []
    fsync, replace = os.fsync, Path.replace

    def record(handle: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    def point(path: Path, target: Path) -> Path:
        pointed.append(len(flushed))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", record)
    monkeypatch.setattr(Path, "replace", point)
    build(seeds, store, words)
    assert {Path(name).name for name in FILES} < set(flushed[: pointed[0]])
    assert any(name.startswith("new-") for name in flushed[: pointed[0]])
    assert flushed[-1] == store.folder.name


def test_bad_files_are_refused_and_the_rest_is_built(seeds: Path, store: IndexStore, words: WordEncoder) -> None:
    (seeds / "bad.txt").write_bytes(b"\0\xff")
    (seeds / "annex.TXT").write_text("1. Same name.")
    report = build(seeds, store, words)
    assert len(report.documents) == 2
    assert [refusal.split(":")[0] for refusal in report.refused] == ["annex.txt", "bad.txt"]
    assert why_build(seeds, store, words.identity) is None


def test_nothing_to_build(tmp_path: Path, store: IndexStore, words: WordEncoder) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DocumentError, match="no paragraph found below .*put some there"):
        build(empty, store, words)
    assert not (store.folder / "CURRENT").exists()


def test_progress_goes_to_the_end(seeds: Path, store: IndexStore, words: WordEncoder) -> None:
    steps: list[tuple[int, int]] = []
    files: list[tuple[int, int]] = []
    (seeds / "bad.txt").write_bytes(b"\0\xff")
    read = lambda done, total: files.append((done, total))  # noqa: E731
    build(seeds, store, words, lambda done, total: steps.append((done, total)), reading=read)
    assert steps == [(0, 3), (3, 3)]
    assert files == [(1, 3), (2, 3), (3, 3)]


def test_a_large_state_is_read_once_for_checking(
    built: IndexStore, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings.generation, "_LARGE", 0)
    monkeypatch.setattr(embeddings.stamps, "_SETTLED", -(10**12))  # as if it had been there for long
    hashed: list[str] = []
    record = embeddings.generation.file_record

    def counted(path: Path) -> FileRecord:
        hashed.append(path.name)
        return record(path)

    monkeypatch.setattr(embeddings.generation, "file_record", counted)
    built.open(words.identity)
    assert "tokens-codes.npy" in hashed
    hashed.clear()
    built.open(words.identity)
    assert hashed == []
    codes = generation(built) / "tokens-codes.npy"
    data = bytearray(codes.read_bytes())
    data[-1] ^= 1
    codes.write_bytes(data)
    with pytest.raises(IndexDamaged, match="tokens-codes.npy' was altered"):
        built.open(words.identity)


def test_a_stamp_goes_with_its_state(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    stamp = generation(built).with_name(f"{generation(built).name}.stamp")
    stamp.write_text("{}")
    build(seeds, built, words)
    assert stamp.exists()
    build(seeds, built, words)
    assert not stamp.exists()
