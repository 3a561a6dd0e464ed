"""Conversations as files to be taken away. Nothing of them is kept: they come from the browser and go back to it."""

import asyncio
import json
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from qa.errors import ConversationError
from qa.exports import FORMATS, Export, export
from qa.shown import Conversation, read_conversation
from qa.strings import say
from qa.web.replies import problem, read_json, refused
from qa.web.site import Site
from qa.web.visitor import language_of

_AT_ONCE: Final = 1
"""A long conversation keeps a core busy for seconds as a Word document; questions go on meanwhile."""


def add_export_routes(app: FastAPI, _site: Site) -> None:
    """Add `POST /api/export`: `{"format": one of FORMATS, "conversation": the turns}` in, a file out."""
    making = asyncio.Semaphore(_AT_ONCE)

    @app.post("/api/export")
    async def download(request: Request) -> Response:
        """The file, as an attachment; or why there is none, as JSON."""
        language = language_of(request)
        try:
            asked = await read_json(request)
            name = asked.get("format")
            if not isinstance(name, str) or name not in FORMATS:
                return refused(400, say(language, "export.unknown_format", formats=", ".join(FORMATS)))
            async with making:
                made = await run_in_threadpool(_made, asked.get("conversation"), name, language)
        except ConversationError:
            return refused(400, say(language, "export.unreadable"))
        except Exception as error:
            return problem(error, language)
        return refused(400, say(language, "export.empty")) if made is None else _attachment(made)


def _made(given: Any, name: str, language: str) -> Export | None:
    """The file; None where nothing was asked yet. Raises ConversationError."""
    conversation = _conversation(given)
    return export(conversation, name, language) if conversation else None


def _conversation(given: Any) -> Conversation:
    try:
        return read_conversation(json.dumps(given, ensure_ascii=False, allow_nan=False))
    except (ValueError, RecursionError) as error:
        raise ConversationError("the conversation holds infinite numbers, or is too deep") from error


def _attachment(made: Export) -> Response:
    """The name comes twice (RFC 6266): for old programs in ASCII, then as it is."""
    named = f"attachment; filename=\"{made.plain_name}\"; filename*=UTF-8''{quote(made.name, safe='')}"
    headers = {"Content-Disposition": named, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(made.data, media_type=made.media_type, headers=headers)
