"""What stands before the application: who is asked, by whom, for what, how often, and with how much.

Plain ASGI, so that the chat's streams go through as they come. Nothing is read from the disk for a refused request.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web import events
from qa.web.api_errors import is_for_programs
from qa.web.callers import Callers
from qa.web.chat_requests import DESCRIPTIONS, HEARTBEAT, JOIN, RUN, STREAMS, ChatFunction, ChatRequests, session_of
from qa.web.exchange import Exchange, Gone, too_large
from qa.web.faults import report_fault
from qa.web.health import health
from qa.web.json_bodies import read_json, write_json
from qa.web.limits import Limits, Quota, Shares, neighbourhood
from qa.web.origins import as_asked, check_host, check_page
from qa.web.refusal import Refusal, wait
from qa.web.request_ids import answering, id_of, with_id
from qa.web.settings import Settings
from qa.web.surface import READ, Door, Side, Use, doors_of, method_of, route_of
from qa.web.unheard import Forget, Unheard
from qa.web.visitor import VISITOR_COOKIE, new_cookie, visitor_by_cookie

_COOKIE_SECONDS: Final = 365 * 24 * 3600
_COOKIE_USES: Final = frozenset({"read", "change", "question", "upload"})
"""What of the page a visitor without a cookie gets one with. Where its requests come many at a time, each would get
another one."""
_ASKING: Final = frozenset({"question", "tools"})
"""Uses that only read, so that they may be given up at any moment. Their bodies are read here."""
_TRY_AGAIN_SECONDS: Final = 5
_SHARE_FOR_ANSWERS: Final = 0.8
"""Of the time that there is for stopping: what is left goes to telling those whose answer did not come in it."""


class Guard:
    """`app` with the guard in front. Sets `scope["state"]["visitor"]`, which `visitor_of` reads."""

    def __init__(
        self, app: ASGIApp, settings: Settings, functions: Mapping[int, ChatFunction], forget: Forget | None = None
    ) -> None:
        """`forget`: sessions of the chat that nobody listens to; None where there is no chat.

        Raises LoginError or KeyInvalid when there is a file of logins or keys and it cannot be used.
        """
        limits = settings.limits
        self.app = app
        """What is guarded."""
        self._settings = settings
        self._callers = Callers(settings)
        self._chat = ChatRequests(functions, secrets.token_bytes(32))
        self._unheard = Unheard(forget, limits.stall_seconds) if forget else None
        a_minute = {
            "question": limits.questions_a_minute,
            "upload": limits.uploads_a_minute,
            "change": limits.changes_a_minute,
            "read": limits.reads_a_minute,
        }
        self._of_visitor = {use: Quota(count) for use, count in a_minute.items()}
        self._of_address = {use: Quota(count * limits.visitors_an_address) for use, count in a_minute.items()}
        self._requests_of = Shares(limits.requests_an_address)
        self._bodies_of = Shares(limits.conversation_bytes * limits.visitors_an_address)
        """Bytes in the memory, of all that an address asks at the moment."""
        self._longest = {
            "little": limits.body_bytes,
            "conversation": limits.conversation_bytes,
            "document": limits.upload_bytes,
        }
        self._stopping = asyncio.Event()
        self._open = 0
        self._direct = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let the application do it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        scope = with_id(as_asked(scope, self._settings), behind_proxy=self._settings.behind_proxy)
        exchange = Exchange(scope, receive, send, self._settings.limits, self._settings.framed_by)
        asked_health = health(scope["path"], stopping=self._stopping.is_set())
        if asked_health is not None:
            await _tell_health(scope, exchange, *asked_health)
            return
        began = time.perf_counter()
        with answering(id_of(scope)):
            try:
                await self._guarded(scope, exchange)
            finally:
                events.tell(_ended_request(scope, exchange, time.perf_counter() - began))

    async def _guarded(self, scope: Scope, exchange: Exchange) -> None:
        """Answer a request, and whatever goes wrong with it."""
        try:
            await self._answer(scope, exchange)
            await exchange.end()
        except Refusal as refusal:
            await exchange.refuse(refusal)
        except (Gone, ClientDisconnect):
            await _ended(exchange)
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
        except Exception as error:
            if exchange.is_over:
                await _ended(exchange)
            elif exchange.has_started:
                await _break_off(scope, exchange, error)
            else:
                await exchange.fail(error)

    async def _answer(self, scope: Scope, exchange: Exchange) -> None:
        """Let the application answer, unless too much is asked of it at this moment."""
        limits, is_direct = self._settings.limits, scope["path"].startswith(RUN)
        if self._stopping.is_set():
            raise Refusal(503, "guard.stopping", {"Retry-After": str(_TRY_AGAIN_SECONDS)})
        address = _address_of(scope)
        if not self._requests_of.take(address, 1):
            raise _busy(429)
        self._open += 1
        self._direct += is_direct
        try:
            if self._open > limits.requests_at_once or self._direct > limits.direct_at_once:
                raise _busy(503)
            admitted = await self._admitted(scope, exchange)
            if admitted["path"].startswith(STREAMS):
                session = session_of(admitted)
                with self._unheard.heard(session) if self._unheard and session else nullcontext():
                    await self._until_stopped(admitted, exchange)
            elif is_for_programs(admitted["path"]):  # a written answer may take as long as its model
                await self._until_stopped(admitted, exchange)
            else:
                await self._for_whoever_stays(admitted, exchange)
        finally:
            self._open -= 1
            self._direct -= is_direct
            self._requests_of.give_back(address, 1)
            self._bodies_of.give_back(address, exchange.held)

    def stop(self) -> None:
        """The server is being stopped: let open streams end soon. To be called in the event loop."""
        self._stopping.set()

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return self._open > 0

    async def _until_stopped(self, scope: Scope, exchange: Exchange) -> None:
        """Let the application answer; when the server is stopped, an answer may end, and then is broken off."""
        answering = asyncio.ensure_future(self._for_whoever_stays(scope, exchange))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({answering, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and not scope["path"].startswith(HEARTBEAT):
                await asyncio.wait({answering}, timeout=answer_seconds(self._settings.limits))
            if answering.done():
                answering.result()
            else:
                await exchange.break_off("guard.stopping")
        finally:
            stopping.cancel()
            answering.cancel()

    async def _for_whoever_stays(self, scope: Scope, exchange: Exchange) -> None:
        """Let the application answer; a question whose asker leaves is given up, which changes nothing.

        Raises Gone then. A model that writes would otherwise be kept busy for nobody.
        """
        if exchange.use not in _ASKING:
            await self.app(scope, exchange.receive, exchange.send)
            return
        answering = asyncio.ensure_future(self.app(scope, exchange.receive, exchange.send))
        leaving = asyncio.ensure_future(exchange.left())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and not exchange.has_ended:
                raise Gone
            await answering
        finally:
            leaving.cancel()
            answering.cancel()

    async def _admitted(self, scope: Scope, exchange: Exchange) -> Scope:
        """The request as the application gets it. Raises Refusal, or Gone when the visitor leaves meanwhile."""
        headers = Headers(scope=scope)
        address = _address_of(scope)
        check_host(scope, self._settings)
        check_page(scope)
        caller = await self._callers.of(headers, address)
        door = _door(scope)
        self._callers.admit(caller, door.sides)
        use = exchange.use = door.use
        cookie = HTTPConnection(scope).cookies.get(VISITOR_COOKIE, "")
        # Whose the sessions and quotas are: the visitor's, or where a browser keeps no cookie its address's.
        visitor = owner = caller.visitor or visitor_by_cookie(cookie)
        if not visitor:
            cookie = new_cookie()
            visitor, owner = visitor_by_cookie(cookie), f"address {address}"
        comes_back = scope["path"] == "/" or (owner != visitor and use in _COOKIE_USES)
        if comes_back and not caller.visitor and "page" in door.sides:
            exchange.cookie = _cookie(cookie, scope)
        scope = {
            **scope,
            "headers": [pair for pair in scope["headers"] if pair[0] != b"authorization"],
            "state": {**scope.get("state", {}), "visitor": visitor},
        }
        if use == "stream":
            path, query = self._chat.stream(scope["path"], scope["query_string"], owner)
            return {**scope, "path": path, "raw_path": path.encode("ascii"), "query_string": query}
        if use == "file":
            return scope
        if scope["path"] in DESCRIPTIONS:
            scope = {**scope, "query_string": b""}
        if use not in {"chat", "tools"}:
            self._count(use, owner, address)
        exchange.most = self._longest[door.holds]
        if _declared(headers) > exchange.most:
            raise too_large(exchange.most)
        if scope["method"] != "POST":
            return scope
        size = exchange.most if "transfer-encoding" in headers else _declared(headers)
        if not self._bodies_of.take(address, size):
            raise _busy(429)
        exchange.held = size
        body = await self._checked(scope, exchange, use, owner, address, caller.opens)
        exchange.replace_body(body)
        kept = [pair for pair in scope["headers"] if pair[0] not in (b"content-length", b"transfer-encoding")]
        return {**scope, "headers": [*kept, (b"content-length", str(len(body)).encode())]}

    async def _checked(
        self, scope: Scope, exchange: Exchange, use: Use, owner: str, address: str, opens: frozenset[Side]
    ) -> bytes:
        """The JSON of a request as it is passed on; an empty body stays one."""
        path = scope["path"]
        body = await exchange.read_body()
        if not body and use not in {"chat", "tools"}:
            return body
        if Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise Refusal(415, "guard.unreadable")
        said: Any = read_json(body)
        if use == "chat":
            said, asks = self._chat.body(path, said, owner, opens)
            self._count("question" if asks else "change", owner, address)
            if path == JOIN:
                exchange.instead[503] = _busy(429)  # the framework's own words for a full queue are English
                if self._unheard:
                    self._unheard.asked(said["session_hash"])
        elif use == "tools":
            if not isinstance(said, dict):
                raise Refusal(400, "guard.unreadable")
            self._count("question" if said.get("method") == "tools/call" else "change", owner, address)
        return write_json(said)

    def _count(self, use: str, owner: str, address: str) -> None:
        seconds = self._of_visitor[use].wait(owner) if owner != f"address {address}" else 0
        if seconds := seconds or self._of_address[use].wait(address):
            raise wait(429, "guard.too_many", seconds)


def answer_seconds(limits: Limits) -> float:
    """How long answers may take to end when the server is told to stop."""
    return limits.grace_seconds * _SHARE_FOR_ANSWERS


def _address_of(scope: Scope) -> str:
    return neighbourhood((scope.get("client") or ("",))[0])


def _ended_request(scope: Scope, exchange: Exchange, seconds: float) -> events.RequestEnded:
    address = (scope.get("client") or ("",))[0]
    return events.RequestEnded(
        method_of(scope["method"]), route_of(scope["path"]), exchange.use, exchange.status, seconds, address
    )


async def _tell_health(scope: Scope, exchange: Exchange, status: int, text: str) -> None:
    if scope["method"] in READ:
        await exchange.tell(status, text)
    else:
        await exchange.refuse(Refusal(405, "guard.wrong_method", {"Allow": ", ".join(sorted(READ))}))


def _door(scope: Scope) -> Door:
    path = scope["path"]
    found = doors_of(path, scope.get("raw_path", path.encode()).decode("latin-1"))
    if not found:
        raise Refusal(404, "guard.nothing_here")
    for door in found:
        if scope["method"] in door.methods:
            return door
    allowed = ", ".join(sorted({method for door in found for method in door.methods}))
    raise Refusal(405, "guard.wrong_method", {"Allow": allowed})


def _cookie(value: str, scope: Scope) -> str:
    """The header that lets a browser keep a visitor's cookie.

    Not "Strict": who follows a link to an answer would come without the cookie, get another one, and lose what the
    first one had. Other pages' requests are refused by `check_page`.
    """
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{VISITOR_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={_COOKIE_SECONDS}{secure}"


def _declared(headers: Headers) -> int:
    """The length in bytes that a request says its body has; 0 where it does not say."""
    text = headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _busy(status: int) -> Refusal:
    return Refusal(status, "guard.busy", {"Retry-After": str(_TRY_AGAIN_SECONDS)})


async def _ended(exchange: Exchange) -> None:
    if exchange.is_over:
        await exchange.end()


async def _break_off(scope: Scope, exchange: Exchange, error: Exception) -> None:
    """End a response that failed after its beginning.

    The framework ends the stream of a session that it does not know by an error, after saying so. Any other response
    is left as it is: the server closes the connection, so that nobody takes it for whole.
    """
    if isinstance(error, HTTPException) or isinstance(error.__cause__, HTTPException):
        await exchange.send({"type": "http.response.body", "body": b"", "more_body": False})
    else:
        report_fault(f"an answer to {route_of(scope['path'])} broke off", error)
