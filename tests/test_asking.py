"""What a question asks for."""

import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.language import language_of
from qa.asking import Asked, Kind, asked_for

QUESTIONS = {
    Kind.COUNTRY: """
        which countries use unexplained-wealth orders?
        What States have returned assets?
        In which other European countries is it used
        List the countries that use it
        please name all States parties with a law
        Which of the countries have one?
        countries that use UWOs
        What are the countries that
        which country uses it?
        quels pays utilisent
        Dans quels autres pays
        Quels sont les États parties qui
        Citez les pays qui
        ¿Qué países usan
        ¿en qué países
        ¿Cuáles son los países que
        Enumere todos los países
        que paises usan
        какие страны используют
        В каких европейских странах
        Перечислите все страны, которые
        какие государства-участники
        Назовите государства
        ما هي البلدان التي تستخدم
        أي الدول
        في أي بلدان
        وأيّ الدول الأطراف
        اذكر جميع الدول التي
        بأي دولة
        ما البلدان التي
        哪些国家使用
        有哪些国家
        哪几个国家
        使用来历不明财富令的国家有哪些？
        请列出使用该令的国家
        哪些缔约国
        在哪些发展中国家
        使用该令的国家
        哪个国家
        哪些國家
    """,
    Kind.BODY: """
        which UN bodies help
        Name all bodies
        which international organizations
        quels organes
        ¿qué órganos de las Naciones Unidas
        какие органы
        какие международные организации
        ما هي الهيئات
        أي منظمات
        哪些机构
        哪几个机构
        哪些国家机构
        哪些国际组织
        请列举联合国机构
        Which United Nations bodies
    """,
    Kind.ARTICLE: """
        which articles of country law apply
        in which articles
        quels articles
        dans quelles dispositions
        ¿en qué artículos
        в каких статьях
        ما هي المواد
        في أي مواد
        哪些条款
        哪些条款
    """,
    Kind.DATE: """
        when was it adopted
        When did the law enter into force
        since when
        on what date
        in which year
        quand
        à quelle date
        en quelle année
        ¿cuándo
        ¿en qué fecha
        когда была принята
        в каком году
        متى
        في أي عام
        什么时候
        何时通过
        哪一年
        What is the date of
    """,
    Kind.AMOUNT: """
        how much was returned
        how many countries use
        what amount
        What percentage of
        combien
        quel montant
        quel est le montant
        ¿cuánto
        qué porcentaje
        сколько
        какая сумма
        كم
        ما المبلغ
        ما هي قيمة
        多少
        有几个国家
        金额是多少
    """,
    None: """
        what did the country do?
        What role do countries play?
        what measures do bodies take
        Who spoke?
        what must States do when they return assets?
        When assets are returned, what must States do?
        which country reports were read
        what is the country doing
        how does the country fight
        Which measures countries take
        to what extent do countries
        que fait le pays
        Quel rôle jouent les pays
        quelles mesures
        ¿Por qué dice que los países
        en cuanto a los países
        ¿qué hace el país?
        какие меры страны приняли
        что делает страна
        ماذا فعلت الدولة
        ما دور الدول
        哪些措施
        国家做了什么
        为什么国家
        如何
        该国做了什么
        哪些国家报告
        what are the reporting obligations of countries
        what are the measures in countries
        the name of the State
        asset recovery
        资产追回
    """,
}
CASES = [(line.strip(), kind) for kind, lines in QUESTIONS.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("question", "kind"), CASES)
def test_the_head_noun_behind_the_asking_word_counts(question: str, kind: Kind | None) -> None:
    for language in (language_of(question), "und"):
        asked = asked_for(question, language)
        assert (asked and asked.kind) == kind


@pytest.mark.parametrize(
    ("question", "language", "subject"),
    [
        ("which countries use unexplained-wealth orders?", "en", "unexplained-wealth orders"),
        ("list the countries that have X", "en", "X"),
        ("Please list all States parties that have adopted a law.", "en", "adopted a law"),
        ("how much money was recovered?", "en", "money was recovered"),
        ("When did the new law enter into force?", "en", "the new law enter into force"),
        ("which countries do not use X?", "en", "not use X"),
        ("which countries?", "en", ""),
        ("Countries that use unexplained-wealth orders", "en", "unexplained-wealth orders"),
        ("quels pays utilisent X ?", "fr", "X"),
        ("Dans quels pays existe une loi ?", "fr", "existe une loi"),
        ("Citez les pays qui ont X.", "fr", "X"),
        ("¿Qué países utilizan órdenes de riqueza?", "es", "órdenes de riqueza"),
        ("Enumere todos los países que tienen X", "es", "X"),
        ("¿cuánto dinero se recuperó?", "es", "dinero se recuperó"),
        ("Какие страны используют приказы?", "ru", "приказы"),
        ("В каких странах есть такие законы?", "ru", "такие законы"),
        ("Когда вступил в силу закон?", "ru", "вступил в силу закон"),
        ("ما هي الدول التي تستخدم أوامر الثروة؟", "ar", "أوامر الثروة"),
        ("أي البلدان لديها قانون؟", "ar", "قانون"),
        ("متى دخل القانون حيز النفاذ؟", "ar", "دخل القانون حيز النفاذ"),
        ("哪些国家使用来历不明财富令？", "zh", "来历不明财富令"),
        ("使用来历不明财富令的国家有哪些？", "zh", "来历不明财富令"),
        ("请列出使用来历不明财富令的国家", "zh", "来历不明财富令"),
        ("追回了多少资产？", "zh", "追回了资产"),
        ("哪些国家？", "zh", ""),
    ],
)
def test_the_subject_is_what_the_words_of_asking_leave(question: str, language: str, subject: str) -> None:
    asked = asked_for(question, language)
    assert asked is not None
    assert asked.subject == subject


WORDS = ["which", "countries", "use", "list", "the", "哪些", "国家", "使用", "的", "？", "?", "quels", "pays", "أي"]


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_a_subject_comes_from_the_question(question: str) -> None:
    asked = asked_for(question, "zh")
    letters = iter(question)
    assert asked is None or all(letter in letters for letter in asked.subject if not letter.isspace())


@given(st.text(max_size=80))
def test_anything_may_be_asked(question: str) -> None:
    asked = asked_for(question, "en")
    assert asked is None or isinstance(asked, Asked)


@pytest.mark.parametrize("piece", ["which ", "哪些", "哪些联合国", "国家", "的国家有", "أي ", "какие ", "list the "])
def test_long_questions_take_little_time(piece: str) -> None:
    with at_most(2):
        asked_for(piece * (2000 // len(piece)), "en")
