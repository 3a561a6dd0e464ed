"""The numbers that paragraphs are cited by, in six languages."""

import pytest
from effort import at_most

from embeddings.numbering import chinese_numeral, follows, has_section_ordinal, is_bullet, leading_number


@pytest.mark.parametrize(
    ("line", "printed", "key", "kind"),
    [
        ("7. The Conference", "7", "7", "paragraph"),
        ("７．文字", "７", "7", "paragraph"),
        ("7、文字", "7", "7", "paragraph"),
        ("٧ - أشار", "٧", "7", "paragraph"),
        ("٧. أشار", "٧", "7", "paragraph"),
        ("6 bis. The", "6 bis", "6bis", "paragraph"),
        ("6 бис. Текст", "6 бис", "6bis", "paragraph"),
        ("6 مكررا. نص", "6 مكررا", "6bis", "paragraph"),
        ("6之二. 文字", "6之二", "6bis", "paragraph"),
        ("2.1 By 2030", "2.1", "2.1", "outline"),
        ("2.1. Под", "2.1", "2.1", "outline"),
        ("(a) the first", "(a)", "a", "item"),
        ("（一）文字", "（一）", "1", "item"),
        ("(12) a", "(12)", "12", "item"),
        ("(iv) a", "(iv)", "iv", "item"),
        ("(أ) نص", "(أ)", "أ", "item"),
        ("Article 54", "Article 54", "54", "article"),
        ("Article 54. Mechanisms", "Article 54", "54", "article"),
        ("ARTICLE 54", "ARTICLE 54", "54", "article"),
        ("Article 6 bis", "Article 6 bis", "6bis", "article"),
        ("Article premier", "Article premier", "1", "article"),
        ("Artículo 54. Mecanismos", "Artículo 54", "54", "article"),
        ("Статья 54", "Статья 54", "54", "article"),
        ("Статья 54. Механизмы", "Статья 54", "54", "article"),
        ("第五十四条", "第五十四条", "54", "article"),
        ("第五十四条 直接追回", "第五十四条", "54", "article"),
        ("第 54 條", "第 54 條", "54", "article"),
        ("المادة ٥٤", "المادة ٥٤", "54", "article"),
        ("المادة 54: آليات", "المادة 54", "54", "article"),
        ("المادة الحادية عشرة", "المادة الحادية عشرة", "11", "article"),
        ("المادة الثانية والعشرون", "المادة الثانية والعشرون", "22", "article"),
    ],
)
def test_numbers(line: str, printed: str, key: str, kind: str) -> None:
    number = leading_number(line)
    assert number is not None
    assert (number.printed, number.key, number.kind) == (printed, key, kind)
    assert line.startswith(printed)
    assert not line[number.length :].startswith((" ", ".", "．", "、"))


@pytest.mark.parametrize(
    "line",
    [
        "3.5 per cent", "1.2.2021", "2021年5月", "20项", "Article 54 of the Convention", "article 54", "第五十四条规定",
        "المادة الأخيرة", "(see above)", "7.", "12", "", "Articles 5 and 6", "(abc) x", "المادة 54 من الاتفاقية",
    ],
)  # fmt: skip
def test_what_is_no_number(line: str) -> None:
    assert leading_number(line) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("7. A", "8. B", True),
        ("7. A", "9. B", False),
        ("6. A", "6 bis. B", True),
        ("6 bis. A", "7. B", True),
        ("7. A", "7. B", False),
        ("2.1 A", "2.2 B", True),
        ("2.9 A", "3.1 B", True),
        ("2.1 A", "2.1.1 B", True),
        ("2.1.4 A", "2.2 B", True),
        ("2.1 A", "4.2 B", False),
    ],
)
def test_which_number_follows(before: str, after: str, expected: bool) -> None:
    last, number = leading_number(before), leading_number(after)
    assert last is not None
    assert number is not None
    assert follows(number, last) is expected


def test_section_ordinals_and_bullets() -> None:
    for line in ("六. 技术援助", "IV. Opening", "第五章", "Chapter V", "Глава 2", "الفصل الثاني", "A. Scope"):
        assert has_section_ordinal(line), line
    for line in ("In the", "IV is", "第五十四条", "Part of it"):
        assert not has_section_ordinal(line), line
    assert is_bullet("• a point")
    assert is_bullet("- a point")
    assert not is_bullet("-5 degrees")


@pytest.mark.parametrize(
    ("numeral", "value"), [("五十四", 54), ("一百零五", 105), ("十", 10), ("一〇五", 105), ("二十", 20)]
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert chinese_numeral(numeral) == value


@pytest.mark.parametrize("piece", [" ", "1", "(", "Article ", "第", "一", "المادة ", "1.", "- "])
def test_long_lines_take_no_longer_than_their_length(piece: str) -> None:
    with at_most(5):  # seconds; quadratic time would take hours
        for _ in range(20):
            leading_number(piece * 100_000)
