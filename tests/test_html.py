"""Web pages: what somebody sees of them, what is left out, and pages made to do harm."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from effort import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import markup
from embeddings.documents.extract import Extract
from embeddings.documents.html import read
from embeddings.documents.outline import levels
from embeddings.errors import DocumentError


def lines(page: str) -> list[str]:
    return read(page.encode()).text.split("\n")


def told(page: str) -> tuple[str, ...]:
    return read(f"<p>Text.</p>{page}".encode()).left_out


def check(extract: Extract) -> None:
    """Blocks and places stand at one another, in order, a line each, and every run leads to its characters."""
    assert [(block.start, block.end) for block in extract.blocks] == [(p.start, p.end) for p in extract.places]
    assert [place.number for place in extract.places] == list(range(1, len(extract.places) + 1))
    assert "\n".join(extract.text[place.start : place.end] for place in extract.places) == extract.text
    for block in extract.blocks:
        words = extract.text[block.start : block.end]
        assert words == words.strip() != ""
        assert len(words.splitlines()) == 1
        for run in block.content.runs:
            source = extract.text[run.source_start : run.source_start + run.length]
            assert block.content.text[run.text_start : run.text_start + run.length] == source
            assert block.start <= run.source_start
            assert run.source_start + run.length <= block.end


def test_a_page_as_somebody_writes_it() -> None:
    extract = read(
        """<!DOCTYPE html><html lang="fr-CH"><head><title>Rapport &amp; annexes</title>
        <meta name="DCTERMS.issued" content="2020-01-02T10:00"><style>p { color: red }</style></head><body>
        <header>ONU <h1>Rapport</h1><nav>Accueil</nav><p>Considérant que,</p></header>
        <h2>I. Ouverture</h2><p>7. La Conf&eacute;rence
        est <b>ouverte</b>.</p>
        <ol start="8"><li>Note<li value="10"><p>Prend acte</p><p>de tout.</p></ol>
        <table><caption>Sommes</caption><tr><th>État<th>Somme<tr><td>Tchad<td>3,5</table>
        <h3>A. Fin</h3><footer>© ONU</footer></body></html>""".encode()
    )
    check(extract)
    assert [(block.level, block.row, extract.text[block.start : block.end]) for block in extract.blocks] == [
        (0, False, "Rapport"),
        (None, False, "Considérant que,"),
        (1, False, "I. Ouverture"),
        (None, False, "7. La Conférence est ouverte."),
        (None, False, "8. Note"),
        (None, False, "10. Prend acte"),
        (None, False, "de tout."),
        (None, False, "Sommes"),
        (None, True, "État | Somme"),
        (None, True, "Tchad | 3,5"),
        (2, False, "A. Fin"),
    ]
    assert [block.number.key for block in extract.blocks if block.number] == ["7", "8", "10"]
    assert (extract.title, extract.date, extract.language) == ("Rapport & annexes", "2020-01-02", "fr")
    assert extract.left_out == (
        "1 style sheet",
        "page header 'ONU'",
        "navigation block 'Accueil'",
        "page footer '© ONU'",
    )


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("a<br>b", ["a b"]),
        ("第一<br>行<p>技术\n  援助 2020\n年", ["第一行", "技术援助 2020 年"]),
        ("a <br> <br> b", ["a", "b"]),
        ("Intro:<br>1. One<br>2. Two<br>two<br>• Three", ["Intro:", "1. One", "2. Two two", "• Three"]),
        ("<h2>A<br>B</h2>", ["A B"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<p>a<span>b</span><i>c</i> &nbsp;", ["abc"]),
        ("<p>a\u2028b\u00ad\u0085c", ["a b c"]),
        ("<dl><dt>Term<dd>First<dd>Second</dl>", ["Term", "First", "Second"]),
        ("<blockquote>الأمم<p>المتحدة</blockquote>", ["الأمم", "المتحدة"]),
        ("<pre>\n1. First line\n   goes on.\n\n2. Second.\n</pre>", ["1. First line goes on.", "2. Second."]),
        ("<pre>a<br>b c\n\nd</pre>", ["a b c", "d"]),
        ("10<sup>6</sup> m<sup>2</sup> 1<sup>er</sup>", ["10⁶ m² 1er"]),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字", ["漢字"]),
        ("<p>a&lt;b&gt;&amp;amp;</p>", ["a<b>&amp;"]),
        ("<p>one</body></html><p>two", ["one", "two"]),
        ('<div role="heading" aria-level="3">A</div>', ["A"]),
        ("words without a tag", ["words without a tag"]),
        ("<details><summary>S</summary>open</details><figure><figcaption>F</figcaption></figure>", ["S", "open", "F"]),
    ],
)
def test_lines(page: str, expected: list[str]) -> None:
    assert lines(page) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<ol><li>a<li>b", ["1. a", "2. b"]),
        ("<ol type=a start=26><li>x<li>y", ["z. x", "aa. y"]),
        ("<ol type=I start=4><li>x</ol><ol type=i><li value=9>y<li>z", ["IV. x", "ix. y", "x. z"]),
        ("<ol reversed><li>x<li>y</ol>", ["2. x", "1. y"]),
        ("<ol reversed start=9><li>x<li>y</ol>", ["9. x", "8. y"]),
        ("<ol start=-1><li>x<li>y</ol>", ["-1. x", "0. y"]),
        ('<ol style="list-style: none"><li>(a) x</ol>', ["(a) x"]),
        ('<ol style="list-style-type:cjk-ideographic"><li value=12>x</ol>', ["十二. x"]),
        ('<ol style="list-style-type:arabic-indic"><li value=12>x</ol>', ["١٢. x"]),
        ("<ol><li>1. x<li>2. y</ol>", ["1. x", "2. y"]),
        ("<ul><li>a<li>- b<li>(c) d</ul>", ["• a", "- b", "(c) d"]),
        ("<ol><li>a<ol type=a><li>b</ol>c<li>d</ol>", ["1. a", "a. b", "c", "2. d"]),
        ("<ol><li><ol type=a><li>b</ol></ol>", ["1. a. b"]),
        ("<ol><li><li>b</ol>", ["2. b"]),
        ("<li>a", ["• a"]),
        ("<ol type=a start=999999999><li>x", ["cfdgsxk. x"]),
        ("<ol type=I start=999999999><li>x", ["999999999. x"]),
    ],
)
def test_lists_have_the_numbers_that_browsers_show(page: str, expected: list[str]) -> None:
    assert lines(page) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<tr><td>a<td><td>b<p>c</p><tr><td>d", ["a | b c", "d"]),
        ("<thead><tr><th>A</thead><tbody><tr><td>b</tbody>", ["A", "b"]),
        ("<tr><td>a<tr><td>b", ["a", "b"]),  # one column arranges a page
        ("<tr><td>(a)<td>First point;", ["(a) First point;"]),
        ("<tr><td>7.<td>Recalls<p>all", ["7. Recalls", "all"]),
        ("<tr><td>menu<td>text", ["menu", "text"]),
        ("<tr><td>x<td><h2>H</h2>y<tr><td>z<td>w", ["x", "H", "y", "z", "w"]),
        ("<tr><td>x<td><table><tr><td>1<td>2<tr><td>3<td>4</table>y", ["x", "1 | 2", "3 | 4", "y"]),
        ("<tr><td>x<td>y<td>" + "<p>p</p>" * 9, ["x", "y", *["p"] * 9]),
        ("<tr><td><ul><li>a<li>b</ul><td>c<tr><td>d<td>e", ["• a • b | c", "d | e"]),
        ("<tr><td>Царь<td>3,5<tr><td colspan=2>всё", ["Царь | 3,5", "всё"]),
        ("lost<tr><td>a<td>b<tr><td>c<td>d", ["lost", "a | b", "c | d"]),
        ("<tr><td>a<td>b<tr>", ["a", "b"]),
    ],
)
def test_tables(page: str, expected: list[str]) -> None:
    assert lines(f"<table>{page}</table>") == expected


def test_rows_are_marked_and_tables_that_arrange_are_not() -> None:
    table = "<table {}><tr><td>a<td>b<tr><td>c<td>d</table>"
    assert [block.row for block in read(table.format("").encode()).blocks] == [True, True]
    assert [block.row for block in read(table.format("role=presentation").encode()).blocks] == [False] * 4


def test_tables_further_in_than_anybody_needs() -> None:
    assert lines("<table><tr><td>a<td>b" * 300)[-2:] == ["a", "b"]


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("<script>var a = '<p>x</p>'</script><script></script>", "2 scripts"),
        ("<template><p>x</p></template>", "1 template"),
        ("<div hidden>x</div>", "hidden part 'x'"),
        ("<p style='color:red; DISPLAY : none'>x", "hidden part 'x'"),
        ("<i aria-hidden=true>x</i>", "hidden part 'x'"),
        ("<form><label>Name</label><input value=x><select><option>1</select></form>", "2 form fields, first 'Name'"),
        ("<div role=navigation>x</div>", "navigation block 'x'"),
        ("<footer>x</footer><div role=contentinfo>y</div>", "2 page footers, first 'x'"),
        ("<img src=http://127.0.0.1:9/x alt='Carte du monde'>", "picture 'Carte du monde'"),
        ("<iframe src=x>old</iframe>", "embedded object 'old'"),
        ("<svg><title>T</title><text>x</text></svg>", "drawing 'Tx'"),
        ("<noscript>x</noscript>", "noscript part 'x'"),
        ("<del>old</del>", "deletion 'old'"),
        ("<!-- x --><p></p>", ""),
    ],
)
def test_what_is_left_out_is_told(page: str, line: str) -> None:
    assert told(page) == ((line,) if line else ())
    assert lines(f"<p>Text.</p>{page}") == ["Text."]


@pytest.mark.parametrize(
    ("notes", "count"),
    [
        ('<section role="doc-endnotes"><h2>N</h2><ol><li>A <a href="#fnref1">↩</a><li>B</ol></section>', 2),
        ('<aside epub:type="footnote">A</aside><aside role="doc-footnote">B</aside>', 2),
        ('<ol class="references"><li id="cite_note-1">A</ol>', 1),
        ('<div class="reflist columns"><ol><li>A<li>B<li>C</ol></div>', 3),
        ('<p><a href="#_ftnref1" name="_ftn1">[1]</a> A</p><p><a href="#_ftnref2">[2]</a> B', 2),
        ("<div style='mso-element:footnote-list'><div style='mso-element:footnote'>A</div></div>", 1),
        ('<p class="MsoFootnoteText">A', 1),
        ('<div id="sdfootnote1"><p class="sdfootnote">A', 1),
        ('<hr class="note"><p class="note"><a id="ntr1" href="#ntc1-L_1">(1)</a> A', 1),
    ],
)
def test_footnotes_are_kept_apart(notes: str, count: int) -> None:
    extract = read(f"<p>Text.</p>{notes}".encode())
    assert extract.text == "Text."
    assert len(extract.left_out) == 1
    assert extract.left_out[0].startswith(f"{count} footnotes, first" if count > 1 else "footnote '")


@pytest.mark.parametrize(
    "mark",
    [
        '<sup><a href="#n1">1</a></sup>',
        '<a href="#n1"><sup>1</sup></a>',
        '<sup id="cite_ref" class="reference"><a href="#cite_note-1"><span>[</span>1<span>]</span></a></sup>',
        '<a href="#_ftn1">[1]</a>',
        '<a epub:type="noteref" href="n.xhtml#1">1</a>',
        '<a role="doc-noteref" href="#1">*</a>',
        '<a class="sdfootnoteanc" href="#sdfootnote1sym"><sup>1</sup></a>',
    ],
)
def test_marks_of_footnotes_are_no_text(mark: str) -> None:
    extract = read(f"<p>Всё{mark} ясно.</p>".encode())
    assert extract.text == "Всё ясно."
    assert extract.left_out[0].startswith("footnote mark '")


def test_links_to_notes_in_running_text_stay() -> None:
    assert lines('<p>See <a href="#note-on-method">the note</a>, <a href="#a">annex</a> <a href="/x">5</a>.') == [
        "See the note, annex 5."
    ]


def test_the_main_part_where_there_is_one() -> None:
    beside = "<div>Beside</div>"
    assert lines(f"{beside}<main><header>H</header><p>Text</main>") == ["H", "Text"]
    assert lines(f"{beside}<div role=main>Text</div>") == ["Text"]
    assert lines(f"{beside}<article>Text<article>comment</article></article>") == ["Text", "comment"]
    assert lines(f"{beside}<main>A</main><main>B</main>") == ["Beside", "A", "B"]
    assert lines(f"{beside}<article>A</article><article>B</article>") == ["Beside", "A", "B"]
    assert lines(f"{beside}<main hidden>A</main>") == ["Beside"]
    assert lines(f"{beside}<main></main>") == ["Beside"]
    assert read(f"{beside}<main>Text".encode()).left_out == ("block outside the main part 'Beside'",)


def test_levels_of_headings() -> None:
    assert levels([1, 2, 3, 2]) == [0, 1, 2, 1]
    assert levels([1, 3]) == [0, 1]
    assert levels([1, 1, 2]) == [1, 1, 2]
    assert levels([2, 3, 1]) == [2, 3, 1]
    assert levels([2, 4]) == [1, 3]
    assert levels([]) == []


def test_a_long_heading_is_a_paragraph() -> None:
    assert read(f"<h2>{'words ' * 60}</h2>".encode()).blocks[0].level is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=windows-1251><p>Всё ясно".encode("cp1251"), "Всё ясно"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=GB2312"><p>技术'.encode("gb18030"), "技术"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><html><p>États “”'.encode("cp1252"), "États “”"),
        ("<meta charset=big5><p>الأمم".encode("utf-16"), "الأمم"),
        ("<meta charset=big5><p>años".encode("utf-8-sig"), "años"),
        ("<meta charset=idna><p>años".encode(), "años"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"><title/><script/><body><a id="x"/>a<br/>b</body></html>', "a b"),
    ],
)  # fmt: skip
def test_encodings(data: bytes, text: str) -> None:
    assert read(data).text == text


TRAPS: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "empty": (lambda: "", "holds no text"),
    "no words": (lambda: "<p>***<p> ", "holds no text"),
    "frames": (lambda: "<frameset><frame src=x></frameset>", "holds no text"),
    "binary": (lambda: bytes(range(32)) * 9, "holds control characters"),
    "nested": (lambda: "<div>" * 100_000, "nests elements more than 2,000 deep"),
    "nested between": (lambda: "<div><!--</div>-->" * 100_000, "nests elements"),
    "formats": (lambda: "".join(f"<p><b id={i}>" for i in range(100_000)), "holds no text"),
    "20 MB of tables": (lambda: "<table>" * 2_500_000, "nests elements"),
    "rows": (lambda: "<table><tr><td>x" * 700_000, "nests elements"),
    "attributes": (lambda: f"<p {' '.join(f'a{i}=1' for i in range(200_000))}>", "holds no text"),
    "one attribute": (lambda: f"<p a='{'x' * 15_000_000}'>", "holds no text"),
    "never ends": (lambda: "<script>" + "<!--<script>" * 400_000, "holds no text"),
    "signs": (lambda: "<" * 3_000_000, "holds no text"),
    "bytes": (lambda: " " * 20_000_001, "more than 20,000,000 bytes"),
    "hidden": (lambda: "<p hidden>" + "x<i>y</i>" * 100_000, "holds no text"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused_within_seconds(name: str) -> None:
    make, why = TRAPS[name]
    made = make()
    data = made.encode() if isinstance(made, str) else made
    with at_most(60), pytest.raises(DocumentError, match=why):
        read(data)


def test_elements_and_paragraphs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_PARAGRAPHS", 100)
    with pytest.raises(DocumentError, match="more than 100 paragraphs"):
        read(b"<p>x" * 101)
    monkeypatch.setattr(markup, "_MAX_ELEMENTS", 100)
    with pytest.raises(DocumentError, match="more than 100 elements"):
        read(b"<p>" * 101)


@pytest.mark.parametrize(
    "page",
    ["<br>" * 100_000, "<sup>1</sup>" * 50_000, '<a href="#fn1">1</a>' * 50_000,
     "<select>" + "<option>x</option>" * 50_000,
     "<table><tr>" + "<td>x" * 100_000, "<ol reversed>" + "<li>x" * 50_000, " \n" * 500_000, "中\n" * 200_000,
     "<pre>" + "a\n\n" * 20_000, "<pre>" + " " * 200_000, '<a href="#' + "a" * 500_000 + '">1</a>',
     f'<p style="{"display " * 50_000}">', f'<p class="{"footnote-" * 50_000}">', "<dl>" + "<dt>x<dd>y</dd>" * 20_000,
     "<sup>" * 1000 + "1" + "</sup>" * 1000, '<a href="#fn1">' * 1000 + "1", "<!DOCTYPE x [<!ENTITY a '&b;&b;'>]>&a;"],
)  # fmt: skip
def test_long_pages_are_read_within_seconds(page: str) -> None:
    with at_most(60):
        check(read(f"<p>Text.</p>{page}".encode()))


TAGS = (  # a no-break blank stands for one inside a tag
    "<p> </p> <br> <h1> </h1> <ol> <li> </ol> <table> <tr> <td> <th> </table> </td> <pre> </pre> <main> </main> <sup>"
    " </sup> <article> <header> </header> <ul> <a\xa0href='#fn1'> </a> <div\xa0hidden> </div> <script> </script>"
)
PARTS = st.sampled_from(
    [tag.replace("\xa0", " ") for tag in TAGS.split(" ")]
    + [
        "7. ",
        "(a) ",
        "技术",
        "الأمم",
        "asset",
        "\n",
        " ",
        "\u00a0",
        "\u2028",
        "&nbsp;",
        "&",
        "<",
        "\u200f",
        "𠀀",
        "\x1f",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(PARTS, max_size=30).map("".join))
def test_every_block_stands_at_its_place(page: str) -> None:
    with suppress(DocumentError):
        check(read(page.encode()))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.sampled_from(["7. ", "技术", "الأمم", "asset", "Été", "<p>", "&amp;", "Всё", " "]), max_size=8).map(
        "".join
    )
)
def test_what_is_escaped_comes_back(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    with suppress(DocumentError):
        assert read(f"<p>Text.<p>{escaped}".encode()).text == f"Text.\n{' '.join(words.split())}".strip()


WHOLE = """<?xml version="1.0" encoding="utf-8"?><html lang="es"><head><title>T</title></head><body><h1>Año</h1>
<p>7. Una <b>cosa</b><sup><a href="#fn1">1</a></sup><table><tr><td>1<td>2</table><ol type="a"><li>x</ol>&amp;
</body></html>""".encode()


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=5), st.integers(0, len(WHOLE)))
def test_damaged_pages_are_read_or_refused(changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    with suppress(DocumentError):
        check(read(bytes(data[:length])))


def test_external_things_are_not_fetched() -> None:
    page = '<!DOCTYPE html SYSTEM "file:///etc/passwd" [<!ENTITY x SYSTEM "file:///etc/passwd">]><base href="file:///">'
    assert lines(f"{page}<link rel=stylesheet href=/x><p>Text &x;") == ["]>", "Text &x;"]  # as browsers show it
