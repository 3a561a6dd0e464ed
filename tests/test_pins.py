"""Pinned citations: what became of them in an index made later."""

import dataclasses
import json
from pathlib import Path

import pytest
from conftest import WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.build import build
from embeddings.contents import Index
from embeddings.store import IndexStore
from embeddings.types import Span
from qa.assistant import Assistant
from qa.errors import PinError
from qa.pins import PREFIX, Pin, Resolved, pin, pin_passage, read_pins, resolve

TEXT = """Report

A/75/1

1. The court froze the asset of the bank. The judge agreed with the police.

2. The money was kept by the bank for 16 years. A law was passed by the State.

3. Training for police was given by the Secretariat in all regions.
"""
QUOTE = "The money was kept by the bank for 16 years."


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "report.txt").write_text(TEXT, "utf-8")
    (tmp_path / "seeds" / "other.txt").write_text("1. Nothing of this kind is said here by anybody.\n", "utf-8")
    return tmp_path / "seeds"


def indexed(seeds: Path) -> Index:
    encoder = WordEncoder("asset court law money")
    store = IndexStore(seeds.parent / "index")
    build(seeds, store, encoder)
    return store.open(encoder.identity)


@pytest.fixture
def pinned(seeds: Path) -> Pin:
    index = indexed(seeds)
    passage = next(passage for passage in index.passages if passage.passage_id == "report#2")
    return pin_passage(index.documents["report"], passage, Span(0, len(QUOTE)))


def after(seeds: Path, pinned: Pin, text: str) -> Resolved:
    (seeds / "report.txt").write_text(text, "utf-8")
    return resolve(pinned, indexed(seeds))


def test_unchanged_after_a_rebuild(seeds: Path, pinned: Pin) -> None:
    found = resolve(pinned, indexed(seeds))
    assert (found.status, found.moved, found.stands, found.quote) == ("unchanged", (), True, Span(0, len(QUOTE)))
    assert (pinned.quote, pinned.symbol, pinned.path, pinned.key) == (QUOTE, "A/75/1", "report.txt", "2")


def test_a_renamed_file_is_found_by_its_hash(seeds: Path, pinned: Pin) -> None:
    (seeds / "report.txt").rename(seeds / "renamed.txt")
    found = resolve(pinned, indexed(seeds))
    assert (found.status, found.moved, found.stands) == ("moved", ("path", "document"), True)
    assert found.passage is not None
    assert found.passage.passage_id == "renamed#2"


def test_a_renamed_and_changed_file_is_found_by_its_symbol(seeds: Path, pinned: Pin) -> None:
    (seeds / "report.txt").unlink()
    (seeds / "renamed.txt").write_text(TEXT.replace("in all regions", "everywhere"), "utf-8")
    found = resolve(pinned, indexed(seeds))
    assert (found.status, found.moved, found.stands) == ("moved", ("file", "path", "document"), True)


def test_a_renumbered_paragraph_is_found_by_its_text(seeds: Path, pinned: Pin) -> None:
    text = TEXT.replace("3. Training", "4. Training").replace("2. The", "2. A new paragraph came in.\n\n3. The")
    found = after(seeds, pinned, text)
    assert (found.status, found.moved, found.stands) == ("moved", ("file", "paragraph", "place"), True)
    assert found.passage is not None
    assert found.document is not None
    assert found.source is not None
    assert found.passage.key == "3"
    assert found.document.text[found.source.start : found.source.end] == QUOTE


def test_a_changed_paragraph_is_shown_with_its_difference(seeds: Path, pinned: Pin) -> None:
    found = after(seeds, pinned, TEXT.replace("16 years", "19 years"))
    assert (found.status, found.stands) == ("changed", False)
    assert [(each.kind, each.quoted, each.standing) for each in found.differences] == [("number", "16", "19")]


def test_a_paragraph_changed_elsewhere_still_has_the_quotation(seeds: Path, pinned: Pin) -> None:
    found = after(seeds, pinned, TEXT.replace("2. The money", "2. Later on. The money").replace("passed", "dropped"))
    assert (found.status, found.stands, found.quote) == ("changed", True, Span(10, 10 + len(QUOTE)))
    assert found.differences == ()


