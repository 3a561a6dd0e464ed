"""Reading in the page: whole documents, citation after citation, versions beside, translation, citations copied."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rispy
from browsing import PATIENCE, asked, cards, visiting
from corpus import SYMBOL, good, write
from live import serving
from playwright.sync_api import Browser, Locator, Page, expect

from embeddings.build import build
from embeddings.contents import Index
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore

pytestmark = pytest.mark.browser

QUESTION = "who has the right to education?"
CORRIGENDUM = f"{SYMBOL}/Corr.1\n\nCorrigendum\n\n1. In the English version, the heading of the last part is deleted.\n"
DATED = 'date = 1948-12-10\nsymbol = "{symbol}"\nlanguage = "{language}"\n'
PHONE = {"width": 390, "height": 844}

# A translator like the browser's own; `state` says whether it has one, `go()` ends the loading.
TRANSLATOR = """
  window.calls = [];
  self.Translator = class {
    static async availability(languages) { return window.state ?? 'available'; }
    static async create({ sourceLanguage, targetLanguage, monitor }) {
      window.calls.push(`${sourceLanguage} ${targetLanguage}`);
      if (window.state === 'downloadable') {
        const loading = new EventTarget();
        monitor(loading);
        const event = new Event('downloadprogress');
        event.loaded = 0.25;
        await new Promise((resolve) => { window.go = resolve; loading.dispatchEvent(event); });
      }
      if (window.broken) throw new DOMException('no', 'NotSupportedError');
      return { translate: async (text) => `<i>${targetLanguage}</i> ${text}` };
    }
  };
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, encoder: ModelEncoder) -> Iterator[tuple[str, Index]]:
    """The page over a declaration in six languages, one of which is amended; and its index."""
    folder = tmp_path_factory.mktemp("declaration")
    write(folder / "seeds", good)
    for name in good():
        language = Path(name).stem.rpartition("-")[2]
        note = DATED.format(symbol=SYMBOL, language=language) + f'version_of = "{SYMBOL}"\n'
        (folder / "seeds" / f"{Path(name).stem}.meta.toml").write_text(note, "utf-8")
    (folder / "seeds" / "corrigendum.txt").write_text(CORRIGENDUM, "utf-8")
    note = f'symbol = "{SYMBOL}/Corr.1"\nlanguage = "en"\n'
    (folder / "seeds" / "corrigendum.meta.toml").write_text(note, "utf-8")
    store = IndexStore(folder / "index")
    assert not build(folder / "seeds", store, encoder).refused
    for url in serving(folder / "seeds", folder / "index", folder / "server.log"):
        yield url, store.open(encoder.identity)


@pytest.fixture
def page(browser: Browser, served: tuple[str, Index]) -> Iterator[Page]:
    with visiting(browser, served[0]) as visited:
        yield visited


def panel(page: Page) -> Locator:
    return page.locator("#qa-panel")


def marked(page: Page) -> str:
    """What is marked in the source, in one line."""
    return one_line(" ".join(panel(page).locator(".qa-marked").all_text_contents()))


def one_line(text: str) -> str:
    return " ".join(text.split())


def shown_citation(page: Page, answer: Locator, number: int) -> None:
    """Wait until the source shows a citation of an answer, counted from 0: its paragraph, its sentence, its words."""
    card = cards(answer).nth(number)
    expect(panel(page).locator(".qa-source-position")).to_have_text(
        f"{number + 1} of {cards(answer).count()}", timeout=PATIENCE
    )
    quote = card.locator("> blockquote")
    expect(panel(page).locator(".qa-marked").first).to_be_in_viewport(timeout=PATIENCE)
    assert marked(page) == one_line(quote.inner_text())
    assert panel(page).locator(".qa-marked b").all_text_contents() == quote.locator("b").all_text_contents()


