"""Citations in six formats: each read back by a program that is not ours, whatever the document says."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import bibtexparser
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from embeddings.source_text import INVISIBLE
from embeddings.types import Document, Passage, Place, Run, SourceFile, Span
from qa.citation_formats import FORMATS, Cited, _line, formatted, is_un_symbol

HOSTILE = (
    "} @article{x, title={", "\\input{/etc/passwd}", "$x^2$ 50% _a_ #1 &c ~",
    "\nER  - \nTY  - JOUR\n", "\r\nTI  - x\r\n", "a  b",
    "<script>alert(1)</script>", "[a](http://x) ![b](y) `c` **d** <u>", "1. a", "- b", "# c", "> d", "---", "| a | b |",
    "http://example.org www.example.org a@b.org", '"]}', "\u202etxt.exe\u202c", "\x00\x1b[31m", "\ud800", "```\ncode",
    "&lt;b&gt; &amp;", "--- `` '' ?` ,,", "\\", "{", "}}}", "资产的追回", "الموجودات (A/RES/58/4)", "\u2028a\u0085b",
    "\\textbackslash{}", "%", "\\\\", "::: x", "    code", "[^1]: x", "==a==", "+ x", "12) y", "{{=x=}}", "@smith2000",
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), min_size=1, max_size=20)), min_size=1, max_size=4
).map(" ".join)


def cite(
    text: str = "The State froze the asset.",
    *,
    title: str = "Report",
    symbol: str = "A/RES/58/4",
    path: str = "report.pdf",
    section: tuple[str, ...] = (),
    number: int = 1,
    paragraph: str = "7",
    language: str = "en",
    date: str = "2021-05-21",
    doc_id: str = "report",
) -> Cited:
    source = SourceFile(path, 1, "0" * 64)
    length = len(text)
    places = (Place(0, length, "", 3, (0.0, 0.0, 1.0, 1.0)),)
    document = Document(doc_id, title, language, source, text, (), symbol=symbol, date=date, places=places)
    key = paragraph or "p1"
    passage = Passage(
        f"{doc_id}#{key}", doc_id, section, paragraph, language, text, (Run(0, 0, length),), (), 0, length
    )
    return Cited(number, document, passage, Span(0, length))


def visible(text: str) -> str:
    """What is to be seen of a text, single blanks in it."""
    return " ".join(_line(text).split())


class Reader(HTMLParser):
    """The text of a page, its elements, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.inside: dict[str, str] = {}
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag != "br":
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in self._open:
            self.inside[tag] = self.inside.get(tag, "") + data


# --- What it looks like ----------------------------------------------------------------------------------------------


def test_plain_text_in_the_reader_s_language() -> None:
    assert formatted([cite()], "text") == (
        "[1] “The State froze the asset.”\n    A/RES/58/4, Report, para. 7 (report.pdf, page 3; en; 2021-05-21)"
    )
    french = formatted([cite(language="fr", symbol="", title="Rapport", date="")], "text", "fr")
    assert french == "[1] «\u00a0The State froze the asset.\u00a0»\n    Rapport, par. 7 (report.pdf, page 3; fr)"
    assert formatted([cite()], "text", "zh").endswith("A/RES/58/4, Report, 第7段 (report.pdf, 第3页; en; 2021-05-21)")
    assert "A/RES/58/4، Report، الفقرة 7 (" in formatted([cite()], "text", "ar")


def test_entries_of_references_are_one_a_document() -> None:
    two = [cite(), cite("Another.", number=2, paragraph="8"), cite(number=3, doc_id="other", symbol="", date="2021")]
    assert [record["notes"][0] for record in rispy.loads(formatted(two, "ris"))] == ["paras. 7 and 8", "para. 7"]
    entries = bibtexparser.parse_string(formatted(two, "bibtex")).entries
    assert [(entry.entry_type, entry.key) for entry in entries] == [("techreport", "A-RES-58-4-en"), ("misc", "other")]
    items = json.loads(formatted(two, "csl-json"))
    assert [(item["type"], item["id"]) for item in items] == [("report", "A-RES-58-4-en"), ("document", "other")]
    assert [each["locator"] for each in items[0]["custom"]["citations"]] == ["7", "8"]


def test_the_un_are_named_only_for_their_symbols() -> None:
    assert all(map(is_un_symbol, ("A/RES/58/4", "S/RES/2254(2015)", "CAC/COSP/2021/2", "CEDAW/C/GC/35", "E/CN.4/1")))
    assert not any(map(is_un_symbol, ("", "A", "WT/DS58/R", "ISO/IEC", "COM/2021/1", "Add/A/1")))
    for name in ("bibtex", "ris", "csl-json"):
        assert "United Nations" in formatted([cite()], name)
        assert "United Nations" not in formatted([cite(symbol="WT/DS58/R")], name)


def test_dates_as_far_as_they_are_known() -> None:
    (full, year, none) = (formatted([cite(date=date)], "bibtex") for date in ("2021-05-21", "2021", "soon"))
    assert "month = may" in full
    assert "date = {2021-05-21}" in full
    assert "month" not in year
    assert "year = {2021}" in year
    assert "year" not in none
    (item,) = json.loads(formatted([cite(date="2021-05")], "csl-json"))
    assert item["issued"] == {"date-parts": [[2021, 5]]}


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="no format 'word'; formats: text, markdown"):
        formatted([cite()], "word")


def test_keys_are_told_apart() -> None:
    same = [cite(doc_id=doc_id, symbol="A/1/2") for doc_id in ("one", "two", "THREE")]
    assert len({entry.key.lower() for entry in bibtexparser.parse_string(formatted(same, "bibtex")).entries}) == 3
    chinese = [cite(doc_id=doc_id, symbol="") for doc_id in ("文件", "报告", "Файл")]
    assert re.findall(r"@misc\{(.*),", formatted(chinese, "bibtex")) == ["document", "document-2", "document-3"]


