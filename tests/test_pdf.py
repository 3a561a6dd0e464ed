"""PDF files: made by reportlab, by hand where the text layer matters, and by somebody who means harm."""

import io
import random
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from embeddings.documents.extract import Extract
from embeddings.documents.pdf import read
from embeddings.documents.pdf import report as pdf_report
from embeddings.documents.pdf.text import repaired
from embeddings.errors import DocumentError

PAGE = (595, 842)
WORDS = (
    "assistance", "asset", "recovery", "Conference", "the", "of", "States", "parties", "measures", "was", "requested",
    "secretariat", "technical", "legislation", "review", "in", "and", "by", "prevention", "cooperation",
)  # fmt: skip

Draw = Callable[[Canvas], None]


def made(*pages: Draw, **options: object) -> bytes:
    """A PDF with a page for each of `pages`, which draw on it."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=PAGE, invariant=True, **options)
    for draw in pages:
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def column(lines: Iterable[str], *, x: float = 72, top: float = 100, step: float = 14) -> Draw:
    """Lines below each other, the first on a baseline `top` points from the page's top; an empty one is space."""

    def draw(canvas: Canvas) -> None:
        for i, line in enumerate(lines):
            canvas.drawString(x, PAGE[1] - top - i * step, line)

    return draw


def together(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for each in draws:
            each(canvas)

    return draw


def sized(size: float, draw: Draw, font: str = "Helvetica") -> Draw:
    def drawn(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        draw(canvas)
        canvas.setFont("Helvetica", 11)

    return drawn


def texts(extract: Extract) -> list[str]:
    return [block.content.text for block in extract.blocks]


def numbered(extract: Extract) -> list[tuple[str, str]]:
    return [(block.number.printed if block.number else "", block.content.text) for block in extract.blocks]


def lines_of(extract: Extract) -> list[str]:
    return [extract.text[place.start : place.end] for place in extract.places]


def filler(seed: int, words: int = 60) -> str:
    choice = random.Random(seed)
    text = " ".join(choice.choice(WORDS) for _ in range(words))
    return text[0].upper() + text[1:] + "."


def wrapped(text: str, width: float = 450, font: str = "Helvetica", size: float = 11) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pdfmetrics.stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def by_hand(
    content: str, shapes: Sequence[str] = (), *, catalog: str = "", page: str = "", more: Sequence[bytes] = ()
) -> bytes:
    """A PDF of one page whose font draws shape 1, 2, ... for the `shapes`, each of any letters."""
    maps = "\n".join(f"<{i:04X}> <{shape.encode('utf-16-be').hex()}>" for i, shape in enumerate(shapes, 1))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange"
        f" <0000> <FFFF> endcodespacerange {len(shapes)} beginbfchar\n{maps}\nendbfchar endcmap end end"
    )
    described = "/Type/Font/BaseFont/X"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R/H 9 0 R>>>>/Contents 7 0 R"
        f"{page}>>".encode(),
        f"<<{described}/Subtype/Type0/Encoding/Identity-H/DescendantFonts[5 0 R]/ToUnicode 6 0 R>>".encode(),
        f"<<{described}/Subtype/CIDFontType2/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500"
        "/FontDescriptor 8 0 R>>".encode(),
        f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream".encode(),
        f"<</Length {len(content)}>>stream\n{content}\nendstream".encode(),
        b"<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 -200 1000 800]/Ascent 800/Descent -200/ItalicAngle 0"
        b"/CapHeight 700/StemV 80>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]
    data = b"%PDF-1.4\n"
    places: list[int] = []
    for number, item in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj %b endobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (len(objects) + 1, len(data))


def arabic(*lines: Sequence[str], step: int = 16) -> bytes:
    """Lines of shapes as they stand from left to right, as programs draw them."""
    shapes = sorted({shape for line in lines for shape in line})
    content = ""
    for i, line in enumerate(lines):
        codes = "".join(f"{shapes.index(shape) + 1:04X}" for shape in line)
        content += f"BT /F 12 Tf {500 - 6 * len(line)} {700 - step * i} Td <{codes}> Tj ET\n"
    return by_hand(content, shapes)


def seen(text: str) -> list[str]:
    """Arabic words as they stand from left to right."""
    return list(reversed(text))


# What stands in a document.


def test_paragraphs_and_headings() -> None:
    first, second = filler(1), filler(2)
    extract = read(
        made(
            together(
                sized(20, column(["The Report"], top=60)),
                sized(14, column(["I. Opening"], top=100)),
                column([*(f"{line}" for line in wrapped(f"1. {first}")), "", *wrapped(f"2. {second}")], top=130),
                sized(14, column(["II. Closing"], top=400)),
                column(wrapped(filler(3)), top=430),
            )
        )
    )
    assert numbered(extract) == [
        ("", "The Report"),
        ("", "I. Opening"),
        ("1", first),
        ("2", second),
        ("", "II. Closing"),
        ("", filler(3)),
    ]
    assert [block.level for block in extract.blocks] == [0, 1, None, None, 1, None]
    assert extract.left_out == ()
    assert extract.text == "\n\n".join(
        ["The Report", "I. Opening", "\n".join(wrapped(f"1. {first}")), "\n".join(wrapped(f"2. {second}")),
         "II. Closing", "\n".join(wrapped(filler(3)))]
    )  # fmt: skip


def test_each_line_has_its_place() -> None:
    extract = read(made(column(["One line."], top=100), column(["Another one."], x=200, top=300)))
    assert [(place.part, place.number) for place in extract.places] == [("", 1), ("", 2)]
    assert lines_of(extract) == ["One line.", "Another one."]
    for place, (x, baseline, text) in zip(
        extract.places, [(72, 100, "One line."), (200, 300, "Another one.")], strict=True
    ):
        assert place.box is not None
        left, top, right, bottom = place.box
        assert left == pytest.approx(x, abs=1.5)
        assert right == pytest.approx(x + pdfmetrics.stringWidth(text, "Helvetica", 11), abs=1.5)
        assert baseline - 11 < top < baseline - 5
        assert bottom == pytest.approx(baseline, abs=3)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_on_a_page_that_is_turned_for_display(rotation: int) -> None:
    matrix, (width, height) = {
        90: ("0 1 -1 0 595 0", (842, 595)),
        180: ("-1 0 0 -1 595 842", (595, 842)),
        270: ("0 -1 1 0 0 842", (842, 595)),
    }[rotation]
    content = f"q {matrix} cm BT /H 12 Tf 100 {height - 200} Td (turned) Tj ET Q"
    extract = read(by_hand(content, page=f"/Rotate {rotation}"))
    box = extract.places[0].box
    assert box is not None
    assert (box[0], box[3]) == (pytest.approx(100, abs=2), pytest.approx(200, abs=2))
    assert width > box[2] > box[0]


@pytest.mark.parametrize("angle", [90, -90])
def test_a_page_that_is_set_sideways(angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        column(["12"], top=820)(canvas)
        canvas.rotate(angle)
        for i, line in enumerate(wrapped(filler(1))):
            canvas.drawString(100 if angle > 0 else -700, (-100 if angle > 0 else 400) - 14 * i, line)

    extract = read(made(draw))
    assert texts(extract) == [filler(1)]
    assert extract.left_out == ("page 1: text set sideways '12'",)
    x, y = (100, PAGE[1] - 100) if angle > 0 else (400, PAGE[1] - 700)
    box = extract.places[0].box
    assert box is not None
    assert box[0] - 1 <= x <= box[2] + 1
    assert box[1] - 1 <= y <= box[3] + 1
    assert box[3] - box[1] > 20 * (box[2] - box[0])


def test_paragraphs_are_told_apart_by_indents_and_by_unfilled_lines() -> None:
    paragraphs = [filler(seed, 45) for seed in range(4)]
    indented = [line if i else f"      {line}" for text in paragraphs for i, line in enumerate(wrapped(text, 420))]
    flush = [line for text in paragraphs for line in wrapped(f"{text} The end.")]
    assert texts(read(made(column(indented)))) == paragraphs
    assert texts(read(made(column(flush)))) == [f"{text} The end." for text in paragraphs]


def test_a_bold_line_is_set_apart() -> None:
    bold = sized(11, column(["Opening of the session"], top=100), "Helvetica-Bold")
    extract = read(made(together(bold, column(wrapped(filler(1)), top=114))))
    assert texts(extract) == ["Opening of the session", filler(1)]


def test_items_and_bullets_without_space_between() -> None:
    lines = ["The Conference decided:", "(a) To meet;", "(b) To take note of the report of", "the secretariat;"]
    lines += ["The measures are:", "• one measure", "• another measure"]
    assert numbered(read(made(column(lines)))) == [
        ("", "The Conference decided:"),
        ("(a)", "To meet;"),
        ("(b)", "To take note of the report of the secretariat;"),
        ("", "The measures are:"),
        ("", "• one measure"),
        ("", "• another measure"),
    ]


def test_a_number_at_a_wrapped_lines_start_is_no_paragraphs() -> None:
    lines = ["1. The Conference met in the year and recalled paragraph",
             "20. It went on to recall, in its report, all of the year",
             "1998. That was the last one to be recalled here."]  # fmt: skip
    assert len(read(made(column(lines))).blocks) == 1


def test_a_paragraph_goes_on_over_a_page_break() -> None:
    text = filler(5, 120)
    lines = wrapped(f"7. {text}")
    extract = read(made(column(lines[:4], top=600), column([*lines[4:], "", "8. The next one."])))
    assert numbered(extract) == [("7", text), ("8", "The next one.")]
    assert [place.number for place in extract.places] == [1] * 4 + [2] * (len(lines) - 4) + [2]


def test_hyphens_of_the_printer_and_of_the_words() -> None:
    lines = ["The long-term needs of the assistance were reviewed with the assis-", "tance of the long-",
             "term secretariat and its coopera-", "tion with the non-", "State parties."]  # fmt: skip
    extract = read(made(column(lines)))
    assert texts(extract) == [
        "The long-term needs of the assistance were reviewed with the assistance of the long-term secretariat and its"
        " cooperation with the non-State parties."
    ]
    assert lines_of(extract)[:2] == [
        "The long-term needs of the assistance were reviewed with the assis",
        "tance of the long-",
    ]


def test_references_to_notes_are_left_out_and_powers_are_not() -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        for size, rise, words in [
            (11, 0, "The report"),
            (6, 4, "12"),
            (11, 0, ", on 5 km"),
            (6, 4, "2"),
            (11, 0, " of land."),
        ]:
            text.setFont("Helvetica", size)
            text.setRise(rise)
            text.textOut(words)
        canvas.drawText(text)

    assert texts(read(made(draw))) == ["The report, on 5 km2 of land."]


def test_running_heads_page_numbers_and_footnotes_are_left_out() -> None:
    def page(number: int) -> Draw:
        return together(
            column(["A/58/100"], top=40),
            column(wrapped(filler(number, 90)), top=100),
            sized(8, column([f"{number} See the report of {number}", "and its annex."], top=720, step=10)),
            column([f"{number}/9" if number % 2 else f"V.21-{number:05}"], x=300, top=800),
            column([str(number + 10)], x=500, top=815),
        )

    extract = read(made(*(page(number) for number in range(1, 9))))
    assert texts(extract) == [filler(number, 90) for number in range(1, 9)]
    assert extract.left_out == (
        "running head 'A/58/100' on 8 pages",
        "page numbers on 8 pages",
        "running foot 'V.21-…' on 4 pages",
        "8 footnotes, first '1 See the report of 1'",
    )


def test_a_number_at_the_foot_of_one_page_may_be_text() -> None:
    assert lines_of(read(made(column(["The sum:"], top=720), column(["1500"], top=800))))[-1] == "1500"


def test_lines_of_the_contents_are_left_out() -> None:
    lines = [
        "Contents",
        "",
        "I. Opening . . . . . . . . . . . 3",
        "II. Closing.............iv",
        "",
        f"1. {filler(1, 10)}",
    ]
    extract = read(made(column(lines)))
    assert texts(extract) == ["Contents", filler(1, 10)]
    assert extract.left_out == ("2 lines of the table of contents, first 'I. Opening . . . . . . . . . . . 3'",)


def test_two_columns_in_any_order_of_drawing() -> None:
    left, right = wrapped(filler(1, 80), 215), wrapped(filler(2, 80), 215)
    wanted = [filler(1, 80), filler(2, 80)]
    one_by_one = together(column(left), column(right, x=310))
    across = together(*(column([line], x=x, top=100 + 14 * i) for i in range(max(len(left), len(right)))
                        for x, lines in ((72, left), (310, right)) for line in lines[i : i + 1]))  # fmt: skip
    assert texts(read(made(one_by_one))) == wanted
    assert texts(read(made(across))) == wanted


def test_footnotes_of_two_columns() -> None:
    def one(x: float, seed: int, notes: float) -> Draw:
        text = column(wrapped(filler(seed, 150), 215), x=x)
        return together(text, sized(8, column([f"{seed} See the report", "and its annex."], x=x, top=notes, step=10)))

    extract = read(made(together(one(72, 1, 700), one(310, 2, 650))))
    assert texts(extract) == [filler(1, 150), filler(2, 150)]
    assert extract.left_out == ("2 footnotes, first '1 See the report'",)


def test_lines_that_are_drawn_in_disorder() -> None:
    lines = wrapped(filler(1, 80))
    order = random.Random(0).sample(range(len(lines)), len(lines))
    extract = read(made(together(*(column([lines[i]], top=100 + 14 * i) for i in order))))
    assert texts(extract) == [filler(1, 80)]


def test_rows_of_a_table() -> None:
    cells = [("State", "Needs", "Met"), ("Chad", "12", "3"), ("Timor-Leste", "7", "5")]
    table = together(
        *(column([cell], x=72 + 140 * j, top=200 + 16 * i) for i, row in enumerate(cells) for j, cell in enumerate(row))
    )
    extract = read(made(together(column(wrapped(filler(1))), table, column(wrapped(filler(2)), top=280))))
    assert texts(extract) == [filler(1), "State | Needs | Met", "Chad | 12 | 3", "Timor-Leste | 7 | 5", filler(2)]
    assert [block.row for block in extract.blocks] == [False, True, True, True, False]


def test_numbers_that_hang_are_no_table() -> None:
    lines = [f"{i}. {filler(i, 8)}" for i in range(1, 6)]
    hanging = together(*(together(column([line[:2]], top=100 + 30 * i), column([line[3:]], x=110, top=100 + 30 * i))
                         for i, line in enumerate(lines)))  # fmt: skip
    assert numbered(read(made(hanging))) == [(line[:1], line[3:]) for line in lines]


# Scripts


def test_chinese() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    text = "秘书处的一名代表概述了第二周期国别审议得出的技术援助需求，尤其《公约》第五章（资产的追回）。她敦促答复。"
    lines = [f"1. {text}"[i : i + 25] for i in range(0, len(text) + 3, 25)]
    draw = together(sized(12, column(["六. 技术援助", "", *lines], step=18), "STSong-Light"))
    assert numbered(read(made(draw))) == [("", "六. 技术援助"), ("1", text)]


def test_radicals_become_ideographs() -> None:
    assert repaired("⼈⺠⻓⼥⽣，ﬁrst") == "人民长女生，first"
    for code in (*range(0x2E81, 0x2E9A), *range(0x2E9B, 0x2EF4), *range(0x2F00, 0x2FD6)):
        whole = repaired(chr(code))
        assert len(whole) == 1
        assert not 0x2E80 <= ord(whole) < 0x2FE0


@pytest.mark.parametrize("form", ["letters", "shapes"])
def test_arabic_is_read_from_the_right(form: str) -> None:
    """A program draws shapes from left to right; لا is one shape of two letters."""
    lam_alef = "لا" if form == "letters" else "\ufefb"
    word = seen("مجلس") if form == "letters" else ["\ufeb2", "\ufee0", "\ufea0", "\ufee3"]
    line = [
        *seen("من"),
        lam_alef,
        " ",
        *word,
        " ",
        "(",
        *"58",
        ")",
        " ",
        *"A/58/100",
        " ",
        *seen("قرار"),
        " ",
        *"3.5",
        " ",
        *seen("عن"),
    ]
    assert texts(read(arabic(line))) == ["عن 3.5 قرار A/58/100 (58) مجلس لامن"]


def test_arabic_paragraphs_begin_at_the_right() -> None:
    words = ["تشجع", "الدول", "الأطراف", "على", "تقديم", "المساعدة", "التقنية", "إلى", "البلدان"]
    choice = random.Random(1)

    def line(count: int) -> str:
        return " ".join(choice.choice(words) for _ in range(count))

    lines = [f"{line(10)} x"[:-2], line(10), f"{line(3)}.", f"{line(10)}", f"{line(4)}."]
    lines = [text.ljust(60, "ن") if i not in {2, 4} else text for i, text in enumerate(lines)]
    extract = read(arabic(*(seen(text) for text in lines)))
    assert texts(extract) == [" ".join(lines[:3]), " ".join(lines[3:])]


# What nobody sees.


def test_hidden_text_is_left_out_and_told() -> None:
    def draw(canvas: Canvas) -> None:
        column(["Seen."], top=100)(canvas)
        sized(1, column(["tiny words"], top=200))(canvas)
        column(["outside"], top=-50)(canvas)
        canvas.setFillGray(1)
        column(["white words"], top=300)(canvas)
        canvas.setFillGray(0)
        canvas.saveState()
        canvas.rotate(45)
        canvas.drawString(300, 0, "DRAFT")
        canvas.restoreState()
        text = canvas.beginText(72, 300)
        text.setTextRenderMode(3)
        text.textOut("ghost")
        canvas.drawText(text)

    extract = read(made(draw))
    assert texts(extract) == ["Seen."]
    assert sorted(extract.left_out) == [
        "page 1: invisible text 'ghost'",
        "page 1: text outside the page 'outside'",
        "page 1: text set sideways 'DRAFT'",
        "page 1: text smaller than 2 points 'tinywords'",
        "page 1: white text on white ground 'whitewords'",
    ]


def test_white_text_on_a_dark_ground_is_seen() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.2)
        canvas.rect(60, 690, 400, 60, fill=1, stroke=0)
        canvas.setFillGray(1)
        canvas.drawString(72, 700, "A title on a bar")

    assert texts(read(made(draw))) == ["A title on a bar"]


def picture(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(0, 0)
    canvas.scale(595, 842)
    canvas._code.append("BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI")
    canvas.restoreState()


def test_text_of_a_recognised_scan_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        picture(canvas)
        text = canvas.beginText(72, 700)
        text.setTextRenderMode(3)
        text.textOut("Recognised words.")
        canvas.drawText(text)

    assert texts(read(made(draw))) == ["Recognised words."]


def test_scanned_pages_are_told() -> None:
    extract = read(made(column(["Text."]), picture, picture, lambda _: None))
    assert extract.left_out[0].startswith("pages 2-3: no text, only an image; run text recognition (OCR)")
    assert extract.left_out[1] == "page 4: empty"
    with pytest.raises(DocumentError, match="only images of pages; run text recognition"):
        read(made(picture))


# Properties


def test_properties() -> None:
    def page(title: str) -> Draw:
        def draw(canvas: Canvas) -> None:
            canvas.setTitle(title)
            canvas.drawString(72, 700, "Text.")

        return draw

    extract = read(made(page("Report of the Conference"), lang="fr-CH"))
    assert (extract.title, extract.date, extract.language) == ("Report of the Conference", "", "fr")
    for title in (
        "Microsoft Word - x.doc",
        "report.pdf",
        "untitled",
        "(anonymous)",
        "Final report v2.docx",
        "N2104747",
        " ",
    ):
        assert read(made(page(title))).title == ""


def test_properties_that_are_broken() -> None:
    info = b"<</Title<FEFFD800>/CreationDate(D:20231399)>>"
    data = by_hand(words(), more=[info], catalog="/Lang<FEFFD800>").replace(b"trailer<<", b"trailer<</Info 10 0 R")
    extract = read(data)
    assert (extract.text, extract.title, extract.date, extract.language) == ("Text.", "", "", "")


# Whatever is written comes back.

SENTENCE = st.integers(0, 10_000)


@settings(deadline=None, max_examples=15, derandomize=True)
@given(st.lists(st.tuples(SENTENCE, st.integers(1, 70)), min_size=1, max_size=12), st.integers(0, 10))
def test_every_paragraph_comes_back_at_its_place(paragraphs: list[tuple[int, int]], gap: int) -> None:
    written = [filler(seed, words) for seed, words in paragraphs]
    drawn: list[tuple[int, float, str]] = []
    y, page = 110.0, 1
    for text in written:
        lines = wrapped(text)
        if y + 14 * len(lines) > 700:
            y, page = 110.0, page + 1
        drawn += [(page, y + 14 * i, line) for i, line in enumerate(lines)]
        y += 14 * len(lines) + 7 + gap
    pages = [[column([line], top=top) for on, top, line in drawn if on == number] for number in range(1, page + 1)]
    extract = read(made(*(together(*lines) for lines in pages)))
    assert texts(extract) == written
    assert lines_of(extract) == [line for _, _, line in drawn]
    for place, (number, baseline, _) in zip(extract.places, drawn, strict=True):
        assert place.box is not None
        assert place.number == number
        assert place.box[0] - 1 <= 72 <= place.box[2]
        assert place.box[1] <= baseline - 3 <= place.box[3]


# What is no document, or a trap.


def words(text: str = "Text.") -> str:
    return f"BT /H 12 Tf 100 700 Td ({text}) Tj ET"


def with_stream(data: bytes, **changes: str) -> bytes:
    """A page whose contents are `data` deflated."""
    packed = zlib.compress(data)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed)
    return by_hand("", more=[stream], **changes).replace(b"/Contents 7 0 R", b"/Contents 10 0 R")


def in_itself() -> bytes:
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Length 7/Resources<</XObject<</X 10 0 R>>>>>>"
        b"stream\nq /X Do\nendstream"
    )
    return by_hand("q /X Do Q", more=[form]).replace(b"/Resources<<", b"/Resources<</XObject<</X 10 0 R>>")


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is no PDF: it does not begin with %PDF"),
    "text": (lambda: b"1. Text.", "is no PDF"),
    "only a head": (lambda: b"%PDF-1.7\n", "is damaged: save it anew"),
    "cut off": (lambda: made(column(["Text."]))[:600], "is damaged"),
    "encrypted": (
        lambda: made(column(["Text."]), encrypt=StandardEncryption("secret")),
        "is encrypted; save a copy of it without a password",
    ),
    "no pages": (lambda: by_hand("").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[]/Count 0"), "is damaged"),
    "pages in a circle": (lambda: by_hand("").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"), "is damaged"),
    "a million pages": (lambda: by_hand(words()).replace(b"/Count 1", b"/Count 1000000"), "has 1,000,000 pages"),
    "no words": (lambda: by_hand(words("...")), "holds no text"),
    "nothing": (lambda: by_hand(""), "holds no text"),
    "a form in itself": (in_itself, "holds no text"),
    "only page numbers": (lambda: made(*(column([str(i)], top=810) for i in range(1, 4))), "no text but running heads"),
    "a million operators": (lambda: with_stream(b"q Q\n" * 1_000_000), "holds no text"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    make, why = REFUSED[name]
    with pytest.raises(DocumentError, match=re.escape(why)):
        read(make())


ODD: dict[str, Callable[[], bytes]] = {
    "encrypted without a password for reading": lambda: made(
        column(["Text."]), encrypt=StandardEncryption("", ownerPassword="owner")
    ),
    "no table of its objects": lambda: by_hand(words())[: by_hand(words()).index(b"xref")] + b"trailer<</Root 1 0 R>>",
    "a huge page": lambda: by_hand(words()).replace(b"[0 0 595 842]", b"[0 0 1e30 1e30]"),
    "a page of no size": lambda: by_hand(words()).replace(b"[0 0 595 842]", b"[0 0 0 0]"),
    "junk before it": lambda: b"\0" * 500 + by_hand(words()),
    "tables of its objects in a circle": lambda: by_hand(words()).replace(
        b"trailer<<", b"trailer<</Prev %d " % by_hand(words()).index(b"xref")
    ),
    "white paths": lambda: with_stream(b"1 g " + b"0 0 9 9 re f\n" * 20_000 + b"0 g " + words().encode()),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_and_read(name: str) -> None:
    assert texts(read(ODD[name]())) == ["Text."]


def test_letters_without_meaning_are_told() -> None:
    data = by_hand("BT /F 12 Tf 100 700 Td <00010002> Tj ET", ["a"]).replace(b"/ToUnicode 6 0 R", b"")
    with pytest.raises(DocumentError, match="a font that does not tell its letters; run text recognition"):
        read(data)


def test_the_text_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_report, "MAX_CHARACTERS", 10)
    assert read(by_hand(words("0123456789"))).text == "0123456789"
    with pytest.raises(DocumentError, match="more than 10 characters"):
        read(by_hand(words("01234567890")))


DAMAGED = by_hand(f"{words()} {words('1. More text.')} q 1 0 0 1 0 -50 cm {words('Again')} Q", ["a"])


@settings(deadline=None, max_examples=120, derandomize=True)
@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    st.floats(0.3, 1) | st.just(1.0),
)
def test_damaged_files_are_read_or_refused(changes: list[tuple[float, int]], kept: float) -> None:
    data = bytearray(DAMAGED)
    for where, value in changes:
        data[int(where * len(data))] = value
    with suppress(DocumentError):
        extract = read(bytes(data[: int(kept * len(data))]))
        assert extract.blocks
        assert all(before.end <= after.start for before, after in pairwise(extract.places))
