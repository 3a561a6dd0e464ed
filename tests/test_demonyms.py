"""Countries named by an adjective."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.demonym_names import ROWS
from embeddings.demonyms import demonyms


def found(text: str, language: str = "") -> list[tuple[str, str]]:
    return [(each.token.removeprefix("country:"), text[each.start : each.end]) for each in demonyms(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Zimbabwean law and the British one", "ZW GB"),
        ("French law, South African courts and two Kenyans", "FR ZA KE"),
        ("Papua New Guinean and Equatorial Guinean officials", "PG GQ"),
        ("the zimbabwean law", "ZW"),
        ("la législation zimbabwéenne et les autorités françaises", "ZW FR"),
        ("le droit kenyan, l'initiative burkinabè, les lois grecques, un juge turc", "KE BF GR TR"),
        ("la ley zimbabuense, las autoridades alemanas y los tribunales españoles", "ZW DE ES"),
        ("зимбабвийский закон, по южноафриканскому праву, французской делегацией", "ZW ZA FR"),
        ("القانون البريطاني والسلطات الروسية وللحكومة الكورية الجنوبية", "GB RU KR"),
        ("法方表示，中方和俄方同意", "FR CN RU"),
    ],
)
def test_adjectives_in_six_languages(text: str, expected: str) -> None:
    assert [code for code, _words in found(text)] == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "in Chinese", "issued in French, Russian and Spanish", "published in French in 2020", "the French text",
        "Portuguese-speaking countries", "Portuguese-language countries", "translated into Spanish", "polish the text",
        "en français", "la version anglaise et la version française", "le français", "los países de lengua portuguesa",
        "en español", "del francés", "на испанском и китайском языках", "на русском", "بالفرنسية", "باللغة الروسية",
        "اللغتين الإنكليزية والإسبانية", "葡萄牙语国家", "其中方面", "集中方式", "方法方面", "Latin American States",
        "the Inter-American Convention", "the Indian Ocean", "Germán Pérez", "fine china", "اليد اليمنى",
        "المكتب القطري", "المحيط الهندي", "الدعم المالي",
    ],
)  # fmt: skip
def test_no_country_here(text: str) -> None:
    assert found(text) == []


def test_the_language_of_the_text_decides_between_spellings() -> None:
    assert found("la delegación china", "es") == [("CN", "china")]
    assert found("the delegation's china", "en") == []


def test_the_table_is_one_row_a_country() -> None:
    rows = ROWS.strip().splitlines()
    codes = [row.split(" ", 1)[0] for row in rows]
    assert len(codes) == len(set(codes)) >= 190
    assert all(len(row.split("|")) == 5 for row in rows)


@given(st.text(max_size=100) | st.lists(st.sampled_from(["French", "law", "française", "языке", "法方"])).map(" ".join))
def test_places_lie_in_the_text(text: str) -> None:
    every = demonyms(text)
    assert all(text[each.start : each.end].strip() for each in every)
    assert [each.start for each in every] == sorted(each.start for each in every)
