"""Hostile text in every place where documents, names and visitors' words show: it stays text, and calls nobody."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from browsing import PATIENCE, answered, answers, ask, asked, ready, visiting
from hostile_texts import UNSEEN, Listener, fidelity, hostile_name, listening, write_corpus
from live import serving
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, Route, expect

from embeddings.build import build
from embeddings.contents import Index
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa.shown import read_conversation

pytestmark = pytest.mark.browser

COUNTRIES = "which countries use unexplained wealth orders?"
NOTE_MADE = """{
  // What the page's program makes itself can so be told from what comes out of HTML.
  const made = new WeakSet();
  for (const name of ['createElement', 'createElementNS']) {
    const original = Document.prototype[name];
    Document.prototype[name] = function (...given) {
      const element = original.apply(this, given);
      made.add(element);
      return element;
    };
  }
  Object.defineProperty(window, 'isMade', { value: (element) => made.has(element) });
}"""
OFFENCES = """() => {
  const tags = new Set(`ARTICLE B BDI BLOCKQUOTE BR DETAILS DIV H3 H4 H5 H6 MARK P PRE SECTION SPAN STRONG SUMMARY TABLE
    TBODY TD TH TR A`.split(/\\s+/));
  const names = new Set(`class lang dir title role scope colspan data-key data-beside data-sentence data-translate
    data-collection data-turn tabindex`.split(/\\s+/));
  const found = [];
  const tell = (element, what) => found.push(`${what}: ${element.outerHTML.slice(0, 300)}`);
  const parts = ['#qa-chat .md', '#qa-bar', '#qa-panel', '#qa-filters', '#qa-composer', '#qa-alert', 'dialog'];
  for (const element of document.querySelectorAll(parts.map((part) => `${part} *`).join())) {
    const own = isMade(element);
    if (!own && !tags.has(element.tagName)) tell(element, 'an element');
    for (const { name, value } of element.attributes) {
      const isAnchor = element.tagName === 'A' && name === 'href' && value.startsWith('#');
      const isGradios = name.startsWith('svelte') || (name === 'open' && element.tagName === 'DETAILS');
      if (!own && !names.has(name) && !isAnchor && !isGradios) tell(element, `an attribute ${name}`);
      if (name === 'dir' && !['ltr', 'rtl', 'auto'].includes(value)) tell(element, 'a direction');
      if (name.startsWith('on')) tell(element, 'a handler');
    }
  }
  const addresses = ['src', 'srcset', 'href', 'action', 'formaction', 'poster', 'background', 'data', 'ping', 'style'];
  for (const element of document.querySelectorAll('*')) {
    for (const name of addresses) {
      const value = element.getAttribute(name) ?? '';
      const leads = /^\\s*(javascript|vbscript|file|tel|mailto|data:text)|127\\.0\\.0\\.1:PORT|evil\\.example/i;
      if (leads.test(value) && !value.startsWith('#')) tell(element, 'an address');
    }
    if (element.shadowRoot) tell(element, 'a shadow');
  }
  const active = 'img, iframe, object, embed, video, audio, base:not([href="./"]), meta[http-equiv=refresh]';
  for (const element of document.querySelectorAll(active)) tell(element, 'active');
  return found;
}"""
"""What text has made that must only be text; empty where it has made nothing."""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, listener: Listener, encoder: ModelEncoder) -> Path:
    """A folder with hostile `seeds` and their `index`."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "seeds").mkdir()
    write_corpus(folder / "seeds", listener)
    build(folder / "seeds", IndexStore(folder / "index"), encoder)
    return folder


@pytest.fixture(scope="module")
def index(corpus: Path, encoder: ModelEncoder) -> Index:
    return IndexStore(corpus / "index").open(encoder.identity)


