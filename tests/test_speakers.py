"""Who speaks in a report's sentences, in six languages and on the seed."""

import pytest
from conftest import SEED, SEEDS

from embeddings.inspection import inspected
from embeddings.sentences import sentence_spans
from embeddings.types import Passage, Run
from qa.speakers import Speaking, speaking


def passages(language: str, *texts: str, section: str = "") -> list[Passage]:
    """Paragraphs 1, 2, ... of one document."""
    return [
        Passage(
            f"report#{number}", "report", (section,) if section else (), str(number), language, text,
            (Run(0, 0, len(text)),), sentence_spans(text, language), 0, len(text),
        )
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip


def told(found: tuple[Speaking, ...]) -> list[str]:
    """The token of each sentence's speaker, or the words of one who is not named."""
    return [each.speaker.token or each.speaker.words if each.speaker else "" for each in found]


def whole(language: str, *texts: str) -> list[list[str]]:
    return [told(each) for each in speaking(passages(language, *texts))]


@pytest.mark.parametrize(
    "language, named, unnamed, back",
    [
        (
            "en",
            "The panellist from Zimbabwe described the law. She said that her country used orders.",
            "One speaker asked about costs.",
            "The panellist replied that her country had no figures.",
        ),
        (
            "fr",
            "L’intervenante du Zimbabwe a décrit la loi. Elle a dit que son pays appliquait des ordonnances.",
            "Un orateur a demandé le coût.",
            "L’intervenante a répondu que son pays n’avait pas de chiffres.",
        ),
        (
            "es",
            "La ponente de Zimbabwe describió la ley. Ella dijo que su país aplicaba órdenes.",
            "Un orador preguntó por el costo.",
            "La ponente respondió que su país no tenía cifras.",
        ),
        (
            "ru",
            "Докладчик из Зимбабве рассказал о законе. Он сказал, что его страна применяет приказы.",
            "Один из ораторов спросил о расходах.",
            "Докладчик ответил, что его страна не имеет данных.",
        ),
        (
            "ar",
            "قدمت المحاورة من زمبابوي عرضا للقانون. وقالت إن بلدها يستخدم الأوامر.",
            "وسأل أحد المتكلمين عن التكلفة.",
            "وأجابت المحاورة أن بلدها لا يملك أرقاما.",
        ),
        (
            "zh",
            "来自津巴布韦的主讲人介绍了法律。她说，她的国家使用这种命令。",
            "一位发言者询问了费用。",
            "该主讲人答复说，她的国家没有数字。",
        ),
    ],
)
def test_the_panellist_is_come_back_to(language: str, named: str, unnamed: str, back: str) -> None:
    first, second, third = speaking(passages(language, named, unnamed, back))
    assert told(first) == ["country:ZW", "country:ZW"]
    assert first[1].country is not None
    (asker,) = second
    assert asker.speaker is not None
    assert not asker.speaker.named
    assert asker.speaker.words in unnamed
    (answer,) = third
    assert told(third) == ["country:ZW"]
    assert answer.speaker is not None
    assert answer.speaker.passage.paragraph == "1"
    place = answer.speaker.span
    assert answer.speaker.passage.text[place.start : place.end] == answer.speaker.words
    assert answer.country is not None


def test_a_new_section_ends_what_was_said_before() -> None:
    before = passages("en", "The panellist from Zimbabwe described the law.", section="I")
    after = passages("en", "The panellist said that her country had done so.", section="II")
    assert [told(each) for each in speaking([*before, *after])] == [["country:ZW"], [""]]


def test_a_paragraph_that_introduces_nobody_is_said_by_nobody() -> None:
    assert whole("en", "The panellist from Zimbabwe described the law.", "Orders can be appealed.") == [
        ["country:ZW"],
        [""],
    ]


def test_who_is_only_spoken_of_does_not_take_the_floor() -> None:
    text = "The panellist from Zimbabwe agreed with another speaker. She gave an example."
    assert whole("en", text) == [["country:ZW", "country:ZW"]]


def test_a_representative_goes_back_to_the_last_one() -> None:
    texts = ("The representative of France spoke.", "The panellist from Chad spoke.", "The representative agreed.")
    assert whole("en", *texts) == [["country:FR"], ["country:TD"], ["country:FR"]]


@pytest.mark.parametrize("language", ["de", "und", "ja"])
def test_other_languages_say_nothing(language: str) -> None:
    assert whole(language, "Die Rednerin aus Simbabwe sprach.") == [[""]]


def test_the_seed() -> None:
    document = inspected(SEEDS / f"{SEED}.txt")
    found = {
        passage.paragraph: told(each)
        for passage, each in zip(document.passages, speaking(document.passages), strict=True)
    }
    assert set(found["4"]) == {"country:MK"}
    assert found["5"] == ["一位发言者", "country:MK", "country:MK"]
    assert set(found["6"]) == set(found["7"]) == {"country:ZW"}
    assert set(found["8"]) == {"body:ICAR"}
    assert found["9"][0] == "一位发言者"
    assert found["9"][3] == "body:ICAR"  # the panellist, after two speakers who are not named
