"""What visitors say of answers comes in here."""

import logging
from typing import Annotated, Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from qa.errors import FeedbackError, FeedbackFull, FeedbackInvalid, FeedbackTooMany
from qa.feedback import MAX_CITATIONS, MAX_NOTE, Feedback, FeedbackStore, Kind
from qa.strings import say
from qa.types import Collection
from qa.web.replies import refused
from qa.web.site import Site
from qa.web.visitor import language_of, visitor_of

_MAX_BODY: Final = 400_000
"""Bytes; the longest feedback that is kept, in a script of three bytes a character."""

_log = logging.getLogger(__name__)

_Short = Annotated[str, Field(max_length=500)]


class _Said(BaseModel):
    """The body of a request. `withdraw`: forget what was said of this before. How long a note may be is told by
    `qa.feedback`, which has a message of its own for it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Kind
    question: str
    searched: str
    citations: Annotated[list[_Short], Field(max_length=MAX_CITATIONS)]
    collection: Collection = "library"
    flagged: _Short = ""
    note: str = ""
    state: _Short = ""
    index: _Short = ""
    withdraw: bool = False


def add_feedback_routes(app: FastAPI, site: Site) -> None:
    """Add `POST /api/feedback`."""

    @app.post("/api/feedback")
    async def feedback(request: Request) -> Response:
        """Keep what a visitor says, or forget it again: {"kept": true}, or {"kept": false}."""
        language = language_of(request)
        if site.feedback is None:
            return refused(404, say(language, "feedback.off"))
        body = await _body(request)
        if body is None:
            return refused(413, say(language, "feedback.too_long"))
        try:
            said = _Said.model_validate_json(body)
        except ValidationError as error:
            _log.info("feedback that is none: %s", error)
            return refused(400, say(language, "errors.request"))
        if len(said.note) > MAX_NOTE:
            return refused(400, say(language, "feedback.note_long", most=MAX_NOTE))
        return await run_in_threadpool(_kept, site.feedback, said, visitor_of(request), language)


def _kept(store: FeedbackStore, said: _Said, visitor: str, language: str) -> Response:
    fields: dict[str, Any] = said.model_dump(exclude={"withdraw", "citations"})
    given = Feedback(**fields, citations=tuple(said.citations), visitor=visitor)
    try:
        if said.withdraw:
            store.withdraw(given)
        else:
            store.keep(given)
    except FeedbackInvalid as error:
        _log.info("feedback that is none: %s", error)
        return refused(400, say(language, "errors.request"))
    except FeedbackTooMany:
        return refused(429, say(language, "feedback.enough"))
    except FeedbackFull as error:
        _log.warning("%s", error)
        return refused(507, say(language, "feedback.full"))
    except FeedbackError as error:
        _log.error("%s", error)
        return refused(500, say(language, "errors.unexpected"))
    return JSONResponse({"kept": not said.withdraw})


async def _body(request: Request) -> bytes | None:
    """The body of a request, None when it is too long: that is told before all of it is read."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_BODY:
            return None
    return bytes(body)
