"""A wire between a client and Milvus that can be cut, or fall silent."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

_STEP = 0.02


class Wire(Enum):
    """What becomes of what is sent."""

    WHOLE = auto()
    SILENT = auto()
    """It arrives nowhere, and nothing comes back."""
    CUT = auto()
    """Connections break, and no new ones are made."""


class Relay:
    """An address on this machine that leads to another one, as long as `wire` is whole."""

    def __init__(self, host: str, port: int) -> None:
        self.wire = Wire.WHOLE
        self._behind = (host, port)
        self._open = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._open = False
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _listen(self) -> None:
        self._listener.settimeout(_STEP)
        while self._open:
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self.wire is Wire.CUT:
                near.close()
                continue
            try:
                far = socket.create_connection(self._behind, 5)
            except OSError:
                near.close()
                continue
            for one, other in ((near, far), (far, near)):
                self._threads.append(threading.Thread(target=self._pass, args=(one, other), daemon=True))
                self._threads[-1].start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        one.settimeout(_STEP)
        with one, other, suppress(OSError):
            while self._open and self.wire is not Wire.CUT:
                try:
                    data = one.recv(65536)
                except TimeoutError:
                    continue
                while self.wire is Wire.SILENT and self._open:
                    time.sleep(_STEP)
                if not data or self.wire is Wire.CUT:
                    return
                other.settimeout(5)
                other.sendall(data)


@contextmanager
def relayed(host: str, port: int) -> Iterator[Relay]:
    """A relay to `host` and `port`, closed in the end."""
    relay = Relay(host, port)
    try:
        yield relay
    finally:
        relay.close()
