"""Articles, symbols and countries, the same in every language."""

from itertools import pairwise

import pytest
from conftest import SEEDS
from effort import at_most
from hypothesis import given
from hypothesis import strategies as st

from embeddings import documents
from embeddings.concepts import concepts
from embeddings.passages import split_document

ANY_TEXT = st.text(st.characters(), max_size=200)
PIECES = (
    "article articles 51 54 - , and ( ) 第 五十四 条 、 和 المادة المواد و 54 ст. статьи и France 法国 中国 UK $ Iran "
    "of Islamic Republic A/RES/58/4 フランス 프랑스 는 ไทย \u00ad \u0301 \ud800 ﷺ"
)
MIXED = st.lists(st.sampled_from(PIECES.split()), max_size=25).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda blank: blank.join(parts))
)


def found(text: str, kind: str) -> list[str]:
    return [concept.token.split(":")[1] for concept in concepts(text) if concept.token.startswith(kind)]


@pytest.mark.parametrize(
    "text",
    [
        "article 54 of the Convention", "Art. 54", "ARTICLE 54 (2) (a)", "article\n54, 19 States",
        "l’article 54", "aux termes de l'article 54", "el artículo 54", "Artikel 54", "artigo 54", "articolo 54",
        "статья 54", "в статье 54", "ст. 54", "статьёй 54",
        "المادة 54", "والمادة ٥٤ من", "للمادة (54)", "المادّة ٥٤", "ماده ۵۴",
        "第五十四条", "第54条", "第５４條第一款", "根据第 54 条，19 个国家",
        "제54조에", "มาตรา 54", "มาตรา ๕๔", "άρθρο 54",
    ],
)  # fmt: skip
def test_article_54_in_any_language(text: str) -> None:
    assert found(text, "article") == ["54"]


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("articles 51 and 54, 19 States", "51 54"),
        ("articles 5, 14, 51 and 54", "5 14 51 54"),
        ("articles 51-54", "51 52 53 54"),
        ("articles 51 to 53 and 57", "51 52 53 57"),
        ("les articles 51 et 54", "51 54"),
        ("los artículos 51, 52 y 54", "51 52 54"),
        ("статьи 51 и 54", "51 54"),
        ("в статьях 51–53", "51 52 53"),
        ("المادتين 51 و54", "51 54"),
        ("المواد ٥١ و ٥٢ و٥٤", "51 52 54"),
        ("第五十一条和第五十四条", "51 54"),
        ("第五十一、第五十二和第五十四条", "51 52 54"),
        ("第51至53条", "51 52 53"),
        ("第五十一条至第五十三条", "51 52 53"),
        ("第十条、第二十条、第一百零五条、第一百二十条、第九百九十九条", "10 20 105 120 999"),
        ("第十四条第二款", "14"),
        ("articles 1-999", "1 999"),
        ("第一条至第一百条", "1 100"),
        ("article 1000", ""),
        ("54条建议，第五十四章，第三条件", ""),
        ("an article, 54 particles 54", ""),
    ],
)
def test_lists_and_ranges_of_articles(text: str, articles: str) -> None:
    assert found(text, "article") == articles.split()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("ZW", "Zimbabwe | in zimbabwe | Zimbabwe's | 津巴布韦 | 辛巴威 | "
               "в Зимбабве | لزمبابوي | وزيمبابوي | ジンバブエ | ซิมบับเว | 짐바브웨는"),
        ("MK", "North Macedonia | Macédoine du Nord | Macedonia del Norte | 北马其顿 | "
               "Северной Македонией | ومقدونيا الشمالية"),
        ("GB", "the United Kingdom | UK | U.K. | le Royaume-Uni | Reino Unido | 联合王国 | 英国 | 英國 | "
               "イギリス | Соединённого Королевства | Соединенным Королевством | "
               "والمملكة المتحدة | للمملكة المتحدة | สหราชอาณาจักร | 영국의"),
        ("TL", "Timor-Leste | East Timor | 东帝汶 | Тимора-Лешти | تيمور - ليشتي | تيمور-ليشتي"),
        ("US", "USA | US | United States of America | États-Unis d’Amérique | EE. UU. | США | Соединенных Штатов | "
               "美国 | 米国 | الولايات المتحدة"),
        ("IR", "Iran | the Islamic Republic of Iran | Iran (Islamic Republic of) | l'Iran | "
               "Исламской Республики Иран | إيران | 伊朗伊斯兰共和国"),
        ("KR", "Republic of Korea | South Korea | 大韩民国 | 韩国 | Республики Корея | جمهورية كوريا"),
        ("KP", "Democratic People's Republic of Korea | 朝鲜民主主义人民共和国 | КНДР | "
               "جمهورية كوريا الشعبية الديمقراطية"),
        ("CD", "Democratic Republic of the Congo | République démocratique du Congo | 刚果民主共和国 | DRC"),
        ("CG", "the Congo | Republic of the Congo | 刚果"),
        ("RU", "Russian Federation | Российской Федерации | Россией | 俄罗斯联邦 | الاتحاد الروسي"),
        ("BO", "Bolivia (Plurinational State of) | Plurinational State of Bolivia | 多民族玻利维亚国"),
        ("CI", "Côte d’Ivoire | Cote d'Ivoire | Ivory Coast | 科特迪瓦 | كوت ديفوار"),
        ("TR", "Türkiye | Turkey | TURKEY | Турции | تركيا | 土耳其"),
        ("CN", "China | 中国 | 中國的 | Китая | الصين | Chine"),
        ("ML", "Mali | Мали | في مالي | 马里"),
        ("PS", "State of Palestine | 巴勒斯坦国 | دولة فلسطين | Государства Палестина"),
        ("VN", "Viet Nam | Vietnam | Вьетнама | 越南"),
        ("EG", "Egypt | Египта | Египет | مصر | 埃及"),
        ("TZ", "United Republic of Tanzania | 坦桑尼亚联合共和国 | Объединенной Республикой Танзания"),
    ],
)  # fmt: skip
def test_names_of_countries(code: str, names: str) -> None:
    for name in names.split(" | "):
        assert found(f"({name})", "country") == [code], name
        assert found(f"x, {name}, 7", "country") == [code], name


