"""Milvus down, dying, silent, started anew, in use: clear errors within limits of time, and never a wrong answer."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import WordEncoder
from live import free_port
from relay import Relay, Wire, relayed

from embeddings.build import build
from embeddings.errors import EngineError
from embeddings.milvus import engine as engines
from embeddings.milvus.engine import Engine, connected
from embeddings.store import IndexStore
from qa.assistant import Assistant
from qa.live import Live

GIVEN = os.environ.get("QA_TEST_MILVUS_URI")
PROCESS = os.environ.get("QA_TEST_MILVUS_PID")
LONG = 30.0
"""Seconds within which even the busiest machine has noticed that nothing answers."""


class Lite:
    """Milvus Lite on a port, which can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self) -> None:
        from milvus_lite.adapter.grpc.server import start_server_in_thread

        self._server, self._data, _ = start_server_in_thread(str(self.folder), port=self.port)

    def stop(self) -> None:
        self._server.stop(0).wait()
        self._data.close()


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lite]:
    """Milvus Lite as a server."""
    server = Lite(tmp_path_factory.mktemp("lite") / "rows.db")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def address(request: pytest.FixtureRequest) -> tuple[str, int]:
    """Where Milvus listens: the server that is named, else Lite."""
    if GIVEN:
        parts = urlsplit(GIVEN)
        return str(parts.hostname), int(parts.port or 0)
    return "127.0.0.1", request.getfixturevalue("lite").port


@pytest.fixture
def relay(address: tuple[str, int]) -> Iterator[Relay]:
    """A wire to Milvus."""
    with relayed(*address) as wire:
        yield wire


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """From a call on, nobody waits for longer than so many seconds."""

    def waiting(seconds: float) -> None:
        for name in ("CONNECTING", "ASKING", "WORKING"):
            monkeypatch.setattr(engines, name, seconds)
        monkeypatch.setattr(engines, "_UNASKED", 0.0)

    return waiting


@pytest.fixture
def asking(relay: Relay, seeds: Path, tmp_path: Path, words: WordEncoder) -> Iterator[Assistant]:
    """An assistant that reads from Milvus through the wire, with no tokens kept yet."""
    index = IndexStore(tmp_path / "index", relay.uri)
    build(seeds, index, words, kept_in="milvus")
    yield Assistant(index.open(words.identity), words)
    relay.wire = Wire.WHOLE
    engine = connected(relay.uri)
    for name in until(lambda: engine._call("listing", engine._client.list_collections)):
        until(lambda name=name: engine.drop(name))


def answer(assistant: Assistant) -> list[Any]:
    """What a question finds when nothing is kept from the one before."""
    for tokens in (assistant.index.tokens, assistant.index.coarse):
        tokens.__init__(tokens.rows)  # type: ignore[misc, attr-defined]
    return [(hit.passage.passage_id, hit.score) for hit in assistant.retrieve("police court")]


def refused(call: Callable[[], object], match: str) -> float:
    """The seconds after which a call was refused."""
    start = time.monotonic()
    with pytest.raises(EngineError, match=match):
        call()
    return time.monotonic() - start


def until(call: Callable[[], Any]) -> Any:
    """What a call gives as soon as it is not refused any more."""
    end = time.monotonic() + 4 * LONG
    while True:
        try:
            return call()
        except EngineError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_nothing_listens() -> None:
    uri = f"http://127.0.0.1:{free_port()}"
    assert refused(lambda: Engine(uri), f"Milvus at {uri}: connecting failed: .*; see that it runs") < LONG


def test_nothing_answers(relay: Relay, impatient: Callable[[float], None]) -> None:
    impatient(0.5)
    relay.wire = Wire.SILENT
    assert refused(lambda: Engine(relay.uri), "connecting failed: .*can be reached from here") < LONG


@pytest.mark.parametrize(
    "uri", ["somewhere", "ftp://127.0.0.1", "http://[", "http://127.0.0.1:port", "http://127.0.0.1:0"]
)
def test_no_address(uri: str) -> None:
    with pytest.raises(EngineError, match="Milvus (at|\\()"):
        Engine(uri)


def test_secrets_stay_secret() -> None:
    port = free_port()
    with pytest.raises(EngineError) as raised:
        Engine(f"http://somebody:passwordpassword@127.0.0.1:{port}/?key=value", "tokentoken")
    assert f"Milvus at http://127.0.0.1:{port}" in str(raised.value)
    for secret in ("somebody", "passwordpassword", "tokentoken", "value"):
        assert secret not in str(raised.value)


def test_pymilvus_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(EngineError, match="pip install 'paragraph-qa\\[milvus\\]'"):
        Engine("http://127.0.0.1:9")


def test_a_file_has_one_process(tmp_path: Path) -> None:
    uri = tmp_path / "rows.db"
    Engine(str(uri))
    code = f"from embeddings.milvus.engine import Engine; Engine({str(uri)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert "no other process uses the file" in done.stderr.splitlines()[-1]
    with pytest.raises(EngineError, match="see that its folder is there"):
        Engine(str(tmp_path / "nowhere" / "rows.db"))


