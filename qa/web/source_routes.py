"""What the source panel asks the server for: whole documents and citations to be copied, both as JSON."""

import re
import threading
from types import MappingProxyType
from typing import Any, Final
from weakref import WeakKeyDictionary

from fastapi import FastAPI, Request, Response

from embeddings.language import direction
from embeddings.types import Document, Span
from qa.assistant import Assistant
from qa.citation_formats import Cited, formatted
from qa.errors import CollectionEmpty
from qa.strings import day, language_name, say
from qa.types import Collection
from qa.web.replies import FOR_VISITOR, BadRequest, collection_of, json_bytes, refused, tagged
from qa.web.site import Site
from qa.web.source_panel import SourcePanel
from qa.web.visitor import language_of, visitor_of

FORMATS: Final = MappingProxyType(
    {
        "plain": "text",
        "markdown": "markdown",
        "html": "html",
        "bibtex": "bibtex",
        "ris": "ris",
        "csl": "csl-json",
    }
)
"""The formats by their names in addresses, each with its name in `qa.citation_formats`."""

_COUNT: Final = re.compile("[0-9]{1,6}")


class _Refused(Exception):
    """What is asked for cannot be given: an HTTP status, and the key of the string that says why."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


def add_source_routes(app: FastAPI, site: Site) -> None:
    """Add `GET /api/source` and `GET /api/cite`."""
    panels = _Panels(site)

    @app.get("/api/source")
    def source(request: Request) -> Response:
        """A document of a collection as HTML, with what is known about it; `beside`: with its version beside it.

        `html` is in the visitor's language where the page speaks; every other value is text. The ETag changes with
        anything in it.
        """
        language = language_of(request)
        try:
            panel, collection = panels.asked(request)
            document = panel.document(_given(request, "doc"))
            if document is None:
                raise _Refused(404, "source.gone")
            beside = request.query_params.get("beside", "")
            described = _described(panel, document, collection, language, beside)
        except _Refused as refusal:
            return refused(refusal.status, say(language, refusal.key))
        return tagged(request, json_bytes(described), "application/json", FOR_VISITOR)

    @app.get("/api/cite")
    def cite(request: Request) -> Response:
        """A citation in one of `FORMATS`: of a sentence of a passage, or without one of the whole passage.

        `number`: what stands in its brackets, where the format has such; 1 where it is not given.
        """
        language = language_of(request)
        try:
            cited = _cited(panels.asked(request)[0], request)
            name = FORMATS.get(_given(request, "format"))
            if name is None:
                raise _Refused(400, "source.bad_address")
        except _Refused as refusal:
            return refused(refusal.status, say(language, refusal.key))
        return Response(json_bytes({"text": formatted([cited], name, language)}), media_type="application/json")


class _Panels:
    """A panel for each index that is asked, as long as that is in use."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._panels: WeakKeyDictionary[Assistant, SourcePanel] = WeakKeyDictionary()
        self._making = threading.Lock()

    def asked(self, request: Request) -> tuple[SourcePanel, Collection]:
        """The panel of the collection that a request names; its visitor's, where that is "own"."""
        try:
            chosen = collection_of(request.query_params.get("collection", "library"))
            assistant = self._site.library.assistant(chosen, visitor_of(request))
        except BadRequest as error:
            raise _Refused(400, "source.bad_address") from error
        except CollectionEmpty as error:
            raise _Refused(404, "source.gone") from error
        with self._making:
            panel = self._panels.get(assistant)
            if panel is None:
                panel = self._panels[assistant] = SourcePanel(assistant.index, chosen)
        return panel, chosen


def _described(
    panel: SourcePanel, document: Document, collection: Collection, language: str, beside: str
) -> dict[str, Any]:
    versions = panel.versions(document)
    shown_beside = beside if beside in {version.language for version in versions} else ""
    return {
        "html": panel.html(document.doc_id, language, shown_beside),
        "collection": collection,
        "doc": document.doc_id,
        "title": document.title,
        "symbol": document.symbol,
        "date": day(document.date, language),
        "language": document.language,
        "language_name": language_name(document.language, language),
        "direction": direction(document.language),
        "file": document.source.path,
        "sha256": document.source.sha256,
        "versions": [
            {"language": version.language, "name": version.name, "doc": version.doc_id} for version in versions
        ],
        "beside": shown_beside,
        "related": [
            {
                "doc": other.doc_id,
                "kind": other.kind,
                "words": say(language, f"source.related_{other.kind}", symbol=other.symbol),
            }
            for other in document.related
        ],
    }


def _cited(panel: SourcePanel, request: Request) -> Cited:
    passage_id = _given(request, "passage")
    sentence, number = _count(request, "sentence"), _count(request, "number")
    document = panel.document(passage_id.rpartition("#")[0])
    if document is None:
        raise _Refused(404, "source.gone")
    passage = panel.passage(passage_id)
    if passage is None or (sentence is not None and sentence >= len(passage.sentences)):
        raise _Refused(404, "source.passage_gone")
    quote = Span(0, len(passage.text)) if sentence is None else passage.sentences[sentence]
    return Cited(number or 1, document, passage, quote)


def _given(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        raise _Refused(400, "source.bad_address")
    return value


def _count(request: Request, name: str) -> int | None:
    """A whole number; None where it is not given."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if not _COUNT.fullmatch(value):
        raise _Refused(400, "source.bad_address")
    return int(value)
