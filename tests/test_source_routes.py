"""Documents and citations as the page's program asks for them."""

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import WordEncoder
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from embeddings.build import build
from embeddings.contents import Index
from embeddings.store import IndexStore
from qa.assistant import Assistant
from qa.citation_formats import FORMATS as QA_FORMATS
from qa.citation_formats import Cited, formatted
from qa.errors import CollectionEmpty
from qa.strings import LANGUAGES, say
from qa.web.source_routes import FORMATS, add_source_routes
from qa.web.ui_routes import add_ui_routes

OWNER = "a" * 64
FILES = {
    "en.txt": "A/75/1\n\nThe report\n\n4 February 2010\n\n1. The court met. The judge agreed.\n\n2. The money.\n",
    "fr.txt": "A/75/1\n\nLe rapport\n\n1. Le tribunal (court) se réunit. Le juge (judge) consent.\n\n2. L’argent.\n",
    "corr.txt": "A/75/1/Corr.1\n\nCorrigendum\n\n1. For court read judge.\n",
    "odd/100% #1.txt": "1. The bank <b>keeps</b> the money.\n",
}


class _Collections:
    """Stands for `qa.library.Library`."""

    def __init__(self, library: Assistant, own: Assistant) -> None:
        self.found = {"library": library}
        self._own = own

    def assistant(self, collection: str, visitor: str) -> Assistant:
        if collection == "own" and visitor == OWNER:
            return self._own
        if collection == "own":
            raise CollectionEmpty("empty", "there is nothing in it")
        return self.found["library"]


class _Site:
    def __init__(self, library: _Collections) -> None:
        self.library = library


def indexed(folder: Path, encoder: WordEncoder, files: dict[str, str]) -> Index:
    for name, text in files.items():
        (folder / "seeds" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "seeds" / name).write_text(text, "utf-8")
    store = IndexStore(folder / "index")
    build(folder / "seeds", store, encoder)
    return store.open(encoder.identity)


@pytest.fixture
def collections(tmp_path: Path, words: WordEncoder) -> _Collections:
    library = indexed(tmp_path / "library", words, FILES)
    own = indexed(tmp_path / "own", words, {"en.txt": "1. My own money.\n"})
    return _Collections(Assistant(library, words), Assistant(own, words))


@pytest.fixture
def client(collections: _Collections) -> Iterator[TestClient]:
    app = FastAPI()

    @app.middleware("http")
    async def known(request: Request, call_next: Any) -> Response:
        request.state.visitor = request.headers.get("X-Visitor", "b" * 64)
        answer: Response = await call_next(request)
        return answer

    add_source_routes(app, _Site(collections))  # type: ignore[arg-type]
    with TestClient(app) as opened:
        yield opened