def test_it_dies_between_questions(asking: Assistant, relay: Relay, impatient: Callable[[float], None]) -> None:
    expected = answer(asking)
    impatient(1.0)
    relay.wire = Wire.CUT
    assert refused(lambda: answer(asking), f"Milvus at {relay.uri}: searching failed") < LONG
    assert refused(lambda: answer(asking), "searching failed") < LONG
    relay.wire = Wire.WHOLE
    impatient(10.0)
    assert until(lambda: answer(asking)) == expected


@pytest.mark.parametrize("call", ["search", "fetch"])
@pytest.mark.parametrize("wire", [Wire.CUT, Wire.SILENT])
def test_it_dies_within_a_question(
    asking: Assistant,
    relay: Relay,
    impatient: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    wire: Wire,
) -> None:
    expected = answer(asking)
    impatient(1.0)
    original = getattr(Engine, call)

    def dying(self: Engine, *given: Any, **named: Any) -> Any:
        relay.wire = wire
        return original(self, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, call, dying)
        assert refused(lambda: answer(asking), "failed: ") < LONG
    relay.wire = Wire.WHOLE
    impatient(10.0)
    assert until(lambda: answer(asking)) == expected


def test_nobody_waits_again_at_once(
    asking: Assistant, relay: Relay, impatient: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient(1.0)
    monkeypatch.setattr(engines, "_UNASKED", 1000.0)
    relay.wire = Wire.SILENT
    refused(lambda: answer(asking), "failed: DEADLINE_EXCEEDED; see that it runs")
    refused(lambda: answer(asking), "did not answer a moment ago")
    connected(relay.uri)._unasked_until = 0.0


def test_what_may_be_tried_again_is(asking: Assistant, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = connected(relay.uri)
    monkeypatch.setattr(engines, "_PAUSES", (0.0, 0.0))
    expected, asked = answer(asking), []
    search = engine._client.search

    def starting(*given: Any, **named: Any) -> Any:
        asked.append(given)
        if len(asked) < 3:
            raise engine._pymilvus.MilvusException(message="not ready yet", retriable=True)
        return search(*given, **named)

    monkeypatch.setattr(engine._client, "search", starting)
    assert answer(asking) == expected
    assert len(asked) == 3
    monkeypatch.setattr(engines, "_PAUSES", (0.0,))
    asked.clear()
    refused(lambda: answer(asking), "not ready yet")


def test_it_fails_while_an_index_is_built(
    asking: Assistant, relay: Relay, seeds: Path, tmp_path: Path, words: WordEncoder,
    impatient: Callable[[float], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    index, expected = IndexStore(tmp_path / "index", relay.uri), answer(asking)
    state = index.current()
    (seeds / "annex.txt").write_text("1. Training for police. A new law came.\n\n2. The police judge.\n", "utf-8")
    insert = Engine.insert

    def dying(self: Engine, *given: Any) -> None:
        insert(self, *given)
        relay.wire = Wire.CUT

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "insert", dying)
        impatient(2.0)
        refused(lambda: build(seeds, index, words), "failed: ")
    assert index.current() == state
    relay.wire = Wire.WHOLE
    impatient(30.0)
    assert until(lambda: answer(asking)) == expected
    build(seeds, index, words)
    assert index.current() != state
    assert [each.problem for each in index.states(contents=True)] == ["", ""]


def test_a_new_state_that_cannot_be_opened_does_not_serve(
    asking: Assistant, relay: Relay, seeds: Path, tmp_path: Path, words: WordEncoder,
    impatient: Callable[[float], None], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    live = Live(tmp_path / "index", uri=relay.uri, encoder=words)
    (seeds / "annex.txt").write_text("1. The police judge.\n", "utf-8")
    build(seeds, IndexStore(tmp_path / "index", relay.uri), words)
    before = live.now()
    relay.wire = Wire.CUT
    impatient(1.0)
    live.refresh()
    assert live.now() is before
    assert "what was read before still serves" in caplog.text
    assert asking is not before


def test_what_somebody_released_is_loaded(asking: Assistant, relay: Relay) -> None:
    expected, client = answer(asking), connected(relay.uri)._client
    for name in client.list_collections():
        client.release_collection(name)
    assert answer(asking) == expected


def test_it_is_started_anew(
    request: pytest.FixtureRequest, asking: Assistant, impatient: Callable[[float], None]
) -> None:
    expected = answer(asking)
    impatient(3.0)
    if PROCESS:
        os.kill(int(PROCESS), signal.SIGUSR1)
        seen = set()
        end = time.monotonic() + 4 * LONG
        while "refused" not in seen or "answered" not in seen:
            try:
                assert answer(asking) == expected
                seen |= {"answered"} if "refused" in seen else set()
            except EngineError:
                seen.add("refused")
            assert time.monotonic() < end
    elif not GIVEN:
        lite: Lite = request.getfixturevalue("lite")
        lite.stop()
        refused(lambda: answer(asking), "failed: ")
        lite.start()
    assert until(lambda: answer(asking)) == expected
