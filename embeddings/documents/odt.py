"""OpenDocument texts (ODT), as LibreOffice writes them, with the numbers of their lists."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from embeddings.documents.archive import Archive
from embeddings.documents.counting import counted
from embeddings.documents.extract import CELL_BORDER, Extract
from embeddings.documents.office import (
    Line,
    Lines,
    extract_of,
    grouped,
    language_of_tag,
    one_line,
    refuse_more,
    title_of,
)
from embeddings.documents.xml import Element, child, local, outermost, walk, whole
from embeddings.errors import DocumentError

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ROW: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-row"
_PARAGRAPHS: Final = frozenset({"p", "h"})
_APART: Final = {
    "tracked-changes": "tracked deletions, together",
    "table-of-content": "tables of contents",
    "alphabetical-index": "indexes",
    "illustration-index": "indexes",
}
"""What holds paragraphs that are no part of the text, and what left_out calls it."""
_NOTES: Final = {"note": "footnotes and endnotes", "annotation": "comments"}
_SIGNS: Final = {"s": " ", "tab": " ", "line-break": " "}
_FORMATS: Final = {
    "": "none",
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "一, 二, 三, ...": "chineseCounting",
    "甲, 乙, 丙, ...": "ideographTraditional",
    "أ, ب, ت, ...": "arabicAlpha",
    "أ, ب, ج, ...": "arabicAbjad",
}
_MAX_LEVELS: Final = 10
_MAX_SIGNS: Final = 20
"""Of what stands around a number: more is no bracket."""


def read(data: bytes) -> Extract:
    """Read an OpenDocument text: a block a paragraph and a table's row, numbers of lists in front of their text.

    Raises DocumentError when `data` is none, too large or holds no words.
    """
    archive = Archive(data, "ODT")
    if "META-INF/manifest.xml" in archive and b"encryption-data" in archive.read("META-INF/manifest.xml", 10_000_000):
        raise DocumentError("is encrypted; save it without a password")
    reader = _Reader()
    if "styles.xml" in archive:
        reader.learn(whole(archive, "styles.xml"))
    tags = [_ROW, *(_TEXT + name for name in (*_PARAGRAPHS, *_APART))]
    for number, element in enumerate(outermost(archive.entry("content.xml"), tags), 1):
        if number == 1:
            reader.learn(element.getroottree().getroot())
        reader.take(element, number)
    meta = child(whole(archive, "meta.xml"), "meta") if "meta.xml" in archive else None
    title, language = (str(getattr(child(meta, name), "text", None) or "") for name in ("title", "language"))
    return extract_of(
        reader.lines.lines,
        title=title_of(title),
        language=language_of_tag(language),
        left_out=[
            *grouped("stretch of hidden text", "stretches of hidden text", reader.hidden),
            *(f"{what}: {count}" for what, count in sorted(reader.counts.items())),
            *(f"numbers in the format {form!r} are written in digits" for form in sorted(reader.unknown)),
        ],
    )


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    before: str
    after: str
    shown: int
    start: int
    bullet: bool

    @classmethod
    def of(cls, element: Element) -> "_Level":
        return cls(
            _attribute(element, "num-format"),
            _attribute(element, "num-prefix")[:_MAX_SIGNS],
            _attribute(element, "num-suffix")[:_MAX_SIGNS],
            max(1, _integer(element, "display-levels", 1)),
            _integer(element, "start-value", 1),
            local(element) == "list-level-style-bullet",
        )


class _Reader:
    """Turns paragraphs and rows into lines, in the order of the document, and counts what it leaves out."""

    def __init__(self) -> None:
        self.lines = Lines()
        self.hidden: list[str] = []
        self.counts: Counter[str] = Counter()
        self.unknown: set[str] = set()
        """Formats of numbers that are written in digits for want of knowing better."""
        self._hiding: set[str] = set()
        self._lists: dict[str, dict[int, _Level]] = {}
        self._styles: dict[str, Element] = {}
        self._values: dict[str, dict[int, int]] = {}
        self._list: Element | None = None
        self._item: Element | None = None
        self._paragraphs = 0
        self._pieces: list[str] = []
        self._cells: list[list[str]] = [[]]
        self._boxes: list[Element] = []

    def learn(self, root: Element) -> None:
        """Take note of the styles in a file."""
        for element in root.iter(f"{_TEXT}list-style", f"{_TEXT}outline-style", "{*}style"):
            if local(element) == "style":
                name = _attribute(element, "name")
                self._styles[name] = element
                if any(_attribute(properties, "display") == "none" for properties in element):
                    self._hiding.add(name)
            else:
                name = _attribute(element, "name") if local(element) == "list-style" else ""
                levels = {_integer(e, "level", 1): _Level.of(e) for e in element}
                self._lists[name] = {at: level for at, level in levels.items() if 1 <= at <= _MAX_LEVELS}

    def take(self, element: Element, number: int) -> None:
        """Read a paragraph or a row, the `number`-th of the document, then the text boxes that hang on it."""
        if local(element) in _APART:
            self.counts[_APART[local(element)]] += 1
            return
        waiting = deque([element])
        while waiting:
            block = waiting.popleft()
            self._cells, self._boxes = [[]], []
            walk(block, self._start, self._end)
            row = local(block) == "table-row"
            cells = (" ".join(cell) for cell in self._cells if cell)
            self.lines.add(Line(CELL_BORDER.join(cells), number, None if row else self._level(block), row))
            waiting.extend(self._boxes)

    def _level(self, block: Element) -> int | None:
        if any(_attribute(style, "name") == "Title" for style in self._chain(block)):
            return 0
        return _integer(block, "outline-level", 1) if local(block) == "h" else None

    def _start(self, element: Element) -> bool:
        name = local(element)
        if name in _NOTES or self._is_hidden(element):
            if name in _NOTES:
                self.counts[_NOTES[name]] += 1
            else:
                self.hidden.append(one_line("".join(element.itertext())))
        elif name == "text-box":
            self._boxes += [e for e in element if local(e) in _PARAGRAPHS]
        elif name != "covered-table-cell":
            self._open(element, name)
            return True
        self._pieces.append(element.tail or "")
        return False

    def _open(self, element: Element, name: str) -> None:
        if name in _PARAGRAPHS:
            self._paragraphs += 1
            refuse_more(self._paragraphs)
            self._pieces.clear()
        elif name == "table-cell":
            self._cells.append([])
        elif name == "image":
            self.counts["pictures"] += 1
        self._pieces.append(_SIGNS.get(name, element.text or ""))

    def _end(self, element: Element) -> None:
        name = local(element)
        if name == "table-cell":
            self._cells.append([])
        elif name not in _PARAGRAPHS:
            self._pieces.append(element.tail or "")
        else:
            text = " ".join(one_line("".join(self._pieces)).split())
            number = self._number(element)
            if text:
                self._cells[-1].append(f"{number} {text}" if number else text)

    def _number(self, paragraph: Element) -> str:
        lists, items = _lists_around(paragraph)
        if not lists:
            counts = local(paragraph) == "h" and _attribute(paragraph, "is-list-header") != "true"
            return self._counted("", _integer(paragraph, "outline-level", 1), paragraph) if counts else ""
        if not items or items[0] is self._item or local(items[0]) == "list-header":
            return ""
        self._item = items[0]
        own = (_attribute(style, "list-style-name") for style in self._chain(paragraph))
        name = next(filter(None, (*(_attribute(around, "style-name") for around in lists), *own)), "")
        if lists[-1] is not self._list:
            self._list = lists[-1]
            if _attribute(self._list, "continue-numbering") != "true" and not _attribute(self._list, "continue-list"):
                self._values.pop(name, None)
        return self._counted(name, len(lists), items[0])

    def _counted(self, name: str, depth: int, item: Element) -> str:
        levels = self._lists.get(name, {})
        level = levels.get(depth)
        if level is None:
            return ""
        values = self._values.setdefault(name, {})
        values[depth] = _integer(item, "start-value", values.get(depth, level.start - 1) + 1)
        for deeper in [at for at in values if at > depth]:
            del values[deeper]
        if level.bullet:
            return "•"
        shown = [at for at in range(max(1, depth - level.shown + 1), depth + 1) if at in levels]
        parts = [self._printed(values.get(at, levels[at].start), levels[at].form) for at in shown]
        return f"{level.before}{'.'.join(filter(None, parts))}{level.after}".strip() if parts[-1] else ""

    def _printed(self, value: int, form: str) -> str:
        if form not in _FORMATS:
            self.unknown.add(form)
        return counted(value, _FORMATS.get(form, "decimal"))

    def _is_hidden(self, element: Element) -> bool:
        return local(element) in {"hidden-text", "hidden-paragraph"} or any(
            _attribute(style, "name") in self._hiding for style in self._chain(element)
        )

    def _chain(self, element: Element) -> Iterator[Element]:
        """The style of `element` and those that it rests upon."""
        name = _attribute(element, "style-name")
        for _ in range(20):  # ends circles
            if not name or name not in self._styles:
                return
            yield self._styles[name]
            name = _attribute(self._styles[name], "parent-style-name")


def _lists_around(paragraph: Element) -> tuple[list[Element], list[Element]]:
    """The lists that a paragraph stands in and their items, the innermost first."""
    lists: list[Element] = []
    items: list[Element] = []
    for around in paragraph.iterancestors():
        if local(around) in {"table-cell", "text-box"}:
            break
        if local(around) == "list":
            lists.append(around)
        elif local(around) in {"list-item", "list-header"}:
            items.append(around)
    return lists, items


def _attribute(element: Element, name: str) -> str:
    return str(next((value for key, value in element.attrib.items() if key.endswith("}" + name)), ""))


def _integer(element: Element, name: str, default: int) -> int:
    value = _attribute(element, name)
    return int(value) if len(value) < 7 and value.isascii() and value.isdigit() else default