def test_the_whole_document_is_there_with_what_is_known_of_it(page: Page, served: tuple[str, Index]) -> None:
    answer = asked(page, QUESTION)
    expect(cards(answer).first.locator("strong")).to_contain_text("art. 26")
    shown_citation(page, answer, 0)
    document = served[1].documents["udhr-en"]
    expect(panel(page).locator(".qa-source-title")).to_have_text(document.title)
    expect(panel(page).locator(".qa-source-facts")).to_have_text(
        f"{SYMBOL} · 10 December 1948 · English · udhr-en.html"
    )
    passages = [each for each in served[1].passages if each.doc_id == "udhr-en"]
    paragraphs = panel(page).locator(".qa-paragraph")
    assert [one_line(each) for each in paragraphs.locator(".qa-words").all_text_contents()] == [
        one_line(each.text) for each in passages
    ]
    headings = panel(page).locator(".qa-document :is(h3, h4, h5, h6)").all_text_contents()
    assert [one_line(each) for each in headings] == [one_line(each.text) for each in document.headings]


def test_from_citation_to_citation_by_button_and_by_key(page: Page) -> None:
    answer = asked(page, QUESTION)
    last = cards(answer).count() - 1
    assert last >= 2
    shown_citation(page, answer, 0)
    previous = page.get_by_role("button", name="Previous citation")
    following = page.get_by_role("button", name="Next citation")
    expect(previous).to_be_disabled()
    following.click()
    shown_citation(page, answer, 1)
    for number in range(2, last + 1):
        page.keyboard.press("Alt+ArrowDown")
        shown_citation(page, answer, number)
    expect(following).to_be_disabled()
    page.keyboard.press("Alt+ArrowDown")
    page.locator("#qa-question").focus()
    page.keyboard.press("Alt+ArrowUp")
    shown_citation(page, answer, last - 1)
    previous.click()
    shown_citation(page, answer, last - 2)
    address = cards(answer).nth(last - 2).locator("a.qa-cite").get_attribute("href")
    assert address
    assert page.url.endswith(address)


def test_a_version_beside_stands_row_by_row(page: Page) -> None:
    answer = asked(page, QUESTION)
    shown_citation(page, answer, 0)
    for name, language, direction in (("Français", "fr", "ltr"), ("العربية", "ar", "rtl")):
        page.get_by_role("button", name=f"{name} beside").click()
        pairs = panel(page).locator(".qa-pair").filter(has=page.locator(".qa-side:nth-child(1) .qa-paragraph"))
        sides = pairs.locator(".qa-side:nth-child(2)")
        expect(sides.first).to_have_attribute("lang", language, timeout=PATIENCE)
        expect(sides.first).to_have_attribute("dir", direction)
        shown_citation(page, answer, 0)
        # The articles stand beside the articles of the same number, all of them.
        keys = [
            (each.locator("[data-key]").get_attribute("data-key"), each.locator("[data-beside]"))
            for each in pairs.all()
            if (each.locator("[data-key]").get_attribute("data-key") or "").startswith("art")
        ]
        assert len(keys) >= 50
        assert [key for key, _ in keys] == [there.get_attribute("data-beside") for _, there in keys]
        one_beside_the_other = """(pair) => {
          const [here, there] = [...pair.querySelectorAll('.qa-side')].map((side) => side.getBoundingClientRect());
          return here.right <= there.left + 1 && Math.abs(here.top - there.top) < 1;
        }"""
        assert pairs.filter(has=page.locator(".qa-cited")).evaluate(one_beside_the_other)
    page.get_by_role("button", name="Close the version beside").click()
    expect(panel(page).locator(".qa-pair")).to_have_count(0)
    shown_citation(page, answer, 0)


