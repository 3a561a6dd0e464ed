"""An id for each request: in the response (X-Request-Id), and in every line of the log that it leads to."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

HEADER: Final = "x-request-id"
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CURRENT: Final[ContextVar[str]] = ContextVar("request", default="")

T = TypeVar("T")


def with_id(scope: Scope, *, behind_proxy: bool) -> Scope:
    """The request with an id in its state: the proxy's where there is one that gave it, else a new one."""
    given = Headers(scope=scope).getlist(HEADER) if behind_proxy else []
    made = given[-1] if given and _ID.fullmatch(given[-1]) else secrets.token_hex(8)
    return {**scope, "state": {**scope.get("state", {}), "request": made}}


def id_of(connection: HTTPConnection | Scope) -> str:
    """A request's id; empty where no guard is in front, which gives it."""
    scope = connection.scope if isinstance(connection, HTTPConnection) else connection
    return str(scope.get("state", {}).get("request", ""))


def current_id() -> str:
    """The id of the request that is being answered here; empty where none is."""
    return _CURRENT.get()


@contextmanager
def answering(request: str) -> Iterator[None]:
    """Within it the request with this id is being answered."""
    token = _CURRENT.set(request)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def answering_by(request: str, steps: Iterator[T]) -> Iterator[T]:
    """The same steps, each made within `answering`: they may be made in several threads, one after the other."""
    while True:
        with answering(request):
            try:
                step = next(steps)
            except StopIteration:
                return
        yield step
