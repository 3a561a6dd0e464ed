"""Anchors: the part of an address behind `#` that leads to a paragraph or a sentence in the source panel.

    #A_77_12/para-6          paragraph 6 of a document
    #A_77_12/para-6/s2       its third sentence
    #own/notes/para-p3       of one of the visitor's own documents

What stands between the slashes is percent-encoded. `static/source_place.js` reads and writes the same.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from embeddings.types import Passage
from qa.types import Collection

_OWN: Final = "own"
_SENTENCE: Final = re.compile("s[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: a passage of a collection by its document and key, and, unless None, a sentence of it, from 0."""

    doc_id: str
    key: str
    sentence: int | None = None
    collection: Collection = "library"

    @property
    def passage_id(self) -> str:
        """The passage's name in its index."""
        return f"{self.doc_id}#{self.key}"

    def __str__(self) -> str:
        own = f"{_OWN}/" if self.collection == "own" else ""
        behind = "" if self.sentence is None else f"/s{self.sentence}"
        return f"#{own}{quote(self.doc_id, safe='')}/para-{quote(self.key, safe='')}{behind}"


def anchor_of(passage: Passage, sentence: int | None = None, collection: Collection = "library") -> str:
    """The anchor of a passage, or of its sentence number `sentence`, from 0; ASCII, with the `#`."""
    return str(Anchor(passage.doc_id, passage.key, sentence, collection))


def parse_anchor(text: str) -> Anchor | None:
    """The place that an anchor leads to, with or without the `#` before it; None where it is none."""
    parts = text.removeprefix("#").split("/")
    collection: Collection = "library"
    if parts[0] == _OWN and len(parts) > 2 and parts[2].startswith("para-"):
        collection, parts = "own", parts[1:]
    sentence = None
    if len(parts) == 3 and _SENTENCE.fullmatch(parts[2]):
        sentence = int(parts.pop()[1:])
    if len(parts) != 2 or not parts[1].startswith("para-"):
        return None
    doc_id, key = unquote(parts[0]), unquote(parts[1].removeprefix("para-"))
    return Anchor(doc_id, key, sentence, collection) if doc_id and key else None