def test_a_version_beside_on_a_phone(browser: Browser, served: tuple[str, Index]) -> None:
    with visiting(browser, served[0], viewport=PHONE, has_touch=True) as page:
        answer = asked(page, QUESTION)
        cards(answer).nth(1).locator("a.qa-cite").tap()
        shown_citation(page, answer, 1)
        page.get_by_role("button", name="中文 beside").tap()
        pair = panel(page).locator(".qa-pair").filter(has=page.locator(".qa-cited"))
        expect(pair.locator(".qa-side").nth(1)).to_have_attribute("lang", "zh", timeout=PATIENCE)
        one_above_the_other = """(pair) => {
          const [here, there] = [...pair.querySelectorAll('.qa-side')].map((side) => side.getBoundingClientRect());
          return here.bottom <= there.top + 1 && Math.abs(here.left - there.left) < 1;
        }"""
        assert pair.evaluate(one_above_the_other)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(
    ("locale", "language", "direction"), [("fr-FR", "fr", "ltr"), ("ar-EG", "ar", "rtl"), ("en-GB", "", "")]
)
def test_the_readers_own_version_stands_below_a_citation(
    browser: Browser, served: tuple[str, Index], locale: str, language: str, direction: str
) -> None:
    with visiting(browser, served[0], locale=locale) as page:
        card = cards(asked(page, QUESTION)).first
        expect(card.locator("> blockquote")).to_have_attribute("lang", "en")
        if not language:
            expect(card.locator(".qa-beside")).to_have_count(0)
            return
        beside = card.locator(".qa-beside blockquote")
        expect(beside).to_have_attribute("lang", language)
        expect(beside).to_have_attribute("dir", direction)
        (cited,) = (each for each in served[1].passages if each.passage_id == "udhr-en#" + key_of(card))
        texts = {each.passage_id: each.text for each in served[1].passages}
        versions = [texts[each.passage_id] for each in cited.versions if each.passage_id.startswith(f"udhr-{language}")]
        assert [one_line(beside.inner_text())] == [one_line(each) for each in versions]


def key_of(card: Locator) -> str:
    anchor = card.locator("a.qa-cite").first.get_attribute("href") or ""
    return anchor.partition("/para-")[2].partition("/")[0]


def test_what_amends_a_document_is_told_and_opens(page: Page) -> None:
    answer = asked(page, QUESTION)
    expect(cards(answer).first.locator(".qa-related")).to_have_text(f"There is a corrigendum: {SYMBOL}/Corr.1")
    shown_citation(page, answer, 0)
    page.get_by_role("button", name=f"There is a corrigendum: {SYMBOL}/Corr.1").click()
    expect(panel(page).locator(".qa-words")).to_have_text(
        ["In the English version, the heading of the last part is deleted."], timeout=PATIENCE
    )
    page.get_by_role("button", name=f"This belongs to {SYMBOL}").first.click()
    expect(panel(page).locator(".qa-source-facts")).to_contain_text("udhr-")


def with_translator(page: Page, setting: str = "") -> None:
    """Visit anew with a browser that can translate."""
    page.add_init_script(TRANSLATOR + setting)
    page.reload()
    page.locator("html[data-qa-ready]").wait_for(state="attached", timeout=PATIENCE)


def test_nothing_is_offered_where_the_browser_cannot_translate(browser: Browser, served: tuple[str, Index]) -> None:
    for script in ("delete self.Translator;", TRANSLATOR + "window.state = 'unavailable';"):
        with visiting(browser, served[0], locale="fr-FR") as page:
            page.add_init_script(script)
            page.reload()
            answer = asked(page, QUESTION)
            expect(panel(page).locator(".qa-marked").first).to_be_visible(timeout=PATIENCE)
            page.wait_for_timeout(500)
            assert page.locator(".qa-translate").count() == 0
            assert cards(answer).count()


