"""Which blocks are headings, which make a passage, and what a passage is called."""

import pytest

from embeddings.documents.blocks import marked_block
from embeddings.documents.extract import Extract
from embeddings.documents.metafile import Metadata
from embeddings.documents.text import read
from embeddings.passages import split_document
from embeddings.source_text import source_span
from embeddings.types import Document, Passage, SourceFile, Span


def split(content: str) -> tuple[Document, list[Passage]]:
    return split_document(SourceFile("a.txt", 0, ""), read(content.encode()))


def split_marked(*lines: str | tuple[str, int] | tuple[str, bool]) -> tuple[Document, list[Passage]]:
    """Lines as a format marks them: text, headings with a level, rows with True."""
    text, blocks = "", []
    for line in lines:
        words, mark = line if isinstance(line, tuple) else (line, None)
        start = len(text)
        text += f"{words}\n"
        row = mark is True
        level = None if mark is None or row else int(mark)
        blocks.append(marked_block(text, Span(start, start + len(words)), level=level, row=row))
    return split_document(SourceFile("a.docx", 0, ""), Extract(text, tuple(blocks)))


def names(passages: list[Passage]) -> list[str]:
    return [passage.key for passage in passages]


def test_articles_name_what_stands_in_them() -> None:
    text = (
        "The Covenant\n\nPreamble\n\nThe States have agreed as follows:\n\nArticle 1\nScope\n\n"
        "Everyone has a name.\n\nNobody loses it.\n\nArticle 2\n\n1. One.\n\n2. Two: \n(a) first;\n(b) second.\n\n"
        "Chapter II\n\nArticle 3. Everybody stands here.\n"
    )
    document, passages = split(text)
    assert names(passages) == ["p1", "art1", "art1-2", "art2.1", "art2.2", "art3"]
    assert [passage.article for passage in passages] == ["", "1", "1", "2", "2", "3"]
    assert [passage.paragraph for passage in passages] == ["", "", "", "1", "2", ""]
    assert passages[1].section == ("Preamble", "Article 1", "Scope")
    assert passages[4].text == "Two:\n(a) first;\n(b) second."
    assert passages[5].text == "Article 3. Everybody stands here."
    assert ("Chapter II", 1) in [(heading.text, heading.level) for heading in document.headings]


@pytest.mark.parametrize(
    "text",
    [
        "第一条\n\n人人生而自由。\n\n第二条\n\n1. 一。\n\n2. 二。\n",
        "Статья 1\n\nВсе люди свободны.\n\nСтатья 2\n\n1. Один.\n\n2. Два.\n",
        "المادة ١\n\nيولد جميع الناس.\n\nالمادة ٢\n\n١ - واحد.\n\n٢ - اثنان.\n",
        "Article premier\n\nTous sont libres.\n\nArticle 2\n\n(1) Un.\n\n(2) Deux.\n",
        "第一条\n\n人人生而自由。\n\n第二条\n\n（一）一。\n\n（二）二。\n",
    ],
)
def test_names_are_the_same_in_every_language(text: str) -> None:
    assert names(split(text)[1]) == ["art1", "art2.1", "art2.2"]


def test_items_belong_to_their_paragraph() -> None:
    _, passages = split("1. It decided:\n\n(a) To go;\n\n(i) Now;\n\n(b) To stay.\n\n2. It closed.\n")
    assert names(passages) == ["1", "2"]
    assert passages[0].text == "It decided:\n(a) To go;\n(i) Now;\n(b) To stay."
    assert [passages[0].text[s.start : s.end] for s in passages[0].sentences] == passages[0].text.split("\n")


def test_items_without_a_paragraph_stand_alone() -> None:
    _, passages = split("Heading\n\n(a) The first.\n\n(i) Below it.\n\n(b) The second.\n")
    assert [(passage.paragraph, passage.text) for passage in passages] == [
        ("(a)", "The first.\n(i) Below it."),
        ("(b)", "The second."),
    ]


def test_a_list_counted_anew_within_a_paragraph() -> None:
    _, passages = split("12. It asked for:\n\n1. Money.\n\n2. Time.\n\n13. It closed.\n\n14. All went home.\n")
    assert names(passages) == ["12", "13", "14"]
    assert passages[0].text == "It asked for:\n1. Money.\n2. Time."


def test_an_annex_that_counts_anew_has_passages_of_its_own() -> None:
    _, passages = split("12. It closed.\n\nAnnex\n\n1. One.\n\n2. Two.\n\n3. Three.\n")
    assert names(passages) == ["12", "1", "2", "3"]


def test_bullets_belong_to_a_numbered_paragraph() -> None:
    _, passages = split("7. It has three parts:\n- one;\n- two;\n\n8. It closed.\n")
    assert passages[0].text == "It has three parts:\n- one;\n- two;"
    assert names(split("Parts\n\nThere are two.\n\n• one\n\n• two\n")[1]) == ["p1", "p2", "p3"]


