"""What visitors take with them and what their browser keeps: copies, downloads, and conversations found again."""

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from browsing import (
    LIST,
    PATIENCE,
    answered,
    answers,
    ask,
    asked,
    cards,
    cited_paragraph,
    places,
    question,
    ready,
    visiting,
)
from live import serving
from playwright.sync_api import Browser, Locator, Page, expect

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa.shown import ShownAnswer, read_conversation

pytestmark = pytest.mark.browser

COVID = "COVID-19"


def kept(page: Page) -> list[dict[str, Any]]:
    """The conversations that the browser keeps, the oldest first."""
    found = page.evaluate(
        "Object.entries(localStorage).filter(([key]) => key.startsWith('qa-conversation:')).map(([, text]) => text)"
    )
    return sorted(map(json.loads, found), key=lambda each: float(each["updated"]))


def put(page: Page, conversation: dict[str, Any]) -> None:
    """Have the browser keep a conversation, as another version of the page would have."""
    arguments = [f"qa-conversation:{conversation['id']}", json.dumps(conversation)]
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", arguments)


def new(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()
    expect(answers(page)).to_have_count(0, timeout=PATIENCE)


def history(page: Page) -> Locator:
    """The opened list of conversations."""
    page.get_by_role("button", name="History").click()
    dialog = page.get_by_role("dialog", name="History")
    expect(dialog).to_be_visible()
    return dialog


def opened(page: Page, title: str, count: int) -> Locator:
    """Open a conversation of the history; its last answer."""
    history(page).get_by_role("button").filter(has_text=title).first.click()
    expect(page.locator("#qa-chat .user").first).to_contain_text(title, timeout=PATIENCE)
    return answered(page, count)


def titles(dialog: Locator) -> list[str]:
    found: list[str] = dialog.locator(".qa-history-title").all_inner_texts()
    return found


def questions(page: Page) -> Locator:
    return page.locator("#qa-chat .user")


# --- Copies and downloads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("locale", "language", "button", "copied"), [
    ("en-GB", "en", "Copy answer", "Copied"), ("fr-FR", "fr", "Copier la réponse", "Copié"),
])  # fmt: skip
def test_an_answer_is_copied_with_its_references_in_the_readers_language(
    browser: Browser, site: str, locale: str, language: str, button: str, copied: str
) -> None:
    with visiting(browser, site, locale=locale) as page:
        answer = asked(page, COVID)
        answer.get_by_role("button", name=button).click()
        expect(answer.get_by_role("button", name=copied)).to_be_visible()
        lines = str(page.evaluate("navigator.clipboard.readText()")).splitlines()
        (turn,) = kept(page)[0]["turns"]
        assert lines[0] == COVID
        expected = [
            line
            for hit in turn["hits"]
            for line in (f"[{hit['number']}] {hit['sentence']}", f"    {hit['references'][language]}")
        ]
        assert lines[2:] == expected
        assert [hit["sentence"] for hit in turn["hits"]] == cards(answer).locator("> blockquote").all_inner_texts()
        expect(answer.get_by_role("button", name=button)).to_be_visible()


def downloaded(page: Page, name: str) -> tuple[str, bytes]:
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator("#qa-download-menu").get_by_role("button", name=f"Conversation as {name}").click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_conversation_is_downloaded(page: Page) -> None:
    asked(page, LIST)
    asked(page, "?!", 2)
    asked(page, "and in North Macedonia?", 3)
    name, data = downloaded(page, "JSON")
    assert name.endswith(".json")
    conversation = read_conversation(json.dumps(json.loads(data)["turns"]))
    first, _, third = conversation
    assert [turn.question for turn in conversation] == [LIST, "?!", "and in North Macedonia?"]
    assert isinstance(first, ShownAnswer)
    assert isinstance(third, ShownAnswer)
    assert third.record["question"]
    assert json.loads(json.dumps(kept(page)[0]["turns"])) == json.loads(data)["turns"]

    name, data = downloaded(page, "Markdown")
    assert name.endswith(".md")
    text = data.decode("utf-8")
    for turn in (first, third):
        assert f"what was searched: {turn.searched}".lower() in text.replace("**", "").replace("\\", "").lower()
        for hit in turn.hits:
            assert hit.pin in text

    name, data = downloaded(page, "DOCX")
    assert name.endswith(".docx")
    document = docx.Document(io.BytesIO(data))
    words = "\n".join(each.text for each in document.paragraphs)
    assert "and in North Macedonia?" in words
    tables = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    for turn in (first, third):
        for hit in turn.hits:
            assert hit.sentence in words + tables


