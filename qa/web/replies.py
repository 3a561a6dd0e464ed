"""What the page's own routes read and answer: JSON, and for what goes wrong a sentence in the visitor's language."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from embeddings.errors import EmbeddingsError
from qa.errors import QAError
from qa.strings import say
from qa.types import Collection
from qa.web.faults import report_fault
from qa.web.problems import problem_of

FOR_VISITOR: Final = {"Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
"""Headers of what depends on the visitor and the page's language."""


class BadRequest(Exception):
    """A body that is no JSON object, or not the one that is wanted."""


async def read_json(request: Request) -> dict[str, Any]:
    """A request's body, a JSON object. Raises BadRequest for anything else."""
    try:
        value = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise BadRequest(str(error)) from error
    if not isinstance(value, dict):
        raise BadRequest(f"a JSON object is wanted, not {type(value).__name__}")
    return value


def collection_of(value: object) -> Collection:
    """The collection with a name. Raises BadRequest when there is none."""
    for each in get_args(Collection):
        if value == each:
            return cast(Collection, each)
    raise BadRequest(f"no collection {value!r:.60}")


def json_bytes(value: Mapping[str, object]) -> bytes:
    """As JSON; halves of characters, which UTF-8 cannot hold, become question marks."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def tagged(request: Request, data: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """`data` for a browser that keeps it and asks each time whether it changed: the whole, or only that it did not."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    kept = {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}
    if tag in kept:
        return Response(status_code=304, headers={"ETag": tag, **headers})
    return Response(data, headers={"ETag": tag, **headers}, media_type=media_type)


def problem(error: Exception, language: str) -> JSONResponse:
    """The answer to a request that failed: what to do about it, never what only its server should know."""
    if isinstance(error, BadRequest):
        return refused(400, say(language, "errors.request"))
    if isinstance(error, QAError | EmbeddingsError):
        key, values = problem_of(error)
        return refused(503 if key == "errors.index" else 400, say(language, key, **values))
    return refused(500, say(language, "errors.numbered", number=report_fault("a request of the page", error)))


def refused(status: int, text: str) -> JSONResponse:
    """An answer that only says why there is none."""
    return JSONResponse({"error": text}, status_code=status)
