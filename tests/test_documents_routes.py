"""Uploading, removing and building as the page's program asks for it, and what it shows of that."""

import ast
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from conftest import ROOT, WordEncoder
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from live import free_port
from playwright.sync_api import Browser, FilePayload, Page, expect
from starlette.testclient import TestClient
from test_library import COURT, POLICE, HereBuild

from embeddings.build import build
from embeddings.store import IndexStore
from qa.building import BuildReport, Tell
from qa.intake import UploadLimits
from qa.library import Library
from qa.live import Live
from qa.strings import LANGUAGES, catalogue, say
from qa.web.documents_routes import add_documents_routes
from qa.web.settings import Settings
from qa.web.site import Site
from qa.web.ui_routes import add_ui_routes
from tests.corpus import good, hostile

ANNA, BORIS = "a" * 64, "b" * 64
GOOD, HOSTILE = good(), hostile()

MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(seeds: Path, tmp_path: Path, words: WordEncoder) -> Iterator[MakeSite]:
    """Makes sites over the two small documents; their libraries are closed at the end."""
    made: list[Library] = []
    index = tmp_path / "index"
    build(seeds, IndexStore(index), words)

    def make(**values: Any) -> Site:
        values.setdefault("work", lambda seeds, index: HereBuild(seeds, index, words))
        live = Live(index, encoder=words)
        made.append(Library(live, seeds=seeds, index=index, data=tmp_path / "data", **values))
        return Site(live, made[-1], settings=Settings(data=tmp_path / "data"))

    yield make
    for library in made:
        library.close()


def app_of(site: Site) -> FastAPI:
    """The routes, with a stand-in for the guard."""
    app = FastAPI()
    add_ui_routes(app)
    add_documents_routes(app, site)

    @app.middleware("http")
    async def know(request: Request, call_next: Callable[[Request], Any]) -> Response:
        request.state.visitor = request.headers.get("x-visitor", ANNA)
        answer: Response = await call_next(request)
        return answer

    @app.get("/")
    def page(dark: bool = False) -> HTMLResponse:
        return HTMLResponse(PAGE.replace("CLASS", "dark" if dark else ""))

    return app


PAGE = """<!doctype html><html lang="en" class="CLASS"><meta charset="utf-8"><title>Documents</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="ui/documents.css">
<style>body { font-family: sans-serif; max-width: 40rem; margin: 1rem auto; padding: 0 1rem;
  --border-color-primary: #ccc; --background-fill-secondary: #f5f5f5; --color-accent: #1f6feb;
  background: var(--background-fill-primary); color: var(--body-text-color); }
  .dark body { --body-text-color: #eee; --background-fill-primary: #111; --background-fill-secondary: #222; }</style>
<main id="place" class="gradio-container"></main>
<script type="module">
  import { loadStrings, pageLanguage, direction } from './ui/strings.js';
  import { mountDocuments } from './ui/documents.js';
  await loadStrings();
  document.documentElement.lang = pageLanguage();
  document.documentElement.dir = direction(pageLanguage());
  window.changes = 0;
  mountDocuments(document.getElementById('place'), { onChange: () => (window.changes += 1) });
</script></html>"""


