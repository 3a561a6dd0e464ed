"""Files that tell about documents, and what an index makes of them."""

from pathlib import Path

import pytest
from conftest import WordEncoder

from embeddings import documents
from embeddings.build import build, why_build
from embeddings.documents.metafile import Metadata, parsed
from embeddings.errors import DocumentError
from embeddings.store import IndexStore


def test_all_keys() -> None:
    text = 'title = "Rapport"\nsymbol = "A/1/2"\ndate = 2021-05-31\nlanguage = "fr"\nversion_of = "the report"\n'
    assert parsed(text.encode()) == Metadata("Rapport", "A/1/2", "2021-05-31", "fr", "the report")
    assert parsed(b'date = "2021-05-31"').date == "2021-05-31"
    assert parsed(b"date = 2021-05-31T10:00:00").date == "2021-05-31"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"titel = 'x'", "the key 'titel', which is none of: title, symbol, date, language, version_of"),
        (b"title = 7", "title = 7; write it as text"),
        (b"date = '31 May'", "write it as 2021-05-31"),
        (b"date = 7", "write it as 2021-05-31"),
        (b"language = 'French'", "a code such as 'fr'"),
        (b"title", "is no TOML"),
        (b"\xff", "is no TOML"),
        (b"a=" + b"[" * 100_000, "is no TOML"),
    ],
)
def test_what_it_does_not_know_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        parsed(text)


def test_it_wins_and_counts_for_the_index(tmp_path: Path, words: WordEncoder) -> None:
    seeds, store = tmp_path / "seeds", IndexStore(tmp_path / "index")
    seeds.mkdir()
    (seeds / "report.en.txt").write_text("Title\n\n1. The court met.")
    (seeds / "report.en.meta.toml").write_text('title = "Another"')
    (seeds / "gone.meta.toml").write_text('title = "Nothing"')
    report = build(seeds, store, words)
    assert [document.title for document in report.documents] == ["Another"]
    assert [(item.path, item.reason) for item in report.left_out] == [
        ("gone.meta.toml", "tells about no document here")
    ]
    assert why_build(seeds, store, words.identity) is None
    (seeds / "report.en.meta.toml").write_text('title = "A third"')
    assert why_build(seeds, store, words.identity) == "holds an older report.en.meta.toml"
    (seeds / "report.en.meta.toml").write_text("title = 3")
    with pytest.raises(DocumentError, match=r"report.en.meta.toml: has title = 3"):
        build(seeds, store, words)


def test_one_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1. Text.")
    (tmp_path / "a.meta.toml").write_text('title = "T"')
    source, note = documents.single(tmp_path / "a.txt")
    assert documents.given(tmp_path, note).title == "T"
    assert source.path == "a.txt"
    for name, why in (("b.txt", "no file at"), ("a.xyz", "no reader for '.xyz'")):
        (tmp_path / "a.xyz").write_text("x")
        with pytest.raises(DocumentError, match=why):
            documents.single(tmp_path / name)
