"""An index whose vectors are in Milvus beside one in files: the same answers, whatever happens to the documents.

Milvus Lite by default; with $QA_TEST_MILVUS_URI the server there (`make test-milvus`).
"""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import pytest
from conftest import WordEncoder

from embeddings.build import build, why_build
from embeddings.errors import EngineError, IndexDamaged
from embeddings.milvus import engine as engines
from embeddings.milvus import tending
from embeddings.milvus.dense import MilvusDense
from embeddings.milvus.engine import Engine, connected
from embeddings.milvus.files import KINDS
from embeddings.milvus.rows import loaded
from embeddings.store import IndexStore
from embeddings.types import TextEncoding
from qa.assistant import Assistant
from qa.building import ProcessBuild
from qa.cli import main
from qa.filters import Filters
from qa.live import Live
from qa.types import ScoredPassage

VOCABULARY = "asset court law money training bank judge police"
ANNEX = "1. Training for police. A new law came.\n\n2. A judge trained the police.\n"


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where Milvus is. What the tests leave there is removed."""
    given = os.environ.get("QA_TEST_MILVUS_URI")
    where = given or str(tmp_path_factory.mktemp("lite") / "rows.db")
    client = connected(where)._client
    before = set(client.list_collections())
    yield where
    for name in set(client.list_collections()) - before:
        client.drop_collection(name)


@pytest.fixture
def engine(uri: str) -> Engine:
    return connected(uri)


@pytest.fixture
def index(uri: str, tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index", uri)


@pytest.fixture
def built(seeds: Path, index: IndexStore, words: WordEncoder) -> IndexStore:
    """The index of two documents, in Milvus."""
    build(seeds, index, words, kept_in="milvus")
    return index


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The collections that rows are written into from now on, one for each row."""
    rows: list[str] = []
    insert = Engine.insert

    def counted(self: Engine, collection: str, given: Any) -> None:
        listed = list(given)
        rows.extend([collection.rpartition("_")[2]] * len(listed))
        insert(self, collection, listed)

    monkeypatch.setattr(Engine, "insert", counted)
    return rows


def written(folder: Path, documents: int, seed: int = 0) -> Path:
    """Documents of several languages, sections and dates, made of the words that the encoder knows."""
    chance = random.Random(seed)
    folder.mkdir(exist_ok=True)
    for number in range(documents):
        lines = [f"Report {number}"]
        for place in range(1, 7):
            if place % 3 == 1:
                lines.append(f"{'I' * (1 + place // 3)}. {chance.choice(['Money', 'Courts', 'People'])}")
            sentences = (" ".join(chance.choices(VOCABULARY.split(), k=4)) for _ in range(chance.randint(1, 3)))
            lines.append(f"{place}. " + " ".join(f"The {sentence}." for sentence in sentences))
        (folder / f"d{number}.txt").write_text("\n\n".join(lines), "utf-8")
        if number % 4:  # some have no date
            date = chance.choice(["2018-01-01", "2019-05-31", "2019-05-03", "2020-12-31"])
            (folder / f"d{number}.meta.toml").write_text(f'date = "{date}"\n', "utf-8")
    (folder / "zh.txt").write_text(
        "1. 法院认为，对 police 的培训 training 非常重要。\n\n2. 银行保管 money。\n", "utf-8"
    )
    (folder / "zh.meta.toml").write_text('date = "2019-01-01"\n', "utf-8")
    return folder


def found(assistant: Assistant, question: str, filters: Filters = Filters(), top_k: int = 10) -> list[Any]:  # noqa: B008
    return [told(hit) for hit in assistant.retrieve(question, top_k, filters=filters)]


def told(hit: ScoredPassage) -> Any:
    return hit.passage.passage_id, pytest.approx(hit.score, abs=1e-6), hit.sentence, hit.words


def opened(index: IndexStore, encoder: WordEncoder) -> Assistant:
    return Assistant(index.open(encoder.identity), encoder)


