"""An index can't be lost: `benchmarks/torture.py`, shortened."""

import pytest

from benchmarks.torture import quick_trials


@pytest.mark.parametrize("name", quick_trials())
def test_the_index_survives(name: str) -> None:
    assert quick_trials()[name]()["failures"] == []