@pytest.mark.parametrize(("locale", "direction", "label"), [
    ("fr-FR", "ltr", "Traduction automatique"), ("ar-EG", "rtl", "ترجمة آلية"),
])  # fmt: skip
def test_a_passage_is_translated_where_it_stands_and_nowhere_else(
    browser: Browser, served: tuple[str, Index], locale: str, direction: str, label: str
) -> None:
    language = locale[:2]
    with visiting(browser, served[0], locale=locale) as page:
        with_translator(page)
        answer = asked(page, QUESTION)
        expect(panel(page).locator(".qa-marked").first).to_be_in_viewport(timeout=PATIENCE)
        card, cited = cards(answer).first, panel(page).locator(".qa-cited")
        offered = card.locator("> .qa-translate")
        expect(offered).to_be_visible(timeout=PATIENCE)
        # What is in the reader's language already needs none.
        assert card.locator(".qa-beside .qa-translate").count() == 0
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.context.set_offline(True)
        for place, original in ((card, card.locator("> blockquote")), (cited, cited.locator(".qa-words"))):
            before = original.inner_text()
            place.locator(".qa-translate").click()
            block = place.locator(".qa-translation")
            expect(block).to_contain_text(label)
            expect(block).to_have_attribute("lang", language)
            expect(block).to_have_attribute("dir", direction)
            assert one_line(block.locator(".qa-translation-text").inner_text()).startswith(f"<i>{language}</i> ")
            assert original.inner_text() == before
        assert not requests
        assert set(page.evaluate("window.calls")) == {f"en {language}"}
        expect(panel(page).locator(".qa-marked").first).to_be_visible()
        page.context.set_offline(False)


def test_a_translator_that_is_loaded_first_or_fails(browser: Browser, served: tuple[str, Index]) -> None:
    with visiting(browser, served[0], locale="fr-FR") as page:
        with_translator(page, "window.state = 'downloadable'; window.broken = true;")
        card = cards(asked(page, QUESTION)).first
        card.locator("> .qa-translate").click()
        status = card.locator(".qa-translation-status")
        expect(status).to_contain_text("25")
        page.evaluate("window.go()")
        expect(status).to_contain_text("n’a pas pu")
        assert card.locator(".qa-translation").count() == 0
        page.evaluate("window.broken = false")
        card.locator("> .qa-translate").click()
        expect(status).to_contain_text("25")
        page.evaluate("window.go()")
        expect(card.locator(".qa-translation-text")).to_be_visible()
        expect(status).to_have_text("")


def test_a_citation_is_copied_in_six_formats(page: Page) -> None:
    answer = asked(page, QUESTION)
    page.get_by_role("button", name="Next citation").click()
    shown_citation(page, answer, 1)
    sentence = marked(page)
    copied: dict[str, str] = {}
    for name in ("Plain text", "Markdown", "HTML", "BibTeX", "RIS", "CSL-JSON"):
        page.evaluate("navigator.clipboard.writeText('nothing')")
        page.get_by_role("button", name="Copy citation").click()
        page.locator("#qa-source-formats").get_by_role("button", name=name).click()
        expect(page.locator(".qa-source-said")).to_have_text("Copied")
        copied[name] = clipboard(page)
        expect(page.locator(".qa-source-said")).to_have_text("")
    for name in ("Plain text", "Markdown", "HTML"):
        assert sentence in one_line(copied[name]), name
        assert SYMBOL in copied[name].replace("\\", ""), name
    assert copied["Plain text"].startswith("[2] “")
    assert copied["HTML"].startswith("<")
    assert copied["BibTeX"].startswith("@")
    assert rispy.loads(copied["RIS"])
    (item,) = json.loads(copied["CSL-JSON"])
    assert item["number"] == SYMBOL
    assert item["issued"] == {"date-parts": [[1948, 12, 10]]}


def test_the_link_of_a_place_opens_it_in_a_new_visit(browser: Browser, served: tuple[str, Index], page: Page) -> None:
    answer = asked(page, QUESTION)
    page.get_by_role("button", name="Next citation").click()
    shown_citation(page, answer, 1)
    panel(page).get_by_role("button", name="Copy link").click()
    expect(page.locator(".qa-source-said")).to_have_text("Copied")
    address = clipboard(page)
    sentence = marked(page)
    with visiting(browser, served[0], path=address.removeprefix(served[0])) as other:
        expect(panel(other).locator(".qa-marked").first).to_be_in_viewport(timeout=PATIENCE)
        assert marked(other) == sentence
        assert panel(other).locator(".qa-source-position").is_hidden()


def clipboard(page: Page) -> str:
    found: Any = page.evaluate("navigator.clipboard.readText()")
    return str(found)
