"""A cold command loads what it needs and no more: what is loaded for nothing is waited for at every question."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SEEDS

from embeddings.cache import cache_folder
from qa.assistant import Assistant

LOADED = """
import sys
from qa.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
HEAVY = {
    *("gradio", "fastapi", "uvicorn", "httpx", "pydantic", "mcp"),
    *("qa.web", "qa.citation_commands", "qa.feedback_commands"),
    *("torch", "transformers", "sentence_transformers", "huggingface_hub", "mteb", "ir_measures"),
    *("scipy", "sklearn", "pandas", "matplotlib", "docx", "lxml", "pypdfium2"),
}


def loaded(*arguments: str) -> set[str]:
    """The modules that a process has loaded which ran the command."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("question", ["which countries use unexplained-wealth orders?", "来历不明财富令"])
def test_asking_loads_nothing_that_it_does_not_need(seed_index: Path, question: str) -> None:
    modules = loaded("ask", "--index", str(seed_index), "--seeds", str(SEEDS), question)
    assert {"onnxruntime", "faiss"} <= modules
    assert not HEAVY & modules


def test_asking_leaves_nothing_behind(
    seed_index: Path, assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant.ask("training")  # so that the model is prepared
    monkeypatch.setenv("QA_CACHE", str(cache_folder()))
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    # A library that tells its makers of its use keeps for later what it cannot send, and a number for this machine.
    assert "onnxruntime" in loaded("ask", "--index", str(seed_index), "--seeds", str(SEEDS), "training")
    assert not list(tmp_path.rglob("*"))


def test_help_loads_next_to_nothing() -> None:
    assert not (HEAVY | {"numpy", "onnxruntime", "faiss", "tokenizers", "babel", "opencc"}) & loaded("--help")


@pytest.mark.parametrize(
    "command",
    [
        "build",
        "ask",
        "replay",
        "references",
        "verify",
        "cite",
        "index",
        "feedback",
        "inspect",
        "eval",
        "models",
        "serve",
        "key",
        "mcp",
    ],
)
def test_help_of_every_command_is_there(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", command, "--help"], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.startswith(f"usage: qa {command} ")
