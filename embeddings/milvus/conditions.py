"""What Milvus filters by: numbers beside each vector, and expressions over them.

Names are kept as numbers, hashes of 63 bits: headings may be of any length and hold any character, and a number needs
no quoting. Two names with one number would let in passages that do not fit; whoever searches looks at what comes.
"""

import hashlib
from typing import Final

from embeddings.types import Conditions, Document, Passage

MAX_SECTIONS: Final = 64
"""Headings above one passage that are kept. Formats know six levels, or ten."""
_UNDATED: Final = (99_999_999, 0)
"""A first day that is after any, and a last one that is before: neither condition is fulfilled."""


def number_of(name: str) -> int:
    """A name's number, from 0 to below 2^63; the same in every process."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") >> 1


def fields_of(passage: Passage, document: Document) -> dict[str, int | list[int]]:
    """What the vectors of a passage are filtered by. `first` and `last`: the days that its document's date may mean,
    as numbers: 2019 is from 20190000 to 20191231."""
    first, last = _days(document.date) if document.date else _UNDATED
    return {
        "document": number_of(passage.doc_id),
        "language": number_of(passage.language),
        "sections": [number_of(heading) for heading in dict.fromkeys(passage.section)][:MAX_SECTIONS],
        "first": first,
        "last": last,
    }


def expression(conditions: Conditions) -> str:
    """What Milvus is told of `conditions`; empty where there are none."""
    parts = []
    if conditions.documents:
        parts.append(f"document in {_numbers(conditions.documents)}")
    if conditions.languages:
        parts.append(f"language in {_numbers(conditions.languages)}")
    if conditions.sections:
        parts.append(f"array_contains_any(sections, {_numbers(conditions.sections)})")
    if conditions.since:
        parts.append(f"last >= {_days(conditions.since)[0]}")
    if conditions.until:
        parts.append(f"first <= {_days(conditions.until)[1]}")
    return " and ".join(parts)


def _numbers(names: tuple[str, ...]) -> list[int]:
    return sorted({number_of(name) for name in names})


def _days(date: str) -> tuple[int, int]:
    """The first and the last day that a date may mean (ISO 8601, whole or to the month or the year); 00 is before any
    day or month, and 31 stands for the last day of any month."""
    ends = (date + end[len(date) - 4 :] for end in ("-00-00", "-12-31"))
    first, last = (int(end.replace("-", "")) for end in ends)
    return first, last
