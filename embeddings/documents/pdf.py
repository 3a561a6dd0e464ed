"""PDF files, by their text layer: each line of text with its place on the page."""

import ctypes
import math
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from embeddings.documents.extract import Box, Extract
from embeddings.documents.office import language_of_tag
from embeddings.documents.pdf_blocks import extract
from embeddings.documents.pdf_glyphs import Glyph, Row, looked_at
from embeddings.documents.pdf_lines import page_lines
from embeddings.documents.pdf_pages import Page, body_of, on_pages, shown
from embeddings.documents.pdf_text import day_of, is_right_to_left, repaired, sound_title
from embeddings.errors import DocumentError

_MAX_PAGES: Final = 5000
_MAX_CHARACTERS: Final = 20_000_000
_OCR: Final = "run text recognition (OCR) on the file first, for example: ocrmypdf IN.pdf OUT.pdf"
_HYPHEN: Final = "\x02"
"""What pdfium makes of a hyphen at a line's end, and leaves the line break out."""
_MIN_SIZE: Final = 2.0
_MAX_SIZE: Final = 10_000.0
"""Points. Smaller letters are there for machines, larger ones come from broken files."""
_WHITE: Final = 250
_UPRIGHT: Final = 0.97
"""Cosine of the angle up to which a line is read as level."""
_UNDRAWN: Final = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


def read(data: bytes) -> Extract:
    """Read the text of a PDF, page by page, with the place of each line.

    Raises DocumentError when it is none, is damaged or encrypted, is too large or has no text on any page.
    """
    with closing(_opened(data)) as document:
        if len(document) > _MAX_PAGES:
            raise DocumentError(f"has {len(document):,} pages; at most {_MAX_PAGES:,} are read: split it")
        pages, troubles = _pages(document)
        kept, left_out = body_of(pages)
        found = extract(kept)
        if not any(character.isalnum() for block in found.blocks for character in block.content.text):
            raise DocumentError(f"holds no text but running heads and page numbers; {_OCR}")
        return replace(
            found,
            title=sound_title(document.get_metadata_value("Title")),
            date=day_of(document.get_metadata_value("CreationDate")),
            language=_language(document),
            left_out=(*left_out, *troubles),
        )


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise DocumentError("is encrypted; save a copy of it without a password") from error
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise DocumentError("is encrypted in a way that is not known; save a copy of it without that") from error
        if b"%PDF" not in data[:1024]:
            raise DocumentError("is no PDF: it does not begin with %PDF") from error
        raise DocumentError("is damaged: save it anew from the program that opens it, or get another copy") from error
    if len(document) == 0:
        document.close()
        raise DocumentError("is damaged: it has no pages")
    return document


# Pages


class _Trouble(NamedTuple):
    """What was left out of a page, and the text of it."""

    what: str
    text: str


_ONLY_PICTURES: Final = f"no text, only an image; {_OCR}"
_EMPTY: Final = "empty"
_UNREADABLE: Final = "damaged, cannot be read"
_UNMAPPED: Final = f"text in a font that does not tell its letters; {_OCR}"


def _pages(document: pdfium.PdfDocument) -> tuple[list[Page], list[str]]:
    """The pages with text, and what was left out of all. Raises DocumentError where no page has text."""
    pages: list[Page] = []
    on: dict[str, list[int]] = {}
    samples: dict[str, str] = {}
    characters = 0
    for index in range(len(document)):
        page, troubles = _page(document, index)
        for what, text in troubles:
            on.setdefault(what, []).append(index + 1)
            samples.setdefault(what, text)
        if page is not None:
            pages.append(page)
            characters += sum(len(line.text) for line in page.lines)
        if characters > _MAX_CHARACTERS:
            raise DocumentError(f"is too large: it holds more than {_MAX_CHARACTERS:,} characters")
    if not pages:
        reasons = {_ONLY_PICTURES: f"holds no text, only images of pages; {_OCR}", _UNMAPPED: f"holds {_UNMAPPED}"}
        raise DocumentError(next((reasons[what] for what in reasons if what in on), _nothing_on(on)))
    told = [f"{on_pages(on[what])}: {what}{f' {shown(text)}' if text else ''}" for what, text in samples.items()]
    return pages, told


def _nothing_on(on: dict[str, list[int]]) -> str:
    return "is damaged: none of its pages can be read" if list(on) == [_UNREADABLE] else "holds no text"


def _page(document: pdfium.PdfDocument, index: int) -> tuple[Page | None, list[_Trouble]]:
    """A page, None without text, and what was left out of it."""
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
            reader = _PageReader(page, text_page)
            lines = page_lines(reader.rows())
            height, drawn = page.get_height(), raw.FPDFPage_CountObjects(page)
    except pdfium.PdfiumError:
        return None, [_Trouble(_UNREADABLE, "")]
    troubles = [_Trouble(what, repaired("".join(text))) for what, text in reader.left_out.items()]
    if 2 * reader.unmapped > reader.letters:
        return None, [*troubles, _Trouble(_UNMAPPED, "")]
    if not lines:
        return None, troubles or [_Trouble(_ONLY_PICTURES if drawn else _EMPTY, "")]
    return Page(index + 1, height, tuple(lines)), troubles


