"""What is made once on a machine: hashed once, not again while its files rest, and again when anything is different."""

import os
import shutil
from pathlib import Path

import pytest

from embeddings import cache, stamps
from embeddings.cache import made_once

HOUR = 3_600_000_000_000


class Kept:
    """A folder in a cache of its own, and how often files were hashed and the folder made."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.made = 0
        self.hashed: list[str] = []
        real = cache._sha256

        def counting(path: Path) -> str:
            self.hashed.append(path.name)
            return real(path)

        patch.setattr(cache, "_sha256", counting)
        patch.setattr(stamps, "_SETTLED", -HOUR)  # as if the files had been there for long

    def folder(self) -> Path:
        def make(folder: Path) -> None:
            self.made += 1
            (folder / "weights").write_bytes(b"right")

        self.hashed.clear()
        return made_once("model", {"source": "s"}, make, self.home)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(tmp_path, monkeypatch)


def rested(kept: Kept) -> Path:
    """The folder, made, hashed and stamped."""
    kept.folder()
    return kept.folder()


def test_hashed_once_and_not_again(kept: Kept) -> None:
    kept.folder()
    assert kept.hashed == ["weights"]  # for the manifest
    kept.folder()
    assert kept.hashed == ["weights"]
    kept.folder()
    assert (kept.hashed, kept.made) == ([], 1)


def test_other_content_of_the_same_size_is_detected(kept: Kept) -> None:
    folder = rested(kept)
    (folder / "weights").write_bytes(b"wrong")
    assert (kept.folder() / "weights").read_bytes() == b"right"
    assert kept.made == 2


def test_also_where_the_time_of_its_content_was_set_back(kept: Kept) -> None:
    weights = rested(kept) / "weights"
    before = weights.stat()
    weights.write_bytes(b"wrong")
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (kept.folder() / "weights").read_bytes() == b"right"


def test_a_stamp_counts_for_no_other_file(kept: Kept) -> None:
    folder = rested(kept)
    other = folder.with_name("other")
    shutil.copytree(folder, other)
    shutil.rmtree(folder)
    other.rename(folder)
    assert kept.folder() == folder
    assert (kept.hashed, kept.made) == (["weights"], 1)


def test_a_stamp_counts_for_no_other_manifest(kept: Kept) -> None:
    manifest = rested(kept) / cache.MANIFEST
    manifest.write_text(manifest.read_text("utf-8").replace('"s"', '"t"'), "utf-8")
    kept.folder()
    assert kept.hashed == ["weights"]


@pytest.mark.parametrize("content", ["", "[]", "{", "\0", '{"files": 1}'])
def test_a_damaged_stamp_is_none(kept: Kept, content: str) -> None:
    stamp = rested(kept).with_name("model.stamp")
    stamp.write_text(content, "utf-8")
    kept.folder()
    assert (kept.hashed, kept.made) == (["weights"], 1)
    kept.folder()
    assert kept.hashed == []


def test_a_missing_file_is_missed(kept: Kept) -> None:
    (rested(kept) / "weights").unlink()
    assert (kept.folder() / "weights").read_bytes() == b"right"


def test_files_just_written_get_no_stamp(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second write within one tick of the file system's clock would not show."""
    monkeypatch.setattr(stamps, "_SETTLED", HOUR)
    assert not rested(kept).with_name("model.stamp").exists()
    kept.folder()
    assert kept.hashed == ["weights"]


def test_a_cache_that_cannot_be_written_to_serves_all_the_same(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = kept.folder()

    def refuse(**_: object) -> tuple[int, str]:
        raise PermissionError("read-only")

    monkeypatch.setattr(cache.tempfile, "mkstemp", refuse)
    for _ in range(2):
        assert kept.folder() == folder
        assert kept.hashed == ["weights"]
    assert kept.made == 1