def test_arabic_is_set_apart_in_html_and_plain_text_holds_nothing_invisible() -> None:
    page = formatted([cite("استرداد الموجودات", language="ar")], "html", "ar")
    assert '<blockquote lang="ar" dir="rtl">' in page
    assert '<figcaption lang="ar" dir="rtl">[1] <bdi>A/RES/58/4</bdi>' in page
    assert "<bdi>الفقرة 7</bdi>" in page
    assert not INVISIBLE.search(formatted([cite("استرداد\u200f الموجودات", language="ar")], "text", "ar"))


# --- Whatever the document says --------------------------------------------------------------------------------------


@given(TEXTS, TEXTS, st.sampled_from(list(FORMATS)), st.sampled_from(["en", "fr", "es", "ru", "ar", "zh", "xx"]))
def test_any_text_makes_a_citation_without_controls(text: str, title: str, name: str, language: str) -> None:
    made = formatted([cite(text, title=title, path=title, section=(text,), paragraph="")], name, language)
    made.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", made)


@given(TEXTS, TEXTS, TEXTS)
def test_html_shows_just_the_text(text: str, title: str, symbol: str) -> None:
    page = Reader(formatted([cite(text, title=title, symbol=symbol)], "html"))
    assert set(page.elements) <= {"figure", "blockquote", "p", "br", "figcaption", "bdi", "cite"}
    assert {name for name, _ in page.attributes} <= {"class", "lang", "dir"}
    assert visible(page.inside.get("blockquote", "")) == visible(text)
    assert visible(page.inside.get("cite", "")) == visible(title)


@given(TEXTS, TEXTS)
def test_markdown_shows_just_the_text(text: str, title: str) -> None:
    made = formatted([cite(text, title=title)], "markdown")
    for flavour in ("commonmark", "js-default"):
        page = Reader(MarkdownIt(flavour, {"linkify": False, "html": True}).render(made))
        assert set(page.elements) <= {"blockquote", "p", "br"}
        quote, _, reference = page.inside["blockquote"].rpartition("[1] ")
        assert visible(quote) == visible(text)
        assert visible(title) in visible(reference)


PRINTED = str.maketrans("ˆ˜’‘ˋ”“", '^~\'``""')
"""What the reader of LaTeX shows for some ASCII characters."""


UNKNOWN = {
    "textbraceleft": "\\{", "textbraceright": "\\}", "textless": "<", "textgreater": ">", "textbar": "|",
    "textasciigrave": "ˋ", "textquotedbl": '"',
}  # fmt: skip


def latex_text(value: str) -> str:
    """What LaTeX prints; some of its commands for characters the reader does not know."""
    for name, characters in UNKNOWN.items():
        value = value.replace(f"\\{name}{{}}", characters)
    return str(LatexNodes2Text(keep_comments=True).latex_to_text(value)).translate(PRINTED)


@given(TEXTS, TEXTS, TEXTS)
def test_bibtex_is_read_back(text: str, title: str, symbol: str) -> None:
    made = formatted([cite(text, title=title, symbol=symbol)], "bibtex")
    library = bibtexparser.parse_string(made)
    assert not library.failed_blocks
    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    assert set(fields) <= {
        "title", "author", "institution", "type", "number", "howpublished", "year", "date", "langid", "language",
        "note", "annote", "month",
    }  # fmt: skip
    other = parse_string(made, "bibtex")
    assert list(other.entries) == [entry.key]
    for read in (fields, other.entries[entry.key].fields):
        if visible(title):
            assert same_words(latex_text(read["title"].removeprefix("{").removesuffix("}")), title)
        assert words_in(text) in "".join(latex_text(read["annote"]).split())


def words_in(text: str) -> str:
    return "".join(visible(text).split()).translate(PRINTED)


def same_words(made: str, text: str) -> bool:
    return "".join(made.split()) == words_in(text)


@given(TEXTS, TEXTS, TEXTS)
def test_ris_is_read_back(text: str, title: str, symbol: str) -> None:
    made = formatted([cite(text, title=title, symbol=symbol), cite(text, doc_id="b", number=2)], "ris")
    assert "\n" not in made.replace("\r\n", "")
    records = rispy.loads(made)
    assert len(records) == 2
    assert all(re.fullmatch("[A-Z][A-Z0-9]  - .*|", line) for line in made.split("\r\n"))
    assert records[0].get("title", "") == visible_line(title)
    assert visible_line(text) in records[0]["notes"][1]
    assert "unknown_tag" not in records[0]


def visible_line(text: str) -> str:
    return _line(text)


CSL_STRINGS = {"id", "type", "title", "publisher", "number", "language", "source", "note"}


@given(TEXTS, TEXTS, TEXTS)
def test_csl_json_has_the_shape_of_its_schema(text: str, title: str, symbol: str) -> None:
    items: list[dict[str, Any]] = json.loads(formatted([cite(text, title=title, symbol=symbol)], "csl-json"))
    (item,) = items
    assert set(item) <= CSL_STRINGS | {"author", "issued", "custom"}
    assert all(isinstance(item[name], str) for name in CSL_STRINGS & set(item))
    assert item["type"] in {"report", "document"}
    assert all(set(author) == {"literal"} for author in item.get("author", []))
    (parts,) = item["issued"]["date-parts"]
    assert 1 <= len(parts) <= 3
    assert all(type(part) is int for part in parts)
    (cite_item,) = item["custom"]["citations"]
    assert (cite_item["id"], cite_item["locator"], cite_item["label"]) == (item["id"], "7", "paragraph")
    assert visible(cite_item["quote"]) == visible(text)
    assert cite_item["page"] == "3"
