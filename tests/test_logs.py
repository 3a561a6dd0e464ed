"""The log: what it says of requests and faults, and above all what it does not."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from conftest import SEEDS
from live import WITHIN, asking_function, events, join, request_of, running
from loops import run
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.api import Purpose
from qa.assistant import Assistant, Phase
from qa.errors import QuestionBlank
from qa.web import logs
from qa.web.events import QuestionAsked, QuestionEnded, RequestEnded, heard_by, observed
from qa.web.faults import report_fault
from qa.web.guard import Guard
from qa.web.logs import Logs, RequestLog
from qa.web.request_ids import answering, answering_by, current_id, id_of, with_id
from qa.web.settings import Settings
from qa.web.surface import route_of
from qa.web.talk import Talk

COOKIE = "c" * 43
QUESTION = "which informants spoke? canary-q"


Written = Callable[[], str]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """What was logged since it was asked last; afterwards everything is as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:] = before
    root.setLevel(level)


def lines(written: Written) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written().split("\n")[:-1]]


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await Request(scope, receive).body()
    await PlainTextResponse("hello")(scope, receive, send)


async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("it broke")


def asked(guard: ASGIApp, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(guard, client=("203.0.113.77", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            return await client.request(method, path, headers={"cookie": f"qa-visitor={COOKIE}", **(headers or {})})

    return run(ask())


# --- The id of a request ---


def test_every_response_has_an_id_of_its_own() -> None:
    guard = Guard(hello, Settings(), {})
    answers = [
        asked(guard, "GET", "/"),
        asked(guard, "GET", "/nowhere"),
        asked(guard, "DELETE", "/"),
        asked(guard, "GET", "/", {"host": "evil.example"}),
        asked(guard, "GET", "/healthz"),
        asked(Guard(fails, Settings(), {}), "GET", "/"),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 405, 421, 200, 500]
    made = [answer.headers["x-request-id"] for answer in answers]
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in made)
    assert len(set(made)) == len(made)


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0af7651916cd43dd8448eb211c80319c", True), ("a.b_c-D", True), ("x" * 65, False), ("a b", False), ("<b>", False)],
)
def test_an_id_is_taken_from_a_proxy_only(given: str, taken: bool) -> None:
    behind = Guard(hello, Settings(behind_proxy=True), {})
    assert (asked(behind, "GET", "/", {"x-request-id": given}).headers["x-request-id"] == given) == taken
    assert asked(Guard(hello, Settings(), {}), "GET", "/", {"x-request-id": given}).headers["x-request-id"] != given


def test_a_request_is_known_while_its_steps_are_made() -> None:
    def steps() -> Iterator[str]:
        for _ in range(3):
            yield current_id()

    assert [(step, current_id()) for step in answering_by("r1", steps())] == [("r1", "")] * 3
    with answering("outer"):
        assert list(answering_by("inner", steps())) == ["inner"] * 3
        assert current_id() == "outer"
    assert id_of(with_id({"type": "http", "headers": []}, behind_proxy=True))
    assert id_of({"type": "http"}) == ""


# --- What a line holds ---

SECRETS = ("canary", "informant", COOKIE, "203.0.113", "Basic", "correct horse", "Agent/1.0")
HEADERS = {
    "authorization": "Basic Y2FuYXJ5OmNvcnJlY3QgaG9yc2U=",
    "user-agent": "Agent/1.0",
    "referer": "http://127.0.0.1:7860/?q=canary-referer",
}
ASKED = (
    ("GET", "/?q=which+informants+canary"),
    ("GET", "/canary-path"),
    ("CANARY", "/"),
    ("GET", "/api/about?q=canary"),
    ("PUT", "/api/documents/canary-informants.txt"),
    ("GET", "/gradio_api/heartbeat/canarysession"),
    ("GET", "/api/documents/canary/informant"),
)


@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_line_tells_who_asked_what(written: Written, kind: logs.LogFormat) -> None:
    chosen = Logs(kind, requests=True)
    logs.set_up(chosen)
    with heard_by(RequestLog(chosen)):
        for method, path in ASKED:
            asked(Guard(hello, Settings(), {}), method, path, HEADERS)
            asked(Guard(fails, Settings(), {}), method, path, HEADERS)
        list(observed(QUESTION, iter([])))
    said = written()
    assert ("/api/documents/…" if kind == "text" else "/api/documents/\\u2026") in said
    assert not [secret for secret in SECRETS if secret.lower() in said.lower()]


@pytest.mark.parametrize("chosen", [Logs(), Logs(requests=True), Logs(questions=True), Logs(addresses=True)])
def test_each_thing_is_logged_where_it_is_asked_for(written: Written, chosen: Logs) -> None:
    chosen = Logs("json", chosen.requests, chosen.questions, chosen.addresses)
    logs.set_up(chosen)
    with heard_by(RequestLog(chosen)):
        answer = asked(Guard(hello, Settings(), {}), "GET", "/api/about")
        asked(Guard(hello, Settings(), {}), "GET", "/healthz")
        list(observed(QUESTION, iter([])))
    said = written()
    found = [json.loads(line) for line in said.splitlines()]
    by_logger = {name: [each for each in found if each["logger"] == name] for name in ("qa.requests", "qa.questions")}
    assert len(by_logger["qa.requests"]) == (chosen.requests or chosen.addresses)
    for each in by_logger["qa.requests"]:
        assert (each["method"], each["path"], each["status"]) == ("GET", "/api/about", 200)
        assert each["ms"] >= 0
        assert each["request"] == answer.headers["x-request-id"]
        assert ("address" in each) == chosen.addresses
    assert ("203.0.113.77" in said) == chosen.addresses
    assert [each["question"] for each in found if "question" in each] == ([QUESTION] if chosen.questions else [])
    assert len([each for each in found if each.get("outcome") == "left"]) == (chosen.requests or chosen.questions)


def test_a_fault_is_found_by_its_number_and_leads_to_its_request(written: Written) -> None:
    chosen = Logs("json", requests=True)
    logs.set_up(chosen)
    with heard_by(RequestLog(chosen)):
        answer = asked(Guard(fails, Settings(), {}), "GET", "/api/about")
    (number,) = re.findall(r"number ([0-9a-f]{8})\.", answer.json()["error"])
    fault, request = lines(written)
    assert (fault["level"], fault["fault"]) == ("error", number)
    assert number in fault["message"]
    assert "RuntimeError: it broke" in fault["traceback"]
    assert fault["request"] == request["request"] == answer.headers["x-request-id"]
    assert request["status"] == 500


def test_a_fault_of_a_question_leads_to_its_request_too(written: Written) -> None:
    logs.set_up(Logs("json"))

    def assistant(*_asked: object) -> None:
        raise RuntimeError("it broke")

    talk = Talk(SimpleNamespace(library=SimpleNamespace(assistant=assistant)))  # type: ignore[arg-type]
    *_, last = answering_by("r7", talk.answer(request_of(QUESTION), "0" * 64, "en"))
    (fault,) = lines(written)
    assert fault["fault"] in last.messages[-1]["content"]
    assert fault["request"] == "r7"


def test_lines_for_people(written: Written) -> None:
    chosen = Logs(requests=True, questions=True)
    logs.set_up(chosen)
    log = RequestLog(chosen)
    with answering("r1"):
        log(RequestEnded("GET", "/", "file", 200, 0.0126, "192.0.2.1"))
        log(QuestionAsked("one\nERROR two\x1b[31m"))
        log(QuestionEnded("absent", 0.2))
        log(QuestionAsked("two", "search"))
    logging.getLogger("qa").warning("careful")
    logging.getLogger("elsewhere").info("unheard")
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    expected = ["INFO GET / 200 13 ms [r1]", "INFO asked: one ERROR two[31m [r1]", "INFO absent, 200 ms [r1]",
                "INFO searched: two [r1]", "WARNING careful"]  # fmt: skip
    found = written().splitlines()
    assert len(found) == len(expected)
    for line, wanted in zip(found, expected, strict=True):
        assert re.fullmatch(f"{time} {re.escape(wanted)}", line), line


def test_json_is_one_line_whatever_happens(written: Written) -> None:
    logs.set_up(Logs("json"))
    try:
        raise ValueError("two\nlines \u2028 \ud800")
    except ValueError as error:
        report_fault("a thing", error)
    logging.getLogger("uvicorn.error").warning("what the server says is a line of ours too")
    assert [each["level"] for each in lines(written)] == ["error", "warning"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"), ("/api/about", "/api/about"), ("/ui/page.js", "/ui/page.js"), ("/ui/a/b.js", "/ui/a/…"),
        ("/gradio_api/heartbeat/abc", "/gradio_api/heartbeat/…"), ("/api/documents/a name", "/api/documents/…"),
        ("/wp-login.php", "…"), ("/api/about/x", "…"), ("/\x1b", "…"), ("", "…"),
    ],
)  # fmt: skip
def test_paths_in_the_log(path: str, route: str) -> None:
    assert route_of(path) == route


