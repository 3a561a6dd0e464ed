"""Books (EPUB 2 and 3): their chapters, read as web pages in the order of the book."""

import posixpath
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from embeddings.documents.archive import Archive
from embeddings.documents.extract import Extract
from embeddings.documents.html import MAX_BYTES, page_of
from embeddings.documents.markup import Budget, Page, day_of, extract_of_pages
from embeddings.documents.office import language_of_tag, title_of
from embeddings.documents.xml import Element, child, local, whole
from embeddings.errors import DocumentError

_CONTAINER: Final = "META-INF/container.xml"
_ENCRYPTION: Final = "META-INF/encryption.xml"
_CHAPTERS: Final = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_MAX_CHAPTERS: Final = 5_000


def read(data: bytes) -> Extract:
    """Read a book: a block a paragraph, a heading, an item of a list and a table's row; places name the chapter's file.

    Raises DocumentError when `data` is no book, is encrypted, too large or holds no words.
    """
    archive = Archive(data, "EPUB")
    book = _Book(archive)
    locked = _locked(archive)
    budget = Budget()
    pages: list[tuple[str, Page]] = []
    for name in book.chapters:
        if name in locked:
            raise DocumentError("is encrypted (DRM); get a copy without, no reader can open it otherwise")
        pages.append((name, page_of(archive.read(name, MAX_BYTES), budget)))
    languages = (page.language for _, page in pages if page.language)
    return extract_of_pages(
        pages,
        title=title_of(book.first("title")),
        date=day_of(*book.dates()),
        language=language_of_tag(book.first("language")) or next(languages, ""),
        left_out=book.left_out(),
    )


class _Book:
    """What the package file says of a book. `chapters`: the files of its reading order."""

    def __init__(self, archive: Archive) -> None:
        path = _package(archive)
        root = whole(archive, path)
        self._metadata = list(_inside(child(root, "metadata")))
        self._unread: Counter[str] = Counter()
        items = {item.get("id", ""): item for item in _children(root, "manifest", "item")}
        spine = _children(root, "spine", "itemref")
        if len(spine) > _MAX_CHAPTERS:
            raise DocumentError(f"is too large: it has more than {_MAX_CHAPTERS:,} chapters; split it")
        found = (self._chapter(archive, path, reference, items) for reference in spine)
        self.chapters = list(dict.fromkeys(filter(None, found)))
        if not self.chapters:
            raise DocumentError("is no EPUB that can be read: its package names no chapter that is in it")

    def first(self, name: str) -> str:
        """The first property called `name` that says something."""
        return next((words for element in self._metadata if local(element) == name and (words := _words(element))), "")

    def dates(self) -> Iterator[str]:
        """The dates of the book, that of its publication first. EPUB 2 says at each what happened on it."""
        dated = [element for element in self._metadata if local(element) == "date"]
        events = {"publication": 0, "original-publication": 1, "": 2}
        for element in sorted(dated, key=lambda date: events.get(_event(date), 3)):
            if _event(element) in events:
                yield _words(element)

    def left_out(self) -> list[str]:
        """A line for each kind of file in the reading order that is not read."""
        return [f"{kind}: {count}" for kind, count in self._unread.items()]

    def _chapter(self, archive: Archive, package: str, reference: Element, items: dict[str, Element]) -> str:
        item = items.get(reference.get("idref", ""))
        kind = "" if item is None else item.get("media-type", "")
        if item is None or kind not in _CHAPTERS:
            self._unread[f"parts of the kind {kind[:40]!r}" if kind else "parts that are not in the book"] += 1
            return ""
        name = _path(package, item.get("href", ""))
        if reference.get("linear") == "no":
            self._unread["parts outside the order of reading"] += 1
        elif "nav" in item.get("properties", "").split():
            self._unread["tables of contents"] += 1
        elif name not in archive:
            self._unread["parts that are not in the book"] += 1
        else:
            return name
        return ""


def _package(archive: Archive) -> str:
    if _CONTAINER not in archive:
        raise DocumentError(f"is no EPUB: it holds no {_CONTAINER!r}")
    paths = [file.get("full-path", "") for file in _children(whole(archive, _CONTAINER), "rootfiles", "rootfile")]
    if not paths:
        raise DocumentError(f"is no EPUB: its {_CONTAINER!r} names no package")
    return posixpath.normpath(str(paths[0])).lstrip("/")


def _children(root: Element, parent: str, name: str) -> list[Element]:
    """The elements called `name` in the first one called `parent`."""
    found = child(root, parent)
    return [element for element in found if local(element) == name] if found is not None else []


def _path(base: str, href: str) -> str:
    """The name in the archive of what the file `base` calls `href`."""
    relative = unquote(href.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), relative)).lstrip("/")


def _locked(archive: Archive) -> frozenset[str]:
    """The files that are encrypted: fonts may be."""
    if _ENCRYPTION not in archive:
        return frozenset()
    root = whole(archive, _ENCRYPTION)
    uris = (element.get("URI", "") for element in root.iter("{*}CipherReference"))
    return frozenset(_path("", uri) for uri in uris)


def _inside(metadata: Element | None) -> Iterator[Element]:
    """The properties, which old books put one level further in."""
    for element in metadata if metadata is not None else ():
        yield from element if local(element) in {"dc-metadata", "x-metadata"} else (element,)


def _words(element: Element) -> str:
    return str(element.text or "").strip()


def _event(element: Element) -> str:
    return next((str(value).lower() for key, value in element.attrib.items() if key.endswith("event")), "")
