"""References to law in six languages: what is referred to, where it stands, and what only looks like it."""

import pytest
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings.definitions import definitions
from embeddings.references import Reference, references, resolved
from embeddings.types import Document, SourceFile

ANY_TEXT = st.text(st.characters(), max_size=200)
PIECES = (
    "article articles art. 54 51 , and to ( ) (a) paragraph 1 of the Convention Charter 第 五十四 条 款 项 章 、 和 至 "
    "《公约》 и المادة المواد الفقرة و ٥٤ من الاتفاقية статья статьи пункт Конвенции "
    "resolution resolutions 58/4 2254 (2015) "
    "General Assembly 大会 号决议 قرار A/RES/58/4 Add.1 UNCAC chapter V \u00ad \u0301 \ud800 ﷺ ㈤ its Security Council"
)
MIXED = st.lists(st.sampled_from(PIECES.split()), max_size=30).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda blank: blank.join(parts))
)


def provisions(text: str) -> list[str]:
    """Articles and chapters with their paragraphs: "54 1(a)"."""
    return [
        " ".join([each.token.removeprefix("article:"), *each.parts])
        for each in references(text)
        if each.kind in ("article", "chapter")
    ]


def tokens(text: str) -> list[str]:
    return [each.token for each in references(text)]


def words(text: str) -> list[str]:
    return [text[each.start : each.end] for each in references(text)]


@pytest.mark.parametrize(
    "text",
    [
        "article 54, paragraph 1 (a)", "article 54 (1) (a)", "article 54(1)(a)", "art. 54, para. 1 (a)",
        "Article 54.1 (a)", "paragraph 1 (a) of article 54", "subparagraph (a) of paragraph 1 of article 54",
        "art. 54, par. 1 a)", "l'article 54, paragraphe 1 a)", "l’alinéa a) du paragraphe 1 de l’article 54",
        "el artículo 54, párrafo 1 a)", "el apartado a) del párrafo 1 del artículo 54", "párr. 1 a) del art. 54",
        "статья 54, пункт 1 a)", "пунктом 1 a) статьи 54", "подпункт a) пункта 1 статьи 54", "ст. 54, п. 1 а)",
        "المادة ٥٤، الفقرة ١ (أ)", "الفقرة 1 (أ) من المادة 54", "الفقرة الفرعية (أ) من الفقرة 1 من المادة 54",
        "第五十四条第一款(a)项", "第54条第1款(a)项", "第五十四條第一款（a）項", "第五十四条第一款第(一)项",
        "第五十四条第一款㈠项",
    ],
)  # fmt: skip
def test_article_54_paragraph_1_a_in_any_language(text: str) -> None:
    assert provisions(text) == ["54 1(a)"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("articles 51 to 59", "51-59"),
        ("les articles 51 à 59", "51-59"),
        ("los artículos 51 a 59", "51-59"),
        ("del artículo 51 al 59", "51-59"),
        ("статьи 51–59", "51-59"),
        ("статей с 51 по 59", "51-59"),
        ("المواد من 51 إلى 59", "51-59"),
        ("第五十一至五十九条", "51-59"),
        ("第五十一条至第五十九条", "51-59"),
        ("articles 1 to 111 of the Charter", "1-111"),
        ("articles 5 to 14 and 52", "5-14 | 52"),
        ("articles 14, paragraph 1, 52, paragraphs 2 and 3, and 54", "14 1 | 52 2 3 | 54"),
        ("Articles 2, 3 (para. 1), 6 and 12", "2 | 3 1 | 6 | 12"),
        ("articles 9 (1) and 14 (3) (d)", "9 1 | 14 3(d)"),
        ("article 63, paragraph 4 (e) and (f)", "63 4(e) 4(f)"),
        ("пункты 1 и 2 статьи 9", "9 1 2"),
        ("الفقرتان 1 و2 من المادة 9", "9 1 2"),
        ("第五十四条第一款和第二款、第五十五条", "54 1 2 | 55"),
        ("第六十三条第四款第(五)项和第(六)项", "63 4(e) 4(f)"),
        ("article 6 bis, paragraph 3; 第六条之二第三款; المادة 6 مكررا", "6bis 3 | 6bis 3 | 6bis"),
        ("les articles premier, 2 et 3", "1 | 2 | 3"),
        ("article VI; Article I", "6 | 1"),
        ("article 1 A (2)", "1 A(2)"),
        ("المادة الرابعة والخمسون، المادة الحادية عشرة، المادة الخامسة", "54 | 11 | 5"),
        ("chapter V, chapters II to IV", "chapter:5 | chapter:2-4"),
        ("chapitre V, capítulo V, глава V, главы V, الفصل الخامس, 第五章", " | ".join(["chapter:5"] * 6)),
        ("الفصلين الثالث والرابع; 第三章和第四章", "chapter:3 | chapter:4 | chapter:3 | chapter:4"),
    ],
)
def test_lists_ranges_paragraphs_and_chapters(text: str, found: str) -> None:
    assert provisions(text) == [each for each in found.split(" | ") if each]