def test_that_there_is_nothing_to_download_is_told(page: Page) -> None:
    page.get_by_role("button", name="Download", exact=True).click()
    page.locator("#qa-download-menu").get_by_role("button", name="Conversation as DOCX").click()
    expect(page.get_by_role("alert").filter(has_text="There is nothing to download yet")).to_be_visible()
    answered_first = asked(page, COVID)
    expect(page.locator("#qa-alert")).to_be_empty()
    assert places(answered_first)


def test_a_download_that_fails_is_told(browser: Browser, site: str) -> None:
    with visiting(browser, site, expected_errors="Failed to load|503") as page:
        asked(page, COVID)
        page.route("**/api/export", lambda route: route.fulfill(status=503, body='{"error": "Come back later."}'))
        page.get_by_role("button", name="Download", exact=True).click()
        page.locator("#qa-download-menu").get_by_role("button", name="Conversation as JSON").click()
        expect(page.get_by_role("alert").filter(has_text="Come back later.")).to_be_visible()


# --- History ---------------------------------------------------------------------------------------------------------


def test_a_conversation_outlives_a_reload_with_its_citations(page: Page) -> None:
    first = asked(page, LIST)
    asked(page, COVID, 2)
    found = [places(first), places(answers(page).nth(1))]
    before = kept(page)
    page.reload()
    ready(page)
    second = answered(page, 2)
    assert [places(answers(page).nth(0)), places(second)] == found
    assert kept(page) == before
    expect(page.locator("#qa-panel .qa-marked")).to_have_text(
        cards(second).first.locator("> blockquote").inner_text(), timeout=PATIENCE
    )

    # An older answer's citation, by a click; then the next by key, and the place again after another reload.
    first = answers(page).nth(0)
    cards(first).nth(1).locator("a.qa-cite").click()
    position = page.locator(".qa-source-position")
    expect(position).to_have_text(f"2 of {cards(first).count()}")
    page.reload()
    ready(page)
    answered(page, 2)
    expect(position).to_have_text(f"2 of {cards(first).count()}", timeout=PATIENCE)
    expect(page.locator("#qa-panel .qa-marked")).to_have_text(
        cards(first).nth(1).locator("> blockquote").inner_text(), timeout=PATIENCE
    )
    page.keyboard.press("Alt+ArrowDown")
    expect(position).to_have_text(f"3 of {cards(first).count()}")
    # And the conversation goes on.
    assert asked(page, "and in North Macedonia?", 3)


def test_conversations_are_opened_again_and_deleted(page: Page) -> None:
    expect(history(page)).to_contain_text("No conversations yet.")
    page.keyboard.press("Escape")
    asked(page, LIST)
    new(page)
    asked(page, COVID)
    asked(page, "training", 2)
    dialog = history(page)
    assert titles(dialog) == [COVID, LIST]
    expect(dialog.locator(".qa-history-entry").first).to_contain_text("2 questions")
    expect(dialog.locator(".qa-history-entry").first).to_have_attribute("aria-current", "true")
    dialog.get_by_role("button", name="Close").click()

    # To look at one changes nothing of it.
    before = kept(page)
    answer = opened(page, LIST, 1)
    expect(page.locator("#qa-panel .qa-marked")).to_have_text(
        cards(answer).first.locator("> blockquote").inner_text(), timeout=PATIENCE
    )
    assert kept(page) == before
    assert len(questions(page).all()) == 1

    # It can be gone on with, and the other one is as it was.
    asked(page, "and in North Macedonia?", 2)
    assert titles(history(page)) == [LIST, COVID]
    page.get_by_role("button", name=f"Delete: {COVID}").click()
    assert titles(page.get_by_role("dialog")) == [LIST]
    page.keyboard.press("Escape")
    assert [len(each["turns"]) for each in kept(page)] == [2]
    expect(answers(page)).to_have_count(2)

    # What is shown can be deleted too; then the chat is empty, and stays so.
    new(page)
    asked(page, COVID).get_by_role("button", name="useful", exact=True).click()
    expect(page.locator(".qa-feedback-said")).to_have_text("Thank you, kept.")
    history(page).get_by_role("button", name="Delete all").click()
    expect(page.get_by_role("dialog")).to_contain_text("No conversations yet.")
    page.keyboard.press("Escape")
    expect(answers(page)).to_have_count(0, timeout=PATIENCE)
    page.reload()
    ready(page)
    expect(page.locator(".qa-suggestion").first).to_be_visible(timeout=PATIENCE)
    assert kept(page) == []
    assert COVID not in page.evaluate("JSON.stringify(localStorage)")


