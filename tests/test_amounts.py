"""Money, percentages and what is counted, in six languages."""

from itertools import pairwise

import pytest
from conftest import SEED, SEEDS
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.amounts import amounts


def found(text: str) -> list[str]:
    return [f"{each.token.removeprefix('amount:')}: {text[each.start : each.end]}" for each in amounts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more than $1.5 million was returned", ["1500000 USD: $1.5 million"]),
        ("US$ 3 million and USD 10,000.", ["3000000 USD: US$ 3 million", "10000 USD: USD 10,000"]),
        ("€2.5 billion, £300", ["2500000000 EUR: €2.5 billion", "300 GBP: £300"]),
        ("12,345,678 dollars", ["12345678 USD: 12,345,678 dollars"]),
        ("2 500 000 euros", ["2500000 EUR: 2 500 000 euros"]),
        ("1,5 milliard de dollars des États-Unis", ["1500000000 USD: 1,5 milliard de dollars des États-Unis"]),
        ("1.500 millones de dólares", ["1500000000 USD: 1.500 millones de dólares"]),
        ("3 mil millones de euros", ["3000000000 EUR: 3 mil millones de euros"]),
        ("1,5 млн долл. США", ["1500000 USD: 1,5 млн долл. США"]),
        ("около 20 миллионов евро", ["20000000 EUR: 20 миллионов евро"]),
        ("٣ ملايين دولار", ["3000000 USD: ٣ ملايين دولار"]),
        ("追回 1 亿多美元的资产", ["100000000 USD: 1 亿多美元"]),
        ("３０００万欧元", ["30000000 EUR: ３０００万欧元"]),
        ("三亿五千万美元", ["350000000 USD: 三亿五千万美元"]),
        ("37 per cent of States", ["37%: 37 per cent"]),
        ("37,5 % des États", ["37.5%: 37,5 %"]),
        ("37 por ciento", ["37%: 37 por ciento"]),
        ("37 процентов", ["37%: 37 процентов"]),
        ("٣٧ في المائة", ["37%: ٣٧ في المائة"]),
        ("３７％", ["37%: ３７％"]),
        ("百分之三十七", ["37%: 百分之三十七"]),
        ("三分之二的国家", ["2/3: 三分之二"]),
        ("39 States and 14 developing countries", ["39: 39 States", "14: 14 developing countries"]),
        ("par 39 pays", ["39: 39 pays"]),
        ("39 Estados partes", ["39: 39 Estados"]),
        ("19 стран, 25 развивающихся стран", ["19: 19 стран", "25: 25 развивающихся стран"]),
        ("39 دولة", ["39: 39 دولة"]),
        ("455 项单独的技术援助需求。", ["455: 455 项单独的技术援助需求"]),
        ("19 个国家就第五十一条", ["19: 19 个国家"]),
        ("80 多个正在审理的案件，", ["80: 80 多个正在审理的案件"]),
        ("三个国家", ["3: 三个国家"]),
        ("共有14个国家和三个机构", ["14: 14个国家", "3: 三个机构"]),
        ("他现在20岁", ["20: 20岁"]),
        ("39 個國家", ["39: 39 個國家"]),
    ],
)
def test_amounts_and_where_they_stand(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "article 54 States that", "articles 51 and 54 shall", "paragraph 6 notes", "para. 7 notes", "A/RES/58/4",
        "CAC/COSP/2021/2",
        "in 2013 States", "12 April 2021", "COVID-19 cases", "resolution 1373 decides", "Goal 16 targets",
        "2021 年 2 月",
        "第五十一条", "第14条", "一位发言者", "一些国家", "十分重要", "статья 5 гласит", "المادة 5 تنص",
        "section 3.2 deals",
        "le 18 juin", "18 июня", "she is 20 now", "No. 5 members", "x5 cases", "5", "", "一旦", "万一", "千万",
    ],
)  # fmt: skip
def test_what_is_no_amount(text: str) -> None:
    assert found(text) == []


def test_the_seed() -> None:
    every = found((SEEDS / f"{SEED}.txt").read_text("utf-8"))
    for expected in ("57: 57 个缔约国", "455: 455 项单独的技术援助需求", "100000000 USD: 1 亿多美元", "20: 20项需求"):
        assert expected in every


PIECES = ["1", "000", " ", ",", ".", "%", "$", "million", "亿", "三", "千", "个", "国家", "States", "年",
        "долл.", "٣", "ملايين",
          "دولار", "９", "ﬁ", "\u200f", "\n", "百分之", "分之", "多", "元", "-", "art. "]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_amounts_stand_in_order_in_the_text(text: str) -> None:
    every = amounts(text)
    for each in every:
        assert 0 <= each.start < each.end <= len(text)
        assert each.token.startswith("amount:")
    assert all(one.end <= other.start for one, other in pairwise(every))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1,000", "$1", "三", "三个国", "5 million ", "39 States ", "1-", "5 art. ", "百分之"]
)
def test_time_in_proportion_to_the_text(piece: str) -> None:
    with at_most(5):
        amounts(piece * (50_000 // len(piece)))
