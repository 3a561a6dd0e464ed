"""How long it takes from nothing running to an answer: in the shell, and in the page.

    python -m benchmarks.startup [--runs 3] [--out FILE]

With the seed's index built and the model prepared. Each run starts new processes; the browser is already open, goes to
the page as soon as it is served and asks as soon as the text box is there; without Chromium only the shell is measured.
Medians, in seconds.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.report import provenance, report
from benchmarks.serving import served

QUESTION = "which countries use unexplained-wealth orders?"


def shell() -> float:
    """Seconds that `qa ask` takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "qa.cli", "ask", QUESTION], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def page(browser: Browser) -> tuple[float, float]:
    """Seconds from `python app.py` to the text box, and to the first citation of an answer."""
    start = time.perf_counter()
    with served() as url:
        tab = browser.new_page()
        tab.goto(url)
        box = tab.locator("#qa-question")
        box.wait_for()
        ready = time.perf_counter() - start
        box.fill(QUESTION)
        box.press("Enter")
        tab.locator(".qa-hit").first.wait_for()
        answered = time.perf_counter() - start
        tab.close()
        return ready, answered


def main() -> int:
    parser = argparse.ArgumentParser(description="How long it takes from nothing running to an answer.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    subprocess.run([sys.executable, "-m", "embeddings", "--if-needed"], check=True)
    asked = [shell() for _ in range(arguments.runs)]
    result: dict[str, Any] = {**provenance(), "qa ask, s": round(statistics.median(asked), 2)}
    if chromium := shutil.which("chromium"):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            served = [page(browser) for _ in range(arguments.runs)]
            browser.close()
        result["python app.py to the page, s"] = round(statistics.median(ready for ready, _ in served), 1)
        result["python app.py to its first answer, s"] = round(statistics.median(answered for _, answered in served), 1)
    report(result, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
