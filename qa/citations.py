"""Citations: where a passage stands, in words."""

from embeddings.types import Document, Passage


def locator(passage: Passage) -> str:
    """The place within the document: "para. 7", or the nearest heading where paragraphs have no numbers."""
    if passage.paragraph:
        return f"para. {passage.paragraph}"
    return passage.section[-1] if passage.section else "unnumbered"


def source_lines(document: Document, passage: Passage) -> tuple[int, int]:
    """The first and the last line of the source file that the passage stands on, counted from 1."""
    first = document.text.count("\n", 0, passage.start) + 1
    return first, first + document.text.count("\n", passage.start, passage.end)
