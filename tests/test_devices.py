"""Where a build runs its model: the same vectors everywhere, and no process left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import SEEDS

from embeddings.__main__ import main
from embeddings.building_encoder import building_encoder
from embeddings.device_pool import PooledEncoder, PoolRuntime, pooled_encoder
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.store import IndexStore
from embeddings.types import TextEncoding

TEXTS = [
    "来历不明财富令。",
    "A passage about the recovery of assets, and training. " * 9,
    "a",
    "The speaker described asset recovery in paragraph 17. " * 120,
    *(f"Paragraph {number}: the Conference decided on training. " * (1 + number % 5) for number in range(60)),
]
PATIENCE = 120.0
"""Seconds in which anything here has to happen."""


@pytest.fixture(scope="module")
def one(model: Model) -> ModelEncoder:
    return load_encoder(model, many=True, device="cpu")


@pytest.fixture(scope="module")
def pool(model: Model) -> Iterator[PooledEncoder]:
    with pooled_encoder(model, ["cpu", "cpu"]) as encoder:
        yield encoder
    assert multiprocessing.active_children() == []


def same(found: list[TextEncoding], expected: list[TextEncoding]) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.vector == pytest.approx(theirs.vector, abs=1e-5)
        assert ours.tokens == pytest.approx(theirs.tokens, abs=1e-4)  # these are not of unit length
        assert np.array_equal(ours.spans, theirs.spans)


def test_two_processes_give_the_vectors_of_one(pool: PooledEncoder, one: ModelEncoder) -> None:
    expected = one.encode_passages(TEXTS)
    same(pool.encode_passages(TEXTS), expected)
    found = [encoding for step in pool.encode_steps([TEXTS[:3], TEXTS[3:40], TEXTS[40:]]) for encoding in step]
    same(found, expected)
    assert list(pool.encode_steps([])) == []
    assert pool.encode_passages([]) == []


def test_the_threads_are_shared_out(model: Model, one: ModelEncoder, pool: PooledEncoder) -> None:  # noqa: ARG001
    import torch

    threads = torch.get_num_threads()
    for devices, each in ((["cpu"] * 2, threads // 2), (["cpu"] * 2 * threads, 1)):
        assert PoolRuntime(model, devices).model.threads == max(1, each)


@pytest.mark.parametrize("name", ["tpu9", "cuda:99", "meta", "cpu:x"])
def test_a_device_that_is_not_there(model: Model, name: str) -> None:
    for devices in ([name], ["cpu", name]):
        with (
            pytest.raises(EncoderError, match=f"no device '{name}' on this machine .*; it has cpu"),
            building_encoder(model, devices),
        ):
            pass


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--device", "cpu,,cpu"], ["--device", ""], ["--device", "cpu", "--ray", "local"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
    assert "cpu,cpu" in capsys.readouterr().err


def test_the_command_says_that_there_is_no_such_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--device", "cpu,tpu9", "--seeds", str(SEEDS), "--index", str(tmp_path / "index")]) == 1
    assert "error: no device 'tpu9' on this machine" in capsys.readouterr().err
    assert not (tmp_path / "index" / "CURRENT").exists()


# What becomes of the processes.


def test_a_batch_that_fails_there_fails_here(pool: PooledEncoder, one: ModelEncoder) -> None:
    unknown = np.full((1, 4), 10**9)
    with pytest.raises(EncoderError, match="encoding on cpu,cpu failed .*other devices"):
        list(pool._passages.runtime.forward_all([(unknown, np.ones_like(unknown))]))
    same(pool.encode_passages(TEXTS[:1]), one.encode_passages(TEXTS[:1]))


def test_processes_that_are_killed_are_no_reason_to_wait(model: Model) -> None:
    before = set(multiprocessing.active_children())
    with pooled_encoder(model, ["cpu"]) as encoder:
        encoder.encode_passages(TEXTS[:1])
        (only,) = set(multiprocessing.active_children()) - before
        only.kill()
        with pytest.raises(EncoderError, match="died unexpectedly"):
            list(encoder.encode_steps([TEXTS, TEXTS]))
    with pytest.raises(EncoderError, match="processes have ended"):
        encoder.encode_passages(TEXTS[:1])
    assert set(multiprocessing.active_children()) == before


@pytest.fixture
def long_seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    paragraphs = (f"{n + 1}. Decision {n}: {'the Conference met and decided. ' * 10}" for n in range(1000))
    (folder / "long.txt").write_text("\n\n".join(paragraphs))
    return folder


def building(seeds: Path, index: Path) -> subprocess.Popen[str]:
    """A build on two processes, in a process group of its own, that has encoded something already."""
    command = [
        sys.executable,
        "-m",
        "qa.cli",
        "build",
        "--device",
        "cpu,cpu",
        "--seeds",
        str(seeds),
        "--index",
        str(index),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, process_group=0)
    until = time.monotonic() + PATIENCE
    log = index / "partial" / "log"
    while not (log.exists() and log.stat().st_size):
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.05)
    return process


def left(group: int) -> list[str]:
    """The processes of a group, but for those that have ended and are only listed."""
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def gone(group: int) -> bool:
    """Whether no process of the group is left, within some time."""
    until = time.monotonic() + PATIENCE
    while left(group):
        if time.monotonic() > until:
            os.killpg(group, signal.SIGKILL)
            return False
        time.sleep(0.05)
    return True


def test_ctrl_c_ends_all_of_them_and_loses_nothing(long_seeds: Path, tmp_path: Path) -> None:
    store = IndexStore(tmp_path / "index")
    process = building(long_seeds, store.folder)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "leaked" not in said
    assert gone(process.pid)
    assert (store.partial / "log").read_bytes()


def test_they_end_with_the_one_that_started_them(long_seeds: Path, tmp_path: Path) -> None:
    process = building(long_seeds, tmp_path / "index")
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert gone(process.pid)
