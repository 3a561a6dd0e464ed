"""Figures for Prometheus: what they count, and that they say nothing of who asked what."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from conftest import ROOT, SEEDS
from live import WITHIN, ask, free_port, opened, running

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa.assistant import Assistant
from qa.errors import ServeError
from qa.live import Live
from qa.web.events import Fault, QuestionAsked, QuestionEnded, RequestEnded, heard_by
from qa.web.faults import report_fault
from qa.web.metrics import Metrics
from qa.web.settings import Settings

LIST = "which countries use unexplained-wealth orders?"


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def metrics(assistant: Assistant) -> Metrics:
    return Metrics(assistant, lambda: 3)


def test_everything_is_there_before_anything_happens(metrics: Metrics) -> None:
    for purpose in ("answer", "search"):
        for outcome in ("answered", "absent", "refused", "failed", "left"):
            assert value(metrics, "qa_questions_total", purpose=purpose, outcome=outcome) == 0
    assert value(metrics, "qa_faults_total") == 0
    assert value(metrics, "qa_questions_answering") == 0
    assert value(metrics, "qa_questions_waiting") == 3
    assert value(metrics, "process_resident_memory_bytes")


def test_what_happens_is_counted(metrics: Metrics) -> None:
    for status in (200, 200, 404):
        metrics(RequestEnded("GET", "/api/about", "read", status, 0.1, "192.0.2.1"))
    metrics(QuestionAsked("canary"))
    assert value(metrics, "qa_questions_answering") == 1
    metrics(QuestionEnded("answered", 0.25, {"encode": 0.02}))
    for _ in range(2):
        metrics(QuestionAsked("canary"))
    metrics(QuestionEnded("failed", 9.0, {"encode": 9.0}))
    metrics(QuestionEnded("answered", 0.125, {"encode": 0.01}, "search"))
    metrics(Fault())
    assert value(metrics, "qa_requests_total", use="read", status="200") == 2
    assert value(metrics, "qa_requests_total", use="read", status="404") == 1
    assert value(metrics, "qa_questions_total", purpose="answer", outcome="answered") == 1
    assert value(metrics, "qa_questions_total", purpose="answer", outcome="failed") == 1
    assert value(metrics, "qa_questions_total", purpose="search", outcome="answered") == 1
    assert value(metrics, "qa_questions_answering") == 0
    assert value(metrics, "qa_answer_seconds_sum", purpose="answer") == 0.25  # of what was answered
    assert value(metrics, "qa_answer_seconds_sum", purpose="search") == 0.125
    assert value(metrics, "qa_answer_part_seconds_sum", part="encode") == 0.03
    assert value(metrics, "qa_faults_total") == 1


def test_faults_are_counted_where_they_are_reported(metrics: Metrics) -> None:
    with heard_by(metrics):
        report_fault("a thing")
    report_fault("another, when nobody listens any more")
    assert value(metrics, "qa_faults_total") == 1


def test_the_index_that_is_told_of_is_the_one_that_answers(
    seed_index: Path, encoder: ModelEncoder, tmp_path: Path
) -> None:
    shutil.copytree(seed_index, tmp_path / "index")
    shutil.copytree(SEEDS, tmp_path / "seeds")
    live = Live(tmp_path / "index", encoder=encoder)
    metrics = Metrics(live, lambda: 0)
    store = IndexStore(tmp_path / "index")
    assert value(metrics, "qa_index_info", generation=store.current()) == 1
    assert value(metrics, "qa_index_passages") == 14
    first = value(metrics, "qa_index_built_timestamp_seconds")
    (tmp_path / "seeds" / "new.txt").write_text("1. The penguins of Antarctica are counted each year.\n")
    build(tmp_path / "seeds", store, encoder)
    live.refresh()
    assert value(metrics, "qa_index_info", generation=store.current()) == 1
    assert value(metrics, "qa_index_documents") == 2
    second = value(metrics, "qa_index_built_timestamp_seconds")
    assert first
    assert second
    assert second > first


def test_of_an_index_that_is_in_no_folder_its_age_is_not_told(metrics: Metrics) -> None:
    assert value(metrics, "qa_index_passages") == 14
    assert value(metrics, "qa_index_built_timestamp_seconds") is None


def test_a_port_that_is_taken(metrics: Metrics) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match="--metrics-port N"), metrics.served("127.0.0.1", port):
            pass


@pytest.mark.parametrize("port", [7860, -1, 65536])
def test_ports_that_cannot_be_meant(port: int) -> None:
    with pytest.raises(ServeError, match="another one from 1 to 65535"):
        Settings(metrics_port=port)


def test_figures_of_a_server(seed_index: Path, tmp_path: Path) -> None:
    port = free_port()
    at = f"http://127.0.0.1:{port}/metrics"
    for served in running(SEEDS, seed_index, tmp_path / "log", "--no-build", "--metrics-port", str(port)):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client:
            ask(client, LIST)
            ask(client, "who won the football world cup of canaries?")
            for name in ("search", "ask"):
                client.post(f"/api/v1/{name}", json={"question": "canaries"})
                client.post(f"/api/v1/{name}", json={"question": "canaries", "languages": ["fr"]})
                client.post(f"/api/v1/{name}", json={"question": "canaries", "top_k": 0})
            opened(served).predict("canaries", api_name="/search")
            client.get("/canary")
            client.get("/api/about?q=canary")
            for path in ("/metrics", "/healthz"):
                client.get(path)
            visitor = client.cookies["qa-visitor"]
        assert httpx.get(f"{served.url}/metrics").status_code == 404  # not on the page's port
        said = httpx.get(at).text
    assert 'qa_questions_total{outcome="answered",purpose="answer"} 1.0' in said
    assert 'qa_questions_total{outcome="absent",purpose="answer"} 2.0' in said
    assert 'qa_questions_total{outcome="refused",purpose="answer"} 1.0' in said
    assert 'qa_questions_total{outcome="answered",purpose="search"} 2.0' in said
    assert 'qa_questions_total{outcome="refused",purpose="search"} 1.0' in said
    assert 'qa_requests_total{status="404",use=""} 3.0' in said
    assert re.search(r'qa_requests_total\{status="200",use="read"\} [1-9]', said)
    assert re.search(r'qa_requests_total\{status="200",use="chat"\} [1-9]', said)
    assert re.search(r'qa_answer_part_seconds_count\{part="encode"\} 5\.0', said)
    assert "qa_index_passages 14.0" in said
    assert f'qa_index_info{{generation="{IndexStore(seed_index).current()}"}} 1.0' in said
    for secret in ("canary", "canaries", "unexplained", "127.0.0.1", visitor):
        assert secret not in said
    with pytest.raises(httpx.ConnectError):
        httpx.get(at)


def test_a_server_does_not_start_where_its_figures_cannot_be_had(seed_index: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [
            *(sys.executable, "app.py", "--no-build", "--index", str(seed_index), "--seeds", str(SEEDS)),
            *("--port", str(free_port()), "--data", str(tmp_path / "data")),
            *("--metrics-port", str(taken.getsockname()[1])),
        ]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert ended.returncode == 1
    assert "--metrics-port N" in ended.stderr
    assert "Traceback" not in ended.stderr
