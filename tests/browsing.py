"""The page in a real browser: visits that fail on any request to elsewhere and on any error in the console."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Playwright, expect

PATIENCE = 20_000
"""Milliseconds that the busiest machine may take. Speed is measured in benchmarks/, not here."""

_STREAM_CLOSED = "^AbortError: signal is aborted without reason"
"""Gradio's own program now and then says so when it closes a stream that it has read to its end."""
_PAGE_LEFT = "Unexpected error Connection errored out. "
"""Gradio's own program says so right after it, when the page is left before the stream has come to its end. A
connection that breaks while the page stays is told in other words before it."""

LIST = "which countries use unexplained-wealth orders?"
ABSENT = "who won the football world cup?"


def launched(playwright: Playwright, chromium: str) -> Browser:
    """A browser that does nothing of its own accord."""
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return playwright.chromium.launch(executable_path=chromium, args=quiet)


@contextmanager
def visiting(
    browser: Browser, url: str, *, path: str = "", expected_errors: str = "", script: str = "", **settings: Any
) -> Iterator[Page]:
    """A visit by somebody new. `settings`: of the browser's context, as Playwright has them; `expected_errors`: a
    pattern of those that a test provokes; `script`: runs before any of the page's."""
    strangers: list[str] = []
    errors: list[str] = []
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | settings)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
    page = context.new_page()
    if script:
        page.add_init_script(script)
    page.on(
        "request",
        lambda request: None if request.url.startswith((url, "data:", "blob:")) else strangers.append(request.url),
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(url + path)
    ready(page)
    yield page
    context.close()
    assert not strangers, strangers
    expected = f"{_STREAM_CLOSED}|{expected_errors}" if expected_errors else _STREAM_CLOSED
    unexpected = [
        each
        for before, each in pairwise(["", *errors])
        if not re.search(expected, each) and not (each == _PAGE_LEFT and re.search(_STREAM_CLOSED, before))
    ]
    assert not unexpected, unexpected


def ready(page: Page) -> None:
    """Wait until the page can be used."""
    page.locator("html[data-qa-ready]").wait_for(state="attached", timeout=PATIENCE)


def question(page: Page) -> Locator:
    """The box for questions."""
    return page.locator("#qa-question")


def ask(page: Page, text: str) -> None:
    """Type a question and send it."""
    question(page).fill(text)
    question(page).press("Enter")


def answers(page: Page) -> Locator:
    """The answers in the chat, those included that say why there is none."""
    return page.locator("#qa-chat :is(.qa-answer, .qa-problem)")


def answered(page: Page, count: int) -> Locator:
    """Wait until there are so many answers, with their controls; the last one."""
    expect(answers(page)).to_have_count(count, timeout=PATIENCE)
    last = answers(page).nth(count - 1)
    expect(last.locator(".qa-tools")).to_be_visible(timeout=PATIENCE)
    return last


def asked(page: Page, text: str, count: int = 1) -> Locator:
    """Ask, and wait for the answer, the one with this number."""
    ask(page, text)
    return answered(page, count)


def cards(answer: Locator) -> Locator:
    """The citations of an answer, without the passages below the line."""
    return answer.locator("> .qa-hit")


def places(answer: Locator) -> list[str]:
    """Where the citations of an answer stand: "para. 7"."""
    found: list[str] = cards(answer).locator("> .qa-place strong").all_inner_texts()
    return found


def cited_paragraph(page: Page) -> Locator:
    """The number of the paragraph that is marked in the source."""
    return page.locator("#qa-panel .qa-cited .qa-number").first
