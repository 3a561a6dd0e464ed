"""Word documents: made by python-docx, by hand where it cannot, and by somebody who means harm."""

import io
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress

import docx
import pytest
from docx.document import Document
from effort import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import archive
from embeddings.documents.counting import counted
from embeddings.documents.docx import read
from embeddings.documents.extract import Extract
from embeddings.errors import DocumentError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{RELATIONS}" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def zipped(parts: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def packed(body: str, *, before: str = "", **parts: str) -> bytes:
    """A package with `body` in its document, and with the `parts` by their relation to it: `styles="<w:styles>…"`."""
    relations = "".join(f'<Relationship Type="{RELATIONS}/{name}" Target="{name}.xml"/>' for name in parts)
    return zipped(
        {
            "_rels/.rels": f'<Relationships><Relationship Type="{RELATIONS}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
            "word/document.xml": f"{before}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
            **{f"word/{name}.xml": content.replace(">", f" {NAMESPACES}>", 1) for name, content in parts.items()},
        }
    )


def level(at: int, form: str, pattern: str, more: str = "") -> str:
    form = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
    return f'<w:lvl w:ilvl="{at}">{form}<w:lvlText w:val="{pattern}"/></w:lvl>'


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    return f'<w:numbering><w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>{nums}</w:numbering>'


def item(text: str, at: int = 0, num: int = 1) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{at}"/><w:numId w:val="{num}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def lines(body: str, **parts: str) -> list[str]:
    return read(packed(body, **parts)).text.split("\n")


def quoted(extract: Extract) -> list[tuple[int, str]]:
    return [(place.number, extract.text[place.start : place.end]) for place in extract.places]


# What stands in a document.


def test_a_document_as_somebody_writes_it() -> None:
    document = docx.Document()
    document.core_properties.title = "Report of the Conference"
    document.add_heading("The Report", 0)
    document.add_heading("Opening", 1)
    document.add_paragraph("A welcome was given.")
    document.add_paragraph("")
    document.add_paragraph("The Conference met.", style="List Number")
    document.add_paragraph("It took note:\tof all.", style="List Number")
    document.add_paragraph("a point", style="List Bullet")
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "State"
    table.cell(0, 2).text = "Sum"
    for cell, text in zip(table.rows[1].cells, ("Chad", "3.5", "\u00ad7"), strict=True):
        cell.text = text
    document.add_paragraph("The end.")
    extract = read(saved(document))
    assert quoted(extract) == [
        (1, "The Report"),
        (2, "Opening"),
        (3, "A welcome was given."),
        (5, "1. The Conference met."),
        (6, "2. It took note: of all."),
        (7, "• a point"),
        (8, "State | Sum"),
        (9, "Chad | 3.5 | 7"),
        (10, "The end."),
    ]
    assert extract.text == "\n".join(text for _, text in quoted(extract))
    assert [(block.number and block.number.printed, block.content.text) for block in extract.blocks[3:5]] == [
        ("1", "The Conference met."),
        ("2", "It took note: of all."),
    ]
    assert [block.level for block in extract.blocks] == [0, 1] + [None] * 7
    assert [block.row for block in extract.blocks] == [False] * 6 + [True] * 2 + [False]
    assert (extract.title, extract.date, extract.language) == ("Report of the Conference", "", "en")


def test_headings_by_the_names_of_their_styles() -> None:
    names = ["heading 2", "_ H _1", "_ H_2/3_G", "H4", "_ H_Ch_G", "_ H __M_G", "Title", "Body", "HTML Code"]
    styles = [f'<w:style w:styleId="s{i}"><w:name w:val="{name}"/></w:style>' for i, name in enumerate(names)]
    styles.append('<w:style w:styleId="s9"><w:name w:val="Mine"/><w:basedOn w:val="s0"/></w:style>')
    styles.append('<w:style w:styleId="s10"><w:name w:val="Round"/><w:basedOn w:val="s10"/></w:style>')
    body = [p(r("x"), properties=f'<w:pStyle w:val="s{i}"/>') for i in range(11)]
    body.append(p(r("x"), properties='<w:outlineLvl w:val="2"/>'))
    body.append(p(r("x"), properties='<w:pStyle w:val="s0"/><w:outlineLvl w:val="9"/>'))
    extract = read(packed("".join(body), styles=f"<w:styles>{''.join(styles)}</w:styles>"))
    assert [block.level for block in extract.blocks] == [2, 1, 2, 4, 1, 0, 0, None, None, 2, None, 3, None]


