"""Torture by files: the disk fails at every call in turn, files are damaged, the disk is full."""

import errno
import random
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.torture_disk import FailingDisk
from benchmarks.torture_world import (
    Answers,
    Progress,
    State,
    Wrong,
    answers,
    build_state,
    built_whole,
    entries,
    named,
    opened,
    refusal,
    same_answers,
    state_of,
    usual_entries,
    whole,
    workplace,
)
from embeddings.errors import EmbeddingsError, IndexMissing

OLDER, OLD, NEW = State(1), State(2), State(3)
_ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


def _two_generations(work: Path) -> Path:
    """An index that holds the state OLD, and beside it OLDER."""
    for state in (OLDER, OLD):
        build_state(state, work / "seeds", work / "whole")
    return work / "whole"


# ---- a failing disk


def faults(step_once: int = 1, step_for_ever: int = 1) -> dict[str, Any]:
    """Let each call that touches the index fail, once or with all after it, during a first build, a later one and
    while opening."""
    failures: list[str] = []
    counts: dict[str, int] = {}
    with workplace() as work:
        usual = usual_entries(work)
        before = _two_generations(work)
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
    if not wrong and len(entries(folder)) > usual:
        wrong = f"left after the next build: {entries(folder)}"
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


# ---- damage


def damage(count: int, seed: int = 0) -> dict[str, Any]:
    """Damage files in every way: an index whose damage matters is refused by its file's name, or the one before it is
    served; no answer changes, and the next build mends it without taking anything of it over."""
    failures: list[str] = []
    outcomes: Counter[str] = Counter()
    progress = Progress("damage")
    with workplace() as work:
        before, folder = _two_generations(work), work / "index"
        right = {state: _right(work, state) for state in (OLDER, OLD, NEW)}
        for number in range(count):
            chance = random.Random(f"{seed} {number}")
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(before, folder)
            what, names = _damaged(folder, chance)
            try:
                outcome = _after_damage(folder, names, right)
                build_state(NEW, work / "seeds", folder)
                _served(folder, right, NEW)
            except Exception as error:  # whatever is raised here is what the trial is looking for
                failures.append(f"{number}: {what}: {named(error)}")
            else:
                outcomes[outcome] += 1
            progress(number + 1, count, failures)
    return {"damages": count, "outcomes": dict(outcomes), "failures": failures}


def _right(work: Path, state: State) -> Answers:
    """The answers of an index that was built from nothing."""
    folder = work / f"right{state.number}"
    build_state(state, work / f"right-seeds{state.number}", folder)
    return answers(opened(folder), state)


def _served(folder: Path, right: dict[State, Answers], *expected: State) -> State:
    """The state that is served. Raises Wrong when it is another than expected or answers in another way."""
    index = opened(folder)
    state = state_of(index)
    if state not in expected:
        raise Wrong(f"serves {state}")
    if not same_answers(answers(index, state), right[state]):
        raise Wrong(f"{state} is served with other answers: {answers(index, state)} and not {right[state]}")
    return state


def _after_damage(folder: Path, names: list[str], right: dict[State, Answers]) -> str:
    """What opening does. Raises Wrong, or what it should not raise."""
    try:
        state = _served(folder, right, OLDER, OLD)
    except EmbeddingsError as error:
        wrong = refusal(error)
        if wrong or not any(name in str(error) for name in names):
            raise Wrong(wrong or f"names none of {names}: {named(error)}") from error
        return f"refused ({type(error).__name__})"
    return "served as it was" if state == OLD else "served the one before"


def _damaged(folder: Path, chance: random.Random) -> tuple[str, list[str]]:
    """Do some damage. Returns what it is, and the names of which an error has to give one."""
    generations = sorted(path.parent for path in folder.glob("*/manifest.json"))
    pointers = [path for path in folder.iterdir() if path.is_file() and path.stat().st_size]
    manifests = [generation / "manifest.json" for generation in generations]
    inner = [path for generation in generations for path in sorted(generation.rglob("*")) if path.is_file()]
    kind = chance.choice((_flip, _flip, _flip, _truncate, _empty, _delete, _grow, _swap_within, _swap_between))
    # Both generations are hit now and then, so that no whole one is left to fall back to.
    paths = [chance.choice(chance.choice((inner, inner, inner, manifests, manifests, pointers)))]
    if chance.random() < 0.4 and paths[0] in inner:
        other = next(generation for generation in generations if generation not in paths[0].parents)
        own = next(generation for generation in generations if generation in paths[0].parents)
        paths.append(other / paths[0].relative_to(own))
    done = [kind(path, inner, chance) for path in paths if path.exists()]
    return "; ".join(done), [path.name for path in paths] + [path.parent.name for path in paths]


def _flip(path: Path, _: list[Path], chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at, bit = chance.randrange(len(data)), chance.randrange(8)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {at} of {path.name} flipped"


def _truncate(path: Path, _: list[Path], chance: random.Random) -> str:
    data = path.read_bytes()
    length = chance.randrange(len(data))
    path.write_bytes(data[:length])
    return f"{path.name} cut to {length} bytes"


def _empty(path: Path, _: list[Path], __: random.Random) -> str:
    path.write_bytes(b"")
    return f"{path.name} emptied"


def _delete(path: Path, _: list[Path], __: random.Random) -> str:
    path.unlink()
    return f"{path.name} deleted"


def _grow(path: Path, _: list[Path], chance: random.Random) -> str:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randint(1, 5000)))
    return f"{path.name} grown"


def _swap_within(path: Path, inner: list[Path], chance: random.Random) -> str:
    return _swapped(path, chance.choice([other for other in inner if other.parent == path.parent] or inner))


def _swap_between(path: Path, inner: list[Path], chance: random.Random) -> str:
    return _swapped(
        path, chance.choice([other for other in inner if other.name == path.name and other != path] or inner)
    )


def _swapped(path: Path, other: Path) -> str:
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)
    return f"{path.parent.name}/{path.name} and {other.parent.name}/{other.name} swapped"


# ---- a full disk


def disk(rounds: int = 3, megabytes: int = 5) -> dict[str, Any]:
    """Build ever larger states until the disk is full: the last one stays, and smaller ones can be built."""
    failures: list[str] = []
    sizes: list[int] = []
    with workplace() as work:
        mounted = _mounted(work / "disk", megabytes)
        try:
            sizes += (_filled(work, 1000 * number, mounted, failures) for number in range(rounds))
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


def _filled(work: Path, first: int, mounted: bool, failures: list[str]) -> int:
    """Fill the disk. Returns the size of the state that it had no room for."""
    folder = work / "disk" / "index"
    last, state = None, State(first)
    with _files_limited(not mounted):
        while True:
            try:
                build_state(state, work / "seeds", folder)
            except Exception as error:  # whatever is raised here is what the trial is looking for
                wrong = refusal(error)
                break
            last, state = state, state.next(state.size * 2)
        try:
            found = whole(folder)
            wrong = wrong or (None if found == last else f"serves {found}, not {last}")
        except Exception as error:  # whatever is raised here is what the trial is looking for
            wrong = wrong or named(error)
        wrong = wrong or built_whole(state.next(1), work / "seeds", folder)
    failures += [f"full at {state}: {wrong}"] if wrong else []
    return state.size
