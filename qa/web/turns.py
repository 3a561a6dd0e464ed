"""Answers are worked on a few at a time, whichever way they are asked for: an answer keeps a core busy."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from qa.web.limits import Limits

T = TypeVar("T")


class Crowded(Exception):
    """So many wait already that another one would wait too long."""


class Turns:
    """At most `answers_at_once` pieces of work run at a time, in all threads together.

    The chat has a queue of its own, the framework's, with the same limits, so what comes from there takes only a place
    here (`steps`). What programs ask (`answer`) waits here, `waiting` at most.
    """

    def __init__(self, limits: Limits) -> None:
        self._places = threading.Semaphore(limits.answers_at_once)
        self._turn = asyncio.Semaphore(limits.answers_at_once)
        self._most = limits.waiting
        self._waiting = 0

    async def answer(self, work: Callable[[], T]) -> T:
        """What `work` returns, done in a thread as soon as it is its turn. For one event loop.

        Raises Crowded when too many wait, and what `work` does.
        """
        if self._turn.locked() and self._waiting >= self._most:
            raise Crowded
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            return await run_in_threadpool(self._now, work)
        finally:
            self._turn.release()

    @property
    def waiting(self) -> int:
        """How many wait here."""
        return self._waiting

    def steps(self, work: Iterator[T]) -> Iterator[T]:
        """The same steps. A place is held while one is made, not while somebody takes his time to ask for the next."""
        while True:
            with self._places:
                try:
                    step = next(work)
                except StopIteration:
                    return
            yield step

    def _now(self, work: Callable[[], T]) -> T:
        with self._places:
            return work()