def wait_for(client: TestClient, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the server says of the documents when `is_so`."""
    end = time.monotonic() + 60
    while not is_so(seen := client.get("/api/documents").json()):
        assert time.monotonic() < end, seen
        time.sleep(0.02)
    return dict(seen)


def settled(client: TestClient) -> dict[str, Any]:
    return wait_for(
        client,
        lambda seen: (
            all(file["state"] != "waiting" for file in seen["files"])
            and all(job["state"] in ("done", "failed") for job in seen["builds"].values())
        ),
    )


def test_a_document_from_upload_to_removal(make_site: MakeSite) -> None:
    client = TestClient(app_of(make_site()))
    empty = client.get("/api/documents").json()
    assert (empty["uploads"], empty["collection"], empty["files"], empty["stale"]) == ("own", "own", [], False)
    assert ".pdf" in empty["types"]
    answer = client.put("/api/documents/R%C3%A9sum%C3%A9%20%23.html", content=GOOD["udhr-en.html"])
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["state"]) == ("Résumé.html", "waiting")
    assert client.put("/api/documents/again.html", content=GOOD["udhr-en.html"]).status_code == 200
    seen = settled(client)
    (file,) = seen["files"]
    understood = file["understood"]
    assert (file["state"], file["mine"], file["reason"]) == ("read", True, None)
    assert (understood["title"], understood["symbol"]) == ("Universal Declaration of Human Rights", "A/RES/217(III)")
    assert (understood["language"], understood["language_name"]) == ("en", "English")
    assert understood["paragraphs"] > 30
    assert seen["used"] == {"files": 1, "bytes": len(GOOD["udhr-en.html"])}
    assert seen["stale"]
    assert client.get("/api/build?collection=own").json() == {"build": None}
    started = client.post("/api/build", json={"collection": "own"})
    assert started.status_code == 202
    assert started.json()["build"]["state"] in ("queued", "running")
    seen = settled(client)
    job = client.get("/api/build", params={"collection": "own"}).json()["build"]
    assert seen["builds"]["own"] == job
    assert (job["state"], job["error"], job["report"]["documents"]) == ("done", "", 1)
    assert job["report"]["languages"] == [{"name": "English", "paragraphs": understood["paragraphs"]}]
    assert not seen["stale"]
    removed = client.delete(f"/api/documents/{file['id']}")
    assert removed.status_code == 200
    assert removed.json()["build"]["number"] == job["number"] + 1
    assert settled(client)["files"] == []
    assert client.delete(f"/api/documents/{file['id']}").status_code == 404


def test_a_stranger_sees_and_removes_nothing(make_site: MakeSite) -> None:
    client = TestClient(app_of(make_site()))
    file = client.put("/api/documents/court.txt", content=COURT).json()
    stranger = {"x-visitor": BORIS}
    assert client.get("/api/documents", headers=stranger).json()["files"] == []
    assert client.delete(f"/api/documents/{file['id']}", headers=stranger).status_code == 404
    assert len(settled(client)["files"]) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_taken_is_told_in_the_visitors_language(make_site: MakeSite, language: str) -> None:
    limits = UploadLimits(file_bytes=20_000, files=2, bytes=30_000)
    client = TestClient(app_of(make_site(limits=limits)), headers={"accept-language": language})

    def refused(name: str, data: bytes, status: int) -> str:
        answer = client.put(f"/api/documents/{name}", content=data)
        assert answer.status_code == status, answer.text
        return str(answer.json()["error"])

    types = " ".join(limits.types)
    assert refused("a.exe", b"MZ", 415) == say(language, "documents.unknown_type", name="a.exe", types=types)
    assert refused("a.pdf", b"<html>", 415) == say(language, "documents.file_mismatch", name="a.pdf")
    assert refused("a.docx", b"", 422) == say(language, "documents.file_empty", name="a.docx")
    assert "a.txt" in refused("a.txt", b"x" * 20_001, 413)
    client.put("/api/documents/a.txt", content=COURT.ljust(18_000))
    assert "b.txt" in refused("b.txt", POLICE.ljust(18_000), 413)
    client.put("/api/documents/b.txt", content=POLICE)
    assert refused("c.txt", b"1. C", 409) == say(language, "documents.too_many_files", count=2)
    answer = client.post("/api/build", json={"collection": "library"})
    assert (answer.status_code, answer.json()["error"]) == (403, say(language, "documents.not_allowed"))
    assert client.delete("/api/documents/x").json()["error"] == say(language, "documents.no_file")


def test_a_reader_says_why_in_english_behind_a_sentence_of_ours(make_site: MakeSite, tmp_path: Path) -> None:
    client = TestClient(app_of(make_site()), headers={"accept-language": "ar"})
    client.put("/api/documents/scanned.pdf", content=HOSTILE["scanned.pdf"])
    (file,) = settled(client)["files"]
    assert file["reason"]["text"] == say("ar", "documents.file_no_text", name="scanned.pdf")
    assert "only images of pages" in file["reason"]["detail"]
    assert str(tmp_path) not in json.dumps(file)


def test_an_upload_without_a_length_is_counted_as_it_comes(make_site: MakeSite) -> None:
    client = TestClient(app_of(make_site(limits=UploadLimits(file_bytes=1000))))
    answer = client.put("/api/documents/a.txt", content=iter([b"x" * 600] * 3))
    assert answer.status_code == 413
    assert client.put("/api/documents/a.txt", content=iter([COURT, POLICE])).status_code == 201
    assert client.put("/api/documents/b.txt", content=COURT, headers={"content-length": "9" * 5000}).status_code < 500


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"collection": "x"}', b'{"collection": 1}', b"\xff", b"[" * 9999]
)
def test_a_request_to_build_that_is_none(make_site: MakeSite, body: bytes) -> None:
    client = TestClient(app_of(make_site()))
    answer = client.post("/api/build", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, say("en", "errors.request"))
    assert client.get("/api/build?collection=x").status_code == 400
    assert client.post("/api/build", json={"collection": "own"}).status_code == 409


def test_where_nothing_can_be_uploaded(make_site: MakeSite) -> None:
    client = TestClient(app_of(make_site(uploads="off", rebuilds=True)))
    assert client.put("/api/documents/a.txt", content=COURT).status_code == 403
    seen = client.get("/api/documents").json()
    assert (seen["uploads"], seen["may_build"]) == ("off", ["library"])
    assert client.post("/api/build", json={"collection": "library"}).status_code == 202
    assert settled(client)["builds"]["library"]["report"]["documents"] == 2


def test_a_disk_that_is_full_is_no_fault_of_the_visitor(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site()
    client = TestClient(app_of(site))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "/secret/path")

    monkeypatch.setattr("qa.intake.Arriving", fail)
    answer = client.put("/api/documents/a.txt", content=COURT)
    assert (answer.status_code, answer.json()["error"]) == (507, say("en", "documents.full"))
    monkeypatch.setattr("qa.library.Library.overview", fail)
    assert "/secret" not in client.get("/api/documents").text


def test_every_code_has_its_string() -> None:
    codes: set[str] = set()
    for name in ("building", "build_process", "library", "intake", "file_content"):
        for node in ast.walk(ast.parse((ROOT / "qa" / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.Constant) and re.fullmatch("(file|build)_[a-z_]+", str(node.value)):
                codes.add(str(node.value))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "UploadRefused", "BuildRefused", "CollectionEmpty", "LibraryError",
            }:  # fmt: skip
                codes |= {str(each.value) for each in node.args[:1] if isinstance(each, ast.Constant)}
    codes -= {"file_bytes", "file_id"}
    assert len(codes) > 25
    assert {f"documents.{code}" for code in codes} <= set(catalogue())


def test_every_string_that_the_page_asks_for_is_there() -> None:
    for name in ("documents", "documents_view", "file_rows", "build_view"):
        program = (ROOT / "qa" / "web" / "static" / f"{name}.js").read_text("utf-8")
        assert set(re.findall(r"\bt\('([\w.]+)'", program)) <= set(catalogue())
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?://", program)


# --- In a browser ---


class Slow:
    """A build that takes its time over three steps, and then is made."""

    def __init__(self, work: HereBuild) -> None:
        self._work = work

    def run(self, tell: Tell) -> BuildReport:
        tell("reading", 0, 0)
        time.sleep(0.3)
        tell("encoding", 500, 1000)
        time.sleep(1.5)
        return self._work.run(lambda *_: None)

    def stop(self) -> None:
        pass


@pytest.fixture
def serve() -> Iterator[Callable[[Site], str]]:
    """Serves a site. Returns its address."""
    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(site: Site) -> str:
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app_of(site), port=port, log_config=None, ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        servers.append((server, thread))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{port}/"

    yield start
    for server, thread in servers:
        server.should_exit = True
        thread.join()


@pytest.fixture
def patient() -> Iterator[None]:
    """Expectations that wait on a machine with other work."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


def payload(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": data}


@pytest.mark.browser
@pytest.mark.usefixtures("patient")
def test_documents_in_the_page(
    make_site: MakeSite, serve: Callable[[Site], str], browser: Browser, words: WordEncoder
) -> None:
    site = make_site(work=lambda seeds, index: Slow(HereBuild(seeds, index, words)), rebuilds=True)
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(serve(site))
    expect(page.get_by_text("Nothing has been uploaded yet.")).to_be_visible()
    expect(page.locator(".qa-quota")).to_have_text("0 of 20 files, 0 MB of 50 MB")
    hurt = "<img src=x onerror=alert(1)>.txt"
    chosen = {hurt: COURT, "program.exe": b"MZ", "page.pdf": b"<html>", "scanned.pdf": HOSTILE["scanned.pdf"]}
    page.locator("input[type=file]").set_input_files([payload(name, data) for name, data in chosen.items()])
    # What is refused says why, and goes when it is told to.
    expect(page.get_by_role("alert").filter(has_text="program.exe")).to_contain_text("cannot be read")
    expect(page.get_by_role("alert").filter(has_text="page.pdf")).to_contain_text("not what its name says")
    page.get_by_role("button", name="Dismiss: program.exe").click()
    expect(page.get_by_text("program.exe")).to_have_count(0)
    expect(page.locator(".qa-own-files .qa-problem")).to_contain_text("scanned.pdf")
    expect(page.locator(".qa-own-files .qa-note [lang=en]")).to_contain_text("images of pages")
    row = page.locator(".qa-own-files li", has_text="onerror")
    expect(row.locator(".qa-file-name")).to_have_text("img src=x onerror=alert(1).txt")
    expect(row).to_contain_text("1 paragraph")
    expect(page.locator("img")).to_have_count(0)
    # The index is built by itself when all is read, with a progress bar, and whoever opened the panel is told.
    expect(page.locator(".qa-build-text").first).to_have_text("Taking in the paragraphs: 500 of 1,000")
    assert page.locator(".qa-build progress").first.evaluate("bar => bar.value") == 0.5
    expect(page.locator(".qa-build-text").first).to_have_text("Done. Now searched: 1 document, 1 paragraph.")
    assert page.evaluate("window.changes") == 1
    assert set(site.library.assistant("own", ANNA).index.documents) == {"img_src=x_onerror=alert(1)"}
    # Removing asks first, in its place and by keyboard.
    row.get_by_role("button", name="Remove img").press("Enter")
    expect(row.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Remove img")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    expect(page.locator(".qa-build-text").first).to_have_text("Done. Nothing is left to be searched here.")
    # The library can be rebuilt where that is allowed.
    page.get_by_role("button", name="Rebuild the library").click()
    expect(page.get_by_role("button", name="Rebuild the library")).to_be_disabled()
    expect(page.locator("section", has_text="The library").locator(".qa-build-text")).to_have_text(
        "Done. Now searched: 2 documents, 3 paragraphs."
    )
    assert not problems
    page.close()


@pytest.mark.browser
@pytest.mark.usefixtures("patient")
def test_documents_in_arabic_on_a_phone(make_site: MakeSite, serve: Callable[[Site], str], browser: Browser) -> None:
    context = browser.new_context(locale="ar", viewport={"width": 390, "height": 844})
    page: Page = context.new_page()
    page.goto(serve(make_site()))
    expect(page.get_by_role("button", name="اختر ملفات")).to_be_visible()
    page.locator("input[type=file]").set_input_files(payload("a.txt", COURT))
    expect(page.locator(".qa-own-files > li")).to_contain_text("الإنجليزية")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_the_library_is_rebuilt_from_the_page_only_where_its_owner_sits(tmp_path: Path) -> None:
    logins = tmp_path / "logins"
    logins.write_text("")
    assert Settings().only_here
    assert not Settings(logins=logins).only_here
    assert not Settings(behind_proxy=True).only_here
    assert not Settings(allowed_hosts=("qa.example.org",)).only_here
    assert not Settings(host="0.0.0.0", without_login=True).only_here
