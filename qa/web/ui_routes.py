"""The page's own files and its strings."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response

from qa.strings import LANGUAGES, all_strings
from qa.web.visitor import language_of

FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_CHOSEN: Final = "chosen"
"""In the place of a language: the one that the visitor's browser asks for, or that was chosen before."""


def add_ui_routes(app: FastAPI) -> None:
    """`/ui/<file>` for each file of the page, and `/ui/strings/<language>.json`."""

    @app.get("/ui/strings/{language}.json")
    def strings(request: Request, language: str) -> Response:
        known = language if language in LANGUAGES else language_of(request) if language == _CHOSEN else None
        if known is None:
            return Response(status_code=404)
        data = json.dumps(dict(all_strings(known)), ensure_ascii=False, default=dict).encode()
        answer = _tagged(request, data, "application/json")
        answer.headers["Content-Language"] = known
        return answer

    @app.head("/ui/{name}")
    @app.get("/ui/{name}")
    def file(request: Request, name: str) -> Response:
        found = files().get(name)
        return Response(status_code=404) if found is None else _tagged(request, found, _TYPES[Path(name).suffix])


@cache
def files() -> dict[str, bytes]:
    """Every file of the page by its name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}


def _tagged(request: Request, data: bytes, media_type: str) -> Response:
    """Kept by the browser, and asked for again each time, in case it changed."""
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)
