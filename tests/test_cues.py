"""Words that deny, only plan, or name a model, in six languages, and words that look like them."""

from itertools import pairwise

import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from qa.cues import WORDS, cues

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")


def found(text: str, language: str) -> list[str]:
    return [f"{cue.kind}: {text[cue.start : cue.end]}" for cue in cues(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Zimbabwe does not use it and has never done so", ["negation: not", "negation: never"]),
        ("en", "The country doesn’t have a law", ["negation: doesn’t"]),
        ("en", "The law is modelled on that of the United Kingdom", ["model: modelled on"]),
        (
            "en",
            "North Macedonia was drafting a law and intends to adopt it",
            ["planned: drafting", "planned: intends to"],
        ),
        ("en", "No State had such a law", ["negation: No"]),
        ("fr", "La Suisse n’utilise pas ces ordonnances", ["negation: n’utilise pas"]),
        ("fr", "Aucun État ne dispose d’une telle loi", ["negation: Aucun"]),
        ("fr", "une loi inspirée de celle du Royaume-Uni", ["model: inspirée de"]),
        ("fr", "Le pays envisage un projet de loi", ["planned: envisage", "planned: projet de loi"]),
        ("es", "El país no tiene ninguna ley", ["negation: no", "negation: ninguna"]),
        ("es", "Se elaboró basado en el modelo británico", ["model: basado en"]),
        ("es", "un proyecto de ley que prevé", ["planned: proyecto de ley", "planned: prevé"]),
        ("ru", "Страна не применяет такие приказы", ["negation: не"]),
        ("ru", "Закон принят по образцу Соединённого Королевства", ["model: по образцу"]),
        ("ru", "Страна планирует принять законопроект", ["planned: планирует", "planned: законопроект"]),
        ("ar", "لم تعتمد زمبابوي هذا القانون ولا توجد أوامر", ["negation: لم", "negation: ولا توجد"]),
        ("ar", "قانون على غرار قانون المملكة المتحدة", ["model: على غرار"]),
        ("ar", "تعتزم الحكومة اعتماد مشروع قانون", ["planned: تعتزم", "planned: مشروع قانون"]),
        ("zh", "她的国家没有来历不明财富令，尚未通过法律", ["negation: 没有", "negation: 尚未"]),
        ("zh", "立法是以联合王国的类似制度为基础的", ["model: 为基础"]),
        ("zh", "目前正在起草一项法律草案", ["planned: 起草", "planned: 草案"]),
        ("zh", "該國沒有這種法律", ["negation: 沒有"]),
    ],
)
def test_cues_and_where_they_stand(language: str, text: str, expected: list[str]) -> None:
    assert found(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "not only Zimbabwe but also others; no. 5; a notable case; no later than May; considering that they have",
        ),
        ("fr", "non seulement la Suisse ; une organisation non gouvernementale ; confiscation sans condamnation"),
        ("es", "no solo el país; sin embargo; organizaciones no gubernamentales; decomiso sin condena; n.º 5"),
        ("ru", "не только страна, тем не менее, не позднее мая; конфискация без вынесения обвинительного приговора"),
        ("ar", "لا سيما زمبابوي؛ ولا تزال الدولة تستخدم؛ كلا البلدين؛ المكتب دون الإقليمي"),
        ("zh", "不仅使用来历不明财富令，也适用无定罪没收；不同国家不断使用；联合国开发计划署；虚拟货币；未来"),
    ],
)
def test_words_that_look_like_cues(language: str, text: str) -> None:
    assert found(text, language) == []


@pytest.mark.parametrize("language", ["und", "de", "", "ja"])
def test_other_languages_have_none(language: str) -> None:
    assert cues("not no 没有 не لا", language) == []


def test_the_words_that_explain_are_in_every_language() -> None:
    assert set(WORDS) == set(LANGUAGES)
    for words in WORDS.values():
        assert set(words) == {"negation", "model", "planned", "unnamed", "named_in"}
        assert "7" in words["named_in"].format(place="7")


PIECES = [
    "not",
    "no",
    " ",
    ". 5",
    "ne",
    "n'",
    "pas",
    "plus",
    "没有",
    "不",
    "不仅",
    "为基础",
    "не",
    "только",
    "لا",
    "سيما",
    "\u200f",
    "ﬁ",
]


@given(st.sampled_from(LANGUAGES), st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40))
def test_cues_stand_in_order_in_the_text(language: str, text: str) -> None:
    every = cues(text, language)
    assert all(0 <= cue.start < cue.end <= len(text) for cue in every)
    assert all(one.end <= other.start for one, other in pairwise(every))


@pytest.mark.parametrize(
    ("language", "piece"), [("en", "not "), ("fr", "ne "), ("zh", "不"), ("ar", "ولا "), ("ru", "не ")]
)
def test_time_in_proportion_to_the_text(language: str, piece: str) -> None:
    with at_most(5):
        cues(piece * (50_000 // len(piece)), language)