@pytest.mark.parametrize(
    ("text", "token", "called"),
    [
        ("article 46 of the United Nations Convention against Corruption", "article:UNCAC:46", ""),
        ("l'article 46 de la Convention des Nations Unies contre la corruption", "article:UNCAC:46", ""),
        ("el artículo 46 de la Convención de las Naciones Unidas contra la Corrupción", "article:UNCAC:46", ""),
        ("статьёй 46 Конвенции Организации Объединенных Наций против коррупции", "article:UNCAC:46", ""),
        ("المادة 46 من اتفاقية الأمم المتحدة لمكافحة الفساد", "article:UNCAC:46", ""),
        ("《联合国反腐败公约》第四十六条", "article:UNCAC:46", ""),
        ("статья 5 Палермской конвенции", "article:UNTOC:5", ""),
        ("ICCPR, art. 14", "article:ICCPR:14", ""),
        ("статья 14 МПГПП", "article:ICCPR:14", ""),
        ("《联合国反腐败公约》（以下简称《公约》）第五章", "chapter:UNCAC:5", ""),
        ("article 1 of the 1951 Convention relating to the Status of Refugees", "article:REFUGEES:1", ""),
        ("article 51 of the Charter", "article:51", "charter"),
        ("article 52 of this Convention", "article:52", "convention"),
        ("the Convention, article 52", "article:52", "convention"),
        ("《公约》第五十二条", "article:52", "convention"),
        ("根据公约第五十二条", "article:52", "convention"),
        ("l'article 52 de ladite Convention", "article:52", "convention"),
        ("el artículo 14 del Pacto", "article:14", "covenant"),
        ("статьи 52 Конвенции", "article:52", "convention"),
        ("المادة 52 من الاتفاقية", "article:52", "convention"),
        ("article 54 requires States to change the law", "article:54", ""),
        ("article 54 of the Constitution", "article:54", "other"),
        ("article 12 of the Swiss Criminal Code", "article:12", "other"),
        ("article 5 of the Convention on Something Else", "article:5", "other"),
        ("article 3 of the Optional Protocol to the Convention", "article:3", "other"),
        ("TFEU article 227", "article:227", "other"),
        ("статья 228 Уголовного кодекса", "article:228", "other"),
        ("статья 6 Конвенции Совета Европы", "article:6", "other"),
        ("المادة 5 من قانون العقوبات", "article:5", "other"),
        ("《刑法》第三百条", "article:300", "other"),
        ("宪法第五条", "article:5", "other"),
    ],
)
def test_whose_article_it_is(text: str, token: str, called: str) -> None:
    found = [each for each in references(text) if each.kind in ("article", "chapter")]
    assert [(each.token, each.called) for each in found] == [(token, called)]


def test_all_of_a_list_belong_to_what_stands_at_its_end_or_its_beginning() -> None:
    text = "articles 5, paragraph 1, and 14 of the Convention, and article 9, paragraph 2, of UNTOC"
    assert [(each.token, each.called) for each in references(text) if each.kind == "article"] == [
        ("article:5", "convention"), ("article:14", "convention"), ("article:UNTOC:9", ""),
    ]  # fmt: skip
    assert tokens("《儿童权利公约》第三条第一款和第十二条") == ["instrument:CRC", "article:CRC:3", "article:CRC:12"]
    assert tokens("《儿童权利公约》第三条及《刑事诉讼法》第五条") == ["instrument:CRC", "article:CRC:3", "article:5"]


