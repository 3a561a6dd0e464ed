"""Torture by processes: builders killed at any moment, readers during rebuilds, and two builders at once.

Children are forked from a server that has imported everything and computed nothing, so that they start at once and
inherit no thread. A kill takes the process, not the machine: what the kernel holds of its files is still written.
"""

import multiprocessing
import random
import shutil
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmarks.torture_world import (
    HashEncoder,
    Progress,
    State,
    Wrong,
    answers,
    build_state,
    built_whole,
    entries,
    named,
    opened,
    quick_reading,
    state_of,
    usual_entries,
    whole,
    workplace,
)
from embeddings.errors import IndexLocked
from embeddings.store import IndexStore
from embeddings.types import TextEncoding

_LONGEST = 1.5
"""Seconds until a builder is killed, at most: some twenty builds."""
_PATIENCE = 60.0
"""Seconds in which anything here has to end."""


def _started(target: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """A child that runs `target(connection, *arguments)`, and our end of the connection."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.torture_processes"])
    ours, theirs = context.Pipe()
    child = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    child.start()
    theirs.close()
    return child, ours


def _ended(child: BaseProcess, connection: Connection, *, kill: bool = False) -> None:
    if kill:
        child.kill()
    child.join(_PATIENCE)
    child.close()
    connection.close()


def _received(connection: Connection, seconds: float = _PATIENCE) -> Any:
    """What comes next. Raises Wrong when nothing comes in time."""
    try:
        if connection.poll(seconds):
            return connection.recv()
    except EOFError:
        pass
    raise Wrong(f"a child process said nothing in {seconds} s, or ended")


def _all_said(connection: Connection) -> list[Any]:
    """What a child that has ended had still said."""
    said: list[Any] = []
    try:
        while connection.poll(0):
            said.append(connection.recv())
    except (EOFError, OSError):
        pass
    return said


# ---- builders killed


def _build_on(connection: Connection, folder: Path, seeds: Path, state: State) -> None:
    """Build state after state, telling which is begun and which is acknowledged."""
    with quick_reading():
        while True:
            connection.send(("begun", state.number))
            build_state(state, seeds, folder)
            connection.send(("acknowledged", state.number))
            state = state.next()


def kills(count: int, seed: int = 0) -> dict[str, Any]:
    """Kill a builder at a random moment, again and again: the last acknowledged state, or the one begun, is there."""
    chance, failures, progress = random.Random(seed), [], Progress("kills")
    acknowledged = 0
    served: list[int] = []
    with workplace() as work:
        folder, seeds, usual = work / "index", work / "seeds", usual_entries(work)
        last = State(1)
        build_state(last, seeds, folder)
        for number in range(count):
            begun, done = _killed_at(chance.uniform(0, _LONGEST), folder, seeds, last)
            acknowledged += done.number - last.number
            last = begun.next()
            wrong = _after_kill(folder, (done, begun), served) or built_whole(last, seeds, folder)
            left = entries(folder)
            if not wrong and len(left) > usual:
                wrong = f"left after the next build: {left}"
            failures += [f"kill {number} of state {begun.number}: {wrong}"] if wrong else []
            if wrong:
                _cleared(folder, last, seeds)
            progress(number + 1, count, failures)
    return {"kills": count, "acknowledged": acknowledged, "in the midst": len(served), "failures": failures}


def _killed_at(moment: float, folder: Path, seeds: Path, last: State) -> tuple[State, State]:
    """Let a builder go on from `last` and kill it. Returns the states that it began and finished last."""
    child, connection = _started(_build_on, folder, seeds, last.next())
    said = [_received(connection)]
    time.sleep(moment)
    child.kill()
    child.join(_PATIENCE)
    said += _all_said(connection)
    _ended(child, connection)
    begun = max(number for what, number in said if what == "begun")
    done = max((number for what, number in said if what == "acknowledged"), default=last.number)
    return State(begun), State(done)


def _after_kill(folder: Path, expected: Sequence[State], served: list[int]) -> str | None:
    """What is wrong with the index after a kill, or None. Notes a state that was served though not acknowledged."""
    try:
        found = whole(folder)
    except Exception as error:  # whatever is raised here is what the trial is looking for
        return named(error)
    if found not in expected:
        return f"serves {found.number}, not {' or '.join(str(state.number) for state in expected)}"
    if expected[0] != expected[1]:
        served.append(found.number)
    return None


def _cleared(folder: Path, state: State, seeds: Path) -> None:
    """Start anew, so that one failure is not counted again and again."""
    shutil.rmtree(folder, ignore_errors=True)
    build_state(state, seeds, folder)


# ---- readers during rebuilds


def _read_on(connection: Connection, folder: Path, seed: int) -> None:
    """Open, ask and hold until told to stop, then say how it went."""
    chance, latest, failures = random.Random(seed), 0, []
    opens = questions = 0
    while not connection.poll(0):
        try:
            IndexStore(folder).manifest()
            index = opened(folder)
            state = state_of(index)
            opens += 1
            if state.number < latest:
                raise Wrong(f"went back from {latest} to {state.number}")
            latest = state.number
            until = time.monotonic() + chance.choice((0, 0, 0.05, 1))
            while True:
                questions += len(answers(index, state))
                if time.monotonic() > until or connection.poll(0):
                    break
        except Exception as error:  # whatever is raised here is what the trial is looking for
            failures.append(named(error))
    connection.send((opens, questions, failures))


def readers(count: int, rebuilds: int) -> dict[str, Any]:
    """Readers open, hold and ask while the index is rebuilt: each answer is of one state, and none goes back."""
    failures: list[str] = []
    progress = Progress("readers")
    with workplace() as work:
        folder, seeds = work / "index", work / "seeds"
        state = State(1)
        build_state(state, seeds, folder)
        children = [_started(_read_on, folder, seed) for seed in range(count)]
        for number in range(rebuilds):
            state = state.next()
            wrong = built_whole(state, seeds, folder)
            failures += [f"rebuild {number}: {wrong}"] if wrong else []
            time.sleep(0.05)
            progress(number + 1, rebuilds, failures)
        opens, questions = 0, 0
        for number, (child, connection) in enumerate(children):
            connection.send("stop")
            done = _received(connection)
            opens, questions = opens + done[0], questions + done[1]
            failures += [f"reader {number}: {failure}" for failure in done[2]]
            _ended(child, connection)
        left = entries(folder)
    if not opens or not questions:
        failures.append("no reader read anything")
    return {
        "readers": count, "rebuilds": rebuilds, "opens": opens, "questions": questions, "left": left,
        "failures": failures,
    }  # fmt: skip


# ---- two builders at once


class _SlowEncoder(HashEncoder):
    """Says when it is at work and does not end by itself."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        self._connection.send("at work")
        time.sleep(10 * _PATIENCE)
        return super().encode_passages(texts)


def _build_slowly(connection: Connection, folder: Path, seeds: Path, state: State) -> None:
    with quick_reading():
        build_state(state, seeds, folder, _SlowEncoder(connection))


def _build_once(connection: Connection, folder: Path, seeds: Path, state: State) -> None:
    """Build one state when told to, and say how it went and how long that took."""
    with quick_reading():
        connection.send("ready")
        connection.recv()
        start = time.monotonic()
        try:
            build_state(state, seeds, folder)
            outcome = "built"
        except IndexLocked:
            outcome = "locked"
        except Exception as error:  # whatever is raised here is what the trial is looking for
            outcome = named(error)
        connection.send((outcome, time.monotonic() - start))


def writers(rounds: int) -> dict[str, Any]:
    """Two builders at once: one wins, the other waits or is refused at once, and a killed winner's lock is free."""
    failures: list[str] = []
    outcomes: list[str] = []
    progress = Progress("writers")
    with workplace() as work:
        state = State(1)
        build_state(state, work / "seeds", work / "index")
        for number in range(rounds):
            for trial in (_race, _killed_winner):
                try:
                    outcomes += trial(work, state)
                except Exception as error:  # whatever is raised here is what the trial is looking for
                    failures.append(f"{trial.__name__.strip('_')} {number}: {named(error)}")
                state = State(state.number + 3)
            progress(number + 1, rounds, failures)
    counts = {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))}
    return {"rounds": rounds, "outcomes": counts, "failures": failures}


