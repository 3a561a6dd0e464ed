"""JSON from a browser, made harmless before anything reads it."""

import json
from typing import Any, Final

from qa.web.refusal import Refusal

_DEEPEST: Final = 64
"""Arrays and objects within each other; a conversation needs ten."""
_MOST_VALUES: Final = 300_000
"""Three times as many as the longest conversation that is taken has."""
_MOST_SIGNS: Final = 1_000_000
"""Signs that begin or divide values, those in texts among them. Millions of values would fill the memory, and take so
long that everybody waits."""


def read_json(body: bytes) -> Any:
    """What a body says. Raises Refusal for what is no JSON (RFC 8259): NaN, unpaired surrogates, endless depth; and for
    too many values."""
    if sum(map(body.count, (b"[", b"{", b","))) > _MOST_SIGNS:
        raise Refusal(400, "guard.unreadable")
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # also no UTF-8, and numbers of thousands of digits
        raise Refusal(400, "guard.unreadable") from error
    level, count = [found], 0
    for _ in range(_DEEPEST):
        level = [each for value in level for each in _inside(value)]
        count += len(level)
        if count > _MOST_VALUES:
            break
        if not level:
            return found
    raise Refusal(400, "guard.unreadable")


def write_json(value: Any) -> bytes:
    """`value` as JSON. Raises Refusal where it holds what cannot be sent on: unpaired surrogates, infinite numbers."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError as error:
        raise Refusal(400, "guard.unreadable") from error


def names_a_file(value: Any) -> bool:
    """Whether the framework would take anything in `value` for a file of this machine or of another one."""
    level = [value]
    while level:
        for each in level:
            if isinstance(each, dict) and not each.keys().isdisjoint({"path", "_type"}):
                return True
        level = [inner for each in level for inner in _inside(each)]
    return False


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _refuse(constant: str) -> None:
    raise ValueError(f"no JSON: {constant}")
