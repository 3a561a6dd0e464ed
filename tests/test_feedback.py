"""What visitors say of answers: kept whole, once, bounded, and exported as what `qa eval` reads."""

import json
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from fastapi import FastAPI, Request, Response
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from embeddings.contents import Index
from qa.cli import main
from qa.errors import FeedbackFull, FeedbackInvalid, FeedbackMissing, FeedbackTooMany, FeedbackUnusable
from qa.evaluation import measure, read_jsonl, read_qrels
from qa.feedback import FILE_NAME, MAX_CITATIONS, MAX_NOTE, Feedback, FeedbackStore, Kept
from qa.feedback_export import judgements, name_of, note_lines, passage_lines, qrels_lines, query_lines
from qa.strings import LANGUAGES, say
from qa.web.feedback_routes import add_feedback_routes

UP = Feedback(
    "up", "who asks?", "who asks?", ("a#1", "a#2", "a#3"), "visitor-1", state="000001-aaaaaaaa", index="f" * 64
)
DOWN = replace(UP, kind="down")
WRONG = replace(UP, kind="wrong citation", flagged="a#2", note="it speaks of\nsomething else")


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / FILE_NAME)


def kept(*said: Feedback) -> list[Kept]:
    return [Kept(f"2026-01-01T00:00:{second:02}Z", each) for second, each in enumerate(said)]


# --- Keeping ---------------------------------------------------------------------------------------------------------


def test_what_is_kept_comes_back(store: FeedbackStore) -> None:
    store.keep(UP)
    store.keep(WRONG)
    assert [row.feedback for row in store.rows()] == [UP, WRONG]
    assert [row.feedback for row in FeedbackStore.existing(store.path).rows()] == [UP, WRONG]
    assert all(datetime.fromisoformat(row.time).tzinfo == UTC for row in store.rows())


def test_a_later_vote_replaces_the_earlier_one_of_the_same_visitor_on_the_same_thing(store: FeedbackStore) -> None:
    store.keep(UP)
    store.keep(DOWN)
    store.keep(WRONG)
    store.keep(replace(WRONG, note="a better reason"))
    store.keep(replace(WRONG, flagged="a#3"))
    store.keep(replace(UP, visitor="visitor-2"))
    assert [(row.feedback.kind, row.feedback.flagged, row.feedback.note) for row in store.rows()] == [
        ("down", "", ""),
        ("wrong citation", "a#2", "a better reason"),
        ("wrong citation", "a#3", WRONG.note),
        ("up", "", ""),
    ]


def test_a_vote_can_be_taken_back(store: FeedbackStore) -> None:
    store.keep(UP)
    store.keep(WRONG)
    assert store.withdraw(DOWN)  # the thumb, whichever it was
    assert [row.feedback for row in store.rows()] == [WRONG]
    assert not store.withdraw(DOWN)
    assert store.withdraw(WRONG)
    assert store.rows() == []


def test_own_documents_are_kept_apart(store: FeedbackStore) -> None:
    store.keep(UP)
    store.keep(replace(UP, collection="own"))
    assert [row.feedback.collection for row in store.rows()] == ["library"]
    assert [row.feedback.collection for row in store.rows("own")] == ["own"]