def test_two_pages_do_not_overwrite_one_another(browser: Browser, site: str) -> None:
    with visiting(browser, site) as page:
        asked(page, LIST)
        other = page.context.new_page()
        other.goto(site)
        ready(other)
        assert answers(other).count() == 0
        asked(other, COVID)
        assert [each["title"] for each in kept(page)] == [LIST, COVID]

        # A copy of a page, as browsers make it, shows the same conversation; each goes on with it for itself.
        other.evaluate("(id) => sessionStorage.setItem('qa-current', id)", kept(page)[0]["id"])
        other.reload()
        ready(other)
        answered(other, 1)
        expect(questions(other)).to_have_text([LIST])
        asked(other, "training", 2)
        asked(page, "and in North Macedonia?", 2)
        expect(questions(page)).to_have_text([LIST, "and in North Macedonia?"])
        assert sorted([turn["question"] for turn in each["turns"]] for each in kept(page)) == [
            [COVID],
            [LIST, "and in North Macedonia?"],
            [LIST, "training"],
        ]
        for each, last in ((page, "and in North Macedonia?"), (other, "training")):
            each.reload()
            ready(each)
            answered(each, 2)
            expect(questions(each)).to_have_text([LIST, last])


FILL = """() => {
  let size = 4_000_000;
  let text = '';
  while (size >= 1) {
    try {
      localStorage.setItem('filler', text + 'x'.repeat(size));
      text += 'x'.repeat(size);
    } catch {
      size = size >> 1;
    }
  }
  return text.length;
}"""


def test_a_full_browser_drops_the_oldest_and_says_so(page: Page) -> None:
    asked(page, LIST)
    asked(page, COVID, 2)
    new(page)
    page.evaluate(FILL)
    asked(page, COVID)
    alert = page.locator("#qa-alert")
    expect(alert).to_have_text("This browser keeps no more; the oldest conversations were removed.")
    assert [each["title"] for each in kept(page)] == [COVID]

    # Where not even this one can be kept, that is what is said, and it is shown all the same.
    new(page)
    page.evaluate("Object.keys(localStorage).forEach((key) => localStorage.removeItem(key))")
    page.evaluate(FILL)
    assert places(asked(page, LIST))
    expect(alert).to_contain_text("This browser cannot keep this conversation")
    asked(page, COVID, 2)
    assert kept(page) == []


def test_a_browser_that_keeps_nothing_is_no_hindrance(browser: Browser, site: str) -> None:
    refusing = """for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });
    }"""
    with visiting(browser, site, script=refusing) as page:
        assert places(asked(page, LIST))
        expect(page.locator("#qa-alert")).to_contain_text("This browser cannot keep this conversation")
        assert places(asked(page, COVID, 2))
        expect(history(page)).to_contain_text("No conversations yet.")


def test_a_conversation_of_an_older_layout_is_whole(page: Page) -> None:
    asked(page, LIST)
    (conversation,) = kept(page)
    older = json.loads(json.dumps(conversation)) | {"id": "older", "title": "An older one", "folder": "unknown"}
    older["turns"][0] |= {"question": "An older one", "mood": "unknown"}
    for hit in older["turns"][0]["hits"]:
        hit["colour"] = "unknown"
        for added_later in ("doubts", "pin", "related", "beside"):
            del hit[added_later]
    put(page, older)
    found = places(answers(page).first)
    answer = opened(page, "An older one", 1)
    assert places(answer) == found
    cards(answer).nth(1).locator("a.qa-cite").click()
    expect(cited_paragraph(page)).to_have_text(found[1].removeprefix("para. ") + ".")
    # Looking at it leaves it as it was.
    assert next(each for each in kept(page) if each["id"] == "older") == older
    assert downloaded(page, "Markdown")


