"""What service managers and load balancers ask: always answered, to anybody, and saying nothing."""

import asyncio
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import SEEDS
from live import WITHIN, ask, free_port, running
from loops import run
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa.passwords import LOGINS, hashed
from qa.web.events import Event, heard_by
from qa.web.exchange import PROTECTION
from qa.web.guard import Guard
from qa.web.limits import Limits
from qa.web.server import server_of
from qa.web.settings import Settings
from qa.web.site import Site

PATHS = ("/healthz", "/readyz")


async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise AssertionError("the application is not asked")


def asked(guard: ASGIApp, method: str, path: str, **more: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(guard, client=("192.0.2.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            return await client.request(method, path, **more)

    return run(ask())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", ["10.1.2.3:7860", "anything.example", "127.0.0.1", "a b"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_anybody_gets_an_answer(path: str, host: str, method: str, tmp_path: Path) -> None:
    LOGINS.write(tmp_path / "logins", {"ann": hashed("correct horse")})
    guard = Guard(nothing, Settings(logins=tmp_path / "logins", behind_proxy=True), {})
    answer = asked(guard, method, path, headers={"host": host, "origin": "http://evil.example", "cookie": "a=b"})
    assert (answer.status_code, answer.text) == (200, "ok" if method == "GET" else "")
    for name, value in PROTECTION.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_else_can_be_done_there(path: str, method: str) -> None:
    answer = asked(Guard(nothing, Settings(), {}), method, path, content=b"x" * 1000)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/x", "/Healthz", "/readyz.json"])
def test_only_these_two_are_open(path: str) -> None:
    assert asked(Guard(nothing, Settings(), {}), "GET", path).status_code == 404
    assert asked(Guard(nothing, Settings(), {}), "GET", path, headers={"host": "evil.example"}).status_code == 421


def test_they_are_neither_counted_nor_told_of() -> None:
    limits = Limits(reads_a_minute=1, changes_a_minute=1, visitors_an_address=1, requests_at_once=1)
    told: list[Event] = []
    begun, end = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await end.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async def crowded() -> list[int]:
        transport = httpx.ASGITransport(Guard(slow, Settings(limits=limits), {}))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            whole = asyncio.create_task(client.get("/"))
            await begun.wait()
            found = [(await client.get(path)).status_code for path in (*PATHS * 20, "/")]
            end.set()
            return [*found, (await whole).status_code]

    with heard_by(told.append):
        assert run(crowded()) == [200] * 40 + [503, 200]
    assert [each.route for each in told] == ["/", "/"]  # type: ignore[union-attr]


def test_a_server_that_is_told_to_stop_is_alive_and_not_ready() -> None:
    guard = Guard(nothing, Settings(), {})
    guard.stop()
    assert asked(guard, "GET", "/healthz").text == "ok"
    answer = asked(guard, "GET", "/readyz")
    assert (answer.status_code, answer.text) == (503, "stopping")
    assert asked(guard, "GET", "/").headers["retry-after"] == "5"


def test_until_the_last_answer_has_ended_the_server_says_that_it_is_stopping() -> None:
    begun, end = threading.Event(), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        begun.set()
        while not end.is_set():
            await asyncio.sleep(0.01)
        await PlainTextResponse("the answer")(scope, receive, send)

    chosen = Settings(port=free_port(), limits=Limits(grace_seconds=60))
    server = server_of(Guard(app, chosen, {}), Site(None, None, settings=chosen))  # type: ignore[arg-type]
    serving = threading.Thread(target=server.run)
    serving.start()
    address, answers = f"http://127.0.0.1:{chosen.port}", []
    asking = threading.Thread(target=lambda: answers.append(httpx.get(address, timeout=WITHIN).text))
    try:
        wait_until(lambda: server.started)
        assert httpx.get(f"{address}/readyz").status_code == 200
        asking.start()
        assert begun.wait(WITHIN)
        server.should_exit = True
        wait_until(lambda: httpx.get(f"{address}/readyz").status_code == 503)
        assert httpx.get(f"{address}/healthz").status_code == 200
        assert httpx.get(address).status_code == 503
        assert serving.is_alive()
    finally:
        end.set()
        server.should_exit = True
        asking.join(WITHIN)
        serving.join(WITHIN)
    assert answers == ["the answer"]
    assert not serving.is_alive()


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_stays_ready_while_its_index_is_replaced_and_when_it_is_gone(
    seed_index: Path, encoder: ModelEncoder, tmp_path: Path
) -> None:
    shutil.copytree(SEEDS, tmp_path / "seeds")
    shutil.copytree(seed_index, tmp_path / "index")
    found: list[int] = []
    over = threading.Event()
    for served in running(tmp_path / "seeds", tmp_path / "index", tmp_path / "log", "--no-build"):

        def watch(url: str = served.url) -> None:
            with httpx.Client(base_url=url, timeout=WITHIN) as client:
                while not over.is_set():
                    found.append(client.get("/readyz").status_code)
                    time.sleep(0.01)

        watching = threading.Thread(target=watch)
        watching.start()
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client:
            try:
                (tmp_path / "seeds" / "new.txt").write_text("1. The penguins of Antarctica are counted each year.\n")
                build(tmp_path / "seeds", IndexStore(tmp_path / "index"), encoder)
                wait_until(lambda: client.get("/api/about").json()["documents"] == 2)
                shutil.rmtree(tmp_path / "index")
                assert "penguins" in ask(client, "which penguins are counted?")
            finally:
                over.set()
                watching.join(WITHIN)
    assert set(found) == {200}