def _race(work: Path, last: State) -> list[str]:
    states = [last.next(), last.next().next()]
    children = [_started(_build_once, work / "index", work / f"seeds{state.number % 2}", state) for state in states]
    for _, connection in children:
        _received(connection)
    for _, connection in children:
        connection.send("go")
    ended = [_received(connection) for _, connection in children]
    for child, connection in children:
        _ended(child, connection)
    for outcome, seconds in ended:
        if outcome not in ("built", "locked") or (outcome == "locked" and seconds > 1):
            raise Wrong(f"{outcome} after {seconds:.2f} s")
    built = [state for state, (outcome, _) in zip(states, ended, strict=True) if outcome == "built"]
    if not built or whole(work / "index") not in built:
        raise Wrong(f"{whole(work / 'index')} is served, built were {built}")
    return [outcome for outcome, _ in ended]


def _killed_winner(work: Path, last: State) -> list[str]:
    """One builder holds the lock and is killed; another, begun meanwhile, is refused at once or then goes on."""
    winner, held = _started(_build_slowly, work / "index", work / "seeds0", last.next())
    _received(held)
    after = last.next().next()
    other, connection = _started(_build_once, work / "index", work / "seeds1", after)
    _received(connection)
    connection.send("go")
    refused = connection.poll(1)
    _ended(winner, held, kill=True)
    outcome, _ = _received(connection)
    _ended(other, connection)
    if (outcome == "locked") != refused:
        raise Wrong(f"{outcome}, though {'' if refused else 'not '}within a second")
    wrong = built_whole(after.next(), work / "seeds", work / "index")
    if wrong:
        raise Wrong(wrong)
    return [outcome]
