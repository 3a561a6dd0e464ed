"""Answers that nobody comes for. The chat's framework keeps what it has to say to a session until somebody listens, so
who asks and never does would fill the memory. Here such a session is forgotten."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

Forget = Callable[[str], Awaitable[None]]
"""Drops what a session of the chat waits for, and what it was answered."""


class Unheard:
    """Knows which sessions are listened to. For one event loop."""

    def __init__(self, forget: Forget, seconds: float) -> None:
        """`seconds`: how long somebody who asked may take to listen."""
        self._forget = forget
        self._seconds = seconds
        self._listeners: Counter[str] = Counter()
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._forgetting: set[asyncio.Future[None]] = set()

    def asked(self, session: str) -> None:
        """Something was asked in a session, which its answer will be sent to."""
        if session not in self._listeners:
            self._wait(session)

    @contextmanager
    def heard(self, session: str) -> Iterator[None]:
        """Within it somebody listens to a session."""
        self._listeners[session] += 1
        self._stop_waiting(session)
        try:
            yield
        finally:
            self._listeners[session] -= 1
            if not self._listeners[session]:
                del self._listeners[session]
                self._wait(session)

    def _wait(self, session: str) -> None:
        self._stop_waiting(session)
        self._waiting[session] = asyncio.get_running_loop().call_later(self._seconds, self._nobody_came, session)

    def _stop_waiting(self, session: str) -> None:
        waiting = self._waiting.pop(session, None)
        if waiting is not None:
            waiting.cancel()

    def _nobody_came(self, session: str) -> None:
        del self._waiting[session]
        forgetting = asyncio.ensure_future(self._forget(session))
        self._forgetting.add(forgetting)
        forgetting.add_done_callback(self._forgetting.discard)
