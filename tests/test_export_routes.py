"""Conversations downloaded from the page: a file, or a sentence that says why there is none."""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, cast
from urllib.parse import unquote

import docx
import pytest
from fastapi import FastAPI
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from test_exports import EVERYTHING, MOMENT, PROBLEM, answered, full, hit

from qa.exports import FORMATS
from qa.filters import Filters
from qa.shown import ShownProblem, read_conversation, to_json
from qa.strings import LANGUAGES, say
from qa.web.export_routes import add_export_routes
from qa.web.site import Site

TURNS = to_json((answered(hit()), ShownProblem("?!", MOMENT, "errors.question_blank")))
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=9), inner, max_size=3)),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    add_export_routes(app, cast(Site, None))  # nothing of the site is needed: the conversation comes from the browser
    with TestClient(app) as opened:
        yield opened


def download(client: TestClient, body: Any, language: str = "en") -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return cast(Response, client.post("/api/export", content=content, headers={"Accept-Language": language}))


def refusal(answer: Response) -> str:
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert "content-disposition" not in answer.headers
    assert set(answer.json()) == {"error"}
    return str(answer.json()["error"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_comes_as_an_attachment(client: TestClient, name: str, language: str) -> None:
    answer = download(client, {"format": name, "conversation": TURNS}, language)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == FORMATS[name].media_type
    kind, plain, whole = answer.headers["content-disposition"].split("; ")
    assert kind == "attachment"
    assert plain.startswith('filename="Paragraph QA 20')
    assert whole.startswith("filename*=UTF-8''")
    assert unquote(whole.partition("''")[2]).startswith(say(language, "export.title"))
    assert plain.isascii()
    suffix = FORMATS[name].suffix
    assert plain.endswith(f'{suffix}"')
    assert whole.endswith(suffix)


def test_the_file_is_the_conversation(client: TestClient) -> None:
    as_json = download(client, {"format": "json", "conversation": TURNS}).json()
    assert as_json["turns"] == json.loads(json.dumps(TURNS))
    assert read_conversation(json.dumps(as_json["turns"]))
    as_word = docx.Document(io.BytesIO(download(client, {"format": "docx", "conversation": TURNS}, "fr").content))
    assert as_word.paragraphs[0].text == "Questions et réponses"
    as_markdown = download(client, {"format": "markdown", "conversation": TURNS}, "zh").text
    assert as_markdown.startswith("# 问题与答案\n")
    assert "> The State froze the asset." in as_markdown


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_downloaded_is_said_in_the_visitors_language(client: TestClient, language: str) -> None:
    unknown = download(client, {"format": "pdf", "conversation": TURNS}, language)
    assert refusal(unknown) == say(language, "export.unknown_format", formats="markdown, docx, json")
    unreadable = download(client, {"format": "json", "conversation": [{"kind": "answer"}]}, language)
    assert refusal(unreadable) == say(language, "export.unreadable")
    empty = download(client, {"format": "json", "conversation": []}, language)
    assert refusal(empty) == say(language, "export.empty")
    assert refusal(download(client, b"no JSON", language)) == say(language, "errors.request")


ODD = asdict(answered(hit()))


@pytest.mark.parametrize(
    "conversation",
    [
        None,
        "turns",
        {"kind": "answer"},
        [None],
        [ODD | {"format": 2}],
        [ODD | {"kind": "other"}],
        [ODD | {"filters": asdict(Filters()) | {"since": 2019}}],
        [ODD | {"scope": {"documents": 10**60, "passages": 1, "languages": []}}],
        [ODD | {"question": "x" * 20_001}],
        [ODD | {"question": "\ud800"}],
        [ODD | {"collection": "other"}],
        [asdict(PROBLEM)] * 51,
    ],
)
@pytest.mark.parametrize("name", ["markdown", "docx"])
def test_what_is_no_conversation(client: TestClient, name: str, conversation: Any) -> None:
    assert refusal(download(client, {"format": name, "conversation": conversation})) == say("en", "export.unreadable")


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"format": "json"}', b"1"])
def test_what_is_no_request(client: TestClient, body: bytes) -> None:
    assert refusal(download(client, body)) in (say("en", "errors.request"), say("en", "export.unreadable"))


@pytest.mark.parametrize("name", FORMATS)
def test_depth_is_a_file_or_a_refusal(client: TestClient, name: str) -> None:
    for depth in (100, 300, 900):
        record = b'{"model": ' * depth + b"1" + b"}" * depth
        turn = json.dumps(ODD | {"record": "@"}).encode().replace(b'"@"', record)
        answer = download(client, b'{"format": "%s", "conversation": [%s]}' % (name.encode(), turn))
        assert answer.status_code == (200 if depth == 100 else 400)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_json_has_not(client: TestClient, number: bytes) -> None:
    turn = json.dumps(ODD | {"record": {"score": "@"}}).encode().replace(b'"@"', number)
    answer = download(client, b'{"format": "json", "conversation": [%s]}' % turn)
    assert refusal(answer) == say("en", "export.unreadable")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", [each for each in EVERYTHING if len(each) <= 1000 and "\ud800" not in each])
def test_a_hostile_conversation_is_a_file_as_well(client: TestClient, name: str, text: str) -> None:
    answer = download(client, {"format": name, "conversation": to_json((full(text),))})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="Paragraph QA 20')


@given(st.sampled_from(sorted(ODD)), VALUES, st.sampled_from(sorted(FORMATS)))
def test_any_value_anywhere_is_a_file_or_a_refusal(client: TestClient, field: str, value: Any, name: str) -> None:
    answer = download(client, {"format": name, "conversation": [ODD | {field: value}]})
    assert answer.status_code in (200, 400)


@given(st.sampled_from(sorted(ODD["hits"][0])), VALUES)
def test_any_value_in_a_citation_is_a_file_or_a_refusal(client: TestClient, field: str, value: Any) -> None:
    turn = ODD | {"hits": [ODD["hits"][0] | {field: value}]}
    assert download(client, {"format": "markdown", "conversation": [turn]}).status_code in (200, 400)


@given(VALUES)
def test_any_body_is_a_refusal(client: TestClient, value: Any) -> None:
    refusal(download(client, value))
