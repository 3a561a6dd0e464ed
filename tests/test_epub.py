"""Books: their order of reading, their properties, their notes, and files made to do harm."""

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents.epub import read
from embeddings.documents.extract import Extract
from embeddings.errors import DocumentError

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
METADATA = "<dc:title>Доклад</dc:title><dc:language>ru-RU</dc:language><dc:date>2021-05-21T00:00:00Z</dc:date>"


def zipped(parts: dict[str, str | bytes], *, packed: bool = True) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="en"><head><title/></head><body>{body}</body></html>'
    )


def package(spine: str, manifest: str, metadata: str = METADATA, *, before: str = "") -> str:
    return (
        f'{before}<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{manifest}</manifest><spine>{spine}</spine></package>"
    )


def book(*bodies: str, metadata: str = METADATA, **parts: str) -> dict[str, str | bytes]:
    """A book whose chapters have the `bodies`, in `OEBPS/text/1.xhtml` and so on."""
    numbers = range(1, len(bodies) + 1)
    manifest = "".join(f'<item id="c{i}" href="text/{i}.xhtml" media-type="application/xhtml+xml"/>' for i in numbers)
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package("".join(f'<itemref idref="c{i}"/>' for i in numbers), manifest, metadata),
        **{f"OEBPS/text/{i}.xhtml": page(body) for i, body in enumerate(bodies, 1)},
        **parts,
    }


def quoted(extract: Extract) -> list[tuple[str, int, str]]:
    return [(place.part, place.number, extract.text[place.start : place.end]) for place in extract.places]


def check(extract: Extract) -> None:
    """Blocks and places stand at one another, in order, a line each."""
    assert [(block.start, block.end) for block in extract.blocks] == [(p.start, p.end) for p in extract.places]
    assert extract.text == "\n".join(words for _, _, words in quoted(extract))
    for block in extract.blocks:
        for run in block.content.runs:
            source = extract.text[run.source_start : run.source_start + run.length]
            assert block.content.text[run.text_start : run.text_start + run.length] == source
            assert block.start <= run.source_start
            assert run.source_start + run.length <= block.end


def test_chapters_in_the_order_of_the_spine() -> None:
    parts = book("<h1>الفصل الأول</h1><p>١</p>", "<h1>第二章</h1><p>7. 技术援助</p>", "<p>End.</p>")
    parts["OEBPS/book.opf"] = str(parts["OEBPS/book.opf"]).replace(
        '<itemref idref="c1"/><itemref idref="c2"/>', '<itemref idref="c2"/><itemref idref="c1"/>'
    )
    extract = read(zipped(parts))
    assert quoted(extract) == [
        ("OEBPS/text/2.xhtml", 1, "第二章"),
        ("OEBPS/text/2.xhtml", 2, "7. 技术援助"),
        ("OEBPS/text/1.xhtml", 1, "الفصل الأول"),
        ("OEBPS/text/1.xhtml", 2, "١"),
        ("OEBPS/text/3.xhtml", 1, "End."),
    ]
    assert [block.level for block in extract.blocks] == [1, None, 1, None, None]
    assert (extract.title, extract.language, extract.date) == ("Доклад", "ru", "2021-05-21")
    check(extract)


def test_what_is_not_read_is_told() -> None:
    parts = book("<p>Text.</p>")
    manifest = (
        '<item id="c1" href="text/1.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="aux" href="text/1.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="art" href="art.svg" media-type="image/svg+xml"/>'
        '<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>'
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("nav", "c1", "art", "gone", "c1", "none"))
    parts["OEBPS/book.opf"] = package(spine + '<itemref idref="aux" linear="no"/>', manifest)
    parts["OEBPS/nav.xhtml"] = page("<nav>Contents</nav>")
    extract = read(zipped(parts))
    assert quoted(extract) == [("OEBPS/text/1.xhtml", 1, "Text.")]
    assert extract.left_out == (
        "tables of contents: 1",
        "parts of the kind 'image/svg+xml': 1",
        "parts that are not in the book: 2",
        "parts outside the order of reading: 1",
    )


def test_notes_and_page_numbers_are_kept_apart() -> None:
    extract = read(
        zipped(
            book(
                '<p>Les États<a epub:type="noteref" href="#n1">1</a> sont <span epub:type="pagebreak">12</span>là.</p>'
                '<aside epub:type="footnote" id="n1"><p>Voir A/RES/58/4.</p></aside>',
                '<p>Nada<sup><a href="2.xhtml#n">2</a></sup>.</p><section epub:type="endnotes"><h2>Notas</h2>'
                '<ol><li epub:type="endnote">Una.</li><li>Dos.</li></ol></section>',
            )
        )
    )
    assert [words for _, _, words in quoted(extract)] == ["Les États sont là.", "Nada."]
    assert extract.left_out == (
        "2 footnote marks, first '1'",
        "page number '12'",
        "3 footnotes, first 'Voir A/RES/58/4.'",
    )
    check(extract)


def test_an_old_book() -> None:
    metadata = (
        "<dc-metadata><dc:title>Untitled</dc:title><dc:title>Report</dc:title><dc:language>und</dc:language>"
        '<dc:date opf:event="modification">2020-01-01</dc:date><dc:date opf:event="creation">2019-01-01</dc:date>'
        '<dc:date opf:event="publication">2003-10-31</dc:date></dc-metadata>'
    )
    parts = book("<p>Text.</p>", metadata=metadata.replace("<dc:title>Untitled</dc:title>", "<dc:title> </dc:title>"))
    extract = read(zipped(parts))
    assert (extract.title, extract.language, extract.date) == ("Report", "en", "2003-10-31")


