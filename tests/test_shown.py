"""What is shown of answers: kept as JSON and read again, shown in six languages, and never more than text."""

import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from qa.assistant import Assistant
from qa.errors import ConversationError
from qa.filters import Filters
from qa.records import Options
from qa.shown import (
    MAX_TURNS,
    ShownAnswer,
    ShownHit,
    ShownProblem,
    ShownRelated,
    ShownScope,
    ShownVersion,
    read_conversation,
    shown,
    to_json,
    turns_of,
)
from qa.strings import LANGUAGES
from qa.web.answers import turn_html
from qa.web.text import escape

LIST = "which countries use unexplained-wealth orders?"
ABSENT = "who won the football world cup?"
REFERENCE = "which paragraphs speak of article 54?"
HOSTILE = (ROOT / "tests" / "data" / "hostile_passage.md").read_text("utf-8")


def answered(assistant: Assistant, question: str) -> ShownAnswer:
    options = Options(6, reader="en")
    answer = assistant.ask(question, options.top_k, reader="en")
    return shown(answer, assistant, options, "library", "2026-11-25T12:00:00+00:00", 0.1234)


@pytest.fixture(scope="module")
def conversation(assistant: Assistant) -> tuple[ShownAnswer | ShownProblem, ...]:
    problem = ShownProblem("?!", "2026-11-25T12:00:00+00:00", "errors.question_blank")
    return (*(answered(assistant, each) for each in (LIST, ABSENT, REFERENCE)), problem)


def read_again(turns: Sequence[ShownAnswer | ShownProblem]) -> tuple[ShownAnswer | ShownProblem, ...]:
    return read_conversation(json.dumps(to_json(turns)))


def test_a_conversation_is_read_as_it_was_written(conversation: tuple[ShownAnswer | ShownProblem, ...]) -> None:
    assert json.dumps(to_json(read_again(conversation))) == json.dumps(to_json(conversation))


def test_what_a_question_may_lean_on_is_what_the_answer_gives(assistant: Assistant) -> None:
    from qa.answer import turn

    answer = assistant.ask(LIST, 6, reader="en")
    assert turns_of([answered(assistant, LIST)]) == [turn(answer)]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[1]",
        '[{"kind": "answer"}]',
        '[{"kind": "else"}]',
        "[",
        "nothing",
        '[{"kind": "problem", "question": "q", "asked": "", "key": "k", "format": 2}]',
        json.dumps([{"kind": "problem", "question": "q", "asked": "", "key": "k"}] * (MAX_TURNS + 1)),
        '[{"kind": "problem", "question": "q", "asked": "", "key": "no.such"}]',
        '[{"kind": "problem", "question": "q", "asked": "", "key": "errors.question_long", "values": {"most": 1}}]',
        "[" * 100_000,
        " " * 10 + "[" + " " * 5_000_000 + "]",
    ],
    ids=lambda text: text[:30].strip(),
)
def test_what_is_no_conversation_is_refused(text: str) -> None:
    with pytest.raises(ConversationError):
        read_conversation(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [("seconds", float("nan")), ("seconds", 1e300), ("scope", {"documents": 10**40, "passages": 1, "languages": []})],
)
def test_numbers_that_no_answer_has_are_refused(assistant: Assistant, field: str, value: object) -> None:
    turn = to_json([answered(assistant, ABSENT)])[0] | {field: value}
    with pytest.raises(ConversationError):
        read_conversation(json.dumps([turn]))


def test_a_table_that_cites_what_is_not_there_is_refused(assistant: Assistant) -> None:
    turn = to_json([answered(assistant, LIST)])[0]
    turn["hits"] = turn["hits"][1:]
    with pytest.raises(ConversationError, match="cites what is not there"):
        read_conversation(json.dumps([turn]))


def test_an_empty_conversation() -> None:
    assert read_conversation("") == read_conversation("[]") == ()


class Outline(HTMLParser):
    """The tags of a piece of HTML, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


ALLOWED = {
    "div", "span", "a", "strong", "bdi", "b", "mark", "blockquote", "details", "summary",
    "table", "tbody", "tr", "th", "td",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_shown_in_each_language_of_the_page(
    conversation: tuple[ShownAnswer | ShownProblem, ...], language: str
) -> None:
    listed, absent, reference, problem = conversation
    for each in conversation:
        found = Outline(turn_html(each, language))
        assert found.tags <= ALLOWED
        assert ("lang", language) in found.attributes
        assert ("dir", "rtl" if language == "ar" else "ltr") in found.attributes
        assert not re.search(r"\{\w+\}", found.text)
    assert isinstance(listed, ShownAnswer)
    text = Outline(turn_html(listed, language)).text
    for hit in listed.hits:
        assert hit.sentence in text
        assert hit.locators[language] in text
    assert isinstance(absent, ShownAnswer)
    assert absent.absent
    assert "qa-absent" in turn_html(absent, language)
    assert "qa-score" not in turn_html(reference, language)
    assert 'class="qa-problem"' in turn_html(problem, language)


def test_citations_and_places_of_a_table_lead_to_sentences(assistant: Assistant) -> None:
    listed = answered(assistant, LIST)
    assert listed.table
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+)"', turn_html(listed, "en"))]
    assert len(links) == len(listed.hits) + sum(len(row.mentions) for row in listed.table.rows)
    for link in links:
        assert re.fullmatch(r"#000_297ccbc66a5670c5/para-\d+/s\d+", link)
    own = replace(listed, collection="own")
    assert 'href="&#35;own&#47;' in turn_html(own, "en")


def made(text: str, **more: object) -> ShownAnswer:
    """An answer with `text` wherever a document, a visitor or a browser may put it."""
    each = dict.fromkeys(LANGUAGES, text)
    hit = ShownHit(
        1, f"{text}#1", text, text, text, (text,), text, "0" * 64, "zh", text, 0, ((0, len(text) // 2),), 1.0, 0.5,
        each, each, each, (ShownRelated(text, text, "revision"),), ShownVersion("d#1", "ar", text), ("body",), text,
    )  # fmt: skip
    scope = ShownScope(1, 1, ("zh",), 1)
    answer = ShownAnswer(
        text, text + "!", True, text, "library", Filters(languages=("zh",)), text, 1.0,
        (hit,), (replace(hit, number=0),), None, None, (text,), scope, None, {},
    )  # fmt: skip
    return replace(answer, **more)  # type: ignore[arg-type]


@given(st.text(min_size=1, max_size=300))
def test_whatever_stands_in_a_document_is_shown_as_text(text: str) -> None:
    found = Outline(turn_html(made(text), "fr"))
    assert found.tags <= ALLOWED
    shown_as = html.unescape(escape(text))
    assert shown_as in found.text
    for name, value in found.attributes:
        assert name in {"class", "lang", "dir", "href", "title"}
        if name == "href":
            assert value is not None
            assert value.startswith("#")


def test_the_hostile_passage_is_text() -> None:
    found = Outline(turn_html(made(HOSTILE), "en"))
    assert found.tags <= ALLOWED
    assert found.text.count(HOSTILE) >= 4


@pytest.mark.parametrize("words", [((-5, 3),), ((0, 10**9),), ((3, 1),), ((0, 2), (1, 3)), ((5, 6), (0, 1))])
def test_words_that_a_browser_made_up_break_nothing(words: tuple[tuple[int, int], ...]) -> None:
    answer = made("abcdef")
    (hit,) = answer.hits
    assert "abcdef" in Outline(turn_html(replace(answer, hits=(replace(hit, words=words),)), "en")).text
