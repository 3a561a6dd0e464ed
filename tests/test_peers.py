"""Side by side with other programs: what they say is checked, what they fail at is told, and figures are set right."""

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks import peer_environments, peers
from benchmarks.peer_environments import NotInstalled, python_of
from benchmarks.peer_process import Answers, PeerFailed, PeerProcess, Work, answers_of, parsed, started, work_of
from benchmarks.peers import (
    OWN,
    Corpus,
    Measured,
    Peer,
    Questions,
    corpora,
    figures,
    measures,
    ratios,
    significant,
    table,
)

WORK = {"seconds": 1.0, "cpu": 1.5, "memory": 1000}
PASSAGES = ("the cat sat", "the dog ran", "a fish swam")
BY_WORDS = """
import json, sys
from benchmarks.peer_loop import serve

def indexing(model):
    print("Loading", model)
    return lambda texts, folder: (folder / "texts.json").write_text(json.dumps(texts))

def asking(model, folder):
    texts = json.loads((folder / "texts.json").read_text())
    def ask(question, count):
        print("Batches: 100 %")
        words = set(question.split())
        found = [place for place, text in enumerate(texts) if words & set(text.split())]
        return sorted(found, key=lambda place: -len(words & set(texts[place].split())))[:count]
    return ask

serve(indexing, asking)
"""
DIES = "import sys; sys.stdin.readline(); raise RuntimeError('no such model')"
TALKS = "import sys; sys.stdin.readline(); print('Downloading shards'); sys.stdin.read()"
SLEEPS = "import sys; sys.stdin.readline(); sys.stdin.read()"


@contextmanager
def running(program: str, purpose: str, folder: Path, longest: float = 60) -> Iterator[PeerProcess]:
    with started([sys.executable, "-c", program, purpose, "model", str(folder)], longest) as peer:
        yield peer


def corpus() -> Corpus:
    records = ({"id": "q1", "text": "which dog ran"}, {"id": "q2", "text": "which fish swam"})
    questions = Questions("animals", records, {"q1": {"b": 1}, "q2": {"c": 1}})
    return Corpus(("a", "b", "c"), PASSAGES, [questions])


# --- What a peer says ------------------------------------------------------------------------------------------------


def test_a_peer_indexes_and_answers_whatever_its_libraries_print(tmp_path: Path) -> None:
    with running(BY_WORDS, "index", tmp_path) as peer:
        work = peer.index(PASSAGES)
    assert work.seconds >= 0
    assert work.memory > 1_000_000
    with running(BY_WORDS, "ask", tmp_path) as peer:
        answers = peer.ask(["the dog ran", "swam", "nothing"], 2, 3)
        assert peer.ask(["swam"], 2, 3).hits == ((2,),)
    assert answers.hits == ((1, 0), (2,), ())
    assert len(answers.each) == 3


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (DIES, "ended with exit status 1; its last words: RuntimeError: no such model"),
        ("import sys; sys.exit(3)", "ended with exit status 3; it said nothing"),
        (TALKS, "said 'Downloading shards', which is no JSON object"),
    ],
)
def test_a_peer_that_dies_or_talks_is_told_of(tmp_path: Path, program: str, reason: str) -> None:
    with running(program, "index", tmp_path) as peer, pytest.raises(PeerFailed) as failure:
        peer.index(PASSAGES)
    assert str(failure.value) == reason


def test_a_silent_peer_is_ended(tmp_path: Path) -> None:
    with running(SLEEPS, "index", tmp_path, 0.5) as peer:
        with pytest.raises(PeerFailed, match="no reply within 0.5 s"):
            peer.index(PASSAGES)
        assert peer.process.wait() != 0


@pytest.mark.parametrize("line", ["", "{", "[1]", "null", "Batches: 100%"])
def test_a_reply_that_is_no_object(line: str) -> None:
    with pytest.raises(PeerFailed, match="no JSON object"):
        parsed(line)


@pytest.mark.parametrize("wrong", [{"seconds": None}, {"cpu": "1"}, {"memory": -1}, {"seconds": math.nan}])
def test_work_that_makes_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(PeerFailed, match="gives seconds, cpu and memory as"):
        work_of({**WORK, **wrong})


