"""What the page says of the installation, and the questions that it suggests."""

import threading
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from fastapi import FastAPI, Request, Response

from qa.about import About, about, built
from qa.assistant import Assistant
from qa.errors import CollectionEmpty
from qa.live import Live
from qa.suggestions import Suggestions
from qa.web.replies import FOR_VISITOR, BadRequest, collection_of, json_bytes, problem
from qa.web.site import Site
from qa.web.visitor import language_of, visitor_of


def add_about_routes(app: FastAPI, site: Site) -> None:
    """Add `GET /api/about` and `GET /api/suggestions`."""
    abouts = _Abouts(site)
    suggested = Suggestions()

    @app.get("/api/about")
    def of_installation() -> Response:
        """`qa.about.About` of the installation's own documents, with the index's age in seconds."""
        return _json(abouts.now().as_json(datetime.now(UTC)))

    @app.get("/api/suggestions")
    def suggestions(request: Request) -> Response:
        """`questions` that a collection answers, and beside them the `languages` that they are in."""
        try:
            collection = collection_of(request.query_params.get("collection", "library"))
            assistant = site.library.assistant(collection, visitor_of(request))
        except BadRequest as error:
            return problem(error, language_of(request))
        except CollectionEmpty:
            return _json({"questions": [], "languages": []})
        found = suggested.of(assistant, language_of(request))
        return _json({"questions": [each.text for each in found], "languages": [each.language for each in found]})


class _Abouts:
    """What there is to say of the library, made once for each generation of its index."""

    def __init__(self, site: Site) -> None:
        self._live = site.live
        self._made: WeakKeyDictionary[Assistant, About] = WeakKeyDictionary()
        self._making = threading.Lock()

    def now(self) -> About:
        assistant = self._live.now()
        with self._making:
            made = self._made.get(assistant)
            if made is None:
                when = built(self._live.folder, assistant.state) if isinstance(self._live, Live) else ""
                made = about(assistant.index, assistant.encoder, assistant.state, when)
                self._made[assistant] = made
            return made


def _json(value: dict[str, object]) -> Response:
    return Response(json_bytes(value), media_type="application/json", headers=FOR_VISITOR)
