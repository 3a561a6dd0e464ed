"""`search` and `ask` for programs: the one definition, from Python and over HTTP."""

import asyncio
import json
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
import schemathesis
from conftest import ROOT, SEED, SEEDS, WordEncoder
from hypothesis import HealthCheck, given, settings
from live import WITHIN, Served, ask, opened, running
from loops import run
from pydantic import TypeAdapter
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from writer_stub import Stub, stub

from embeddings.build import build
from embeddings.errors import IndexDamaged
from embeddings.store import IndexStore
from qa import Api, ArgumentInvalid, Assistant, FilterError, QuestionError, turn
from qa.answer_json import AnswerJson, FoundJson
from qa.api import arguments_of
from qa.api_keys import KEYS, digest, new_key
from qa.conversation import turn_of
from qa.errors import WriterError
from qa.output import as_json
from qa.strings import catalogue
from qa.web.api_errors import ErrorCode, of_error, of_refusal
from qa.web.limits import Limits
from qa.web.refusal import Refusal
from qa.web.turns import Crowded, Turns
from qa.writing.endpoint import AT_ONCE
from qa.writing.settings import WriterSettings
from qa.writing.written import Writer
from scripts.write_schema import FILE, written

QUESTION = "which countries use unexplained-wealth orders?"
KEY = new_key()


@pytest.fixture(scope="module")
def api(assistant: Assistant) -> Api:
    return Api(assistant)


# --- The definition ---


def test_the_schema_in_the_documentation_is_that_of_the_types() -> None:
    """`python -m scripts.write_schema` writes it."""
    assert FILE.read_text("utf-8") == written()


@pytest.mark.parametrize(
    "question", [QUESTION, "which paragraphs speak of article 54?", "who won the football world cup?", "资产追回"]
)
def test_the_types_say_everything_that_there_is_in_an_answer(api: Api, question: str) -> None:
    for kind, found in ((AnswerJson, api.ask(question, reader="en")), (FoundJson, api.search(question))):
        told = json.loads(json.dumps(found))
        assert (
            TypeAdapter(kind).dump_python(TypeAdapter(kind).validate_python(told, extra="forbid"), mode="json") == told
        )


def test_python_gets_what_the_command_prints(api: Api, assistant: Assistant) -> None:
    assert api.ask(QUESTION, 3, documents=(SEED,)) == as_json(assistant.ask(QUESTION, 3)) | {}
    found = api.search(QUESTION, top_k=2)
    assert [each["rank"] for each in found["passages"]] == [1, 2]
    assert found["passages"][0]["passage_id"] == f"{SEED}#7"
    assert (found["question"], found["language"]) == (QUESTION, "en")
    assert found["scope"]["paragraphs"] == 14


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"question": ""}, "question: "),
        ({"question": "a" * 2001}, "question: "),
        ({"question": 5}, "question: "),
        ({}, "question: "),
        ({"question": "a", "top_k": 0}, "top_k: "),
        ({"question": "a", "top_k": 101}, "received 101"),
        ({"question": "a", "top_k": "5"}, "received '5'"),
        ({"question": "a", "top_k": True}, "top_k: "),
        ({"question": "a", "documents": "report"}, "documents: "),
        ({"question": "a", "languages": ["english"]}, "languages.0: "),
        ({"question": "a", "since": "yesterday"}, "since: "),
        ({"question": "a", "nonsense": 1}, "nonsense: "),
    ],
)
def test_arguments_that_are_none(api: Api, arguments: dict[str, Any], said: str) -> None:
    for function in (api.search, api.ask):
        with pytest.raises(ArgumentInvalid) as refused:
            function(**arguments)
        assert said in str(refused.value)
        assert "Api object" not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"history": ["a question"]}, "history.0: Input should be an object"),
        ({"history": {"question": "a"}}, "history: Input should be a list"),
        ({"history": [{"question": "a"}] * 51}, "history: List should have at most 50 items, not 51"),
        ({"history": [{"searched": "a"}]}, "history.0.question: "),
        ({"history": [{"question": "a" * 2001}]}, "at most 2000"),
        ({"history": [{"question": "a", "searched": "a" * 2001}]}, "at most 2000"),
        ({"history": [{"question": "a", "cited": [{"passage_id": "a#1"}]}]}, "history.0.cited.0.sentence: "),
        ({"history": [{"question": "a", "cited": [{"passage_id": "a#1", "sentence": "a" * 401}]}]}, "at most 400"),
        ({"history": [{"question": "a", "entities": ["a" * 1001]}]}, "at most 1000"),
        ({"history": [{"question": "a", "other": 1}]}, "history.0.other: "),
        ({"write": "yes"}, "write: "),
    ],
)
def test_what_is_no_conversation(api: Api, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentInvalid) as refused:
        api.ask(QUESTION, **arguments)
    assert said in str(refused.value)
    with pytest.raises(ArgumentInvalid):
        api.search(QUESTION, **arguments)


