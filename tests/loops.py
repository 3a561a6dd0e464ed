"""Coroutines for tests, in a thread of their own: Playwright keeps an event loop running in the one of the tests."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Loop:
    """An event loop that lasts for several coroutines, as a server's does for its requests."""

    def __enter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        return self

    def __exit__(self, *_ended: object) -> None:
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns."""
        return self._thread.submit(self._runner.run, work).result()


def run(work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, run in a loop of its own."""
    with Loop() as loop:
        return loop.run(work)
