"""How many cores a process may keep busy: more threads than that wait for each other.

PyTorch takes the physical cores that the process may run on, and knows nothing of the share of time that a container is
given. There it starts, on a machine of 64 cores, 64 threads for the time of two.
"""

import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_SYSTEM = Path("/")


def usable_cores(system: Path = _SYSTEM) -> int:
    """Physical cores that this process may run on, and no more than its control groups grant it; at least one.

    `system`: the root of the file system, where Linux says it in `proc` and `sys`. Elsewhere what Python says.
    """
    if hasattr(os, "sched_getaffinity"):
        allowed: Iterable[int] = os.sched_getaffinity(0)
    else:  # only Linux and some others tell
        allowed = range(os.cpu_count() or 1)
    physical = len({_siblings(system, number) for number in allowed})
    return max(1, min([physical, *(math.ceil(granted) for granted in _granted(system))]))


def _siblings(system: Path, number: int) -> str:
    """The threads of the core that thread `number` belongs to, as the system writes them."""
    try:
        return (system / f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list").read_text("ascii")
    except OSError:
        return str(number)


def _granted(system: Path) -> Iterator[float]:
    """The cores' worth of time that each control group above this process allows (cgroups v2, and the root of v1)."""
    groups = system / "sys/fs/cgroup"
    try:
        lines = (system / "proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    for folder in (groups / own, *(groups / own).parents):
        if folder.is_relative_to(groups):
            yield from _share(folder / "cpu.max")
    yield from _share(groups / "cpu/cpu.cfs_quota_us", groups / "cpu/cpu.cfs_period_us")


def _share(*files: Path) -> Iterator[float]:
    """Quota by period, both in microseconds; nothing where there is no limit (`max`, -1) or no such file."""
    try:
        quota, period = (int(word) for file in files for word in file.read_text("ascii").split())
    except (OSError, ValueError):
        return
    if quota > 0 and period > 0:
        yield quota / period