def test_a_paragraph_that_is_marked_as_a_heading_keeps_its_number() -> None:
    text = "7. " + "The Conference decided that " * 12 + "all was well."
    block = read(packed(p(r(text), properties='<w:outlineLvl w:val="0"/>'))).blocks[0]
    assert (block.level, block.number and block.number.printed) == (None, "7")


def test_signs_that_are_no_letters() -> None:
    body = p(
        r("one"),
        "<w:r><w:tab/><w:t>two</w:t><w:br/><w:t>th\u00adree</w:t><w:softHyphen/><w:t>A</w:t><w:noBreakHyphen/></w:r>",
        '<w:r><w:t>B\u2028C\nD</w:t><w:sym w:font="Symbol" w:char="F0B7"/><w:footnoteReference w:id="2"/></w:r>',
        "<w:r><w:ruby><w:rt><w:r><w:t>kan</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r>",
    )
    extract = read(packed(body))
    assert extract.text == "one two threeA\u2011B C D漢"
    assert extract.left_out == ("signs of symbol fonts: 1",)


def test_fields_show_their_results() -> None:
    def sign(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def instruction(text: str) -> str:
        return f"<w:r><w:instrText>{text}</w:instrText></w:r>"

    nested = sign("begin") + instruction("REF x") + sign("separate") + r("inner") + sign("end")
    body = [
        p(sign("begin"), instruction("IF "), nested, sign("separate"), r("7"), sign("end"), r(". The field.")),
        p(sign("begin"), instruction("TOC"), sign("separate"), r("begun")),
        p(r("goes on"), sign("end"), r(" and ends")),
        p(sign("begin"), r("never separated")),
        p('<w:fldSimple w:instr="PAGE"><w:r><w:t>12</w:t></w:r></w:fldSimple>', instruction(" AUTONUM ")),
    ]
    extract = read(packed("".join(body)))
    assert extract.text.split("\n") == ["7. The field.", "begun", "goes on and ends", "never separated", "12"]
    assert extract.blocks[0].number and extract.blocks[0].number.printed == "7"
    assert extract.left_out == ("numbers that fields count: 1",)


def test_changes_are_shown_as_accepted() -> None:
    body = [
        p(
            r("The "),
            '<w:del w:id="1"><w:r><w:delText>old</w:delText></w:r></w:del>',
            f"<w:ins>{r('new')}</w:ins>",
            r(" text."),
        ),
        p(f"<w:moveFrom>{r('gone')}</w:moveFrom>"),
        p(f"<w:moveTo>{r('gone')}</w:moveTo>", r(" elsewhere")),
        p(r("Cut "), properties="<w:rPr><w:del/></w:rPr>"),
        p(r("in two.")),
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>" + p(r("no row")) + "</w:tc></w:tr></w:tbl>",
    ]
    extract = read(packed("".join(body)))
    assert quoted(extract) == [(1, "The new text."), (3, "gone elsewhere"), (5, "Cut in two.")]
    assert extract.left_out == ("3 tracked deletions, first 'old'", "tracked insertions, read as text: 2")


def test_deleted_paragraphs_do_not_count() -> None:
    deleted = '<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>'
    body = item("One.") + p("<w:del><w:r><w:delText>x</w:delText></w:r></w:del>", properties=deleted) + item("Two.")
    assert lines(body, numbering=numbering(level(0, "decimal", "%1."))) == ["1. One.", "2. Two."]


def test_hidden_text_is_left_out_and_told() -> None:
    styles = '<w:styles><w:style w:styleId="h"><w:name w:val="Hidden"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    body = [
        p(r("seen"), r("one", "<w:vanish/>"), r(" here", '<w:vanish w:val="0"/>')),
        p(r("two", '<w:rStyle w:val="h"/>')),
        p(r("three"), r("shown", '<w:vanish w:val="false"/>'), properties='<w:pStyle w:val="h"/>'),
    ]
    extract = read(packed("".join(body), styles=styles))
    assert extract.text == "seen here\nshown"
    assert extract.left_out == ("3 stretches of hidden text, first 'one'",)