def test_a_conversation_that_cannot_be_read_is_told_and_kept(page: Page) -> None:
    asked(page, LIST)
    (conversation,) = kept(page)
    later = json.loads(json.dumps(conversation)) | {"id": "later", "title": "From tomorrow"}
    later["turns"][0] |= {"format": 99}
    put(page, later)
    alert = page.get_by_role("alert").filter(has_text="another version of this page")

    history(page).get_by_role("button").filter(has_text="From tomorrow").first.click()
    expect(alert).to_be_visible(timeout=PATIENCE)
    # What was shown is still shown, and goes on as what it is.
    expect(questions(page)).to_have_text([LIST])
    asked(page, COVID, 2)
    expect(page.locator("#qa-alert")).to_be_empty()
    assert {each["id"]: len(each["turns"]) for each in kept(page)} == {conversation["id"]: 2, "later": 1}

    # The same after a reload, where it is the one that was shown.
    page.evaluate("sessionStorage.setItem('qa-current', 'later')")
    page.reload()
    ready(page)
    expect(alert).to_be_visible(timeout=PATIENCE)
    asked(page, COVID)
    assert sorted(len(each["turns"]) for each in kept(page)) == [1, 1, 2]
    assert next(each for each in kept(page) if each["id"] == "later") == later


def test_what_is_no_conversation_is_left_alone(page: Page) -> None:
    page.evaluate("localStorage.setItem('qa-conversation:broken', '{')")
    page.evaluate("localStorage.setItem('qa-conversation:odd', '{\"turns\": 7}')")
    page.evaluate("sessionStorage.setItem('qa-current', 'odd')")
    page.reload()
    ready(page)
    assert places(asked(page, LIST))
    assert titles(history(page)) == [LIST]


def test_a_question_asked_while_a_conversation_opens_is_not_lost(page: Page) -> None:
    asked(page, LIST)
    page.route("**/gradio_api/queue/data**", lambda route: (time.sleep(1), route.continue_()))
    page.get_by_role("button", name="New conversation").click()
    ask(page, COVID)
    answered(page, 1)
    expect(questions(page)).to_have_text([COVID], timeout=PATIENCE)
    page.unroute("**/gradio_api/queue/data**")
    assert [each["title"] for each in kept(page)] == [LIST, COVID]


# --- Documents that change -------------------------------------------------------------------------------------------

BEFORE = "Report\n\n1. The court froze the assets of the minister.\n\n2. Police officers were trained in Vienna.\n"
AFTER = "Report\n\n1. The court met twice. It released the assets of the minister in May.\n"


@pytest.fixture
def changing(tmp_path: Path, encoder: ModelEncoder) -> Iterator[tuple[str, Path]]:
    """The page over a small report, and the folder that this is in."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "report.txt").write_text(BEFORE, "utf-8")
    build(tmp_path / "seeds", IndexStore(tmp_path / "index"), encoder)
    for url in serving(tmp_path / "seeds", tmp_path / "index", tmp_path / "server.log"):
        yield url, tmp_path


def test_old_citations_stay_whole_when_the_document_changed(
    browser: Browser, changing: tuple[str, Path], encoder: ModelEncoder
) -> None:
    url, folder = changing
    with visiting(browser, url) as page:
        first = asked(page, "who was trained in Vienna?")
        assert places(first)[0] == "para. 2"
        second = asked(page, "what did the court do with the assets?", 2)
        assert places(second)[0] == "para. 1"
        quoted = [cards(each).first.locator("> blockquote").inner_text() for each in (first, second)]
        assert quoted == ["Police officers were trained in Vienna.", "The court froze the assets of the minister."]

        (folder / "seeds" / "report.txt").write_text(AFTER, "utf-8")
        build(folder / "seeds", IndexStore(folder / "index"), encoder)
        deadline = time.monotonic() + PATIENCE / 1000
        while "met twice" not in page.evaluate("fetch('api/source?doc=report').then((answer) => answer.text())"):
            assert time.monotonic() < deadline
            page.wait_for_timeout(200)

        page.reload()
        ready(page)
        answered(page, 2)
        assert [cards(answers(page).nth(n)).first.locator("> blockquote").inner_text() for n in (0, 1)] == quoted
        note = page.locator("#qa-panel .qa-source-note")
        cards(answers(page).nth(0)).first.locator("a.qa-cite").click()
        expect(note).to_contain_text("This paragraph is no longer in the document", timeout=PATIENCE)
        expect(page.locator("#qa-panel .qa-words")).to_have_count(1)
        assert page.locator("#qa-panel :is(.qa-cited, .qa-marked)").count() == 0

        # A sentence that has changed is not marked as if it had been cited.
        cards(answers(page).nth(1)).first.locator("a.qa-cite").click()
        expect(cited_paragraph(page)).to_have_text("1.", timeout=PATIENCE)
        expect(note).to_contain_text("The sentence that was cited no longer stands in this paragraph")
        assert page.locator("#qa-panel .qa-marked").count() == 0
        expect(question(page)).to_be_visible()