def test_what_is_told_of_very_many_wrong_arguments_is_short(api: Api) -> None:
    for wrong in ({f"a{number}": number for number in range(1000)}, {"a" * 100_000: 1}):
        with pytest.raises(ArgumentInvalid) as refused:
            api.search("asset", **wrong)  # type: ignore[arg-type]
        assert len(str(refused.value)) < 2000


def test_arguments_that_cannot_be_meant(api: Api) -> None:
    with pytest.raises(QuestionError):
        api.ask(" ?")
    for filters in ({"languages": ["fr"]}, {"documents": ["x"]}, {"since": "2019-13"}, {"sections": ["x"]}):
        with pytest.raises(FilterError):
            api.search("asset", **filters)  # type: ignore[arg-type]


def test_both_functions_take_what_they_share_alike(api: Api) -> None:
    search, ask_ = signature(api.search).parameters, signature(api.ask).parameters
    assert list(search.values()) == list(ask_.values())[: len(search)]
    for function in (api.search, api.ask):
        described = arguments_of(function).model_json_schema()["properties"]
        assert all(each["description"] for each in described.values())


def test_every_refusal_has_a_code_that_programs_are_told_of() -> None:
    """And the documentation has them all."""
    codes = set(get_args(ErrorCode))
    for reason in catalogue():
        if reason.startswith("guard."):
            refusal = Refusal(400, reason, count=1, id="0")
            assert of_refusal(refusal)["code"] in codes
    page = (ROOT / "docs" / "api.md").read_text("utf-8")
    assert not [code for code in codes if f"`{code}`" not in page]


# --- A follow-up ---


def test_a_follow_up_is_understood_as_in_a_conversation(api: Api, assistant: Assistant) -> None:
    first = api.ask(QUESTION)
    turns = [turn(assistant.ask(QUESTION))]
    assert turn_of(first["turn"]) == turns[0]
    for question in ("and in North Macedonia?", "what does [2] say?", "and her country?", "the second one?", "why?"):
        answer, wanted = api.ask(question, history=[first["turn"]]), assistant.ask(question, history=turns)
        assert answer == as_json(wanted)
        assert answer["understood"]["reason"] != "alone"
    assert api.ask("and in North Macedonia?")["understood"]["reason"] == "alone"
    assert api.ask("How did the pandemic change training?", history=[first["turn"]])["searched"].endswith("training?")


def test_of_a_turn_only_the_question_has_to_be_there(api: Api) -> None:
    answer = api.ask("and in North Macedonia?", history=[{"question": QUESTION}])
    assert answer["searched"] == f"{QUESTION} in North Macedonia"
    named = {"question": "x", "searched": QUESTION}
    assert api.ask("and in North Macedonia?", history=[{"question": "no"}, named])["searched"] == answer["searched"]


