"""Asking in the page: steps, follow-ups, what is asked anew, and what goes wrong; without a browser."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from embeddings.errors import IndexDamaged
from qa.assistant import Assistant
from qa.errors import CollectionEmpty
from qa.question import MAX_QUESTION
from qa.shown import MAX_TURNS, ShownProblem, to_json
from qa.web.talk import Reply, Talk

LIST = "which countries use unexplained-wealth orders?"
VISITOR = "0" * 64


class Collections:
    """The library; whoever asks for something else gets the error that is set."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.error: Exception = CollectionEmpty("empty", "there is no document in this collection; upload one first")

    def assistant(self, collection: str, visitor: str) -> Assistant:
        assert visitor == VISITOR
        if collection == "own":
            raise self.error
        return self._assistant


@pytest.fixture
def collections(assistant: Assistant) -> Collections:
    return Collections(assistant)


@pytest.fixture
def talk(collections: Collections) -> Talk:
    return Talk(SimpleNamespace(library=collections))  # type: ignore[arg-type]


def replies(talk: Talk, question: str | None, turns: Any = (), language: str = "en", **wanted: Any) -> list[Reply]:
    request = {"id": "r1", "conversation": json.dumps(list(turns)), "question": question, "wanted": wanted}
    return list(talk.answer(json.dumps(request), VISITOR, language))


def asked(talk: Talk, question: str | None, turns: Any = (), **more: Any) -> Reply:
    found = replies(talk, question, turns, **more)
    assert all(each.turns is None for each in found[:-1])
    assert found[-1].turns is not None
    assert {each.id for each in found} == {"r1"}
    return found[-1]


def test_an_answer_comes_in_steps(talk: Talk) -> None:
    searching, reading, done = replies(talk, LIST)
    assert "Searching 14 paragraphs" in searching.messages[-1]["content"]
    assert "Reading" in reading.messages[-1]["content"]
    assert [each["role"] for each in done.messages] == ["user", "assistant"]
    assert "Zimbabwe" in done.messages[1]["content"]
    assert done.turns is not None
    (turn,) = done.turns
    assert turn["question"] == LIST
    assert turn["seconds"] > 0
    assert turn["record"]["options"]["reader"] == "en"


def test_a_follow_up_leans_on_the_conversation_that_comes_with_it(talk: Talk) -> None:
    first = asked(talk, LIST)
    second = asked(talk, "and in North Macedonia?", first.turns)
    assert second.turns is not None
    assert second.turns[1]["follows"]
    assert "unexplained-wealth" in second.turns[1]["searched"]
    alone = asked(talk, "and in North Macedonia?")
    assert alone.turns is not None
    assert not alone.turns[0]["follows"]


def test_a_turn_asked_anew_goes_with_all_behind_it(talk: Talk) -> None:
    first = asked(talk, LIST)
    second = asked(talk, "and in North Macedonia?", first.turns)
    third = asked(talk, "COVID-19", second.turns)
    assert third.turns is not None
    again = asked(talk, "and in Zimbabwe?", third.turns, turn=1)
    assert again.turns is not None
    assert [each["question"] for each in again.turns] == [LIST, "and in Zimbabwe?"]
    assert "unexplained-wealth" in again.turns[1]["searched"]
    searched = asked(talk, "and in Zimbabwe?", third.turns, turn=1, searched="Zimbabwe")
    assert searched.turns is not None
    assert searched.turns[1]["searched"] == "Zimbabwe"


def test_a_conversation_is_shown_again_in_another_language(talk: Talk) -> None:
    first = asked(talk, LIST)
    shown = asked(talk, None, first.turns, language="fr")
    assert json.dumps(shown.turns) == json.dumps(first.turns)
    assert "par&#46; 7" in shown.messages[1]["content"]
    assert "para&#46; 7" not in shown.messages[1]["content"]


@pytest.mark.parametrize(
    ("question", "key", "said"),
    [
        ("?!", "errors.question_blank", "The question is blank"),
        ("a" * (MAX_QUESTION + 1), "errors.question_long", "at most 2&#44;000"),
    ],
)
def test_what_cannot_be_asked_is_explained(talk: Talk, question: str, key: str, said: str) -> None:
    found = asked(talk, question)
    assert found.turns is not None
    assert found.turns[0]["key"] == key
    assert said in found.messages[-1]["content"]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"since": "yesterday"}, "yesterday"),
        ({"documents": ["none"]}, "none"),
        ({"languages": ["zh"], "since": "2019"}, "nothing to search"),
    ],
)
def test_filters_that_leave_nothing_are_explained(talk: Talk, filters: dict[str, Any], said: str) -> None:
    assert said in asked(talk, LIST, filters=filters).messages[-1]["content"]


def test_an_empty_collection_is_explained(talk: Talk) -> None:
    found = asked(talk, LIST, collection="own")
    assert found.turns is not None
    assert found.turns[0]["key"] == "documents.empty"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IndexDamaged("/secret/place was altered; qa build"), "cannot be searched at the moment"),
        (RuntimeError("a secret of /secret/place"), "Something went wrong"),
    ],
)
def test_what_goes_wrong_inside_stays_inside(
    talk: Talk, collections: Collections, error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    collections.error = error
    found = asked(talk, LIST, collection="own")
    assert said in found.messages[-1]["content"]
    assert "secret" not in json.dumps([found.messages, found.turns])
    if isinstance(error, RuntimeError):
        assert "a secret" in caplog.text  # for whoever runs the page


def test_a_full_conversation_takes_no_more(talk: Talk) -> None:
    turns = to_json([ShownProblem("q", "", "errors.index")] * MAX_TURNS)
    found = asked(talk, LIST, turns[:-1])
    assert found.turns is not None
    assert len(found.turns) == MAX_TURNS
    assert any("is full" in each["content"] for each in replies(talk, LIST, turns)[-1].messages)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"id": 1}', "\ud800", '{"id": "x", "conversation": "{"}', '{"id": "x", "conversation": "[1]"}'],
)
def test_a_request_that_is_none_changes_nothing(talk: Talk, text: str) -> None:
    (found,) = talk.answer(text, VISITOR, "en")
    assert "Reload the page" in found.problem
    assert found.turns is None
    assert found.id == ("x" if '"x"' in text else "")


def test_who_stops_reading_stops_the_work(talk: Talk) -> None:
    request = json.dumps({"id": "r1", "conversation": "[]", "question": LIST})
    steps: Iterator[Reply] = talk.answer(request, VISITOR, "en")
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert next(steps, None) is None
