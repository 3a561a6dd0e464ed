"""Arrays in files: those that were written, in memory or by way of a file of their own."""

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


def test_what_the_system_is_told_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_LARGE", 0)
    rows = np.arange(30_000, dtype=np.int32).reshape(-1, 3)
    arrays.save(tmp_path / "rows.npy", rows)
    mapped = arrays.load(tmp_path / "rows.npy")
    arrays.read_at_random(mapped)
    first = np.array([0, 9_000, 5_000, 9_999])
    arrays.will_be_read(mapped, first, first + 1)
    arrays.will_be_read(mapped, np.array([0]), np.array([len(rows)]))
    assert np.array_equal(mapped, rows)
    arrays.read_at_random(rows)  # in memory there is nothing to be told
    arrays.will_be_read(rows, first, first + 1)


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
