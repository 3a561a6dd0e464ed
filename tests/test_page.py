"""Asking in the page, in a real browser: answers, follow-ups, what can be done with an answer, what goes wrong."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browsing import (
    ABSENT,
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
from conftest import ROOT, SEED, SEEDS
from live import free_port
from playwright.sync_api import Browser, Page, expect

from qa.question import MAX_QUESTION

pytestmark = pytest.mark.browser


def source_text() -> str:
    return "".join((SEEDS / f"{SEED}.txt").read_text("utf-8").split())


def test_ask_read_click_and_see_the_place(page: Page) -> None:
    answer = asked(page, LIST)
    found = places(answer)
    assert found[0] in {"para. 7", "para. 6", "para. 4"}
    assert {"para. 7", "para. 6", "para. 4"} <= set(found)
    expect(answer.locator("a.qa-cite").first).to_be_in_viewport()

    # The first citation is shown without a click, another on a click: scrolled into sight, its sentence marked.
    marked = page.locator("#qa-panel .qa-marked")
    expect(marked).to_have_text(answer.locator(".qa-hit blockquote").first.inner_text(), timeout=PATIENCE)
    assert "#" not in page.url
    other = found.index("para. 6")
    answer.locator(".qa-hit a.qa-cite").nth(other).click()
    expect(cited_paragraph(page)).to_have_text("6.")
    expect(marked).to_have_text(answer.locator(".qa-hit blockquote").nth(other).inner_text())
    expect(marked).to_be_in_viewport()

    # The very lines of the file can be unfolded below it.
    details = page.locator("#qa-panel .qa-cited details")
    details.locator("summary").click()
    shown = details.locator("pre").inner_text()
    assert shown.startswith("6. ")
    assert shown in (SEEDS / f"{SEED}.txt").read_bytes().decode()


def test_quotations_are_the_documents_own_words_with_their_language_and_direction(page: Page) -> None:
    answer = asked(page, "ما هي التحديات في استرداد الموجودات؟")
    quote = answer.locator(".qa-hit blockquote").first
    assert quote.get_attribute("lang") == "zh"
    assert quote.get_attribute("dir") == "ltr"
    for words in answer.locator(".qa-hit blockquote").all_inner_texts():
        assert "".join(words.split()) in source_text()


def test_a_list_has_a_row_for_each_entity_and_its_places_are_shown_by_a_click(page: Page) -> None:
    asked(page, LIST)
    assert page.get_by_role("rowheader").all_inner_texts()[0] == "Zimbabwe"
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Zimbabwe"))
    expect(row).to_contain_text("para. 7")
    expect(row).to_contain_text("para. 6")
    place = row.locator(".qa-mention").filter(has_text="para. 6").last
    place.locator("a.qa-cite").click()
    number = place.locator("strong").inner_text().removeprefix("para. ")
    expect(cited_paragraph(page)).to_have_text(f"{number}.")
    marked = page.locator("#qa-panel .qa-marked")
    expect(marked).to_have_text(place.locator(".qa-quote").inner_text())
    expect(marked).to_be_in_viewport()


def test_that_nothing_answers_is_said_and_the_nearest_passages_unfold(page: Page) -> None:
    answer = asked(page, ABSENT)
    expect(answer.locator(".qa-absent")).to_contain_text("Nothing in these documents answers that")
    expect(answer.locator(".qa-scope")).to_contain_text("14 paragraphs · 1 document · Chinese")
    nearest = answer.locator(".qa-nearest")
    assert not nearest.locator("blockquote").first.is_visible()
    nearest.locator("summary").click()
    expect(nearest.locator("blockquote").first).to_be_visible()
    assert nearest.locator("mark, a").count() == 0
    for words in nearest.locator("blockquote").all_inner_texts():
        assert "".join(words.split()) in source_text()


def test_every_paragraph_with_a_reference_is_shown_without_a_score(page: Page) -> None:
    answer = asked(page, "which paragraphs speak of article 54?")
    assert places(answer) == ["para. 2"]
    expect(answer.locator(".qa-complete")).to_contain_text("article 54: mentioned in 1 of 14 paragraphs")
    expect(answer.locator(".qa-hit b")).to_have_text("第五十四条")
    assert answer.locator(".qa-score").count() == 0


def test_how_many_paragraphs_were_searched_and_how_long_it_took_is_always_said(page: Page) -> None:
    expect(page.locator(".qa-count")).to_have_text("14 paragraphs · 1 document", timeout=PATIENCE)
    for count, text in enumerate((LIST, ABSENT, "which paragraphs speak of article 54?"), 1):
        expect(asked(page, text, count).locator(".qa-scope")).to_have_text(
            "Searched: 14 paragraphs · 1 document · Chinese · " + _seconds(page, count)
        )


def _seconds(page: Page, count: int) -> str:
    text: str = answers(page).nth(count - 1).locator(".qa-scope").inner_text()
    seconds = text.rpartition(" · ")[2]
    assert 0 <= float(seconds.removesuffix("\xa0s")) < PATIENCE
    return seconds


# --- Suggestions and follow-ups --------------------------------------------------------------------------------------


def test_a_suggestion_is_asked_by_a_click_and_answered(page: Page) -> None:
    expect(page.locator("#qa-panel")).to_contain_text("The cited paragraphs appear here")
    suggestion = page.locator(".qa-suggestion").first
    suggestion.wait_for(timeout=PATIENCE)
    text = suggestion.inner_text()
    suggestion.click()
    answer = answered(page, 1)
    expect(page.locator("#qa-chat .user").first).to_contain_text(text)
    assert answer.locator(".qa-hit").count()
    assert answer.locator(".qa-absent").count() == 0


def test_a_follow_up_shows_what_was_searched_which_can_be_changed(page: Page) -> None:
    first = asked(page, LIST)
    assert first.locator(".qa-followed").count() == 0
    followed = asked(page, "and in North Macedonia?", 2).locator(".qa-followed")
    expect(followed).to_contain_text("unexplained-wealth")
    expect(followed).to_contain_text("North Macedonia")

    followed.get_by_role("button", name="Change the search").click()
    field = followed.get_by_label("What is searched")
    expect(field).to_be_focused()
    field.fill("北马其顿 来历不明的资产 法律草案")
    field.press("Enter")
    expect(followed.locator(".qa-query")).to_have_text("北马其顿 来历不明的资产 法律草案", timeout=PATIENCE)
    assert places(answered(page, 2))[0] == "para. 4"
    expect(page.locator("#qa-chat .user").last).to_contain_text("and in North Macedonia?")


def test_a_follow_up_leans_on_what_is_still_in_the_chat(page: Page) -> None:
    """Asked again, after a question that could not be answered, and after one that was taken back."""
    asked(page, LIST)
    asked(page, "?!", 2)
    # What is taken back is not leaned on, though it is the last that was answered; it is there to be changed.
    taken = asked(page, "how did the pandemic change training?", 3)
    taken.get_by_role("button", name="Take back").click()
    expect(answers(page)).to_have_count(2, timeout=PATIENCE)
    expect(question(page)).to_have_value("how did the pandemic change training?")
    followed = asked(page, "and in North Macedonia?", 3).locator(".qa-followed")
    expect(followed).to_contain_text("unexplained-wealth")
    searched = followed.locator(".qa-query").inner_text()

    asked_at = page.evaluate("JSON.parse(Object.values(localStorage)[0]).turns[2].asked")
    time.sleep(1.1)  # the time is kept to the second
    answers(page).last.get_by_role("button", name="Ask again").click()
    page.wait_for_timeout(500)
    answer = answered(page, 3)
    assert page.evaluate("JSON.parse(Object.values(localStorage)[0]).turns[2].asked") > asked_at
    expect(answer.locator(".qa-query")).to_have_text(searched)

    page.get_by_role("button", name="New conversation").click()
    expect(answers(page)).to_have_count(0, timeout=PATIENCE)
    assert asked(page, "and in North Macedonia?").locator(".qa-followed").count() == 0


def test_an_earlier_question_is_edited_and_what_followed_it_goes(page: Page) -> None:
    first = asked(page, LIST)
    asked(page, "and in North Macedonia?", 2)
    first.get_by_role("button", name="Edit question").click()
    expect(question(page)).to_have_value(LIST)
    expect(page.locator(".qa-editing")).to_be_visible()
    page.locator(".qa-editing").get_by_role("button", name="Cancel").click()
    expect(question(page)).to_have_value("")
    expect(answers(page)).to_have_count(2)

    first.get_by_role("button", name="Edit question").click()
    asked(page, "COVID-19")
    expect(page.locator("#qa-chat .user")).to_have_text(["COVID-19"])
    expect(page.locator(".qa-editing")).to_be_hidden()


def test_an_older_answers_citations_go_on_working(page: Page) -> None:
    first = asked(page, LIST)
    number = places(first)[0].removeprefix("para. ") + "."
    asked(page, "COVID-19", 2)
    first.locator(".qa-hit a.qa-cite").first.click()
    expect(cited_paragraph(page)).to_have_text(number)
    expect(page.locator(".qa-source-position")).to_contain_text(f"1 of {cards(first).count()}")


def test_a_question_is_shown_as_typed_and_can_be_asked_again(page: Page) -> None:
    text = "1. *asset* <b>recovery</b> & $x$ `code`?"
    answer = asked(page, text)
    expect(page.locator("#qa-chat .user").first).to_contain_text(text)
    answer.get_by_role("button", name="Edit question").click()
    expect(question(page)).to_have_value(text)
    page.locator(".qa-editing").get_by_role("button", name="Cancel").click()
    answer.get_by_role("button", name="Ask again").click()
    page.wait_for_timeout(500)
    answered(page, 1)
    expect(page.locator("#qa-chat .user").first).to_contain_text(text)


def test_shift_and_enter_begin_a_new_line(page: Page) -> None:
    question(page).fill("asset")
    question(page).press("Shift+Enter")
    question(page).type("recovery")
    assert question(page).input_value() == "asset\nrecovery"
    question(page).press("Enter")
    answered(page, 1)


def test_without_what_a_browser_gives_only_to_pages_with_tls(browser: Browser, site: str) -> None:
    """Served to another machine without TLS, a page has neither a clipboard nor names made for it."""
    bare = "delete Crypto.prototype.randomUUID; delete Navigator.prototype.clipboard"
    with visiting(browser, site, script=bare) as page:
        answer = asked(page, LIST)
        asked(page, "COVID-19", 2)
        answer.get_by_role("button", name="Copy answer").click()
        expect(answer.get_by_role("button", name="Copied")).to_be_visible()
        page.locator("#qa-new").click()
        expect(answers(page)).to_have_count(0, timeout=PATIENCE)


# --- What goes wrong -------------------------------------------------------------------------------------------------


def test_what_cannot_be_asked_is_explained(page: Page) -> None:
    expect(asked(page, "?!")).to_contain_text("The question is blank")
    expect(asked(page, "a" * (MAX_QUESTION + 1), 2)).to_contain_text("at most 2,000")
    assert places(asked(page, "training", 3))


def test_stopping(page: Page) -> None:
    """The answer is held up on its way until it was stopped."""
    asked(page, LIST)
    page.route("**/gradio_api/queue/data**", lambda route: (time.sleep(1.5), route.continue_()))
    ask(page, "COVID-19")
    page.get_by_role("button", name="Stop").click()
    expect(question(page)).to_have_value("COVID-19")
    page.unroute("**/gradio_api/queue/data**")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(answers(page)).to_have_count(1)
    expect(page.locator(".qa-doing")).to_have_count(0, timeout=PATIENCE)
    question(page).press("Enter")
    answered(page, 2)


def test_a_refusal_of_the_queue_is_told_and_the_question_is_not_lost(browser: Browser, site: str) -> None:
    with visiting(browser, site, expected_errors="503|Failed to load") as page:
        refusal = '{"error": "Too many questions at once."}'
        page.route("**/gradio_api/queue/join**", lambda route: route.fulfill(status=503, body=refusal))
        ask(page, LIST)
        expect(page.get_by_role("alert").filter(has_text="Too many questions at once.")).to_be_visible(timeout=PATIENCE)
        expect(question(page)).to_have_value(LIST)
        page.unroute("**/gradio_api/queue/join**")
        question(page).press("Enter")
        answered(page, 1)
        expect(page.locator("#qa-alert")).to_be_empty()


def test_a_question_that_no_answer_came_to_is_not_lost_by_a_reload(page: Page) -> None:
    """Gradio loads the page again when it has lost its server; what was on its way then is remembered there."""
    asked(page, LIST)
    page.evaluate("sessionStorage.setItem('qa-unanswered', 'COVID-19')")
    page.reload()
    ready(page)
    answered(page, 1)
    expect(question(page)).to_have_value("COVID-19")
    question(page).press("Enter")
    answered(page, 2)
    assert page.evaluate("sessionStorage.getItem('qa-unanswered')") is None


def test_a_page_that_is_left_while_an_answer_is_on_its_way(page: Page) -> None:
    for pause in (0, 50, 100, 150):  # milliseconds: somewhere in between the stream of answers is open
        ask(page, LIST)
        page.wait_for_timeout(pause)
        page.reload()
        ready(page)
    ask(page, "COVID-19")
    expect(answers(page).filter(has_text="疫情")).to_be_visible(timeout=PATIENCE)  # no other one speaks of it


def test_that_the_server_went_is_told_while_an_answer_is_on_its_way(browser: Browser, site: str) -> None:
    with visiting(browser, site, expected_errors="ERR_FAILED|Failed to load|network") as page:
        asked(page, LIST)
        page.route("**/gradio_api/queue/data**", lambda _route: None)  # never answered
        page.route("**/ui/chat.js", lambda route: route.abort())
        ask(page, "COVID-19")
        told = page.get_by_role("alert").filter(has_text="The server cannot be reached")
        expect(told).to_be_visible(timeout=PATIENCE)
        expect(question(page)).to_have_value("COVID-19")


@pytest.mark.parametrize("fault", ["port in use", "no documents"])
def test_starting_without_what_is_needed(fault: str, tmp_path: Path, seed_index: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1] if fault == "port in use" else free_port()
        seeds = SEEDS if fault == "port in use" else tmp_path / "none"
        index = seed_index if fault == "port in use" else tmp_path / "index"
        command = [sys.executable, "app.py", "--port", str(port), "--seeds", str(seeds), "--index", str(index)]
        ended = subprocess.run(
            [*command, "--data", str(tmp_path / "data")],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ},
        )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    expected = f"cannot listen on 127.0.0.1:{port}" if fault == "port in use" else "no folder of documents"
    assert expected in ended.stderr
