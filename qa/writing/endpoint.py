"""One request to an endpoint, bounded in every way: where it goes, how long it takes, how much comes back.

No redirect is followed and no proxy of the environment used, so question, passages and key go to the one host that was
configured or nowhere. Nothing is tried twice, but for endpoints that want the newer names of two parameters. After a
few failures in a row nothing is sent for a while: whoever asks need not wait for what does not come. Nor does any
endpoint get more than a few requests at a time.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, Final

import httpx

from qa.errors import WriterError
from qa.writing.replies import Stream, Whole
from qa.writing.settings import KEY, WriterSettings
from qa.writing.types import Message

AT_ONCE: Final = 4
"""Requests on their way at a time; more are refused."""
FAILURES: Final = 5
"""In a row, after which nothing is sent for a while."""
PAUSE_SECONDS: Final = 60.0
_CHARACTERS_A_TOKEN: Final = 20
"""No language has as many on average; who sends more does not keep to the tokens that were asked for."""


class Endpoint:
    """An endpoint, and whether it has been failing. Safe to share between threads and event loops."""

    def __init__(self, settings: WriterSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._on_their_way = 0
        self._failures = 0
        self._closed_until = 0.0

    async def pieces(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        """What the model says, piece by piece. Raises WriterError, also after some pieces came."""
        with self._place():
            try:
                async with aclosing(self._said(messages)) as said:
                    async for piece in said:
                        yield piece
            except WriterError:
                self._failed()
                raise
            with self._lock:
                self._failures = 0

    async def whole(self, messages: Sequence[Message]) -> str:
        """All that the model says. Raises WriterError."""
        async with aclosing(self.pieces(messages)) as pieces:
            return "".join([piece async for piece in pieces])

    async def _said(self, messages: Sequence[Message]) -> AsyncGenerator[str, None]:
        settings = self.settings
        late = asyncio.get_running_loop().time() + settings.total_seconds
        timeout = httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds)
        try:
            async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as client:
                response = await self._opened(client, messages, late)
                try:
                    self._check_status(response)
                    async with aclosing(self._read(response, late)) as pieces:
                        async for piece in pieces:
                            yield piece
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise WriterError(
                "late", f"{settings.host} did not finish in {settings.total_seconds:g} seconds"
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise WriterError("unreachable", f"{settings.host} cannot be reached; is the model's server on?") from error
        except (httpx.InvalidURL, UnicodeError) as error:  # a host in letters that no domain may have
            raise WriterError("unreachable", f"{settings.host} is no name that a server has") from error
        except httpx.HTTPError as error:
            raise WriterError("unreadable", f"{settings.host} broke off: {type(error).__name__}") from error

    async def _opened(self, client: httpx.AsyncClient, messages: Sequence[Message], late: float) -> httpx.Response:
        """The response, its body not read yet."""
        response = await self._sent(client, self._body(messages), late)
        if response.status_code != 400:
            return response
        # OpenAI's later models take no temperature but their own, and call the limit by another name.
        await response.aclose()
        body = self._body(messages)
        del body["temperature"]
        body["max_completion_tokens"] = body.pop("max_tokens")
        return await self._sent(client, body, late)

    async def _sent(self, client: httpx.AsyncClient, body: dict[str, Any], late: float) -> httpx.Response:
        key = self.settings.key
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})}
        request = client.build_request("POST", f"{self.settings.url}/chat/completions", json=body, headers=headers)
        async with asyncio.timeout_at(late):
            return await client.send(request, stream=True)

    def _body(self, messages: Sequence[Message]) -> dict[str, Any]:
        return {
            "model": self.settings.model,
            "messages": list(messages),
            "stream": True,
            "temperature": 0,
            "max_tokens": self.settings.max_tokens,
        }

    def _check_status(self, response: httpx.Response) -> None:
        """Raise WriterError for anything but an answer. What the body says is not shown: it may repeat the key."""
        status, host = response.status_code, self.settings.host
        if status == 200:
            return
        if 300 <= status < 400:
            raise WriterError("redirected", f"{host} sends elsewhere (status {status}); configure that address itself")
        if status == 429:
            raise WriterError("busy", f"{host} takes no more requests at the moment (status 429)")
        if 400 <= status < 500:
            advice = (
                f"is ${KEY} right?" if status in (401, 403) else "are the address (mostly up to /v1) and the model?"
            )
            raise WriterError("refused", f"{host} refused the request (status {status}); {advice}")
        raise WriterError("failed", f"{host} failed (status {status})")

    async def _read(self, response: httpx.Response, late: float) -> AsyncGenerator[str, None]:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise WriterError("unreadable", f"{self.settings.host} sent a packed response, which was not asked for")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        reader = Stream() if kind == "text/event-stream" else Whole()
        chunks, size, characters = response.aiter_raw(), 0, 0
        while not reader.done:
            async with asyncio.timeout_at(late):
                chunk = await anext(chunks, None)
            if chunk is None:
                break
            size += len(chunk)
            if size > self.settings.max_bytes:
                raise self._too_much()
            for piece in reader.feed(chunk):
                characters += len(piece)
                if characters > self.settings.max_tokens * _CHARACTERS_A_TOKEN:
                    raise self._too_much()
                yield piece
        for piece in reader.end():
            if characters + len(piece) > self.settings.max_tokens * _CHARACTERS_A_TOKEN:
                raise self._too_much()
            yield piece

    def _too_much(self) -> WriterError:
        return WriterError("unreadable", f"{self.settings.host} sent more than was asked for")

    # --- Whether it is asked at all ----------------------------------------------------------------------------------

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Within it a request is on its way. Raises WriterError where none may be sent now."""
        host = self.settings.host
        with self._lock:
            left = self._closed_until - self._clock()
            if left > 0:
                message = f"{host} failed {FAILURES} times in a row; nothing is sent for {left:.0f} seconds"
                raise WriterError("paused", message)
            if self._on_their_way >= AT_ONCE:
                raise WriterError("busy", f"{AT_ONCE} requests are on their way to {host}; try again in a few seconds")
            self._on_their_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._on_their_way -= 1

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._closed_until = self._clock() + PAUSE_SECONDS