@pytest.fixture(scope="module")
def url(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    limits = ("--questions-a-minute", "10000", "--uploads-a-minute", "1000")
    yield from serving(corpus / "seeds", corpus / "index", tmp_path_factory.mktemp("site") / "log", *limits)


@contextmanager
def attacked(browser: Browser, url: str, listener: Listener, **settings: Any) -> Iterator[Page]:
    """A visit in which nothing may come of hostile text: nobody is called, nothing runs, opens or leads away."""
    events: list[str] = []
    listener.hits.clear()
    with visiting(browser, url, script=NOTE_MADE, **settings) as page:
        page.on("dialog", lambda dialog: (events.append(dialog.message), dialog.dismiss()))
        page.on("framenavigated", lambda frame: _stays(frame.url, url) or events.append(frame.url))
        page.context.on("page", lambda other: events.append(other.url))
        title = page.title()
        yield page
        page.wait_for_timeout(300)  # for what takes its time
        assert offences(page, listener) == []
        assert page.title() == title
        assert len(page.frames) == 1
    assert not events
    assert not listener.hits


def _stays(address: str, url: str) -> bool:
    return urlsplit(address)[:3] == (*urlsplit(url)[:2], "/")


def offences(page: Page, listener: Listener) -> list[str]:
    found: list[str] = page.evaluate(OFFENCES.replace("PORT", str(listener.port)))
    return found


def plain(text: str) -> str:
    return " ".join(text.split())


def open_document(page: Page, index: Index, name: str) -> None:
    """Show a document in the panel, by the anchor of its first paragraph."""
    document = next(each for each in index.documents.values() if each.source.path == name)
    passage = next(each for each in index.passages if each.doc_id == document.doc_id)
    anchor = f"#{quote(passage.doc_id, safe='')}/para-{quote(passage.key, safe='')}"
    page.evaluate("(anchor) => { location.hash = anchor; }", anchor)
    # The document's own name first: the one shown before has a cited paragraph too.
    shown = page.locator("#qa-panel .qa-source-facts bdi").last
    expect(shown).to_have_text(name, timeout=PATIENCE)
    expect(page.locator("#qa-panel .qa-cited")).to_be_visible(timeout=PATIENCE)


def test_the_listener_hears_and_the_passage_is_alive(browser: Browser, listener: Listener) -> None:
    """Shown without care, the passage does what the other tests look out for."""
    listener.hits.clear()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{listener.port}/control")
    page.wait_for_timeout(500)
    assert page.title().startswith("XSS-")
    assert len(set(listener.hits)) >= 8
    page.add_script_tag(content=NOTE_MADE)
    assert len(offences(page, listener)) >= 8
    page.close()


def test_documents_names_and_cells_in_chat_and_source(
    browser: Browser, url: str, listener: Listener, index: Index
) -> None:
    with attacked(browser, url, listener) as page:
        table = asked(page, COUNTRIES)
        expect(table.get_by_role("rowheader").first).to_be_visible()
        expect(table.locator(".qa-quote").first).to_contain_text("are in use <b>")
        count = 1
        for words in ("Sign in password form action", "document.title XSS-script", "beacon table cell x overlay"):
            count += 1
            asked(page, words, count)
        asked(page, "who won the football world cup in 1998?", count + 1).locator(".qa-nearest summary").click()
        assert offences(page, listener) == []
        names = {document.source.path for document in index.documents.values()}
        assert hostile_name(".txt") in names
        for name in sorted(names):
            open_document(page, index, name)
            for summary in page.locator("#qa-panel summary").all()[:3]:
                summary.click()
            assert offences(page, listener) == []


def test_versions_beside_filters_and_what_there_is_to_choose(
    browser: Browser, url: str, listener: Listener, index: Index
) -> None:
    with attacked(browser, url, listener) as page:
        open_document(page, index, "two.en.html")
        expect(page.locator(".qa-source-title")).to_have_text(listener.vectors[2])
        page.locator(".qa-source-versions button").first.click()
        expect(page.locator("#qa-panel .qa-pair").first).to_be_visible(timeout=PATIENCE)
        assert offences(page, listener) == []
        page.locator("#qa-filters summary").click()
        boxes = page.locator("#qa-filters input[type=checkbox]")
        assert boxes.count() > 20
        expect(page.locator("#qa-filters")).to_contain_text("<img src=x onerror=")
        for box in boxes.all()[:4]:
            box.check()
        expect(page.locator(".qa-count")).to_contain_text("paragraphs")


def test_questions_searches_and_notes(browser: Browser, url: str, listener: Listener) -> None:
    # A question with controls is refused or asked, either way it is shown as text.
    with attacked(browser, url, listener) as page:
        texts = [listener.vectors[2], listener.vectors[37], UNSEEN[0], listener.passage[:1900]]
        for count, text in enumerate(texts, 1):
            asked(page, text, count)
            assert plain(text) in plain(page.locator("#qa-chat .user").last.inner_text())
        first = asked(page, COUNTRIES, len(texts) + 1)
        followed = asked(page, "and in Kenya?", len(texts) + 2).locator(".qa-followed")
        followed.get_by_role("button", name="Change the search").click()
        followed.get_by_label("What is searched").fill(f"{listener.vectors[3]} Kenya")
        followed.get_by_label("What is searched").press("Enter")
        expect(followed.locator(".qa-query")).to_have_text(f"{listener.vectors[3]} Kenya", timeout=PATIENCE)
        first.locator(".qa-flag").first.click()
        first.locator(".qa-feedback-form textarea").fill(listener.passage[:1900])
        first.locator(".qa-feedback-form [type=submit]").click()
        expect(first.locator(".qa-feedback-form")).to_have_count(0, timeout=PATIENCE)

        page.get_by_role("button", name="New conversation").click()
        expect(answers(page)).to_have_count(0, timeout=PATIENCE)
        page.locator("#qa-history").click()
        expect(page.locator(".qa-history-title")).to_have_text(listener.vectors[2])
        page.locator(".qa-history-entry").click()
        answered(page, len(texts) + 2)


@pytest.mark.parametrize("kind", ["q", "hash", "filters"])
def test_addresses(browser: Browser, url: str, listener: Listener, kind: str) -> None:
    for text in (listener.vectors[2], listener.vectors[3], "javascript:document.title='XSS-address'"):
        quoted = quote(text, safe="")
        path = {
            "q": f"/?q={quoted}",
            "hash": f"/#{quoted}/para-{quoted}/s0",
            "filters": f"/?q={quoted}&d={quoted}&s={quoted}&l={quoted}&from={quoted}&c={quoted}",
        }[kind]
        errors = "404|400|Failed to load" if kind != "q" else ""
        with attacked(browser, url, listener, path=path, expected_errors=errors) as page:
            if kind == "hash":
                expect(page.locator(".qa-source-note")).not_to_be_empty(timeout=PATIENCE)
            elif kind == "filters":
                expect(page.locator("#qa-alert")).to_contain_text(text, timeout=PATIENCE)
            else:
                answered(page, 1)


# --- What comes back out of the browser, and from the server ---------------------------------------------------------

FIXED = frozenset({"kind", "collection", "format", "key", "doubts"})
"""Fields of a conversation that are one of a few words; another makes it none."""


def spoilt(value: Any, texts: Callable[[], str]) -> Any:
    """A value out of JSON with every string in it replaced."""
    if isinstance(value, str):
        return texts()
    if isinstance(value, list):
        return [spoilt(each, texts) for each in value]
    if isinstance(value, dict):
        return {name: each if name in FIXED else spoilt(each, texts) for name, each in value.items()}
    return value


def stored(page: Page) -> dict[str, Any]:
    """The conversation that the browser keeps."""
    found: str = page.evaluate(
        "() => Object.entries(localStorage).find(([key]) => key.startsWith('qa-conversation:'))[1]"
    )
    kept: dict[str, Any] = json.loads(found)
    return kept


def keep(page: Page, conversation: dict[str, Any]) -> None:
    """Put a conversation where the browser keeps the one that is shown, and load the page again."""
    page.evaluate(
        """(text) => {
          localStorage.clear();
          localStorage.setItem('qa-conversation:planted', text);
          sessionStorage.setItem('qa-current', 'planted');
        }""",
        json.dumps(conversation),
    )
    page.reload()
    ready(page)


def test_a_conversation_written_by_somebody_else(browser: Browser, url: str, listener: Listener) -> None:
    texts = iter([])  # type: ignore[var-annotated]

    def following() -> str:
        nonlocal texts
        text = next(texts, None)
        if text is None:
            texts = iter([*listener.vectors, *UNSEEN, "\x00\x1b", listener.passage[:900]])
            text = next(texts)
        return f"{text[:480]}#{text[:480]}"

    with attacked(browser, url, listener, expected_errors="404|400|Failed to load") as page:
        asked(page, COUNTRIES)
        asked(page, "and in Kenya?", 2)
        asked(page, "who won the football world cup in 1998?", 3)
        asked(page, "?!", 4)
        asked(page, "which paragraphs speak of article 54?", 5)
        before = stored(page)
        turns = []
        for turn in before["turns"]:
            hostile = spoilt({k: v for k, v in turn.items() if k != "filters"}, following)
            if turn["kind"] == "answer":
                hostile["filters"] = {name: spoilt(value, following) for name, value in turn["filters"].items()}
                for hit in (*hostile["hits"], *hostile["nearest"]):
                    hit["beside"] = {"passage_id": following(), "language": following(), "text": following()}
                    hit["related"] = [{"doc_id": following(), "symbol": following(), "kind": "revision"}]
                    hit["doubts"] = ["body", "instrument"]
                if hostile["table"]:
                    hostile["table"]["kind"] = "country"
            turns.append(hostile)
        for turn in turns:  # in whole, it is one that the server takes
            read_conversation(json.dumps([turn]))
        keep(page, {"id": "planted", "title": following(), "updated": following(), "turns": turns})
        answered(page, len(turns))
        assert offences(page, listener) == []
        page.locator("#qa-chat a.qa-cite").first.click()
        expect(page.locator(".qa-source-note")).not_to_be_empty(timeout=PATIENCE)
        page.locator("#qa-history").click()
        expect(page.locator(".qa-history-title")).not_to_be_empty()
        page.keyboard.press("Escape")
        for format_ in ("markdown", "docx", "json"):
            page.locator("#qa-download").click()
            with page.expect_download() as download:
                page.locator(f"[data-format={format_}]").first.click()
            assert re.fullmatch(r"[\w .()-]+", download.value.suggested_filename)
            if format_ == "markdown":
                shown = MarkdownIt("commonmark", {"html": True}).render(Path(download.value.path()).read_text("utf-8"))
        answers(page).first.get_by_role("button", name="Ask again").click()
        answered(page, 1)
    # What was taken away is text as well, in a reader of Markdown that lets HTML through.
    reader = browser.new_page()
    reader.set_content(f"<title>quiet</title>{shown}")
    reader.wait_for_timeout(300)
    assert reader.title() == "quiet"
    assert not listener.hits
    assert not reader.locator("img, iframe, form, input, svg, script, style:not(head *)").count()
    reader.close()


@pytest.mark.parametrize("field", ["kind", "turns", "hits", "key"])
def test_a_conversation_that_is_none(browser: Browser, url: str, listener: Listener, field: str) -> None:
    vector = listener.vectors[2]
    with attacked(browser, url, listener) as page:
        asked(page, COUNTRIES)
        conversation = stored(page)
        turn = conversation["turns"][0]
        if field == "turns":
            conversation["turns"] = [vector]
        elif field == "key":
            conversation["turns"] = [
                {"kind": "problem", "question": vector, "asked": vector, "key": vector, "values": {}}
            ]
        else:
            turn[field] = vector
        keep(page, conversation)
        expect(page.locator("#qa-alert")).not_to_be_empty(timeout=PATIENCE)
        assert vector not in page.locator("#qa-alert").inner_text()
        page.get_by_role("button", name="New conversation").click()
        asked(page, COUNTRIES)


def test_whatever_the_server_says(browser: Browser, url: str, listener: Listener) -> None:
    """Every string of every answer that the page's program reads, but for those that are HTML."""
    safe = ("html", "direction", "types", "uploads", "collection", "state", "code", "built", "may_build")

    def answer(route: Route) -> None:
        if "/api/source" in route.request.url:
            route.continue_()
            return
        given = route.fetch()
        number = iter(range(10**6))

        def text() -> str:
            return listener.vectors[next(number) % len(listener.vectors)]

        def spoil(value: Any) -> Any:
            if isinstance(value, dict):
                return {k: v if k in safe else spoil(v) for k, v in value.items()}
            return (
                [spoil(each) for each in value]
                if isinstance(value, list)
                else text()
                if isinstance(value, str)
                else value
            )

        route.fulfill(response=given, json=spoil(given.json()))

    with attacked(browser, url, listener, expected_errors="400|404|Failed to load") as page:
        page.route("**/api/**", answer)
        page.reload()
        ready(page)
        expect(page.locator(".qa-suggestion").first).to_contain_text("XSS", timeout=PATIENCE)
        page.locator("#qa-filters summary").click()
        expect(page.locator("#qa-filters bdi").first).to_contain_text("<script")
        page.locator(".qa-help").click()
        page.locator("#qa-help-tab-about").click()
        expect(page.locator("#qa-help-about dd").first).to_be_visible(timeout=PATIENCE)
        assert offences(page, listener) == []


def test_errors_of_every_route(browser: Browser, url: str, listener: Listener) -> None:
    vector = listener.vectors[2]
    with attacked(browser, url, listener, expected_errors="400|Failed to load") as page:
        answer = asked(page, COUNTRIES)
        page.route("**/api/**", lambda route: route.fulfill(status=400, json={"error": vector}))
        answer.locator(".qa-thumb-up").click()
        expect(answer.locator(".qa-feedback-problem").first).to_have_text(vector)
        page.locator("#qa-download").click()
        page.locator("[data-format=json]").first.click()
        expect(page.locator("#qa-alert")).to_have_text(vector)
        page.locator(".qa-source-cite").click()
        page.locator("[data-format=plain]").click()
        expect(page.locator(".qa-source-said")).to_have_text(vector)
        page.evaluate("() => { location.hash = '#gone/para-1'; }")
        expect(page.locator(".qa-source-note")).to_have_text(vector)
        page.locator("#qa-documents").click()
        expect(page.locator("dialog .qa-problem")).to_have_text(vector)
        page.keyboard.press("Escape")
        page.locator(".qa-help").click()
        page.locator("#qa-help-tab-about").click()
        expect(page.locator("#qa-help-about")).to_have_text(vector)
        page.keyboard.press("Escape")
        page.route("**/gradio_api/queue/join**", lambda route: route.fulfill(status=503, json={"error": vector}))
        ask(page, vector)
        expect(page.locator("#qa-alert")).to_have_text(vector, timeout=PATIENCE)
        page.unroute("**/api/**")
        page.route("**/api/**", lambda route: route.fulfill(status=400, json={"error": vector}))
        page.reload()
        ready(page)
        expect(page.locator(".qa-count")).to_have_text(vector)


def test_uploaded_files(browser: Browser, url: str, listener: Listener) -> None:
    names = [
        hostile_name(".txt"),
        f"{listener.vectors[2]}.txt".replace("/", ""),
        "..\\..\\evil\u202etxt.exe.txt",
        hostile_name(".exe"),
        "noise.txt\n.txt",
    ]
    with attacked(browser, url, listener, expected_errors="415|422|400|Failed to load") as page:
        page.locator("#qa-documents").click()
        expect(page.locator(".qa-drop")).to_be_visible(timeout=PATIENCE)
        text = "\n\n".join(f"{number}. {each}" for number, each in enumerate(listener.vectors, 1))
        page.locator(".qa-drop input").set_input_files(
            [{"name": name, "mimeType": "text/plain", "buffer": f"{name}\n\n{text}\n".encode()} for name in names]
        )
        expect(page.locator(".qa-own-files .qa-file-row")).to_have_count(4, timeout=60_000)
        expect(page.locator(".qa-uploads .qa-file-row")).to_have_count(1)  # the program
        expect(page.locator(".qa-own-files .qa-understood")).to_have_count(4, timeout=60_000)
        for summary in page.locator("dialog .qa-own-files summary").all():
            summary.click()
        for shown in page.locator("dialog .qa-own-files .qa-file-name").all_inner_texts():
            assert not set(shown) & set("\u202e\n<>/\\")
        assert "\u202e" not in page.locator("dialog").inner_text()
        assert offences(page, listener) == []
        page.locator(".qa-own-files .qa-removal button").first.click()
        # Said by hand, as no browser would.
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        with httpx.Client(base_url=url, cookies=cookies, headers={"Origin": url}) as client:
            for name in (quote(listener.vectors[3] + ".txt", safe=""), "%00%0d%0aSet-Cookie%3a%20x=1.txt"):
                said = client.put(f"/api/documents/{name}", content=b"1. Some text of a document.\n")
                assert said.status_code in {200, 201, 400, 404, 405, 415}, said.text
                assert "x" not in said.cookies
        page.keyboard.press("Escape")
        page.reload()
        ready(page)
        page.locator("#qa-documents").click()
        expect(page.locator("dialog .qa-own-files .qa-file-row").first).to_be_visible(timeout=PATIENCE)


# --- To the letter ---------------------------------------------------------------------------------------------------


def test_what_looks_like_notation_is_shown_to_the_letter(
    browser: Browser, url: str, listener: Listener, index: Index
) -> None:
    texts = fidelity()
    assert len(texts) >= 100
    with attacked(browser, url, listener) as page:
        open_document(page, index, "fidelity.txt")
        page.add_style_tag(content="* { content-visibility: visible !important; }")  # also what is out of sight
        shown = page.locator("#qa-panel .qa-words").all_inner_texts()
        assert [plain(each) for each in shown] == [plain(each) for each in texts]
        lines = page.locator("#qa-panel .qa-below details")
        lines.first.locator("summary").click()
        expect(lines.first.locator("pre")).to_have_text(f"1. {texts[0]}")

        # In the chat, each as a cited sentence of one answer, which goes the way of all.
        asked(page, COUNTRIES)
        conversation = stored(page)
        turn = conversation["turns"][0]
        hit = turn["hits"][0]
        turn["question"] = turn["searched"] = texts[-1]
        turn["table"] = None
        turn["hits"] = [
            {**hit, "number": number, "sentence": text, "words": []} for number, text in enumerate(texts, 1)
        ]
        keep(page, conversation)
        answer = answered(page, 1)
        found = answer.locator("> .qa-hit blockquote").all_inner_texts()
        assert [plain(each) for each in found] == [plain(each) for each in texts]
        assert plain(page.locator("#qa-chat .user").inner_text()) == plain(texts[-1])


# --- When escaping fails ---------------------------------------------------------------------------------------------


def test_without_escaping_nothing_runs_and_nobody_is_called(
    browser: Browser, corpus: Path, index: Index, listener: Listener, tmp_path: Path
) -> None:
    """The panel's program takes no element that it is not made of; and were that to fail too, the policy holds."""
    for url in serving(corpus / "seeds", corpus / "index", tmp_path / "log", program="tests/unescaped.py"):
        listener.hits.clear()
        dialogs: list[str] = []
        context = browser.new_context()
        page = context.new_page()
        page.on("dialog", lambda dialog, told=dialogs: (told.append(dialog.message), dialog.dismiss()))
        page.add_init_script(NOTE_MADE)
        page.goto(url)
        ready(page)
        title = page.title()
        for name in ("passage.txt", hostile_name(".txt"), "two.en.html"):
            open_document(page, index, name)
            page.wait_for_timeout(300)
            assert page.title() == title, name
            assert page.locator("#qa-panel :is(img, iframe, form, input, style, svg, script, meta)").count() == 0
        # The words that stand between the tags show that nothing else keeps them away.
        assert "<script" not in page.locator("#qa-panel").inner_text()
        for words in (COUNTRIES, "Sign in password form action"):
            ask(page, words)
            page.wait_for_timeout(3000)

        # No policy keeps a page from being led away, which is why the panel's program looks at its elements.
        texts = [each for each in (listener.passage, *listener.vectors) if "http-equiv" not in each]
        page.evaluate(
            """(texts) => {
              for (const text of texts) document.querySelector('#qa-panel').insertAdjacentHTML('beforeend', text);
            }""",
            texts,
        )
        assert page.locator("#qa-panel :is(img, iframe, form, input, style, svg, script)").count() > 20
        page.wait_for_timeout(1000)
        for link in page.locator("#qa-panel a[href^=javascript]").all():
            link.dispatch_event("click")
        page.wait_for_timeout(500)
        assert page.title() == title
        assert page.url.startswith(url)
        assert not dialogs
        assert not listener.hits
        context.close()