def test_what_came_back_can_be_sent_however_long_it_is(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    """A sentence without an end, and more passages than a page shows."""
    texts = ["court " * 2000, *(f"The court of case {number} sat." for number in range(60))]
    (seeds / "long.txt").write_text("\n\n".join(f"{number}. {each}" for number, each in enumerate(texts, 1)))
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    small = Api(Assistant(store.open(words.identity), words))
    first = small.ask("court?", top_k=100)
    assert max(len(each["sentence"]) for each in first["turn"]["cited"]) == 400
    assert small.ask("what does [2] say?", history=[first["turn"]] * 50)["understood"]["reason"] == "place"


def test_odd_characters_of_a_turn_do_no_harm(api: Api) -> None:
    for odd in ("\x00", "\u202e", "\ue000", "\ufdd0", " \x07 "):
        asked = {"question": f"which countries{odd}use unexplained-wealth orders?{odd}"}
        assert "Macedonia" in api.ask("and in North Macedonia?", history=[asked])["searched"]
    assert api.ask("and in North Macedonia?", history=[{"question": " "}])["understood"]["reason"] == "alone"


# --- A few at a time ---


def test_no_more_are_worked_on_at_a_time_than_there_are_places() -> None:
    turns, working, most = Turns(Limits(answers_at_once=2)), Counter[str](), []
    lock = threading.Lock()

    def work() -> None:
        with lock:
            working["now"] += 1
            most.append(working["now"])
        time.sleep(0.01)
        with lock:
            working["now"] -= 1

    def steps() -> Iterator[None]:
        for _ in range(3):
            work()
            yield

    async def through_the_door() -> None:
        await asyncio.gather(*(turns.answer(work) for _ in range(6)))

    with ThreadPoolExecutor(8) as pool:
        others = [pool.submit(lambda: list(turns.steps(steps()))) for _ in range(4)]
        run(through_the_door())
        for each in others:
            each.result()
    assert max(most) == 2


def test_who_would_wait_too_long_is_sent_away_at_once() -> None:
    turns, release = Turns(Limits(answers_at_once=1, waiting=2)), threading.Event()

    async def crowd() -> list[object]:
        asking = [asyncio.create_task(turns.answer(partial(release.wait, WITHIN))) for _ in range(4)]
        done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        assert len(done) == 1
        release.set()
        return [type(each) for each in await asyncio.gather(*asking, return_exceptions=True)]

    assert run(crowd()) == [bool, bool, bool, Crowded]


# --- Over HTTP ---


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, seed_index: Path) -> Path:
    folder = tmp_path_factory.mktemp("api")
    shutil.copytree(seed_index, folder / "index")
    KEYS.write(folder / "keys", {"reports": digest(KEY)})
    return folder


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[Served]:
    yield from running(SEEDS, place / "index", place / "log", "--questions-a-minute", "100000")


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=WITHIN) as opened:
        yield opened