@pytest.mark.parametrize(
    "text",
    [
        "General Assembly resolution 58/4 of 31 October 2003", "the General Assembly, in its resolution 58/4",
        "In its resolution 58/4, the General Assembly", "résolution 58/4 de l’Assemblée générale",
        "la résolution 58/4, en date du 31 octobre 2003, de l'Assemblée générale",
        "la resolución 58/4 de la Asamblea General", "en su resolución 58/4, la Asamblea General aprobó",
        "резолюция 58/4 Генеральной Ассамблеи", "резолюцией Генеральной Ассамблеи 58/4",
        "Генеральная Ассамблея в своей резолюции 58/4", "قرار الجمعية العامة 58/4", "وقرار الجمعية العامة ٥٨/٤",
        "大会第58/4号决议", "大会2003年10月31日第58/4号决议", "聯合國大會通過了第58/4號決議", "A/RES/58/4",
    ],
)  # fmt: skip
def test_resolution_58_4_of_the_assembly_in_any_language(text: str) -> None:
    assert tokens(text) == ["symbol:A/RES/58/4"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("resolution 2254 (2015)", "symbol:S/RES/2254(2015)"),
        ("Security Council resolutions 1373(2001) and 2254 (2015)", "symbol:S/RES/1373(2001) symbol:S/RES/2254(2015)"),
        ("安全理事会第1373(2001)号、第2254(2015)号决议", "symbol:S/RES/1373(2001) symbol:S/RES/2254(2015)"),
        ("قراري مجلس الأمن 1373 (2001) و2254 (2015)", "symbol:S/RES/1373(2001) symbol:S/RES/2254(2015)"),
        ("General Assembly resolution 217 A (III)", "symbol:A/RES/217A(III)"),
        ("Human Rights Council resolutions 43/2 and 44/1", "symbol:A/HRC/RES/43/2 symbol:A/HRC/RES/44/1"),
        ("Economic and Social Council decision 2003/31", "symbol:E/DEC/2003/31"),
        ("resolution 58/4", "resolution:58/4"),
        ("Conference resolution 8/2; 缔约国会议第8/2号决议", "resolution:8/2 resolution:8/2"),
        ("la decisión 3/1", "decision:3/1"),
        (
            "its resolutions 55/61 of 4 December 2000, 56/260 of 31 January 2002 and 58/4",
            "resolution:55/61 resolution:56/260 resolution:58/4",
        ),
        ("CAC/COSP/2021/2", "symbol:CAC/COSP/2021/2"),
        ("A/75/1 and Add.1 and 2, A/75/10/Rev.1", "symbol:A/75/1 symbol:A/75/1/Add.1 symbol:A/75/1/Add.2 "
         "symbol:A/75/10/Rev.1"),
        ("A/75/1及Add.1", "symbol:A/75/1 symbol:A/75/1/Add.1"),
    ],
)  # fmt: skip
def test_resolutions_decisions_and_symbols(text: str, found: str) -> None:
    assert tokens(text) == found.split()


@pytest.mark.parametrize(
    "text",
    [
        "第三国", "第五章程", "第三条件", "an article de presse, section 54", "Museum of Modern Art. 54 paintings",
        "works of art. 54 of them", "the article I wrote", "NGO Article 19", "Article 19 (organization)",
        "groups such as ARTICLE 19 said", "article 1000", "a resolution of 300 dpi", "resolution 1080", "decision 3",
        "54条建议", "CAT scan", "a cat", "in chapter and verse", "a new chapter I wrote", "Turkey 5", "статья расходов",
        "l'article par 19 pays", "على المادة الدسمة",
    ],
)  # fmt: skip
def test_no_reference_here(text: str) -> None:
    assert tokens(text) == []


def test_a_mention_stands_at_its_place() -> None:
    text = "By (arts. 15 and 16) and para\u00adgraph 1 of arti\u00adcle ５４, "
    text += "根据《公约》第五十二条和第五十三条；والمادة ٩"
    assert words(text) == [
        "arts. 15", "16", "para\u00adgraph 1 of arti\u00adcle ５４", "第五十二条", "第五十三条", "المادة ٩",
    ]  # fmt: skip


