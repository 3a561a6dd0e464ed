"""Whether a quotation stands in the documents: word for word, with differences, or not."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from conftest import WordEncoder
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.build import build
from embeddings.contents import Index
from embeddings.store import IndexStore
from qa.alignment import CHANGE, MARK, TAKEN, WORD, align
from qa.assistant import Assistant
from qa.errors import QuotationError
from qa.quotation_parts import MAX_QUOTE
from qa.quotations import Finder, Verdict, find
from qa.quoted_words import words_of

ENGLISH = """Report

I. Assets

1. The State party shall not transfer the “proceeds of crime” to another State, unless its court has decided so;
it may, however, return 3.5 million dollars.

2. Women’s organizations reported that 16 countries had co-operated under A/RES/58/4. Several speakers agreed.

3. Non-State actors were not mentioned. The Working Group took note.

4. The Working Group took note.
"""
CHINESE = """报告

1. 该主讲人在回答一个问题时表示，她的国家通过的立法是以
联合王国的类似制度为基础的。

2. 在完成审议的57个缔约国中，有39个确定了总共455项需求，缔约国不得提出保留。
"""
ARABIC = """تقرير

1. لا يجوز للدولة الطرف أن تتصرف في المَوجودات المستردة دون قرار من المحكمة.
"""
RUSSIAN = """Доклад

1. Государства-участники не обязаны возвращать активы, если суд ещё не принял решения.
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("quoted")
    (folder / "seeds").mkdir()
    for name, text in (("en", ENGLISH), ("zh", CHINESE), ("ar", ARABIC), ("ru", RUSSIAN)):
        (folder / "seeds" / f"{name}.txt").write_text(text, "utf-8")
    encoder = WordEncoder("asset court law money")
    build(folder / "seeds", IndexStore(folder / "index"), encoder)
    return IndexStore(folder / "index").open(encoder.identity)


def kinds(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(each.kind, each.quoted, each.standing) for each in verdict.differences]


def keys(verdict: Verdict) -> list[str]:
    return [stretch.passage.passage_id for place in verdict.places for stretch in place.stretches]


# --- Exactly ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "where"),
    [
        ('The State party shall not transfer the "proceeds of crime" to another State', ["en#1"]),
        ("“the State party shall\n   not transfer the ‘proceeds of crime’ to another State.”", ["en#1"]),
        ("[T]he State party shall not", ["en#1"]),
        ("unless its court has de\u00adcided so", ["en#1"]),
        ("shall not trans-\nfer the «\u00a0proceeds of crime\u00a0»", ["en#1"]),
        ("return 3.5 million dollars", ["en#1"]),
        ("The State party … may, however, return", ["en#1", "en#1"]),
        ("The State party [...] unless its court (...) return", ["en#1", "en#1", "en#1"]),
        ("1. The State party shall not transfer", ["en#1"]),
        ("had co\u2011operated under A/RES/58/4", ["en#2"]),
        ("The Working Group took note", ["en#3", "en#4"]),
        ("Several speakers agreed.\n\n3. Non-State actors were not mentioned.", ["en#2", "en#3"]),
        ("她的国家通过的立法是以联合王国的类似制度为基础的", ["zh#1"]),
        ("「她的国家……类似制度」", ["zh#1", "zh#1"]),
        ("在完成审议的５７个缔约国中，有 39 个确定了", ["zh#2"]),
        ("لا يجوز للدولة الطرف", ["ar#1"]),
        ("государства-участники не обязаны", ["ru#1"]),
    ],
)
def test_what_a_quotation_may_change(index: Index, quote: str, where: list[str]) -> None:
    verdict = find(quote, index)
    assert (verdict.status, keys(verdict), verdict.differences) == ("exactly", where, ())
    assert verdict.complete


def test_offsets_lead_to_the_source_file(index: Index) -> None:
    (place,) = find("立法是以联合王国的", index).places
    (stretch,) = place.stretches
    assert stretch.document.text[stretch.source.start : stretch.source.end] == "立法是以\n联合王国的"
    assert stretch.passage.text[stretch.span.start : stretch.span.end] == "立法是以联合王国的"


