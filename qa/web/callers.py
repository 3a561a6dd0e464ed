"""Who asks, by what a request shows: a login, an API key, or nothing; and what is open to them."""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers

from qa.web.keys import KEY_CHALLENGE, Keys
from qa.web.logins import CHALLENGE, Logins
from qa.web.refusal import Refusal, wait
from qa.web.settings import Settings
from qa.web.surface import BOTH, PAGE, PROGRAMS, Side
from qa.web.visitor import visitor_by_key, visitor_by_login

_NOBODY: Final[frozenset[Side]] = frozenset()


@dataclass(frozen=True)
class Caller:
    """`visitor`: 64 hexadecimal digits, empty for who shows neither login nor key. `opens`: whose doors are open."""

    visitor: str
    opens: frozenset[Side]


class Callers:
    """Tells who asks. For one event loop."""

    def __init__(self, settings: Settings) -> None:
        """Raises LoginError or KeyInvalid when a file of logins or keys cannot be used."""
        self._logins = Logins(settings.logins) if settings.logins else None
        self._keys = Keys(settings.keys) if settings.keys else None
        open_page = PAGE if settings.open_page else _NOBODY
        self._everybody = Caller("", BOTH if open_page and self._keys is None else open_page)
        self._challenge = ", ".join([CHALLENGE] * bool(self._logins) + [KEY_CHALLENGE] * bool(self._keys))

    async def of(self, headers: Headers, address: str) -> Caller:
        """Who a request comes from. Raises Refusal for wrong keys and logins, and where it shows none and has to."""
        given = headers.get("authorization", "")
        key = self._keys.check(given, address) if self._keys else None
        if key is not None:
            if key.wait:
                raise wait(429, "guard.too_many_logins", key.wait)
            if not key.name:
                raise self._unknown()
            return Caller(visitor_by_key(key.name), PROGRAMS)
        if self._logins is not None:
            login = await self._logins.check(given, address)
            if login.wait:
                raise wait(429, "guard.too_many_logins", login.wait)
            if not login.name:
                raise self._unknown()
            return Caller(visitor_by_login(login.name), BOTH)
        if not self._everybody.opens:
            raise self._unknown()
        return self._everybody

    def admit(self, caller: Caller, sides: frozenset[Side]) -> None:
        """Raises Refusal unless what is meant for these `sides` is open to the caller."""
        if not caller.opens & sides:
            raise Refusal(403, "guard.not_for_keys") if caller.visitor else self._unknown()

    def _unknown(self) -> Refusal:
        return Refusal(401, "guard.log_in", {"WWW-Authenticate": self._challenge})
