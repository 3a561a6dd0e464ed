"""The page for everybody: what axe-core finds, the keyboard alone, narrow windows, large text, little motion."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from browsing import ABSENT, LIST, PATIENCE, answered, ask, asked, cited_paragraph, question, visiting
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

REFERENCE = "which paragraphs speak of article 54?"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "preload": False,
    "runOnly": RULES,
    "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": True}},
}
NOT_DECIDED = {
    "color-contrast",  # where a box scrolls or a dialog covers part of it, axe cannot tell
}
FOCUSED = """() => {
  const each = document.activeElement;
  const style = getComputedStyle(each);
  const box = each.getBoundingClientRect();
  return {
    name: `${each.tagName.toLowerCase()}#${each.id}.${each.className} ${each.textContent.trim().slice(0, 30)}`,
    outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.outlineColor,
    inSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
    body: each === document.body,
    dialog: Boolean(each.closest('dialog')),
  };
}"""


def faults(page: Page) -> list[str]:
    """What axe-core holds to be wrong, and what it doubts, except where it only cannot see the colours."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("(options) => axe.run(document, options)", OPTIONS)
    assert len(found["passes"]) > 10
    told = found["violations"] + [each for each in found["incomplete"] if each["id"] not in NOT_DECIDED]
    return [
        f"{fault['id']} ({fault['impact']}): {node['target']} {node['html'][:200]}"
        for fault in told
        for node in fault["nodes"]
    ]


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways."""
    wide = page.evaluate(
        """() => [document.scrollingElement, ...document.querySelectorAll('#qa-chat, #qa-chat *, #qa-panel, dialog')]
          .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth)
          .filter((each) => ['auto', 'scroll', 'visible'].includes(getComputedStyle(each).overflowX))
          .filter((each) => each === document.scrollingElement || getComputedStyle(each).overflowX !== 'visible')
          .map((each) => `${each.tagName}#${each.id}.${each.className}: ${each.scrollWidth} > ${each.clientWidth}`)"""
    )
    assert wide == []


# --- Every state, in every look --------------------------------------------------------------------------------------


LOOKS = [("en", 1440, "light"), ("en", 390, "dark"), ("ar", 1440, "dark"), ("ar", 390, "light")]
"""Each language, width and scheme with each of the others once."""


@pytest.fixture(params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def look(request: pytest.FixtureRequest) -> tuple[str, int, str]:
    found: tuple[str, int, str] = request.param
    return found


@pytest.fixture
def visit(browser: Browser, site: str, look: tuple[str, int, str]) -> Iterator[Page]:
    """A visit in one of the page's looks."""
    language, width, scheme = look
    viewport = {"width": width, "height": 900 if width > 800 else 844}
    with visiting(
        browser, site, locale=language, viewport=viewport, color_scheme=scheme, reduced_motion="reduce"
    ) as page:
        yield page


def test_axe_finds_no_fault_in_any_state_and_nothing_is_too_wide(visit: Page) -> None:
    page = visit
    states: list[tuple[str, Callable[[], Any]]] = [
        ("an empty page", lambda: page.locator(".qa-suggestion").first.wait_for(timeout=PATIENCE)),
        ("a list", lambda: asked(page, LIST)),
        ("a wrong citation", page.locator(".qa-flag").first.click),
        ("a reference", lambda: (page.keyboard.press("Escape"), asked(page, REFERENCE, 2))),
        ("absence", lambda: asked(page, ABSENT, 3).locator(".qa-nearest summary").click()),
        ("a refusal", lambda: asked(page, "?!", 4)),
        ("a follow-up", lambda: asked(page, "and in North Macedonia?", 5).locator(".qa-followed button").click()),
        ("filters", lambda: page.locator(".qa-filter-box summary").click()),
        ("a place", page.locator("#qa-chat a.qa-cite").first.click),
        ("lines of the file", lambda: page.locator("#qa-panel .qa-cited summary").click()),
        ("formats", lambda: page.locator(".qa-source-cite").click()),
        ("downloads", lambda: (page.keyboard.press("Escape"), page.locator("#qa-download").click())),
        ("the history", lambda: (page.keyboard.press("Escape"), page.locator("#qa-history").click())),
        ("documents", lambda: (page.keyboard.press("Escape"), page.locator("#qa-documents").click())),
        ("help", lambda: (page.keyboard.press("Escape"), page.locator(".qa-help").click())),
        ("about", page.get_by_role("tab").last.click),
    ]
    for name, reach in states:
        reach()
        page.wait_for_timeout(150)  # for what comes in smoothly
        assert (name, faults(page)) == (name, [])
        fits(page)


