"""An OpenAI-compatible endpoint that does what it is told: answers well, or misbehaves in every way known."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Stub:
    """A running endpoint. `behaviour`: one of the names below; `text`: what it writes where that is "well".

    `elsewhere`: where "redirect" sends. `requests`: what came, headers and body.
    """

    port: int
    behaviour: str = "well"
    text: str = "Nothing to say."
    elsewhere: str = ""
    requests: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def stub() -> Iterator[Stub]:
    """An endpoint on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length))
            made.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.close_connection = True
            with suppress(OSError):  # whoever asked has had enough
                _BEHAVIOURS[made.behaviour](self, made, body)

        def do_GET(self) -> None:
            made.requests.append(({name.lower(): value for name, value in self.headers.items()}, {}))
            _plain(self, 404, "text/plain", b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Whoever asked has gone."""

    with Server(("127.0.0.1", 0), Handler) as server:
        made = Stub(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        made.stopping.set()
        server.shutdown()
        thread.join()


# --- How it behaves --------------------------------------------------------------------------------------------------


def _head(handler: BaseHTTPRequestHandler, status: int, kind: str, *more: tuple[str, str]) -> None:
    handler.send_response(status)
    for name, value in (("Content-Type", kind), ("Connection", "close"), *more):
        handler.send_header(name, value)
    handler.end_headers()


def _plain(handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes, *more: tuple[str, str]) -> None:
    _head(handler, status, kind, ("Content-Length", str(len(body))), *more)
    handler.wfile.write(body)


def event(text: str | None, finish: str | None = None) -> bytes:
    """A part of a streamed completion."""
    delta = {} if text is None else {"content": text}
    part = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return f"data: {json.dumps(part)}\n\n".encode()


def _streamed(handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream; charset=utf-8")
    handler.wfile.write(b": a comment\n\n" + event(None))
    for piece in re.findall(r"\S+\s*|\s+", stub.text):
        handler.wfile.write(event(piece))
    handler.wfile.write(event(None, "stop") + b"data: [DONE]\n\n")


def _whole(handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    completion = {"choices": [{"message": {"role": "assistant", "content": stub.text}, "finish_reason": "stop"}]}
    _plain(handler, 200, "application/json", json.dumps(completion).encode())


def _newer(handler: BaseHTTPRequestHandler, stub: Stub, body: Any) -> None:
    if "max_tokens" in body or "temperature" in body:
        _plain(handler, 400, "application/json", b'{"error": {"message": "unsupported parameter"}}')
    else:
        _streamed(handler, stub, body)


def _hang(_handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    stub.stopping.wait(60)


def _drip(handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream")
    _dripped(handler, stub, event("slowly ") * 100)


def _drip_head(handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    _dripped(handler, stub, b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 1000)


def _dripped(handler: BaseHTTPRequestHandler, stub: Stub, data: bytes) -> None:
    for byte in data:
        if stub.stopping.wait(0.2):
            return
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()


def _status(status: int) -> Any:
    def answer(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
        said = {"error": {"message": f"no: {handler.headers.get('Authorization')}"}}
        _plain(handler, status, "application/json", json.dumps(said).encode(), ("Retry-After", "1"))

    return answer


def _raw(kind: str, body: bytes) -> Any:
    def answer(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
        _plain(handler, 200, kind, body)

    return answer


def _huge(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream", ("Content-Length", str(100_000_000)))
    for _ in range(100):
        handler.wfile.write(b"data: " + b"x" * 999_994)


def _long(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream")
    for _ in range(100_000):
        handler.wfile.write(event("So it goes on and on. [1] "))


def _packed(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
    _plain(handler, 200, "text/event-stream", b"\x1f\x8b", ("Content-Encoding", "gzip"))


def _redirect(handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    _plain(handler, 307, "text/plain", b"", ("Location", f"{stub.elsewhere}/chat/completions"))


def _break_off(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream", ("Content-Length", "5000"))
    handler.wfile.write(event("The law was passed. [1] And "))


def _end_early(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream")
    handler.wfile.write(event("The law was passed. [1] And "))


def _slam(handler: BaseHTTPRequestHandler, _stub: Stub, _body: Any) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def _slowly(handler: BaseHTTPRequestHandler, stub: Stub, _body: Any) -> None:
    _head(handler, 200, "text/event-stream")
    for piece in re.findall(r"\S+\s*", stub.text):
        handler.wfile.write(event(piece))
        time.sleep(0.05)
    handler.wfile.write(event(None, "stop") + b"data: [DONE]\n\n")


_DEEP = b"[" * 100_000
_BEHAVIOURS = {
    "well": _streamed,
    "slowly": _slowly,
    "whole": _whole,
    "newer": _newer,
    "hang": _hang,
    "drip": _drip,
    "drip head": _drip_head,
    "401": _status(401),
    "404": _status(404),
    "429": _status(429),
    "500": _status(500),
    "204": _status(204),
    "html": _raw("text/html", b"<html><img src=x onerror=alert(1)>Bad gateway</html>"),
    "no json": _raw("application/json", b'{"choices": [{"message": '),
    "other json": _raw("application/json", b'["choices"]'),
    "odd choices": _raw("application/json", b'{"choices": {"0": 1}}'),
    "no choice": _raw("application/json", b'{"choices": []}'),
    "odd content": _raw("application/json", b'{"choices": [{"message": {"content": [1, {"text": "x"}]}}]}'),
    "deep json": _raw("application/json", _DEEP),
    "broken event": _raw("text/event-stream", b"data: {nonsense\n\ndata: [DONE]\n\n"),
    "error event": _raw("text/event-stream", b'data: {"error": {"message": "overloaded"}}\n\n'),
    "no event": _raw("text/event-stream", b""),
    "huge": _huge,
    "long": _long,
    "packed": _packed,
    "redirect": _redirect,
    "break off": _break_off,
    "end early": _end_early,
    "slam": _slam,
}
EXPECTED = {
    "hang": "late",
    "drip": "late",
    "drip head": "late",
    "401": "refused",
    "404": "refused",
    "429": "busy",
    "500": "failed",
    "204": "failed",
    "html": "unreadable",
    "no json": "unreadable",
    "other json": "unreadable",
    "odd choices": "unreadable",
    "no choice": "unreadable",
    "odd content": "empty",
    "deep json": "unreadable",
    "broken event": "unreadable",
    "error event": "failed",
    "no event": "unreadable",
    "huge": "unreadable",
    "long": "unreadable",
    "packed": "unreadable",
    "redirect": "redirected",
    "break off": "unreadable",
    "end early": "unreadable",
    "slam": "unreadable",
}
"""Why nothing is written, for each way to misbehave."""