def test_names_with_signs_of_addresses() -> None:
    parts = book("<p>Text.</p>")
    name = "./text/../text/%D9%A1%20a.xhtml#top"
    parts["OEBPS/book.opf"] = str(parts["OEBPS/book.opf"]).replace("text/1.xhtml", name)
    parts["OEBPS/text/١ a.xhtml"] = parts.pop("OEBPS/text/1.xhtml")
    assert quoted(read(zipped(parts))) == [("OEBPS/text/١ a.xhtml", 1, "Text.")]


def test_fonts_may_be_encrypted_but_chapters_may_not() -> None:
    def encryption(name: str) -> dict[str, str]:
        reference = f'<EncryptedData><CipherData><CipherReference URI="{name}"/></CipherData></EncryptedData>'
        return {"META-INF/encryption.xml": f'<encryption xmlns="urn:x">{reference}</encryption>'}

    assert read(zipped(book("<p>Text.</p>", **encryption("OEBPS/font.otf")))).blocks
    with pytest.raises(DocumentError, match="is encrypted"):
        read(zipped(book("<p>Text.</p>", **encryption("OEBPS/text/1.xhtml"))))


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def changed(name: str, content: str | bytes | None) -> bytes:
    parts = book("<p>Text.</p>")
    if content is None:
        del parts[name]
    else:
        parts[name] = content
    return zipped(parts)


TRAPS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is no EPUB: File is not a zip file"),
    "text": (b"1. Text.", "is no EPUB"),
    "truncated": (zipped(book("<p>Text.</p>"))[:-60], "is no EPUB"),
    "other zip": (zipped({"a.txt": "x"}), "holds no 'META-INF/container.xml'"),
    "empty container": (changed("META-INF/container.xml", "<container/>"), "names no package"),
    "no package": (changed("OEBPS/book.opf", None), "holds no 'OEBPS/book.opf'"),
    "no spine": (changed("OEBPS/book.opf", "<package/>"), "names no chapter"),
    "no chapter": (changed("OEBPS/text/1.xhtml", None), "names no chapter"),
    "outside": (
        changed("OEBPS/book.opf", str(book("")["OEBPS/book.opf"]).replace("text/1.xhtml", "../../../etc/passwd")),
        "names no chapter",
    ),
    "no words": (changed("OEBPS/text/1.xhtml", page("<p>*</p>")), "holds no text"),
    "binary chapter": (changed("OEBPS/text/1.xhtml", bytes(range(32)) * 9), "control characters"),
    "entities": (changed("OEBPS/book.opf", package("", "", before=ENTITIES)), "declares a document type"),
    "broken package": (changed("OEBPS/book.opf", "<package>"), "is broken"),
    "large chapter": (changed("OEBPS/text/1.xhtml", " " * 20_000_001), "more than 20,000,000 bytes"),
    "deep chapter": (changed("OEBPS/text/1.xhtml", "<div>" * 100_000), "nests elements"),
    "many chapters": (
        changed("OEBPS/book.opf", package("<itemref/>" * 5_001, "")),
        "more than 5,000 chapters",
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused(name: str) -> None:
    data, why = TRAPS[name]
    with pytest.raises(DocumentError, match=why):
        read(data)


def test_all_chapters_together_are_bounded() -> None:
    """A thousand chapters of a megabyte pack into almost nothing."""
    spine = "".join(f'<itemref idref="c{i}"/>' for i in range(30))
    manifest = "".join(f'<item id="c{i}" href="{i}.xhtml" media-type="text/html"/>' for i in range(30))
    chapters: dict[str, str | bytes] = {f"OEBPS/{i}.xhtml": "word " * 200_000 for i in range(30)}
    with pytest.raises(DocumentError, match="more than 20,000,000 characters"):
        read(zipped({**book(), "OEBPS/book.opf": package(spine, manifest), **chapters}))


def test_an_entity_in_a_chapter_is_not_resolved() -> None:
    chapter = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page("<p>Text &x; &eacute;</p>")
    extract = read(changed("OEBPS/text/1.xhtml", chapter))
    assert "root:" not in extract.text
    assert extract.blocks[-1].content.text == "Text &x; é"


SMALL = zipped(book("<h1>Глава</h1><p>1. Text.</p>"), packed=False)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4), st.floats(0.5, 1))
def test_damaged_books_are_read_or_refused(changes: list[tuple[float, int]], length: float) -> None:
    data = bytearray(SMALL)
    for where, value in changes:
        data[int(where * len(data))] = value
    with suppress(DocumentError):
        check(read(bytes(data[: int(length * len(data))] if not changes else data)))


MARKUP = [
    "<p>",
    "</p>",
    "<h1>",
    "</h1>",
    "<li>",
    "<ol>",
    "<td>",
    "<table>",
    "<pre>",
    "a",
    "1.",
    "中",
    "&amp;",
    "\xa0",
    "\n",
]
BODIES = st.lists(st.sampled_from(MARKUP), max_size=12).map(" ".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(BODIES, min_size=1, max_size=3))
def test_every_block_stands_at_its_place(bodies: list[str]) -> None:
    with suppress(DocumentError):
        check(read(zipped(book(*bodies))))
