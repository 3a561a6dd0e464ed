"""How many threads a build takes: as many as it may keep busy."""

import os
from pathlib import Path

import pytest

from embeddings.cores import usable_cores


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of four cores of two threads each, seven of which the process may run on."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(7)), raising=False)
    for number in range(8):
        put(
            tmp_path,
            f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list",
            f"{number % 4},{number % 4 + 4}",
        )
    return tmp_path


def put(system: Path, name: str, text: str) -> None:
    path = system / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def test_two_threads_of_a_core_count_once(system: Path) -> None:
    assert usable_cores(system) == 4


def test_a_system_that_does_not_tell_its_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert usable_cores(tmp_path) == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores(tmp_path) == 1


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("200000 100000", 2), ("150000 100000", 2), ("5000 100000", 1), ("max 100000", 4), ("1600000 100000", 4), ("", 4)],
)
def test_a_containers_share_of_time(system: Path, limit: str, cores: int) -> None:
    put(system, "proc/self/cgroup", "0::/")
    put(system, "sys/fs/cgroup/cpu.max", limit)
    assert usable_cores(system) == cores


def test_the_least_of_all_groups_above_counts(system: Path) -> None:
    put(system, "proc/self/cgroup", "12:cpu:/x\n0::/system.slice/build.service")
    put(system, "sys/fs/cgroup/system.slice/build.service/cpu.max", "max 100000")
    put(system, "sys/fs/cgroup/system.slice/cpu.max", "300000 100000")
    assert usable_cores(system) == 3


@pytest.mark.parametrize(("quota", "cores"), [("100000", 1), ("-1", 4)])
def test_the_older_control_groups(system: Path, quota: str, cores: int) -> None:
    put(system, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", quota)
    put(system, "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000")
    assert usable_cores(system) == cores


def test_this_machine_has_some() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