def counts(index: IndexStore) -> dict[str, int]:
    """How many rows there are in each collection of the generation that counts."""
    rows = loaded(index.folder / index.current(), index.engine())
    return {kind: each.engine.load(each.collection) for kind, each in rows.items()}


def needed(index: IndexStore) -> dict[str, int]:
    """How many rows the generation that counts has."""
    return {kind: each.keys.rows for kind, each in loaded(index.folder / index.current(), index.engine()).items()}


def test_the_same_answers_as_from_files(index: IndexStore, tmp_path: Path, words: WordEncoder) -> None:
    seeds = written(tmp_path / "many", 12)
    files = IndexStore(tmp_path / "files")
    build(seeds, files, words)
    build(seeds, index, words, kept_in="milvus")
    there, here = opened(files, words), opened(index, words)
    sections = [choice.value for choice in there.choices.sections]
    chosen = [
        Filters(),
        Filters(documents=("d1", "d4", "d7")),
        Filters(languages=("en",)),
        Filters(languages=("en", "zh")),
        Filters(languages=("zh",), until="2019"),
        Filters(sections=(sections[0],)),
        Filters(sections=tuple(sections)),
        Filters(since="2019-05-03"),
        Filters(until="2019-05"),
        Filters(since="2019", until="2019"),
        Filters(documents=("d1", "d2", "d3", "d5"), languages=("en",), since="2018"),
    ]
    for question in ("court law", "the judge and the police", "money", "training bank asset", "nothing known"):
        for filters in chosen:
            expected = found(there, question, filters)
            assert found(here, question, filters) == expected
    one, other = (assistant.ask("which police were training?") for assistant in (there, here))
    assert [told(citation.hit) for citation in one.citations] == [told(citation.hit) for citation in other.citations]


