"""XML from outside: no entities, no network, and never more of the tree in memory than one block of a text."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Final, TypeAlias

from embeddings.documents.archive import Archive, Entry
from embeddings.errors import DocumentError

Element: TypeAlias = Any
"""An element of lxml, which has no types."""

_MAX_PART: Final = 20_000_000
"""Bytes of a file that is parsed as a whole: styles, numbers, properties."""
_MAX_MARKS: Final = 1_000_000
"""Signs of markup, about two an element and one an attribute, that may stand in memory at a time: about 200 MB."""
_CHUNK: Final = 1 << 15
_SAFE: Final = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}


class _Watched:
    """An entry that counts the signs of markup since the last block. They are cheaper to count than elements."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self.marks = 0

    def read(self, size: int = _CHUNK) -> bytes:
        chunk = self._entry.read(size)
        self.marks += chunk.count(b"<") + chunk.count(b"=")
        if self.marks > _MAX_MARKS:
            raise DocumentError(f"is too complex: more than {_MAX_MARKS:,} signs of markup in one block")
        return chunk


def whole(archive: Archive, name: str) -> Element:
    """The root of the file `name`, parsed as a whole."""
    from lxml import etree

    data = archive.read(name, _MAX_PART)
    if data.count(b"<") + data.count(b"=") > _MAX_MARKS:
        raise DocumentError(f"is too complex: more than {_MAX_MARKS:,} signs of markup in {name!r}")
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise _broken(archive.kind, name, error) from error
    _refuse_entities(root, archive.kind)
    return root


def outermost(entry: Entry, tags: Collection[str]) -> Iterator[Element]:
    """The elements called one of `tags` (`{namespace}p`) that stand in no other one, in order.

    Each is emptied when the next is asked for.
    """
    from lxml import etree

    watched = _Watched(entry)
    outer: Element | None = None
    first = True
    try:
        for event, element in etree.iterparse(watched, events=("start", "end"), tag=tuple(tags), **_SAFE):
            if first:
                _refuse_entities(element, entry.kind)
                first = False
            if event == "start" and outer is None:
                outer = element
            elif event == "end" and element is outer:
                yield element
                _forget(element)
                outer = None
                watched.marks = 0
    except etree.XMLSyntaxError as error:
        raise _broken(entry.kind, entry.name, error) from error


def walk(root: Element, start: Callable[[Element], bool], end: Callable[[Element], None]) -> None:
    """Call `start` where `root` and each element below it start, in order, and `end` where those end.

    `start` returns whether to go into the element; where it does not, `end` is not called either. Takes no recursion,
    so that depth does no harm.
    """
    from lxml import etree

    walker = etree.iterwalk(root, events=("start", "end"))
    left_out: Element | None = None
    for event, element in walker:
        if event == "end":
            if element is not left_out:
                end(element)
            left_out = None
        elif not start(element):
            left_out = element
            walker.skip_subtree()


def local(element: Element) -> str:
    """An element's name without its namespace; empty for an entity."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first element at `path` of local names below `element`, if any."""
    for name in path:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def _forget(element: Element) -> None:
    """Empty `element` and drop what stands before it. The text behind it stays: the parser may be writing it."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while (before := element.getprevious()) is not None:
        parent.remove(before)


def _refuse_entities(element: Element, kind: str) -> None:
    if element.getroottree().docinfo.doctype:
        raise DocumentError(f"is no {kind}: it declares a document type, and with it perhaps entities")


def _broken(kind: str, name: str, error: Exception) -> DocumentError:
    return DocumentError(f"is no {kind}: {name!r} is broken: {str(error).splitlines()[0]}")
