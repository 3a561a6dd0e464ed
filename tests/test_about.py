"""What the page says of an installation, and its two routes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from conftest import WordEncoder
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa.about import LIBRARIES, PROGRAM, about, built
from qa.assistant import Assistant
from qa.errors import CollectionEmpty
from qa.live import Live
from qa.strings import LANGUAGES, say
from qa.suggestions import suggestions
from qa.web.about_routes import add_about_routes

FILES = {
    "en.txt": "A/75/1\n\nThe report\n\n4 February 2010\n\n1. The court met. The judge agreed.\n\n2. The money.\n",
    "zh.txt": "1. 法院（court）冻结了资产。\n",
}


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> IndexStore:
    (tmp_path / "seeds").mkdir()
    for name, text in FILES.items():
        (tmp_path / "seeds" / name).write_text(text, "utf-8")
    made = IndexStore(tmp_path / "index")
    build(tmp_path / "seeds", made, words)
    return made


def test_about_counts_what_is_there(store: IndexStore, words: WordEncoder) -> None:
    found = about(store.open(words.identity), words.identity, "state", "2026-02-03T04:05:06+00:00")
    assert (found.documents, found.paragraphs) == (2, 3)
    assert found.characters == sum(len(text) for text in FILES.values())
    assert [(each.code, each.documents, each.paragraphs) for each in found.languages] == [("en", 1, 2), ("zh", 1, 1)]
    assert found.dates == ("2010-02-04", "2010-02-04")
    assert found.undated == 1
    assert (found.model, found.fingerprint) == ("words", "0" * 12)
    assert dict(found.versions)[PROGRAM] == version("paragraph-qa")
    assert {name for name, _ in found.versions} == {PROGRAM, *LIBRARIES}


def test_the_age_is_counted_from_the_build(store: IndexStore, words: WordEncoder) -> None:
    index = store.open(words.identity)
    when = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    found = about(index, words.identity, "", when.isoformat())
    assert found.age(when + timedelta(hours=1)) == 3600
    assert found.age(when - timedelta(hours=1)) == 0  # a clock may go backwards
    assert found.as_json(when + timedelta(seconds=5))["age"] == 5
    assert about(index, words.identity).as_json(when)["age"] is None


def test_when_a_generation_was_built_is_in_its_manifest(store: IndexStore) -> None:
    assert built(store.folder, store.current()) == store.manifest().created
    assert built(store.folder, "000099-00000000") == ""


# --- The routes ------------------------------------------------------------------------------------------------------


class _Library:
    """Stands for `qa.library.Library`: nobody has uploaded anything."""

    def __init__(self, live: Any) -> None:
        self._live = live

    def assistant(self, collection: str, visitor: str) -> Assistant:
        assert visitor == "b" * 64
        if collection == "own":
            raise CollectionEmpty("empty", "there is nothing in it")
        found: Assistant = self._live.now()
        return found


class _Site:
    """Stands for `qa.web.site.Site`."""

    def __init__(self, live: Any) -> None:
        self.live = live
        self.library = _Library(live)


def client_of(live: Any) -> TestClient:
    app = FastAPI()

    @app.middleware("http")
    async def known(request: Request, call_next: Any) -> Response:
        request.state.visitor = "b" * 64
        answer: Response = await call_next(request)
        return answer

    add_about_routes(app, _Site(live))  # type: ignore[arg-type]
    return TestClient(app)


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with client_of(assistant) as made:
        yield made


def test_the_page_is_told_what_is_there(client: TestClient, assistant: Assistant) -> None:
    found = client.get("/api/about").json()
    assert found["documents"] == 1
    assert found["paragraphs"] == len(assistant.index.passages)
    assert found["languages"] == [{"code": "zh", "documents": 1, "paragraphs": found["paragraphs"]}]
    assert found["versions"]["gradio"] == version("gradio")
    assert found["age"] is None


def test_the_page_is_told_how_old_the_index_is(seed_index: Path, encoder: ModelEncoder) -> None:
    with client_of(Live(seed_index, encoder=encoder)) as client:
        found = client.get("/api/about").json()
    assert found["built"] == IndexStore(seed_index).manifest().created
    assert found["age"] >= 0
    assert found["state"] == IndexStore(seed_index).current()


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_are_suggested_in_the_visitors_language(
    client: TestClient, assistant: Assistant, language: str
) -> None:
    answer = client.get("/api/suggestions", headers={"Cookie": f"qa-lang={language}"})
    wanted = suggestions(assistant, language)
    assert answer.json() == {
        "questions": [each.text for each in wanted],
        "languages": [each.language for each in wanted],
    }


def test_of_an_empty_collection_nothing_is_suggested(client: TestClient) -> None:
    answer = client.get("/api/suggestions?collection=own")
    assert (answer.status_code, answer.json()) == (200, {"questions": [], "languages": []})


def test_no_other_collection_is_known(client: TestClient) -> None:
    answer = client.get("/api/suggestions?collection=theirs", headers={"Accept-Language": "ru"})
    assert (answer.status_code, answer.json()) == (400, {"error": say("ru", "errors.request")})
