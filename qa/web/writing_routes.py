"""What a model may add in the page, where one is configured: a written answer, a translation, a follow-up rewritten.

Each is asked for by itself, after the passages are shown, so that these never wait for a model. What is sent to it is
taken from the index, never from the browser, and told before anything comes back.
"""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from embeddings.language import language_of as language_of_text
from embeddings.types import Passage
from qa.assistant import Assistant
from qa.errors import WriterError, WriterReason
from qa.question import check_question
from qa.shown import shown_sentence, shown_written
from qa.strings import LANGUAGES, say
from qa.types import Collection
from qa.web.faults import report_fault
from qa.web.replies import problem, refused
from qa.web.site import Site
from qa.web.visitor import language_of, visitor_of
from qa.writing.prompt import MAX_SOURCES, Source, answer_messages
from qa.writing.rewriting import MAX_BEFORE, rewritten
from qa.writing.translating import translated
from qa.writing.types import Written
from qa.writing.written import Writer

_log = logging.getLogger(__name__)

_Name = Annotated[str, Field(max_length=1000)]
_Question = Annotated[str, Field(max_length=10_000)]


class _Cited(BaseModel):
    """A passage that is shown under a number; `sentence`: of the marked one, counted from 0."""

    model_config = ConfigDict(extra="forbid", strict=True)

    number: Annotated[int, Field(ge=1, le=1_000_000)]
    passage_id: _Name
    sentence: Annotated[int, Field(ge=0, le=100_000)] = 0


class _Answer(BaseModel):
    """An answer to be written: the question, and the passages that are shown for it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: _Question
    collection: Collection = "library"
    passages: Annotated[list[_Cited], Field(min_length=1, max_length=MAX_SOURCES)]


class _Translation(BaseModel):
    """A passage to be translated into the language of the page."""

    model_config = ConfigDict(extra="forbid", strict=True)

    passage_id: _Name
    collection: Collection = "library"


class _Rewriting(BaseModel):
    """A follow-up to be rewritten, and the questions before it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: _Question
    before: Annotated[list[_Question], Field(min_length=1, max_length=MAX_BEFORE)]


_Asked = TypeVar("_Asked", bound=BaseModel)


class _Gone(Exception):
    """A passage that the index does not have any more."""


def add_writing_routes(app: FastAPI, site: Site) -> None:
    """Add `GET /api/writer`, and `POST /api/write`, `/api/translate` and `/api/rewrite`."""

    @app.get("/api/writer")
    def writer() -> Response:
        """The writer's `host` and `model`, and how many `passages` and `questions` it is sent; null for none."""
        if site.writer is None:
            return JSONResponse({"writer": None})
        about = {"host": site.writer.settings.host, "model": site.writer.settings.model}
        return JSONResponse({"writer": {**about, "passages": MAX_SOURCES, "questions": MAX_BEFORE}})

    @app.post("/api/write")
    async def write(request: Request) -> Response:
        """The answer as lines of JSON: `sent`, each `sentence` as it is checked, and `written`, all of it."""
        language = language_of(request)
        try:
            model, asked = _wanted(site, _Answer, await request.body())
            question = check_question(asked.question)
            assistant, passages = await run_in_threadpool(
                _passages, site, asked.collection, visitor_of(request), [each.passage_id for each in asked.passages]
            )
        except Exception as error:
            return _refused(error, language)
        sources = [
            Source(cited.number, passage, passage.sentences[min(cited.sentence, len(passage.sentences) - 1)].start)
            for cited, passage in zip(asked.passages, passages, strict=True)
        ]
        lines = _lines(model, question, sources, assistant)
        # A proxy passes each line on as it comes.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)

    @app.post("/api/translate")
    async def translate(request: Request) -> Response:
        """A passage in the language of the page: `text`, whether its figures or names differ, what was `sent`."""
        language = language_of(request)
        into = language if language in LANGUAGES else "en"
        try:
            model, asked = _wanted(site, _Translation, await request.body())
            _, (passage,) = await run_in_threadpool(
                _passages, site, asked.collection, visitor_of(request), [asked.passage_id]
            )
            return JSONResponse(asdict(await translated(passage, into, model.endpoint)))
        except Exception as error:
            return _refused(error, language)

    @app.post("/api/rewrite")
    async def rewrite(request: Request) -> Response:
        """The query that the model makes of a follow-up."""
        language = language_of(request)
        try:
            model, asked = _wanted(site, _Rewriting, await request.body())
            question = check_question(asked.question)
            return JSONResponse({"searched": await rewritten(question, asked.before, model.endpoint)})
        except Exception as error:
            return _refused(error, language)


def _wanted(site: Site, kind: type[_Asked], body: bytes) -> tuple[Writer, _Asked]:
    """The writer, and what is asked of it. Raises WriterError where there is none, ValidationError for another body."""
    if site.writer is None:
        raise WriterError("settings", "no writer is configured")
    return site.writer, kind.model_validate_json(body)


def _passages(site: Site, collection: Collection, visitor: str, ids: list[str]) -> tuple[Assistant, list[Passage]]:
    """The visitor's collection, and passages of it. Raises _Gone, or CollectionEmpty."""
    assistant = site.library.assistant(collection, visitor)
    found = [assistant.index.passage(each) for each in ids]
    passages = [each for each in found if each is not None]
    if len(passages) < len(ids):
        raise _Gone
    return assistant, passages


async def _lines(model: Writer, question: str, sources: list[Source], assistant: Assistant) -> AsyncIterator[str]:
    """The lines of an answer. What fails is told in the last one, for the first have been sent."""
    language = language_of_text(question)
    yield _line({"sent": list(answer_messages(question, language, sources))})
    try:
        async with aclosing(model.writing(question, language, sources, assistant.matches)) as steps:
            async for step in steps:
                if isinstance(step, Written):
                    yield _line({"written": asdict(shown_written(step))})
                else:
                    yield _line({"sentence": asdict(shown_sentence(step))})
    except Exception as error:
        report_fault("a written answer", error)
        yield _line({"written": asdict(shown_written(Written(*model.named, (), 0, "failed", ())))})


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value) + "\n"


def _refused(error: Exception, language: str) -> Response:
    """Why nothing comes, in the visitor's language; `reason` where it lies with the model."""
    if isinstance(error, WriterError):
        _log.warning("%s", error)
        return _told(error.reason, language)
    if isinstance(error, _Gone):
        return refused(404, say(language, "source.gone"))
    if isinstance(error, ValidationError):
        return refused(400, say(language, "errors.request"))
    return problem(error, language)


def _told(reason: WriterReason, language: str) -> Response:
    status = {"settings": 404, "busy": 429, "paused": 503}.get(reason, 502)
    text = say(language, f"writing.failed_{reason}")
    return JSONResponse({"error": text, "reason": reason}, status_code=status)