def test_a_document_with_what_is_known_about_it(client: TestClient, collections: _Collections) -> None:
    answer = client.get("/api/source", params={"doc": "en"}, headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    source = found.pop("html")
    assert 'data-key="1"' in source
    assert "Tel que dans le fichier" in source
    assert "qa-paired" not in source
    document = collections.found["library"].index.documents["en"]
    assert found == {
        "collection": "library",
        "doc": "en",
        "title": document.title,
        "symbol": "A/75/1",
        "date": "4 février 2010",
        "language": "en",
        "language_name": "anglais",
        "direction": "ltr",
        "file": "en.txt",
        "sha256": document.source.sha256,
        "versions": [{"language": "fr", "name": "Français", "doc": "fr"}],
        "beside": "",
        "related": [
            {"doc": "corr", "kind": "corrigendum", "words": "Il existe un rectificatif : A/75/1/Corr.1"},
        ],
    }


def test_a_version_beside(client: TestClient) -> None:
    found = client.get("/api/source", params={"doc": "en", "beside": "fr"}).json()
    assert found["beside"] == "fr"
    assert found["html"].count('class="qa-pair"') >= 2
    assert client.get("/api/source", params={"doc": "en", "beside": "ru"}).json()["beside"] == ""


def test_any_name_and_the_visitors_own_documents(client: TestClient) -> None:
    found = client.get("/api/source", params={"doc": "odd/100%_#1"}).json()
    assert found["file"] == "odd/100% #1.txt"
    assert 'href="#odd%2F100%25_%231/para-1"' in html.unescape(found["html"])
    asked = {"doc": "en", "collection": "own"}
    mine = client.get("/api/source", params=asked, headers={"X-Visitor": OWNER}).json()
    assert mine["collection"] == "own"
    assert "My own money" in mine["html"]
    assert client.get("/api/source", params=asked).status_code == 404


def test_what_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/source", params={"doc": "en"})
    tag = first.headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get("/api/source", params={"doc": "en"}, headers={"If-None-Match": sent})
        assert again.status_code == 304
        assert not again.content
        assert again.headers["ETag"] == tag
    other_language = {"If-None-Match": tag, "Accept-Language": "ru"}
    assert client.get("/api/source", params={"doc": "en"}, headers=other_language).status_code == 200
    beside = {"doc": "en", "beside": "fr"}
    assert client.get("/api/source", params=beside, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/ui/page.js", "/ui/strings/fr.json"])
def test_what_the_browser_has_of_the_page_is_not_sent_again(path: str) -> None:
    app = FastAPI()
    add_ui_routes(app)
    client = TestClient(app)
    tag = client.get(path).headers["ETag"]
    for sent in (tag, f"W/{tag}"):  # as a proxy that compresses passes it on
        again = client.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_new_index_is_shown_at_once(
    client: TestClient, collections: _Collections, tmp_path: Path, words: WordEncoder
) -> None:
    before = client.get("/api/source", params={"doc": "en"})
    collections.found["library"] = Assistant(indexed(tmp_path / "new", words, {"en.txt": "1. A new law.\n"}), words)
    after = client.get("/api/source", params={"doc": "en"}, headers={"If-None-Match": before.headers["ETag"]})
    assert "A new law" in after.json()["html"]
    assert after.json()["sha256"] != before.json()["sha256"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status", "key"),
    [
        ("source?doc=missing", 404, "source.gone"),
        ("source", 400, "source.bad_address"),
        ("source?doc=en&collection=other", 400, "source.bad_address"),
        ("source?doc=en&collection=own", 404, "source.gone"),
        ("cite?passage=en%231", 400, "source.bad_address"),
        ("cite?passage=en%231&format=docx", 400, "source.bad_address"),
        ("cite?format=plain", 400, "source.bad_address"),
        ("cite?passage=en%231&format=plain&sentence=x", 400, "source.bad_address"),
        ("cite?passage=en%231&format=plain&sentence=-1", 400, "source.bad_address"),
        ("cite?passage=en%231&format=plain&number=1e3", 400, "source.bad_address"),
        ("cite?passage=en%231&format=plain&sentence=2", 404, "source.passage_gone"),
        ("cite?passage=en%2399&format=plain", 404, "source.passage_gone"),
        ("cite?passage=missing%231&format=plain", 404, "source.gone"),
        ("cite?passage=missing&format=plain", 404, "source.gone"),
        ("source?doc=%ED%A0%80%00", 404, "source.gone"),
    ],
)
def test_what_cannot_be_given_is_said_in_the_visitors_language(
    client: TestClient, language: str, path: str, status: int, key: str
) -> None:
    answer = client.get(f"/api/{path}", headers={"Cookie": f"qa-lang={language}"})
    assert answer.status_code == status
    assert answer.json() == {"error": say(language, key)}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("sentence", [None, 0, 1])
def test_citations_in_every_format(
    client: TestClient, collections: _Collections, name: str, sentence: int | None
) -> None:
    index = collections.found["library"].index
    (passage,) = (each for each in index.passages if each.passage_id == "en#1")
    whole = replace(passage.sentences[0], end=len(passage.text))
    quote = whole if sentence is None else passage.sentences[sentence]
    asked = {"passage": "en#1", "format": name, "number": "3"} | ({} if sentence is None else {"sentence": sentence})
    answer = client.get("/api/cite", params=asked, headers={"Accept-Language": "es"})
    assert answer.status_code == 200
    cited = Cited(3, index.documents["en"], passage, quote)
    assert answer.json() == {"text": formatted([cited], FORMATS[name], "es")}
    assert passage.text[quote.start : quote.end] in json.dumps(answer.json())


def test_every_format_can_be_asked_for() -> None:
    assert set(FORMATS.values()) == set(QA_FORMATS)
