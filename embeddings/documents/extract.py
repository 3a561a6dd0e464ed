"""What a reader gets out of a file, whatever its format."""

from dataclasses import dataclass
from typing import Final

from embeddings.types import Block, Place

CELL_BORDER: Final = " | "
"""Stands between the cells of a table's row, whatever the format."""
MAX_CHARACTERS: Final = 20_000_000
"""Of a text. Some 5000 pages; more is a file made to keep somebody busy."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A file's text and what stands in it.

    `text` is what every offset counts in: the decoded file itself in text formats, elsewhere the text as somebody sees
    it, blocks on lines of their own. `blocks` in reading order. `places`, in order, lead from `text` to the file; empty
    for text formats. `title`, `date` (ISO 8601; of publication, not of the file) and `language` (ISO 639-1) as its own
    properties have them, empty where it has none. `left_out`: what does not stand in `blocks` and why, a line each.
    """

    text: str
    blocks: tuple[Block, ...]
    places: tuple[Place, ...] = ()
    title: str = ""
    date: str = ""
    language: str = ""
    left_out: tuple[str, ...] = ()