def test_where_headings_are_marked_none_is_guessed() -> None:
    document, passages = split_marked(("Title", 0), ("Part", 1), "No full stop", "Article 5", "Text.")
    assert [heading.text for heading in document.headings] == ["Title", "Part", "Article 5"]
    assert [passage.text for passage in passages] == ["No full stop", "Text."]
    assert passages[1].key == "art5"
    document, passages = split_marked("Looks like one", "This is text.")
    assert [heading.text for heading in document.headings] == ["Looks like one"]


def test_marked_articles_end_with_their_part() -> None:
    _, passages = split_marked(("Article 1", 2), ("Scope", 3), "One.", ("Part II", 1), "Two.")
    assert [(passage.key, passage.section) for passage in passages] == [
        ("art1", ("Article 1", "Scope")),
        ("p2", ("Part II",)),
    ]


def test_rows_make_a_passage_up_to_a_size() -> None:
    _, passages = split_marked("1. See:", ("State | Sum", True), ("Chad | 7", True), "Text.", *[("x" * 500, True)] * 4)
    assert [passage.text for passage in passages[1:3]] == ["State | Sum\nChad | 7", "Text."]
    assert [len(passage.text) for passage in passages[3:]] == [1001, 1001]


def test_a_short_latin_passage_is_in_the_language_around_it() -> None:
    _, passages = split("1. Rapport du Secrétaire général sur la question.\n\n2. Action.\n\n3. Oui, dit-il à tous.\n")
    assert {passage.language for passage in passages} == {"fr"}
    _, passages = split(
        "1. Le rapport du Secrétaire général sur la question.\n\n2. 大会通过了决议。\n\n3. Резолюция.\n"
    )
    assert [passage.language for passage in passages] == ["fr", "zh", "ru"]


def test_what_a_document_says_about_itself() -> None:
    document, passages = split(
        "Distr.: General\n\nCAC/COSP/WG.2/2021/5\n\n21 May 2021\n\nOriginal: English\n\nReport on the meeting\n\n"
        "I. Opening\n\n1. See A/RES/58/4 of 31 October 2003.\n"
    )
    assert (document.symbol, document.date, document.language) == ("CAC/COSP/WG.2/2021/5", "2021-05-21", "en")
    assert document.work == document.symbol
    assert names(passages) == ["1"]


@pytest.mark.parametrize(
    "line",
    ["21 mai 2021", "21 de mayo de 2021", "21 мая 2021 года", "2021年5月21日", "21 أيار/مايو 2021", "May 21, 2021"],
)
def test_dates_in_six_languages(line: str) -> None:
    assert split(f"Report\n\n{line}\n\n1. Text.\n")[0].date == "2021-05-21"


@pytest.mark.parametrize("line", ["31 February 2021", "12 countries 2021", "Conference 12, 2021"])
def test_what_is_no_date(line: str) -> None:
    assert split(f"Report\n\n{line}\n\n1. Text.\n")[0].date == ""


def test_what_is_given_wins() -> None:
    given = Metadata("A title", "A/1/2", "2020-01-02", "de", "works")
    extract = read(b"Report\n\nA/RES/58/4\n\n1. This is the text of it.\n")
    document, _ = split_document(SourceFile("a.txt", 0, ""), extract, given)
    assert (document.title, document.symbol, document.date, document.language, document.work) == (
        "A title", "A/1/2", "2020-01-02", "de", "works",
    )  # fmt: skip


def test_invisible_characters_are_no_part_of_a_passage() -> None:
    word = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # with a joiner that Persian needs
    text = "1. The un\u200bexplained\u202e wea\u00adlth \U000e0041order. " + word
    document, passages = split(text)
    assert passages[0].text == f"The unexplained wealth order. {word}"
    place = source_span(passages[0].runs, passages[0].sentences[0])
    assert document.text == text
    assert text[place.start : place.end] == "The un\u200bexplained\u202e wea\u00adlth \U000e0041order."


def test_what_pages_carry_is_no_text() -> None:
    page = (
        "CAC/COSP/2021/{0}\n\n{1}. A long paragraph that goes on to the next\n\n__________\n1 See above.\n\n- {0} -\n\n"
    )
    text = "".join(page.format(number, number) for number in range(1, 5)) + "last page.\n"
    extract = read(text.encode())
    _, passages = split_document(SourceFile("a.txt", 0, ""), extract)
    assert [passage.text for passage in passages[:3]] == ["A long paragraph that goes on to the next"] * 3
    assert passages[3].text == "A long paragraph that goes on to the next last page."
    assert extract.left_out == ("footnotes: 4 lines", "page numbers: 4 lines", "running heads: 4 lines")


def test_a_rule_between_paragraphs_leaves_them_where_they_are() -> None:
    _, passages = split("1. One.\n\n-----\n\n2. Two.\n\n* * *\n\n3. Three.\n")
    assert names(passages) == ["1", "2", "3"]
    assert "Two." in passages[1].text
