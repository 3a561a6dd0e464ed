"""How much a visitor may ask for, and the count of it."""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields
from math import ceil
from typing import Final

from qa.errors import ServeError

_COUNTED: Final = 10_000
"""Visitors and addresses whose requests are counted; those that asked least lately are forgotten first."""


@dataclass(frozen=True)
class Limits:
    """What one visitor, one request and the whole server may do. Every value is at least 1."""

    questions_a_minute: int = 30
    """Questions of one visitor a minute; so many may also come at once."""
    uploads_a_minute: int = 60
    """Uploads and removals of documents of one visitor a minute."""
    changes_a_minute: int = 1200
    """All other requests of one visitor that are no mere reading; a question takes about ten of the chat's own."""
    reads_a_minute: int = 1200
    """Sources, citations and lists read by one visitor a minute."""
    visitors_an_address: int = 10
    """An address may ask for so many times what a visitor may: an office shares one."""
    body_bytes: int = 1_000_000
    """The longest body of a request that is neither an upload nor holds a conversation."""
    conversation_bytes: int = 16_000_000
    """The longest body that holds a conversation: some four million characters of any script."""
    upload_bytes: int = 20_000_000
    """The longest uploaded document."""
    waiting: int = 32
    """Questions that may wait; more are refused at once with a message."""
    answers_at_once: int = 2
    """Questions answered at a time: an answer keeps a core busy."""
    direct_at_once: int = 8
    """Requests of the chat outside its queue at a time."""
    requests_at_once: int = 400
    """Requests at a time, open streams of the chat among them: two a visitor."""
    requests_an_address: int = 200
    """Of these an address may have so many, so that no one address keeps out the others."""
    connections: int = 1000
    """Open connections; more are closed as they come."""
    head_seconds: int = 10
    """How long the head of a request may take to arrive."""
    stall_seconds: int = 20
    """How long a body may pause on its way in, an answer on its way out."""
    body_seconds: int = 600
    """How long a body may take altogether."""
    grace_seconds: int = 5
    """How long running answers may take to end when the server is told to stop."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ServeError(f"{field.name.replace('_', ' ')} must be at least 1, not {getattr(self, field.name)}")


class Quota:
    """A bucket of tokens for each name: `a_minute` fit in, and as many flow in each minute. Not for threads."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(a_minute)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """What was left of a name's tokens, and when."""

    def wait(self, name: str) -> int:
        """Take a token. Returns 0, or where there is none the whole seconds until there is one."""
        now = self._clock()
        left, then = self._buckets.pop(name, (self._size, now))
        left = min(self._size, left + (now - then) * self._size / 60)
        taken = left >= 1
        self._buckets[name] = (left - 1 if taken else left, now)
        if len(self._buckets) > _COUNTED:
            self._buckets.popitem(last=False)
        return 0 if taken else ceil((1 - left) * 60 / self._size)


class Shares:
    """What each name has of something at the moment. Not for threads."""

    def __init__(self, most: int) -> None:
        """`most`: that one may have."""
        self._most = most
        self._has: Counter[str] = Counter()

    def take(self, name: str, amount: int) -> bool:
        """Whether a name may have so much more; then it has."""
        if self._has[name] + amount > self._most:
            return False
        self._has[name] += amount
        return True

    def give_back(self, name: str, amount: int) -> None:
        """What was taken is there again."""
        self._has[name] -= amount
        if not self._has[name]:
            del self._has[name]


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, which one customer has to himself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        return str(found.ipv4_mapped)
    return str(found)