@settings(max_examples=50)
@given(note=st.text(max_size=300), question=st.text(min_size=1, max_size=100))
def test_texts_are_kept_but_for_control_characters(
    note: str, question: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = FeedbackStore(tmp_path_factory.mktemp("feedback") / FILE_NAME)
    try:
        store.keep(replace(UP, note=note, question=f"x {question} x"))
    except FeedbackInvalid:
        pytest.fail("a text that is short enough is kept")
    (row,) = store.rows()
    assert not [c for c in row.feedback.note if c != "\n" and (c < " " or "\ud800" <= c <= "\udfff")]
    plain = "".join(c for c in note if c.isalnum())
    assert plain == "".join(c for c in row.feedback.note if c.isalnum())
    json.loads(next(note_lines([row])).encode())


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "sideways"},
        {"collection": "theirs"},
        {"question": " \n "},
        {"question": "x" * 2001},
        {"searched": "\x00"},
        {"note": "x" * (MAX_NOTE + 1)},
        {"citations": ("a#1",) * (MAX_CITATIONS + 1)},
        {"citations": ("a" * 501,)},
        {"citations": ("a" * 400 + "#%d",) * 200},
        {"citations": ("a\x00#1",)},
        {"citations": ("\ud800#1",)},
        {"citations": ("",)},
        {"visitor": ""},
        {"flagged": "a#1"},  # of a thumb
        {"kind": "wrong citation"},  # of nothing
        {"kind": "wrong citation", "flagged": "b#1"},  # that was not cited
        {"state": "x" * 501},
    ],
)
def test_what_is_not_whole_or_too_long_is_refused(store: FeedbackStore, wrong: dict[str, Any]) -> None:
    with pytest.raises(FeedbackInvalid):
        store.keep(replace(UP, **wrong))
    assert store.rows() == []


# --- Bounds ----------------------------------------------------------------------------------------------------------


def test_a_visitor_has_so_many_votes_a_day(tmp_path: Path) -> None:
    time = datetime(2026, 2, 3, 23, 59, tzinfo=UTC)
    store = FeedbackStore(tmp_path / FILE_NAME, max_rows_a_day=2, now=lambda: time)
    store.keep(UP)
    store.keep(replace(UP, question="another?"))
    with pytest.raises(FeedbackTooMany, match="2 votes of one visitor on 2026-02-03"):
        store.keep(replace(UP, question="a third?"))
    store.keep(replace(UP, question="a third?", visitor="visitor-2"))
    time += timedelta(minutes=1)
    store.keep(replace(UP, question="a third?"))
    assert len(store.rows()) == 4