# --- How questions end ---


def ended(steps: Iterator[Any], count: int = 99, purpose: Purpose = "answer") -> QuestionEnded:
    """What is told of a question of which so many steps are read."""
    told: list[Any] = []
    with heard_by(told.append):
        made = observed("a question", steps, purpose)
        try:
            for _, _step in zip(range(count), made, strict=False):
                pass
        except (RuntimeError, QuestionBlank):
            pass
        made.close()  # type: ignore[attr-defined]
    first, last = told
    assert first == QuestionAsked("a question", purpose)
    assert isinstance(last, QuestionEnded)
    assert last.purpose == purpose
    return last


def test_how_a_question_ended(assistant: Assistant) -> None:
    def raising(error: Exception) -> Iterator[Phase]:
        yield Phase.SEARCHING
        raise error

    answered = ended(assistant.asking("which countries use unexplained-wealth orders?"))
    assert answered.outcome == "answered"
    assert {"encode", "sifting", "rescoring"} <= set(answered.parts)
    assert "other" not in answered.parts
    assert 0 < sum(answered.parts.values()) <= answered.seconds
    assert ended(assistant.asking("who won the football world cup?")).outcome == "absent"
    assert ended(assistant.asking("training"), 1).outcome == "left"
    assert ended(raising(RuntimeError())).outcome == "failed"
    assert ended(raising(QuestionBlank("blank"))).outcome == "refused"
    assert ended(iter([{}]), purpose="search").outcome == "answered"
    assert ended(raising(QuestionBlank("blank")), purpose="search").outcome == "refused"


