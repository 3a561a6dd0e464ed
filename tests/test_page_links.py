"""Addresses that open an answer or a place again: made by the page, read by the page."""

import time
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from browsing import (
    LIST,
    PATIENCE,
    answered,
    answers,
    asked,
    cards,
    cited_paragraph,
    places,
    question,
    ready,
    visiting,
)
from conftest import SEED
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

OWN = "1. The harbour master keeps the lighthouse.\n\n2. The bakery opens at six.\n"


def asking(text: str, **more: str) -> str:
    return "/?" + urlencode({"q": text, **more})


def quotes(answer: Locator) -> list[str]:
    found: list[str] = answer.locator("> .qa-hit > blockquote").all_inner_texts()
    return found


def when_asked(page: Page) -> str:
    """When the first question was asked, as the conversation has it that the page shows."""
    found: str = page.evaluate(
        "JSON.parse(localStorage['qa-conversation:' + sessionStorage['qa-current']]).turns[0].asked"
    )
    return found


def copied_link(page: Page, answer: Locator) -> str:
    answer.locator(".qa-tools").get_by_role("button", name="Copy link").click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    found: str = page.evaluate("navigator.clipboard.readText()")
    return found


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_a_question_in_the_address_is_asked_once(browser: Browser, site: str) -> None:
    with visiting(browser, site, path=asking(LIST)) as page:
        answer = answered(page, 1)
        found, asked_at = places(answer), when_asked(page)
        assert "para. 7" in found
        expect(page.locator("#qa-chat .user").first).to_contain_text(LIST)
        expect(page.locator("#qa-panel .qa-marked")).to_have_text(quotes(answer)[0], timeout=PATIENCE)
        assert parse_qs(urlsplit(page.url).query) == {"q": [LIST]}

        time.sleep(1.1)  # the time is kept to the second
        page.reload()
        ready(page)
        assert places(answered(page, 1)) == found
        assert when_asked(page) == asked_at

        # What follows it stays with it, and the address too.
        asked(page, "and in North Macedonia?", 2)
        page.reload()
        ready(page)
        answered(page, 2)
        assert when_asked(page) == asked_at

        # Another question in the address is another conversation.
        page.goto(site + asking("COVID-19"))
        ready(page)
        assert places(answered(page, 1))
        expect(page.locator("#qa-chat .user")).to_have_text(["COVID-19"])
        page.get_by_role("button", name="History").click()
        expect(page.locator(".qa-history-entry")).to_have_count(2)


def test_the_address_forgets_a_question_that_is_no_longer_shown(browser: Browser, site: str) -> None:
    with visiting(browser, site, path=asking(LIST)) as page:
        answered(page, 1)
        page.get_by_role("button", name="New conversation").click()
        expect(answers(page)).to_have_count(0, timeout=PATIENCE)
        expect(page).to_have_url(f"{site}/")
        page.reload()
        ready(page)
        expect(page.locator(".qa-suggestion").first).to_be_visible(timeout=PATIENCE)
        assert answers(page).count() == 0

        # Asked for again, it is asked again.
        page.goto(site + asking(LIST))
        ready(page)
        answered(page, 1).get_by_role("button", name="Edit question").click()
        asked(page, "COVID-19")
        expect(page).to_have_url(f"{site}/")
        page.reload()
        ready(page)
        answered(page, 1)
        expect(page.locator("#qa-chat .user")).to_have_text(["COVID-19"])


def test_a_copied_link_opens_the_answer_in_a_new_visit(browser: Browser, site: str, page: Page) -> None:
    page.locator(".qa-filter-box > summary").click()
    page.locator(".qa-filter-body fieldset").filter(has_text="Sections").locator("input[type=checkbox]").nth(1).check()
    expect(page.locator(".qa-count")).not_to_have_text("14 paragraphs · 1 document", timeout=PATIENCE)
    text = "technical assistance & training: 50% + more?"
    answer = asked(page, text)
    expect(answer.locator(".qa-scope")).to_contain_text("only part of the documents")
    address = copied_link(page, answer)
    assert parse_qs(urlsplit(address).query).keys() == {"q", "s"}
    with visiting(browser, site, path=path_of(address)) as other:
        again = answered(other, 1)
        expect(other.locator("#qa-chat .user").first).to_contain_text(text)
        assert quotes(again) == quotes(answer)
        expect(again.locator(".qa-scope")).to_contain_text("only part of the documents")
        # What it limits itself to is what the next question is asked of.
        assert other.locator(".qa-count").inner_text() == page.locator(".qa-count").inner_text()
        assert copied_link(other, again) == address


