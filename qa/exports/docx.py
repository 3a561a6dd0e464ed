"""A conversation as a Word document (Office Open XML, ISO/IEC 29500).

Every text has its language, and every paragraph and stretch of text its direction: the reader's language for what the
program says, the document's for what is quoted. Nothing in the file leads out of it.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from embeddings.language import direction
from qa.exports.blocks import Block, Code, Facts, Heading, Line, Paragraph, Quote, Run, Table, Written
from qa.exports.docx_elements import EAST_ASIAN, REGIONS, element_of, paragraph

_STYLES: Final = MappingProxyType({1: "Title", 2: "Heading1", 3: "Heading2"})
"""Of headings by their level, by the names that the file has for them."""
_WIDTH: Final = Mm(210 - 2 * 22)


def as_docx(written: Written) -> bytes:
    """The file's bytes."""
    document = docx.Document()
    _prepare(document, written)
    end = document.element.body.sectPr
    for block in written.blocks:
        for element in _elements(block, written.language):
            end.addprevious(element)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _elements(block: Block, language: str) -> Iterator[Any]:
    match block:
        case Heading():
            yield paragraph(_STYLES[block.level], block.line, language, leads=True)
        case Paragraph():
            yield paragraph("", block.line, language, leads=block.leads)
        case Facts():
            for line in block.lines:
                yield paragraph("ListBullet", line, language)
        case Quote():
            yield paragraph("Quote", block.line, block.language)
        case Table():
            yield _table(block, language)
            yield paragraph("", (), language)  # Word joins two tables that nothing stands between
        case Code():
            yield paragraph("Pin", (Run(block.text, ""),), "")


# --- Tables ----------------------------------------------------------------------------------------------------------


def _table(table: Table, language: str) -> Any:
    """A table whose first row stands on each of its pages. Its first column is where its language begins to read."""
    element, properties, grid = OxmlElement("w:tbl"), OxmlElement("w:tblPr"), OxmlElement("w:tblGrid")
    properties.append(element_of("w:tblStyle", val="TableGrid"))
    if direction(language) == "rtl":
        properties.append(element_of("w:bidiVisual"))
    properties.append(element_of("w:tblW", w="5000", type="pct"))
    properties.append(element_of("w:tblLayout", type="fixed"))
    properties.append(element_of("w:tblLook", val="0020", firstRow="1"))
    widths = [str(round(_WIDTH.twips * share)) for share in table.widths]
    grid.extend(element_of("w:gridCol", w=width) for width in widths)
    element.extend([properties, grid])
    bold = [tuple(Run(run.text, run.language, strong=True) for run in line) for line in table.header]
    element.append(_row(bold, widths, language, first=True))
    element.extend(_row(row, widths, language) for row in table.rows)
    return element


def _row(cells: Sequence[Line], widths: Iterable[str], language: str, *, first: bool = False) -> Any:
    row, properties = OxmlElement("w:tr"), OxmlElement("w:trPr")
    properties.append(element_of("w:cantSplit"))
    if first:
        properties.append(element_of("w:tblHeader"))
    row.append(properties)
    for line, width in zip(cells, widths, strict=True):
        cell, cell_properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
        cell_properties.append(element_of("w:tcW", w=width, type="dxa"))
        cell.append(cell_properties)
        # A cell that says one thing in another language is written as that one is.
        languages = {run.language for run in line if run.text.strip()}
        cell.append(paragraph("Cell", line, languages.pop() if len(languages) == 1 else language))
        row.append(cell)
    return row


# --- The file as a whole ---------------------------------------------------------------------------------------------


def _prepare(document: Document, written: Written) -> None:
    """Styles, page, language and what is told about the file; python-docx's own template has Word's usual styles."""
    _styles(document)
    parts = document.part.package.rels
    for name in [name for name, part in parts.items() if part.reltype.endswith("/thumbnail")]:
        del parts[name]  # a picture of the empty template
    for styles in document.styles.element.iter(qn("w:rPrDefault")):
        styles.find(f".//{qn('w:lang')}").attrib.update(_languages(written.language))
    for fonts in document.settings.element.iter(qn("w:themeFontLang")):
        fonts.attrib.update(_languages(written.language))
    about = document.core_properties
    about.title, about.language, about.author = written.title, REGIONS[written.language], "Paragraph QA"
    about.comments = about.keywords = about.last_modified_by = ""
    about.created = about.modified = datetime.fromisoformat(written.exported).astimezone(UTC).replace(tzinfo=None)
    _page(document, written.language)


def _languages(language: str) -> dict[str, str]:
    """The languages of what has none of its own, for three kinds of scripts; fonts go by them."""
    is_east_asian, is_left = language in EAST_ASIAN, direction(language) == "rtl"
    return {
        qn("w:val"): "en-GB" if is_east_asian or is_left else REGIONS[language],
        qn("w:eastAsia"): REGIONS[language] if is_east_asian else "zh-CN",
        qn("w:bidi"): REGIONS[language] if is_left else "ar-SA",
    }


def _styles(document: Document) -> None:
    styles = document.styles
    quote = styles["Quote"]
    quote.font.italic = quote.font.cs_italic = False  # Chinese and Arabic have none
    quote.paragraph_format.left_indent = Mm(8)
    cell = styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = styles["Normal"]
    cell.font.size = cell.font.cs_size = Pt(9)
    cell.paragraph_format.space_after = Pt(2)
    pin = styles.add_style("Pin", WD_STYLE_TYPE.PARAGRAPH)
    pin.base_style = styles["Normal"]
    pin.font.name, pin.font.size = "Courier New", Pt(7)


def _page(document: Document, language: str) -> None:
    """A4, its number at the foot, and the direction of its columns."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    foot = section.footer.paragraphs[0]
    foot.alignment = 1
    foot._p.append(element_of("w:fldSimple", instr="PAGE"))
    if direction(language) == "rtl":
        properties = document.element.body.sectPr
        grid = properties.find(qn("w:docGrid"))
        grid.addprevious(element_of("w:bidi")) if grid is not None else properties.append(element_of("w:bidi"))
