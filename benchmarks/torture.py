"""Proves that an index can't be lost: builders are killed, disks fail and fill up, files are damaged.

    python -m benchmarks.torture [--only TRIAL] [--kills 300] [--flips 1000] [--rebuilds 50] [--readers 8] [--out FILE]

Six trials, which use the program as anybody would, by `build`, `IndexStore` and `Assistant`:

kills    a builder is killed at a random moment; the last state it acknowledged, or the one it had begun, is there
faults   each call to the disk in turn fails, once or for ever, while building and while opening
damage   files are altered, cut, deleted and swapped; they are refused by name, or the state before is served
disk     a disk of 5 MB fills up; the last state stays, and smaller ones can be built
readers  others open, hold and ask during rebuilds; each answer is of one state, and nobody goes back
writers  two builders at once; one wins, the other waits or is refused within a second

Each trial lists its failures; the exit status is 1 when there are any. A trial's random choices are the same each
time; when a kill comes is also up to the machine. All of it takes about nine minutes on two cores.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.report import provenance, report
from benchmarks.torture_damage import damage
from benchmarks.torture_faults import disk, faults
from benchmarks.torture_processes import kills, readers
from benchmarks.torture_writers import writers

Trial = Callable[[], dict[str, Any]]
"""Counts, and `failures`, empty when it is passed."""


def trials(arguments: argparse.Namespace) -> Mapping[str, Trial]:
    """The trials at their full length."""
    return {
        "kills": partial(kills, arguments.kills),
        "faults": faults,
        "damage": partial(damage, arguments.flips),
        "disk": disk,
        "readers": partial(readers, arguments.readers, arguments.rebuilds),
        "writers": partial(writers, arguments.rounds),
    }


def quick_trials() -> Mapping[str, Trial]:
    """The trials shortened to seconds each, for the tests."""
    return {
        "kills": partial(kills, 8),
        "faults": partial(faults, step_once=13, step_for_ever=29),
        "damage": partial(damage, 60),
        "disk": partial(disk, 1),
        "readers": partial(readers, 3, 8),
        "writers": partial(writers, 1),
    }


def main() -> int:
    """Run the trials, print their results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=quick_trials(), help="a trial; may be repeated")
    for name, count in (("kills", 300), ("flips", 1000), ("rebuilds", 50), ("readers", 8), ("rounds", 5)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    result: dict[str, Any] = dict(provenance())
    failed = 0
    for name, trial in trials(arguments).items():
        if arguments.only and name not in arguments.only:
            continue
        start = time.monotonic()
        result[name] = trial()
        result[name]["seconds"] = round(time.monotonic() - start, 1)
        failures = len(result[name]["failures"])
        failed += failures
        print(f"{name}: {failures} failures, {result[name]['seconds']} s", file=sys.stderr, flush=True)
    report(result, arguments.out)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
