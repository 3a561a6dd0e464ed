"""Bodies named in a text, in the six languages of the UN: `body:UNODC` for 毒品和犯罪问题办公室."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from embeddings.body_names import BEFORE_ENDINGS, ENDINGS, NATIONAL, NOT_BODIES
from embeddings.concepts import Concept
from embeddings.lexicon import Found, Lexicon, tokens
from embeddings.words import fold

PREFIX: Final = "body:"
_NAMES: Final = Path(__file__).parent / "data" / "bodies.json"
_DEFAULT: Final = "en"
_CONVENTION: Final = re.compile("[^，。；：、《》()（）,;]{0,20}公约")
"""联合国反腐败公约 is a treaty."""


def bodies(text: str) -> list[Concept]:
    """The bodies in `text`, in order of place; none overlaps another."""
    return [Concept(PREFIX + found.value, found.start, found.end) for found in _found(text)]


def body_name(token: str, language: str) -> str:
    """The full name of a body, by its token, in one of the six languages, in English for others.

    Raises KeyError when no body has that token.
    """
    every = names()[token.removeprefix(PREFIX)]
    return every.get(language, every[_DEFAULT])[0]


@cache
def names() -> dict[str, dict[str, list[str]]]:
    """The names of each body, by the part of its token behind `body:`, then by language; the full name comes first."""
    read: dict[str, dict[str, list[str]]] = json.loads(_NAMES.read_text("utf-8"))
    return read


def _found(text: str) -> Iterator[Found[str]]:
    read = tokens(text)
    for found in _lexicon().find(text):
        if not found.value:
            continue
        before = read[found.first - 1] if found.first else None
        if before is not None and read[found.first].joined and before.word in NATIONAL:
            continue
        written = fold(text[found.start : found.end])
        if (
            written in ENDINGS
            and before is not None
            and before.end == found.start
            and before.word not in BEFORE_ENDINGS
        ):
            continue
        if found.value == "UN" and _CONVENTION.match(text, found.end):
            continue
        yield found


@cache
def _lexicon() -> Lexicon[str]:
    entries = [(name, "") for name in NOT_BODIES.split(" | ")]
    entries += [(name, code) for code, every in names().items() for spoken in every.values() for name in spoken]
    return Lexicon(entries, cased=True)
