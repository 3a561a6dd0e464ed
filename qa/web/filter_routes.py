"""What there is to choose from, and how many paragraphs a choice leaves."""

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from qa.errors import CollectionEmpty, FilterError
from qa.filters import Choice, DocumentChoice, Filters
from qa.strings import day, language_name, say
from qa.web.problems import problem_of
from qa.web.replies import collection_of, problem, read_json, refused
from qa.web.site import Site
from qa.web.visitor import language_of, visitor_of


def add_filter_routes(app: FastAPI, site: Site) -> None:
    """`GET /api/filters` and `POST /api/scope`.

    That a choice leaves nothing, or cannot be made, is no failure but what was asked for: `{"error": why}` with 200.
    """

    @app.get("/api/filters")
    def filters(request: Request, collection: str = "library") -> JSONResponse:
        language = language_of(request)
        try:
            assistant = site.library.assistant(collection_of(collection), visitor_of(request))
        except (CollectionEmpty, FilterError) as error:
            return _nothing(error, language)
        except Exception as error:
            return problem(error, language)
        found, scope = assistant.choices, assistant.scope()
        return JSONResponse(
            {
                "own": site.settings.uploads == "own",
                "documents": [_document(each, language) for each in found.documents],
                "languages": [_choice(each, language_name(each.value, language), language) for each in found.languages],
                "sections": [_choice(each, each.label, language) for each in found.sections],
                "first": found.first,
                "last": found.last,
                "totals": {"paragraphs": scope.passages, "documents": scope.documents},
            }
        )

    @app.post("/api/scope")
    async def scope(request: Request) -> JSONResponse:
        language = language_of(request)
        try:
            asked = await read_json(request)
            assistant = site.library.assistant(collection_of(asked.get("collection")), visitor_of(request))
            left = assistant.scope(Filters.of(asked.get("filters", {})))
        except (CollectionEmpty, FilterError) as error:
            return _nothing(error, language)
        except Exception as error:
            return problem(error, language)
        return JSONResponse({"paragraphs": left.passages, "documents": left.documents, "undated": left.undated})


def _nothing(error: Exception, language: str) -> JSONResponse:
    """That there is nothing to search, which is no fault of the request's."""
    key, values = problem_of(error)
    return refused(200, say(language, key, **values))


def _choice(choice: Choice, label: str, language: str) -> dict[str, Any]:
    note = say(language, "answer.paragraphs", count=choice.passages)
    return asdict(choice) | {"label": label, "note": note}


def _document(choice: DocumentChoice, language: str) -> dict[str, Any]:
    parts = [choice.title if choice.title != choice.label else "", language_name(choice.language, language)]
    parts += [day(choice.date, language), say(language, "answer.paragraphs", count=choice.passages)]
    return {"value": choice.value, "label": choice.label, "note": " · ".join(part for part in parts if part)}