@pytest.mark.parametrize(
    ("hits", "each"),
    [
        (None, [1.0]),
        ([[0]], None),
        ([], []),
        ([[0], [1]], [1.0, 1.0]),
        ([[0]], []),
        ([0], [1.0]),
        ([["0"]], [1.0]),
        ([[True]], [1.0]),
        ([[3]], [1.0]),
        ([[-1]], [1.0]),
        ([[1, 1]], [1.0]),
        ([[0, 1, 2]], [1.0]),
        ([[0]], [-1.0]),
        ([[0]], [math.inf]),
    ],
)
def test_answers_that_make_no_sense(hits: Any, each: Any) -> None:
    with pytest.raises(PeerFailed, match="answer"):
        answers_of({**WORK, "hits": hits, "each": each}, questions=1, count=2, texts=3)


# --- Environments ----------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What is asked to be installed, instead of installing it."""
    steps: list[list[str]] = []
    monkeypatch.setattr(peer_environments.venv, "create", lambda home, **_: home.mkdir())
    monkeypatch.setattr(peer_environments, "install", lambda _, requirements: steps.append(list(requirements)))
    return steps


def test_an_environment_is_made_once_and_torch_comes_first(tmp_path: Path, installed: list[list[str]]) -> None:
    requirements = ("x==1", "torch==2.13.0")
    python = python_of("x", requirements, tmp_path / "cache")
    assert installed == [["torch==2.13.0"], ["x==1", "torch==2.13.0"]]
    assert python_of("x", requirements, tmp_path / "cache") == python
    assert len(installed) == 2
    assert python_of("x", ("x==2",), tmp_path / "cache") != python
    assert installed[2:] == [["x==2"]]


def test_an_environment_that_is_not_whole_is_made_again(
    tmp_path: Path, installed: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, requirements: list[str]) -> None:
        raise NotInstalled(f"no {requirements}")

    with monkeypatch.context() as patch:
        patch.setattr(peer_environments, "install", refuse)
        with pytest.raises(NotInstalled, match="no "):
            python_of("x", ("x==1",), tmp_path)
    python_of("x", ("x==1",), tmp_path)
    assert installed == [["x==1"]]


def test_what_pip_says_is_the_reason(tmp_path: Path) -> None:
    pip = tmp_path / "python"
    pip.write_text(
        "#!/bin/sh\necho 'ERROR: No matching distribution for x==1' >&2\necho '[notice] new pip' >&2\nexit 1\n"
    )
    pip.chmod(0o755)
    with pytest.raises(NotInstalled, match="cannot install x==1: ERROR: No matching distribution for x==1"):
        peer_environments.install(pip, ["x==1"])


def test_a_cache_that_cannot_be_written(tmp_path: Path, installed: list[list[str]]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotInstalled, match="no environment at"):
        python_of("x", ("x==1",), tmp_path / "file")
    assert not installed


# --- Figures ---------------------------------------------------------------------------------------------------------


def test_quality_goes_by_rank_and_no_answer_counts_as_none_found() -> None:
    animals = corpus()
    questions = animals.questions[0]
    assert measures(questions, animals.ids, [[1, 0], [2]]) == {"nDCG@10": 1, "R@10": 1}
    assert measures(questions, animals.ids, [[0, 1], [2]]) == {
        "nDCG@10": round((1 + 1 / math.log2(3)) / 2, 4),
        "R@10": 1,
    }
    assert measures(questions, animals.ids, [[], [2]]) == {"nDCG@10": 0.5, "R@10": 0.5}


def test_a_passage_that_is_the_question_does_not_count() -> None:
    questions = Questions("sdg", ({"id": "q:a", "text": "the cat sat"},), {"q:a": {"b": 1}})
    assert measures(questions, ("a", "b"), [[0, 1]])["nDCG@10"] == 1


