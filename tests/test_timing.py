"""The stopwatch, with a clock that stands still until it is told."""

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT, SEEDS

from embeddings.timing import Part, Stopwatch, listening, timed
from qa.assistant import Assistant
from qa.cli import main

SCHEMA = json.loads((ROOT / "docs" / "ask.schema.json").read_text("utf-8"))


class Clock:
    """Seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_part_within_another_stops_its_time(clock: Clock) -> None:
    watch = Stopwatch(clock)
    with watch.part(Part.ENCODE):
        clock.now += 1
        with watch.part(Part.TOKENISE):
            clock.now += 2
        clock.now += 4
    clock.now += 8
    assert watch.milliseconds() == {"tokenise": 2000, "encode": 5000, "other": 8000}


def test_a_part_comes_again_and_they_stand_in_their_order(clock: Clock) -> None:
    watch = Stopwatch(clock)
    for part in (Part.WORDS, Part.QUESTION, Part.WORDS):
        with watch.part(part):
            clock.now += 1
    assert list(watch.milliseconds().items()) == [("question", 1000), ("words", 2000)]


def test_what_goes_on_is_counted_so_far(clock: Clock) -> None:
    watch = Stopwatch(clock)
    with watch.part(Part.MODEL):
        clock.now += 1
        assert watch.milliseconds() == {"model": 1000}
        clock.now += 1
    assert watch.milliseconds() == {"model": 2000}


def test_an_error_ends_a_part(clock: Clock) -> None:
    watch = Stopwatch(clock)
    with pytest.raises(ValueError, match="no"), watch.part(Part.INDEX):
        clock.now += 1
        raise ValueError("no")
    clock.now += 1
    assert watch.milliseconds() == {"index": 1000, "other": 1000}


def test_nothing_is_taken_where_nobody_listens(clock: Clock) -> None:
    @timed(Part.WORDS)
    def work() -> None:
        clock.now += 1

    work()
    watch = Stopwatch(clock)
    with listening(watch):
        work()
        work()
    work()
    assert watch.milliseconds()["words"] == 2000


def test_every_part_of_a_question_is_timed(assistant: Assistant) -> None:
    watch = Stopwatch()
    with listening(watch):
        assistant.ask("which countries use unexplained-wealth orders?")
    assert set(watch.milliseconds()) <= {part.value for part in Part}
    for part in ("question", "tokenise", "encode", "words", "candidates", "rescoring", "marks", "table", "speakers"):
        assert part in watch.milliseconds()


def test_the_command_tells_its_timings_only_when_asked(seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["ask", "--index", str(seed_index), "--seeds", str(SEEDS), "资产追回"]
    assert main(given) == 0
    plain = capsys.readouterr()
    assert main([*given, "--timings"]) == 0
    told = capsys.readouterr()
    assert (plain.err, told.out) == ("", plain.out)
    assert [line.split()[0] for line in told.err.splitlines()][-1] == "together"
    assert {"model", "index", "encode", "printing"} <= {line.split()[0] for line in told.err.splitlines()}


def test_the_json_has_them_as_its_schema_says(seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["ask", "--index", str(seed_index), "--seeds", str(SEEDS), "--json", "资产追回"]
    assert main(given) == 0
    assert "timings" not in json.loads(capsys.readouterr().out)
    assert main([*given, "--timings"]) == 0
    printed = capsys.readouterr()
    fields = json.loads(printed.out)
    jsonschema.validate(fields, SCHEMA)
    assert {"model", "index", "encode", "printing"} <= fields["timings"].keys()
    assert printed.err == ""


def test_the_schema_names_every_part() -> None:
    assert SCHEMA["properties"]["timings"]["propertyNames"] == {"$ref": "#/$defs/Part"}
    assert SCHEMA["$defs"]["Part"]["enum"] == [part.value for part in Part]