# --- As it is served ---


def test_the_log_of_a_server(seed_index: Path, tmp_path: Path) -> None:
    arguments = ("--no-build", "--log-format", "json", "--log-requests", "--behind-proxy")
    for served in running(SEEDS, seed_index, tmp_path / "log", *arguments):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client:
            function = asking_function(client)
            client.headers["x-request-id"] = "from-the-proxy"
            assert join(client, function, [request_of(QUESTION)], "s1").headers["x-request-id"] == "from-the-proxy"
            events(client, "s1")
            assert client.get("/ui/page.js", headers={"host": "evil.example"}).status_code == 421
    found = [json.loads(line) for line in served.log.read_text().splitlines()]
    assert next(each["message"] for each in found if each["logger"] == "qa.web.server").startswith("serving on http")
    requests = [(each["method"], each["path"], each["status"]) for each in found if each["logger"] == "qa.requests"]
    assert ("POST", "/gradio_api/queue/…", 200) in requests
    assert ("GET", "/ui/page.js", 421) in requests
    (answer,) = [each for each in found if each["logger"] == "qa.questions"]
    assert answer["request"] == "from-the-proxy"
    assert answer["outcome"] in {"answered", "absent"}
    assert "canary" not in served.log.read_text()
    assert "127.0.0.1" not in json.dumps([each for each in found if each["logger"] != "qa.web.server"])
