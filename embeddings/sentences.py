"""Sentences of a passage, as spans that cover its text."""

import re
from typing import Final

import sentencex

from embeddings.source_text import trimmed
from embeddings.types import Span

_CONTINUES: Final = re.compile(
    r"(?:\b(?:para|paras|art|arts|No|Nos|Mr|Mrs|Ms|Dr|vol|chap|sect|ibid|cf|p|pp|par|parr|párr|párrs|núm|núms|Sr|Sra|M|MM|Mme)"
    r"|(?:^|\s)(?:п|пп|ст|рез|т|г|гг|гл|стр|см|им|د|ف))\.\s*$"
)
"""An abbreviation at a sentence's end is none: `para. 4`, `M. Guterres`, `ст. 5`."""


_END: Final = re.compile("[.。．!！?？؟۔।:：;；؛…][\"'”’」』）)\\]»]?$")


def ends_sentence(text: str) -> bool:
    """Whether `text` ends as a sentence or a clause before a list does, a closing quote or bracket included."""
    return _END.search(text) is not None


def sentence_spans(text: str, language: str) -> tuple[Span, ...]:
    """Split `text` into sentences: spans in order, without the blanks between them, every other character in one."""
    ends: list[int] = []
    for boundary in sentencex.get_sentence_boundaries(language, text):
        if ends and _CONTINUES.search(text[: ends[-1]]):
            ends[-1] = boundary["end_index"]
        else:
            ends.append(boundary["end_index"])
    spans = (trimmed(text, Span(start, end)) for start, end in zip([0, *ends], ends, strict=False))
    return tuple(span for span in spans if span.start < span.end)
