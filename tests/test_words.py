"""Words of many scripts, folded so that spellings of one word are equal."""

import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.words import fold, symbols, words

ANY_TEXT = st.text(st.characters(), max_size=200)  # surrogates and unassigned characters included
MIXED = st.text(st.sampled_from("aЖй资產のｶﾞกา한éё ٥ة_/A2(-\u0301\u200b\ud800\U00020000"), max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ１２", "abc12"),
        ("Élève", "eleve"),
        ("e\u0301lève", "élève"),
        ("Straße", "STRASSE"),
        ("ΟΔΌΣ", "οδος"),
        ("Соединённое", "СОЕДИНЕННОЕ"),
        ("資產追回", "资产追回"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("المَدْرَســة", "المدرسه"),
        ("أمن إلى آسيا", "امن الي اسيا"),
        ("ایران", "ايران"),
        ("٢٠٢١", "2021"),
        ("۲۰۲۱", "２０２１"),
        ("zim\u00adbab\u200dwe\u202c", "zimbabwe"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("мой", "мои"), ("か", "が"), ("กา", "ก"), ("한", "하"), ("हिंदी", "हद")])
def test_marks_that_make_another_letter_stay(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("language", "one", "other", "apart"),
    [
        ("en", "The countries recovered assets", "country recovering asset", "court"),
        ("fr", "les avoirs recouvrés", "avoir recouvré", "pays"),
        ("es", "los países recuperados", "país recuperado", "activo"),
        ("ru", "возвращения активов", "возвращение активы", "страна"),
        ("ar", "والموجودات", "موجودات", "بلد"),
        ("zh", "資產的追回", "追回资产", "法院"),
        ("ja", "資産の回復", "資産回復", "裁"),
        ("ko", "자산을 회수한다", "자산 회수", "법원"),
        ("th", "การติดตามทรัพย์สินคืน", "ทรัพย์สิน", "ประเทศ"),
    ],
)
def test_forms_of_a_word_share_tokens(language: str, one: str, other: str, apart: str) -> None:
    found = set(words(one, language))
    assert len(found & set(words(other, language))) >= min(2, len(words(other, language)))
    assert not found & set(words(apart, language))


def test_the_tokens_of_a_mixed_text() -> None:
    assert words("第54条 and COVID-19") == ["第", "54", "条", "and", "covid", "19"]
    assert words("资产") == ["资", "产", "资产"]
    assert words("ไทย ฟ") == ["ไทย", "ฟ"]
    assert words("") == words(" \u200b,。!") == []


def test_the_script_tells_the_stemmer_where_the_language_does_not() -> None:
    assert words("Северной") == words("северная", "ru")
    assert words("الدول", "en") == words("الدول", "ar")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see CAC/COSP/2021/2, para. 4", ["CAC/COSP/2021/2"]),
        ("（CAC/COSP/IRG/2021/3/Add.1号文件）", ["CAC/COSP/IRG/2021/3/Add.1"]),
        ("A/RES/58/4. A/C.3/75/L.49/Rev.1;", ["A/RES/58/4", "A/C.3/75/L.49/Rev.1"]),
        ("E/CN.4/2005/102/Corr.1", ["E/CN.4/2005/102/Corr.1"]),
        ("S/RES/2254 (2015) и S/RES/2254(2015)", ["S/RES/2254(2015)"] * 2),
        ("A/75/6 (Sect. 15)", ["A/75/6"]),
        ("A/RES/58/4的", ["A/RES/58/4"]),
        ("-A/RES/58/4-", ["A/RES/58/4"]),
        ("TCP/IP, and/or, km/h, 2020/21, AND/OR, /A/1, A//1, A/", []),
    ],
)
def test_document_symbols(text: str, expected: list[str]) -> None:
    found = symbols(text)
    assert [symbol for symbol, _start, _end in found] == expected
    assert [text[start:end].replace(" ", "") for _symbol, start, end in found] == expected
    assert [token for token in words(text) if "/" in token] == [symbol.lower() for symbol in expected]


@given(ANY_TEXT | MIXED, st.sampled_from(["", "en", "fr", "zh", "und"]))
def test_any_text_has_words_and_always_the_same(text: str, language: str) -> None:
    found = words(text, language)
    assert found == words(text, language)
    assert all(token and not token.isspace() for token in found)


@given(ANY_TEXT | MIXED)
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert not any("\ud800" <= character <= "\udfff" for character in fold(text))


@given(MIXED)
def test_case_does_not_matter(text: str) -> None:
    plain = text.replace("/", " ")  # symbols are written in capitals
    assert words(plain) == words(plain.upper())


@pytest.mark.parametrize("piece", ["A", "A/", "A/1", "(", "第1、", "a\u0301", "\u0301", "ا", "ก", "中", "́_"])
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    with at_most(20):  # what is quadratic would take hours
        words(piece * (200_000 // len(piece)), "en")