def test_the_link_of_a_follow_up_finds_what_it_found(browser: Browser, site: str, page: Page) -> None:
    asked(page, LIST)
    answer = asked(page, "and in North Macedonia?", 2)
    address = copied_link(page, answer)
    with visiting(browser, site, path=path_of(address)) as other:
        again = answered(other, 1)
        assert quotes(again) == quotes(answer)
        expect(other.locator("#qa-chat .user").first).to_contain_text("and in North Macedonia?")
        expect(again.locator(".qa-query")).to_have_text(answer.locator(".qa-query").inner_text())


def test_the_link_of_an_answer_from_own_documents_opens_for_nobody_else(
    browser: Browser, site: str, page: Page
) -> None:
    build_own(page)
    page.goto(site + asking("who keeps the lighthouse?", c="own"))
    ready(page)
    answer = answered(page, 1)
    expect(answer.locator(".qa-scope")).to_contain_text("your own documents")
    assert quotes(answer) == ["The harbour master keeps the lighthouse."]
    expect(page.locator("#qa-panel .qa-marked")).to_have_text("The harbour master keeps the lighthouse.")
    address = copied_link(page, answer)
    assert parse_qs(urlsplit(address).query)["c"] == ["own"]
    answer.locator("a.qa-cite").first.click()
    expect(cited_paragraph(page)).to_have_text("1.")
    assert urlsplit(page.url).fragment.startswith("own/")
    with visiting(browser, site, path=path_of(address), expected_errors="Failed to load") as other:
        expect(question(other)).to_have_value("who keeps the lighthouse?", timeout=PATIENCE)
        expect(other.locator("#qa-alert")).not_to_be_empty()
        assert answers(other).count() == 0


def build_own(page: Page) -> None:
    """A document of the visitor's own, built in the visitor's collection."""
    status = page.evaluate(
        """async (text) => {
          const put = await fetch('api/documents/harbour.txt', { method: 'PUT', body: text });
          if (!put.ok) return `${put.status} ${await put.text()}`;
          const wait = () => new Promise((resolve) => setTimeout(resolve, 200));
          const files = async () => (await (await fetch('api/documents')).json()).files;
          while ((await files()).some((file) => file.state === 'waiting')) await wait();
          const headers = { 'Content-Type': 'application/json' };
          const built = await fetch('api/build', { method: 'POST', headers, body: '{"collection": "own"}' });
          return built.ok ? '' : `${built.status} ${await built.text()}`;
        }""",
        OWN,
    )
    assert status == ""
    built = "fetch('api/build?collection=own').then((answer) => answer.json()).then(({ build }) => build.state)"
    deadline = time.monotonic() + PATIENCE / 1000 * 3
    while page.evaluate(built) != "done":
        assert time.monotonic() < deadline
        page.wait_for_timeout(300)


def test_a_link_to_what_is_no_longer_searched_asks_nothing(browser: Browser, site: str) -> None:
    for more, told in (
        ({"d": "gone"}, "The document “gone” is not among those that can be searched."),
        ({"l": "fi"}, "No paragraph is in the language “fi”."),
        ({"s": "Gone"}, "No section has the heading “Gone”."),
    ):
        with visiting(browser, site, path=asking(LIST, **more)) as page:
            expect(page.locator("#qa-alert")).to_contain_text(told, timeout=PATIENCE)
            expect(question(page)).to_have_value(LIST)
            assert answers(page).count() == 0