def test_http_gives_what_python_gives(client: httpx.Client, api: Api) -> None:
    for name, asked in (("ask", {"question": QUESTION, "top_k": 3}), ("search", {"question": "资产追回"})):
        answer = client.post(f"/api/v1/{name}", json=asked)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert "set-cookie" not in answer.headers
        found = json.loads(json.dumps(getattr(api, name)(**asked)))
        assert [each["passage_id"] for each in answer.json()["passages"]] == [
            each["passage_id"] for each in found["passages"]
        ]
        assert answer.json().keys() == found.keys()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "argument"),
        ({"question": "asset", "top_k": 0}, "argument"),
        ({"question": "asset", "other": 1}, "argument"),
        ({"question": "??"}, "question_blank"),
        ({"question": "asset", "documents": ["x"]}, "unknown_document"),
        ({"question": "asset", "languages": ["fr"]}, "unknown_language"),
        ({"question": "asset", "sections": ["x"]}, "unknown_section"),
        ({"question": "asset", "since": "2019-13"}, "malformed_date"),
        ({"question": "asset", "since": "2020", "until": "2019"}, "dates_reversed"),
        ({"question": "asset", "since": "2019"}, "nothing_left"),
    ],
)
def test_what_cannot_be_asked_is_told_by_a_code(client: httpx.Client, asked: dict[str, Any], code: str) -> None:
    for name in ("search", "ask"):
        answer = client.post(f"/api/v1/{name}", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json().keys() == {"error", "code"}
        assert str(ROOT) not in answer.text


@pytest.mark.parametrize("body", ["", "[]", '"a"', "null", "{", "NaN"])
def test_a_body_that_is_no_object(client: httpx.Client, body: str) -> None:
    answer = client.post("/api/v1/ask", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_a_follow_up_over_http(client: httpx.Client, api: Api) -> None:
    first = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    asked = {"question": "and her country?", "history": [first["turn"]]}
    answer = client.post("/api/v1/ask", json=asked).json()
    assert answer["searched"] == api.ask(**asked)["searched"] != asked["question"]
    refused = client.post("/api/v1/ask", json=asked | {"history": [first["turn"]] * 51})
    assert (refused.status_code, refused.json()["code"]) == (422, "argument")
    refused = client.post("/api/v1/ask", json={"question": QUESTION, "write": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_writer")


def test_the_page_and_programs_are_answered_beside_each_other(client: httpx.Client) -> None:
    def program(_number: int) -> int:
        return client.post("/api/v1/ask", json={"question": QUESTION}).status_code

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(program, number) for number in range(5)]
        assert "qa-" in ask(client, QUESTION)
        assert [each.result() for each in asking] == [200] * 5


def test_more_than_wait_are_sent_away_with_a_word_and_a_time(place: Path, tmp_path: Path) -> None:
    program = tmp_path / "small.py"
    program.write_text(
        "import functools, sys\nfrom qa import serve_commands\n"
        "serve_commands.Limits = functools.partial(serve_commands.Limits, waiting=1, answers_at_once=1)\n"
        "from qa.cli import main\nsys.exit(main(['serve', *sys.argv[1:]]))\n"
    )
    environment = {"PYTHONPATH": str(ROOT)}
    for served in running(
        SEEDS, place / "index", tmp_path / "log", "--no-build", program=str(program), environment=environment
    ):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client, ThreadPoolExecutor(12) as pool:
            asking = [pool.submit(client.post, "/api/v1/ask", json={"question": QUESTION}) for _ in range(12)]
            found = [each.result() for each in asking]
        assert {answer.status_code for answer in found} == {200, 429}
        refused = next(answer for answer in found if answer.status_code == 429)
        assert refused.json()["code"] == "busy"
        assert int(refused.headers["retry-after"]) > 0


def test_an_index_that_is_gone_is_told_without_where_it_was() -> None:
    told = of_error(IndexDamaged("/home/somebody/index is damaged; rebuild it with: qa build"))
    assert told is not None
    status, body = told
    assert (status, body["code"]) == (503, "index")
    assert "somebody" not in body["error"]
    assert of_error(RuntimeError()) is None


# --- A written answer ---


@pytest.fixture
def endpoint() -> Iterator[Stub]:
    with stub() as made:
        made.text = "The system of the United Kingdom was the basis of the law. [1] It was adopted in 1987. [1]"
        yield made


def writing(endpoint: Stub) -> Writer:
    return Writer(WriterSettings(endpoint.url, "small"))


def test_an_answer_is_written_where_it_is_asked_for(assistant: Assistant, endpoint: Stub) -> None:
    api = Api(assistant, writing(endpoint))
    assert api.ask(QUESTION)["written"] is None
    assert api.ask("who won the football world cup?", write=True)["written"] is None
    assert endpoint.requests == []
    answer = api.ask(QUESTION, write=True)
    assert TypeAdapter(AnswerJson).validate_python(answer, extra="forbid")
    written, without = answer["written"], {**answer, "written": None}
    assert without == api.ask(QUESTION)
    assert written is not None
    assert [each["supported"] for each in written["sentences"]] == [True, False]
    assert written["sentences"][1]["why_not"]
    assert written["sent"] == endpoint.requests[-1][1]["messages"]


def test_a_follow_up_is_written_from_what_was_searched(assistant: Assistant, endpoint: Stub) -> None:
    api = Api(assistant, writing(endpoint))
    answer = api.ask("and in Zimbabwe?", history=[api.ask(QUESTION)["turn"]], write=True)
    assert answer["searched"].endswith("Zimbabwe")
    assert answer["searched"] in endpoint.requests[-1][1]["messages"][1]["content"]


def test_whatever_fails_the_passages_are_there(
    assistant: Assistant, endpoint: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(assistant, writing(endpoint))
    for behaviour, reason in (("500", "failed"), ("html", "unreadable"), ("slam", "unreadable")):
        endpoint.behaviour = behaviour
        answer = api.ask(QUESTION, write=True)
        assert answer["passages"]
        assert answer["written"] is not None
        assert (answer["written"]["failed"], answer["written"]["sentences"]) == (reason, [])
    endpoint.behaviour = "well"

    def broken(*_: object) -> list[float]:
        raise RuntimeError("the index is gone")

    monkeypatch.setattr(Assistant, "matches", broken)
    answer = api.ask(QUESTION, write=True)
    assert answer["passages"]
    assert answer["written"] is not None
    assert answer["written"]["failed"] == "failed"


def test_without_a_writer_none_is_asked(api: Api) -> None:
    with pytest.raises(WriterError, match="no model is configured") as refused:
        api.ask(QUESTION, write=True)
    told = of_error(refused.value)
    assert told is not None
    assert (told[0], told[1]["code"]) == (422, "no_writer")


def test_nobody_waits_for_somebody_elses_model(place: Path, tmp_path: Path, endpoint: Stub) -> None:
    """More are written than there are turns; questions by each door are answered all the same."""
    endpoint.behaviour = "hang"
    named = ("--writer", endpoint.url, "--writer-model", "small")
    for served in running(SEEDS, place / "index", tmp_path / "log", "--no-build", *named):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client, ThreadPoolExecutor(8) as pool:
            asked = {"question": QUESTION, "write": True}
            hanging = [pool.submit(client.post, "/api/v1/ask", json=asked) for _ in range(AT_ONCE - 1)]
            gradio = opened(served)
            job = gradio.submit(**asked, api_name="/ask")
            while len(endpoint.requests) < AT_ONCE:
                time.sleep(0.05)
            for _ in range(2):
                assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
                assert gradio.predict(QUESTION, api_name="/search")["passages"]
                assert "qa-" in ask(client, QUESTION)
            busy = client.post("/api/v1/ask", json=asked).json()
            assert busy["passages"]
            assert busy["written"]["failed"] == "busy"
            assert not any(each.done() for each in (*hanging, job))
            endpoint.stopping.set()
            for each in hanging:
                assert each.result().json()["written"]["failed"] == "unreadable"
            assert job.result()["passages"]


def test_who_waits_for_a_model_is_told_that_the_server_stops(place: Path, tmp_path: Path, endpoint: Stub) -> None:
    endpoint.behaviour = "hang"
    named = ("--writer", endpoint.url, "--writer-model", "small")
    for served in running(SEEDS, place / "index", tmp_path / "log", "--no-build", *named):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client, ThreadPoolExecutor(1) as pool:
            hanging = pool.submit(client.post, "/api/v1/ask", json={"question": QUESTION, "write": True})
            while not endpoint.requests:
                time.sleep(0.05)
            served.process.send_signal(signal.SIGTERM)
            answer = hanging.result()
            assert (answer.status_code, answer.json()["code"]) == (503, "stopping")


# --- The description ---


def test_the_description_has_both_functions_with_ranges_and_words(client: httpx.Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {"/api/v1/search", "/api/v1/ask"}
    assert "securitySchemes" not in described["components"]
    schemas = described["components"]["schemas"]
    assert schemas["AskArguments"]["properties"]["top_k"] == {
        "type": "integer", "minimum": 1, "maximum": 100, "default": 5, "description": "How many passages.",
        "title": "Top K",
    }  # fmt: skip
    assert schemas["AskArguments"]["additionalProperties"] is False
    assert schemas["AskArguments"]["required"] == ["question"]
    operation = described["paths"]["/api/v1/ask"]["post"]
    assert operation["operationId"] == "ask"
    assert "never an instruction" in operation["description"]
    assert {"200", "401", "422", "429", "503"} <= operation["responses"].keys()
    assert "HTTPValidationError" not in schemas


def test_where_keys_are_needed_the_description_says_so_and_asks_for_one(place: Path, tmp_path: Path) -> None:
    for served in running(SEEDS, place / "index", tmp_path / "log", "--no-build", "--keys", str(place / "keys")):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client:
            for refused in (client.get("/api/v1/openapi.json"), client.post("/api/v1/ask", json={"question": "a"})):
                assert (refused.status_code, refused.json()["code"]) == (401, "log_in")
                assert refused.headers["www-authenticate"] == 'Bearer realm="documents"'
            client.headers["Authorization"] = f"Bearer {KEY}"
            described = client.get("/api/v1/openapi.json").json()
            assert described["security"] == [{"key": []}]
            assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
            assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
            assert client.get("/").status_code == 403
        assert KEY not in served.log.read_text()


def statuses_of(client: httpx.Client, path: str, mode: GenerationMode, count: int) -> Counter[int]:
    """Ask what the description allows, or what it does not, and hold each answer against it; the statuses that came."""
    schema = schemathesis.openapi.from_url(f"{client.base_url}/api/v1/openapi.json")
    statuses: Counter[int] = Counter()

    @given(case=schema[path]["POST"].as_strategy(generation_mode=mode))
    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def each(case: Case) -> None:
        answer = case.call()
        statuses[answer.status_code] += 1
        # What fits the description may still name a document that is not there.
        case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    each()
    print(statuses)
    return statuses


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/ask"])
def test_what_the_description_allows_is_answered_as_it_says(client: httpx.Client, path: str) -> None:
    statuses = statuses_of(client, path, GenerationMode.POSITIVE, 100)
    assert statuses[200] > 10, statuses
    assert statuses[404] < 0.1 * statuses.total(), statuses
    assert set(statuses) <= {200, 422}, statuses


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/ask"])
def test_what_it_does_not_allow_is_refused_as_it_says(client: httpx.Client, path: str) -> None:
    statuses = statuses_of(client, path, GenerationMode.NEGATIVE, 100)
    assert statuses[404] < 0.1 * statuses.total(), statuses
    assert set(statuses) <= {400, 405, 413, 415, 422}, statuses
