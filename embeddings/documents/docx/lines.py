"""A Word document's paragraphs and rows into lines of text."""

import re
from collections import Counter, deque
from typing import Final

from embeddings.documents.docx.numbering import Numbering
from embeddings.documents.docx.styles import Marks, Styles, attribute, outline_level, switched_on
from embeddings.documents.extract import CELL_BORDER
from embeddings.documents.office import Line, Lines, grouped, one_line, refuse_more
from embeddings.documents.xml import Element, child, local, walk

_PROPERTIES: Final = frozenset({"pPr", "rPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr"})
_FOR_OTHERS: Final = frozenset({"Fallback", "rt"})
"""The same content again for older programs, and how the word below is said."""
_DELETED: Final = frozenset({"del", "moveFrom"})
_INSERTED: Final = frozenset({"ins", "moveTo"})
_SIGNS: Final = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "\u2011"}
_PICTURES: Final = frozenset({"drawing", "pict", "object"})
_COUNTING_FIELD: Final = re.compile(r"\s{0,20}(?:AUTONUM|LISTNUM)")


class Reader:
    """Turns paragraphs and rows into lines, in the order of the document, and counts what it leaves out.

    Without a `numbering` no automatic numbers are written.
    """

    def __init__(self, styles: Styles, numbering: Numbering | None) -> None:
        self._styles = styles
        self._numbering = numbering
        self._lines = Lines()
        self._paragraphs = 0
        self._counts: Counter[str] = Counter()
        self._hidden: list[str] = []
        self._deleted: list[str] = []
        # Of the paragraph at hand:
        self._style = styles.style(styles.default)
        self._hides = False
        self._pieces: list[str] = []
        self._goes_on = False
        """Its end is deleted: the next one's text stands on the same line."""
        self._fields: list[int | None] = []
        """Fields begun and not ended: where the instruction of each stands in the pieces, None once it is over."""
        # Of the paragraph or row at hand:
        self._cells: list[list[str]] = [[]]
        self._boxes: list[Element] = []

    @property
    def lines(self) -> list[Line]:
        """Those read so far."""
        return self._lines.lines

    def take(self, element: Element, number: int) -> None:
        """Read a paragraph, a row or what holds such, the `number`-th of the document, then its text boxes."""
        waiting = deque([element])
        while waiting:
            block = waiting.popleft()
            self._cells, self._boxes = [[]], []
            if local(block) in {"p", "tr"}:
                walk(block, self._start, self._end)
                self._lines.add(self._line(block, number))
            elif local(block) == "altChunk":
                self._counts["embedded document"] += 1
            else:
                waiting.extend(_blocks_of(block))
            waiting.extend(self._boxes)

    def finish(self, number: int) -> None:
        """End the document after the `number`-th block."""
        self._lines.add(Line(one_line("".join(self._pieces)) if self._goes_on else "", number))

    def left_out(self) -> list[str]:
        """What did not get into the lines, and what somebody should know about those that did."""
        unknown = sorted(self._numbering.unknown) if self._numbering else []
        return [
            *grouped("tracked deletion", "tracked deletions", self._deleted),
            *grouped("stretch of hidden text", "stretches of hidden text", self._hidden),
            *(f"{what}: {count}" for what, count in sorted(self._counts.items())),
            *(f"numbers in the format {name!r} are written in digits" for name in unknown),
        ]

    def _line(self, block: Element, number: int) -> Line:
        if local(block) == "tr":
            return Line(CELL_BORDER.join(" ".join(cell) for cell in self._cells if cell), number, row=True)
        outline = Marks.of(child(block, "pPr")).outline
        level = self._style.heading if outline is None else outline_level(outline)
        return Line(" ".join(self._cells[0]), number, level, contents=self._style.contents)

    def _start(self, element: Element) -> bool:
        name = local(element)
        if name in _DELETED:
            self._deleted.append("".join(inner.text or "" for inner in element.iter("{*}delText", "{*}t")))
            return False
        if name in _PROPERTIES or name in _FOR_OTHERS:
            return False
        if name == "txbxContent":
            self._boxes.append(element)
            return False
        if name == "tr":
            return self._starts_row(element)
        if name == "tc":
            self._cells.append([])
            return not _belongs_to_other_cell(element)
        self._starts_content(element, name)
        return True

    def _end(self, element: Element) -> None:
        name = local(element)
        if name == "r":
            self._hides = False
        elif name == "p":
            self._end_paragraph(element)
        elif name == "tc":
            self._end_cell()

    def _starts_row(self, row: Element) -> bool:
        properties = child(row, "trPr")
        if child(properties, "del") is not None:
            self._deleted.append("")
            return False
        if switched_on(child(properties, "hidden")):
            self._hidden.append("")
            return False
        return True

    def _starts_content(self, element: Element, name: str) -> None:
        if name == "t":
            self._text(element.text or "")
        elif name in _SIGNS:
            self._text(_SIGNS[name])
        elif name == "r":
            self._hides = self._is_hidden(element)
        elif name == "p":
            self._start_paragraph(element)
        elif name == "fldChar":
            self._field_sign(attribute(element, "fldCharType"))
        else:
            self._note(element, name)

    def _note(self, element: Element, name: str) -> None:
        """Count what is not text."""
        if name in _INSERTED:
            self._counts["tracked insertions, read as text"] += 1
        elif name in _PICTURES:
            self._counts["pictures and drawings"] += next(element.iter("{*}txbxContent"), None) is None
        elif name == "sym":
            self._counts["signs of symbol fonts"] += 1
        elif name in {"instrText", "fldSimple"}:
            instruction = element.text if name == "instrText" else attribute(element, "instr")
            if _COUNTING_FIELD.match(instruction or ""):
                self._counts["numbers that fields count"] += 1

    def _field_sign(self, sign: str) -> None:
        """Keep a field's result and drop what stands in its instruction: the results of fields that it uses."""
        if sign == "begin":
            self._fields.append(len(self._pieces))
        elif self._fields:
            instruction = self._fields.pop()
            if instruction is not None:
                del self._pieces[instruction:]
            if sign == "separate":
                self._fields.append(None)

    def _start_paragraph(self, paragraph: Element) -> None:
        self._paragraphs += 1
        refuse_more(self._paragraphs)
        style_id = attribute(child(paragraph, "pPr", "pStyle"), "val", self._styles.default)
        self._style = self._styles.style(style_id)
        self._fields.clear()
        if not self._goes_on:
            self._pieces.clear()

    def _end_paragraph(self, paragraph: Element) -> None:
        properties = child(paragraph, "pPr")
        end = child(properties, "rPr")
        self._goes_on = any(child(end, name) is not None for name in _DELETED)
        if self._goes_on:
            return
        text = one_line("".join(self._pieces))
        hidden = not text and switched_on(child(end, "vanish"))
        number = self._numbering.next(Marks.of(properties), self._style) if self._numbering and not hidden else ""
        if text:
            self._cells[-1].append(f"{number} {text}" if number else text)

    def _end_cell(self) -> None:
        if self._goes_on:
            self._cells[-1].append(one_line("".join(self._pieces)))
            self._goes_on = False
        self._cells.append([])

    def _text(self, text: str) -> None:
        if self._hides:
            self._hidden.append(text)
        else:
            self._pieces.append(text)

    def _is_hidden(self, run: Element) -> bool:
        properties = child(run, "rPr")
        own = switched_on(child(properties, "vanish"))
        if own is not None:
            return own
        style_id = attribute(child(properties, "rStyle"), "val")
        return self._style.hidden or (bool(style_id) and self._styles.style(style_id).hidden)


def _blocks_of(holder: Element) -> list[Element]:
    """The paragraphs and rows in a text box or a note that stand in no other one."""
    found: list[Element] = []

    def start(element: Element) -> bool:
        if local(element) in {"p", "tr"}:
            found.append(element)
            return False
        return local(element) != "Fallback"

    walk(holder, start, lambda _: None)
    return found


def _belongs_to_other_cell(cell: Element) -> bool:
    """Whether a cell is merged into the one above or to the left, or deleted."""
    properties = child(cell, "tcPr")
    merged = (child(properties, name) for name in ("vMerge", "hMerge"))
    return child(properties, "cellDel") is not None or any(
        attribute(merge, "val", "continue") == "continue" for merge in merged if merge is not None
    )