def document(title: str = "", symbol: str = "") -> Document:
    return Document("d", title, "en", SourceFile("d.txt", 0, ""), "", (), symbol)


@pytest.mark.parametrize(
    "text",
    [
        'the United Nations Convention against Corruption (hereinafter referred to as "the Convention")',
        "the United Nations Convention against Corruption (the Convention)",
        "la Convention des Nations Unies contre la corruption (ci-après dénommée « la Convention »)",
        "la Convención de las Naciones Unidas contra la Corrupción (en adelante, “la Convención”)",
        "Конвенция ООН против коррупции (далее — Конвенция)",
        'اتفاقية الأمم المتحدة لمكافحة الفساد (المشار إليها فيما بعد باسم "الاتفاقية")',
        "《联合国反腐败公约》（以下简称《公约》）",
    ],
)
def test_a_document_says_which_convention_it_means(text: str) -> None:
    found = references(f"{text}. 《公约》第五条")
    told = resolved(found, definitions(document(), found))
    assert [each.token for each in told if each.kind == "article"] == ["article:UNCAC:5"]


def test_the_title_or_the_symbol_says_which_convention_is_meant() -> None:
    found = references(
        "article 5 of the Convention; article 5; article 5 of the Constitution; article 2 of the Charter"
    )
    by_title = resolved(found, definitions(document("United Nations Convention against Corruption"), found))
    by_symbol = resolved(found, definitions(document(symbol="CAC/COSP/2021/2"), found))
    unknown = resolved(found, definitions(document(), found))
    assert [each.token for each in by_title] == [
        "article:UNCAC:5", "article:5", "article:5", "article:UN-CHARTER:2",
    ]  # fmt: skip
    assert by_symbol == by_title
    assert unknown[0].token == "article:5"


def test_a_resolution_says_whose_its_resolutions_are() -> None:
    found = references("Recalling its resolutions 55/61 and 58/4")
    told = resolved(found, definitions(document(symbol="A/RES/60/1"), found))
    assert [each.token for each in told] == ["symbol:A/RES/55/61", "symbol:A/RES/58/4"]


def test_what_is_defined_in_two_ways_is_not_defined() -> None:
    text = "Convention against Torture (the Convention), Convention on the Rights of the Child (the Convention)"
    found = references(f"{text}: article 5 of the Convention")
    assert resolved(found, definitions(document(symbol="CAT/C/1"), found))[-1].token == "article:5"


@given(ANY_TEXT | MIXED)
def test_places_lie_in_the_text_in_order(text: str) -> None:
    found = references(text)
    assert found == references(text)
    assert all(0 <= each.start < each.end <= len(text) and text[each.start : each.end].strip() for each in found)
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert all(len(each.parts) <= 200 and len(each.number) <= 60 for each in found)


@given(st.integers(1, 999), st.integers(1, 999), st.integers(1, 999))
def test_a_range_holds_what_lies_in_it(first: int, last: int, number: int) -> None:
    first, last = sorted((first, last))
    (found,) = references(f"articles {first} to {last}") if first < last else references(f"article {first}")
    assert found.overlaps(Reference("article", str(number), 0, 0)) == (first <= number <= last)


@pytest.mark.parametrize(
    "piece",
    [
        "第1、", "第", "articles 1, ", "articles ", "art. 1-", "paragraph 1 of ", "paragraphs 1, ", "(a) ", "第一款和",
        "resolution 1/1, ", "第1/1号、", "General Assembly ", "General Assembly resolution ", "A/1/",
        "A/1/1 and Add.1, ", "《公约",
        "United Nations Convention ", "Optional Protocol to the ", "UNCAC", "消除", "CRC ", "Конвенция ", "ال", "(" * 9,
        "article 1 of the ", "第一条(", "the Convention (hereinafter ", "المادة ", "article I ", "subparagraph (a) of ",
    ],
)  # fmt: skip
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    with at_most(20):  # what is quadratic would take hours
        references(piece * (60_000 // len(piece)))
