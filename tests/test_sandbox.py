"""Reading in a bounded process: what goes wrong there is one line, and nothing gets out."""

import json
import os
import socket
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from conftest import WordEncoder

from embeddings import documents
from embeddings.build import build
from embeddings.documents import sandbox, text
from embeddings.documents.registry import readers
from embeddings.documents.wire import packed, unpacked
from embeddings.errors import DocumentError
from embeddings.store import IndexStore
from tests.corpus import good, hostile, write

READERS = """
import os, socket, subprocess, time
from embeddings.errors import DocumentError
from embeddings.documents.extract import Extract

def read(data):
    words = data.decode().split()
    match words[0]:
        case "loop":
            while True: pass
        case "memory":
            x = bytearray(1 << 34)
        case "crash":
            os.abort()
        case "exit":
            os._exit(0)
        case "nonsense":
            os.write(1, b"{}")
            os._exit(0)
        case "connect":
            socket.create_connection(("127.0.0.1", int(words[1])))
        case "write":
            open(words[1], "w").write("x")
        case "run":
            subprocess.run(["touch", words[1]])
        case "system":
            os.system("touch " + words[1])
        case "remove":
            os.remove(words[1])
        case "environment":
            raise DocumentError(",".join(sorted(os.environ)))
        case "refuse":
            raise DocumentError("is refused: 不")
"""


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The suffix of files whose reader, from another package, does what stands in them."""
    info = tmp_path / "trap-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trap\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[paragraph_qa.readers]\n.trap = trap_reader:read\n")
    (tmp_path / "trap_reader.py").write_text(READERS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return ".trap"


def test_a_reader_of_another_package(trap: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="^is refused: 不$"):
        sandbox.extract(trap, b"refuse")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    readers.cache_clear()
    assert readers()[trap] == EntryPoint(trap, "trap_reader:read", "paragraph_qa.readers")
    readers.cache_clear()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("memory", "too much memory"),
        ("crash", "or its reader failed"),
        ("exit", "its reader returned no extract"),
        ("nonsense", "its reader returned no extract"),
    ],
)
def test_what_goes_wrong_is_one_line(trap: str, words: str, why: str) -> None:
    with pytest.raises(DocumentError, match=why) as caught:
        sandbox.extract(trap, words.encode())
    assert "\n" not in str(caught.value)


def test_time_is_bounded(trap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_WAIT", 2)
    with pytest.raises(DocumentError, match="takes more than 2 s to read"):
        sandbox.extract(trap, b"loop")


@pytest.mark.parametrize("deed", ["write", "run", "system", "remove"])
def test_nothing_is_changed_on_this_machine(trap: str, tmp_path: Path, deed: str) -> None:
    target = tmp_path / "target"
    if deed == "remove":
        target.write_text("x")
    with pytest.raises(DocumentError, match="a reader must not"):
        sandbox.extract(trap, f"{deed} {target}".encode())
    assert target.exists() == (deed == "remove")


def test_nothing_is_sent(trap: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        with pytest.raises(DocumentError, match="a reader must not: socket"):
            sandbox.extract(trap, f"connect {listener.getsockname()[1]}".encode())
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_reader_knows_no_secrets(trap: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "secret")
    with pytest.raises(DocumentError) as caught:
        sandbox.extract(trap, b"environment")
    assert "SOME_KEY" not in str(caught.value)


def test_an_extract_on_its_way() -> None:
    extract = text.read("Title\n\n1. One (a).\n\n(a) 二\n".encode())
    assert unpacked(packed(extract)) == extract


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("text", "short"), ("text", "\ud800" * 99), ("text", 7), ("blocks", [1]), ("blocks", None), ("about", []),
        ("places", [[0]]),
    ],
)  # fmt: skip
def test_an_extract_that_does_not_hold_together(where: str, value: object) -> None:
    fields = json.loads(packed(text.read(b"Title\n\n1. One is here.\n")))
    with pytest.raises(ValueError, match="no extract"):
        unpacked(json.dumps({**fields, where: value}).encode())


def test_a_folder_with_hostile_files_is_built(tmp_path: Path, words: WordEncoder) -> None:
    seeds = tmp_path / "seeds"
    write(seeds, good)
    write(seeds, hostile)
    os.mkfifo(seeds / "pipe.txt")
    (seeds / "link.txt").symlink_to("/etc/hostname")
    (seeds / "folder.pdf").mkdir()
    report = build(seeds, IndexStore(tmp_path / "index"), words)
    assert [document.source.path for document in report.documents] == sorted(good())
    refused = dict(line.split(": ", 1) for line in report.refused)
    assert sorted(refused) == sorted(hostile())
    assert not any("\n" in line or "/etc" in line for line in report.refused)
    assert refused["encrypted.pdf"].startswith("is encrypted")
    assert "too long" in refused["bomb.docx"]
    assert "unpacks to more than" in refused["bomb.epub"]
    assert [item.path for item in report.left_out] == ["link.txt", "pipe.txt"]


def test_names_that_steer_a_terminal_do_not(
    tmp_path: Path, words: WordEncoder, capfd: pytest.CaptureFixture[str]
) -> None:
    from embeddings.__main__ import _print_report

    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "good.txt").write_text("1. The court met.")
    (seeds / "b\x1b[31m\u202e.txt").write_bytes(b"\xff\x00")
    report = build(seeds, IndexStore(tmp_path / "index"), words)
    _print_report(report, tmp_path)
    printed = capfd.readouterr().err
    assert "refused: b[31m.txt: " in printed
    assert "indexed 1 document, 1 paragraph (en 1)" in printed
    assert printed.count("\n") == 2


def test_an_extract_is_read_as_a_build_reads_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1. Text.")
    source, _ = documents.single(tmp_path / "a.txt")
    assert documents.read(tmp_path, source) == text.read(b"1. Text.")
