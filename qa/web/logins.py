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
from pathlib import Path
from typing import Final

from qa.errors import LoginError
from qa.passwords import LOGINS, NOBODY, matches
from qa.web.followed_file import FollowedFile
from qa.web.pauses import Pauses

CHALLENGE: Final = 'Basic realm="documents", charset="UTF-8"'

_REMEMBERED: Final = 10_000
"""Logins found right."""

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
        self._file = FollowedFile(path, LOGINS.read)
        if not self._file.now():
            raise LoginError(f"no login in {str(path)!r}; add one with: qa login add NAME --logins {path}")
        self._pauses = Pauses(clock)
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, tuple[str, str]] = OrderedDict()
        """What was found right: by a keyed hash of name and password, the name and what was stored for it."""
        self._one_at_a_time = asyncio.Lock()

    async def check(self, authorization: str, address: str) -> Login:
        """Who a header Authorization shows; wrong passwords count for the name and for the address."""
        given = _given(authorization)
        if given is None:
            return Login()
        name, password = given
        mark = hmac.digest(self._key, f"{name}\0{password}".encode("utf-8", "surrogatepass"), "sha256")
        if self._is_known(mark):
            return Login(name)
        async with self._one_at_a_time:  # so that many at once are counted like one after the other
            if self._is_known(mark):
                return Login(name)
            names = (f"name {name}", f"address {address}")
            if wait := max(map(self._pauses.wait, names)):
                return Login(wait=wait)
            stored = self._file.now().get(name, NOBODY)
            if await asyncio.to_thread(matches, password, stored):
                self._right[mark] = (name, stored)
                if len(self._right) > _REMEMBERED:
                    self._right.popitem(last=False)
                return Login(name)
            for each in names:
                self._pauses.count(each)
            _log.warning("wrong login")  # from where says the log of requests, where it is asked to
            return Login()

    def _is_known(self, mark: bytes) -> bool:
        name, stored = self._right.get(mark, ("", ""))
        if not name:
            return False
        if self._file.now().get(name) != stored:  # removed, or another password since
            del self._right[mark]
            return False
        return True


def _given(authorization: str) -> tuple[str, str] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > 8000:
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        return (LOGINS.name(name), password) if colon else None
    except (binascii.Error, UnicodeDecodeError, LoginError):
        return None
