"""Logging in by name and password with every request (HTTP Basic, RFC 7617), and a growing pause after wrong ones."""

import asyncio
import base64
import binascii
import hmac
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Final

from qa.errors import LoginError
from qa.passwords import NOBODY, clean_name, matches, read_logins

CHALLENGE: Final = 'Basic realm="documents", charset="UTF-8"'

_WRONG_ALLOWED: Final = 10
"""Wrong passwords before the first pause."""
_LONGEST_PAUSE: Final = 900.0
"""Seconds. The pause doubles from one second."""
_FORGIVEN: Final = 3600.0
"""Seconds after which wrong passwords count no longer."""
_REMEMBERED: Final = 10_000
"""Names and addresses with wrong passwords, and logins found right."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Login:
    """Who has logged in (`name`), or how many seconds to wait for the next try (`wait`); neither: no valid login."""

    name: str = ""
    wait: int = 0


class Logins:
    """Checks logins against the file, which is read again when it changes. For one event loop."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises LoginError when the file cannot be read, or lets nobody in."""
        self._path = path
        self._clock = clock
        self._stamp = self._look()
        self._logins = read_logins(path)
        if not self._logins:
            raise LoginError(f"no login in {str(path)!r}; add one with: qa login add NAME --logins {path}")
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, tuple[str, str]] = OrderedDict()
        """What was found right: by a keyed hash of name and password, the name and what was stored for it."""
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """For a name or an address, how many wrong passwords came, and when the last."""
        self._one_at_a_time = asyncio.Lock()

    async def check(self, authorization: str, address: str) -> Login:
        """Who a header Authorization shows; wrong passwords count for the name and for the address."""
        given = _given(authorization)
        if given is None:
            return Login()
        name, password = given
        self._read_again()
        mark = hmac.digest(self._key, f"{name}\0{password}".encode("utf-8", "surrogatepass"), "sha256")
        if self._is_known(mark):
            return Login(name)
        async with self._one_at_a_time:  # so that many at once are counted like one after the other
            if self._is_known(mark):
                return Login(name)
            names = (f"name {name}", f"address {address}")
            if wait := max(map(self._pause, names)):
                return Login(wait=wait)
            stored = self._logins.get(name, NOBODY)
            if await asyncio.to_thread(matches, password, stored):
                self._right[mark] = (name, stored)
                if len(self._right) > _REMEMBERED:
                    self._right.popitem(last=False)
                return Login(name)
            for each in names:
                self._count(each)
            _log.warning("wrong login")  # from where says the log of requests, where it is asked to
            return Login()

    def _is_known(self, mark: bytes) -> bool:
        name, stored = self._right.get(mark, ("", ""))
        if not name:
            return False
        if self._logins.get(name) != stored:  # removed, or another password since
            del self._right[mark]
            return False
        return True

    def _pause(self, name: str) -> int:
        count, last = self._wrong.get(name, (0, 0.0))
        if count < _WRONG_ALLOWED:
            return 0
        pause = min(_LONGEST_PAUSE, 2.0 ** min(count - _WRONG_ALLOWED, 20))
        return max(0, ceil(last + pause - self._clock()))

    def _count(self, name: str) -> None:
        now = self._clock()
        count, last = self._wrong.pop(name, (0, now))
        self._wrong[name] = (count + 1 if now - last < _FORGIVEN else 1, now)
        if len(self._wrong) > _REMEMBERED:
            self._wrong.popitem(last=False)

    def _read_again(self) -> None:
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._logins = read_logins(self._path)
        except LoginError as error:
            _log.warning("%s; nobody is let in until it can be read", error)
            self._logins = {}

    def _look(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)


def _given(authorization: str) -> tuple[str, str] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > 8000:
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        return (clean_name(name), password) if colon else None
    except (binascii.Error, UnicodeDecodeError, LoginError):
        return None