def test_a_place_in_the_address_is_shown(browser: Browser, site: str) -> None:
    with visiting(browser, site, path=f"/#{SEED}/para-6") as page:
        expect(cited_paragraph(page)).to_have_text("6.", timeout=PATIENCE)
        expect(page.locator("#qa-panel .qa-cited")).to_be_in_viewport()
        assert page.locator("#qa-panel .qa-marked").count() == 0
        assert answers(page).count() == 0

        page.evaluate("(place) => (location.hash = place)", f"{SEED}/para-4/s1")
        expect(cited_paragraph(page)).to_have_text("4.", timeout=PATIENCE)
        sentence = page.locator("#qa-panel .qa-cited [data-sentence='1']").first.inner_text()
        expect(page.locator("#qa-panel .qa-marked")).to_have_text(sentence)
        expect(page.locator("#qa-panel .qa-marked")).to_be_in_viewport()

        page.go_back()
        expect(cited_paragraph(page)).to_have_text("6.", timeout=PATIENCE)
        assert page.locator("#qa-panel .qa-marked").count() == 0
        page.go_forward()
        expect(cited_paragraph(page)).to_have_text("4.", timeout=PATIENCE)

        # A paragraph's number in the panel is a link to it.
        page.locator("#qa-panel .qa-number", has_text="5.").click()
        expect(cited_paragraph(page)).to_have_text("5.")
        assert urlsplit(page.url).fragment == f"{SEED}/para-5"


def test_an_answer_and_a_place_of_it_in_one_address(browser: Browser, site: str) -> None:
    with visiting(browser, site, path=asking(LIST)) as page:
        answer = answered(page, 1)
        last = cards(answer).count() - 1
        cards(answer).nth(last).locator("a.qa-cite").click()
        position = page.locator(".qa-source-position")
        expect(position).to_have_text(f"{last + 1} of {last + 1}", timeout=PATIENCE)
        marked = quotes(answer)[last]
        address = page.url
        assert urlsplit(address).query
        assert urlsplit(address).fragment
        page.reload()
        ready(page)
        answered(page, 1)
        expect(page.locator("#qa-panel .qa-marked")).to_have_text(marked, timeout=PATIENCE)
        expect(position).to_have_text(f"{last + 1} of {last + 1}", timeout=PATIENCE)
        page.keyboard.press("Alt+ArrowUp")
        expect(position).to_have_text(f"{last} of {last + 1}")
    with visiting(browser, site, path=address.removeprefix(site)) as other:
        answered(other, 1)
        expect(other.locator("#qa-panel .qa-marked")).to_have_text(marked, timeout=PATIENCE)
        expect(other.locator(".qa-source-position")).to_have_text(f"{last + 1} of {last + 1}", timeout=PATIENCE)
        assert other.url == address
        # The next answer is shown from its own first citation, and the address says nothing of another one.
        second = asked(other, "COVID-19", 2)
        expect(other.locator("#qa-panel .qa-marked")).to_have_text(quotes(second)[0], timeout=PATIENCE)
        assert not urlsplit(other.url).fragment


def test_a_place_that_is_gone_is_told(browser: Browser, site: str) -> None:
    note = "#qa-panel .qa-source-note"
    with visiting(browser, site, path="/#gone/para-1", expected_errors="404") as page:
        expect(page.locator(note)).to_contain_text("This document is no longer there", timeout=PATIENCE)
        page.evaluate("(place) => (location.hash = place)", f"{SEED}/para-999/s0")
        expect(page.locator(note)).to_contain_text("This paragraph is no longer in the document", timeout=PATIENCE)
        expect(page.locator("#qa-panel .qa-paragraph").first).to_be_attached()
        page.evaluate("(place) => (location.hash = place)", f"{SEED}/para-4/s999")
        expect(cited_paragraph(page)).to_have_text("4.", timeout=PATIENCE)
        expect(page.locator(note)).to_be_hidden()


@pytest.mark.parametrize("fragment", ["", "x", "/para-", "a/para-%E0%A4%A", quote("<img src=x>/para-1")])
def test_what_is_no_place_does_no_harm(browser: Browser, site: str, fragment: str) -> None:
    with visiting(browser, site, path=f"/#{fragment}", expected_errors="404") as page:
        assert page.locator("#qa-panel img").count() == 0
        assert places(asked(page, LIST))
