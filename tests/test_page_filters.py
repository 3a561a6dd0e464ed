"""Choosing what is searched, in a real browser, over documents of several languages, dates and sections."""

from collections.abc import Iterator

import pytest
from browsing import PATIENCE, answered, answers, ask, asked, cards, question, visiting
from corpus import as_docx, as_html, as_markdown, declaration
from live import serving
from playwright.sync_api import Browser, Locator, Page, expect

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore

pytestmark = pytest.mark.browser

EQUAL = "who is born free and equal?"
LETTER = "Letter on water\n\n1. All villages share the water of the river.\n\n2. Wells are free and equal in depth.\n"
EVERYTHING = "52 paragraphs · 4 documents"


@pytest.fixture(scope="module")
def several(encoder: ModelEncoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page over a declaration in three languages, of two dates and of none, and an undated letter."""
    folder = tmp_path_factory.mktemp("several")
    seeds = folder / "seeds"
    seeds.mkdir()
    (seeds / "udhr-en.html").write_bytes(as_html(declaration("en")[:16], "en"))
    (seeds / "udhr-en.meta.toml").write_text('date = "1948-12-10"\n')
    (seeds / "udhr-fr.docx").write_bytes(as_docx(declaration("fr")[:4]))
    (seeds / "udhr-fr.meta.toml").write_text('date = "2019-05-03"\n')
    (seeds / "udhr-ar.md").write_bytes(as_markdown(declaration("ar")[:3]))
    (seeds / "letter.txt").write_text(LETTER)
    build(seeds, IndexStore(folder / "index"), encoder)
    yield from serving(seeds, folder / "index", folder / "server.log", "--no-build")


@pytest.fixture(autouse=True, scope="module")
def patient() -> Iterator[None]:
    """Expectations that wait on a machine with other work."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def page(browser: Browser, several: str) -> Iterator[Page]:
    """A visit by somebody new, who has opened the choices."""
    with visiting(browser, several) as visited:
        visited.locator(".qa-filter-box > summary").click()
        expect(count(visited)).to_have_text(EVERYTHING)
        yield visited


def count(page: Page) -> Locator:
    """How much is searched, or why nothing can be."""
    return page.locator(".qa-count")


def group(page: Page, name: str) -> Locator:
    """The choices of one kind."""
    return page.get_by_role("group", name=name)


def scope(answer: Locator) -> Locator:
    """What an answer says of what was searched."""
    return answer.locator(".qa-scope")


def cited(answer: Locator) -> set[str]:
    """The documents that an answer cites."""
    links = cards(answer).locator("> .qa-place a.qa-cite").all()
    return {str(link.get_attribute("href")).removeprefix("#").partition("/")[0] for link in links}


def test_what_there_is_to_choose_is_told_with_how_much_it_is(page: Page) -> None:
    expect(group(page, "Documents")).to_contain_text("Letter on water English · 2 paragraphs")
    expect(group(page, "Documents")).to_contain_text(
        "Universal Declaration of Human Rights · English · 10 December 1948"
    )
    expect(group(page, "Languages").locator("label")).to_have_count(3)
    expect(group(page, "Languages")).to_contain_text("French")
    expect(group(page, "Dates").get_by_label("From")).to_have_attribute("placeholder", "1948-12-10")
    expect(group(page, "Dates").get_by_label("To")).to_have_attribute("placeholder", "2019-05-03")


def test_answers_come_only_from_what_is_chosen_and_say_so(page: Page) -> None:
    group(page, "Languages").get_by_label("French").check()
    expect(count(page)).to_contain_text("· 1 document")
    answer = asked(page, EQUAL)
    assert cited(answer) == {"udhr-fr"}
    expect(scope(answer)).to_contain_text("1 document · French")

    # It goes on counting for the next question, also when more is chosen.
    group(page, "Documents").get_by_label("Letter on water").check()
    expect(count(page)).to_have_text("These choices leave nothing to search. Take one of them away.")
    group(page, "Languages").get_by_label("French").uncheck()
    expect(count(page)).to_have_text("2 paragraphs · 1 document")
    assert cited(asked(page, EQUAL, 2)) == {"letter"}

    # What was asked is asked again in the same, whatever is chosen by then.
    page.get_by_role("button", name="Search everything").click()
    expect(count(page)).to_have_text(EVERYTHING)
    expect(page.get_by_role("button", name="Search everything")).to_be_hidden()
    expect(page.locator(".qa-filter-body :checked")).to_have_count(1)  # which collection
    answers(page).first.get_by_role("button", name="Ask again").click()
    expect(answers(page)).to_have_count(1)
    answer = answered(page, 1)
    assert cited(answer) == {"udhr-fr"}
    expect(scope(answer)).to_contain_text("1 document · French")


def test_sections_are_narrowed_down_and_what_is_chosen_stays_in_sight(page: Page) -> None:
    sections = group(page, "Sections")
    assert group(page, "Languages").get_by_role("searchbox").count() == 0
    sections.get_by_role("searchbox").fill("ARTICLE 1")
    expect(sections.locator("label").first).to_contain_text("Article 1")
    assert 1 < sections.locator("label").count() < 12
    sections.get_by_label("Article 13").check()
    expect(count(page)).to_have_text("2 paragraphs · 1 document")
    sections.get_by_role("searchbox").fill("no such section")
    expect(sections.locator("label")).to_have_count(1)
    expect(sections.get_by_label("Article 13")).to_be_checked()
    answer = asked(page, "may everyone leave any country?")
    assert cited(answer) == {"udhr-en"}
    expect(scope(answer)).to_contain_text("Searched: 2 paragraphs · 1 document · English")


def test_dates_count_as_exactly_as_they_are_given_and_undated_documents_are_told(page: Page) -> None:
    since, until = group(page, "Dates").get_by_label("From"), group(page, "Dates").get_by_label("To")
    since.fill("2019")
    since.press("Tab")
    expect(count(page)).to_contain_text("1 document · 2 documents without a date are left out")
    answer = asked(page, EQUAL)
    assert cited(answer) == {"udhr-fr"}
    expect(scope(answer)).to_contain_text("2 documents without a date")

    # What cannot be meant is said at once, and to who asks nevertheless.
    since.fill("last year")
    since.press("Tab")
    expect(count(page)).to_have_text(
        "“last year” is not a date. Write a year, a month or a day: 2019, 2019-05 or 2019-05-03."
    )
    ask(page, EQUAL)
    expect(answered(page, 2)).to_contain_text("“last year” is not a date.")
    since.fill("2020")
    until.fill("1948")
    until.press("Tab")
    expect(count(page)).to_have_text("The first date (2020) is after the last one (1948). Exchange the two.")
    since.fill("1950")
    until.fill("1960")
    until.press("Tab")
    expect(count(page)).to_have_text("These choices leave nothing to search. Take one of them away.")
    until.fill("")
    since.fill("")
    since.press("Tab")
    expect(count(page)).to_have_text(EVERYTHING)


def test_a_link_and_a_conversation_opened_again_carry_what_was_searched(
    page: Page, browser: Browser, several: str
) -> None:
    group(page, "Documents").get_by_label("Letter on water").check()
    group(page, "Languages").get_by_label("English").check()
    answer = asked(page, EQUAL)
    answer.get_by_role("button", name="Copy link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    page.reload()
    answer = answered(page, 1)
    expect(scope(answer)).to_contain_text("2 paragraphs · 1 document · English")
    answer.get_by_role("button", name="Ask again").click()
    page.wait_for_timeout(500)
    assert cited(answered(page, 1)) == {"letter"}

    with visiting(browser, several, path=link.removeprefix(several)) as other:
        assert cited(answered(other, 1)) == {"letter"}
        expect(count(other)).to_have_text("2 paragraphs · 1 document")
        other.locator(".qa-filter-box > summary").click()
        expect(group(other, "Documents").get_by_label("Letter on water")).to_be_checked()
        expect(group(other, "Languages").get_by_label("English")).to_be_checked()


def test_everything_is_chosen_with_the_keyboard(browser: Browser, several: str) -> None:
    with visiting(browser, several) as page:
        summary = page.locator(".qa-filter-box > summary")
        summary.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("the documents of this installation")).to_be_focused()
        # There is nothing in the other collection: that is said, and whoever went there is not lost.
        page.keyboard.press("ArrowDown")
        expect(count(page)).to_contain_text("There is no document of yours here yet")
        expect(page.get_by_label("your own documents")).to_be_focused()
        expect(page.get_by_label("the documents of this installation")).to_be_checked()
        page.keyboard.press("Tab")
        expect(group(page, "Documents").get_by_role("checkbox").first).to_be_focused()
        page.keyboard.press("Space")
        expect(count(page)).to_have_text("2 paragraphs · 1 document")
        page.get_by_role("button", name="Search everything").focus()
        page.keyboard.press("Enter")
        expect(count(page)).to_have_text(EVERYTHING)
        expect(summary).to_be_focused()
        expect(group(page, "Documents").get_by_role("checkbox").first).not_to_be_checked()
        expect(question(page)).to_have_value("")


def test_a_server_that_cannot_be_reached_is_told(browser: Browser, several: str) -> None:
    with visiting(browser, several, expected_errors="Failed to load resource|ERR_FAILED") as page:
        page.locator(".qa-filter-box > summary").click()
        page.route("**/api/scope", lambda route: route.abort())
        group(page, "Languages").get_by_label("French").check()
        expect(count(page)).to_have_text("The server cannot be reached. Is it still running?")
        page.unroute("**/api/scope")
        group(page, "Languages").get_by_label("Arabic").check()
        expect(count(page)).to_contain_text("2 documents")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_phone_nothing_has_to_be_scrolled_sideways(browser: Browser, several: str, language: str) -> None:
    with visiting(browser, several, viewport={"width": 390, "height": 844}, locale=language) as page:
        page.locator(".qa-filter-box > summary").click()
        page.locator(".qa-filter-body input[type=checkbox]").first.check()
        expect(page.locator(".qa-reset")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for box in page.locator(".qa-filter-body, .qa-choice-list").all():
            assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
