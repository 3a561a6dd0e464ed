"""The scripts that stand in the page itself: only these may run, whatever else comes to stand there.

A security policy names each by its hash, so that a script or a handler which came out of a document's text, were its
escaping to fail, is none that the browser runs.
"""

import base64
import hashlib
from html.parser import HTMLParser
from typing import Final

CHOSEN_LANGUAGE: Final = (
    "{"
    r"const chosen = document.cookie.match(/(?:^|; )qa-lang=(\w\w)/);"
    'if (chosen) Object.defineProperty(navigator, "language", { get: () => chosen[1] });'
    "}"
)
"""Before the framework asks the browser for its language: the visitor may have chosen another one. The framework's
program puts this into the page, so it does not stand in what is sent."""


def script_sources(page: str) -> str:
    """The sources of scripts that a policy allows for a page (HTML), as the directive `script-src` has them."""
    found = _Scripts()
    found.feed(page)
    found.close()
    return " ".join(("'self'", *(f"'sha256-{_hash(text)}'" for text in (*found.texts, CHOSEN_LANGUAGE))))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Scripts(HTMLParser):
    """Finds scripts that are written in the page, not fetched."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self._is_inside = True
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.texts[-1] += data
