"""Lines that are read when they are asked for are those that were written."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.lines import Lines, Records, as_json, write_lines

LINES = st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line), max_size=20)


@given(LINES)
def test_lines_come_back(lines: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        write_lines(Path(folder) / "some.txt", lines)
        read = Lines.load(Path(folder) / "some.txt")
        assert [read[number] for number in range(len(read))] == lines


def test_files_of_two_are_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "some.txt", [b"one", b"two"])
    for starts in (np.zeros(3, np.int64), np.array([0, 4, 8], np.int32), np.array([], np.int64)):
        np.save(tmp_path / "some-starts.npy", starts)
        with pytest.raises(ValueError, match="some.txt and some-starts.npy do not belong together"):
            Lines.load(tmp_path / "some.txt")


def test_records_are_a_sequence(tmp_path: Path) -> None:
    values = [{"name": f"№ {number}\n"} for number in range(10)]
    write_lines(tmp_path / "some.jsonl", map(as_json, values))
    made: list[str] = []

    def name(fields: dict[str, str]) -> str:
        made.append(fields["name"])
        return fields["name"]

    records = Records(Lines.load(tmp_path / "some.jsonl"), name, 2)
    names = [each["name"] for each in values]
    assert made == []
    assert records[-1] == records[9] == names[9]
    assert made == [names[9]]  # read once, while it is one of those asked for last
    assert list(records) == names
    assert records[2:8:3] == names[2:8:3]
    assert records[9] == names[9]
    for number in (10, -11):
        with pytest.raises(IndexError):
            records[number]