def test_text_boxes_are_read_once_behind_their_paragraph() -> None:
    box = f"<w:txbxContent>{p(r('in the box'))}{p(r('twice'))}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
    old = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    body = p(r("a"), f"<w:r><mc:AlternateContent>{choice}{old}</mc:AlternateContent><w:drawing/></w:r>", r("b"))
    extract = read(packed(body + p(r("c"))))
    assert quoted(extract) == [(1, "ab"), (1, "in the box"), (1, "twice"), (2, "c")]
    assert extract.left_out == ("pictures and drawings: 1",)


def test_cells_that_are_merged_or_hold_tables() -> None:
    def cell(content: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"

    inner = f"<w:tbl><w:tr>{cell(p(r('x')))}{cell(p(r('y')))}</w:tr></w:tbl>"
    rows = [
        cell(p(r("a")), '<w:vMerge w:val="restart"/>') + cell(p(r("b")) + p(r("c"))),
        cell(p(r("a")), "<w:vMerge/>") + cell(p()) + cell(p(r("d")) + inner + p(r("e"))),
    ]
    body = (
        f"<w:sdt><w:sdtContent><w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl></w:sdtContent></w:sdt>"
    )
    assert lines(body) == ["a | b c", "d | x | y | e"]


def test_what_stands_beside_the_text_is_told() -> None:
    notes = f'<w:footnotes><w:footnote w:type="separator">{p()}</w:footnote>'
    notes += "".join(
        f"<w:footnote>{p(r(f' See A/RES/58/{i} '), r('and the long list of documents in its annex'))}</w:footnote>"
        for i in (4, 5)
    )
    extract = read(
        packed(p(r("Text.")), footnotes=notes + "</w:footnotes>", header=f"<w:hdr>{p(r('A/58/100'))}</w:hdr>")
    )
    assert extract.text == "Text."
    assert extract.left_out == (
        "2 footnotes, first 'See A/RES/58/4 and the long list of documents in its annex'",
        "header 'A/58/100'",
    )


def test_a_table_of_contents_is_text_but_no_block() -> None:
    styles = '<w:styles><w:style w:styleId="t"><w:name w:val="toc 1"/></w:style></w:styles>'
    extract = read(packed(p(r("I. Opening 3"), properties='<w:pStyle w:val="t"/>') + p(r("Text.")), styles=styles))
    assert extract.text == "I. Opening 3\nText."
    assert quoted(extract) == [(2, "Text.")]
    assert extract.left_out == ("line of the table of contents 'I. Opening 3'",)


def test_the_language_is_that_of_the_script() -> None:
    default = '<w:rPrDefault><w:rPr><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    styles = f"<w:styles><w:docDefaults>{default}</w:docDefaults></w:styles>"
    for text, language in (("Words", "en"), ("技术援助", "zh"), ("الأمم المتحدة", "ar")):
        assert read(packed(p(r(text)), styles=styles)).language == language


def test_strict_files() -> None:
    parts = zipfile.ZipFile(io.BytesIO(packed(item("One."), numbering=numbering(level(0, "decimal", "%1.")))))
    strict = {
        name: parts.read(name).replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")
        for name in parts.namelist()
    }
    assert read(zipped(dict(strict))).text == "1. One."


# Numbers.


def test_levels_start_anew() -> None:
    levels = [level(0, "decimal", "%1."), level(1, "lowerLetter", "(%2)"), level(2, "lowerRoman", "%1.%2.%3")]
    body = item("a") + item("b", 1) + item("c", 1) + item("d", 2) + item("e") + item("f", 1) + item("g", 2)
    assert lines(body, numbering=numbering(*levels)) == [
        "1. a",
        "(a) b",
        "(b) c",
        "1.b.i d",
        "2. e",
        "(a) f",
        "2.a.i g",
    ]


def test_levels_that_go_on() -> None:
    levels = [level(0, "upperRoman", "%1."), level(1, "decimal", "%2.", '<w:lvlRestart w:val="0"/>')]
    body = item("a") + item("b", 1) + item("c", 1) + item("d") + item("e", 1)
    assert lines(body, numbering=numbering(*levels)) == ["I. a", "1. b", "2. c", "II. d", "3. e"]


def test_lists_that_share_their_count_and_one_that_starts_anew() -> None:
    nums = "".join(
        f'<w:num w:numId="{num}"><w:abstractNumId w:val="0"/>{more}</w:num>'
        for num, more in (
            (1, ""),
            (2, ""),
            (3, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'),
            (4, f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "Article %1")}</w:lvlOverride>'),
        )
    )
    body = item("a") + item("b", num=2) + item("c", num=3) + item("d", num=3) + item("e", num=4) + item("f", num=9)
    expected = ["1. a", "2. b", "5. c", "6. d", "Article 7 e", "f"]
    assert lines(body, numbering=numbering(level(0, "decimal", "%1."), nums=nums)) == expected


def test_numbers_by_style() -> None:
    """Each heading style is tied to a level; a paragraph may refuse its style's number."""
    levels = [
        level(0, "upperRoman", "%1.", '<w:pStyle w:val="h1"/>'),
        level(1, "decimal", "%1.%2", '<w:isLgl/><w:pStyle w:val="h2"/>'),
    ]
    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = (
        '<w:styles><w:style w:type="paragraph" w:default="1" w:styleId="h1"><w:name w:val="heading 1"/>'
        f"{number}</w:style>"
        '<w:style w:styleId="h2"><w:name w:val="heading 2"/><w:basedOn w:val="h1"/></w:style></w:styles>'
    )
    none = '<w:pStyle w:val="h2"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p(r("a")) + p() + p(r("b"), properties='<w:pStyle w:val="h2"/>') + p(r("c"), properties=none)
    assert lines(body, styles=styles, numbering=numbering(*levels)) == ["I. a", "2.1 b", "c"]


def test_a_list_style_leads_to_its_levels() -> None:
    parts = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    style = (
        '<w:styles><w:style w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    )
    assert lines(item("a", num=2), numbering=numbering(level(0, "decimal", "%1."), nums=parts), styles=style) == [
        "1. a"
    ]


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("decimalZero", {3: "03", 12: "12"}),
        ("lowerRoman", {4: "iv", 19: "xix", 999: "cmxcix"}),
        ("upperLetter", {26: "Z", 27: "AA", 28: "BB"}),
        (
            "chineseCounting",
            {6: "六", 10: "十", 11: "十一", 20: "二十", 34: "三十四", 101: "一百零一", 110: "一百一十"},
        ),
        ("ideographTraditional", {1: "甲", 11: "11"}),
        ("arabicAbjad", {3: "ج"}),
        ("russianLower", {5: "д"}),
        ("lowerLetter", {0: "0", 10**6: "1000000"}),
        ("none", {1: ""}),
    ],
)
def test_formats_of_numbers(form: str, values: dict[int, str]) -> None:
    assert {value: counted(value, form) for value in values} == values


