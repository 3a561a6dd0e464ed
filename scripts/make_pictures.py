"""Make the pictures of the page in README.md from the page as it is served, or those that the tests compare it with.

    python scripts/make_pictures.py            # docs/page*.png
    python scripts/make_pictures.py --tests    # tests/pictures/*.png

Documents, index and data lie in temporary folders. Chromium has to be there, and fonts with Chinese and Arabic letters.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from embeddings.build import build
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.store import IndexStore

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browsing import LIST, PATIENCE, answered, asked, launched, visiting  # noqa: E402
from corpus import good  # noqa: E402
from live import serving  # noqa: E402
from page_pictures import FOLDER, MADE_WITH, PHONE, PLAIN, STATES, made_with, photographed, settled, small  # noqa: E402

DOCS = ROOT / "docs"
MOST_BYTES = 400_000
COLOURS = 256


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tests", action="store_true", help="those that tests/test_page_pictures.py compares with")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium on this machine", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = launched(playwright, chromium)
        if arguments.tests:
            with served(ROOT / "seeds", Path(name)) as url:
                make_compared(browser, url)
        else:
            make_shown(browser, Path(name))
        browser.close()
    return 0


@contextmanager
def served(seeds: Path, folder: Path) -> Iterator[str]:
    """The address of the page over these documents."""
    folder.mkdir(exist_ok=True)
    build(seeds, IndexStore(folder / "index"), load_encoder(find_model()))
    yield from serving(seeds, folder / "index", folder / "server.log")


def make_compared(browser: Browser, url: str) -> None:
    """The pictures of all states, small, and what made them."""
    FOLDER.mkdir(exist_ok=True)
    for name, state in STATES.items():
        small(photographed(browser, url, state)).save(FOLDER / f"{name}.png", optimize=True)
    MADE_WITH.write_text(made_with(browser), "utf-8")


def make_shown(browser: Browser, folder: Path) -> None:
    """The pictures in README.md."""
    with served(ROOT / "seeds", folder / "seed") as url:
        _picture(browser, url, "page.png", _list)
    declaration = folder / "declaration"
    declaration.mkdir()
    for name, data in good().items():
        (declaration / name).write_bytes(data)
    with served(declaration, folder / "six") as url:
        _picture(browser, url, "page-versions.png", _versions)
        link = "/?" + urlencode({"q": "ما هو حق كل شخص في التعليم؟", "l": "ar"})
        _picture(browser, url, "page-phone.png", _phone, path=link, **PHONE, locale="ar", color_scheme="dark")


def _list(page: Page) -> None:
    asked(page, LIST)
    expect(page.locator("#qa-panel .qa-marked").first).to_be_visible(timeout=PATIENCE)


def _versions(page: Page) -> None:
    asked(page, "who has the right to education?")
    page.locator(".qa-source-versions [data-language=ar]").click()
    expect(page.locator("#qa-panel .qa-pair .qa-marked").first).to_be_visible(timeout=PATIENCE)
    page.mouse.click(700, 5)  # the focus leaves the button


def _phone(page: Page) -> None:
    answered(page, 1)


def _picture(browser: Browser, url: str, name: str, act: Callable[[Page], None], **settings: Any) -> None:
    """`settings`: as `visiting` has them."""
    with visiting(browser, url, script=PLAIN, reduced_motion="reduce", **settings) as page:
        act(page)
        picture = settled(page)
    path = DOCS / name
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes; at most {MOST_BYTES} are wanted")


if __name__ == "__main__":
    sys.exit(main())
