"""Only the scripts that stand in the page as it is sent may run in it."""

import base64
import hashlib
import re

import httpx
import pytest

from qa.web.inline_scripts import CHOSEN_LANGUAGE, script_sources


def source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("", []),
        ("<p>no script</p>", []),
        ("<script>a &amp; b < c\n</script>", ["a &amp; b < c\n"]),
        ("<script src='a.js'></script><SCRIPT type=module>é</SCRIPT>", ["é"]),
        ("<script>'<b>' + \"<!-- x -->\"</script><p>x</p><script></script>", ["'<b>' + \"<!-- x -->\"", ""]),
    ],
)
def test_scripts_are_named_by_their_hashes(page: str, texts: list[str]) -> None:
    assert script_sources(page) == " ".join(["'self'", *map(source, [*texts, CHOSEN_LANGUAGE])])


def test_the_page_is_sent_with_the_hashes_of_its_scripts(site: str) -> None:
    answer = httpx.get(site)
    (scripts,) = re.findall(r"script-src ([^;]*)", answer.headers["content-security-policy"])
    assert "unsafe" not in scripts
    for text in re.findall(r"<script(?![^>]* src=)[^>]*>(.*?)</script>", answer.text, re.DOTALL):
        assert source(text) in scripts
    assert scripts.count("sha256-") > 3
    assert re.findall(r"script-src ([^;]*)", httpx.get(f"{site}/ui/page.js").headers["content-security-policy"]) == [
        "'self'"
    ]
