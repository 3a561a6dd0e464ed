"""Telling in the page what is wrong: kept on the server, taken back, exported as judgements that `qa eval` reads."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import ABSENT, LIST, PATIENCE, answered, asked, cards, places, ready, visiting
from conftest import SEED, SEEDS
from live import serving
from playwright.sync_api import Browser, Locator, Page, expect

from qa.cli import main
from qa.evaluation import read_jsonl, read_qrels
from qa.feedback import FILE_NAME, MAX_NOTE, Feedback, FeedbackStore

pytestmark = pytest.mark.browser

HTML_NOTE = '<img src=x onerror="document.title = 1"> & <script>document.title = 2</script>'


@pytest.fixture
def served(tmp_path: Path, seed_index: Path) -> Iterator[tuple[str, Path]]:
    """The page over the real seed, and the folder of its data."""
    for url in serving(SEEDS, seed_index, tmp_path / "server.log"):
        yield url, tmp_path / "data"


def kept(data: Path) -> list[Feedback]:
    return [row.feedback for row in FeedbackStore.existing(data / FILE_NAME).rows()]


def said(answer: Locator) -> Locator:
    return answer.locator(".qa-feedback-said")


def thumb(answer: Locator, name: str) -> Locator:
    return answer.get_by_role("group", name="This answer is").get_by_role("button", name=name, exact=True)


def flag(answer: Locator, number: int) -> Locator:
    return answer.get_by_role("button", name=f"Wrong citation: [{number}]")


def passage_ids(answer: Locator) -> list[str]:
    return [f"{SEED}#{place.removeprefix('para. ')}" for place in places(answer)]


def test_thumbs_are_kept_changed_and_taken_back(browser: Browser, served: tuple[str, Path]) -> None:
    url, data = served
    with visiting(browser, url) as page:
        answer = asked(page, LIST)
        up, down = thumb(answer, "useful"), thumb(answer, "not useful")
        expect(up).to_have_attribute("aria-pressed", "false")
        up.click()
        expect(said(answer)).to_have_text("Thank you, kept.")
        expect(up).to_have_attribute("aria-pressed", "true")
        (row,) = kept(data)
        assert (row.kind, row.question, row.collection, row.note) == ("up", LIST, "library", "")
        assert list(row.citations) == passage_ids(answer)
        assert row.state
        assert row.index

        # A visitor has one opinion of an answer; what is missing can be told.
        down.click()
        expect(down).to_have_attribute("aria-pressed", "true")
        expect(up).to_have_attribute("aria-pressed", "false")
        note = answer.get_by_label("What is missing?")
        expect(note).to_be_focused()
        note.fill("The year.")
        answer.get_by_role("button", name="Send").click()
        expect(note).to_have_count(0)
        expect(down).to_be_focused()
        assert [(each.kind, each.note) for each in kept(data)] == [("down", "The year.")]

        # It is remembered after a reload, and can still be taken back.
        page.reload()
        ready(page)
        answer = answered(page, 1)
        down = thumb(answer, "not useful")
        expect(down).to_have_attribute("aria-pressed", "true")
        down.click()
        expect(said(answer)).to_have_text("Taken back.")
        expect(down).to_have_attribute("aria-pressed", "false")
        assert answer.locator("form.qa-feedback-form").count() == 0
        assert kept(data) == []


def test_a_wrong_citation_is_told_and_exported_as_a_judgement(
    browser: Browser, served: tuple[str, Path], tmp_path: Path
) -> None:
    url, data = served
    with visiting(browser, url) as page:
        title = page.title()
        answer = asked(page, LIST)
        found = passage_ids(answer)
        thumb(answer, "useful").click()
        expect(said(answer)).to_have_text("Thank you, kept.")
        flag(answer, 2).click()
        card = cards(answer).nth(1)
        expect(card.get_by_label("What is wrong with it?")).to_be_focused()
        card.get_by_label("What is wrong with it?").fill(HTML_NOTE)
        card.get_by_role("button", name="Send").click()
        expect(card.locator("form")).to_have_count(0)
        expect(flag(answer, 2)).to_have_attribute("aria-pressed", "true")
        expect(flag(answer, 1)).to_have_attribute("aria-pressed", "false")
        # One that is begun and left says nothing.
        flag(answer, 3).click()
        page.keyboard.press("Escape")
        expect(flag(answer, 3)).to_be_focused()
        expect(flag(answer, 3)).to_have_attribute("aria-pressed", "false")
        assert page.title() == title
        assert page.locator("img").count() == 0
    assert [(each.kind, each.flagged, each.note) for each in kept(data)] == [
        ("up", "", ""),
        ("wrong citation", found[1], HTML_NOTE),
    ]

    qrels, queries, notes = (tmp_path / name for name in ("qrels.txt", "queries.jsonl", "notes.jsonl"))
    arguments = ["--qrels", str(qrels), "--queries", str(queries), "--notes", str(notes), "--data", str(data)]
    assert main(["feedback", "export", *arguments]) == 0
    (query,) = read_jsonl(queries)
    assert query["text"] == LIST
    assert read_qrels(qrels) == {query["id"]: {each: int(each != found[1]) for each in found}}
    assert HTML_NOTE in [json.loads(line)["note"] for line in notes.read_text("utf-8").splitlines()]


def test_a_wrong_citation_is_taken_back(browser: Browser, served: tuple[str, Path]) -> None:
    url, data = served
    with visiting(browser, url) as page:
        answer = asked(page, LIST)
        flag(answer, 1).click()
        cards(answer).first.get_by_role("button", name="Send").click()
        expect(flag(answer, 1)).to_have_attribute("aria-pressed", "true")
        assert len(kept(data)) == 1
        flag(answer, 1).click()
        expect(flag(answer, 1)).to_have_attribute("aria-pressed", "false")
        assert kept(data) == []


def test_an_answer_that_found_nothing_and_a_follow_up_are_judged_too(
    browser: Browser, served: tuple[str, Path]
) -> None:
    url, data = served
    with visiting(browser, url) as page:
        absent = asked(page, ABSENT)
        thumb(absent, "not useful").click()
        expect(said(absent)).to_have_text("Thank you, kept.")
        assert absent.locator(".qa-flag").count() == 0
        asked(page, LIST, 2)
        followed = asked(page, "and in North Macedonia?", 3)
        thumb(followed, "useful").click()
        expect(said(followed)).to_have_text("Thank you, kept.")
        searched = followed.locator(".qa-query").inner_text()
    assert [(each.kind, each.question, each.searched) for each in kept(data)] == [
        ("down", ABSENT, ABSENT),
        ("up", "and in North Macedonia?", searched),
    ]


def test_visitors_are_told_apart(browser: Browser, served: tuple[str, Path]) -> None:
    url, data = served
    for _ in range(2):
        with visiting(browser, url) as page:
            answer = asked(page, LIST)
            expect(thumb(answer, "useful")).to_have_attribute("aria-pressed", "false")
            thumb(answer, "useful").click()
            expect(said(answer)).to_have_text("Thank you, kept.")
    assert len({each.visitor for each in kept(data)}) == 2


@pytest.mark.parametrize("unreachable", [False, True])
def test_what_the_server_does_not_keep_is_told(browser: Browser, site: str, *, unreachable: bool) -> None:
    told = "The server cannot be reached" if unreachable else "Please go on tomorrow."
    with visiting(browser, site, expected_errors="Failed to load|429") as page:
        answer = asked(page, LIST)
        if unreachable:
            page.route("**/api/feedback", lambda route: route.abort())
        else:
            body = '{"error": "Please go on tomorrow."}'
            page.route("**/api/feedback", lambda route: route.fulfill(status=429, body=body))
        thumb(answer, "useful").click()
        expect(said(answer)).to_contain_text(told)
        expect(thumb(answer, "useful")).to_have_attribute("aria-pressed", "false")
        flag(answer, 1).click()
        note = cards(answer).first.get_by_label("What is wrong with it?")
        note.fill("Another country.")
        cards(answer).first.get_by_role("button", name="Send").click()
        expect(cards(answer).first.get_by_role("alert")).to_contain_text(told)
        expect(note).to_have_value("Another country.")
        expect(flag(answer, 1)).to_have_attribute("aria-pressed", "false")
        # What was written is not lost, and can be sent when it goes again.
        page.unroute("**/api/feedback")
        cards(answer).first.get_by_role("button", name="Send").click()
        expect(flag(answer, 1)).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)


def test_a_note_is_no_longer_than_can_be_kept(page: Page) -> None:
    answer = asked(page, LIST)
    flag(answer, 1).click()
    note = cards(answer).first.get_by_label("What is wrong with it?")
    assert note.get_attribute("maxlength") == str(MAX_NOTE)
