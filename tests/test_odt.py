"""OpenDocument texts, written by hand."""

import io
import zipfile

import pytest

from embeddings.documents.extract import Extract
from embeddings.documents.odt import read
from embeddings.errors import DocumentError

NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style", "drawing", "meta")
)
STYLES = (
    '<style:style style:name="Title"/><style:style style:name="P1" style:parent-style-name="Title"/>'
    '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'
    '<text:list-style style:name="L1">'
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>'
    "</text:list-style>"
    '<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/></text:list-style>'
    '<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/>'
    '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style>'
)


GOING_ON = 'text:style-name="L1" text:continue-numbering="true"'


def packed(body: str, **more: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMESPACES}><office:automatic-styles>{STYLES}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        for name, content in more.items():
            archive.writestr(f"{name}.xml", content)
    return file.getvalue()


def p(text: str, name: str = "p", attributes: str = "") -> str:
    return f"<text:{name} {attributes}>{text}</text:{name}>"


def items(*texts: str, attributes: str = 'text:style-name="L1"') -> str:
    return (
        f"<text:list {attributes}>{''.join(f'<text:list-item>{text}</text:list-item>' for text in texts)}</text:list>"
    )


def quoted(extract: Extract) -> list[tuple[int, str]]:
    return [(place.number, extract.text[place.start : place.end]) for place in extract.places]


def test_a_document() -> None:
    row = "<table:table-row>{}</table:table-row>".format
    cell = "<table:table-cell>{}</table:table-cell>".format
    meta = (
        '<m xmlns:meta="m" xmlns:dc="d"><meta><dc:title>A report</dc:title>'
        "<meta:creation-date>2021-02-03T10:00:00</meta:creation-date><dc:language>fr-CH</dc:language></meta></m>"
    )
    body = [
        p("The Report", attributes='text:style-name="P1"'),
        p("Opening", "h", 'text:outline-level="1"'),
        p("Below", "h", 'text:outline-level="2"'),
        items(p("The first<text:tab/>one,\n  <text:span>wrapped</text:span>.") + p("Not counted.")),
        p("Between."),
        items(p("The second.") + items(p("sub"), p("sub"), attributes=""), attributes=GOING_ON),
        items(p("Anew.")),
        items(p("point"), attributes='text:style-name="L2"'),
        row(cell(p("a") + p("b")) + "<table:covered-table-cell/>" + cell(p("c"))),
    ]  # fmt: skip
    extract = read(packed("".join(body), meta=meta))
    assert quoted(extract) == [
        (1, "The Report"),
        (2, "I. Opening"),
        (3, "I.1 Below"),
        (4, "1. The first one, wrapped."),
        (5, "Not counted."),
        (6, "Between."),
        (7, "2. The second."),
        (8, "(a) sub"),
        (9, "(b) sub"),
        (10, "1. Anew."),
        (11, "• point"),
        (12, "a b | c"),
    ]
    assert [block.level for block in extract.blocks][:4] == [0, 1, 2, None]
    assert [block.number.printed for block in extract.blocks if block.number] == ["1", "2", "(a)", "(b)", "1"]
    assert extract.blocks[-1].row
    assert (extract.title, extract.date, extract.language) == ("A report", "", "fr")


def test_what_is_left_out_is_told() -> None:
    note = f"<text:note><text:note-body>{p('See there.')}</text:note-body></text:note>"
    hidden = '<text:span text:style-name="T1">hidden</text:span>'
    box = f"<drawing:text-box>{p('box')}</drawing:text-box>"
    body = f"<text:tracked-changes>{p('deleted')}</text:tracked-changes>{p(f'Seen{note}{hidden} text, {box}end.')}"
    extract = read(packed(body))
    assert quoted(extract) == [(2, "Seen text, end."), (2, "box")]
    assert extract.left_out == (
        "stretch of hidden text 'hidden'",
        "footnotes and endnotes: 1",
        "tracked deletions, together: 1",
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no zip", "is no ODT"),
        (packed(p(" ")), "holds no text"),
        (packed("<text:p>"), "is broken"),
        (packed("<text:p/>" * 300_000), "more than 200,000 paragraphs"),
        (packed(p("&x;"), styles='<!DOCTYPE x [<!ENTITY x "y">]><x/>'), "declares a document type"),
        (packed(p("x"), **{"META-INF/manifest": "<encryption-data/>"}), "is encrypted"),
    ],
)
def test_what_is_no_document_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        read(data)
