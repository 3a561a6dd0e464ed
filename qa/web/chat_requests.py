"""The chat's own requests, as far as they are passed on to the framework.

The framework keeps a session by a name that the browser, or its client for programs, makes up; whoever guesses it
reads along. Here each visitor's sessions get a name that depends on the visitor too, so that another visitor's are out
of reach. Functions that stand in the framework's queue are not called past it, and what it would fail on does not get
there.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import gradio as gr
from starlette.types import Scope

from qa.web.json_bodies import names_a_file
from qa.web.refusal import Refusal
from qa.web.surface import Side

_SESSION: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_EVENT: Final = re.compile(r"[A-Za-z0-9]{0,64}")
JOIN: Final = "/gradio_api/queue/join"
RUN: Final = "/gradio_api/run/"
HEARTBEAT: Final = "/gradio_api/heartbeat/"
STREAMS: Final = (HEARTBEAT, "/gradio_api/queue/data")
DESCRIPTIONS: Final = ("/config", "/gradio_api/info")
"""What the framework's client for programs reads first. Their queries lead elsewhere, and are dropped."""


@dataclass(frozen=True)
class ChatFunction:
    """A function that may be called: how many values it takes, whether it waits in the queue, as all do that search,
    and who may call it."""

    values: int
    queued: bool
    side: Side = "page"


def functions_of(page: gr.Blocks) -> Mapping[int, ChatFunction]:
    """The functions of a page by their numbers. Those for programs are public, and only those."""
    return {
        number: ChatFunction(len(each.inputs), each.queue, "programs" if each.api_visibility == "public" else "page")
        for number, each in page.fns.items()
        if each.fn  # the others only tell the browser what to do
    }


def session_of(stream: Scope) -> str:
    """The session whose answers a stream, as it is passed on, tells; empty for one that only says who is there."""
    return bytes(stream["query_string"]).decode("ascii").removeprefix("session_hash=")


async def forget(page: gr.Blocks, session: str) -> None:
    """Drop what a session of the page waits for, and what it was answered."""
    queue = page._queue
    await queue.clean_events(session_hash=session)  # from here on what is still worked on adds nothing
    queue.pending_messages_per_session.pop(session, None)
    queue.pending_event_ids_session.pop(session, None)


class ChatRequests:
    """Checks and rewrites the chat's requests for one page."""

    def __init__(self, functions: Mapping[int, ChatFunction], key: bytes) -> None:
        self._functions = functions
        self._key = key

    def body(self, path: str, said: Any, owner: str, opens: frozenset[Side]) -> tuple[Any, bool]:
        """The body to pass on for one received, and whether it asks a question; `opens`: whose functions may be called.

        Raises Refusal.
        """
        if not isinstance(said, dict):
            raise Refusal(400, "guard.unreadable")
        if not (path == JOIN or path.startswith(RUN)):  # cancel, reset
            event, number = said.get("event_id"), said.get("fn_index")
            if not (event is None or (isinstance(event, str) and _EVENT.fullmatch(event))):
                raise Refusal(400, "guard.unreadable")
            kept = {"event_id": event or ""}
            if path.endswith("cancel"):
                self._function(number, opens)
                return {
                    **kept,
                    "fn_index": number,
                    "session_hash": self._session(said.get("session_hash"), owner),
                }, False
            return kept, False
        number, values, trigger = said.get("fn_index"), said.get("data"), said.get("trigger_id")
        function = self._function(number, opens)
        if path.startswith(RUN) and function.queued:
            raise Refusal(404, "guard.nothing_here")
        # The one that stops others is given nothing by the browser.
        if not isinstance(values, list) or len(values) != function.values:
            raise Refusal(400, "guard.unreadable")
        if not (trigger is None or _is_number(trigger)) or names_a_file(said):
            raise Refusal(400, "guard.unreadable")
        passed = {
            "data": values,
            "event_data": said.get("event_data"),
            "fn_index": number,
            "trigger_id": trigger,
            "session_hash": self._session(said.get("session_hash"), owner),
        }
        return passed, path == JOIN and function.queued

    def stream(self, path: str, query: bytes, owner: str) -> tuple[str, bytes]:
        """Path and query to pass on for a stream that is opened. Raises Refusal."""
        if path.startswith(HEARTBEAT):
            return HEARTBEAT + self._session(path.removeprefix(HEARTBEAT), owner), b""
        try:
            found = parse_qs(query.decode("ascii"), max_num_fields=10).get("session_hash", [])
        except ValueError as error:
            raise Refusal(400, "guard.unreadable") from error
        if len(found) != 1:
            raise Refusal(400, "guard.unreadable")
        return path, urlencode({"session_hash": self._session(found[0], owner)}).encode("ascii")

    def _function(self, number: Any, opens: frozenset[Side]) -> ChatFunction:
        if not _is_number(number):
            raise Refusal(400, "guard.unreadable")
        if number not in self._functions or self._functions[number].side not in opens:
            raise Refusal(404, "guard.nothing_here")
        return self._functions[number]

    def _session(self, name: Any, owner: str) -> str:
        if not isinstance(name, str) or not _SESSION.fullmatch(name):
            raise Refusal(400, "guard.unreadable")
        return hmac.new(self._key, f"{owner}\0{name}".encode(), "sha256").hexdigest()[:32]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
