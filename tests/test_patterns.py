"""Every regular expression of the program takes time in proportion to its input."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from effort import at_most

import embeddings
import qa

LENGTH = 50_000
PIECES = [
    " ", "\n", "\t\n", "1", "a", "A", "é", "(", ")", "[", "<", "-", "_", ".", ",", "/", "*", "=", '"', "&", "A/", "1.",
    "a ", "1 ", "(a", "a-", "第", "一", "十", "中", "ا", "я", "ال ", "Article ", "\u200c", "\ufeff", "0x", "a.b", ": ",
]  # fmt: skip
LIMIT = 5.0
"""Seconds. Quadratic time takes minutes: `\\s+$` takes 9 s on 40 000 blanks."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern that a module has compiled, in its attributes or in a table of them."""
    for package in (embeddings, qa):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith(("__main__", "server", "child")):
                continue  # these run or serve when imported
            for name, value in vars(importlib.import_module(module.name)).items():
                values = value if isinstance(value, tuple | list) else (value,)
                for place, each in enumerate(values):
                    for inner in each if isinstance(each, tuple) else (each,):
                        if isinstance(inner, re.Pattern) and isinstance(inner.pattern, str):
                            yield f"{module.name}.{name}[{place}]", inner


FOUND = {pattern.pattern: (name, pattern) for name, pattern in reversed(list(patterns()))}


def test_the_patterns_are_found() -> None:
    names = " ".join(name for name, _ in FOUND.values())
    for expected in ("embeddings.numbering._PARAGRAPH", "embeddings.words._PIECE", "qa.web.text._PUNCTUATION"):
        assert expected in names


@pytest.mark.parametrize("name, pattern", [pytest.param(*found, id=found[0]) for found in FOUND.values()])
def test_time_in_proportion_to_the_input(name: str, pattern: re.Pattern[str]) -> None:
    for piece in PIECES:
        text = piece * (LENGTH // len(piece))
        for given in (text, f"1{text}", f"{text}\0"):
            with at_most(LIMIT, f"{name} on {piece!r}"):
                for find in (pattern.match, pattern.fullmatch, pattern.search):
                    find(given)