@pytest.mark.parametrize("width", [320, 720])
def test_large_text_and_narrow_windows(width: int, browser: Browser, site: str) -> None:
    """A window of 1440 pixels with text twice as large, and one of 1280 four times (WCAG 2.2, 1.4.4 and 1.4.10)."""
    scale = 1440 // width
    with visiting(browser, site, viewport={"width": width, "height": 900 // scale}, device_scale_factor=scale) as page:
        page.locator(".qa-suggestion").first.wait_for(timeout=PATIENCE)
        fits(page)
        asked(page, LIST)
        fits(page)
        page.locator("#qa-chat a.qa-cite").first.click()
        expect(cited_paragraph(page)).to_be_in_viewport(timeout=PATIENCE)
        fits(page)
        page.locator("#qa-documents").click()
        fits(page)
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        question(page).scroll_into_view_if_needed()
        expect(question(page)).to_be_in_viewport()


def test_parts_are_found_by_their_names(page: Page) -> None:
    """Landmarks, one first heading, questions as headings, and a conversation that tells what is new in it."""
    asked(page, LIST)
    for role in ("main", "navigation", "search"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("region", name="The source")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("heading", level=2, name=LIST)).to_be_visible()
    log = page.get_by_role("log", name="Questions and answers")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.get_by_role("heading", name=LIST)).to_be_visible()
    assert page.locator("#qa-chat [aria-label*='message']").count() == 0


def test_that_it_is_searching_is_told_where_it_is_heard(page: Page) -> None:
    """What the page is doing, and that it is done, stands in the log; what went wrong in an alert."""
    page.evaluate(
        """() => {
          const log = document.querySelector('#qa-chat [role=log]');
          window.heard = [];
          new MutationObserver(() => window.heard.push(log.innerText)).observe(log, {
            childList: true, subtree: true, characterData: true,
          });
        }"""
    )
    asked(page, LIST)
    heard = page.evaluate("window.heard")
    assert any("Searching 14 paragraphs" in each for each in heard), heard[:3]
    assert "Zimbabwe" in heard[-1]
    expect(page.locator("#qa-alert")).to_have_attribute("role", "alert")
    expect(page.locator(".qa-source-position")).to_have_attribute("aria-live", "polite")


# --- The keyboard alone ----------------------------------------------------------------------------------------------


def walk(page: Page, steps: int, key: str = "Tab") -> list[dict[str, Any]]:
    """Where the focus goes, step by step."""
    found = []
    for _ in range(steps):
        page.keyboard.press(key)
        found.append(page.evaluate(FOCUSED))
    return found


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_the_first_step_leads_past_the_bar(page: Page) -> None:
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="To the question")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_goes_everywhere_in_order_and_is_always_seen(scheme: str, browser: Browser, site: str) -> None:
    with visiting(browser, site, color_scheme=scheme) as page:
        asked(page, LIST)
        page.locator(".qa-filter-box summary").click()
        page.locator(".qa-source-position").wait_for()
        page.evaluate("document.activeElement.blur(); document.body.focus()")
        page.mouse.click(700, 5)
        stops: list[dict[str, Any]] = []
        for _ in range(120):
            stops += walk(page, 1)
            if stops[-1]["body"]:
                break
        stops = [each for each in stops if not each["body"]]
        names = [each["name"] for each in stops]
        unseen = [each["name"] for each in stops if not each["outline"] or not each["inSight"]]
        assert unseen == []
        order = [
            next(i for i, name in enumerate(names) if part in name)
            for part in (
                "qa-new",
                "qa-history",
                "qa-language",
                "qa-cite",
                "qa-thumb",
                "qa-question",
                "qa-send",
                "qa-source-step",
            )
        ]
        assert order == sorted(order), names
        assert not [name for name in names if "svelte" in name], names


