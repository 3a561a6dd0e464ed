"""Torture by the disk: it fails at every call in turn, and it is full."""

import errno
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.torture_disk import FailingDisk
from benchmarks.torture_world import (
    Progress,
    State,
    answers,
    build_state,
    built_whole,
    left_over,
    named,
    opened,
    refusal,
    state_of,
    two_generations,
    usual_entries,
    whole,
    workplace,
)
from embeddings.errors import IndexMissing

OLDER, OLD, NEW = State(1), State(2), State(3)
_ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


# ---- a failing disk


def faults(step_once: int = 1, step_for_ever: int = 1) -> dict[str, Any]:
    """Let each call that touches the index fail, once or with all after it, during a first build, a later one and
    while opening."""
    failures: list[str] = []
    counts: dict[str, int] = {}
    with workplace() as work:
        usual = usual_entries(work)
        before = two_generations(work, OLDER, OLD)
        NEW.write(work / "seeds")
        for name, trial in (
            ("first build", lambda disk: _faulty_build(work, None, disk, usual)),
            ("next build", lambda disk: _faulty_build(work, before, disk, usual)),
            ("opening", lambda disk: _faulty_opening(work, before, disk)),
        ):
            for for_ever, step in ((False, step_once), (True, step_for_ever)):
                how = f"{name}, {'for ever' if for_ever else 'once'}"
                counts[how] = _every_call(how, trial, for_ever, step, work / "index", failures)
    return {"calls": counts, "failures": failures}


def _every_call(
    how: str, trial: Callable[[FailingDisk], str | None], for_ever: bool, step: int, folder: Path, failures: list[str]
) -> int:
    """Run the trial with every `step`-th call failing until none is left to fail. Returns how many it takes."""
    progress = Progress(f"faults ({how})")
    at = 1
    while True:
        disk = FailingDisk(folder, at, _ERRORS[at % len(_ERRORS)], for_ever)
        wrong = trial(disk)
        if wrong:
            failures.append(f"{how}, call {at} ({disk.failed or 'not reached'}): {wrong}")
        if not disk.failed:
            return disk.calls
        progress(at, "?", failures)
        at += step


def _faulty_build(work: Path, before: Path | None, disk: FailingDisk, usual: int) -> str | None:
    folder = work / "index"
    shutil.rmtree(folder, ignore_errors=True)
    if before:
        shutil.copytree(before, folder)
    error: Exception | None = None
    try:
        with disk:
            build_state(NEW, work / "seeds", folder)
    except Exception as raised:  # whatever is raised here is what the trial is looking for
        error = raised
    wrong = (error and refusal(error)) or _state_left(folder, [OLD] if before else [], error)
    wrong = wrong or built_whole(NEW.next(), work / "seeds", folder)
    wrong = wrong or left_over(NEW.next(), work / "seeds", folder, usual)
    return f"{wrong} [the build said: {named(error) if error else 'done'}]" if wrong else None


def _state_left(folder: Path, before: list[State], error: Exception | None) -> str | None:
    """What is wrong with the index after a build among faults, or None: a build that succeeded has to be served."""
    try:
        found = whole(folder)
    except IndexMissing as missing:
        return None if error and not before else f"the index is lost: {missing}"
    except Exception as raised:  # whatever is raised here is what the trial is looking for
        return f"the index is lost: {named(raised)}"
    expected = [*before, NEW] if error else [NEW]
    return None if found in expected else f"serves {found}"


def _faulty_opening(work: Path, before: Path, disk: FailingDisk) -> str | None:
    folder = work / "index"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(before, folder)
    try:
        with disk:
            index = opened(folder)
            state = state_of(index)
            answers(index, state)
    except Exception as error:  # whatever is raised here is what the trial is looking for
        wrong = refusal(error)
    else:
        wrong = None if state in (OLDER, OLD) else f"serves {state}"
    return wrong or (None if whole(folder) == OLD else "opening changed the index")


# ---- a full disk


def disk(rounds: int = 3, megabytes: int = 5) -> dict[str, Any]:
    """Build ever larger states until the disk is full: the last one stays, and smaller ones can be built."""
    failures: list[str] = []
    sizes: list[int] = []
    with workplace() as work:
        mounted = _mounted(work / "disk", megabytes)
        try:
            sizes += (
                _filled(work, State(1000 * number, 32 + 13 * number), mounted, failures) for number in range(rounds)
            )
            if mounted:
                subprocess.run(["mount", "-o", "remount,size=100m", work / "disk"], check=True)
                wrong = built_whole(State(10**5, max(sizes) + 10), work / "seeds", work / "disk" / "index")
                failures += [f"on a larger disk: {wrong}"] if wrong else []
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", work / "disk"], check=True)
    return {"disk": "tmpfs" if mounted else "file size limit", "full at": sizes, "failures": failures}


def _mounted(folder: Path, megabytes: int) -> bool:
    """Mount a small disk, where the system lets us."""
    folder.mkdir()
    if not sys.platform.startswith("linux"):
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "torture", folder]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def _files_limited(limited: bool) -> Iterator[None]:
    """Where no disk can be mounted, let no file grow beyond 300 kB instead."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        if limited:
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _filled(work: Path, state: State, mounted: bool, failures: list[str]) -> int:
    """Fill the disk with ever larger states. Returns the size of the one that it had no room for."""
    folder = work / "disk" / "index"
    last = state
    with _files_limited(not mounted):
        while not (full := _too_large(state, last, work / "seeds", folder)):
            last, state = state, state.next(state.size * 2)
        # What the first attempt left must not take the room of the second, nor of a smaller build.
        again = _too_large(state, last, work / "seeds", folder)
        wrong = next((said for said in (full, again) if said != "refused"), None)
        wrong = wrong or built_whole(state.next(1), work / "seeds", folder)
    if wrong:
        failures.append(f"full at {state}: {wrong}")
        shutil.rmtree(folder)  # so that one failure is not counted again
    return state.size


def _too_large(state: State, last: State, seeds: Path, folder: Path) -> str | None:
    """None when the state could be built, "refused" when it was as it should be, otherwise what is wrong."""
    try:
        build_state(state, seeds, folder)
    except Exception as error:  # whatever is raised here is what the trial is looking for
        wrong = refusal(error)
    else:
        return None
    try:
        found = whole(folder)
    except Exception as error:  # whatever is raised here is what the trial is looking for
        return wrong or named(error)
    return wrong or ("refused" if found == last else f"serves {found}, not {last}")
