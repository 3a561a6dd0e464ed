"""The page in the UN's six languages, in a real browser: every word of its own is in the visitor's language."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import httpx
import pytest
from browsing import ABSENT, LIST, PATIENCE, answered, answers, asked, places, question, visiting
from playwright.sync_api import Browser, Locator, Page, expect

from embeddings.language import UN_LANGUAGES, direction
from qa.cues import WORDS
from qa.strings import all_strings, catalogue, language_name, say

pytestmark = pytest.mark.browser

REFERENCE = "which paragraphs speak of article 54?"
OTHERS = tuple(language for language in UN_LANGUAGES if language != "en")
PARAGRAPH_7 = {"en": "para. 7", "fr": "par. 7", "es": "párr. 7", "ru": "п. 7", "ar": "الفقرة 7", "zh": "第7段"}
LINES = {
    "en": "lines {n}",
    "fr": "lignes {n}",
    "es": "líneas {n}",
    "ru": "строки {n}",
    "ar": "الأسطر {n}",
    "zh": "第{n}行",
}
NAMES = {"ar": "العربية", "zh": "中文", "en": "English", "fr": "Français", "ru": "Русский", "es": "Español"}
SAME_EVERYWHERE = {*NAMES.values(), "Enter", "Shift + Enter", "Tab", "Esc", "Markdown", "HTML", "BibTeX", "RIS"}
SAME_EVERYWHERE |= {"CSL-JSON", "DOCX", "JSON"}

COLLECT = """(language) => {
  // Words of documents and of the visitor, names of files, and what is not prose.
  const others = `blockquote, .qa-quote, .qa-section, .qa-query, .user, .qa-words, .qa-document h3, .qa-document h4,
    .qa-document h5, pre, .qa-source-title, .qa-table th bdi, .qa-suggestion, .qa-source-open bdi,
    .qa-history-title, .qa-choices label bdi,
    .qa-place strong, code, kbd, script, style, noscript, textarea, .qa-allowed bdi`;
  const found = [];
  const isOthers = (element) => {
    const said = element.closest('[lang]:not(html)')?.lang.split('-')[0];
    return Boolean(element.closest(others)) || (said && said !== language);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.trim() && parentElement.checkVisibility() && !isOthers(parentElement)) found.push(data.trim());
  }
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [aria-description]')) {
    if (!element.checkVisibility()) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-description']) {
      const value = element.getAttribute(name);
      if (value?.trim()) found.push(value.trim());
    }
  }
  return [...new Set([document.title, ...found])];
}"""


@pytest.fixture(params=UN_LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(language: str, browser: Browser, site: str) -> Iterator[Page]:
    """A visit by somebody whose browser speaks the language."""
    with visiting(browser, site, locale=language) as page:
        yield page


# --- What is the page's own ------------------------------------------------------------------------------------------


def _forms(language: str) -> Iterator[tuple[str, str]]:
    """Every form of every string in a language, by its key."""
    for key, text in all_strings(language).items():
        for form in [text] if isinstance(text, str) else text.values():
            yield key, form
    for name, text in WORDS[language].items():
        yield f"cue.{name}", text
    yield "lines", LINES[language]


@cache
def _templates(language: str) -> tuple[re.Pattern[str], ...]:
    """What a text of the page can be in a language: a string, with anything where its values stand."""
    found = []
    for _, form in _forms(language):
        if not re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", form)):
            continue
        parts = re.split(r"(\{\w+\})", form)
        wild = {"{count}": r"[\d.,\s]+"}
        pattern = "".join(wild.get(part, ".+") if part.startswith("{") else re.escape(part) for part in parts)
        found.append(re.compile(pattern, re.DOTALL))
    return tuple(found)


@cache
def _names(language: str) -> frozenset[str]:
    """What languages are called in a language."""
    return frozenset(language_name(code, language) for code in UN_LANGUAGES)


@cache
def _left_over(language: str) -> tuple[re.Pattern[str], ...]:
    """English strings that read otherwise in a language, whole, or with values in them."""
    own = {form for _, form in _forms(language)}
    found = []
    for _, form in _forms("en"):
        words = re.split(r"\{\w+\}", form)
        if form in own or max(map(len, words)) < 4:
            continue
        found.append(re.compile(".+".join(map(re.escape, words)), re.DOTALL))
    return tuple(found)


def _is_said(text: str, language: str) -> bool:
    """Whether a text is made of a language's own strings, of names, numbers and what is quoted."""
    if text in SAME_EVERYWHERE or text in _names(language) or not re.search(r"[^\W\d_]", text):
        return True
    if re.search(r" \(Alt\+.\)$", text):  # a button with its key
        return _is_said(text.rpartition(" (")[0], language)
    if any(pattern.fullmatch(text) for pattern in _templates(language)):
        return True
    without = re.sub(r"(?:“[^”]*”|«[^»]*»)[,،]?|\b\w+\.txt[,،]?", "", text).strip(" :")
    if without != text.strip(" :"):
        return _is_said(without, language)
    pieces = [piece for piece in re.split(r" · |: |, |، |；|; ", text) if piece]
    return len(pieces) > 1 and all(_is_said(piece.strip(), language) for piece in pieces)