def test_asking_reading_and_going_on_without_a_mouse(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type(LIST)
    page.keyboard.press("Enter")
    answer = answered(page, 1)
    expect(question(page)).to_be_focused()  # so that one can go on asking
    answer.locator("a.qa-cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#qa-panel .qa-paragraph:focus")).to_have_count(1, timeout=PATIENCE)
    position = page.locator(".qa-source-position")
    first = position.inner_text()
    page.keyboard.press("Alt+ArrowDown")
    expect(position).not_to_have_text(first)
    expect(page.locator("#qa-panel .qa-cited:focus")).to_have_count(1)
    page.keyboard.press("Alt+ArrowUp")
    expect(position).to_have_text(first)
    expect(page.locator("#qa-panel .qa-marked").first).to_be_in_viewport()


@pytest.mark.parametrize("opener", ["#qa-history", "#qa-documents", ".qa-help"])
def test_a_dialog_keeps_the_focus_and_gives_it_back(opener: str, page: Page) -> None:
    asked(page, LIST)
    page.locator(opener).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.wait_for_timeout(300)  # until what it shows is there
    for stop in walk(page, 14):
        # The browser's own bar comes in between.
        assert stop["body"] or stop["dialog"], stop
        assert stop["body"] or (stop["outline"] and stop["inSight"]), stop
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(opener)).to_be_focused()


@pytest.mark.parametrize("opener", ["#qa-download", ".qa-source-cite"])
def test_a_list_of_formats_opens_follows_and_closes(opener: str, page: Page) -> None:
    asked(page, LIST)
    page.locator(opener).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.qa-popover:popover-open'))")
    page.keyboard.press("Escape")
    expect(page.locator(".qa-popover:popover-open")).to_have_count(0)
    expect(page.locator(opener)).to_be_focused()


def test_the_focus_is_not_lost_when_what_had_it_goes(page: Page) -> None:
    """Asking again, taking back, and what is said on the way."""
    answer = asked(page, LIST)
    answer.locator(".qa-flag").first.focus()
    page.keyboard.press("Enter")
    expect(answer.locator(".qa-feedback-form textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(answer.locator(".qa-flag").first).to_be_focused()
    answer.locator(".qa-undo").focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_focused()
    expect(question(page)).to_have_value(LIST)


# --- Little motion ---------------------------------------------------------------------------------------------------


def test_who_wants_little_motion_sees_none(browser: Browser, site: str) -> None:
    with visiting(browser, site, reduced_motion="reduce") as page:
        answer = asked(page, LIST)
        page.evaluate(
            """() => {
              window.moves = 0;
              const box = document.querySelector('.qa-source-text');
              const scroll = box.scrollTo.bind(box);
              box.scrollTo = (options) => { window.moves += options.behavior === 'smooth'; scroll(options); };
            }"""
        )
        answer.locator(".qa-hit a.qa-cite").last.click()
        expect(page.locator("#qa-panel .qa-marked").first).to_be_in_viewport()
        assert page.evaluate("window.moves") == 0
        ask(page, ABSENT)
        moving = page.evaluate(
            """() => document.getAnimations()
              .filter((each) => each.effect.getComputedTiming().iterations === Infinity).length"""
        )
        assert moving == 0
        answered(page, 2)