def test_what_an_ellipsis_leaves_out_is_named(index: Index) -> None:
    (place,) = find("The State party shall ... transfer the", index).places
    (left_out,) = place.left_out
    assert place.stretches[0].document.text[left_out.start : left_out.end].strip() == "not"
    assert find("Several speakers agreed.\n\n3. Non-State actors", index).places[0].left_out == ()


# --- Nearly ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "differences"),
    [
        ("The State party shall transfer the “proceeds of crime” to another State", [("negation", "", "not")]),
        ("Women’s organizations reported that 6 countries had co-operated", [("number", "6", "16")]),
        ("it may, however, return 35 million dollars", [("number", "35", "3.5")]),
        ("Women’s groups reported that 16 countries had", [("words", "groups", "organizations")]),
        ("men’s organizations reported that 16 countries", [("words", "men", "Women")]),
        ("State actors were not mentioned", [("negation", "State", "Non-State")]),
        ("the WORKING Group took note", [("spelling", "WORKING", "Working")]),
        ("it may however return 3.5 million", [("punctuation", "", ","), ("punctuation", "", ",")]),
        ("8. The State party shall not transfer", [("number", "8", "1")]),
        ("缔约国得提出保留", [("negation", "", "不")]),
        ("有38个确定了总共455项需求", [("number", "38", "39")]),
        (
            "該主講人在回答一個問題時表示",
            [("spelling", "該", "该"), ("spelling", "講", "讲"), ("spelling", "個問題時", "个问题时")],
        ),
        ("يجوز للدولة الطرف أن تتصرف", []),
        ("أن تتصرف في الموجودات المستردة", [("spelling", "الموجودات", "المَوجودات")]),
        ("Государства-участники обязаны возвращать активы", [("negation", "", "не")]),
        ("если суд еще не принял решения", [("spelling", "еще", "ещё")]),
    ],
)
def test_every_difference_is_shown(index: Index, quote: str, differences: list[tuple[str, str, str]]) -> None:
    verdict = find(quote, index)
    assert kinds(verdict) == differences
    assert verdict.status == ("nearly" if differences else "exactly")
    for each in verdict.differences:
        assert quote[each.in_quote.start : each.in_quote.end] == each.quoted


def test_a_sentence_left_out_without_an_ellipsis_is_a_difference(index: Index) -> None:
    quote = (
        "The State party shall not transfer the proceeds of crime to another State; it may, however, return "
        "3.5 million dollars"
    )
    verdict = find(quote, index)
    assert verdict.status == "nearly"
    assert ", unless its court has decided so" in "".join(each.standing for each in verdict.differences)


def test_parts_in_another_order_do_not_stand(index: Index) -> None:
    verdict = find("may, however, return 3.5 million … The State party shall not transfer", index)
    assert verdict.status != "exactly"
    assert any(each.standing == "" and each.quoted for each in verdict.differences) or not verdict.places


# --- Not -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quote", ["The bank closed all accounts", "银行关闭了账户", "court money law", "ни один банк"])
def test_what_does_not_stand(index: Index, quote: str) -> None:
    assert (find(quote, index).status, find(quote, index).places) == ("not", ())


@pytest.mark.parametrize("quote", ["", " \n", "…", "“ ”", "\u200b\u202e", "[...]", "。。。"])
def test_a_quotation_without_words(index: Index, quote: str) -> None:
    with pytest.raises(QuotationError, match="without a word"):
        find(quote, index)


def test_a_quotation_that_is_too_long(index: Index) -> None:
    with pytest.raises(QuotationError, match=f"1000000 characters; at most {MAX_QUOTE}"):
        find("a" * 1_000_000, index)
    with pytest.raises(QuotationError, match="parts; at most"):
        find("a … " * 50, index)


@pytest.mark.parametrize(
    "piece", ["a", "a ", "的", "The ", "1. ", "\n", "[", ".", '"', "\u0301a", "\ud800a", "-\n", "not "]
)
def test_hostile_quotations_take_bounded_time(index: Index, piece: str) -> None:
    with at_most(10), suppress(QuotationError):
        assert find((piece * MAX_QUOTE)[:MAX_QUOTE], index).status != "exactly"