def in_language(page: Page, language: str, where: str, *, beside: Sequence[str] = ()) -> None:
    """Every text, label and title of the page's own is one of the language's strings, and none is an English one.

    `beside`: texts with values that no string is, such as dates."""
    texts = [text for text in page.evaluate(COLLECT, language) if not any(re.search(each, text) for each in beside)]
    assert len(texts) > 10
    strange = [text for text in texts if not _is_said(text, language)]
    assert not strange, f"{where} in {language}: {strange}"
    if language != "en":
        english = [text for text in texts if any(each.fullmatch(text) for each in _left_over(language))]
        assert not english, f"{where} in {language}: {english}"


def test_what_is_looked_for_is_found(page: Page) -> None:
    """The check itself: an English page is not taken for one in another language."""
    in_language(page, "en", "the page")
    for other in OTHERS:
        with pytest.raises(AssertionError, match="New conversation"):
            in_language(page, other, "the page")


# --- The states of the page ------------------------------------------------------------------------------------------


def test_the_page_is_in_the_browsers_language(visit: Page, language: str) -> None:
    page = visit
    root = page.locator("html")
    assert root.get_attribute("lang") == language
    assert root.get_attribute("dir") == direction(language)
    assert page.title() == say(language, "page.title")
    expect(page.get_by_role("heading", level=1)).to_have_text(say(language, "page.title"))
    expect(page.locator("#qa-language")).to_have_value(language)
    page.locator(".qa-suggestion").first.wait_for(timeout=PATIENCE)
    in_language(page, language, "an empty page")
    page.locator(".qa-filter-box summary").click()
    in_language(page, language, "the filters")


def test_answers_are_in_the_language_of_the_page(visit: Page, language: str) -> None:
    """Lists, references, absence and refusals: the page's words, and how citations are written."""
    page = visit
    answer = asked(page, LIST)
    assert PARAGRAPH_7[language] in places(answer)
    in_language(page, language, "a list")
    expect(page.locator(".qa-source-position")).to_have_text(re.compile(r"1\D+\d"))
    paragraphs = say(language, "answer.paragraphs", count=14)
    expect(asked(page, REFERENCE, 2).locator(".qa-complete")).to_contain_text(paragraphs)
    in_language(page, language, "a reference")
    answer = asked(page, ABSENT, 3)
    expect(answer.locator(".qa-absent")).to_contain_text(say(language, "answer.absent"))
    answer.locator(".qa-nearest summary").click()
    in_language(page, language, "absence")
    expect(asked(page, "?!", 4)).to_contain_text(say(language, "errors.question_blank"))
    in_language(page, language, "a refusal")
    followed = asked(page, "and in North Macedonia?", 5).locator(".qa-followed")
    in_language(page, language, "a follow-up")
    followed.get_by_role("button").click()
    in_language(page, language, "a search that is changed")


