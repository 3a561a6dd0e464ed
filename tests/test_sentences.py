"""Sentences and languages, in the six languages of the UN and their abbreviations."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.language import direction, language_of
from embeddings.sentences import ends_sentence, sentence_spans


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["See para. 4 of the report.", "Mr. Smith agreed, cf. art. 5 and paras. 6-7.", "It closed."]),
        ("en", ["The U.S. delegate spoke.", "Resolution 58/4, annex, was adopted.", "A/58/422, paras. 1–3."]),
        ("fr", ["M. Guterres a parlé.", "Voir l’art. 5 et le par. 7.", "Mme Bachelet, elle, s’est tue."]),
        ("es", ["El Sr. Pérez habló.", "Véase el párr. 4, núm. 3.", "EE. UU. votó a favor.", "Fin."]),
        ("ru", ["См. ст. 5 и п. 7 доклада.", "Г-н Иванов сказал: «Да.»", "В 2021 г. Комитет собрался.", "Всё."]),
        ("ar", ["انظر الفقرة 4 من التقرير.", "قال د. أحمد إنه موافق.", "هل هذا صحيح؟", "نعم."]),
    ],
)
def test_sentences(language: str, sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[span.start : span.end] for span in sentence_spans(text, language)] == sentences


def test_chinese_sentences_take_their_quotation_marks_along() -> None:
    sentences = ["他说：“我们同意。”", "然后离开。", "见第五条。", "共有19个国家！", "是吗？"]
    text = "".join(sentences)
    assert [text[span.start : span.end] for span in sentence_spans(text, "zh")] == sentences


@given(st.text(max_size=200), st.sampled_from(["en", "zh", "ar", "ru", "und"]))
def test_every_character_but_blanks_is_in_one_sentence(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    inside = "".join(text[span.start : span.end] for span in spans)
    assert [c for c in inside if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize("ending", [".", "。", "。”", "?”", "؟", "؛", "।", ":", "；", ".)"])
def test_what_ends_a_sentence(ending: str) -> None:
    assert ends_sentence(f"x{ending}")
    assert not ends_sentence("x")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The Conference took note of the report of the Secretariat.", "en"),
        ("La Conférence a pris note du rapport du Secrétariat.", "fr"),
        ("La Conferencia tomó nota del informe de la Secretaría.", "es"),
        ("Конференция приняла к сведению доклад.", "ru"),
        ("缔约国会议注意到秘书处的报告。", "zh"),
        ("会議は事務局の報告に留意した。", "ja"),
        ("أحاط المؤتمر علما بتقرير الأمانة.", "ar"),
        ("대회는 보고서에 유의했다.", "ko"),
        ("12 (3)", "und"),
        ("联合国 UNODC 的 StAR 报告", "zh"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_close_languages_are_told_by_what_stands_around() -> None:
    spanish = "Nadie será sometido a torturas ni a penas o tratos crueles, inhumanos o degradantes."
    assert language_of(spanish, "es") == "es"
    assert language_of("La Conférence a pris note du rapport du Secrétariat.", "en") == "fr"


def test_few_letters_are_in_the_language_around_them() -> None:
    assert language_of("Action.", "fr") == "fr"
    assert language_of("Action.", "zh") != "zh"
    assert language_of("大会", "fr") == "zh"


def test_directions() -> None:
    assert (direction("ar"), direction("fr"), direction("und")) == ("rtl", "ltr", "ltr")
