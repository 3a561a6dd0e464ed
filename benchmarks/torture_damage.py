"""Torture by damage: files altered, cut, emptied, deleted and swapped."""

import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.torture_world import (
    Answers,
    Progress,
    State,
    Wrong,
    answers,
    build_state,
    named,
    opened,
    refusal,
    same_answers,
    state_of,
    two_generations,
    workplace,
)
from benchmarks.torture_writers import killed_at_work
from embeddings.errors import EmbeddingsError

OLDER, OLD, NEW = State(1, 8), State(2, 8), State(3, 24)
"""Large enough that a build takes several steps, between which one is killed."""

Right = dict[State, list[Answers]]
"""Every right set of answers to a state's questions."""

Done = tuple[str, Path]
"""What was done, and a file that it was done to."""


def damage(count: int, seed: int = 0) -> dict[str, Any]:
    """Damage files in every way: an index whose damage matters is refused by its file's name, or the one before it is
    served; no answer changes, and the next build mends it without taking anything of it over."""
    failures: list[str] = []
    outcomes: Counter[str] = Counter()
    progress = Progress("damage")
    with workplace() as work:
        before, folder = two_generations(work, OLDER, OLD), work / "index"
        killed = shutil.copytree(before, work / "killed")
        killed_at_work(killed, work / "seeds", NEW)
        right = _right(work, before)
        for number in range(count):
            chance = random.Random(f"{seed} {number}")
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(chance.choice((before, killed)), folder)
            what, names = _damaged(folder, chance)
            try:
                outcome = _after_damage(folder, names, right)
                if number % 2 == 0:  # it takes most of the time
                    build_state(NEW, work / "seeds", folder)
                    _served(folder, right, NEW)
            except Exception as error:  # whatever is raised here is what the trial is looking for
                failures.append(f"{number}: {what}: {named(error)}")
            else:
                outcomes[outcome] += 1
            progress(number + 1, count, failures)
    return {"damages": count, "outcomes": dict(outcomes), "failures": failures}


def _right(work: Path, before: Path) -> Right:
    """What each state answers, built from nothing, and built from the states before.

    They differ: an index keeps the mean of the paragraphs it began with.
    """
    right: Right = {}
    further = shutil.copytree(before, work / "further")
    for state in (OLDER, OLD, NEW):
        anew = work / f"anew{state.number}"
        build_state(state, work / "seeds", anew)
        right[state] = [answers(opened(anew), state)]
    build_state(NEW, work / "seeds", further)
    right[NEW].append(answers(opened(further), NEW))
    right[OLD].append(answers(opened(before), OLD))
    return right


def _served(folder: Path, right: Right, *expected: State) -> State:
    """The state that is served. Raises Wrong when it is another than expected or answers in another way."""
    index = opened(folder)
    state = state_of(index)
    if state not in expected:
        raise Wrong(f"serves {state}")
    found = answers(index, state)
    if not any(same_answers(found, answered) for answered in right[state]):
        raise Wrong(f"{state} is served with other answers, such as {found[0][:2]} for {right[state][0][0][:2]}")
    return state


def _after_damage(folder: Path, names: set[str], right: Right) -> str:
    """What opening does. Raises Wrong, or what it should not raise."""
    try:
        state = _served(folder, right, OLDER, OLD)
    except EmbeddingsError as error:
        wrong = refusal(error)
        if wrong or not any(name in str(error) for name in names):
            raise Wrong(wrong or f"names none of {sorted(names)}: {named(error)}") from error
        return f"refused ({type(error).__name__})"
    return "served as it was" if state == OLD else "served the one before"


def _damaged(folder: Path, chance: random.Random) -> tuple[str, set[str]]:
    """Do some damage. Returns what it is, and the names of which an error has to give one."""
    manifests = sorted(folder.glob("[!p]*/manifest.json"), key=lambda path: path.stat().st_mtime_ns)
    before, now = (_files(manifest.parent) for manifest in manifests)
    others = [path for path in _files(folder) if path not in before and path not in now]
    kind = chance.choice((_flip, _flip, _flip, _truncate, _empty, _delete, _grow, _swap_within, _swap_between))
    paths = [chance.choice(chance.choice((now, now, now, manifests[1:], before, others)))]
    # Now and then both generations are hit, so that no whole one is left to fall back to.
    if chance.random() < 0.4 and paths[0] in now:
        paths.append(manifests[0].parent / paths[0].relative_to(manifests[1].parent))
    done = [kind(path, before + now, chance) for path in paths]
    # Of two files that were swapped either may be named, or its generation.
    names = {name for path in (*paths, *(other for _, other in done)) for name in path.relative_to(folder).parts}
    return "; ".join(what for what, _ in done), names


def _files(folder: Path) -> list[Path]:
    """What can be damaged in a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def _flip(path: Path, _: list[Path], chance: random.Random) -> Done:
    data = bytearray(path.read_bytes())
    at, bit = chance.randrange(len(data)), chance.randrange(8)
    data[at] ^= 1 << bit
    path.write_bytes(data)
    return f"bit {bit} of byte {at} of {path.name} flipped", path


def _truncate(path: Path, _: list[Path], chance: random.Random) -> Done:
    data = path.read_bytes()
    length = chance.randrange(len(data))
    path.write_bytes(data[:length])
    return f"{path.name} cut to {length} bytes", path


def _empty(path: Path, _: list[Path], __: random.Random) -> Done:
    path.write_bytes(b"")
    return f"{path.name} emptied", path


def _delete(path: Path, _: list[Path], __: random.Random) -> Done:
    path.unlink()
    return f"{path.name} deleted", path


def _grow(path: Path, _: list[Path], chance: random.Random) -> Done:
    path.write_bytes(path.read_bytes() + chance.randbytes(chance.randint(1, 5000)))
    return f"{path.name} grown", path


def _swap_within(path: Path, inner: list[Path], chance: random.Random) -> Done:
    return _swapped(path, chance.choice([other for other in inner if other.parent == path.parent] or inner))


def _swap_between(path: Path, inner: list[Path], chance: random.Random) -> Done:
    return _swapped(
        path, chance.choice([other for other in inner if other.name == path.name and other != path] or inner)
    )


def _swapped(path: Path, other: Path) -> Done:
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)
    return f"{path.parent.name}/{path.name} and {other.parent.name}/{other.name} swapped", other
