"""Records of searches, and conversations kept in files."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import WordEncoder

from embeddings.build import build
from embeddings.store import IndexStore
from qa import Assistant
from qa.answer import turn
from qa.conversation import MAX_TURNS, read_turns, write_turns
from qa.errors import ConversationError, RecordError
from qa.followup import Cited, Turn
from qa.records import Options, read_record, record, replay


@pytest.fixture
def small(seeds: Path, tmp_path: Path, words: WordEncoder) -> Assistant:
    return built(seeds, tmp_path, words)


def built(seeds: Path, tmp_path: Path, words: WordEncoder) -> Assistant:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    state, index, _ = store.opened(words.identity)
    return Assistant(index, words, state)


def recorded(assistant: Assistant, question: str = "judge money") -> object:
    options = Options(2)
    made = record(assistant.ask(question, options.top_k), assistant, options)
    return read_record(json.dumps(made))


def test_a_record_replays_to_the_same(small: Assistant) -> None:
    found = replay(recorded(small), small)
    assert found.differences == ()
    assert not found.other_index
    assert not found.other_program


def test_a_record_names_what_was_searched(small: Assistant) -> None:
    made = recorded(small)
    assert isinstance(made, dict)
    assert made["question"] == made["searched"] == "judge money"
    assert made["state"].startswith("000001-")
    assert made["model"] == {"name": "words", "fingerprint": "0" * 64}
    assert [hit["passage_id"] for hit in made["citations"]] == ["report#2", "report#1"]
    assert made["scope"] == {"documents": 2, "passages": 3, "languages": ["en"], "undated": 0}


def test_a_record_reads_no_passage_of_the_index(small: Assistant) -> None:
    answer = small.ask("judge money", 2)
    expected = record(answer, small, Options(2))
    small.index = replace(small.index, passages=())
    assert record(answer, small, Options(2)) == expected


def test_what_changed_is_told(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    before = recorded(built(seeds, tmp_path, words))
    (seeds / "report.txt").write_text(
        "Report\n\nI. Money\n\n1. The court froze the asset. The judge agreed at once.\n\n2. The bank kept the money.\n"
    )
    found = replay(before, built(seeds, tmp_path, words))
    assert found.other_index
    assert any("report#1: text_sha256" in difference for difference in found.differences)
    (seeds / "report.txt").unlink()
    gone = replay(before, built(seeds, tmp_path, words))
    assert gone.differences[0].startswith("citations: report#2, report#1 were; now annex#1")


@pytest.mark.parametrize("value", [None, [], {}, {"format": 99}, {"format": 1}, {"format": 1, "options": 3}])
def test_what_is_no_record(small: Assistant, value: object) -> None:
    with pytest.raises(RecordError, match="qa ask --record FILE writes one"):
        replay(value, small)


def test_what_is_no_json() -> None:
    with pytest.raises(RecordError, match="not JSON"):
        read_record("{")


def test_a_conversation_goes_on_from_its_file(small: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    assert read_turns(path) == []
    first = turn(small.ask("judge court?"))
    write_turns(path, [first])
    assert read_turns(path) == [first]
    assert first.cited[0].passage_id == "report#1"
    many = [Turn(str(number), "x", (Cited("a#1", "words"),), ("Chad",)) for number in range(MAX_TURNS + 5)]
    write_turns(path, many)
    assert read_turns(path) == many[5:]


@pytest.mark.parametrize("line", ["x", "{}", "[]", '{"question": "a", "searched": "b", "cited": [1], "entities": []}'])
def test_a_file_that_is_no_conversation_is_left_alone(tmp_path: Path, line: str) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text(line)
    with pytest.raises(ConversationError, match="line 1: no turn of a conversation"):
        read_turns(path)
    assert path.read_text() == line


def test_a_conversation_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ConversationError, match="cannot write"):
        write_turns(tmp_path / "missing" / "talk.jsonl", [])
