"""Paragraph numbers and section ordinals, as UN-style documents print them."""

import re
from dataclasses import dataclass
from typing import Final

_PARAGRAPH: Final = re.compile(r"(\d{1,4})[.．]\s+(?=\S)")
"""`7. ` - the blank after the point keeps decimals (`3.5`) and dates (`1.2.2021`) out."""

_SECTION: Final = re.compile(
    "(?:[一二三四五六七八九十百]{1,4}[.．、]"  # 六.
    "|第[一二三四五六七八九十百0-9]{1,4}[章节部编]"  # 第五章
    r"|[IVXLC]{1,6}\.\s"  # IV.
    r"|[A-Z]\.\s)"  # A.
)


@dataclass(frozen=True, slots=True)
class Number:
    """A paragraph's number: as printed, as a value, and how many characters it takes with the blanks behind it."""

    printed: str
    value: int
    length: int


def leading_number(line: str) -> Number | None:
    """The paragraph number that `line` starts with, if any."""
    found = _PARAGRAPH.match(line)
    return Number(found[1], int(found[1]), found.end()) if found else None


def has_section_ordinal(line: str) -> bool:
    """Whether `line` starts as a section's heading does: `六. `, `IV. `, `第五章`."""
    return _SECTION.match(line) is not None
