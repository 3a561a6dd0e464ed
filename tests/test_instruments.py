"""Conventions and their like, by all their names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.folded import Folded
from embeddings.instruments import INSTRUMENTS, named, of_documents

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
NAMES = [
    (each.code, language, name)
    for each in INSTRUMENTS.values()
    for language in LANGUAGES
    for name in each.names[language]
]


def codes(text: str) -> list[str]:
    return [each.code for each in named(Folded(text))]


def words(text: str) -> list[str]:
    folded = Folded(text)
    return [folded.original(each.start, each.end) for each in named(folded)]


def test_every_instrument_has_a_name_in_the_six_languages() -> None:
    assert len(INSTRUMENTS) >= 30
    for each in INSTRUMENTS.values():
        assert set(each.names) == set(LANGUAGES)
        assert all(name.strip() == name and name for names in each.names.values() for name in names)


def test_every_name_is_found() -> None:
    """A year alone ("the 1961 Convention") may be said of two; then it is the first of them."""
    shared = {name for _, _, name in NAMES if len({code for code, _, other in NAMES if other == name}) > 1}
    assert len(shared) < 20
    for code, language, name in NAMES:
        around = f"根据《{name}》的" if language == "zh" else f"x ({name}), 7"
        assert codes(around) == [code] or name in shared, (name, codes(around))
        assert words(around) == [name], name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Конвенцией Организации Объединенных Наций против коррупции", "UNCAC"),
        ("в Международном пакте о гражданских и политических правах", "ICCPR"),
        ("Международного пакта об экономических, социальных и культурных правах", "ICESCR"),
        ("Парижскому соглашению", "PARIS"),
        ("Римским статутом", "ROME"),
        ("Уставе ООН", "UN-CHARTER"),
        ("لاتفاقية الأمم المتحدة لمكافحة الفساد", "UNCAC"),
        ("والعهد الدولي الخاص بالحقوق المدنية والسياسية", "ICCPR"),
        ("باتفاقية حقوق الطفل", "CRC"),
        ("UNITED NATIONS CONVENTION AGAINST CORRUPTION", "UNCAC"),
        ("united nations convention\nagainst corruption", "UNCAC"),
        ("Covenant on Economic, Social\nand Cultural Rights", "ICESCR"),
        ("經濟、社會及文化權利國際公約", "ICESCR"),
        ("《经济、社会和文化权利国际公约》", "ICESCR"),
        ("《关于儿童权利公约》", "CRC"),
        ("Convention sur l’élimination de toutes les formes de discrimination à l’égard des femmes", "CEDAW"),
    ],
)
def test_names_as_they_are_written(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "a cat", "CAT scan", "crc", "CRC/C/GC/25", "E/CRC.1", "the Convention", "《公约》",
        "Convention. Against Torture", "Convention on the", "公约缔约国会议", "United Nations", "Paris. Agreement",
        "NPTX", "Конвенция и пакт",
    ],
)  # fmt: skip
def test_no_instrument_here(text: str) -> None:
    assert codes(text) == []


def test_the_longest_name_counts() -> None:
    text = "the Optional Protocol to the Convention against Torture and the Convention against Torture"
    assert codes(text) == ["OPCAT", "CAT"]
    assert codes("《儿童权利公约关于买卖儿童、儿童卖淫和儿童色情制品问题的任择议定书》") == ["CRC-OPSC"]


def test_what_documents_of_a_body_mean_by_the_convention() -> None:
    assert of_documents("CAC/COSP/2021/2") == "UNCAC"
    assert of_documents("CCPR/C/GC/36") == "ICCPR"
    assert of_documents("FCCC/PA/CMA/2021/10") == "PARIS"
    assert of_documents("A/RES/58/4") == ""


@given(st.sampled_from(NAMES), st.text(st.characters(), max_size=20))
def test_names_are_found_beside_anything(chosen: tuple[str, str, str], other: str) -> None:
    _code, _language, name = chosen
    folded = Folded(f"{name}. {other}")
    assert name in [folded.original(each.start, each.end) for each in named(folded)]
