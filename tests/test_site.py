"""The documentation as a site: it builds, loads nothing from elsewhere, and finds words of any script."""

import http.server
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from live import WITHIN
from lxml import html
from playwright.sync_api import Browser, expect

LOADS = {"src", "srcset", "data", "poster", "action", "formaction", "background"}
"""Attributes by which an element has something loaded or sent."""


def build(folder: Path) -> "subprocess.CompletedProcess[str]":
    """`zensical build` on a copy of what it is made of."""
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=WITHIN)


def copied(folder: Path) -> Path:
    """What a site is made of."""
    for name in ("docs", "qa", "embeddings"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "zensical.toml", folder)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copied(tmp_path_factory.mktemp("site"))
    done = build(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.mark.parametrize("link", ["[gone](nowhere.md)", "[gone](answers.md#no-such-section)"])
def test_links_that_lead_nowhere_stop_the_build(link: str, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    page = folder / "docs" / "page.md"
    page.write_text(f"{page.read_text('utf-8')}\n{link}\n", "utf-8")
    done = build(folder)
    assert done.returncode != 0
    assert "page.md" in done.stdout + done.stderr


def test_every_page_is_in_the_navigation_and_is_built(built: Path) -> None:
    def pages(entry: Any) -> Iterator[str]:
        match entry:
            case str():
                yield entry
            case list():
                for each in entry:
                    yield from pages(each)
            case dict():
                yield from pages(list(entry.values()))

    listed = list(pages(tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"]))
    assert sorted(listed) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    for name in listed:
        place = built / name.removesuffix(".md") / "index.html" if name != "index.md" else built / "index.html"
        assert place.is_file(), name


def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    """Links may lead elsewhere; what a browser loads by itself may not."""
    pages = list(built.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        for element in html.parse(str(path)).iter():
            for name, value in element.attrib.items():
                loads = name in LOADS or (name == "href" and element.tag in ("link", "use", "image", "base"))
                if loads and element.get("rel") != "canonical":
                    assert not re.match(r"(?:[a-z]+:)?//", value.strip(), re.IGNORECASE), (
                        f"{path}: {element.tag} {value}"
                    )
    for path in built.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8")), path


def test_names_of_the_reference_are_there(built: Path) -> None:
    import qa

    text = (ROOT / "docs" / "python.md").read_text("utf-8")
    shown = (built / "python" / "index.html").read_text("utf-8")
    assert set(qa.__all__) == set(re.findall(r"^::: qa\.(\w+)$", text, re.MULTILINE))
    assert ":::" not in shown
    assert "Answer in the documents' own words" in html.fromstring(shown).text_content()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(built))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("generation", "index-format"),
        ("来历不明财富令", "answers"),
        ("المادة", "citations"),
        ("резолюция", "references"),
    ],
)
def test_words_of_any_script_are_found_and_nothing_else_is_asked(
    words: str, page: str, browser: Browser, address: str
) -> None:
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(address)
    tab.keyboard.press("/")
    tab.keyboard.type(words)
    expect(tab.locator(f"a[href*='{page}']").first).to_be_visible()
    tab.close()
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]
