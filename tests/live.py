"""The page as it is served: a process of its own, asked over HTTP."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import ROOT
from gradio_client import Client

WITHIN = 60.0
"""How many seconds the busiest machine may take. Speed is measured in benchmarks/, not here."""


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def peak_memory(self) -> int:
        """The most memory it has used so far, in bytes; 0 where the system does not say."""
        status = Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found[1]) * 1024 if found else 0


def opened(served: Served, **headers: str) -> Client:
    """The framework's client for programs."""
    with pytest.MonkeyPatch.context() as patch:  # else it tells its makers of each one that is made
        patch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
        return Client(served.url, verbose=False, analytics_enabled=False, download_files=False, headers=headers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def running(
    seeds: Path,
    index: Path,
    log: Path,
    *arguments: str,
    program: str = "app.py",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """`python app.py`, or another `program` like it, on a port of its own, its data beside the log; stopped as a
    service manager stops it."""
    port = free_port()
    served_at = ("--port", str(port), "--seeds", str(seeds), "--index", str(index), "--data", str(log.parent / "data"))
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, program, *served_at, *arguments],
            cwd=ROOT,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
        )
        try:
            deadline = time.monotonic() + 120
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=2):
                        break
                except urllib.error.HTTPError:  # it serves, though not everybody
                    break
                except OSError:
                    time.sleep(0.2)
            assert process.poll() is None, log.read_text()
            yield Served(f"http://127.0.0.1:{port}", process, log)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=WITHIN) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


def serving(seeds: Path, index: Path, log: Path, *arguments: str, program: str = "app.py") -> Iterator[str]:
    """The address of `running`."""
    for served in running(seeds, index, log, *arguments, program=program):
        yield served.url


def configuration(client: httpx.Client) -> dict[str, Any]:
    """What the chat's framework tells the browser in the page."""
    text = client.get("/").text
    start = text.index("{", text.index("window.gradio_config"))
    found: dict[str, Any] = json.JSONDecoder().raw_decode(text, start)[0]
    return found


def asking_function(client: httpx.Client) -> int:
    """The number of the function that answers."""
    return next(
        each["id"] for each in configuration(client)["dependencies"] if each["queue"] and each["types"]["generator"]
    )


def request_of(question: str, conversation: str = "[]") -> str:
    """What the page's program writes into its box to ask a question."""
    return json.dumps({"id": "1", "conversation": conversation, "question": question})


def join(client: httpx.Client, function: int, data: list[Any], session: str) -> httpx.Response:
    """Put a call into the chat's queue."""
    body = {"fn_index": function, "data": data, "session_hash": session, "event_data": None, "trigger_id": None}
    return client.post("/gradio_api/queue/join", json=body)


def events(client: httpx.Client, session: str) -> list[dict[str, Any]]:
    """What the queue says to a session until it ends the stream."""
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}, timeout=WITHIN) as stream:
        return [json.loads(line.removeprefix("data: ")) for line in stream.iter_lines() if line.startswith("data: ")]


def ask(client: httpx.Client, question: str, session: str = "session1") -> str:
    """Ask a question; returns everything that came back, as one text."""
    joined = join(client, asking_function(client), [request_of(question)], session)
    assert joined.status_code == 200, joined.text
    found = events(client, session)
    assert any(each["msg"] == "process_completed" and each["success"] for each in found), found
    return json.dumps(found, ensure_ascii=False)
