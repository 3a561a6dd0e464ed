"""Whether a file is what its suffix says, told before anything reads it; and what a reader's refusal comes to."""

import re
from collections.abc import Mapping
from typing import Final

from embeddings.documents.archive import Archive
from embeddings.documents.charset import decoded
from embeddings.errors import DocumentError

_ZIP: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_SIZE: Final = 22
_MOST_COMMENT: Final = 65_535
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How old Word files begin, and new ones with a password."""
_TEXTS: Final = frozenset({".txt", ".md", ".markdown", ".htm", ".html", ".xhtml"})
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    ".docx": ("[Content_Types].xml", "_rels/.rels"),
    ".epub": ("META-INF/container.xml",),
    ".odt": ("content.xml",),
}
"""What is in a zip file that is a document."""
_KINDS: Final[Mapping[str, bytes]] = {
    ".epub": b"application/epub+zip",
    ".odt": b"application/vnd.oasis.opendocument.text",
}
"""What such a zip file says of itself in `mimetype`, where it does."""
_OTHERS: Final = (
    b"%PDF", _ZIP, b"MZ", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh",
    b"{\\rtf", b"#!", b"\xca\xfe\xba\xbe", _COMPOUND,
)  # fmt: skip
"""How files begin that are no text, or that run."""


def refusal(suffix: str, data: bytes) -> str:
    """Why a file of that suffix is not taken, as `reason_of` calls it; empty where it is what it should be.

    Files of readers that other packages bring are left to these.
    """
    if not data:
        return "file_empty"
    if suffix == ".pdf":
        return "" if data.startswith(b"%PDF-") and not _ends_as_zip(data) else "file_mismatch"
    if suffix in _PARTS:
        return _refusal_of_archive(suffix, data)
    if suffix in _TEXTS:
        return _refusal_of_text(data)
    return ""


def _refusal_of_archive(suffix: str, data: bytes) -> str:
    if data.startswith(_COMPOUND):
        return "file_encrypted"
    if not data.startswith(_ZIP):
        return "file_mismatch"
    try:
        archive = Archive(data, suffix[1:].upper())
        if not all(part in archive for part in _PARTS[suffix]):
            return "file_mismatch"
        if suffix in _KINDS and "mimetype" in archive:
            return "" if archive.read("mimetype", 100).strip() == _KINDS[suffix] else "file_mismatch"
    except DocumentError as error:
        return reason_of(str(error))
    return ""


def _refusal_of_text(data: bytes) -> str:
    if data.startswith(_OTHERS):
        return "file_mismatch"
    try:
        text = decoded(data)
    except DocumentError:
        return "file_mismatch"
    return "" if text.strip() else "file_no_text"


def _ends_as_zip(data: bytes) -> bool:
    """Whether a file is a zip file as well, as a file is that two programs read in two ways."""
    tail = data[-_ZIP_END_SIZE - _MOST_COMMENT :]
    at = tail.rfind(_ZIP_END)
    if at < 0 or at + _ZIP_END_SIZE > len(tail):
        return False
    comment = int.from_bytes(tail[at + 20 : at + _ZIP_END_SIZE], "little")
    return at + _ZIP_END_SIZE + comment == len(tail)


_REASONS: Final = (
    ("file_encrypted", r"encrypted|password|DRM"),
    ("file_no_text", r"holds no text|holds no paragraph|headings only|images of pages|text recognition"),
    ("file_slow", r"takes more than \d+ s"),
    ("file_memory", r"too much memory"),
    (
        "file_long",
        r"is too large|too complex|at most .* are read|has a paragraph of more than|nests |is larger than|unpacks to",
    ),
    ("file_mismatch", r"control characters|neither UTF-8|looks like|does not begin with|no reader for"),
    ("file_damaged", r"is damaged|is no [A-Z]+|broken|its reader"),
)


def reason_of(refused: str) -> str:
    """What a reader's refusal (DocumentError, in English) comes to: the name of the page's string that says so.

    "file_encrypted", "file_no_text", "file_slow", "file_memory", "file_long", "file_mismatch" or "file_damaged";
    "file_unreadable" for any other.
    """
    return next((reason for reason, words in _REASONS if re.search(words, refused)), "file_unreadable")