def test_a_format_that_is_not_known_is_told() -> None:
    extract = read(packed(item("a"), numbering=numbering(level(0, "cardinalText", "%1."))))
    assert (extract.text, extract.left_out) == ("1. a", ("numbers in the format 'cardinalText' are written in digits",))


# Whatever is written comes back.

TEXT = st.lists(
    st.sampled_from(
        ["1. ", "7.", "六. ", "技术援助", "الأمم", "asset", "<w:t>", "&amp;", "]]>", " | ", "\u200f", "𠀀", " "]
    ),
    max_size=8,
).map("".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT, max_size=8))
def test_every_paragraph_comes_back_at_its_place(paragraphs: list[str]) -> None:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    try:
        extract = read(saved(document))
    except DocumentError:
        assert not any(character.isalnum() for text in paragraphs for character in text)
        return
    assert quoted(extract) == [(i, text.strip()) for i, text in enumerate(paragraphs, 1) if text.strip()]
    for place, block in zip(extract.places, extract.blocks, strict=True):
        assert (place.start, place.end) == (block.start, block.end)


# What is no document, or a trap.


def broken(change: Callable[[bytes], bytes]) -> bytes:
    return change(packed(p(r("words " * 200))))


def renamed(data: bytes) -> bytes:
    return data.replace(b"word/document.xml", b"word/somewhat.xml")


