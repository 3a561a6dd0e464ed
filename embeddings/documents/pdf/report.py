"""What was left out of a PDF, told in a few lines, or as the reason why it is not read."""

from collections.abc import Iterator, Sequence
from typing import Final

from embeddings.documents.extract import MAX_CHARACTERS
from embeddings.errors import DocumentError

OCR: Final = "run text recognition (OCR) on the file first, for example: ocrmypdf IN.pdf OUT.pdf"
OUTSIDE: Final = "text outside the page"
TINY: Final = "text smaller than 2 points"
TURNED: Final = "text set sideways"
INVISIBLE: Final = "invisible text"
WHITE: Final = "white text on white ground"
"""Text on a page that nobody reads there."""
ONLY_PICTURES: Final = f"no text, only an image; {OCR}"
EMPTY: Final = "empty"
UNREADABLE: Final = "damaged, cannot be read"
UNMAPPED: Final = f"text in a font that does not tell its letters; {OCR}"
"""Pages without text."""

_REASONS: Final = {
    ONLY_PICTURES: f"holds no text, only images of pages; {OCR}",
    UNMAPPED: f"holds {UNMAPPED}",
    EMPTY: "holds no text",
    UNREADABLE: "is damaged: none of its pages can be read",
}
"""Why a document without text is not read, the likeliest first."""
_SHOWN: Final = 60
"""Characters of a line that the list of what is left out shows."""


class Report:
    """Collects what was left out of each page."""

    def __init__(self) -> None:
        self._pages: dict[str, list[int]] = {}
        self._samples: dict[str, str] = {}
        self._characters = 0

    def left_out(self, page: int, what: str, text: str = "") -> None:
        """Note that `what` was left out of a page, in the words of `text` if it has any."""
        self._pages.setdefault(what, []).append(page)
        self._samples.setdefault(what, text)

    def count(self, characters: int) -> None:
        """Count what was read. Raises DocumentError where that is more than any document has."""
        self._characters += characters
        if self._characters > MAX_CHARACTERS:
            raise DocumentError(f"is too large: it holds more than {MAX_CHARACTERS:,} characters")

    def no_text(self) -> DocumentError:
        """Why a document is not read on whose pages there is no text."""
        if not self._pages:
            return DocumentError("is damaged: it has no pages")
        return DocumentError(next((why for what, why in _REASONS.items() if what in self._pages), "holds no text"))

    def lines(self) -> Iterator[str]:
        """A line for each kind of thing that was left out."""
        for what, text in self._samples.items():
            yield f"{on_pages(self._pages[what])}: {what}{f' {shown(text)}' if text else ''}"


def shown(text: str) -> str:
    """A line in quotes, shortened where it is long."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def on_pages(numbers: Sequence[int]) -> str:
    """`page 4`, or `pages 4, 6-9`."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1][1:] = [number]
        else:
            ranges.append([number])
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join('-'.join(map(str, part)) for part in ranges)}"