def test_dialogs_and_menus_are_in_the_language_of_the_page(visit: Page, language: str) -> None:
    page = visit
    asked(page, LIST)
    page.locator("#qa-download").click()
    expect(page.locator("#qa-download-menu")).to_be_visible()
    in_language(page, language, "downloads")
    page.keyboard.press("Escape")
    page.locator(".qa-source-cite").click()
    in_language(page, language, "formats of citations")
    page.keyboard.press("Escape")
    page.locator(".qa-flag").first.click()
    in_language(page, language, "a wrong citation")
    page.keyboard.press("Escape")

    dialog = page.get_by_role("dialog")
    page.locator("#qa-history").click()
    in_language(page, language, "the history", beside=[r"\d:\d\d", LIST])
    assert re.search(r"\b20\d\d", dialog.locator(".qa-note").last.inner_text())
    page.keyboard.press("Escape")
    page.locator("#qa-documents").click()
    dialog.locator(".qa-quota").filter(has_text=re.compile(r"\d")).wait_for(timeout=PATIENCE)
    in_language(page, language, "documents", beside=[r"^\.\w+ \.\w+"])
    page.keyboard.press("Escape")
    page.locator(".qa-help").click()
    in_language(page, language, "help")
    dialog.get_by_role("tab").last.click()
    dialog.locator("#qa-help-about dd").first.wait_for(timeout=PATIENCE)
    in_language(page, language, "about", beside=[r"\d:\d\d", r" · ", "^" + language_name("zh", language) + ": "])


def test_numbers_are_written_as_in_the_language(visit: Page, language: str) -> None:
    """In digits 0 to 9 everywhere, as the citations are; with the language's own marks between them."""
    answer = asked(visit, "a" * 3000)
    expect(answer).to_contain_text(say(language, "errors.question_long", characters=3000, most=2000))
    answer = asked(visit, LIST, 2)
    score = answer.locator(".qa-score").first.inner_text()
    assert re.search(r"\d\d\s?%|%\s?\d\d", score)
    seconds = answer.locator(".qa-scope").inner_text().rpartition(" · ")[2]
    assert re.search(r"\d,\d|^\d\D*$" if language in {"fr", "es", "ru"} else r"\d\.\d|^\d\D*$", seconds)
    assert not re.search("[٠-٩]", visit.locator("body").inner_text())


# --- Choosing a language ---------------------------------------------------------------------------------------------


def test_another_language_is_chosen_and_the_conversation_stays(page: Page) -> None:
    """What was asked before is shown in the new language; the choice is kept, whatever the browser asks for."""
    asked(page, LIST)
    asked(page, ABSENT, 2)
    asked(page, "?!", 3)
    for language in ("ar", "zh", "fr"):
        page.locator("#qa-language").select_option(language)
        expect(answers(page).last).to_contain_text(say(language, "errors.question_blank"), timeout=PATIENCE)
        answered(page, 3)
        assert page.locator("html").get_attribute("lang") == language
        assert PARAGRAPH_7[language] in places(answers(page).first)
        expect(answers(page).nth(1)).to_contain_text(say(language, "answer.absent"))
        expect(page.locator("#qa-chat .user-row")).to_contain_text([LIST, ABSENT, "?!"])
        in_language(page, language, "a conversation that was begun in another language")
    expect(asked(page, ABSENT, 4)).to_contain_text(say("fr", "answer.absent"))
    page.reload()
    answered(page, 4)
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(question(page)).to_have_attribute("placeholder", say("fr", "page.ask_in_any_language"))


@pytest.mark.parametrize(("asks_for", "language"), [("de-DE", "en"), ("zh-TW", "zh"), ("fr-CA", "fr"), ("ar-EG", "ar")])
def test_browsers_that_ask_for_a_variety_or_for_another_language(
    asks_for: str, language: str, browser: Browser, site: str
) -> None:
    with visiting(browser, site, locale=asks_for) as page:
        assert page.locator("html").get_attribute("lang") == language
        in_language(page, language, "the page")


# --- Arabic ----------------------------------------------------------------------------------------------------------


