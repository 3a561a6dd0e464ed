"""Word documents (DOCX), with the numbers that Word counts by itself.

Read from the XML: python-docx knows no automatic numbers and takes minutes for files made to keep it busy.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Final

from embeddings.documents.archive import Archive
from embeddings.documents.docx.lines import Reader
from embeddings.documents.docx.numbering import Numbering
from embeddings.documents.docx.styles import NAMESPACES, Styles, attribute
from embeddings.documents.extract import Extract
from embeddings.documents.office import Line, extract_of, grouped, language_of_tag, refuse_more, title_of
from embeddings.documents.xml import Element, child, local, outermost, whole
from embeddings.errors import DocumentError

_OLD: Final = bytes.fromhex("D0CF11E0A1B11AE1")
"""Opens the files of Word before 2007, and the container that encrypted ones are put into."""
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

_NOTES: Final = {
    "footnotes": ("footnote", "footnote", "footnotes"),
    "endnotes": ("endnote", "endnote", "endnotes"),
    "comments": ("comment", "comment", "comments"),
    "header": ("hdr", "header", "headers"),
    "footer": ("ftr", "footer", "footers"),
}
"""Parts that are left out, by their relation to the document: the element a note, what one is called, and many."""

_SAMPLE_LINES: Final = 200
_HAN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN_WEIGHT: Final = 3
"""One such sign carries about as much as three letters."""
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
_OTHER: Final = re.compile("[A-Za-z\u00c0-\u052f]")


def read(data: bytes) -> Extract:
    """Read a Word document: a block a paragraph and a table's row, automatic numbers in front of their text.

    Raises DocumentError when `data` is none, too large or holds no words.
    """
    if data.startswith(_OLD):
        raise DocumentError("is an old Word file or an encrypted one; save it as .docx without a password")
    archive = Archive(data, "DOCX")
    package = _Related(archive, "")
    document = _Related(archive, package.document())
    styles = Styles(document.root("styles"))
    reader = Reader(styles, Numbering(document.root("numbering"), styles))
    _read_body(archive, document.part, reader)
    core = package.root("core-properties")
    return extract_of(
        reader.lines,
        title=title_of(_property(core, "title")),
        language=language_of_tag(_property(core, "language") or _language(styles, reader.lines)),
        left_out=[*reader.left_out(), *_notes(archive, document, styles)],
    )


class _Related:
    """Which files of the archive belong to its file `part`, and as what; to the archive itself where that is empty."""

    def __init__(self, archive: Archive, part: str) -> None:
        self.part = part
        self._archive = archive
        self._parts: dict[str, list[str]] = {}
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        for relation in whole(archive, path) if path in archive else ():
            if local(relation) == "Relationship" and relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                self._parts.setdefault(relation.get("Type", "").rpartition("/")[2], []).append(target.lstrip("/"))

    def all(self, relation: str) -> list[str]:
        return self._parts.get(relation, [])

    def document(self) -> str:
        parts = self.all("officeDocument")
        if not parts:
            raise DocumentError("is no DOCX: it is a zip file that names no document in it")
        return parts[0]

    def root(self, relation: str) -> Element | None:
        parts = self.all(relation)
        return whole(self._archive, parts[0]) if parts else None


def _read_body(archive: Archive, part: str, reader: Reader) -> None:
    number = 0
    for element in outermost(archive.entry(part), [*_tags("p", "tr", "altChunk"), _FALLBACK]):
        if local(element) != "Fallback":
            number += 1
            reader.take(element, number)
    reader.finish(number)


def _notes(archive: Archive, document: _Related, styles: Styles) -> Iterator[str]:
    """What stands outside the body, each kind on a line."""
    for relation, (name, one, many) in _NOTES.items():
        texts: list[str] = []
        for part in document.all(relation):
            for note in outermost(archive.entry(part), _tags(name)):
                reader = Reader(styles, None)
                reader.take(note, 1)
                texts += [" ".join(line.text for line in reader.lines)] if reader.lines else []
                refuse_more(len(texts))
        yield from grouped(one, many, dict.fromkeys(texts) if relation in {"header", "footer"} else texts)


def _tags(*names: str) -> list[str]:
    return [f"{{{namespace}}}{name}" for namespace in NAMESPACES for name in names]


def _property(core: Element | None, name: str) -> str:
    return str(getattr(child(core, name), "text", None) or "")


def _language(styles: Styles, lines: Sequence[Line]) -> str:
    """The language that the styles name for the script that most of the text is in."""
    text = " ".join(line.text for line in lines[:_SAMPLE_LINES])
    counts = {
        "val": len(_OTHER.findall(text)),
        "eastAsia": len(_HAN.findall(text)) * _HAN_WEIGHT,
        "bidi": len(_RIGHT_TO_LEFT.findall(text)),
    }
    return attribute(styles.language, max(counts, key=lambda name: counts[name]))
