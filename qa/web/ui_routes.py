"""The page's own files and its strings."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response

from qa.strings import LANGUAGES, all_strings
from qa.web.replies import tagged
from qa.web.visitor import language_of

FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_HEADERS: Final = {"Cache-Control": "no-cache"}
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
        answer = tagged(request, data, "application/json", _HEADERS)
        answer.headers["Content-Language"] = known
        return answer

    @app.head("/ui/{name}")
    @app.get("/ui/{name}")
    def file(request: Request, name: str) -> Response:
        found = files().get(name)
        if found is None:
            return Response(status_code=404)
        return tagged(request, found, _TYPES[Path(name).suffix], _HEADERS)


@cache
def files() -> dict[str, bytes]:
    """Every file of the page by its name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}
