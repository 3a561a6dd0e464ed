"""Torture by processes: builders killed at any moment, and readers during rebuilds.

Children are forked from a server that has imported everything and computed nothing, so that they start at once and
inherit no thread. A kill takes the process, not the machine: what the kernel holds of its files is still written.
"""

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmarks.torture_world import (
    Progress,
    State,
    Wrong,
    answers,
    build_state,
    built_whole,
    entries,
    left_over,
    named,
    opened,
    quick_reading,
    state_of,
    usual_entries,
    whole,
    workplace,
)
from embeddings.store import IndexStore

_LONGEST = 1.5
"""Seconds until a builder is killed, at most: some twenty builds."""
_SIZES = (1, 8)
"""Of states: one that takes a single step to encode, and one that takes several."""
PATIENCE = 60.0
"""Seconds in which anything here has to end."""


def started(target: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """A child that runs `target(connection, *arguments)`, and our end of the connection."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.torture_writers"])
    ours, theirs = context.Pipe()
    child = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    child.start()
    theirs.close()
    return child, ours


def ended(child: BaseProcess, connection: Connection, *, kill: bool = False) -> None:
    if kill:
        child.kill()
    child.join(PATIENCE)
    child.close()
    connection.close()


def received(connection: Connection, seconds: float = PATIENCE) -> Any:
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
            connection.send(("begun", state.number, state.size))
            build_state(state, seeds, folder)
            connection.send(("acknowledged", state.number, state.size))
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
            begun, done = _killed_at(chance.uniform(0, _LONGEST), folder, seeds, last, chance.choice(_SIZES))
            acknowledged += done.number - last.number
            # What was left may be gone on with, or is of no more use.
            last = chance.choice((begun, begun.next()))
            wrong = _after_kill(folder, (done, begun), served) or built_whole(last, seeds, folder)
            wrong = wrong or left_over(last, seeds, folder, usual)
            failures += [f"kill {number} of state {begun.number}: {wrong}"] if wrong else []
            if wrong:
                _cleared(folder, last, seeds)
            progress(number + 1, count, failures)
    return {"kills": count, "acknowledged": acknowledged, "in the midst": len(served), "failures": failures}


def _killed_at(moment: float, folder: Path, seeds: Path, last: State, size: int) -> tuple[State, State]:
    """Let a builder go on from `last` and kill it after `moment` seconds.

    Returns the states that it began and finished last.
    """
    child, connection = started(_build_on, folder, seeds, last.next(size))
    said = [received(connection)]
    time.sleep(moment)
    child.kill()
    child.join(PATIENCE)
    said += _all_said(connection)
    ended(child, connection)
    begun = [State(*state) for what, *state in said if what == "begun"]
    done = [State(*state) for what, *state in said if what == "acknowledged"]
    return begun[-1], done[-1] if done else last


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
            until = time.monotonic() + chance.choice((0, 0, 0, 0, 0.05, 1))
            while True:
                questions += len(answers(index, state))
                if time.monotonic() > until or connection.poll(0):
                    break
        except Exception as error:  # whatever is raised here is what the trial is looking for
            failures.append(named(error))
    connection.send((opens, questions, failures))


def readers(count: int, rebuilds: int, seed: int = 0) -> dict[str, Any]:
    """Readers open, hold and ask while the index is rebuilt: each answer is of one state, and none goes back.

    One of them at a time is stopped wherever it is, while a few rebuilds go on, as happens on a machine in distress.
    """
    chance = random.Random(seed)
    failures: list[str] = []
    progress = Progress("readers")
    with workplace() as work:
        folder, seeds, usual = work / "index", work / "seeds", usual_entries(work)
        state = State(1)
        build_state(state, seeds, folder)
        children = [started(_read_on, folder, seed) for seed in range(count)]
        for number in range(rebuilds):
            state = state.next()
            if number % 3 == 0:
                _stop_another(children, chance)
            wrong = built_whole(state, seeds, folder)
            failures += [f"rebuild {number}: {wrong}"] if wrong else []
            time.sleep(0.05)
            progress(number + 1, rebuilds, failures)
        _stop_another(children, None)
        opens, questions = 0, 0
        for number, (child, connection) in enumerate(children):
            connection.send("stop")
            done = received(connection)
            opens, questions = opens + done[0], questions + done[1]
            failures += [f"reader {number}: {failure}" for failure in done[2]]
            ended(child, connection)
        wrong = built_whole(state.next(), seeds, folder)
        failures += [f"without readers: {wrong}"] if wrong else []
        if len(entries(folder)) > usual:
            failures.append(f"left when all is over: {entries(folder)}")
    if not opens or not questions:
        failures.append("no reader read anything")
    return {"readers": count, "rebuilds": rebuilds, "opens": opens, "questions": questions, "failures": failures}


def _stop_another(children: Sequence[tuple[BaseProcess, Connection]], chance: random.Random | None) -> None:
    """Let all go on, and with `chance` stop one of them."""
    for child, _ in children:
        os.kill(child.pid or 0, signal.SIGCONT)
    if chance:
        os.kill(chance.choice(children)[0].pid or 0, signal.SIGSTOP)
