"""Web pages (HTML and XHTML): what somebody sees of them, block by block."""

import re
from typing import Final

from embeddings.documents.charset import decoded
from embeddings.documents.extract import Extract
from embeddings.documents.html.page import HtmlPage
from embeddings.documents.markup import Budget, Page, day_of, extract_of_pages
from embeddings.documents.office import language_of_tag, title_of
from embeddings.errors import DocumentError

MAX_BYTES: Final = 20_000_000
_CHUNK: Final = 1 << 16
_HEAD: Final = 4_096
"""Bytes within which a page names its encoding."""
_CHARSET: Final = re.compile(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_-]{1,40})")
_KNOWN_CHARSETS: Final = ("big5", "cp", "euc", "gb", "iso", "koi8", "mac", "shift", "tis", "windows")
"""Beginnings of names. Python has codecs besides that decode no files (idna), and pages name them to do harm."""
_AS_ON_THE_WEB: Final = {"iso-8859-1": "cp1252", "shift_jis": "cp932", "euc-kr": "cp949"}
_DATES: Final = (
    "dcterms.issued",
    "dcterms.date",
    "dc.date.issued",
    "dc.date",
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "date",
    "dcterms.created",
)
"""Names of a page's properties that tell its day, the best first."""


def read(data: bytes) -> Extract:
    """Read a web page: a block a paragraph, a heading, an item of a list and a table's row.

    Raises DocumentError when `data` is no text, too large or holds no words.
    """
    page = page_of(data, Budget())
    return extract_of_pages([("", page)], title=page.title, date=page.date, language=page.language)


def page_of(data: bytes, budget: Budget) -> Page:
    """One page, which may turn out to have no pieces. Raises DocumentError as `read` does."""
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise DocumentError(f"is too large: a page of more than {MAX_BYTES:,} bytes; split it")
    markup = decoded(data, _declared_charset(data[:_HEAD]))
    page = HtmlPage(budget)
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True)
    try:
        for at in range(0, len(markup), _CHUNK):
            parser.feed(markup[at : at + _CHUNK].encode("utf-8", "replace"))
        pieces = parser.close()
    except etree.XMLSyntaxError:  # there are no tags and no words
        return Page()
    return Page(
        pieces,
        tuple(page.unread),
        title_of(page.title),
        day_of(*(page.metas.get(name, "") for name in _DATES)),
        language_of_tag(page.language or page.metas.get("content-language", "")),
    )


def _declared_charset(head: bytes) -> str:
    found = _CHARSET.search(head)
    name = found[1].decode().lower() if found else ""
    return _AS_ON_THE_WEB.get(name, name) if name.startswith(_KNOWN_CHARSETS) else ""