@given(st.data())
def test_whatever_stands_is_found_where_it_stands(index: Index, data: st.DataObject) -> None:
    passage = data.draw(st.sampled_from(list(index.passages)))
    spans = words_of(passage.text).spans
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, len(spans) - 1))
    quote = passage.text[spans[first].start : spans[last].end]
    try:
        verdict = find(quote, index)
    except QuotationError:
        return  # marks alone
    assert verdict.status == "exactly"
    assert passage.passage_id in keys(verdict)
    for place in verdict.places:
        for stretch in place.stretches:
            text = stretch.document.text[stretch.source.start : stretch.source.end]
            assert words_of(text).folded == words_of(stretch.text).folded


@given(st.text(st.sampled_from("aA ab.的不1«\n\u00ad…-\u0301é٣[]\ud800"), max_size=60))
def test_any_text_gives_a_verdict_or_a_reason(index: Index, quote: str) -> None:
    try:
        verdict = find(quote, index)
    except QuotationError as error:
        assert "quotation" in str(error)
        return
    assert (verdict.status == "not") == (not verdict.places)
    assert all((place.differences == ()) == (verdict.status == "exactly") for place in verdict.places[:1])


def test_many_quotations_share_what_was_read(index: Index) -> None:
    finder = Finder(index)
    assert finder.find("took note").status == finder.find("took note").status == "exactly"


def test_in_the_real_document(assistant: Assistant) -> None:
    found = find("有 38 个确定了总共 455 项单独的技术援助需求", assistant.index)
    assert [(each.kind, each.quoted, each.standing) for each in found.differences] == [("number", "38", "39")]
    text = next(iter(assistant.index.documents.values())).text
    pasted = find(text[text.index("7. 该主讲人") : text.index("为基础的") + 4], assistant.index)
    assert (pasted.status, pasted.places[0].stretches[0].passage.key) == ("exactly", "7")


# --- Alignment -------------------------------------------------------------------------------------------------------


def plainly(quote: Sequence[int], text: Sequence[int]) -> int:
    """The least cost, as the textbook has it, gaps in the quotation without a bound."""
    last = [0] * (len(text) + 1)
    for word in quote:
        row = [last[0] + WORD + TAKEN]
        for at, other in enumerate(text):
            row.append(min(last[at] + (WORD + CHANGE) * (word != other), last[at + 1] + WORD + TAKEN, row[at] + WORD))
        last = row
    return min(last)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=7), st.lists(st.integers(0, 3), max_size=7))
def test_no_cheaper_alignment_exists(quote: list[int], text: list[int]) -> None:
    found = align(quote, text, [WORD] * len(quote), [WORD] * len(text))
    assert found.cost == plainly(quote, text)
    assert [i for i, _ in found.steps if i is not None] == list(range(len(quote)))
    taken = [j for _, j in found.steps if j is not None]
    assert taken == list(range(taken[0], taken[-1] + 1)) if taken else True
    cost = 0
    for i, j in found.steps:
        if i is None:
            cost += WORD
        elif j is None:
            cost += WORD + TAKEN
        else:
            cost += (WORD + CHANGE) * (quote[i] != text[j])
    assert cost == found.cost


def test_a_long_gap_costs_no_more_than_a_bound_and_a_word_is_no_mark() -> None:
    text = [1, 2, *range(10, 60), 3, 4]
    found = align([1, 2, 3, 4], text, [WORD] * 4, [WORD] * len(text))
    assert found.cost == 2 * (WORD + CHANGE)  # 3 and 4 are far, and what stands nearer is cheaper than the gap
    assert align([1], [2], [WORD], [MARK]).cost == WORD + TAKEN
    quote = [*range(100, 120), *range(200, 220)]
    far = [*range(100, 120), *range(10, 90), *range(200, 220)]
    found = align(quote, far, [WORD] * 40, [WORD] * len(far))
    assert found.cost == 6 * WORD
    assert sum(i is None for i, _ in found.steps) == 80
    with pytest.raises(ValueError, match="empty"):
        align([], [1], [], [WORD])


def test_the_time_of_reading_words_grows_with_their_number() -> None:
    for piece in ("a-", "a.1", "…", "e\u0301", "\u0301", "\u200b", "A/", "的", "ﷺ"):
        with at_most(5, piece):
            words_of(piece * (50_000 // len(piece)))
