"""Paragraphs as the six languages of the UN cite them, alone and several together."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.numbering import chinese_numeral
from embeddings.source_text import INVISIBLE
from embeddings.types import Passage, Run, Span
from qa.citation_forms import LANGUAGES, chinese_number, form, form_of_all
from qa.citations import locator, locators


def passage(key: str, printed: str = "", *, article: str = "", section: tuple[str, ...] = ()) -> Passage:
    return Passage(
        f"a#{key}", "a", section, printed, "en", "Text.", (Run(0, 0, 5),), (Span(0, 5),), 0, 5, article=article
    )


def paragraphs(*numbers: int) -> list[Passage]:
    return [passage(str(number), str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("language", "one", "two", "some"),
    [
        ("en", "para. 6", "paras. 6 and 7", "paras. 6-8, 10 and 12"),
        ("fr", "par. 6", "par. 6 et 7", "par. 6 à 8, 10 et 12"),
        ("es", "párr. 6", "párrs. 6 y 7", "párrs. 6 a 8, 10 y 12"),
        ("ru", "п. 6", "пп. 6 и 7", "пп. 6–8, 10 и 12"),
        ("ar", "الفقرة 6", "الفقرتان 6 و7", "الفقرات 6-8 و10 و12"),
        ("zh", "第6段", "第6和7段", "第6-8、10和12段"),
        ("de", "para. 6", "paras. 6 and 7", "paras. 6-8, 10 and 12"),
        ("zh-Hant-HK", "第6段", "第6和7段", "第6-8、10和12段"),
        ("fr_CH", "par. 6", "par. 6 et 7", "par. 6 à 8, 10 et 12"),
    ],
)
def test_paragraphs(language: str, one: str, two: str, some: str) -> None:
    assert form(paragraphs(6)[0], language) == one
    assert form_of_all(paragraphs(7, 6, 7), language) == two
    assert form_of_all(paragraphs(12, 8, 6, 7, 10), language) == some


@pytest.mark.parametrize(
    ("language", "numbered", "second", "whole", "range_of"),
    [
        ("en", "art. 54, para. 1", "art. 2, second para.", "art. 54", "arts. 5-7"),
        ("fr", "art. 54, par. 1", "art. 2, deuxième alinéa", "art. 54", "art. 5 à 7"),
        ("es", "art. 54, párr. 1", "art. 2, segundo párr.", "art. 54", "arts. 5 a 7"),
        ("ru", "ст. 54, п. 1", "ст. 2, второй абзац", "ст. 54", "ст. 5–7"),
        ("ar", "المادة 54، الفقرة 1", "المادة 2، الفقرة الثانية", "المادة 54", "المواد 5-7"),
        ("zh", "第五十四条第一款", "第二条第二款", "第五十四条", "第五条至第七条"),
    ],
)
def test_articles(language: str, numbered: str, second: str, whole: str, range_of: str) -> None:
    assert form(passage("art54.1", "1", article="54"), language) == numbered
    assert form(passage("art2-2", article="2"), language) == second
    assert form(passage("art54", article="54"), language) == whole
    articles = [passage(f"art{number}", article=str(number)) for number in (5, 6, 7)]
    assert form_of_all(articles, language) == range_of


@pytest.mark.parametrize(
    ("language", "bis", "item", "unnumbered"),
    [
        ("en", "para. 6 bis", "subpara. (a)", "unnumbered"),
        ("fr", "par. 6 bis", "al. a)", "non numéroté"),
        ("es", "párr. 6 bis", "apdo. a)", "sin número"),
        ("ru", "п. 6 бис", "подп. a)", "без номера"),
        ("ar", "الفقرة 6 مكرراً", "الفقرة الفرعية (a)", "بلا رقم"),
        ("zh", "第6段之二", "(a)项", "无编号"),
    ],
)
def test_what_is_put_in_between_items_and_what_has_no_number(
    language: str, bis: str, item: str, unnumbered: str
) -> None:
    assert form(passage("6bis", "6之二"), language) == bis
    assert form(passage("a", "(a)"), language) == item
    assert form(passage("p12"), language) == unnumbered
    assert form(passage("p12", section=("VI. Annex", "Table 3")), language) == "Table 3"


def test_several_of_an_article() -> None:
    of_one = [passage(f"art54.{number}", str(number), article="54") for number in (1, 2)]
    other = passage("art9-2", article="9")
    assert form_of_all([*of_one, other]) == "art. 9, second para.; art. 54, paras. 1 and 2"
    assert form_of_all([*of_one, other], "zh") == "第九条第二款；第五十四条第一款和第二款"
    assert form_of_all([*paragraphs(3), *of_one], "ar") == "المادة 54، الفقرتان 1 و2؛ الفقرة 3"


def test_numbers_of_other_kinds() -> None:
    assert form(passage("7", "٧")) == "para. 7"
    assert form(passage("7", "７"), "fr") == "par. 7"
    assert form(passage("2.10", "2.10")) == "para. 2.10"
    assert form_of_all([passage("2.10", "2.10"), passage("2.9", "2.9")]) == "paras. 2.9 and 2.10"
    assert form_of_all([*paragraphs(6, 7), passage("6bis", "6 bis")]) == "paras. 6, 6 bis and 7"
    assert form_of_all([*paragraphs(6, 7), passage("6bis", "6 bis")], "zh") == "第6段、第6段之二和第7段"
    assert form(passage("art1", article="1"), "fr") == "art. premier"
    assert form(passage("art1.2", "2", article="1"), "fr") == "art. premier, par. 2"
    assert form(passage("art6bis", article="6bis"), "zh") == "第六条之二"
    assert form(passage("1", "（一）"), "zh") == "(一)项"


def test_a_number_that_comes_again_is_told_from_the_first() -> None:
    assert form(passage("1-2", "1")) == "para. 1 (second of this number)"
    assert form(passage("1-2", "1"), "ru") == "п. 1 (второй под этим номером)"
    assert form(passage("1-12", "1"), "fr") == "par. 1 (12e de ce numéro)"
    assert form(passage("1-3", "1"), "zh") == "第1段(第三次出现)"


def test_locators_are_these_forms() -> None:
    assert locator(paragraphs(6)[0]) == "para. 6"
    assert locator(paragraphs(6)[0], "es") == "párr. 6"
    assert locators(paragraphs(6, 7), "fr") == "par. 6 et 7"


def test_passages_of_two_documents_are_not_put_together() -> None:
    with pytest.raises(ValueError, match="one document"):
        form_of_all([])
    other = Passage("b#1", "b", (), "1", "en", "Text.", (), (), 0, 5)
    with pytest.raises(ValueError, match="one document"):
        form_of_all([*paragraphs(1), other])


@given(st.integers(1, 999))
def test_chinese_numerals_are_read_back(value: int) -> None:
    assert chinese_numeral(chinese_number(value)) == value


def test_chinese_numerals_with_thousands() -> None:
    assert [chinese_number(n) for n in (10, 12, 20, 105, 1005, 1050, 2310)] == [
        "十", "十二", "二十", "一百零五", "一千零五", "一千零五十", "二千三百一十"
    ]  # fmt: skip


@given(st.sets(st.integers(1, 60), min_size=1), st.sampled_from(LANGUAGES))
def test_every_number_is_in_its_form_and_nothing_invisible(numbers: set[int], language: str) -> None:
    written = form_of_all(paragraphs(*numbers), language)
    assert not INVISIBLE.search(written)
    assert not any(unicodedata.category(c) == "Cf" for c in written)
    named: set[int] = set()
    span = {"fr": " à ", "es": " a ", "ru": "–"}.get(language, "-")
    for piece in written.replace(span, "~").replace("和", " ").replace("、", " ").split():
        digits = "".join(c if c.isdecimal() or c == "~" else " " for c in piece).split()
        for run in digits:
            ends = [int(end) for end in run.split("~")]
            named |= set(range(ends[0], ends[-1] + 1))
    assert named == numbers
