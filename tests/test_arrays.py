"""Arrays in files: those that were written, in memory or by way of a file of their own."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as extra

from embeddings import arrays

PARTS = st.lists(extra.arrays(np.int32, st.tuples(st.integers(0, 5), st.just(3))), max_size=5)


@given(PARTS, st.booleans())
def test_parts_become_one(parts: list[np.ndarray], in_a_file: bool) -> None:
    expected = np.concatenate([np.empty((0, 3), np.int32), *parts])
    with TemporaryDirectory() as folder:
        scratch, kept = Path(folder) / "scratch", Path(folder) / "kept.npy"
        whole = arrays.written(parts, expected.shape, np.int32, scratch if in_a_file else None)
        assert np.array_equal(whole, expected)
        arrays.save(kept, whole)
        assert np.array_equal(arrays.load(kept), expected)
        if in_a_file:
            assert kept.samefile(scratch)


@pytest.fixture
def mapped(tmp_path: Path) -> np.ndarray:
    """An array in a file of 8 MB, memory-mapped."""
    arrays.save(tmp_path / "rows.npy", np.arange(2_000_000, dtype=np.int32).reshape(-1, 8))
    return arrays.load(tmp_path / "rows.npy")


def test_what_the_system_is_told_changes_nothing(mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_LARGE", 0)
    rows = np.array(mapped)
    first = np.array([0, 9_000, 5_000, 9_999])
    for array in (mapped, rows):  # in memory there is nothing to be told
        pages = arrays.Pages(array)
        pages.wanted(first, first + 1)
        pages.wanted(np.array([0]), np.array([len(rows)]))
        assert np.array_equal(array, rows)


@pytest.mark.skipif(sys.platform != "linux", reason="what is held is read from /proc, which only Linux has")
def test_what_was_read_is_given_back(mapped: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_LARGE", 0)
    monkeypatch.setattr(arrays, "_HELD", 1_000_000)
    pages, before = arrays.Pages(mapped), _resident_files()
    most = 0
    for at in range(0, len(mapped), 10_000):
        some = np.arange(at, at + 10_000)
        pages.wanted(some[:1], some[-1:] + 1)
        assert int(mapped[some].sum()) == int(np.arange(at * 8, (at + 10_000) * 8, dtype=np.int64).sum())
        most = max(most, _resident_files() - before)
    assert most < 6_000  # of 8000 kB


def _resident_files() -> int:
    """Of mapped files, what this process has in memory, in kB."""
    return int(Path("/proc/self/status").read_text("ascii").split("RssFile:")[1].split()[0])


def test_a_part_of_a_file_is_copied(tmp_path: Path) -> None:
    whole = arrays.written([np.arange(10)], (10,), np.int64, tmp_path / "scratch")
    arrays.save(tmp_path / "part.npy", whole[2:5])
    assert arrays.load(tmp_path / "part.npy").tolist() == [2, 3, 4]


def test_what_has_a_name_elsewhere_is_not_written_over(tmp_path: Path) -> None:
    whole = arrays.written([np.arange(10)], (10,), np.int64, tmp_path / "scratch")
    arrays.save(tmp_path / "kept.npy", whole)
    again = arrays.written([np.arange(5)], (5,), np.int64, tmp_path / "scratch")  # as after a kill
    assert again.tolist() == list(range(5))
    assert arrays.load(tmp_path / "kept.npy").tolist() == whole.tolist() == list(range(10))


def test_another_disk_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("another disk")

    monkeypatch.setattr("os.link", refused)
    whole = arrays.written([np.arange(10)], (10,), np.int64, tmp_path / "scratch")
    arrays.save(tmp_path / "whole.npy", whole)
    assert arrays.load(tmp_path / "whole.npy").tolist() == list(range(10))
    assert not (tmp_path / "whole.npy").samefile(tmp_path / "scratch")
