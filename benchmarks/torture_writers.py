"""Torture by two builders at once, one of which may be killed."""

import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.torture_processes import PATIENCE, ended, received, started
from benchmarks.torture_world import (
    HashEncoder,
    Progress,
    State,
    Wrong,
    build_state,
    built_whole,
    named,
    quick_reading,
    whole,
    workplace,
)
from embeddings.errors import IndexLocked
from embeddings.types import TextEncoding


class _SlowEncoder(HashEncoder):
    """Takes some steps, says that it is at work and does not end by itself."""

    def __init__(self, connection: Connection, steps: int) -> None:
        self._connection = connection
        self._steps = steps

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        if self._steps == 0:
            self._connection.send("at work")
            time.sleep(10 * PATIENCE)
        self._steps -= 1
        return super().encode_passages(texts)


def _build_slowly(connection: Connection, folder: Path, seeds: Path, state: State, steps: int) -> None:
    with quick_reading():
        build_state(state, seeds, folder, _SlowEncoder(connection, steps))
    connection.send("done")


def killed_at_work(folder: Path, seeds: Path, state: State, steps: int = 1) -> None:
    """Kill a builder that has taken so many steps."""
    child, connection = started(_build_slowly, folder, seeds, state, steps)
    said = received(connection)
    ended(child, connection, kill=True)
    if said != "at work":
        raise Wrong(f"a build of {state} takes no more than {steps} steps, so there was none to kill")


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
    children = [started(_build_once, work / "index", work / f"seeds{state.number % 2}", state) for state in states]
    for _, connection in children:
        received(connection)
    for _, connection in children:
        connection.send("go")
    outcomes = [received(connection) for _, connection in children]
    for child, connection in children:
        ended(child, connection)
    for outcome, seconds in outcomes:
        if outcome not in ("built", "locked") or (outcome == "locked" and seconds > 1):
            raise Wrong(f"{outcome} after {seconds:.2f} s")
    built = [state for state, (outcome, _) in zip(states, outcomes, strict=True) if outcome == "built"]
    if not built or whole(work / "index") not in built:
        raise Wrong(f"{whole(work / 'index')} is served, built were {built}")
    return [outcome for outcome, _ in outcomes]


def _killed_winner(work: Path, last: State) -> list[str]:
    """One builder holds the lock and is killed; another, begun meanwhile, is refused at once or then goes on."""
    winner, held = started(_build_slowly, work / "index", work / "seeds0", last.next(), 0)
    received(held)
    after = last.next().next()
    other, connection = started(_build_once, work / "index", work / "seeds1", after)
    received(connection)
    connection.send("go")
    refused = connection.poll(1)
    ended(winner, held, kill=True)
    outcome, _ = received(connection)
    ended(other, connection)
    if (outcome == "locked") != refused:
        raise Wrong(f"{outcome}, though {'' if refused else 'not '}within a second")
    wrong = built_whole(after.next(), work / "seeds", work / "index")
    if wrong:
        raise Wrong(wrong)
    return [outcome]
