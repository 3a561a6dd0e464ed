"""PDF files, by their text layer: each line of text with its place on the page."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

import pypdfium2 as pdfium
from pypdfium2 import raw

from embeddings.documents.extract import Extract
from embeddings.documents.office import language_of_tag
from embeddings.documents.pdf import report as pdf_report
from embeddings.documents.pdf.blocks import extract
from embeddings.documents.pdf.glyphs import Glyph, Pen, looked_at, quarters_of, rows_of, turned_back
from embeddings.documents.pdf.lines import page_lines
from embeddings.documents.pdf.pages import Page, body_of
from embeddings.documents.pdf.report import Report
from embeddings.documents.pdf.text import is_right_to_left, repaired, sound_title
from embeddings.errors import DocumentError
from embeddings.types import Box

_MAX_PAGES: Final = 5000
_MIN_SIZE: Final = 2.0
_MAX_SIZE: Final = 10_000.0
"""Points. Smaller letters are there for machines, larger ones come from broken files."""
_WHITE: Final = 250
_LAST_CODE: Final = 0x10FFFF
_UNDRAWN: Final = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)

_text_object: Final = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    ctypes.cast(raw.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
)
"""Where in memory the object is that wrote a character: as a number, which is quicker than as a pointer."""


def read(data: bytes) -> Extract:
    """Read the text of a PDF, page by page, with the place of each line.

    Raises DocumentError when it is none, is damaged or encrypted, is too large or has no text on any page.
    """
    with closing(_opened(data)) as document:
        if len(document) > _MAX_PAGES:
            raise DocumentError(f"has {len(document):,} pages; at most {_MAX_PAGES:,} are read: split it")
        report = Report()
        pages = list(_pages(document, report))
        if not pages:
            raise report.no_text()
        kept, left_out = body_of(pages)
        found = extract(kept)
        if not any(character.isalnum() for block in found.blocks for character in block.content.text):
            raise DocumentError(f"holds no text but running heads and page numbers; {pdf_report.OCR}")
        return replace(
            found,
            title=sound_title(_told(raw.FPDF_GetMetaText, document, b"Title")),
            language=language_of_tag(_told(raw.FPDFCatalog_GetLanguage, document)),
            left_out=(*left_out, *report.lines()),
        )


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise DocumentError("is encrypted; save a copy of it without a password") from error
        if b"%PDF" not in data[:1024]:
            raise DocumentError("is no PDF: it does not begin with %PDF") from error
        raise DocumentError("is damaged: save it anew from the program that opens it, or get another copy") from error


# Pages


def _pages(document: pdfium.PdfDocument, report: Report) -> Iterator[Page]:
    """The pages with text."""
    for index in range(len(document)):
        try:
            page = _page(document, index, report)
        except pdfium.PdfiumError:
            report.left_out(index + 1, pdf_report.UNREADABLE)
            continue
        if page is not None:
            yield page


def _page(document: pdfium.PdfDocument, index: int, report: Report) -> Page | None:
    with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
        report.count(text_page.count_chars())
        displayed = page.get_rotation() // 90
        reader = _PageReader(page, text_page, displayed)
        lines = page_lines(rows_of(reader.glyphs()))
        if (quarters := reader.better_turned()) is not None:
            reader = _PageReader(page, text_page, quarters)
            lines = [
                replace(line, place=turned_back(line.box, *reader.size, (quarters - displayed) % 4))
                for line in page_lines(rows_of(reader.glyphs()))
            ]
        drawn = raw.FPDFPage_CountObjects(page)
    for what, letters in reader.left_out.items():
        if text := repaired("".join(letters)):
            report.left_out(index + 1, what, text)
    if 2 * reader.unmapped > reader.letters:
        report.left_out(index + 1, pdf_report.UNMAPPED)
        return None
    if not lines and not reader.left_out:
        report.left_out(index + 1, pdf_report.ONLY_PICTURES if drawn else pdf_report.EMPTY)
    return Page(index + 1, reader.size[1], tuple(lines)) if lines else None


class _PageReader:
    """Reads the characters of a page, turned clockwise by `quarters`.

    `left_out`: texts by the reason why nobody reads them there. `size`: width and height in points.
    """

    def __init__(self, page: pdfium.PdfPage, text_page: pdfium.PdfTextPage, quarters: int) -> None:
        left, bottom, right, top = page.get_bbox()
        self.size = (right - left, top - bottom) if quarters % 2 == 0 else (top - bottom, right - left)
        self.left_out: dict[str, list[str]] = {}
        self.letters = self.unmapped = 0
        self._page = page
        self._text = text_page.raw
        self._count = text_page.count_chars()
        self._seen = looked_at((left, bottom, right, top), 90 * quarters)
        self._quarters = quarters
        self._turns: Counter[int | None] = Counter()
        # The order of Arabic is found by what each letter takes on its line, not by its ink. Pdfium does not know that
        # on turned pages.
        self._advances = quarters == 0 and is_right_to_left(text_page.get_text_range())
        self._left = left
        self._pens: dict[int, Pen] = {}
        self._grounds: list[Box] | None = None

    def better_turned(self) -> int | None:
        """How to turn the page so that most of its letters stand upright, if it is not turned so."""
        quarters, letters = max(self._turns.items(), key=lambda item: item[1], default=(None, 0))
        return quarters if letters > self.letters else None

    def glyphs(self) -> Iterator[Glyph]:
        """The characters of the page, and the line ends that pdfium put in."""
        left, bottom, right, top = (ctypes.c_double() for _ in range(4))
        loose = raw.FS_RECTF()
        text, pens = self._text, self._pens
        for i in range(self._count):
            code = raw.FPDFText_GetUnicode(text, i)
            letter = chr(code) if 0 < code <= _LAST_CODE else ""
            blank = not letter or letter.isspace()
            if blank and (not letter or raw.FPDFText_IsGenerated(text, i) == 1):
                yield Glyph(letter)
                continue
            raw.FPDFText_GetCharBox(text, i, left, right, bottom, top)
            box = self._seen(left.value, bottom.value, right.value, top.value)
            if self._advances and raw.FPDFText_GetLooseCharBox(text, i, loose):
                box = (loose.left - self._left, box[1], loose.right - self._left, box[3])
            address = _text_object(text, i) or 0
            pen = pens.get(address) or pens.setdefault(address, self._pen(i, address))
            why = pen.unseen or self._why_outside(box)
            if not why:
                self.unmapped += not pen.mapped
                self.letters += 1
                yield Glyph(letter, box, pen.size, pen.baseline, pen.bold, not blank)
            elif not blank:
                self.left_out.setdefault(why, []).append(letter)
                self._turns[pen.quarters] += why == pdf_report.TURNED

    def _why_outside(self, box: Box) -> str:
        width, height = self.size
        on_page = 0 <= box[0] + box[2] <= 2 * width and 0 <= box[1] + box[3] <= 2 * height
        return "" if on_page else pdf_report.OUTSIDE

    def _pen(self, index: int, address: int) -> Pen:
        """The pen of the text object at `address`, which writes the character at `index`."""
        x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
        raw.FPDFText_GetCharOrigin(self._text, index, x, y)
        raw.FPDFText_GetMatrix(self._text, index, matrix)
        size = raw.FPDFText_GetFontSize(self._text, index) * math.hypot(matrix.c, matrix.d)
        baseline = self._seen(x.value, y.value, x.value, y.value)[1]
        drawn = ctypes.cast(address, raw.FPDF_PAGEOBJECT)
        bold = bool(address) and _is_bold(drawn)
        mapped = raw.FPDFText_HasUnicodeMapError(self._text, index) != 1
        quarters = quarters_of((matrix.a, matrix.b))
        unseen = self._why_unreadable(size, baseline, quarters)
        if address and not unseen:
            unseen = self._why_undrawn(drawn, (x.value, y.value + size / 4))
        if unseen:
            size = baseline = 0
        return Pen(round(size, 1), round(baseline, 1), bold, unseen, mapped, quarters)

    def _why_unreadable(self, size: float, baseline: float, quarters: int | None) -> str:
        height = self.size[1]
        if not (-height <= baseline <= 2 * height and size <= _MAX_SIZE):
            return pdf_report.OUTSIDE
        if not size >= _MIN_SIZE:
            return pdf_report.TINY
        return "" if quarters == self._quarters else pdf_report.TURNED

    def _why_undrawn(self, drawn: object, at: tuple[float, float]) -> str:
        """Why an object that writes `at` shows nothing. Text recognition lays invisible text over an image."""
        if raw.FPDFTextObj_GetTextRenderMode(drawn) in _UNDRAWN:
            return "" if self._is_over(at) else pdf_report.INVISIBLE
        return "" if not _is_white(drawn) or self._is_over(at) else pdf_report.WHITE

    def _is_over(self, at: tuple[float, float]) -> bool:
        """Whether an image or something coloured stands at a place of the page."""
        if self._grounds is None:
            self._grounds = list(_grounds(self._page))
        return any(box[0] <= at[0] <= box[2] and box[1] <= at[1] <= box[3] for box in self._grounds)


def _grounds(page: pdfium.PdfPage) -> Iterator[Box]:
    """The boxes of what is drawn on a page and is neither text nor white, in its own units."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(raw.FPDFPage_CountObjects(page)):
        drawn = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_TEXT or (kind == raw.FPDF_PAGEOBJ_PATH and _is_white(drawn)):
            continue
        if raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            yield left.value, bottom.value, right.value, top.value


def _is_white(drawn: object) -> bool:
    """Whether an object is filled with white, or with nothing."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(drawn, red, green, blue, alpha):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= _WHITE


def _is_bold(drawn: object) -> bool:
    name = ctypes.create_string_buffer(80)
    raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(drawn), name, len(name))
    return re.search(rb"bold|black|heavy", name.value, re.IGNORECASE) is not None


# Properties


def _told(ask: Callable[..., int], *about: object) -> str:
    """What pdfium writes into a buffer: UTF-16, which may be broken."""
    size = ask(*about, None, 0)
    buffer = (raw.FPDF_WCHAR * size)()
    ask(*about, buffer, size)
    return bytes(buffer).decode("utf-16-le", "ignore").strip("\0")