def test_the_file_does_not_grow_beyond_its_bound_and_what_is_in_it_stays(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / FILE_NAME, max_bytes=100_000, max_rows_a_day=1000)
    count = 0
    with pytest.raises(FeedbackFull, match="no room left.*qa feedback export"):
        for count in range(1000):
            store.keep(replace(UP, question=f"question {count}", note="x" * 2000))
    assert len(store.rows()) == count > 10
    with sqlite3.connect(store.path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert store.path.stat().st_size <= 100_000
    assert store.withdraw(replace(UP, question="question 0"))


# --- The file --------------------------------------------------------------------------------------------------------


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / FILE_NAME
    FeedbackStore(path).keep(UP)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    with pytest.raises(FeedbackUnusable, match="another program's database"):
        FeedbackStore(other)
    with sqlite3.connect(other) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(FeedbackUnusable, match="another version of this program \\(tables 99, not 1\\)"):
        FeedbackStore(other)
    noise = tmp_path / "noise"
    noise.write_bytes(b"no database at all" * 1000)
    with pytest.raises(FeedbackUnusable, match="cannot use .*noise"):
        FeedbackStore(noise)
    with pytest.raises(FeedbackUnusable, match="cannot keep feedback"):
        FeedbackStore(noise / FILE_NAME)


def test_threads_lose_nothing(store: FeedbackStore) -> None:
    def vote(number: int) -> None:
        for turn in range(20):
            store.keep(replace(UP, visitor=f"visitor-{number}", question=f"question {turn}"))

    threads = [threading.Thread(target=vote, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.rows()) == 120


VOTES = """
import sys
from pathlib import Path
from qa.feedback import Feedback, FeedbackStore
store = FeedbackStore(Path(sys.argv[1]))
for turn in range(20):
    store.keep(Feedback("up", f"question {turn}", "searched", ("a#1",), f"visitor-{sys.argv[2]}"))
"""


def test_processes_make_one_file_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / FILE_NAME
    voting = [subprocess.Popen([sys.executable, "-c", VOTES, str(path), str(number)], cwd=ROOT) for number in range(4)]
    assert [each.wait() for each in voting] == [0] * 4
    assert len(FeedbackStore(path).rows()) == 80


# --- Judgements ------------------------------------------------------------------------------------------------------


def passages(*said: Feedback) -> dict[str, int]:
    found = judgements(kept(*said))
    assert len(found.qrels) <= 1
    return dict(next(iter(found.qrels.values()), {}))


def test_a_good_answers_citations_answer_but_for_the_wrong_ones() -> None:
    assert passages(UP) == {"a#1": 1, "a#2": 1, "a#3": 1}
    assert passages(UP, WRONG) == {"a#1": 1, "a#2": 0, "a#3": 1}
    assert passages(WRONG, UP) == {"a#1": 1, "a#2": 0, "a#3": 1}


def test_a_thumb_down_judges_no_passage() -> None:
    assert passages(DOWN) == {}
    assert passages(DOWN, WRONG) == {"a#2": 0}


def test_the_majority_counts_and_a_split_is_left_out() -> None:
    second, third = replace(UP, visitor="visitor-2"), replace(WRONG, visitor="visitor-3")
    found = judgements(kept(WRONG, second))
    assert next(iter(found.qrels.values())) == {"a#1": 1, "a#3": 1}
    assert (found.votes, found.split) == (4, 1)
    assert passages(WRONG, second, third)["a#2"] == 0
    assert passages(WRONG, second, replace(UP, visitor="visitor-4"))["a#2"] == 1


def test_a_follow_up_is_judged_by_what_was_searched() -> None:
    found = judgements(kept(UP, replace(UP, question="and there?", visitor="visitor-2")))
    assert list(found.queries.values()) == ["who asks?"]


def test_own_documents_of_two_visitors_are_not_mixed() -> None:
    own = replace(UP, collection="own")
    found = judgements(kept(own, replace(own, visitor="visitor-2")))
    assert len(found.queries) == 2
    assert len({passage for each in found.qrels.values() for passage in each}) == 6


def test_passages_that_are_gone_are_left_out() -> None:
    found = judgements(kept(UP), {"a#1"})
    assert list(found.qrels.values()) == [{"a#1": 1}]
    assert found.unknown == 2


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda name: name == name.strip()
)


@given(ids=st.lists(names, min_size=1, max_size=5, unique=True), searched=names)
def test_whatever_a_passage_is_called_the_export_is_read_back(
    ids: list[str], searched: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("export")
    said = replace(UP, citations=tuple(ids), searched=searched)
    found = judgements(kept(said, replace(said, kind="wrong citation", flagged=ids[0])))
    (folder / "qrels").write_text("".join(qrels_lines(found)), "utf-8")
    (folder / "queries").write_text("".join(query_lines(found)), "utf-8")
    read = read_qrels(folder / "qrels")
    (query,) = read_jsonl(folder / "queries")
    assert query["text"] == searched
    assert read == {query["id"]: {name_of(each): int(each != ids[0]) for each in ids}}
    assert len({name_of(each) for each in ids}) == len(ids)


# --- The command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = FeedbackStore(tmp_path / "data" / FILE_NAME, now=lambda: datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))
    store.keep(UP)
    store.keep(WRONG)
    store.keep(replace(DOWN, visitor="visitor-2", question="and?"))
    store.keep(replace(UP, collection="own", question="mine?", searched="mine?"))
    return tmp_path / "data"


def test_the_export_is_what_eval_reads(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    qrels, queries, notes = (tmp_path / name for name in ("qrels.txt", "queries.jsonl", "notes.jsonl"))
    arguments = ["--qrels", str(qrels), "--queries", str(queries), "--notes", str(notes)]
    assert main(["feedback", "export", *arguments, "--data", str(data)]) == 0
    assert capsys.readouterr().out == (
        "down: 1, up: 1, wrong citation: 1; visitors: 2\n"
        "passages judged: 3 (relevant: 2, not: 1); queries: 1; votes: 3\n"
        "left out: 0 split evenly\n"
    )
    (query,) = read_jsonl(queries)
    judged = read_qrels(qrels)
    assert judged == {query["id"]: {"a#1": 1, "a#2": 0, "a#3": 1}}
    assert measure(judged, {query["id"]: {"a#1": 2.0, "a#3": 1.0}})["nDCG@10"] == 1
    said = [json.loads(line) for line in notes.read_text("utf-8").splitlines()]
    assert [each["kind"] for each in said] == ["up", "wrong citation", "down"]
    assert said[1]["note"] == WRONG.note
    assert "visitor" not in notes.read_text("utf-8")


def test_the_passages_of_the_export_carry_the_same_names(tmp_path: Path, seed_index: Path) -> None:
    store = FeedbackStore(tmp_path / "data" / FILE_NAME)
    seed = "000_297ccbc66a5670c5"
    store.keep(replace(UP, citations=(f"{seed}#7", f"{seed}#6", "gone#1")))
    files = [str(tmp_path / name) for name in ("qrels", "queries", "passages")]
    arguments = ["--qrels", files[0], "--queries", files[1], "--passages", files[2], "--index", str(seed_index)]
    assert main(["feedback", "export", *arguments, "--data", str(tmp_path / "data")]) == 0
    passages = {each["id"] for each in read_jsonl(Path(files[2]))}
    (judged,) = read_qrels(Path(files[0])).values()
    assert judged == {f"{seed}#6": 1, f"{seed}#7": 1}
    assert judged.keys() <= passages


def test_names_with_blanks_are_the_same_in_passages(words: Any) -> None:
    from qa.evaluation import index_records

    index: Index = index_records([{"id": "my report#1", "text": "the court"}], words)
    assert json.loads(next(passage_lines(index.passages)))["id"] == "my%20report#1" == name_of("my report#1")


def test_own_documents_are_exported_when_asked(data: Path, tmp_path: Path) -> None:
    qrels, queries = tmp_path / "qrels", tmp_path / "queries"
    arguments = ["--qrels", str(qrels), "--queries", str(queries), "--data", str(data), "--collection", "own"]
    assert main(["feedback", "export", *arguments]) == 0
    assert [query["text"] for query in read_jsonl(queries)] == ["mine?"]
    assert all("own-" in line for line in qrels.read_text("utf-8").splitlines())


def test_nothing_judged_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    FeedbackStore(tmp_path / FILE_NAME).keep(DOWN)
    arguments = ["--qrels", str(tmp_path / "q"), "--queries", str(tmp_path / "r"), "--data", str(tmp_path)]
    assert main(["feedback", "export", *arguments]) == 1
    assert "no passage is judged" in capsys.readouterr().err
    assert not (tmp_path / "q").exists()


def test_no_feedback_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "list", "--data", str(tmp_path)]) == 1
    assert "--data FOLDER" in capsys.readouterr().err
    with pytest.raises(FeedbackMissing):
        FeedbackStore.existing(tmp_path / FILE_NAME)
    assert not list(tmp_path.iterdir())


def test_an_empty_variable_names_no_folder(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for `qa serve`, whose feedback would not be found otherwise."""
    monkeypatch.chdir(data.parent)
    monkeypatch.setenv("QA_DATA", "")
    assert data.name == "data"
    assert main(["feedback", "list"]) == 0


def test_the_list_shows_what_was_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "list", "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert (
        "2026-02-03T04:05:06Z  wrong citation  who asks?\n    wrong: a#2\n    it speaks of\n    something else" in out
    )
    assert "and?\n    searched: who asks?" in out
    assert out.endswith("down: 1, up: 1, wrong citation: 1; visitors: 2\n")
    assert main(["feedback", "list", "--json", "--data", str(data)]) == 0
    assert [json.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()] == [
        "up",
        "wrong citation",
        "down",
    ]


# --- The route -------------------------------------------------------------------------------------------------------

SAID: dict[str, Any] = {
    "kind": "up",
    "question": "who asks?",
    "searched": "who asks?",
    "collection": "library",
    "citations": ["a#1", "a#2", "a#3"],
    "state": "000001-aaaaaaaa",
    "index": "f" * 64,
}


class _Site:
    """Stands for `qa.web.site.Site`."""

    def __init__(self, feedback: FeedbackStore | None) -> None:
        self.feedback = feedback


def client_of(feedback: FeedbackStore | None) -> TestClient:
    app = FastAPI()

    @app.middleware("http")
    async def known(request: Request, call_next: Any) -> Response:
        request.state.visitor = "visitor-1"
        answer: Response = await call_next(request)
        return answer

    add_feedback_routes(app, _Site(feedback))  # type: ignore[arg-type]
    return TestClient(app)


@pytest.fixture
def client(store: FeedbackStore) -> Iterator[TestClient]:
    with client_of(store) as made:
        yield made


def test_the_page_tells_and_takes_back(client: TestClient, store: FeedbackStore) -> None:
    answer = client.post("/api/feedback", json=SAID)
    assert (answer.status_code, answer.json()) == (200, {"kept": True})
    assert [row.feedback for row in store.rows()] == [UP]
    wrong = {**SAID, "kind": "wrong citation", "flagged": "a#2", "note": WRONG.note}
    assert client.post("/api/feedback", json=wrong).status_code == 200
    assert [row.feedback for row in store.rows()] == [UP, WRONG]
    answer = client.post("/api/feedback", json={**SAID, "withdraw": True})
    assert (answer.status_code, answer.json()) == (200, {"kept": False})
    assert [row.feedback for row in store.rows()] == [WRONG]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        json.dumps({**SAID, "kind": "sideways"}).encode(),
        json.dumps({**SAID, "visitor": "somebody-else"}).encode(),
        json.dumps({**SAID, "citations": "a#1"}).encode(),
        json.dumps({**SAID, "citations": [1]}).encode(),
        json.dumps({**SAID, "citations": ["\ud800"]}).encode(),
        json.dumps({**SAID, "question": ""}).encode(),
        json.dumps({**SAID, "flagged": "a#1"}).encode(),
        json.dumps({**SAID, "kind": "wrong citation", "flagged": "b#1"}).encode(),
        json.dumps({key: value for key, value in SAID.items() if key != "question"}).encode(),
    ],
)
def test_what_is_no_feedback_is_refused(client: TestClient, store: FeedbackStore, body: bytes) -> None:
    answer = client.post("/api/feedback", content=body, headers={"Accept-Language": "fr"})
    assert (answer.status_code, answer.json()) == (400, {"error": say("fr", "errors.request")})
    assert store.rows() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusals_are_in_the_visitors_language(tmp_path: Path, language: str) -> None:
    headers = {"Accept-Language": language}

    def refusal(client: TestClient, said: dict[str, Any]) -> tuple[int, str]:
        answer = client.post("/api/feedback", json=said, headers=headers)
        return answer.status_code, answer.json()["error"]

    with client_of(None) as client:
        assert refusal(client, SAID) == (404, say(language, "feedback.off"))
    with client_of(FeedbackStore(tmp_path / "one", max_rows_a_day=0)) as client:
        assert refusal(client, SAID) == (429, say(language, "feedback.enough"))
        assert refusal(client, {**SAID, "note": "x" * 400_000}) == (413, say(language, "feedback.too_long"))
        long = {**SAID, "note": "x" * (MAX_NOTE + 1)}
        assert refusal(client, long) == (400, say(language, "feedback.note_long", most=MAX_NOTE))
    store = FeedbackStore(tmp_path / "small", max_bytes=40_000)
    with pytest.raises(FeedbackFull):
        for number in range(100):
            store.keep(replace(UP, question=f"question {number}", note="x" * 2000))
    with client_of(store) as client:
        assert refusal(client, SAID | {"note": "x" * 2000}) == (507, say(language, "feedback.full"))
    store.path.write_bytes(b"damaged")
    with client_of(store) as client:
        assert refusal(client, SAID) == (500, say(language, "errors.unexpected"))
