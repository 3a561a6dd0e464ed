"""Where a quotation and its source part, and what each difference is about."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from embeddings.numbering import leading_number
from embeddings.types import Passage, Span
from embeddings.words import fold
from qa.meaning_words import NUMERALS, denies
from qa.quoted_words import Words, is_word

Kind = Literal["negation", "number", "words", "spelling", "punctuation"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where quotation and source part: `quoted` stands in the one, `standing` in the other; either may be empty.

    `kind`: a negation or a number that only one of them has, other words, the same words spelt otherwise (case,
    accents, other characters for the same), only punctuation. `in_quote`: characters of the quotation.
    `in_passage`: of the text of the passage `passage_id`, which is empty where a whole part stands nowhere.
    """

    kind: Kind
    quoted: str
    standing: str
    in_quote: Span
    in_passage: Span
    passage_id: str


Steps = Sequence[tuple[int | None, int | None]]
"""Places in the words of a part and of a text, beside each other; None where one has nothing."""


def differences_between(quote: str, passage: Passage, part: Words, text: Words, steps: Steps) -> Iterator[Difference]:
    """Where a part of `quote` and the text of `passage` differ, neighbouring words together."""
    group: list[tuple[int | None, int | None]] = []
    in_quote, in_passage = part.spans[0].start, text.spans[min(j for _, j in steps if j is not None)].start
    first = True
    for i, j in [*steps, (None, None)]:
        alike = i is not None and j is not None and _alike(part.strict[i], text.strict[j], first=first)
        first = first and i is None
        if not alike and (i, j) != (None, None):
            group.append((i, j))
            continue
        if group:
            yield _difference(quote, passage, part, text, group, in_quote, in_passage)
            group = []
        if i is not None and j is not None:
            in_quote, in_passage = part.spans[i].end, text.spans[j].end


def _alike(quoted: str, standing: str, *, first: bool) -> bool:
    return quoted == standing or (first and quoted.casefold() == standing.casefold())


def _difference(
    quote: str,
    passage: Passage,
    part: Words,
    text: Words,
    group: Steps,
    in_quote: int,
    in_passage: int,
) -> Difference:
    """The difference of a group of steps; an empty side stands behind the last word that is alike."""
    ours = [i for i, _ in group if i is not None]
    theirs = [j for _, j in group if j is not None]
    left = Span(part.spans[ours[0]].start, part.spans[ours[-1]].end) if ours else Span(in_quote, in_quote)
    right = Span(text.spans[theirs[0]].start, text.spans[theirs[-1]].end) if theirs else Span(in_passage, in_passage)
    quoted, standing = quote[left.start : left.end], passage.text[right.start : right.end]
    quoted_words = part.part(ours[0], ours[-1] + 1) if ours else part.part(0, 0)
    standing_words = text.part(theirs[0], theirs[-1] + 1) if theirs else text.part(0, 0)
    return Difference(
        kind_of(quoted_words, standing_words, quoted, standing), quoted, standing, left, right, passage.passage_id
    )


def kind_of(one: Words, other: Words, quoted: str, standing: str) -> Kind:
    """What a difference is about, what changes the meaning most first."""
    if Counter(filter(_negates, one.folded)) != Counter(filter(_negates, other.folded)):
        return "negation"
    if Counter(filter(_counts, one.folded)) != Counter(filter(_counts, other.folded)):
        return "number"
    same = [*filter(is_word, one.folded)] == [*filter(is_word, other.folded)]
    if not same and _run_together(quoted) != _run_together(standing):
        return "words"
    return "punctuation" if [*filter(is_word, one.strict)] == [*filter(is_word, other.strict)] else "spelling"


def _run_together(text: str) -> str:
    """`text` however its words are parted."""
    return fold(text).replace(" ", "").replace("-", "")


def _negates(word: str) -> bool:
    return denies((word,))


def _counts(word: str) -> bool:
    return word in NUMERALS or any(c.isdecimal() for c in word)


def same_number(key: str, passage: Passage) -> bool:
    """Whether the paragraph has the number of that key."""
    number = leading_number(f"{passage.paragraph}. A") if passage.paragraph else None
    return key == (number.key if number else passage.paragraph)


def other_number(printed: str, span: Span, passage: Passage) -> Difference:
    """The difference of a paragraph's number as it is quoted, at `span`, and as it is."""
    return Difference("number", printed, passage.paragraph, span, Span(0, 0), passage.passage_id)
