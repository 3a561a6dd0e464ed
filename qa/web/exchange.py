"""One request and its response on their way through the guard: counted, timed, with the headers that protect."""

import asyncio
import contextlib
import json
import time
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from qa.strings import say
from qa.web.api_errors import is_for_programs, of_refusal
from qa.web.faults import report_fault
from qa.web.inline_scripts import script_sources
from qa.web.limits import Limits
from qa.web.refusal import Refusal
from qa.web.request_ids import HEADER, id_of
from qa.web.surface import method_of, route_of
from qa.web.visitor import language_of

CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
_POLICY: Final = "content-security-policy"
PROTECTION: Final = {
    _POLICY: CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_NOT_SENT: Final = (b"server", b"x-powered-by")
_KEPT_BY_BROWSERS: Final = ("/assets/", "/static/", "/ui/", "/theme.css", "/favicon.ico")
_LINGER_SECONDS: Final = 2.0
"""How long the rest of a refused body is read and thrown away, so that its sender gets to read why."""


class Gone(Exception):
    """The visitor has left before the request was whole, or before it was answered."""


class Exchange:
    """`receive` and `send` for the application behind the guard."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, limits: Limits, framed_by: Sequence[str] = ()
    ) -> None:
        """`framed_by`: see `qa.web.settings.Settings`."""
        self.scope = scope
        self.most = limits.body_bytes
        """The longest body taken, in bytes."""
        self.held = 0
        """What of it may come to lie in the memory."""
        self.cookie = ""
        """A header Set-Cookie for the response."""
        self.use = ""
        """What the request's path is used for, once that is known."""
        self.status = 0
        """The response's status, once it has begun."""
        self.instead: dict[int, Refusal] = {}
        """Refusals that are sent instead of a status of the application."""
        self._protection = _protection(framed_by)
        self._receive = receive
        self._send = send
        self._stall = float(limits.stall_seconds)
        self._late = time.monotonic() + limits.body_seconds
        self._refusal: Refusal | None = None
        self._body: bytes | None = None
        self._size = 0
        self._whole = not _has_body(scope)
        self._started = False
        self._ended = False
        self._page: list[Message] = []
        """Of a page the messages that are held back until it is whole."""
        self._replaced = False
        """Whether what the application sends is thrown away."""
        self._stalled = False

    async def receive(self) -> Message:
        """The next message for the application; a body that is too long or stalls looks like a visitor who left."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if self._whole:
            return await self._receive()
        try:
            patience = min(self._stall, self._late - time.monotonic())
            message = await asyncio.wait_for(self._receive(), max(0.0, patience))
        except TimeoutError:
            self._refusal = Refusal(408, "guard.too_slow")
            return {"type": "http.disconnect"}
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._size > self.most:
                self._refusal = too_large(self.most)
                return {"type": "http.disconnect"}
        return message

    async def read_body(self) -> bytes:
        """The whole body. Raises Refusal when it is too long or slow, Gone when the visitor leaves."""
        parts = []
        while not self._whole:
            message = await self.receive()
            if self._refusal is not None:
                raise self._refusal
            if message["type"] == "http.disconnect":
                raise Gone
            parts.append(message.get("body", b""))
        return b"".join(parts)

    async def left(self) -> None:
        """Wait until the visitor leaves, or has all that there was to say. For when the body has been read."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def replace_body(self, body: bytes) -> None:
        """Let the application read this body."""
        self._body = body

    async def send(self, message: Message) -> None:
        """Send the application's message on, protected; what must not be seen is replaced."""
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            refusal = self._refusal or self.instead.get(message["status"])
            if refusal is not None:
                self._replaced = True
                await self.refuse(refusal)
                return
            if message["status"] == 500:  # the error follows, or was logged where it happened
                self._replaced = True
                return
            message = {**message, "headers": self._protected(message.get("headers", []))}
            if _is_page(message):
                self._page.append(message)
                return
        elif self._page:
            self._page.append(message)
            if message.get("more_body", False):
                return
            start, message = _with_scripts(self._page, self._protection[_POLICY])
            self._started = True
            await self._pass(start)
        self._started = True
        await self._pass(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a refusal, in the visitor's language."""
        if self._started:
            return
        text = say(language_of(HTTPConnection(self.scope)), refusal.reason, **refusal.values)
        path = self.scope["path"]
        if is_for_programs(path):
            kind, body = "application/json", json.dumps(of_refusal(refusal))
        elif path.startswith(("/api/", "/gradio_api/")):
            # The framework's page shows what is named "detail".
            kind, body = "application/json", json.dumps({"error": text, "detail": text}, ensure_ascii=False)
        else:
            kind, body = "text/plain; charset=utf-8", text
        await self._answer(refusal.status, kind, body.encode("utf-8"), refusal.headers)

    async def tell(self, status: int, text: str) -> None:
        """Answer in a few words, for programs."""
        await self._answer(status, "text/plain; charset=utf-8", text.encode("utf-8"), {})

    async def fail(self, error: BaseException | None) -> None:
        """Answer that something failed, with the number under which it is logged; nothing more is said of it."""
        if self._stalled:
            return
        number = report_fault(f"{method_of(self.scope['method'])} {route_of(self.scope['path'])}", error)
        await self.refuse(Refusal(500, "guard.failed", id=number))

    async def end(self) -> None:
        """Answer where the application did not."""
        if self._refusal is not None:
            await self.refuse(self._refusal)
        elif not self._started:
            await self.fail(None)

    async def break_off(self, reason: str) -> None:
        """End a stream of the chat early, and say why in a way that the framework's page shows."""
        if not self._started:
            await self.refuse(Refusal(503, reason))
            return
        text = say(language_of(HTTPConnection(self.scope)), reason)
        event = json.dumps({"msg": "unexpected_error", "message": text, "success": False}, ensure_ascii=False)
        await self._pass({"type": "http.response.body", "body": f"data: {event}\n\n".encode(), "more_body": False})
        self._replaced = True

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be said to this visitor."""
        return self._stalled or self._refusal is not None

    @property
    def has_ended(self) -> bool:
        """Whether the visitor has got the end of a response."""
        return self._ended

    @property
    def has_started(self) -> bool:
        """Whether the visitor has got the beginning of a response."""
        return self._started

    async def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self._started = True
        own = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store", **headers}
        if not self._whole:
            own["connection"] = "close"
        sent = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in own.items()]
        await self._pass({"type": "http.response.start", "status": status, "headers": self._protected(sent)})
        is_head = self.scope["method"] == "HEAD"
        await self._pass({"type": "http.response.body", "body": b"" if is_head else body, "more_body": True})
        if not self._whole:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drain(), _LINGER_SECONDS)
        await self._pass({"type": "http.response.body", "body": b"", "more_body": False})

    async def _drain(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                return

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self._ended = not message.get("more_body", False)
        try:
            async with asyncio.timeout(self._stall):  # `wait_for` of Python 3.11 may lose that an answer is given up
                await self._send(message)
        except TimeoutError:
            self._stalled = True
            raise

    def _protected(self, headers: Any) -> list[tuple[bytes, bytes]]:
        kept = [
            (name.lower(), value)
            for name, value in headers
            if name.lower() not in _NOT_SENT
            and not name.lower().startswith(b"access-control-")
            and name.lower().decode("latin-1") not in PROTECTION
        ]
        names = {name for name, _ in kept}
        added = dict(self._protection)
        if b"cache-control" not in names and not self.scope["path"].startswith(_KEPT_BY_BROWSERS):
            added["cache-control"] = "no-store"
        if any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in kept):
            added["x-accel-buffering"] = "no"  # a proxy passes each event on as it comes
        if self.cookie:
            added["set-cookie"] = self.cookie
        if request := id_of(self.scope):
            added[HEADER] = request
        return [*kept, *((name.encode(), value.encode()) for name, value in added.items())]


def too_large(most: int) -> Refusal:
    """The refusal of a body longer than so many bytes."""
    return Refusal(413, "guard.too_large", count=most)


def _is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def _protection(framed_by: Sequence[str]) -> dict[str, str]:
    """The headers of every response, where these sites may show the page in a frame."""
    if not framed_by:
        return PROTECTION
    policy = CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(framed_by)}")
    # X-Frame-Options knows no list of sites; who knows the policy does not look at it.
    return {name: value for name, value in PROTECTION.items() if name != "x-frame-options"} | {_POLICY: policy}


def _with_scripts(messages: list[Message], policy: str) -> tuple[Message, Message]:
    """A page's response, its start and its body, allowed to run the scripts that stand in it."""
    start, *parts = messages
    body = b"".join(part.get("body", b"") for part in parts)
    policy = policy.replace("script-src 'self'", f"script-src {script_sources(body.decode(errors='replace'))}")
    others = [pair for pair in start["headers"] if pair[0] != _POLICY.encode()]
    whole = {"type": "http.response.body", "body": body, "more_body": False}
    return {**start, "headers": [*others, (_POLICY.encode(), policy.encode())]}, whole


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )
