"""The chat's own requests, as far as they are passed on to the framework.

The framework keeps a session by a name that the browser makes up; whoever guesses it reads along. Here each visitor's
sessions get a name that depends on the visitor too, so that another visitor's are out of reach. Functions that stand
in the framework's queue are not called past it, and what it would fail on does not get there.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import gradio as gr

from qa.web.json_bodies import names_a_file
from qa.web.refusal import Refusal

_SESSION: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_EVENT: Final = re.compile(r"[A-Za-z0-9]{0,64}")
_JOIN: Final = "/gradio_api/queue/join"
_RUN: Final = "/gradio_api/run/"
HEARTBEAT: Final = "/gradio_api/heartbeat/"
STREAMS: Final = (HEARTBEAT, "/gradio_api/queue/data")


@dataclass(frozen=True)
class ChatFunction:
    """A function that the page may call: how many values it takes, whether it waits in the queue, and asks."""

    values: int
    queued: bool
    asks: bool


def functions_of(page: gr.Blocks) -> Mapping[int, ChatFunction]:
    """The functions of a page by their numbers. Those that answer bit by bit are those that search."""
    return {
        number: ChatFunction(len(each.inputs), each.queue, each.queue and each.types_generator)
        for number, each in page.fns.items()
    }


class ChatRequests:
    """Checks and rewrites the chat's requests for one page."""

    def __init__(self, functions: Mapping[int, ChatFunction], key: bytes) -> None:
        self._functions = functions
        self._key = key

    def body(self, path: str, said: Any, owner: str) -> tuple[Any, bool]:
        """The body to pass on for one received, and whether it asks a question. Raises Refusal."""
        if not isinstance(said, dict):
            raise Refusal(400, "guard.unreadable")
        if not (path == _JOIN or path.startswith(_RUN)):  # cancel, reset
            event, number = said.get("event_id"), said.get("fn_index")
            if not (event is None or (isinstance(event, str) and _EVENT.fullmatch(event))):
                raise Refusal(400, "guard.unreadable")
            kept = {"event_id": event or ""}
            if path.endswith("cancel"):
                self._function(number)
                return {
                    **kept,
                    "fn_index": number,
                    "session_hash": self._session(said.get("session_hash"), owner),
                }, False
            return kept, False
        number, values, trigger = said.get("fn_index"), said.get("data"), said.get("trigger_id")
        function = self._function(number)
        if path.startswith(_RUN) and function.queued:
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
        return passed, path == _JOIN and function.asks

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

    def _function(self, number: Any) -> ChatFunction:
        if not _is_number(number):
            raise Refusal(400, "guard.unreadable")
        if number not in self._functions:
            raise Refusal(404, "guard.nothing_here")
        return self._functions[number]

    def _session(self, name: Any, owner: str) -> str:
        if not isinstance(name, str) or not _SESSION.fullmatch(name):
            raise Refusal(400, "guard.unreadable")
        return hmac.new(self._key, f"{owner}\0{name}".encode(), "sha256").hexdigest()[:32]


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