def test_a_paragraph_that_took_the_number_points_to_the_old_one(seeds: Path, pinned: Pin) -> None:
    text = TEXT.replace("3. Training", "4. Training").replace("2. The", "2. A new paragraph came in.\n\n3. The")
    found = after(seeds, pinned, text.replace("A law was passed", "A law was dropped"))
    assert (found.status, found.stands) == ("changed", False)
    assert found.elsewhere is not None
    assert found.elsewhere.passage_id == "report#3"


def test_a_paragraph_that_is_gone(seeds: Path, pinned: Pin) -> None:
    lines = [line for line in TEXT.splitlines() if not line.startswith(("2.", "3."))]
    found = after(seeds, pinned, "\n".join(lines))
    assert (found.status, found.stands, found.passage) == ("gone", False, None)


def test_a_document_that_is_gone_and_a_passage_very_like(seeds: Path, pinned: Pin) -> None:
    (seeds / "report.txt").unlink()
    (seeds / "other.txt").write_text("5. The money was kept by this bank for 16 years.\n", "utf-8")
    found = resolve(pinned, indexed(seeds))
    assert (found.status, found.stands) == ("gone", False)
    assert found.passage is not None
    assert found.passage.passage_id == "other#5"
    assert [(each.quoted, each.standing) for each in found.differences] == [("the", "this")]


def test_an_answer_s_citation(assistant: Assistant) -> None:
    citation = assistant.ask("which countries use unexplained-wealth orders?", top_k=1).citations[0]
    made = pin(citation)
    assert made.quote == citation.hit.sentence
    assert Pin.from_text(made.to_text()) == made
    assert resolve(made, assistant.index).status == "unchanged"


# --- As text ---------------------------------------------------------------------------------------------------------

HASH = "0" * 64
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(NAMES, NAMES, NAMES, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_pins_are_read_back(doc_id: str, symbol: str, title: str, quote: str) -> None:
    made = Pin(doc_id, symbol, "a.txt", title, "en", HASH, f"{doc_id}#7", HASH, 3, 3 + len(quote), 5, 99, quote)
    assert Pin.from_json(json.loads(json.dumps(made.to_json()))) == made
    text = made.to_text()
    assert text.isascii()
    assert " " not in text
    assert Pin.from_text(text) == made
    broken = "\n".join(text[at : at + 40] for at in range(0, len(text), 40))
    assert Pin.from_text(f" {broken}\u00ad\n") == made
    assert read_pins(f"See note 3, {text}, and {text}.") == [made, made]


def test_pins_in_files(pinned: Pin) -> None:
    one = json.dumps(pinned.to_json())
    assert read_pins(one) == read_pins(pinned.to_text()) == [pinned]
    assert read_pins(f"\ufeff[{one}, {one}]") == read_pins(f"{one}\n{one}\n") == [pinned, pinned]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no pin"),
        ("nothing here", "no pin"),
        (PREFIX, "no pin"),
        (PREFIX + "A" * 80, "altered or cut"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[1]", "an object of JSON"),
        ('{"pin": 2}', "form 2; this program reads form 1"),
        ('{"pin": 1, "doc_id": "a"}', "too little or too much"),
    ],
)
def test_what_is_no_pin_says_so(text: str, why: str) -> None:
    with pytest.raises(PinError, match=why):
        read_pins(text)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("file_sha256", "xyz", "64 hex digits"),
        ("start", -1, "a place in a text"),
        ("start", True, "a place in a text"),
        ("quote", "other", "altered"),
        ("quote", 7, "is text"),
        ("passage_id", "other#2", "none of its document"),
        ("source_end", 0, "before it begins"),
    ],
)
def test_a_pin_that_does_not_hold_together(pinned: Pin, field: str, value: object, why: str) -> None:
    with pytest.raises(PinError, match=why):
        Pin.from_json({**pinned.to_json(), field: value})


def test_an_altered_pin_is_refused(pinned: Pin) -> None:
    text = pinned.to_text()
    for altered in (text[:-5], text.replace(text[60], "A" if text[60] != "A" else "B", 1)):
        with pytest.raises(PinError):
            Pin.from_text(altered)


def test_an_empty_stretch_is_not_pinned(seeds: Path, pinned: Pin) -> None:
    index = indexed(seeds)
    with pytest.raises(PinError, match="can't be pinned"):
        pin_passage(index.documents["report"], index.passages[-1], Span(3, 3))
    made_up = dataclasses.replace(pinned, quote="x" * len(QUOTE))
    assert not resolve(made_up, index).stands
