"""`qa inspect`, and what `qa build` reports and returns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SEED, SEEDS

from qa.cli import main
from tests.corpus import as_docx, as_pdf, declaration


def test_a_file_as_it_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(SEEDS / f"{SEED}.txt")]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[1:6] == [
        "  title:    增编",
        "  symbol:   unknown",
        "  date:     unknown",
        "  language: zh",
        "  holds:    14 paragraphs, 3604 characters",
    ]
    assert "## 六. 技术援助" in lines
    assert "  #7          para. 7 · zh [2036, 2103) lines 130-132" in lines
    assert lines[-2] == "left out: nothing"


def test_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Title\n\nA/1/2\n\nArticle 5\n\n1. One\u200b thing.\n\n- 3 -\n")
    assert main(["inspect", "--json", str(tmp_path / "a.txt")]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["symbol"] == "A/1/2"
    assert [heading["text"] for heading in shown["headings"]] == ["Title", "Article 5"]
    (passage,) = shown["passages"]
    assert (passage["passage_id"], passage["article"], passage["paragraph"]) == ("a#art5.1", "5", "1")
    assert (passage["text"], passage["places"]) == ("One thing.", [])
    assert shown["left_out"] == ["page numbers: 1 line", "invisible characters: 1"]


def test_places_in_files_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.docx").write_bytes(as_docx(declaration("fr")[:4]))
    (tmp_path / "a.pdf").write_bytes(as_pdf(declaration("es")[:4]))
    found = {}
    for suffix in ("docx", "pdf"):
        assert main(["inspect", "--json", str(tmp_path / f"a.{suffix}")]) == 0
        passages = json.loads(capsys.readouterr().out)["passages"]
        found[suffix] = next(passage["places"] for passage in passages if passage["passage_id"] == "a#art1")
    assert found["docx"] == [{"part": "", "block": 14}]
    assert [place["page"] for place in found["pdf"]] == [1, 1]
    left, top, right, bottom = found["pdf"][0]["box"]
    assert 71 < left < 74 < right < 595
    assert 0 < top < bottom < 842


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "a.txt: holds no text"),
        ("a.txt", b"Heading\n", "a.txt: holds headings only"),
        ("a.docx", b"x", "a.docx: is no DOCX"),
        ("a.xyz", b"x", "a.xyz: no reader for '.xyz'"),
        ("", b"", "is a folder; name a file in it"),
    ],
)
def test_what_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, data: bytes, why: str
) -> None:
    if name:
        (tmp_path / name).write_bytes(data)
    assert main(["inspect", str(tmp_path / name)]) == 1
    assert why in capsys.readouterr().err


def test_a_reader_that_has_had_enough() -> None:
    command = f"{sys.executable} -m qa.cli inspect --json {SEEDS / SEED}.txt | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (len(done.stdout), done.stderr) == (10, "")


def test_a_build_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "en.txt").write_text("A/1/2\n\n1. The court met in the city.\n\n- 1 -\n")
    (seeds / "ru.txt").write_text("A/1/2\n\n1. Суд собрался в городе.\n")
    (seeds / "bad.docx").write_bytes(b"x")
    (seeds / "other.xyz").write_bytes(b"x")
    command = ["build", "--seeds", str(seeds), "--index", str(tmp_path / "index")]
    assert main(command) == 1
    printed = capsys.readouterr().err.split("\n")
    assert printed[0].startswith("left out: other.xyz: no reader for '.xyz'")
    assert printed[1] == "not part of the text: en.txt: page numbers: 1 line"
    assert printed[2].startswith("refused: bad.docx: is no DOCX")
    assert printed[3] == f"indexed 2 documents, 2 paragraphs (en 1, ru 1) into {tmp_path / 'index'}; 1 file refused"
    assert main([*command, "--keep-going"]) == 0