def test_filters_run_in_the_engine(built: IndexStore, words: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []
    search = Engine.search

    def listening(self: Engine, collection: str, vector: Any, count: int, expression: str = "", **more: Any) -> Any:
        keys, cosines = search(self, collection, vector, count, expression, **more)
        asked.append((expression, len(keys)))
        return keys, cosines

    monkeypatch.setattr(Engine, "search", listening)
    assistant = opened(built, words)
    assert {each[0] for each in found(assistant, "police", Filters(documents=("annex",)))} == {"annex#1"}
    [(expression, rows)] = asked
    assert expression.startswith("document in [")
    assert rows == needed(built)["vectors"] - sum(map(len, (  # all that fit, and no others
        assistant.index.dense.rows_of(number) for number in (1, 2)
    )))  # fmt: skip


def test_long_passages_are_kept_whole(index: IndexStore, tmp_path: Path, words: WordEncoder) -> None:
    seeds, files = tmp_path / "long", IndexStore(tmp_path / "files")
    seeds.mkdir()
    (seeds / "long.txt").write_text("1. The court. " + "Money in the bank of the police. " * 2000 + "\n\n2. Law.\n")
    build(seeds, files, words)
    build(seeds, index, words, kept_in="milvus")
    assert needed(index)["tokens"] > 3
    there, here = files.open(words.identity), index.open(words.identity)
    for number in range(2):
        for name in ("codes", "scales", "spans", "starts"):
            for kind in ("tokens", "coarse"):
                kept, expected = getattr(here, kind).of(number), getattr(there, kind).of(number)
                np.testing.assert_array_equal(getattr(kept, name), getattr(expected, name))
        np.testing.assert_array_equal(here.dense.rows_of(number), there.dense.rows_of(number))
    np.testing.assert_array_equal(here.dense.whole(np.array([1, 0])), there.dense.whole(np.array([1, 0])))


def test_only_what_is_new_is_written(
    built: IndexStore, seeds: Path, words: WordEncoder, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []

    def encode(texts: list[str]) -> list[TextEncoding]:
        encoded.extend(texts)
        return [words.encode_query(text) for text in texts]

    monkeypatch.setattr(words, "encode_passages", encode)
    build(seeds, built, words)
    assert built.in_milvus()  # where it was
    assert (sent, encoded) == ([], [])
    (seeds / "annex.txt").write_text(ANNEX, "utf-8")
    build(seeds, built, words)
    assert encoded == ["A judge trained the police."]
    # A vector of it and one of its sentence, and its tokens; nothing of what stood there before.
    assert sorted(sent) == ["coarse", "tokens", "vectors", "vectors"]


def test_a_moved_paragraph_is_found_where_it_is(
    built: IndexStore, seeds: Path, words: WordEncoder, sent: list[str]
) -> None:
    (seeds / "annex.txt").rename(seeds / "moved.txt")
    build(seeds, built, words)
    assert set(sent) == {"vectors"}  # its tokens are the same
    assert found(opened(built, words), "police training", Filters(documents=("moved",)))[0][0] == "moved#1"


def test_a_new_date_is_filtered_by(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    (seeds / "annex.meta.toml").write_text('date = "2019-05-03"\n', "utf-8")
    build(seeds, built, words)
    assistant = opened(built, words)
    assert [each[0] for each in found(assistant, "police law", Filters(since="2019"))] == ["annex#1"]


def test_rows_that_nothing_needs_are_removed(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    before = counts(built)
    assert before == needed(built)
    (seeds / "report.txt").unlink()
    build(seeds, built, words)
    assert counts(built) == before  # the generation before may have to serve
    build(seeds, built, words)
    assert counts(built) == needed(built)
    assert counts(built)["vectors"] < before["vectors"]
    assert [each[0] for each in found(opened(built, words), "police court")] == ["annex#1"]
    assert [state.problem for state in built.states(contents=True)] == ["", ""]


def test_two_generations_at_once(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    older = opened(built, words)
    before = found(older, "judge police court")
    (seeds / "report.txt").write_text(
        "Report\n\n1. The judge of the police court.\n\n2. Police. Judge. Court.\n", "utf-8"
    )
    for _ in range(3):
        build(seeds, built, words)
        older.index.tokens.__init__(older.index.tokens.rows)  # type: ignore[misc, attr-defined] # nothing kept
        assert found(older, "judge police court") == before
    assert found(opened(built, words), "judge police court") != before


def test_more_is_asked_for_when_others_rows_come_first(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    older = built.open(words.identity).dense
    (seeds / "more.txt").write_text("\n\n".join(f"{number}. Judge." for number in range(1, 60)), "utf-8")
    build(seeds, built, words)
    passages, cosines = older.search(words.encode_query("judge").vector, 2)
    assert passages.tolist() == [1]
    assert cosines[0] > 0.5


def test_a_build_that_ends_half_way_leaves_what_was(
    built: IndexStore, seeds: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, state = found(opened(built, words), "police"), built.current()
    (seeds / "annex.txt").write_text(ANNEX, "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build(seeds, built, words)
    assert built.current() == state
    assert found(opened(built, words), "police") == before
    assert counts(built)["vectors"] > needed(built)["vectors"]  # what it wrote
    (seeds / "annex.txt").write_text("1. Training for police. A new law came.\n", "utf-8")
    build(seeds, built, words)  # of the same documents as before
    assert counts(built) == needed(built)
    assert not list(built.folder.glob("new-*"))


def test_rows_stay_for_later_where_the_engine_is_gone(
    built: IndexStore,
    seeds: Path,
    words: WordEncoder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("one", "other"):
        (seeds / f"{name}.txt").write_text("1. Money.\n", "utf-8")
        with monkeypatch.context() as patch:
            patch.setattr(tending, "forget", _fail)
            build(seeds, built, words)
    assert "stay in Milvus until the next build or: qa index gc" in caplog.text
    assert len(built.states()) == 2
    (removed,) = built.collect()[:1]
    assert removed.startswith("new-")
    assert counts(built) == needed(built)
    assert built.collect() == []


def _fail(*_: object) -> None:
    raise EngineError("no engine")


def test_from_files_into_milvus_and_back(
    seeds: Path, index: IndexStore, words: WordEncoder, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    build(seeds, index, words)
    assert not index.in_milvus()
    expected = found(opened(index, words), "police judge")
    monkeypatch.setattr(words, "encode_passages", None)  # nothing is encoded any more
    assert why_build(seeds, index, words.identity, "milvus") == "is not kept in milvus"
    build(seeds, index, words, kept_in="milvus")
    assert why_build(seeds, index, words.identity, "milvus") is None
    assert why_build(seeds, index, words.identity) is None
    assert found(opened(index, words), "police judge") == expected
    collections = [each.collection for each in loaded(index.folder / index.current(), engine).values()]
    assert all(map(engine.exists, collections))
    build(seeds, index, words, kept_in="files")
    assert found(opened(index, words), "police judge") == expected
    build(seeds, index, words)
    assert not index.in_milvus()
    assert not any(map(engine.exists, collections))


def test_a_full_build_writes_everything_anew(
    built: IndexStore, seeds: Path, words: WordEncoder, sent: list[str]
) -> None:
    before = loaded(built.folder / built.current(), built.engine())["vectors"].collection
    build(seeds, built, words, full=True)
    assert loaded(built.folder / built.current(), built.engine())["vectors"].collection != before
    assert len(sent) == sum(needed(built).values())


def test_rolling_back(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    before = found(opened(built, words), "police")
    (seeds / "annex.txt").write_text(ANNEX, "utf-8")
    build(seeds, built, words)
    assert found(opened(built, words), "police") != before
    built.roll_back()
    assert found(opened(built, words), "police") == before


def test_lost_rows_are_noticed(built: IndexStore, seeds: Path, words: WordEncoder) -> None:
    assistant = opened(built, words)
    rows = loaded(built.folder / built.current(), built.engine())["tokens"]
    rows.engine.delete(rows.collection, rows.keys.first[:1])
    with pytest.raises(EngineError, match="lacks 1 rows of qa_.* qa index verify.* qa build --full"):
        assistant.retrieve("police")
    [state] = built.states(contents=True)
    assert "lacks 1 of its rows; rebuild it with: qa build" in state.problem
    with pytest.raises(IndexDamaged, match="has 2 rows, not 3"):
        built.open(words.identity)
    build(seeds, built, words)  # takes nothing over
    assert found(opened(built, words), "police")[0][0] == "annex#1"


def test_lost_collections_are_noticed(built: IndexStore, words: WordEncoder) -> None:
    for kind in KINDS:
        rows = loaded(built.folder / built.current(), built.engine())
        rows[kind].engine.drop(rows[kind].collection)
        break
    with pytest.raises(IndexDamaged, match="has 0 rows"):
        built.open(words.identity)
    assert "lacks" in built.states(contents=True)[0].problem


def test_a_running_program_follows(built: IndexStore, seeds: Path, words: WordEncoder, uri: str) -> None:
    live = Live(built.folder, uri=uri, encoder=words)
    assert [each[0] for each in found(live.now(), "judge", top_k=1)] == ["report#1"]
    (seeds / "annex.txt").write_text("1. Judge.\n", "utf-8")
    build(seeds, built, words)
    live.refresh()
    assert "annex#1" in {each[0] for each in found(live.now(), "judge", top_k=2)}


def test_a_large_collection_gets_a_graph(
    index: IndexStore, tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "EXACT", 10)
    seeds, files = written(tmp_path / "many", 6), IndexStore(tmp_path / "files")
    build(seeds, files, words)
    build(seeds, index, words, kept_in="milvus")
    dense = index.open(words.identity).dense
    assert isinstance(dense, MilvusDense)
    assert dense.rows.engine._index(dense.rows.collection)["index_type"] == "HNSW"
    assert found(opened(index, words), "court money") == found(opened(files, words), "court money")


def test_whoever_runs_milvus_may_choose_another_index(built: IndexStore, engine: Engine, words: WordEncoder) -> None:
    expected = found(opened(built, words), "police court")
    client, name = engine._client, loaded(built.folder / built.current(), engine)["vectors"].collection
    for kind, parameters in (("IVF_FLAT", {"nlist": 2}), ("HNSW", {"M": 8, "efConstruction": 64})):
        client.release_collection(name)
        client.drop_index(name, "vector")
        index = client.prepare_index_params()
        index.add_index("vector", index_type=kind, metric_type="IP", params=parameters)
        client.create_index(name, index)
        engine._searched_by.clear()  # programs that ask are started anew
        assert found(opened(built, words), "police court") == expected
        assert engine._searched_by[name]["index_type"] == kind


def test_rows_are_sent_in_batches(
    index: IndexStore, tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_BATCH_ROWS", 7)
    monkeypatch.setattr(engines, "_BATCH_BYTES", 300)
    monkeypatch.setattr(engines, "_AT_ONCE", 5)
    seeds, files = written(tmp_path / "many", 4), IndexStore(tmp_path / "files")
    build(seeds, files, words)
    build(seeds, index, words, kept_in="milvus")
    assert found(opened(index, words), "police law") == found(opened(files, words), "police law")


def test_without_an_address(built: IndexStore, seeds: Path, words: WordEncoder, tmp_path: Path) -> None:
    lost = IndexStore(built.folder, "")
    with pytest.raises(EngineError, match="are in Milvus; say where with --uri or [$]QA_URI"):
        lost.open(words.identity)
    with pytest.raises(EngineError, match="--uri"):
        build(seeds, lost, words)
    with pytest.raises(EngineError, match="--uri"):
        build(seeds, IndexStore(tmp_path / "new", ""), words, kept_in="milvus")
    assert lost.states()[0].problem == ""
    assert "--uri" in lost.states(contents=True)[0].problem


def test_from_the_command_line(
    seeds: Path, tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QA_URI", raising=False)
    index = str(tmp_path / "index")
    where = ("--index", index, "--seeds", str(seeds))
    assert main(["build", *where, "--store", "milvus", "--uri", uri]) == 0
    assert IndexStore(Path(index)).in_milvus()
    assert main(["ask", *where, "--uri", uri, "who froze the asset?"]) == 0
    assert "The court froze the asset." in capsys.readouterr().out.replace("*", "")
    assert main(["index", "verify", "--index", index, "--uri", uri]) == 0
    assert "whole" in capsys.readouterr().out
    assert main(["ask", *where, "who froze the asset?"]) == 1
    assert "--uri or $QA_URI" in capsys.readouterr().err


def test_a_build_in_a_process_of_its_own_is_told_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its environment, which no list of processes shows."""
    monkeypatch.setenv("QA_URI", "http://elsewhere")
    started: list[dict[str, str]] = []
    monkeypatch.setattr("qa.building.subprocess.Popen", lambda _command, *, env, **_: started.append(env))
    with TemporaryFile() as errors:
        ProcessBuild(tmp_path, tmp_path / "index", uri="http://here")._started(errors)
    assert started[0]["QA_URI"] == "http://here"


def test_retrieval_can_be_measured(
    tmp_path: Path, uri: str, engine: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.encoder.load_encoder", lambda *_, **__: WordEncoder(VOCABULARY))
    passages = [{"id": f"p{number}", "text": f"{word}."} for number, word in enumerate(VOCABULARY.split())]
    for name, lines in (("passages", passages), ("queries", [{"id": "q", "text": "judge"}])):
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)), "utf-8")
    (tmp_path / "qrels").write_text("q 0 p6 1\n", "utf-8")
    files = [part for name in ("passages", "queries", "qrels") for part in (f"--{name}", str(tmp_path / name))]
    before = set(engine._client.list_collections())  # they come in any order
    assert main(["eval", *files, "--uri", uri, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["RR@10"] == 1
    assert set(engine._client.list_collections()) == before
