"""Make `docs/page.png` from the page as it is served: .venv/bin/python scripts/screenshot.py [URL]"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

QUESTION = "which countries use unexplained-wealth orders?"


def main(url: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 720})
        page.goto(url)
        page.locator("#qa-question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("#qa-panel .qa-marked").wait_for()
        page.wait_for_timeout(1000)
        page.screenshot(path=Path("docs") / "page.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860")
