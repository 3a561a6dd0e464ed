"""What Milvus is given, without Milvus: keys, filters, and tokens as text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.errors import EngineError
from embeddings.index.tokens import PassageTokens, quantised
from embeddings.milvus.conditions import expression, fields_of, number_of
from embeddings.milvus.keys import Keys, digests_of, first_keys
from embeddings.milvus.packing import PART, packed, parts_of, unpacked
from embeddings.types import Conditions, Document, Passage, SourceFile
from embeddings.vectors import unit

NAMES = ("codes", "scales", "spans", "starts")


def tokens(count: int, dimension: int, sentences: int, seed: int = 0) -> PassageTokens:
    random = np.random.default_rng(seed)
    starts = np.unique(np.append(0, random.integers(0, count, sentences - 1))).astype(np.int64)
    spans = random.integers(0, 1000, (count, 2)).astype(np.int32)
    return quantised(unit(random.standard_normal((count, dimension)).astype(np.float32)), spans, starts)


@given(st.integers(1, 300), st.sampled_from([1, 8, 384]), st.integers(1, 9), st.integers(0, 99))
def test_what_is_packed_is_unpacked(count: int, dimension: int, sentences: int, seed: int) -> None:
    one = tokens(count, dimension, sentences, seed)
    parts = packed(one)
    assert len(parts) == parts_of(one)
    assert all(0 < len(part) <= PART and part.isascii() for part in parts)
    other = unpacked(parts)
    for name in NAMES:
        assert getattr(other, name).dtype == getattr(one, name).dtype
        np.testing.assert_array_equal(getattr(other, name), getattr(one, name))


def test_the_longest_passages_take_several_parts() -> None:
    parts = packed(tokens(1000, 384, 9))
    assert [len(part) for part in parts[:-1]] == [PART] * (len(parts) - 1)
    assert len(parts) > 5


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [""],
        ["AAAA"],
        packed(tokens(400, 384, 3))[:-1],
        packed(tokens(400, 384, 3))[::-1],
        [packed(tokens(400, 384, 3, 1))[0], *packed(tokens(400, 384, 3, 2))[1:]],
    ],
)
def test_parts_of_something_else_are_refused(parts: list[str]) -> None:
    with pytest.raises(ValueError):
        unpacked(parts)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4)), min_size=1), st.lists(st.integers(0, 25), min_size=1))
def test_keys_say_whose_a_row_is(given: list[tuple[int, int]], others: list[int]) -> None:
    counts_by_text = dict(given)
    texts = [text for text, _ in given]
    counts = np.array([counts_by_text[text] for text in texts], np.int32)
    keys = Keys.of(digests_of(map(str, texts)), counts)
    by_passage = [keys.of_passages(np.array([number])).tolist() for number in range(len(texts))]
    every = {key: texts[number] for number, own in enumerate(by_passage) for key in own}
    assert len(every) == sum(counts_by_text.values()) == keys.rows
    assert [len(own) for own in by_passage] == counts.tolist()
    whose = keys.whose(np.array(list(every), np.int64))
    assert [texts[number] for number in whose] == list(every.values())
    around = np.array(sorted({near for key in every for near in (key - 1, key + 5)} - every.keys()), np.int64)
    assert (keys.whose(around) == -1).all()
    assert sorted(keys.without([])) == sorted(every)
    other = Keys.of(digests_of(map(str, others)), np.array([counts_by_text.get(text, 1) for text in others], np.int32))
    assert {every[key] for key in keys.without([other]).tolist()} == counts_by_text.keys() - set(others)
    asked = first_keys(digests_of(map(str, others)))
    assert keys.counts_of(asked).tolist() == [counts_by_text.get(text, 0) for text in others]


def test_rows_that_would_be_taken_for_one_another_are_refused() -> None:
    digests = digests_of(["one", "other"])
    digests = np.array([digests[0], digests[0] + np.array([2 << 2, 0], np.uint64)], np.uint64)  # two keys further
    Keys.of(digests, np.array([2, 1], np.int32))
    with pytest.raises(EngineError, match="the same rows in Milvus, by chance"):
        Keys.of(digests, np.array([3, 1], np.int32))
    with pytest.raises(EngineError, match="by chance"):  # the same first key, and something else
        Keys.of(digests_of(["one", "other"]) & np.array([0, 2**64 - 1], np.uint64), np.array([1, 1], np.int32))


@pytest.mark.parametrize(
    ("date", "since", "until", "fits"),
    [
        ("2019", "2019", "", True),
        ("2019", "2019-12-31", "", True),
        ("2019", "2020", "", False),
        ("2019-05", "", "2019-05-01", True),
        ("2019-05", "", "2019-04", False),
        ("2019-05-03", "2019-05-03", "2019-05-03", True),
        ("2019-05-03", "2019-05-04", "", False),
        ("", "1000", "", False),
        ("", "", "9999", False),
        ("", "", "", True),
    ],
)
def test_dates_become_days(date: str, since: str, until: str, fits: bool) -> None:
    document = Document("a", "A", "en", SourceFile("a", 0, ""), "", (), date=date)
    fields = fields_of(Passage("a#1", "a", (), "1", "en", "", (), (), 0, 0), document)
    told = expression(Conditions(since=since, until=until)) or "True"
    days = {name: fields[name] for name in ("first", "last")}
    parts = [part.split() for part in told.split(" and ")] if told != "True" else []
    found = all(
        days[name] >= int(day) if sign == ">=" else days[name] <= int(day)  # type: ignore[operator]
        for name, sign, day in parts
    )
    assert found is fits


def test_names_need_no_quoting() -> None:
    hostile = '"]) or true or ("\n' * 1000
    told = expression(Conditions((hostile, "b"), ("en",), "", "", (hostile,)))
    assert set(told) <= set("abcdefghijklmnopqrstuvwxyz_0123456789,[]() ")
    assert number_of(hostile) == number_of(hostile) < 2**63
    assert number_of("a") != number_of("b")
    assert expression(Conditions()) == ""
