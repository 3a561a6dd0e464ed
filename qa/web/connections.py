"""Connections that send nothing, or too many of them: closed, so that they keep out nobody."""

import asyncio
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from qa.web.exchange import PROTECTION
from qa.web.limits import Limits


class PatientProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, with a time limit for a request's head and a limit of connections."""

    limits: ClassVar[Limits] = Limits()

    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            transport.abort()
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:  # what came is the beginning of a head
            self._watch()
        else:
            self._stop_watching()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets the headers of every other response too; nothing where another response has begun."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = {**PROTECTION, "content-type": "text/plain; charset=utf-8", "connection": "close"}
            response = h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request")
            for event in (response, h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        if self._closing is None:
            self._closing = self.loop.call_later(self.limits.head_seconds, self._close)

    def _stop_watching(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _close(self) -> None:
        self._closing = None
        if not self.transport.is_closing():
            self.transport.abort()


def protocol_of(limits: Limits) -> type[Any]:
    """The protocol with these limits, for uvicorn, which makes one for each connection."""
    return type("LimitedProtocol", (PatientProtocol,), {"limits": limits})