def lying(data: bytes) -> bytes:
    """The central directory says that the document has 10 bytes."""
    at = data.rindex(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<L", 10) + data[at + 28 :]


def twins() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("word/document.xml", "<b/>")
    return file.getvalue()


EXTERNAL = '<!DOCTYPE x [<!ENTITY x SYSTEM "/etc/passwd">]>'
ENTITIES = "<!DOCTYPE x [" + "".join(f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9)) + '<!ENTITY e0 "ha">]>'
TRAPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no DOCX: File is not a zip file"),
    "text": (lambda: b"1. Text.", "is no DOCX"),
    "truncated": (lambda: broken(lambda data: data[:-100]), "is no DOCX"),
    "cut in the middle": (lambda: broken(lambda data: data[:400] + data[500:]), "is no DOCX"),
    "old": (lambda: bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "an old Word file or an encrypted one; save it"),
    "other zip": (lambda: zipped({"a.txt": "x"}), "names no document in it"),
    "no part": (lambda: renamed(packed(p())), "holds no 'word/document.xml'"),
    "no words": (lambda: packed(p(r(" ")) + p(r("***"))), "holds no text"),
    "broken XML": (lambda: packed("<w:p>"), "'word/document.xml' is broken"),
    "deep": (lambda: packed("<w:sdt>" * 10_000 + "</w:sdt>" * 10_000), "is broken"),
    "external entity": (lambda: packed(p(r("&x;")), before=EXTERNAL), "declares a document type"),
    "billion laughs": (lambda: packed(p(r("&e9;")), before=ENTITIES), "declares a document type"),
    "laughs in an attribute": (lambda: packed('<w:p w:rsidR="&e9;"/>', before=ENTITIES), "is no DOCX"),
    "lying directory": (lambda: broken(lying), "is no DOCX"),
    "twins": (twins, "two files of one name"),
    "many entries": (lambda: zipped({str(i): "" for i in range(10_000)}), "more than 5000 files"),
    "30 MB of text": (lambda: packed(p(r("a" * 9_000_000)) * 3), "more than 20,000,000 characters"),
    "one long text": (lambda: packed(p(r("a" * 30_000_000))), "is broken"),
    "a million paragraphs": (lambda: packed("<w:p/>" * 1_000_000), "more than 200,000 paragraphs"),
    "a million in a cell": (lambda: packed(f"<w:tr><w:tc>{'<w:p/>' * 1_000_000}</w:tc></w:tr>"), "signs of markup"),
    "a million runs": (lambda: packed(p("<w:r/>" * 1_500_000)), "signs of markup"),
    "many styles": (lambda: packed(p(), styles=f"<w:styles>{'<w:b/>' * 1_500_000}</w:styles>"), "signs of markup"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused_within_seconds(name: str) -> None:
    make, why = TRAPS[name]
    data = make()
    with at_most(10), pytest.raises(DocumentError, match=re.escape(why)):
        read(data)


def test_numbers_cannot_fill_the_memory() -> None:
    trap = level(0, "upperRoman", "%1" * 100_000).replace('start w:val="1"', 'start w:val="999999"')
    assert len(lines(item("a"), numbering=numbering(trap))[0]) < 1000


def test_other_packing_than_zip_files_have_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("_rels/.rels", "<a/>")
    with pytest.raises(DocumentError, match="packed in a way"):
        read(file.getvalue())


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
def test_damaged_files_are_read_or_refused(changes: list[tuple[float, int]]) -> None:
    data = bytearray(DAMAGED)
    for where, value in changes:
        data[int(where * len(data))] = value
    with suppress(DocumentError):
        assert read(bytes(data)).blocks


def stored() -> bytes:
    """Without compression, so that changed bytes get as far as the XML."""
    parts = zipfile.ZipFile(
        io.BytesIO(packed(item("One.") + p(r("x")), numbering=numbering(level(0, "decimal", "%1."))))
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in parts.namelist():
            archive.writestr(name, parts.read(name))
    return file.getvalue()


DAMAGED = stored()


def test_what_comes_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(p(r("words " * 200)))
    assert read(data).blocks
    monkeypatch.setattr(archive, "MAX_BYTES", 1500)
    with pytest.raises(DocumentError, match="unpacks to more than 1,500 bytes"):
        read(data)


def test_the_module_loads_nothing_heavy() -> None:
    code = "import sys, embeddings.documents.docx; sys.exit(bool({'docx', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
