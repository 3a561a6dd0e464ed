"""Dates in six languages, and numbers of four digits that are none."""

from itertools import pairwise

import pytest
from conftest import SEED, SEEDS
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.dates import dates


def found(text: str) -> list[str]:
    return [f"{each.token.removeprefix('date:')} {text[each.start : each.end]}" for each in dates(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adopted on 12 April 2021 in Vienna", ["2021-04-12 12 April 2021"]),
        ("on April 12, 2021, it", ["2021-04-12 April 12, 2021"]),
        ("on the 3rd of May 2019.", ["2019-05-03 3rd of May 2019"]),
        ("In April 2021 and in Sept. 2020", ["2021-04 April 2021", "2020-09 Sept. 2020"]),
        ("established in 2013", ["2013 2013"]),
        ("since 2013 States have", ["2013 2013"]),
        ("by the year 2030", ["2030 2030"]),
        ("the 2019 Political Declaration", ["2019 2019"]),
        ("the 1990s", ["1990/1999 1990s"]),
        ("from 2013 to 2020", ["2013/2020 2013 to 2020"]),
        ("the strategy 2013–2020 was", ["2013/2020 2013–2020"]),
        ("between 2013 and 2020", ["2013/2020 2013 and 2020"]),
        ("in 2013 and 2020", ["2013 2013", "2020 2020"]),
        ("6–10 September 2021", ["2021-09-06/2021-09-10 6–10 September 2021"]),
        ("from 31 August to 2 September 2021", ["2021-08-31/2021-09-02 31 August to 2 September 2021"]),
        ("April-June 2021", ["2021-04/2021-06 April-June 2021"]),
        ("1 May 2020 to 3 June 2021", ["2020-05-01/2021-06-03 1 May 2020 to 3 June 2021"]),
        ("dated 2021-04-12", ["2021-04-12 2021-04-12"]),
        ("the session of 2020/21", ["2020/2021 2020/21"]),
        ("le 1er janvier 2020", ["2020-01-01 1er janvier 2020"]),
        ("en août 2019 et en déc. 2020", ["2019-08 août 2019", "2020-12 déc. 2020"]),
        ("depuis 2013, les États", ["2013 2013"]),
        ("du 5 au 9 avril 2021", ["2021-04-05/2021-04-09 5 au 9 avril 2021"]),
        ("dans les années 1990", ["1990/1999 1990"]),
        ("el 12 de abril de 2021", ["2021-04-12 12 de abril de 2021"]),
        ("en abril del 2021", ["2021-04 abril del 2021"]),
        ("desde 2013 hasta 2020", ["2013/2020 2013 hasta 2020"]),
        ("в апреле 2021 года", ["2021-04 апреле 2021 года"]),
        ("с 5 по 9 апреля 2021 г. в Вене", ["2021-04-05/2021-04-09 5 по 9 апреля 2021 г."]),
        ("май 2020 года; в мае 2021 года", ["2020-05 май 2020 года", "2021-05 мае 2021 года"]),
        ("в 2013 году и 2013–2020 годы", ["2013 2013 году", "2013/2020 2013–2020 годы"]),
        ("с 2013 по 2020 год", ["2013/2020 2013 по 2020 год"]),
        ("في نيسان/أبريل 2021", ["2021-04 نيسان/أبريل 2021"]),
        ("في ١٢ كانون الثاني/يناير ٢٠٢١", ["2021-01-12 ١٢ كانون الثاني/يناير ٢٠٢١"]),
        ("بنيسان/أبريل 2021", ["2021-04 بنيسان/أبريل 2021"]),
        ("في عام 2013 ومنذ عام ٢٠٢٠ إلى عام ٢٠٢١", ["2013 2013", "2020/2021 ٢٠٢٠ إلى عام ٢٠٢١"]),
        ("于2021年4月生效", ["2021-04 2021年4月"]),
        ("秘书处 2021 年\n\n2 月发出的", ["2021-02 2021 年\n\n2 月"]),
        ("自 2013 年就已存在", ["2013 2013 年"]),
        ("２０２１年４月１２日", ["2021-04-12 ２０２１年４月１２日"]),
        ("二〇二一年十二月三十一日", ["2021-12-31 二〇二一年十二月三十一日"]),
        ("2013至2020年、2013年至2020年", ["2013/2020 2013至2020年", "2013/2020 2013年至2020年"]),
        ("2021年4月5日至9日", ["2021-04-05/2021-04-09 2021年4月5日至9日"]),
        ("2021年4月至6月", ["2021-04/2021-06 2021年4月至6月"]),
        ("1990年代", ["1990/1999 1990年代"]),
        ("30 February 2021", ["2021-02 30 February 2021"]),
    ],
)
def test_dates_and_where_they_stand(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2020 entries were made", "about 2000 people", "in 2020 cases", "CAC/COSP/2021/2", "A/RES/2020/1",
        "resolution 2254 (2015)", "Security Council resolution 1373 (2001)", "$2000", "US$ 2013 million",
        "article 2020",
        "paragraph 1999", "2020 per cent", "2,020 States", "20201", "No. 2020", "in 2500", "第2020条", "第2020号决议",
        "2000 个国家", "2020 euros", "2020%", "статья 2020", "около 2000 человек", "в 2020 странах", "المادة 2020",
        "may use 12 or 14", "5 April", "x2020", "2020x", "1.2020.3", "tel. 2020-555", "",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    assert found(text) == []


def test_the_seed() -> None:
    assert [each.split(" ", 1)[0] for each in found((SEEDS / f"{SEED}.txt").read_text("utf-8"))] == [
        "2021-02", "2020", "2021-04", "2019", "2020", "2013", "2020", "2022",
    ]  # fmt: skip


PIECES = ["2021", "年", "4", "月", " ", "April", "12", "-", "to", "de", "в", "году", "نيسان", "/", "(", ")", "\n", ",",
          "A/", "٢٠٢٠", "１９９９", "i̇", "ﬁ", "\u200f",
          "–",           "and", "between", "s", "一九九九", "至", "日"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_dates_stand_in_order_in_the_text(text: str) -> None:
    every = dates(text)
    for each in every:
        assert 0 <= each.start < each.end <= len(text)
        assert any(character.isnumeric() for character in text[each.start : each.end])
    assert all(one.end <= other.start for one, other in pairwise(every))


@pytest.mark.parametrize(
    "piece", ["2020", "2020 ", "2020-", "12 April 2021 to ", "de ", "A/2020/1 ", "2021年4月", "一", "/", "1."]
)
def test_time_in_proportion_to_the_text(piece: str) -> None:
    with at_most(5):
        dates(piece * (100_000 // len(piece)))
