"""What programs are told when they get no answer: a code that stays the same, and a sentence in English for people."""

from typing import Annotated, Final, Literal

from pydantic import Field
from typing_extensions import TypedDict

from embeddings.errors import EmbeddingsError
from qa.errors import ArgumentInvalid, FilterError, QuestionBlank, QuestionTooLong, WriterError
from qa.strings import say
from qa.web.refusal import Refusal
from qa.web.turns import Crowded

API: Final = "/api/v1/"
MCP: Final = "/mcp"

ErrorCode = Literal[
    # of the request, whatever it asks for
    "unreadable", "too_large", "too_slow", "nothing_here", "wrong_method", "unknown_host", "another_page",
    # of who asks
    "log_in", "too_many_logins", "not_for_keys", "too_many",
    # of what is asked
    "argument", "question_blank", "question_long", "unknown_document", "unknown_language", "unknown_section",
    "malformed_date", "dates_reversed", "nothing_left", "no_writer",
    # of this server
    "busy", "stopping", "index", "failed",
]  # fmt: skip


class ErrorJson(TypedDict):
    """Why there is no answer."""

    error: Annotated[str, Field(description="what was received, and what to do")]
    code: Annotated[ErrorCode, Field(description="stays the same; docs/api.md says what each means")]


_SAID: Final = {
    "guard.unreadable": "the body has to be one JSON object (RFC 8259), sent as application/json",
    "guard.log_in": "no valid key or login was sent; send an API key (Authorization: Bearer KEY), or a login where "
    "there are logins",
    "guard.too_many_logins": "too many wrong keys or logins came from this address; try again in {count} s",
    "guard.busy": "too many questions wait already; try again in a few seconds",
}
"""What the page says otherwise, since it speaks of pages."""


def is_for_programs(path: str) -> bool:
    """Whether what is at a path is for programs, who are told so."""
    return path.startswith(API) or path == MCP


def of_refusal(refusal: Refusal) -> ErrorJson:
    """What a program is told of a request that the guard refused."""
    said = _SAID.get(refusal.reason)
    text = say("en", refusal.reason, **refusal.values) if said is None else said.format(**refusal.values)
    code: ErrorCode = refusal.reason.removeprefix("guard.")  # type: ignore[assignment]  # a test goes through them
    return {"error": text, "code": code}


def of_error(error: Exception) -> tuple[int, ErrorJson] | None:
    """Status and body for what a question led to; None for what should not have happened.

    What only this server's owner should know, where its index lies for one, is left out.
    """
    if isinstance(error, Crowded):
        return 429, {"error": _SAID["guard.busy"], "code": "busy"}
    if isinstance(error, EmbeddingsError):
        return 503, {"error": say("en", "errors.index"), "code": "index"}
    code: ErrorCode
    match error:
        case ArgumentInvalid():
            code = "argument"
        case QuestionBlank():
            code = "question_blank"
        case QuestionTooLong():
            code = "question_long"
        case FilterError():
            code = error.code  # type: ignore[assignment]  # a test goes through them
        case WriterError():  # that none is configured; how one failed is told in the answer
            code = "no_writer"
        case _:
            return None
    return 422, {"error": str(error), "code": code}
