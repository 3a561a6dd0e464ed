"""What a model adds in the page: asked for by the visitor only, above the passages, harmless whatever it says."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import ABSENT, LIST, PATIENCE, answered, answers, ask, asked, cards, visiting
from conftest import SEEDS
from hostile_texts import Listener, listening
from live import Served, running
from playwright.sync_api import Browser, Page, expect
from test_page_hostile import attacked, stored
from writer_stub import Stub, stub

from qa.writing.endpoint import AT_ONCE

KEY = "sk-canary-4711"
GOOD = "The system of the United Kingdom was the basis of the law. [1] It was adopted in 1987. [1]"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Stub]:
    with stub() as made:
        yield made


@pytest.fixture(autouse=True)
def fresh(endpoint: Stub) -> None:
    endpoint.behaviour, endpoint.text, endpoint.elsewhere = "well", GOOD, ""
    endpoint.requests.clear()


@pytest.fixture(scope="module")
def served(endpoint: Stub, seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    named = ("--writer", endpoint.url, "--writer-model", "small", "--writer-seconds", "6")
    log = tmp_path_factory.mktemp("writing") / "server.log"
    quota = ("--questions-a-minute", "10000")
    for each in running(SEEDS, seed_index, log, *named, *quota, environment={"QA_WRITER_KEY": KEY}):
        yield each
        assert KEY not in log.read_text()


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=60) as made:
        yield made


def passages(client: httpx.Client) -> list[dict[str, Any]]:
    """A passage of the seed, as the page names it."""
    source = client.get("/api/filters", params={"collection": "library"}).json()
    return [{"number": 1, "passage_id": f"{source['documents'][0]['value']}#7", "sentence": 0}]


def lines(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


# --- The routes ------------------------------------------------------------------------------------------------------


def test_a_page_without_a_writer_offers_nothing(site: str) -> None:
    with httpx.Client(base_url=site) as client:
        assert client.get("/api/writer").json() == {"writer": None}
        for path, body in (("write", {}), ("translate", {}), ("rewrite", {})):
            said = client.post(f"/api/{path}", json=body)
            assert said.status_code == 404
            assert said.json()["reason"] == "settings"


def test_what_the_page_is_told_of_the_writer(client: httpx.Client, endpoint: Stub) -> None:
    said = client.get("/api/writer").json()["writer"]
    assert (said["host"], said["model"]) == (f"127.0.0.1:{endpoint.port}", "small")
    assert KEY not in json.dumps(said)


def test_an_answer_comes_line_by_line(client: httpx.Client, endpoint: Stub) -> None:
    asked = {"question": LIST, "passages": passages(client)}
    first, *sentences, last = lines(client.post("/api/write", json=asked))
    assert first["sent"] == endpoint.requests[-1][1]["messages"]
    assert [each["sentence"]["citations"] for each in sentences] == [[1]]
    written = last["written"]
    assert written["failed"] is None
    assert [each["why_not"] == [] for each in written["sentences"]] == [True, False]
    assert endpoint.requests[-1][0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("write", {"question": LIST, "passages": []}, 400),
        ("write", {"question": LIST, "passages": [{"number": 1, "passage_id": "none#1"}]}, 404),
        ("write", {"question": LIST, "passages": [{"number": 1, "passage_id": "d#1"}] * 9}, 400),
        ("write", {"question": LIST, "passages": [{"number": 1, "passage_id": "d#1", "text": "Mine."}]}, 400),
        ("write", {"question": "?!", "passages": [{"number": 1, "passage_id": "d#1"}]}, 400),
        ("write", {"question": LIST, "collection": "own", "passages": [{"number": 1, "passage_id": "d#1"}]}, 400),
        ("translate", {"passage_id": "none#1"}, 404),
        ("translate", {"passage_id": 1}, 400),
        ("rewrite", {"question": LIST, "before": []}, 400),
        ("rewrite", {"question": "?!", "before": [LIST]}, 400),
        ("rewrite", [1], 400),
    ],
)
def test_what_cannot_be_asked_of_it(client: httpx.Client, endpoint: Stub, path: str, body: Any, status: int) -> None:
    said = client.post(f"/api/{path}", json=body)
    assert (said.status_code, bool(said.json()["error"])) == (status, True)
    assert endpoint.requests == []


def test_a_passage_is_translated(client: httpx.Client, endpoint: Stub) -> None:
    endpoint.text = "The speaker said that the law was based on the system of the United Kingdom."
    said = client.post("/api/translate", json={"passage_id": passages(client)[0]["passage_id"]}).json()
    assert (said["text"], said["language"], said["model"]) == (endpoint.text, "en", "small")
    assert "English" in said["sent"][0]["content"]


def test_a_follow_up_is_rewritten(client: httpx.Client, endpoint: Stub) -> None:
    endpoint.text = "Does North Macedonia use them?"
    said = client.post("/api/rewrite", json={"question": "and there?", "before": [LIST]})
    assert said.json() == {"searched": endpoint.text}
    endpoint.behaviour = "500"
    said = client.post("/api/rewrite", json={"question": "and there?", "before": [LIST]})
    assert (said.status_code, said.json()["reason"]) == (502, "failed")
    endpoint.behaviour = "well"
    assert client.post("/api/rewrite", json={"question": "and there?", "before": [LIST]}).status_code == 200


def test_who_leaves_while_the_model_writes_makes_room(endpoint: Stub, seed_index: Path, tmp_path: Path) -> None:
    """It gets few requests at a time, and each may take a minute here."""
    ask = {"question": LIST, "write": True}
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": ask}}
    named = ("--writer", endpoint.url, "--writer-model", "small", "--questions-a-minute", "10000")
    for served in running(SEEDS, seed_index, tmp_path / "server.log", *named):
        with httpx.Client(base_url=served.url, timeout=PATIENCE / 1000) as client:
            translate = {"passage_id": passages(client)[0]["passage_id"]}
            for path, body in (("/api/v1/ask", ask), ("/mcp", tool), ("/api/translate", translate)):
                endpoint.behaviour = "hang"
                for _ in range(AT_ONCE):
                    leave_after(served, path, json.dumps(body), endpoint)
                endpoint.behaviour = "well"
                until = time.monotonic() + PATIENCE / 1000
                while client.post("/api/v1/ask", json=ask).json()["written"]["failed"] and time.monotonic() < until:
                    time.sleep(0.1)
                assert client.post("/api/v1/ask", json=ask).json()["written"]["failed"] is None, path


def leave_after(served: Served, path: str, body: str, endpoint: Stub) -> None:
    """Ask something, and leave as soon as the model is asked for it."""
    before = len(endpoint.requests)
    host = served.url.removeprefix("http://")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    head += f"Accept: application/json, text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as connection:
        connection.sendall((head + body).encode())
        until = time.monotonic() + PATIENCE / 1000
        while len(endpoint.requests) == before and time.monotonic() < until:
            time.sleep(0.02)
    assert len(endpoint.requests) == before + 1


# --- In a browser ----------------------------------------------------------------------------------------------------

in_browser = pytest.mark.browser


def written(page: Page) -> Any:
    """The written answer of the first answer."""
    return answers(page).first.locator("> .qa-written")


def choose(page: Page, name: str = "Also write an answer") -> None:
    page.locator("#qa-writing").get_by_label(name).check()


@in_browser
def test_nothing_is_sent_unless_it_is_chosen(browser: Browser, served: Served, endpoint: Stub) -> None:
    with visiting(browser, served.url) as page:
        note = page.locator("#qa-writing")
        expect(note).to_contain_text(f"to the model small at 127.0.0.1:{endpoint.port}")
        expect(note.get_by_role("checkbox").first).not_to_be_checked()
        asked(page, LIST)
        assert endpoint.requests == []
        choose(page)
        asked(page, ABSENT, 2)
        page.wait_for_timeout(500)
        assert endpoint.requests == []  # where nothing answers there is nothing to write from


@in_browser
def test_an_answer_is_written_above_the_passages(browser: Browser, served: Served, endpoint: Stub) -> None:
    with visiting(browser, served.url) as page:
        choose(page)
        answer = asked(page, LIST)
        block = written(page)
        expect(block).to_contain_text("Written by the model small from the passages below", timeout=PATIENCE)
        expect(block.locator(".qa-sentence")).to_have_count(2, timeout=PATIENCE)
        expect(block.locator(".qa-unsupported")).to_have_count(1)
        expect(block.locator(".qa-unsupported .qa-why")).to_contain_text("a figure, date or quantity does not stand")
        above, below = block.bounding_box(), cards(answer).first.bounding_box()
        assert above and below and above["y"] < below["y"]
        expect(block.locator(".qa-doing")).to_have_count(0)
        block.locator("summary").click()
        expect(block.locator("pre").last).to_contain_text(endpoint.requests[-1][1]["messages"][1]["content"][:80])
        assert block.locator("a.qa-cite").first.get_attribute("href") == cards(answer).first.locator(
            "a.qa-cite"
        ).first.get_attribute("href")
        block.locator("a.qa-cite").first.click()
        expect(page.locator("#qa-panel .qa-cited")).to_be_visible(timeout=PATIENCE)

        # It is kept with the conversation, also while another question is asked, and taken away with it.
        asked(page, "and in North Macedonia?", 2)
        assert stored(page)["turns"][0]["written"]["model"] == "small"
        page.reload()
        answered(page, 2)
        expect(written(page).locator(".qa-sentence")).to_have_count(2, timeout=PATIENCE)
        assert endpoint.requests[0][1]["messages"] != []
        page.locator("#qa-download").click()
        with page.expect_download() as download:
            page.locator("[data-format=markdown]").first.click()
        text = Path(download.value.path()).read_text("utf-8")
        assert "Written by the model small" in text
        assert "Not borne out" in text


@in_browser
def test_what_fails_leaves_the_passages(browser: Browser, served: Served, endpoint: Stub) -> None:
    with visiting(browser, served.url) as page:
        answer = asked(page, LIST)
        for behaviour, told in (("hang", "took too long"), ("500", "server failed")):
            endpoint.behaviour = behaviour
            answer.get_by_role("button", name="Write an answer").click()
            expect(written(page)).to_contain_text(told, timeout=PATIENCE)
            expect(written(page)).to_be_in_viewport()  # the button is below the passages
            assert cards(answer).count() > 1
        endpoint.behaviour = "well"
        answer.get_by_role("button", name="Write an answer").click()
        expect(written(page).locator(".qa-sentence")).to_have_count(2, timeout=PATIENCE)
        endpoint.text = "Nothing of this stands there. [1]"
        answer.get_by_role("button", name="Write an answer").click()
        expect(written(page)).to_contain_text("Nothing that the model wrote is borne out", timeout=PATIENCE)
        endpoint.behaviour = "drip"
        answer.get_by_role("button", name="Write an answer").click()
        written(page).get_by_role("button", name="Stop").click()
        expect(written(page).locator(".qa-sentence")).to_have_count(2)  # what was written before is back


@in_browser
def test_follow_ups_are_rewritten_where_that_is_chosen(browser: Browser, served: Served, endpoint: Stub) -> None:
    with visiting(browser, served.url, expected_errors="502") as page:
        choose(page, "Let a model rewrite follow-ups")
        asked(page, LIST)
        assert endpoint.requests == []
        endpoint.text = "Does North Macedonia use unexplained-wealth orders?"
        second = asked(page, "and in North Macedonia?", 2)
        expect(second.locator(".qa-query")).to_have_text(endpoint.text)
        expect(second.get_by_role("button", name="Change the search")).to_be_visible()
        endpoint.behaviour = "500"
        third = asked(page, "and in Zimbabwe?", 3)
        expect(page.locator("#qa-alert")).to_contain_text("understood by rules")
        expect(third.locator(".qa-query")).to_contain_text("Zimbabwe")


@in_browser
def test_a_cited_passage_is_translated(browser: Browser, served: Served, endpoint: Stub) -> None:
    endpoint.text = "The speaker said that Zambia based its law on it in 1999."
    with visiting(browser, served.url) as page:
        card = cards(asked(page, LIST)).first
        button = card.get_by_role("button", name="Translate with small")
        assert button.get_attribute("title") == f"Sends this paragraph to 127.0.0.1:{endpoint.port}"
        assert endpoint.requests == []
        button.click()
        made = card.locator(".qa-translation")
        expect(made).to_contain_text(endpoint.text, timeout=PATIENCE)
        expect(made).to_contain_text("the original counts. Figures or dates are not the same")
        expect(card.locator("> blockquote")).to_be_visible()


# --- Hostile words ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


@in_browser
def test_whatever_a_model_writes_is_text(browser: Browser, served: Served, endpoint: Stub, listener: Listener) -> None:
    texts = ["\n\n".join(f"{vector} [1]" for vector in listener.vectors), listener.passage]
    texts += [f"The United Kingdom's system was the model. [1]\n\n{vector}" for vector in listener.vectors[::7]]
    with attacked(browser, served.url, listener, expected_errors="502") as page:
        answer = asked(page, LIST)
        for text in texts:
            endpoint.text = text
            answer.get_by_role("button", name="Write an answer").click()
            expect(written(page)).to_be_visible(timeout=PATIENCE)
            expect(written(page).locator(".qa-doing")).to_have_count(0, timeout=PATIENCE)
        endpoint.text = listener.passage
        for button in answer.locator(".qa-translate-model").all()[:2]:
            button.click()
        expect(answer.locator(".qa-translation").first).to_be_visible(timeout=PATIENCE)
        choose(page, "Let a model rewrite follow-ups")
        endpoint.text = listener.vectors[2]
        ask(page, "and there?")
        answered(page, 2)
