"""New states of an index are picked up by those who are asking, and looked after from the shell."""

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import WordEncoder

from embeddings.build import build
from embeddings.store import IndexStore
from qa import live as live_module
from qa.cli import main
from qa.live import Live


@pytest.fixture
def live(seeds: Path, tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Live:
    """An assistant that follows an index made with the encoder of words, and looks at each question."""
    build(seeds, IndexStore(tmp_path / "index"), words)
    monkeypatch.setattr(live_module, "find_model", lambda _name: words)
    monkeypatch.setattr(live_module, "load_encoder", lambda _model: words)
    monkeypatch.setattr(live_module, "_LOOK_EVERY", 0.0)
    return Live(tmp_path / "index")


def wait_for(live: Live, expected: set[str]) -> None:
    """Ask until the assistant has these documents."""
    end = time.monotonic() + 20
    while set(live.now().index.documents) != expected:
        assert time.monotonic() < end, "the new state was not picked up"
        time.sleep(0.01)


def test_a_new_state_is_picked_up(live: Live, seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    before = live.now()
    (seeds / "new.txt").write_text("1. The police and the bank.")
    build(seeds, IndexStore(tmp_path / "index"), words)
    wait_for(live, {*before.index.documents, "new"})
    assert live.now() is live.now()
    assert "new" not in before.index.documents
    assert before.retrieve("court", 1)


def test_a_damaged_state_is_not(
    live: Live, seeds: Path, tmp_path: Path, words: WordEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    store, before = IndexStore(tmp_path / "index"), live.now()
    (seeds / "new.txt").write_text("1. The police and the bank.")
    with caplog.at_level(logging.WARNING):
        build(seeds, store, words)
        for path in (store.folder / store.current()).glob("dense*"):
            path.write_bytes(b"")
        for _ in range(100):
            assert live.now() is before
            time.sleep(0.01)
    build(seeds, store, words)
    wait_for(live, {*before.index.documents, "new"})


def test_every_answer_is_of_one_state(live: Live, seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    store, wrong, stop = IndexStore(tmp_path / "index"), [], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answer = live.now().ask("the court of law", 9)
            states = {text.split()[-1] for citation in answer.citations if "state" in (text := citation.hit.text)}
            if len(states) > 1:
                wrong.append(states)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for number in range(8):
        for name in "xyz":
            (seeds / f"{name}.txt").write_text(f"1. The court of law, state{number}")
        build(seeds, store, words)
    stop.set()
    for asker in askers:
        asker.join()
    assert not wrong


def test_a_single_document_and_paragraph_are_called_so(
    tmp_path: Path, words: WordEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("1. The court froze the asset.\n", "utf-8")
    store = IndexStore(tmp_path / "index")
    build(tmp_path / "seeds", store, words)
    assert main(["index", "list", "--index", str(store.folder)]) == 0
    assert "1 document, 1 paragraph current" in capsys.readouterr().out


def test_the_index_from_the_shell(
    seeds: Path, tmp_path: Path, words: WordEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    store = IndexStore(tmp_path / "index")
    option = ["--index", str(store.folder)]
    assert main(["index", "list", *option]) == 1
    assert "no index at" in capsys.readouterr().err
    build(seeds, store, words)
    first = store.current()
    build(seeds, store, words)
    assert main(["index", "list", *option]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [first, store.current()]
    assert "3 paragraphs" in lines[0]
    assert lines[1].endswith(" current")
    assert main(["index", "verify", *option]) == 0
    assert capsys.readouterr().out.count(": whole") == 2
    assert main(["index", "rollback", *option]) == 0
    assert f"{first} counts now" in capsys.readouterr().out
    assert store.current() == first
    assert main(["index", "rollback", "nothing", *option]) == 1
    assert "qa index list" in capsys.readouterr().err
    codes = store.folder / first / "tokens-codes.npy"
    data = bytearray(codes.read_bytes())
    data[-1] ^= 1
    codes.write_bytes(data)
    assert main(["index", "verify", *option]) == 1
    assert "tokens-codes.npy' was altered" in capsys.readouterr().out
    (store.folder / "new-12345678").mkdir()
    assert main(["index", "gc", *option]) == 0
    assert "removed new-12345678" in capsys.readouterr().out


def test_watching_the_folder(seeds: Path, tmp_path: Path) -> None:
    store = IndexStore(tmp_path / "index")
    command = [sys.executable, "-m", "embeddings", "--watch", "--seeds", str(seeds), "--index", str(store.folder)]
    watcher = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert watcher.stderr is not None
        while "indexed 2 documents" not in (line := watcher.stderr.readline()):
            assert line, "it ended"
        (seeds / "new.txt").write_text("1. A new one.")
        while "indexed 3 documents" not in (line := watcher.stderr.readline()):
            assert line, "it ended"
    finally:
        watcher.kill()
        watcher.communicate()
    assert len(store.states()) == 2
