"""Who asks, and in which language."""

import hashlib
import re
import secrets
from typing import Final

from starlette.requests import HTTPConnection

from qa.strings import DEFAULT, LANGUAGES

VISITOR_COOKIE: Final = "qa-visitor"
LANGUAGE_COOKIE: Final = "qa-lang"

_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_RANGE: Final = re.compile(
    r"([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8}){0,8}(?:\s{0,4};\s{0,4}[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?"
)
_LONGEST_HEADER: Final = 1000
"""Characters looked at; a browser sends fewer than a hundred."""


def visitor_of(connection: HTTPConnection) -> str:
    """Who asks: 64 hexadecimal digits that say nothing of the person, the same at each visit.

    Of `gr.Request`, give its `request`. Raises LookupError where no guard is in front, which finds it out.
    """
    found = connection.scope.get("state", {}).get("visitor")
    if not isinstance(found, str):
        raise LookupError("no visitor is known: the request did not come through qa.web.guard")
    return found


def language_of(connection: HTTPConnection) -> str:
    """The language of the page for this visitor: the one chosen, else what the browser asks for, else English."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else accepted_language(connection.headers.get("accept-language", ""))


def accepted_language(header: str) -> str:
    """The language that a header Accept-Language (RFC 9110, 12.5.4) likes best among the page's; English if none."""
    best, weight = DEFAULT, 0.0
    for part in header[:_LONGEST_HEADER].split(","):
        found = _RANGE.fullmatch(part.strip())
        if found and found[1].lower() in LANGUAGES and float(found[2] or 1) > weight:
            best, weight = found[1].lower(), float(found[2] or 1)
    return best


def new_cookie() -> str:
    """The cookie of a visitor who comes for the first time."""
    return secrets.token_urlsafe(32)


def visitor_by_cookie(cookie: str) -> str:
    """The visitor who has a cookie; "" when it is none of ours."""
    return hashlib.sha256(cookie.encode()).hexdigest() if _COOKIE.fullmatch(cookie) else ""


def visitor_by_login(name: str) -> str:
    """The visitor who has logged in."""
    return hashlib.sha256(f"login:{name}".encode()).hexdigest()


def visitor_by_key(name: str) -> str:
    """The visitor that a program with the API key of this name is."""
    return hashlib.sha256(f"key:{name}".encode()).hexdigest()
