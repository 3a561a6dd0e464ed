"""Quotations inside a sentence, whatever marks its language has for them, and whether they stand in a passage."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from qa.errors import QuotationError
from qa.meaning_words import denies
from qa.quotation_parts import Part, variants_of
from qa.quotations import occurrences
from qa.quoted_words import Words, words_of

_SAME: Final = str.maketrans("＂‟〝〞〟❝❞﹁﹂﹃﹄", '"“““”“”「」『』')
"""Rarer marks, and those that mean the same."""
_QUOTED: Final = re.compile(
    "|".join(
        (
            '[“„”"](?P<double>[^“”„"]{1,4000})[”“"]',
            "«(?P<angled>[^«»]{1,4000})»",
            "»(?P<turned>[^«»]{1,4000})«",
            "‹(?P<single_angled>[^‹›]{1,4000})›",
            "[「『](?P<corner>[^「」『』]{1,4000})[」』]",
            "(?<![^\\W_])[‘‚](?P<single>[^‘‚\n]{2,4000}?)[’‘](?![^\\W_])",
            "(?<![^\\W_])'(?P<straight>[^'\n]{2,4000}?)'(?![^\\W_])",
        )
    )
)
_OPENS: Final = re.compile('[“„«「『]|"(?=\\S)(?<!\\w")')
_CLOSES: Final = re.compile('[”»」』"]')
_LEAST: Final = 2
"""Words of a part where an ellipsis leaves something out: of single words any sentence can be put together."""


def quotations(text: str) -> Iterator[str]:
    """What stands in quotation marks and holds a letter or a digit; where one of the two marks is missing, all from the
    other one to the end of the text."""
    plain = text.translate(_SAME)
    for found in _QUOTED.finditer(plain):
        yield from _said(next(each for each in found.groups() if each is not None))
    alone = _QUOTED.sub(lambda found: " " * len(found[0]), plain)
    if opened := _OPENS.search(alone):
        yield from _said(plain[opened.end() :])
    elif closed := _CLOSES.search(alone):
        yield from _said(plain[: closed.start()])


def _said(inside: str) -> Iterator[str]:
    if any(map(str.isalnum, inside)):
        yield inside


def stands(quotation: str, sources: Sequence[str]) -> bool:
    """Whether a quotation stands in one of the sources, as `qa.quotations` compares: marks, dashes, widths and line
    breaks may differ, the case of the first word may be another, and what an ellipsis stands for may be left out, but
    nothing that denies."""
    try:
        variants = variants_of(quotation)
    except QuotationError:
        return False
    read = [words_of(source) for source in sources]
    return any(_in_order(parts, source) for parts in variants for source in read)


def _in_order(parts: Sequence[Part], source: Words) -> bool:
    if len(parts) > 1 and any(len(part.words) < _LEAST for part in parts):
        return False
    first, *others = (occurrences(part.words, source) for part in parts)
    return any(_follow(end, others, source) for _, end in first)


def _follow(end: int, parts: Sequence[Sequence[tuple[int, int]]], source: Words) -> bool:
    """Whether each of the parts, given by where it stands, comes behind the one before it."""
    for places in parts:
        following = next((place for place in places if place[0] >= end), None)
        if following is None or denies(source.folded[end : following[0]]):
            return False
        end = following[1]
    return True