@dataclass(frozen=True, slots=True)
class _Pen:
    """How an object of a page writes. `unseen`: why nobody sees it, empty otherwise."""

    unseen: str
    bold: bool


class _PageReader:
    """Reads the characters of a page. `left_out`: texts by the reason why nobody reads them there."""

    def __init__(self, page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> None:
        self.left_out: dict[str, list[str]] = {}
        self.letters = self.unmapped = 0
        self._page = page
        self._text = text_page.raw
        self._count = text_page.count_chars()
        self._seen = looked_at(page.get_bbox(), page.get_rotation())
        self._quarters = page.get_rotation() // 90
        # The order of Arabic is found by what each letter takes on its line, not by its ink. Pdfium does not know that
        # on turned pages.
        self._advances = self._quarters == 0 and is_right_to_left(text_page.get_text_range())
        self._left = page.get_bbox()[0]
        self._size = page.get_size()
        self._pens: dict[int, _Pen] = {}
        self._grounds: list[Box] | None = None

    def rows(self) -> Iterator[Row]:
        """The characters line by line, as pdfium breaks them."""
        glyphs: list[Glyph] = []
        for glyph in self._glyphs():
            if glyph.text == _HYPHEN:
                glyphs.append(glyph._replace(text="-"))
            elif glyph.text != "\n":
                glyphs.append(glyph)
                continue
            yield glyphs
            glyphs = []
        yield glyphs

    def _glyphs(self) -> Iterator[Glyph]:
        left, bottom, right, top, x, y = (ctypes.c_double() for _ in range(6))
        matrix, loose = raw.FS_MATRIX(), raw.FS_RECTF()
        text, seen = self._text, self._seen
        for i in range(self._count):
            code = raw.FPDFText_GetUnicode(text, i)
            letter = chr(code) if 0 < code <= 0x10FFFF else ""
            generated = raw.FPDFText_IsGenerated(text, i) == 1
            if generated or not letter:
                yield Glyph(letter)
                continue
            raw.FPDFText_GetCharBox(text, i, left, right, bottom, top)
            raw.FPDFText_GetCharOrigin(text, i, x, y)
            raw.FPDFText_GetMatrix(text, i, matrix)
            box = seen(left.value, bottom.value, right.value, top.value)
            if self._advances and raw.FPDFText_GetLooseCharBox(text, i, loose):
                box = (loose.left - self._left, box[1], loose.right - self._left, box[3])
            baseline = seen(x.value, y.value, x.value, y.value)[1]
            size = raw.FPDFText_GetFontSize(text, i) * math.hypot(matrix.c, matrix.d)
            pen = self._pen(i, ((left.value + right.value) / 2, (bottom.value + top.value) / 2))
            why = pen.unseen or self._why_unseen(box, baseline, size, matrix)
            blank = letter.isspace()
            if not why:
                self.unmapped += raw.FPDFText_HasUnicodeMapError(text, i) == 1
                self.letters += 1
                yield Glyph(letter, box, round(size, 1), round(baseline, 1), pen.bold, not blank)
            elif not blank:
                self.left_out.setdefault(why, []).append(letter)

    def _why_unseen(self, box: Box, baseline: float, size: float, matrix: raw.FS_MATRIX) -> str:
        width, height = self._size
        on_page = 0 <= box[0] + box[2] <= 2 * width and 0 <= box[1] + box[3] <= 2 * height
        if not (on_page and -height <= baseline <= 2 * height and size <= _MAX_SIZE):
            return "text outside the page"
        if not size >= _MIN_SIZE:
            return f"text smaller than {_MIN_SIZE:.0f} points"
        a, b = matrix.a, matrix.b
        along = (a, b, -a, -b)[self._quarters]
        return "" if along >= _UPRIGHT * math.hypot(a, b) else "text set sideways"

    def _pen(self, index: int, at: tuple[float, float]) -> _Pen:
        drawn = raw.FPDFText_GetTextObject(self._text, index)
        address = ctypes.cast(drawn, ctypes.c_void_p).value or 0
        if address not in self._pens:
            self._pens[address] = _Pen(self._why_undrawn(drawn, at), _is_bold(drawn)) if address else _Pen("", False)
        return self._pens[address]

    def _why_undrawn(self, drawn: object, at: tuple[float, float]) -> str:
        """Why an object that writes `at` shows nothing. Text recognition lays invisible text over an image."""
        if raw.FPDFTextObj_GetTextRenderMode(drawn) in _UNDRAWN:
            return "" if self._is_over(at) else "invisible text"
        return "" if not _is_white(drawn) or self._is_over(at) else "white text on white ground"

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


def _language(document: pdfium.PdfDocument) -> str:
    length = raw.FPDFCatalog_GetLanguage(document, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length)
    return language_of_tag(buffer.raw.decode("utf-16-le", "ignore").strip("\0"))
