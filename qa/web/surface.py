"""The paths that the page and programs need. Everything else that the framework would answer, and there is much, is not
there.

`tests/test_guard.py` compares this with the routes of the application as it runs.
"""

import re
from dataclasses import dataclass
from http import HTTPMethod
from typing import Final, Literal

Use = Literal["file", "read", "change", "question", "upload", "chat", "stream", "tools"]
"""What a path is used for: files of the page itself, reading, changing, asking, uploading; requests and streams of the
chat; requests for tools (MCP), of which some ask."""
Side = Literal["page", "programs"]
"""Whom something is for: a person with the page, or programs that show a key."""
PAGE: Final[frozenset[Side]] = frozenset({"page"})
PROGRAMS: Final[frozenset[Side]] = frozenset({"programs"})
BOTH: Final = PAGE | PROGRAMS

READ: Final = frozenset({"GET", "HEAD"})
_NAME: Final = r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*"
"""A file or folder of ours: no name begins with a dot, so none leads upwards."""
Holds = Literal["little", "conversation", "document"]
"""What a body may be as long as."""


@dataclass(frozen=True)
class Door:
    """A path, the requests that it takes, what they count as and what they bring."""

    path: re.Pattern[str]
    methods: frozenset[str]
    use: Use
    holds: Holds = "little"
    sides: frozenset[Side] = PAGE


def _door(use: Use, path: str, *methods: str, holds: Holds = "little", sides: frozenset[Side] = PAGE) -> Door:
    return Door(re.compile(path), frozenset(methods) or READ, use, holds, sides)


DOORS: Final = (
    _door("file", "/"),
    _door("file", rf"/(assets|static|ui)(/{_NAME})+"),
    _door("file", r"/(theme\.css|favicon\.ico|robots\.txt)"),
    _door("file", "/gradio_api/app_id"),
    _door("chat", "/gradio_api/queue/join", "POST", holds="conversation", sides=BOTH),
    _door("chat", "/gradio_api/(cancel|reset)", "POST", sides=BOTH),
    _door("chat", "/gradio_api/run/[A-Za-z0-9_]+", "POST"),
    _door("stream", r"/gradio_api/(queue/data|heartbeat/[A-Za-z0-9-]+)", "GET", sides=BOTH),
    _door("read", "/(config|gradio_api/info)", sides=PROGRAMS),
    _door("read", r"/api/v1/openapi\.json", sides=PROGRAMS),
    _door("question", "/api/v1/(search|ask)", "POST", sides=PROGRAMS),
    _door("tools", "/mcp", "POST", sides=PROGRAMS),
    _door("read", "/api/(source|cite|filters|documents|build|about|suggestions|writer)"),
    _door("question", "/api/(write|translate|rewrite)", "POST"),
    _door("change", "/api/(scope|feedback)", "POST"),
    _door("change", "/api/export", "POST", holds="conversation"),
    _door("upload", "/api/build", "POST"),
    _door("upload", "/api/documents/[^/]{1,600}", "PUT", holds="document"),
    _door("upload", "/api/documents/[^/]{1,600}", "DELETE"),
)
WITH_NAMES: Final = "/api/documents/"
"""Below this, a path holds a name as a visitor wrote it, percent-encoded; every other path is written plainly."""


def doors_of(path: str, raw_path: str) -> list[Door]:
    """The doors at a path, decoded and as it was sent; none where the page needs nothing."""
    if path != raw_path and not path.startswith(WITH_NAMES):
        return []
    return [door for door in DOORS if door.path.fullmatch(path)]


def method_of(method: str) -> str:
    """A request's method for the log; "…" for one that is none, since a visitor may write any word."""
    return method if method in HTTPMethod.__members__ else "…"


def route_of(path: str) -> str:
    """A path for the log, without what a visitor wrote: names and sessions as "…", and so is where nothing is."""
    if not any(door.path.fullmatch(path) for door in DOORS):
        return "…"
    return path if path.count("/") < 3 else "/".join(path.split("/")[:3]) + "/…"