def measured(factor: float = 1.0) -> Measured:
    answers = Answers(((0,),) * 100, tuple(factor * n / 1000 for n in range(1, 101)), Work(10.0, 15.0, 30_000_000))
    return Measured(
        quality={"a": {"nDCG@10": 0.8 / factor, "R@10": 0.9}, "b": {"nDCG@10": 0.6 / factor, "R@10": 0.7}},
        passages=300,
        indexing=[Work(1.0 * factor, 2.0, 10_000_000), Work(2.0 * factor, 2.5, 20_000_000)],
        asking=[answers],
        starts=[1.0 * factor, 9.0 * factor, 2.0 * factor],
    )


def test_figures_are_of_all_sets_together() -> None:
    found = figures(measured())
    assert found["index, passages/s"] == 100
    assert found["index, cores"] == found["question, cores"] == 1.5
    assert (found["index, processor, s"], found["question, processor, ms"]) == (4.5, 150)
    assert (found["index, memory, MB"], found["question, memory, MB"]) == (20, 30)
    assert (found["question, median, ms"], found["question, p95, ms"]) == (50.5, 95.0)
    assert found["start, s"] == 2


def test_ratios_are_a_peers_figure_by_ours() -> None:
    found = ratios(figures(measured(2.0)), figures(measured()))
    assert found["question, median, ms"] == found["start, s"] == 2
    assert found["index, passages/s"] == found["nDCG@10"] == 0.5
    assert found["R@10"] == found["index, memory, MB"] == found["index, processor, s"] == 1
    assert significant(0.000123456) == 0.000123


# --- Side by side ----------------------------------------------------------------------------------------------------


def test_every_peer_is_in_the_result_with_figures_or_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def command_of(peer: Peer, _: Path) -> list[str]:
        if peer.program == "missing":
            raise NotInstalled("pip cannot install it")
        return [sys.executable, "-c", {"own": BY_WORDS, "good": BY_WORDS, "dies": DIES}[peer.program]]

    monkeypatch.setattr(peers, "command_of", command_of)
    chosen = {
        OWN: Peer("own", "ours"),
        **{name: Peer(name, "theirs", ("x==1",)) for name in ("good", "dies", "missing")},
    }
    results = peers.side_by_side(chosen, [corpus()], Path("model"), tmp_path)
    assert list(results) == list(chosen)
    assert results["good"]["quality"] == {"animals": {"nDCG@10": 1, "R@10": 1}}
    assert results["good"]["ratios"]["nDCG@10"] == 1
    assert "ratios" not in results[OWN]
    assert results["missing"]["error"] == "pip cannot install it"
    assert (
        results["dies"]["error"] == "on animals: ended with exit status 1; its last words: RuntimeError: no such model"
    )
    assert "figures" not in results["dies"]
    json.dumps(results)
    lines = table(results, ["animals"]).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:4]] == [f"| {OWN}", "| good"]
    assert "100.0, 100.0" in lines[2]
    assert lines[-2:] == [f"{name}: {results[name]['error']}" for name in ("dies", "missing")]
    assert len({line.count("|") for line in lines[:4]}) == 1


def test_sets_with_the_same_passages_are_indexed_once(tmp_path: Path) -> None:
    for name in ("en", "zh"):
        folder = tmp_path / "xquad" / name
        folder.mkdir(parents=True)
        (folder / "passages.jsonl").write_text(json.dumps({"id": f"{name}-p", "title": "", "text": f"{name} text"}))
        lines = [json.dumps({"id": f"q{n}", "text": f"{name} question {n}"}) for n in range(4)]
        (folder / "queries.jsonl").write_text("\n".join(lines))
        (folder / "qrels.tsv").write_text("qid\tpid\trel\n" + "".join(f"q{n}\t{name}-p\t1\n" for n in range(4)))
    zh, en = corpora(tmp_path, ["xquad/zh", "xquad/en on zh", "xquad/en"], most=2)
    assert (zh.texts, en.texts) == (("zh text",), ("en text",))
    assert [questions.name for questions in zh.questions] == ["xquad/zh", "xquad/en on zh"]
    assert [record["text"] for record in zh.questions[1].records] == ["en question 0", "en question 2"]
    assert zh.questions[1].qrels == {"q0": {"zh-p": 1}, "q2": {"zh-p": 1}}
    assert [questions.name for questions in en.questions] == ["xquad/en"]
