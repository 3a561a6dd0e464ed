"""How a pasted quotation is read: its parts, divided by ellipses and paragraphs, and what is no part of their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from embeddings.numbering import leading_number
from embeddings.source_text import INVISIBLE
from embeddings.types import Span
from qa.alignment import MARK, WORD
from qa.errors import QuotationError
from qa.quoted_words import QUOTATION_MARK, Words, is_word, words_of

MAX_QUOTE: Final = 8_000
"""Characters, about four pages: comparing takes time that grows with the square."""
_MAX_PARTS: Final = 20

_ELLIPSIS: Final = re.compile(
    "[\\[(（［【〔]\\s{0,3}(?:\\.{3,6}|…{1,2}|⋯{1,2}|\\. \\. \\.(?: \\.)?)\\s{0,3}[\\])）］】〕]"
    "|\\.{3,6}|…{1,3}|⋯{1,3}|\\. \\. \\.(?: \\.)?"
)
_BROKEN_WORD: Final = re.compile("(?<=[^\\W\\d_])([-‐\u00ad])[ \t]{0,20}\r?\n[ \t]{0,20}(?=[^\\W\\d_])")
_PARAGRAPH_END: Final = re.compile(
    "(?<=[.!?:;\"'»”’。！？：；؟؛])[ \t]{0,20}\r?\n[ \t]{0,20}\r?\n\\s{0,20}"
    "|\r?\n\\s{0,20}(?=[0-9\u0660-\u0669]{1,4}(?:[.．]\\s|、|\\s?[-–]\\s))"
)
"""A blank line after a sentence, for some files have one after each line; or a line that begins with a number."""
_CAPITAL_GIVEN: Final = re.compile("\\s{0,20}[\"“„«'‘「『]?\\[([^\\W\\d_])\\](?=[^\\W\\d_])")
"""`[T]he`: the case of a first letter changed, and the change shown."""
_AT_END: Final = frozenset('".,;:。、،؛…')
"""What may end a quotation, or come at its ends, without standing in the source."""


@dataclass(frozen=True, slots=True)
class Part:
    """Words that have to stand together. `plain`: without what is invisible. `number`: of the paragraph, where the
    quotation has it, as printed and as its key, and where it stands in the quotation."""

    words: Words
    plain: str
    number: tuple[str, str, Span] | None = None

    @property
    def weight(self) -> int:
        return sum(weights_of(self.words))


def variants_of(quote: str) -> list[tuple[Part, ...]]:
    """The ways to read a quotation, from the letter of it to more and smaller parts.

    Raises QuotationError.
    """
    if len(quote) > MAX_QUOTE:
        raise QuotationError(
            f"a quotation of {len(quote)} characters; at most {MAX_QUOTE} are looked for at once; quote it in parts"
        )
    whole = [Span(0, len(quote))]
    at_ellipses = _split(quote, whole, _ELLIPSIS)
    if len(at_ellipses) > _MAX_PARTS:
        raise QuotationError(f"a quotation of {len(at_ellipses)} parts; at most {_MAX_PARTS} are looked for at once")
    at_paragraphs = _split(quote, at_ellipses, _PARAGRAPH_END)
    if len(at_paragraphs) > _MAX_PARTS:
        at_paragraphs = at_ellipses
    variants: list[tuple[Part, ...]] = []
    for spans in (whole, at_ellipses, at_paragraphs):
        for numbered in (False, True):
            for rejoined in (False, True):
                parts = tuple(
                    part for span in spans if (part := _part(quote, span, numbered=numbered, rejoined=rejoined))
                )
                if parts and parts not in variants:
                    variants.append(parts)
    if not variants:
        raise QuotationError("a quotation without a word; paste the words that are to be looked for")
    return variants


def _split(quote: str, spans: Sequence[Span], divider: re.Pattern[str]) -> list[Span]:
    parts: list[Span] = []
    for span in spans:
        at = span.start
        for found in divider.finditer(quote, span.start, span.end):
            parts.append(Span(at, found.start()))
            at = found.end()
        parts.append(Span(at, span.end))
    return parts


def _part(quote: str, span: Span, *, numbered: bool, rejoined: bool) -> Part | None:
    """The words of a stretch of the quotation, but for marks at its ends; None where there are none.

    `numbered`: a number that it begins with is that of the paragraph. `rejoined`: a hyphen at a line's end is none.
    """
    text = quote[span.start : span.end]
    start = len(text) - len(text.lstrip())
    number = leading_number(text[start:]) if numbered else None
    label = None
    if number is not None and number.kind in ("paragraph", "outline"):
        label = (number.printed, number.key, Span(span.start + start, span.start + start + len(number.printed)))
        start += number.length
    hidden = [(start, start)]
    given = _CAPITAL_GIVEN.match(text, start)
    if given:
        hidden += [(given.start(1) - 1, given.start(1)), (given.end(1), given.end(1) + 1)]
    for broken in _BROKEN_WORD.finditer(text, start):
        hidden.append((broken.start() if rejoined else broken.end(1), broken.end()))
    hidden.sort()
    pieces = [(one[1], other[0]) for one, other in pairwise([*hidden, (len(text), len(text))])]
    plain = "".join(text[a:b] for a, b in pieces)
    places = [place for a, b in pieces for place in range(a, b)]
    found = words_of(plain)
    first, last = 0, len(found)
    while first < last and found.strict[first] in (QUOTATION_MARK, "…"):
        first += 1
    while first < last and found.strict[last - 1] in _AT_END:
        last -= 1
    if not any(map(is_word, found.strict[first:last])):
        return None
    kept = found.part(first, last)
    spans = tuple(Span(span.start + places[word.start], span.start + places[word.end - 1] + 1) for word in kept.spans)
    return Part(Words(kept.strict, kept.folded, spans), INVISIBLE.sub("", plain), label)


def weights_of(text: Words) -> list[int]:
    return [WORD if is_word(word) else MARK for word in text.strict]
