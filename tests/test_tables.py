"""The tables of benchmarks/README.md are what the stored results give."""

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import tables


def test_the_tables_are_those_of_the_results() -> None:
    text = tables.README.read_text("utf-8")
    assert tables.filled(text, tables.FOLDER / "results") == text, "run: python -m benchmarks.tables"


def test_another_result_is_another_table(tmp_path: Path) -> None:
    shutil.copytree(tables.FOLDER / "results", tmp_path / "results")
    page = json.loads((tmp_path / "results" / "page.json").read_text("utf-8"))
    page["usable"] = {"median": 98_700, "p95": 98_700, "max": 98_700}
    (tmp_path / "results" / "page.json").write_text(json.dumps(page), "utf-8")
    text = tables.README.read_text("utf-8")
    assert "98.70 s" not in text
    assert "98.70 s" in tables.filled(text, tmp_path / "results")


def test_a_table_without_a_place_is_told() -> None:
    with pytest.raises(ValueError, match="no place for the table 'quality'"):
        tables.filled("nothing", tables.FOLDER / "results")
