"""The source panel in a real browser: places shown and marked, citation after citation, versions, translation."""

import re
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from conftest import WordEncoder
from fastapi import FastAPI, Request, Response
from playwright.sync_api import Browser, Page, expect

from embeddings.build import build
from embeddings.contents import Index
from embeddings.store import IndexStore
from qa.assistant import Assistant
from qa.strings import day
from qa.web.source_routes import add_source_routes
from qa.web.ui_routes import add_ui_routes

pytestmark = pytest.mark.browser

LONG = 600
CHINESE = "资产追回会议𠮷审议了该项目。法院（court）的判决已作出。"
FILES = {
    "en.txt": (
        "A/75/1\n\nThe report\n\n4 February 2010\n\n1. The court met. The judge agreed.\n\n"
        "2. The money and the bank.\n\n3. Police training.\n"
    ),
    "fr.txt": "A/75/1\n\nLe rapport\n\n1. Le tribunal (court judge) se réunit.\n\n2. L’argent (money) et la (bank).\n",
    "corr.txt": "A/75/1/Corr.1\n\nCorrigendum\n\n1. For court read judge.\n",
    "zh.txt": f"1. {CHINESE}\n\n2. 银行与资金的情况说明。\n",
    "long.txt": "The long one"
    + "".join(f"\n\n{n}. The court. {'Some words more. ' * (n % 40)}" for n in range(1, LONG + 1)),
}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Source</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="ui/source.css"><link rel="stylesheet" href="start.css">
<body class="gradio-container"><textarea id="question"></textarea><div id="chat"></div><section id="panel"></section>
<script type="module" src="start.js"></script>"""
STYLE = """
body { margin: 0; --body-text-color: #1f2937; --background-fill-primary: #fff; --background-fill-secondary: #f4f4f5;
  --border-color-primary: #d4d4d8; --color-accent: #f97316; --input-background-fill: #fff; }
#chat { height: 5rem; } #panel { height: 600px; }
@media (max-width: 800px) { #chat { height: 1500px; } #panel { height: 85dvh; } }
"""
START = """
import { loadStrings } from './ui/strings.js';
import { createSource } from './ui/source.js';
import { parseAnchor, anchorOf } from './ui/source_place.js';
import { offerTranslations } from './ui/translate.js';
await loadStrings();
window.shown = [];
window.source = createSource(document.getElementById('panel'), { onShown: (what) => window.shown.push(what.anchor) });
Object.assign(window, { parseAnchor, anchorOf, offerTranslations, ready: true });
"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:"
TRANSLATOR = """
window.calls = [];
self.Translator = class {
  static async availability(languages) { return window.state ?? 'downloadable'; }
  static async create({ sourceLanguage, targetLanguage, monitor }) {
    window.calls.push({ sourceLanguage, targetLanguage });
    const loading = new EventTarget();
    monitor(loading);
    const event = new Event('downloadprogress');
    event.loaded = 0.5;
    await new Promise((resolve) => { window.go = resolve; loading.dispatchEvent(event); });
    if (window.broken) throw new DOMException('no', 'NotSupportedError');
    return { translate: async (text) => `<b>in ${targetLanguage}:</b> ${text}` };
  }
};
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("source")
    (folder / "seeds").mkdir()
    for name, text in FILES.items():
        (folder / "seeds" / name).write_text(text, "utf-8")
    encoder = WordEncoder("asset court law money training bank judge police")
    store = IndexStore(folder / "index")
    build(folder / "seeds", store, encoder)
    return store.open(encoder.identity)


@pytest.fixture(scope="module")
def url(index: Index) -> Iterator[str]:
    """The panel alone on a page, under a security policy that forbids what the real one forbids."""
    assistant = Assistant(index, WordEncoder("court"))
    app = FastAPI()
    library = SimpleNamespace(assistant=lambda _collection, _visitor: assistant)
    add_source_routes(app, SimpleNamespace(library=library))  # type: ignore[arg-type]
    add_ui_routes(app)
    for path, content, kind in (
        ("/", PAGE, "text/html"),
        ("/start.js", START, "text/javascript"),
        ("/start.css", STYLE, "text/css"),
    ):
        app.get(path)(lambda content=content, kind=kind: Response(content, media_type=kind))

    @app.middleware("http")
    async def guarded(request: Request, call_next: Any) -> Response:
        request.state.visitor = "a" * 64
        answer: Response = await call_next(request)
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def until(page: Page, condition: str) -> None:
    """Wait for what JavaScript says; the page's policy forbids Playwright's own way of waiting."""
    deadline = time.monotonic() + 15
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(30)


def visiting(
    browser: Browser, url: str, width: int = 1000, language: str = "en", script: str = "", refused: bool = False
) -> Iterator[Page]:
    """`refused`: some requests are meant to be refused, which the browser's console tells of."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith((url, "data:")) else errors.append(request.url))
    if script:
        page.add_init_script(script)
    page.goto(url)
    until(page, "Boolean(window.ready)")
    yield page
    context.close()
    assert refused or not errors


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    yield from visiting(browser, url)


def show(page: Page, anchor: str, **options: Any) -> bool:
    return bool(page.evaluate("([anchor, options]) => source.show(anchor, options)", [anchor, options]))


TOP = """() => {
  const box = document.querySelector('.qa-source-text');
  const at = document.querySelector('.qa-cited').getBoundingClientRect().top;
  return (at - box.getBoundingClientRect().top) / box.clientHeight;
}"""
"""How far down the panel's text the cited paragraph stands: 0 at its top, 1 at its bottom."""


def test_a_place_is_shown_and_its_sentence_and_words_are_marked(page: Page) -> None:
    expect(page.locator(".qa-source-note")).to_have_text("The cited paragraphs appear here, in their document.")
    assert show(page, "#en/para-1/s1", words=[[4, 9]])
    expect(page.locator(".qa-cited .qa-number")).to_have_text("1.")
    expect(page.locator(".qa-marked")).to_have_text("The judge agreed.")
    expect(page.locator(".qa-marked b")).to_have_text("judge")
    expect(page.locator(".qa-source-note")).to_be_hidden()
    expect(page.locator(".qa-source-facts")).to_have_text(f"A/75/1 · {day('2010-02-04', 'en')} · English · en.txt")
    # Another one takes the marks off the first, and leaves its text as it was.
    assert show(page, "#en/para-2")
    expect(page.locator(".qa-marked")).to_have_count(0)
    expect(page.locator(".qa-words b")).to_have_count(0)
    expect(page.locator("[data-key='1'] .qa-words")).to_have_text("The court met. The judge agreed.")
    assert page.evaluate("window.shown") == ["#en/para-1/s1", "#en/para-2"]
    assert page.url.endswith("/")
    details = page.locator(".qa-cited details")
    details.locator("summary").click()
    expect(details.locator("pre")).to_have_text("2. The money and the bank.")


def test_words_are_counted_in_characters_not_in_javascripts_units(page: Page, index: Index) -> None:
    (passage,) = (each for each in index.passages if each.passage_id == "zh#1")
    sentence = passage.text[passage.sentences[0].start : passage.sentences[0].end]
    at = sentence.index("审议")
    assert at > sentence.index("𠮷")
    assert show(page, "#zh/para-1/s0", words=[[0, 2], [at, at + 2]])
    assert page.locator(".qa-marked b").all_inner_texts() == ["资产", "审议"]
    expect(page.locator(".qa-marked")).to_have_text(sentence)
    expect(page.locator(".qa-cited")).to_have_attribute("lang", "zh")


def test_far_places_in_a_long_document(page: Page) -> None:
    for number in (LONG // 2, 20, LONG - 20, LONG - 22):
        for smooth in (False, True):
            assert show(page, f"#long/para-{number}/s0", smooth=smooth)
            expect(page.locator(".qa-cited .qa-number")).to_have_text(f"{number}.")
            until(page, f"Math.abs(({TOP})() - 0.25) < 0.05")
    # A reader who does not see it move is told where it went.
    expect(page.locator(".qa-cited")).to_be_focused()


def test_from_citation_to_citation_by_button_and_key(page: Page) -> None:
    page.evaluate(
        """() => source.setCitations([
          { anchor: '#en/para-1/s0', words: [[4, 9]], number: 1 },
          { anchor: '#en/para-2/s0', words: [], number: 2 },
          { anchor: '#zh/para-2', words: [], number: 3 },
        ])"""
    )
    show(page, "#en/para-1/s0")
    position = page.locator(".qa-source-position")
    expect(position).to_have_text("1 of 3")
    expect(page.locator(".qa-marked b")).to_have_text("court")
    previous, following = page.locator(".qa-source-step").first, page.locator(".qa-source-step").last
    expect(previous).to_be_disabled()
    assert following.get_attribute("aria-keyshortcuts") == "Alt+ArrowDown"
    following.click()
    expect(position).to_have_text("2 of 3")
    expect(page.locator(".qa-marked")).to_have_text("The money and the bank.")
    assert page.url.endswith("/#en/para-2/s0")
    page.locator("#question").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(position).to_have_text("3 of 3")
    expect(page.locator(".qa-cited")).to_have_attribute("lang", "zh")
    expect(following).to_be_disabled()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowUp")
    expect(position).to_have_text("2 of 3")


def test_only_the_last_of_many_clicks_counts(page: Page) -> None:
    found = page.evaluate(
        "() => Promise.all(['#long/para-9', '#zh/para-1', '#en/para-3'].map((anchor) => source.show(anchor)))"
    )
    assert found == [False, False, True]
    expect(page.locator(".qa-cited .qa-words")).to_have_text("Police training.")


def test_a_version_beside_and_away_again(page: Page) -> None:
    show(page, "#en/para-2/s0")
    button = page.get_by_role("button", name="Français beside")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    pair = page.locator(".qa-pair").filter(has=page.locator("[data-key='2']"))
    here, there = pair.locator(".qa-side").nth(0), pair.locator(".qa-side").nth(1)
    expect(here.locator(".qa-marked")).to_have_text("The money and the bank.")
    expect(there).to_contain_text("L’argent")
    first, second = here.bounding_box(), there.bounding_box()
    assert first and second
    assert first["x"] + first["width"] <= second["x"] + 1
    assert abs(first["y"] - second["y"]) < 1
    expect(page.locator(".qa-pair").last).to_contain_text("Not in the French version")
    page.get_by_role("button", name="Close the version beside").click()
    expect(page.locator(".qa-pair")).to_have_count(0)
    expect(page.locator(".qa-marked")).to_have_text("The money and the bank.")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_what_amends_a_document_is_opened_by_a_click(page: Page) -> None:
    show(page, "#en/para-1")
    page.get_by_role("button", name="There is a corrigendum: A/75/1/Corr.1").click()
    expect(page.locator(".qa-source-facts")).to_contain_text("corr.txt")
    expect(page.locator(".qa-cited")).to_have_count(0)
    expect(page.locator(".qa-source-link")).to_be_disabled()
    page.get_by_role("button", name="This belongs to A/75/1").click()
    expect(page.locator(".qa-source-facts")).to_contain_text("en.txt")


def test_a_link_and_a_citation_are_copied(page: Page, url: str) -> None:
    show(page, "#en/para-1/s1")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".qa-source-said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{url}/#en/para-1/s1"
    page.get_by_role("button", name="Copy citation").click()
    page.get_by_role("button", name="Plain text").click()
    expect(page.locator(".qa-source-said")).to_have_text("Copied")
    until(page, "navigator.clipboard.readText().then((text) => text.startsWith('[1] “The judge agreed.”'))")
    page.get_by_role("button", name="Copy citation").click()
    page.get_by_role("button", name="BibTeX").click()
    until(page, "navigator.clipboard.readText().then((text) => text.startsWith('@techreport{'))")


def test_where_nothing_may_be_copied_the_text_is_shown(browser: Browser, url: str) -> None:
    refuse = "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;"
    for page in visiting(browser, url, script=refuse):
        show(page, "#en/para-1/s1")
        page.get_by_role("button", name="Copy link").click()
        field = page.get_by_label("Copy the text from here")
        expect(field).to_have_value(f"{url}/#en/para-1/s1")
        assert page.evaluate("getSelection().toString()") == f"{url}/#en/para-1/s1"
        page.get_by_role("button", name="Close", exact=True).click()
        expect(field).to_have_count(0)


def test_what_is_no_longer_there_is_said(browser: Browser, url: str) -> None:
    for page in visiting(browser, url, language="fr-CH", refused=True):
        note = page.locator(".qa-source-note")
        assert not show(page, "#gone/para-1")
        expect(note).to_have_text(re.compile("Ce document n’est plus disponible"))
        assert not show(page, "#en/para-99", smooth=True)
        expect(note).to_have_text(re.compile("Ce paragraphe ne figure plus dans le document"))
        expect(page.locator("[data-key='1']")).to_be_visible()
        assert show(page, "#en/para-1")
        expect(note).to_be_hidden()
        for nothing in ("", "#", "#about", "#en/para-%E0%A4%A"):
            assert not show(page, nothing)
        expect(page.locator(".qa-cited")).to_have_count(1)
        page.context.set_offline(True)
        assert not show(page, "#zh/para-1")
        expect(note).to_have_text(re.compile("Le serveur est injoignable"))
        assert show(page, "#en/para-1")  # still in memory
        expect(note).to_be_hidden()


def test_anchors_are_those_of_the_server(page: Page) -> None:
    for anchor in ("#own/a%2Fb%23c/para-art54.1/s12", "#own/para-7", "#100%25/para-p3", "#%F0%A0%AE%B7/para-1"):
        assert page.evaluate("(anchor) => anchorOf(parseAnchor(anchor))", anchor) == anchor


def test_on_a_phone_a_click_leads_to_the_panel(browser: Browser, url: str) -> None:
    for page in visiting(browser, url, width=390):
        show(page, "#en/para-1")
        assert page.evaluate("scrollY") == 0
        show(page, "#en/para-2/s0", smooth=True)
        expect(page.locator(".qa-marked")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Français beside").click()
        pair = page.locator(".qa-pair").filter(has=page.locator("[data-key='2']"))
        first, second = pair.locator(".qa-side").nth(0).bounding_box(), pair.locator(".qa-side").nth(1).bounding_box()
        assert first and second
        assert first["y"] + first["height"] <= second["y"] + 1  # one above the other


def test_nothing_is_offered_where_the_browser_cannot_translate(browser: Browser, url: str) -> None:
    for script in ("delete self.Translator;", TRANSLATOR + "window.state = 'unavailable';"):
        for page in visiting(browser, url, script=script):
            show(page, "#zh/para-1")
            page.wait_for_timeout(300)
            expect(page.locator(".qa-translate")).to_have_count(0)


def test_a_passage_is_translated_on_this_device(browser: Browser, url: str, index: Index) -> None:
    (passage,) = (each for each in index.passages if each.passage_id == "zh#1")
    for page in visiting(browser, url, language="ar", script=TRANSLATOR):
        show(page, "#zh/para-1/s0")
        section = page.locator("[data-key='1']")
        page.context.set_offline(True)
        offered = section.get_by_role("button", name="ترجمة على هذا الجهاز")
        offered.click()
        status = section.locator(".qa-translation-status")
        expect(status).to_contain_text("50")
        page.evaluate("window.go()")
        block = section.locator(".qa-translation")
        expect(block).to_contain_text("ترجمة آلية من متصفحك، وليست نص الوثيقة")
        expect(block.locator(".qa-translation-text")).to_have_text(f"<b>in ar:</b> {passage.text}")
        assert block.get_attribute("lang") == "ar"
        assert block.get_attribute("dir") == "rtl"
        expect(status).to_have_text("")
        expect(offered).to_be_hidden()
        expect(section.locator(".qa-words")).to_have_text(passage.text)
        block.get_by_role("button").click()
        expect(block).to_have_count(0)
        expect(offered).to_be_focused()
        assert page.evaluate("window.calls") == [{"sourceLanguage": "zh", "targetLanguage": "ar"}]


def test_a_translation_that_fails_is_said_to_and_can_be_tried_again(browser: Browser, url: str) -> None:
    for page in visiting(browser, url, script=TRANSLATOR):
        page.evaluate("window.broken = true")
        show(page, "#zh/para-1")
        section = page.locator("[data-key='1']")
        section.locator(".qa-translate").click()
        until(page, "Boolean(window.go)")
        page.evaluate("window.go()")
        expect(section.locator(".qa-translation-status")).to_have_text("Your browser could not translate this.")
        page.evaluate("window.broken = false; window.go = null")
        section.locator(".qa-translate").click()
        until(page, "Boolean(window.go)")
        page.evaluate("window.go()")
        expect(section.locator(".qa-translation")).to_be_visible()


def test_only_what_is_in_sight_and_foreign_gets_a_button(browser: Browser, url: str) -> None:
    for page in visiting(browser, url, language="fr", script=TRANSLATOR):
        show(page, "#long/para-1")
        expect(page.locator(".qa-translate").first).to_be_visible()
        assert page.locator(".qa-translate").count() < LONG / 4
        page.evaluate(
            """() => {
              const chat = document.getElementById('chat');
              for (const [lang, text] of [['fr', 'Un.'], ['zh-Hans', '一。'], ['und', '1']]) {
                const quote = document.createElement('blockquote');
                Object.assign(quote, { lang, textContent: text });
                quote.dataset.translate = '';
                chat.append(quote);
              }
              offerTranslations(chat);
              offerTranslations(chat);
            }"""
        )
        expect(page.locator("#chat .qa-translate")).to_have_count(1)
        expect(page.locator("#chat blockquote[lang='zh-Hans'] + .qa-translate")).to_be_visible()
