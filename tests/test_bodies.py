"""Bodies by their names in six languages."""

from itertools import pairwise

import pytest
from conftest import SEED, SEEDS
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.bodies import bodies, body_name, names
from embeddings.inspection import inspected

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
EVERY = [(code, spoken, name) for code, by in names().items() for spoken in LANGUAGES for name in by[spoken]]


def found(text: str) -> list[tuple[str, str]]:
    return [(body.token.removeprefix("body:"), text[body.start : body.end]) for body in bodies(text)]


def test_there_are_many_in_six_languages() -> None:
    assert len(names()) >= 140
    assert all(set(by) == set(LANGUAGES) and all(by.values()) for by in names().values())


def test_each_name_is_found_as_a_whole() -> None:
    for code, _spoken, name in EVERY:
        for text in (f"({name})", f"x, {name}, 7"):
            assert [(each, text.count(words)) for each, words in found(text)] == [(code, 1)], text
            assert len(found(text)[0][1]) >= len(name.strip("«»"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the UNITED NATIONS OFFICE ON DRUGS AND CRIME (UNODC)", "UNODC UNODC"),
        ("l’Office des Nations Unies contre la drogue et le crime (ONUDC)", "UNODC UNODC"),
        ("la Oficina de las Naciones Unidas contra la Droga y el Delito", "UNODC"),
        ("Управлению Организации Объединённых Наций по наркотикам и преступности и Всемирным банком", "UNODC WB"),
        ("при поддержке УНП ООН, Евроюста и Совета Европы", "UNODC EUROJUST COE"),
        ("وبمكتب الأمم المتحدة المعني بالمخدرات والجريمة وللبنك الدولي", "UNODC WB"),
        ("毒品和犯罪問題辦公室／世界銀行追回被盜資產舉措", "UNODC WB StAR"),
        ("ＵＮＯＤＣ", "UNODC"),
        ("what does the world bank say", "WB"),
        ("who are they? the world bank group", "WB"),
        ("欧洲联盟刑事司法合作署（欧洲司法合作署）", "EUROJUST EUROJUST"),
        ("the World Bank. Group of States against Corruption", "WB GRECO"),
        ("United Nations Educational, Scientific and Cultural Organization", "UNESCO"),
        ("提交大会审议；秘书处的一名代表", "GA UNSECRETARIAT"),
    ],
)
def test_spelling_and_inflection_do_not_matter(text: str, expected: str) -> None:
    assert [code for code, _words in found(text)] == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "the United Nations Convention against Corruption", "《联合国反腐败公约》",
        "اتفاقية الأمم المتحدة لمكافحة الفساد",
        "Who asked? I saw a star, a globe and un homme", "the National Security Council", "国家安全理事会",
        "an international bank", "بنك دولي", "全国人民代表大会", "扩大会议", "security. Council", "the world. Bank",
        "公务员制度秘书处", "а также он",
    ],
)  # fmt: skip
def test_no_body_here(text: str) -> None:
    assert found(text) == []


def test_names_in_the_language_of_the_asker() -> None:
    assert body_name("body:EUROJUST", "zh") == "欧洲联盟刑事司法合作署"
    assert body_name("body:FATF", "ru").startswith("Группа разработки")
    assert body_name("body:FATF", "tr") == "Financial Action Task Force"
    with pytest.raises(KeyError):
        body_name("body:NONE", "en")


def test_the_bodies_of_the_seed() -> None:
    passages = inspected(SEEDS / f"{SEED}.txt").passages
    by_number = {passage.paragraph: {code for code, _words in found(passage.text)} for passage in passages}
    assert {number: codes for number, codes in by_number.items() if codes} == {
        "1": {"UNSECRETARIAT", "COSP"},
        "2": {"UNSECRETARIAT"},
        "3": {"UNDP", "UNODC"},
        "4": {"EUROJUST", "EU", "UNODC", "OLAF"},
        "5": {"EUROJUST", "EPPO"},
        "6": {"StAR"},
        "7": {"FATF"},
        "8": {"BASEL", "ICAR"},
        "10": {"UNODC"},
        "12": {"UNODC"},
        "13": {"IRM"},
        "14": {"UNODC", "WB", "StAR"},
    }


@given(st.lists(st.sampled_from([name for _c, _s, name in EVERY] + list(" ,.;\n\u00ad法ا")), max_size=8).map(" ".join))
def test_places_lie_in_the_text_and_apart(text: str) -> None:
    every = bodies(text)
    assert all(0 <= one.start < one.end <= len(text) for one in every)
    assert all(one.end <= other.start for one, other in pairwise(every))


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(text[body.start : body.end].strip() for body in bodies(text))


@pytest.mark.parametrize("piece", ["United Nations ", "联合国", "الأمم ", "Организации ", "U", "وال", "欧洲联盟刑事"])
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    with at_most(20):  # what is quadratic would take hours
        bodies(piece * (100_000 // len(piece)))
