"""What a follow-up question is about: the rules by hand, any text, and conversations about the real seed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Final

import pytest
from conftest import SEED, WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import turn
from qa.assistant import Assistant
from qa.evaluation import index_records
from qa.followup import Cited, Reason, Turn, understood
from qa.query import make_query
from qa.question import MAX_QUESTION
from qa.retriever import Retriever
from qa.types import ScoredPassage

CITED: Final = (Cited("a#7", "The judge froze it."), Cited("a#2", "The bank kept it."), Cited("a#4", "A law came."))
ASKED: Final = {
    "en": "which countries use unexplained-wealth orders?",
    "zh": "哪些国家使用来历不明财富令？",
    "fr": "Quels pays utilisent les ordonnances relatives aux richesses inexpliquées ?",
    "ru": "Какие страны используют приказы о необъяснимом богатстве?",
    "es": "¿Qué países utilizan órdenes sobre riqueza inexplicada?",
    "ar": "ما هي البلدان التي تستخدم أوامر الثروة غير المبررة؟",
}
NAMES: Final = {
    "en": ("Zimbabwe", "United Kingdom", "North Macedonia"),
    "zh": ("津巴布韦", "联合王国", "北马其顿"),
    "fr": ("Zimbabwe", "Royaume-Uni", "Macédoine du Nord"),
    "ru": ("Зимбабве", "Соединенное Королевство", "Северная Македония"),
    "es": ("Zimbabwe", "Reino Unido", "Macedonia del Norte"),
    "ar": ("زمبابوي", "المملكة المتحدة", "مقدونيا الشمالية"),
}


def before(language: str = "en", searched: str = "", names: bool = True) -> Turn:
    """A turn about unexplained-wealth orders."""
    asked = ASKED[language]
    return Turn(asked, searched or asked, CITED, NAMES[language] if names else ())


@pytest.mark.parametrize(
    "language, question",
    [
        ("en", "and in North Macedonia?"),
        ("en", "And the last one?"),
        ("zh", "那北马其顿呢？"),
        ("zh", "最后一个呢？"),
        ("fr", "et la Macédoine du Nord ?"),
        ("fr", "qu'en est-il du dernier ?"),
        ("ru", "а Северная Македония?"),
        ("ru", "а последняя?"),
        ("es", "¿y Macedonia del Norte?"),
        ("es", "¿y el último?"),
        ("ar", "وماذا عن مقدونيا الشمالية؟"),
        ("ar", "وماذا عن الأخير؟"),
    ],
)
def test_a_country_is_added_to_the_query_before(language: str, question: str) -> None:
    found = understood(question, [before(language)])
    assert found.reason is Reason.ADDED
    assert found.text.startswith(ASKED[language].rstrip())
    assert found.text.endswith(NAMES[language][2])


@pytest.mark.parametrize(
    "language, question",
    [
        ("en", "what about the second one?"),
        ("en", "What about the second country?"),
        ("zh", "第二个呢？"),
        ("zh", "那第二个国家呢？"),
        ("fr", "et le deuxième ?"),
        ("ru", "а вторая?"),
        ("es", "¿y el segundo?"),
        ("ar", "وماذا عن الثاني؟"),
    ],
)
def test_a_row_by_its_place(language: str, question: str) -> None:
    assert understood(question, [before(language)]).text.endswith(NAMES[language][1])


@pytest.mark.parametrize(
    "language, question",
    [
        ("en", "and her country?"),
        ("zh", "她的国家呢？"),
        ("fr", "et son pays ?"),
        ("ru", "а её страна?"),
        ("es", "¿y su país?"),
        ("ar", "وماذا عن بلدها؟"),
    ],
)
def test_whose_country(language: str, question: str) -> None:
    assert understood(question, [before(language)]).text.endswith(NAMES[language][0])


@pytest.mark.parametrize(
    "question", ["and the second one?", "what about the second paragraph?", "第二个呢？", "et [2] ?"]
)
def test_without_rows_a_place_is_a_citation(question: str) -> None:
    found = understood(question, [before(names=False)])
    assert found.reason is Reason.PLACE
    assert found.text == CITED[1].sentence


def test_more_is_asked_about_a_citation() -> None:
    assert understood("who adopted [3]?", [before()]).text == "who adopted [3]? (A law came.)"


def test_a_place_that_is_not_there_is_no_place() -> None:
    assert understood("what does [9] say?", [Turn("a law?", "a law?")]).reason is not Reason.PLACE
    assert understood("the second cycle of reviews of treaties?", [before()]).reason is Reason.ALONE


@pytest.mark.parametrize(
    "searched, question, expected",
    [
        ("Does Zimbabwe recover assets?", "and in North Macedonia?", "Does North Macedonia recover assets?"),
        ("津巴布韦追回资产吗？", "那北马其顿呢？", "北马其顿追回资产吗？"),
        ("What does article 51 say?", "and article 54?", "What does article 54 say?"),
        ("What changed in 2020?", "and in 2021?", "What changed in 2021?"),
        ("Do France and Spain train judges?", "what about Kenya?", "Do Kenya train judges?"),
    ],
)
def test_what_was_named_is_replaced(searched: str, question: str, expected: str) -> None:
    found = understood(question, [before(searched=searched)])
    assert (found.text, found.reason) == (expected, Reason.REPLACED)


@pytest.mark.parametrize(
    "language, question",
    [
        ("en", "why?"),
        ("en", "when was that?"),
        ("en", "how many?"),
        ("en", "any awards?"),
        ("zh", "为什么？"),
        ("fr", "pourquoi ?"),
        ("ru", "почему?"),
        ("es", "¿por qué?"),
        ("ar", "متى كان ذلك؟"),
    ],
)
def test_what_is_missing_is_carried_over(language: str, question: str) -> None:
    found = understood(question, [before(language)])
    assert found.reason is Reason.CARRIED
    assert found.carried
    assert all(piece in ASKED[language] and piece in found.text for piece in found.carried)


@pytest.mark.parametrize(
    "question, expected",
    [
        ("No, I meant the United Kingdom", "Does the United Kingdom recover assets?"),
        ("不，我是说联合王国", "Does 联合王国 recover assets?"),
        ("Non, je voulais dire Royaume-Uni", "Does Royaume-Uni recover assets?"),
        ("Нет, я имел в виду Соединенное Королевство", "Does Соединенное Королевство recover assets?"),
        ("No, me refería al Reino Unido", "Does Reino Unido recover assets?"),
        ("لا، أقصد المملكة المتحدة", "Does المملكة المتحدة recover assets?"),
    ],
)
def test_a_correction_replaces(question: str, expected: str) -> None:
    found = understood(question, [before(searched="Does Zimbabwe recover assets?")])
    assert found.text.replace("the ", "") == expected.replace("the ", "")


@pytest.mark.parametrize(
    "question",
    [
        "How did the pandemic change training of judges?",
        "Which countries have amended their laws on money laundering?",
        "疫情如何改变了线上培训活动？",
        "Comment la pandémie a-t-elle changé la formation des juges ?",
        "Как пандемия изменила подготовку кадров в странах?",
        "¿Cómo cambió la pandemia la capacitación de los jueces?",
        "كيف غيرت الجائحة تدريب القضاة في البلدان؟",
        "  What  do ｆｕｌｌ-width words say of article ５４ and training? \u200f",
    ],
)
def test_a_question_that_stands_by_itself_stays_as_it_is(question: str) -> None:
    found = understood(question, [before()])
    assert found.text == question
    assert not found.follows
    assert found.carried == ()


def test_searching_tells_a_new_topic(words: WordEncoder) -> None:
    texts = ["court judge asset law", "money bank", "training police"]
    retriever = Retriever(index_records([{"id": str(i), "text": text} for i, text in enumerate(texts)], words), words)

    def search(query: str) -> Sequence[ScoredPassage]:
        return retriever.retrieve(make_query(query), 3)

    history = [Turn("court asset", "court asset")]
    assert understood("training police?", history, search).text == "training police?"
    assert understood("what about meetings?", history, search).text == "meetings? (court asset)"


def test_words_do_not_pile_up() -> None:
    history = [before(names=False)]
    for question in ["why?", "how many courts?", "any awards?", "when was that?"] * 10:
        history.append(Turn(question, understood(question, history).text))
    assert len(history[-1].searched) < 300


OPENINGS: Final = ["and", "what about", "no,", "I meant", "et", "¿y", "а", "و", "وماذا عن", "那", "why", "呢", "？"]
NAMED: Final = [
    "the second one",
    "[2]",
    "[99]",
    "第二个",
    "вторая",
    "الثاني",
    "el último",
    "第",
    "最后",
    "Zimbabwe",
    "2020",
]
POINTING: Final = ["her country", "她的国家", "son pays", "بلدها", "article 54", "(", ")", "court"]
PIECES: Final = [*OPENINGS, *NAMED, *POINTING, "\u200f", "\n", "\ud800", "\U0001f600"]
TEXT: Final = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=3))
def test_any_text(question: str, searched: str, names: list[str], cited: list[str]) -> None:
    assert understood(question, []).text == question
    history = [Turn(searched, searched, tuple(Cited(str(i), text) for i, text in enumerate(cited)), tuple(names))]
    found = understood(question, history)
    assert len(found.text) <= MAX_QUESTION
    assert found.follows or found.text == question
    assert found == understood(question, history)


@given(st.sampled_from(["why? ", "她的国家 ", "court ", "Zimbabwe "]), st.integers(1, 600), st.integers(1, 600))
def test_the_query_can_always_be_searched(word: str, asked: int, searched: int) -> None:
    question = (word * asked)[:MAX_QUESTION]
    found = understood(question, [before(searched=(word * searched)[:MAX_QUESTION])])
    assert len(found.text) <= MAX_QUESTION


def test_a_turn_can_be_kept_as_json(assistant: Assistant) -> None:
    kept = replace(turn(assistant.ask("Why are assets recovered?")), entities=("Zimbabwe",))
    fields = json.loads(json.dumps(asdict(kept)))
    assert Turn(**{**fields, "cited": tuple(Cited(**c) for c in fields["cited"]), "entities": ("Zimbabwe",)}) == kept
    assert kept.searched == "Why are assets recovered?"
    assert kept.cited


# --- Conversations about the seed ------------------------------------------------------------------------------------


def conversation(assistant: Assistant, language: str, question: str) -> tuple[str, list[str]]:
    """What is searched for a question after the one about unexplained-wealth orders, and the paragraphs found."""
    answer = assistant.ask(ASKED[language])
    history = [replace(turn(answer), entities=tuple(NAMES[language]))]
    found = understood(question, history, lambda query: assistant.retrieve(query, 50))
    return found.text, [hit.paragraph for hit in assistant.retrieve(found.text)]


@pytest.mark.parametrize(
    "language, question, paragraph",
    [
        ("en", "and in North Macedonia?", "4"),
        ("en", "what about the second one?", "7"),
        ("zh", "那北马其顿呢？", "4"),
        ("zh", "她的国家呢？", "6"),
        ("zh", "第二个呢？", "7"),
        ("fr", "et en Macédoine du Nord ?", "4"),
        ("ru", "а её страна?", "6"),
        ("ar", "وفي مقدونيا الشمالية؟", "4"),
        ("ar", "وماذا عن بلدها؟", "6"),
    ],
)
def test_follow_ups_on_the_seed(assistant: Assistant, language: str, question: str, paragraph: str) -> None:
    _, paragraphs = conversation(assistant, language, question)
    assert paragraph in paragraphs[:2]


@pytest.mark.parametrize(
    "language, question",
    [
        ("en", "How did the pandemic change training?"),
        ("zh", "疫情如何改变了培训？"),
        ("fr", "Comment la pandémie a-t-elle changé la formation ?"),
        ("es", "¿Cómo cambió la pandemia la capacitación?"),
        ("ru", "Как пандемия изменила подготовку кадров?"),
        ("ar", "كيف غيرت الجائحة التدريب؟"),
    ],
)
def test_a_new_topic_on_the_seed(assistant: Assistant, language: str, question: str) -> None:
    text, paragraphs = conversation(assistant, language, question)
    assert text == question
    assert paragraphs == [hit.paragraph for hit in assistant.retrieve(question)]
    assert assistant.retrieve(question)[0].passage.doc_id == SEED
