"""What the documentation says is so."""

import json
import re
from pathlib import Path

import pytest
from conftest import ROOT

from scripts import command_reference
from scripts.inspect_corpus import outputs

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


def test_what_inspect_prints_is_as_the_documentation_has_it() -> None:
    """`python -m scripts.inspect_corpus` writes these files; look at what changed before committing them."""
    folder = ROOT / "docs" / "inspect"
    printed = dict(outputs())
    assert sorted(printed) == sorted(path.name for path in folder.iterdir())
    for name, text in printed.items():
        assert (folder / name).read_text("utf-8") == text, name


@pytest.mark.parametrize("passages", [10_000, 100_000, 1_000_000])
def test_sizes_are_those_that_were_measured(passages: int) -> None:
    stored = json.loads((ROOT / "benchmarks" / "results" / "growth.json").read_text("utf-8"))[f"{passages} passages"]
    built, warm, memory = stored["built"], stored["warm"], stored["warm"]["resident, MB"]
    row = (
        f"| {passages:_} | {built['bytes a passage']['all'] * passages / 1e9:.1f} GB "
        f"| {memory['own'] / 1000:.1f} GB, {memory['all'] / 1000:.1f} GB "
        f"| {built['resident while building, MB'] / 1000:.1f} GB "
        f"| {warm['answer']['median, ms']:.0f} ms, {stored['cold']['first question, ms'] / 1000:.1f} s |"
    )
    assert row.replace("_", " ") in (ROOT / "docs" / "operating.md").read_text("utf-8")


def test_the_help_of_every_command_is_in_the_documentation() -> None:
    """`python -m scripts.command_reference` writes it."""
    assert command_reference.PAGE.read_text("utf-8") == command_reference.page()


def test_the_first_page_leads_to_every_other() -> None:
    folder = ROOT / "docs"
    linked = set(re.findall(r"\]\((\w[\w-]*\.md)\)", (folder / "index.md").read_text("utf-8")))
    assert linked == {path.name for path in folder.glob("*.md")} - {"index.md"}


def test_nothing_left_to_fill_in() -> None:
    assert "@@" not in README
