"""Quotations inside a sentence, whatever marks its language has for them, and whether they stand in a passage."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from qa.errors import QuotationError
from qa.quotation_parts import variants_of
from qa.quotations import occurrences
from qa.quoted_words import words_of

_QUOTED: Final = re.compile(
    "|".join(
        (
            '[“„”](?P<double>[^“”„"]{1,4000})[”“"]',
            "«(?P<angled>[^«»]{1,4000})»",
            "‹(?P<single_angled>[^‹›]{1,4000})›",
            "[「『](?P<corner>[^「」『』]{1,4000})[」』]",
            '"(?P<plain>[^"]{1,4000})"',
            "(?<![^\\W_])[‘‚](?P<single>[^‘‚\n]{2,4000}?)[’‘](?![^\\W_])",
            "(?<![^\\W_])'(?P<straight>[^'\n]{2,4000}?)'(?![^\\W_])",
        )
    )
)


def quotations(text: str) -> Iterator[str]:
    """What stands in quotation marks and holds a letter or a digit."""
    for found in _QUOTED.finditer(text):
        inside = next(each for each in found.groups() if each is not None)
        if any(map(str.isalnum, inside)):
            yield inside


def stands(quotation: str, sources: Sequence[str]) -> bool:
    """Whether a quotation stands in one of the sources, as `qa.quotations` compares: marks, dashes, widths and line
    breaks may differ, what an ellipsis stands for may be left out, the case of the first word may be another."""
    try:
        variants = variants_of(quotation)
    except QuotationError:
        return False
    read = [words_of(source) for source in sources]
    for parts in variants:
        for source in read:
            found = [occurrences(part.words, source) for part in parts]
            if all(found) and all(one[0][0] < other[-1][1] for one, other in pairwise(found)):
                return True
    return False