@pytest.mark.parametrize(
    "text",
    [
        "roast turkey, a jersey, hanging chad, contact us", "US$ 5", "New Jersey and New Mexico",
        "Small Island Developing States", "Réunion du groupe", "l'océan Indien", "à l'équateur",
        "European Union, Africa, United Nations",
        "发展中国家", "欧美国家", "葡萄牙语", "沿海地区", "其中国际合作", "内蒙古", "印度洋",
        "دعم مالي", "النظام المالي",
        "Данный документ", "Малые острова", "Африка", "인도하다", "ニューイランドー",
    ],
)  # fmt: skip
def test_no_country_here(text: str) -> None:
    assert found(text, "country") == []


def test_the_longest_name_counts() -> None:
    assert found("Papua New Guinea, Guinea-Bissau, Equatorial Guinea and Guinea", "country") == ["PG", "GW", "GQ", "GN"]
    assert found("巴布亚新几内亚、几内亚比绍、赤道几内亚和几内亚", "country") == ["PG", "GW", "GQ", "GN"]
    assert found("尼日利亚和尼日尔、南苏丹和苏丹", "country") == ["NG", "NE", "SS", "SD"]


def test_a_concept_tells_its_place() -> None:
    text = "See A/RES/58/4, zim\u00adbabwe and Iran (Islamic Republic of)."
    assert [(concept.token, text[concept.start : concept.end]) for concept in concepts(text)] == [
        ("symbol:A/RES/58/4", "A/RES/58/4"),
        ("country:ZW", "zim\u00adbabwe"),
        ("country:IR", "Iran (Islamic Republic of)"),
    ]


def test_the_concepts_of_the_seed() -> None:
    (source,) = documents.scan(SEEDS).sources
    extract = documents.read(SEEDS, source)
    passages = {passage.paragraph: passage.text for passage in split_document(source, extract)[1]}
    assert found(passages["2"], "article") == ["51", "54", "52", "52", "14"]
    countries = {number: set(found(passage, "country")) for number, passage in passages.items()}
    assert {number: codes for number, codes in countries.items() if codes} == {
        "3": {"TL"},
        "4": {"MK"},
        "5": {"MK"},
        "6": {"ZW"},
        "7": {"GB"},
    }


@given(ANY_TEXT | MIXED)
def test_places_lie_in_the_text_in_order(text: str) -> None:
    every = concepts(text)
    assert every == concepts(text)
    assert all(text[concept.start : concept.end].strip() for concept in every)
    assert [concept.start for concept in every] == sorted(concept.start for concept in every)
    for kind in ("article", "country", "symbol"):
        own = [concept for concept in every if concept.token.startswith(kind)]
        for one, other in pairwise(own):
            shared = kind == "article" and (one.start, one.end) == (other.start, other.end)
            assert one.end <= other.start or shared


@pytest.mark.parametrize(
    "piece", ["第1、", "第", "articles 1, ", "articles ", "art. 1-", "A/1/", "U ", "united states of ", "中", "ا"]
)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    with at_most(20):  # what is quadratic would take hours
        concepts(piece * (100_000 // len(piece)))
