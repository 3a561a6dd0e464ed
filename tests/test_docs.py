"""What the documentation says is so."""

import re
from pathlib import Path

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_readmes_links_and_pictures_are_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    picture = ROOT / "docs" / "page.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 300_000


@pytest.mark.parametrize(
    "path", [ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md"]
)
def test_files_that_are_named_exist(path: Path) -> None:
    for name in re.findall(
        r"`((?:embeddings|qa|scripts|tests|benchmarks|docs)/[\w/.]+\.\w+)`", path.read_text("utf-8")
    ):
        assert (ROOT / name).exists(), name


def test_nothing_left_to_fill_in() -> None:
    assert "@@" not in README