def test_arabic_mirrors_the_page_but_not_what_documents_say(browser: Browser, site: str) -> None:
    with visiting(browser, site, locale="ar") as page:
        answer = asked(page, LIST)
        chat, panel = page.locator("#qa-chat").bounding_box(), page.locator("#qa-panel").bounding_box()
        assert chat is not None
        assert panel is not None
        assert panel["x"] + panel["width"] < chat["x"]
        place, quote = answer.locator("> .qa-hit > .qa-place").first, answer.locator(".qa-hit blockquote").first
        assert _style(place, "direction") == "rtl"
        assert _style(quote, "direction") == "ltr"
        assert _style(quote, "border-left-width") == "3px"
        assert _starts_at_the_right(place)
        assert not _starts_at_the_right(quote)
        assert _starts_at_the_right(answer.locator(".qa-scope"))
        words = page.locator("#qa-panel .qa-cited .qa-words").first
        assert _style(words, "direction") == "ltr"
        # A question in English is still read from left to right, one in Arabic from right to left.
        asked(page, "ما هي التحديات في استرداد الموجودات؟", 2)
        english, arabic = page.locator("#qa-chat .user-row p").all()
        assert not _starts_at_the_right(english)
        assert _starts_at_the_right(arabic)


def test_the_english_page_shows_arabic_questions_from_right_to_left(page: Page) -> None:
    asked(page, "ما هي التحديات في استرداد الموجودات؟")
    assert _starts_at_the_right(page.locator("#qa-chat .user-row p"))


def _style(locator: Locator, name: str) -> str:
    return str(locator.evaluate("(each, name) => getComputedStyle(each).getPropertyValue(name)", name))


def _starts_at_the_right(locator: Locator) -> bool:
    """Whether the last line of a text, which seldom fills it, stands at the right edge of its box."""
    found = locator.evaluate(
        """(each) => {
          const range = document.createRange();
          range.selectNodeContents(each);
          const box = each.getBoundingClientRect();
          const lines = [...range.getClientRects()].filter((line) => line.width);
          const last = lines.filter((line) => Math.abs(line.bottom - lines.at(-1).bottom) < 8);
          const left = Math.min(...last.map((line) => line.left)) - box.left;
          return box.right - Math.max(...last.map((line) => line.right)) < left;
        }"""
    )
    return bool(found)


# --- What the framework says of its own ------------------------------------------------------------------------------


def test_the_framework_says_nothing_of_its_own(language: str, browser: Browser, site: str) -> None:
    """A refusal is told once, in the page's words, and the chat goes on showing what it showed."""
    with visiting(browser, site, locale=language, expected_errors="503|Failed to load") as page:
        asked(page, LIST)
        refusal = say(language, "guard.busy")
        page.route("**/gradio_api/queue/join**", lambda route: route.fulfill(status=503, json={"error": refusal}))
        question(page).fill(ABSENT)
        question(page).press("Enter")
        expect(page.locator("#qa-alert")).to_have_text(refusal, timeout=PATIENCE)
        page.locator(".toast-body").wait_for(state="attached", timeout=PATIENCE)
        expect(page.locator(".toast-wrap")).to_be_hidden()
        in_language(page, language, "a refusal")
        expect(page.locator("#qa-chat [data-testid=status-tracker]")).to_be_hidden()
        expect(answers(page).first).to_be_visible()


# --- Without a browser -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", UN_LANGUAGES)
def test_the_routes_answer_in_the_language_that_is_asked_for(language: str, site: str) -> None:
    headers = {"Accept-Language": f"{language}, en;q=0.5"}
    with httpx.Client(base_url=site, headers=headers) as client:
        gone = client.get("/api/source", params={"doc": "none", "collection": "library"})
        assert gone.json()["error"] == say(language, "source.gone")
        refused = client.post("/api/export", json={"format": "docx", "conversation": []}, headers={"Origin": site})
        assert refused.json()["error"] == say(language, "export.empty")
        date = {"collection": "library", "filters": {"since": "yesterday"}}
        wrong = client.post("/api/scope", json=date, headers={"Origin": site})
        assert wrong.json()["error"] == say(language, "filters.malformed_date", value="yesterday")
        client.cookies.set("qa-lang", "es")
        gone = client.get("/api/source", params={"doc": "none", "collection": "library"})
        assert gone.json()["error"] == say("es", "source.gone")


def test_every_language_has_its_own_words() -> None:
    """Strings that read as in English are few: names and marks, not what somebody forgot to translate."""
    for language in OTHERS:
        same = [key for key, texts in catalogue().items() if texts[language] == texts["en"]]
        prose = [key for key in same if re.search(r"[a-z]{3,} [a-z]{2,}", str(catalogue()[key]["en"]))]
        assert not prose, language
        assert len(same) < 20, (language, same)
