"""The log of a server: warnings and faults always, requests where they are asked for; as text, or as JSON a line.

What a line of a request holds is said here, not left to whoever logs: a log is read by others than those who answer
for the visitors, and is kept longer than anybody remembers.
"""

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from embeddings.source_text import harmless
from qa.api import Purpose
from qa.web.events import Event, QuestionAsked, QuestionEnded, RequestEnded
from qa.web.request_ids import current_id

LogFormat = Literal["text", "json"]

_requests: Final = logging.getLogger("qa.requests")
_questions: Final = logging.getLogger("qa.questions")
_VERBS: Final[Mapping[Purpose, str]] = {"answer": "asked", "search": "searched"}


@dataclass(frozen=True)
class Logs:
    """What is logged besides warnings and faults, and how."""

    format: LogFormat = "text"
    requests: bool = False
    """A line for each request: method, path, status, time; never a query, a cookie or who asked."""
    questions: bool = False
    """What visitors ask, in their words."""
    addresses: bool = False
    """The address that each request came from."""


def set_up(logs: Logs) -> None:
    """Log to standard error from now on, in place of what was set up before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if logs.format == "json" else _Text())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for logger in (_requests, _questions, logging.getLogger("qa.web.server")):
        logger.setLevel(logging.INFO)


class RequestLog:
    """Listens, and logs requests and questions as far as it is wanted."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs

    def __call__(self, event: Event) -> None:
        match event:
            case RequestEnded() if self._logs.requests or self._logs.addresses:
                ms = round(1000 * event.seconds)
                text = f"{event.method} {event.route} {event.status} {ms} ms"
                said = {"method": event.method, "path": event.route, "status": event.status, "ms": ms}
                if self._logs.addresses:
                    text, said = f"{text} {event.address}", {**said, "address": event.address}
                _requests.info(text, extra={"said": said})
            case QuestionAsked() if self._logs.questions:
                text = " ".join(harmless(event.question).split())
                said = {"question": event.question, "purpose": event.purpose}
                _questions.info("%s: %s", _VERBS[event.purpose], text, extra={"said": said})
            case QuestionEnded() if self._logs.requests or self._logs.questions:
                ms = round(1000 * event.seconds)
                said = {"outcome": event.outcome, "ms": ms, "purpose": event.purpose}
                _questions.info("%s, %d ms", event.outcome, ms, extra={"said": said})


class _Text(logging.Formatter):
    """A line for a person: when, how bad, what, and in brackets the request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s%(request)s")

    def format(self, record: logging.LogRecord) -> str:
        request = current_id()
        record.request = f" [{request}]" if request else ""
        return super().format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        return _time(record)


class _Json(logging.Formatter):
    """A JSON object for a program: `time`, `level`, `logger`, `message`, where there is one `request`, and what a line
    says besides; `traceback` where there is an error."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := current_id():
            said["request"] = request
        said |= getattr(record, "said", {})
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said)  # in ASCII, which every terminal and file takes


def _time(record: logging.LogRecord) -> str:
    """When, in UTC (ISO 8601, milliseconds)."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
