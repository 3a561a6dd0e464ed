"""What the page asks the server about documents: uploading, removing, what was understood of them, building."""

import logging
import re
from math import ceil
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from qa.building import BuildReport, Job
from qa.errors import LibraryError
from qa.file_content import reason_of
from qa.intake import UploadLimits
from qa.library import Library, Overview
from qa.own_files import UnderstoodFile, UploadedFile
from qa.strings import day, language_name, number, say
from qa.web.replies import collection_of, problem, read_json, refused
from qa.web.site import Site
from qa.web.visitor import language_of, visitor_of

_STATUS: Final = {
    "off": 403,
    "not_allowed": 403,
    "no_file": 404,
    "too_many_files": 409,
    "build_nothing": 409,
    "too_large": 413,
    "over_quota": 413,
    "unknown_type": 415,
    "file_mismatch": 415,
    "busy": 429,
    "build_queue": 429,
    "build_stopped": 503,
    "full": 507,
}
"""The HTTP status of a refusal by its code; of files that are refused for what is in them 422."""
_SMALL: Final = 100_000
"""Bytes below which a size is told in kilobytes."""

_log = logging.getLogger(__name__)


def add_documents_routes(app: FastAPI, site: Site) -> None:
    """`/api/documents`, with PUT and DELETE below it, and `/api/build`."""
    library = site.library

    @app.get("/api/documents")
    def documents(request: Request) -> JSONResponse:
        """What the visitor has uploaded, what was understood of it, and what may be done."""
        language = language_of(request)
        try:
            return JSONResponse(_overview(library, library.overview(visitor_of(request)), language))
        except Exception as error:
            return _problem(error, language)

    @app.put("/api/documents/{name:path}")
    async def upload(request: Request, name: str) -> JSONResponse:
        """Take a file in, its bytes being the body: 201, or 200 where the same is there already."""
        language = language_of(request)
        try:
            file, is_new = await _received(library, visitor_of(request), name, request)
        except ClientDisconnect:
            raise
        except Exception as error:
            return _problem(error, language)
        return JSONResponse(_file(file, language, library.limits), 201 if is_new else 200)

    @app.delete("/api/documents/{identity}")
    def remove(request: Request, identity: str) -> JSONResponse:
        """Remove a file of the visitor's, and rebuild what it was in."""
        language = language_of(request)
        try:
            job = library.remove(visitor_of(request), identity)
        except Exception as error:
            return _problem(error, language)
        return JSONResponse({"build": job and _job(job, language)})

    @app.post("/api/build")
    async def build(request: Request) -> JSONResponse:
        """Have a collection rebuilt: 202 and the build as it stands."""
        language = language_of(request)
        try:
            collection = collection_of((await read_json(request)).get("collection"))
            job = await run_in_threadpool(library.build, collection, visitor_of(request))
        except Exception as error:
            return _problem(error, language)
        return JSONResponse({"build": _job(job, language)}, 202)

    @app.get("/api/build")
    def progress(request: Request, collection: str = "library") -> JSONResponse:
        """The last build of a collection as it stands; null where there was none."""
        language = language_of(request)
        try:
            job = library.job(collection_of(collection), visitor_of(request))
        except Exception as error:
            return _problem(error, language)
        return JSONResponse({"build": job and _job(job, language)})


async def _received(library: Library, visitor: str, name: str, request: Request) -> tuple[UploadedFile, bool]:
    """A request's body as a file of the visitor's, and whether it is new; written as it comes."""
    announced = request.headers.get("content-length", "")
    with library.receive(visitor, name, int(announced) if re.fullmatch("[0-9]{1,15}", announced) else None) as arriving:
        async for chunk in request.stream():
            await run_in_threadpool(arriving.write, chunk)
        return await run_in_threadpool(library.take, visitor, arriving)


def _problem(error: Exception, language: str) -> JSONResponse:
    if isinstance(error, LibraryError):
        return refused(_STATUS.get(error.code, 422), _said(error, language))
    if isinstance(error, OSError):
        _log.error("cannot keep an upload: %s", error.strerror)
        return refused(507, say(language, "documents.full"))
    return problem(error, language)


def _said(error: LibraryError, language: str) -> str:
    values = {name: _size(value, language) if name == "bytes" else value for name, value in error.values.items()}
    return say(language, f"documents.{error.code}", **values)


def _size(size: str | int, language: str) -> str:
    """Bytes in words: "1.2 MB", "3 kB"."""
    if 0 < int(size) < _SMALL:
        return say(language, "documents.kilobytes", size=ceil(int(size) / 1e3))
    return say(language, "documents.megabytes", size=number(round(int(size) / 1e6, 1), language))


def _overview(library: Library, seen: Overview, language: str) -> dict[str, Any]:
    limits = library.limits
    return {
        "uploads": seen.uploads,
        "collection": "library" if seen.uploads == "shared" else "own",
        "types": limits.types,
        "limits": {"file_bytes": limits.file_bytes, "files": limits.files, "bytes": limits.bytes, "days": limits.days},
        "used": {"files": seen.used_files, "bytes": seen.used_bytes},
        "files": [_file(each, language, limits) | {"mine": each.id in seen.mine} for each in seen.files],
        "stale": seen.stale,
        "may_build": sorted(seen.may_build),
        "builds": {collection: _job(job, language) for collection, job in seen.jobs.items()},
    }


def _file(file: UploadedFile, language: str, limits: UploadLimits) -> dict[str, Any]:
    reason = file.reason and {"text": _why(file.reason, file.name, language, limits), "detail": file.detail}
    return {
        "id": file.id,
        "name": file.name,
        "size": file.size,
        "state": file.state,
        "reason": reason or None,
        "understood": file.understood and _understood(file.understood, language),
    }


def _why(reason: str, name: str, language: str, limits: UploadLimits | None = None) -> str:
    return say(language, f"documents.{reason}", name=name, count=limits.paragraphs if limits else 0)


def _understood(found: UnderstoodFile, language: str) -> dict[str, Any]:
    return {
        "title": found.title,
        "symbol": found.symbol,
        "date": day(found.date, language),
        "language": found.language,
        "language_name": language_name(found.language, language),
        "paragraphs": found.paragraphs,
        "left_out": found.left_out,
        "first": found.first,
    }


def _job(job: Job, language: str) -> dict[str, Any]:
    return {
        "number": job.number,
        "state": job.state,
        "phase": job.phase,
        "done": job.done,
        "total": job.total,
        "ahead": job.ahead,
        "error": say(language, f"documents.{job.reason}") if job.reason else "",
        "report": job.report and _report(job.report, language),
    }


def _report(report: BuildReport, language: str) -> dict[str, Any]:
    return {
        "documents": report.documents,
        "paragraphs": report.paragraphs,
        "languages": [
            {"name": language_name(code, language), "paragraphs": count}
            for code, count in sorted(report.languages.items(), key=lambda each: -each[1])
        ],
        "refused": [
            {"text": _why(reason_of(detail), name, language), "detail": detail} for name, detail in report.refused
        ],
        "left_out": [{"name": name, "detail": detail} for name, detail in report.left_out],
    }
