"""How long a visitor waits: for the page, for an answer after Enter, and for one when ten ask at once.

    python -m benchmarks.page [--runs 10] [--visitors 10] [--out FILE]

The real page over the seed, in a real Chromium on the same machine, which takes its share of the cores: with ten
visitors, ten pages are drawn on them as well. `first paint` is the browser's first-contentful-paint of a new visitor
with an empty cache, `usable` when a question can be typed. Milliseconds; every page's own clock.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.report import provenance, report
from benchmarks.serving import served

QUESTIONS = (
    "which countries use unexplained-wealth orders?",
    "哪些国家使用来历不明财富令？",
    "Quels besoins d’assistance technique ont été recensés ?",
    "¿Qué propuso un orador sobre la transparencia de los activos devueltos?",
    "Как пандемия изменила техническую помощь?",
    "ما هي التحديات في استرداد الموجودات؟",
    "who won the football world cup?",
    "which paragraphs speak of article 54?",
)

# Runs in the page: sends a question, and tells how many milliseconds later its answer was drawn.
_ASK = """(question) => new Promise((resolve) => {
  const box = document.getElementById('qa-question');
  const before = document.querySelectorAll('.qa-answer').length;
  box.value = question;
  const start = performance.now();
  const observer = new MutationObserver(() => {
    if (document.querySelectorAll('.qa-answer').length <= before) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start), 0));
  });
  observer.observe(document.getElementById('qa-chat'), { childList: true, subtree: true });
  box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
})"""
_ASK_LATER = f"(question) => {{ window.asking = ({_ASK})(question); }}"


def visit(browser: Browser, url: str) -> tuple[Page, float, float]:
    """A new visitor's page, and after how many milliseconds it was painted and could be used."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    page.locator("html[data-qa-ready]").wait_for(state="attached")
    usable = page.evaluate("performance.now()")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return page, painted, usable


def main() -> int:
    parser = argparse.ArgumentParser(description="How long a visitor waits.")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--visitors", type=int, default=10)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    subprocess.run([sys.executable, "-m", "embeddings", "--if-needed"], check=True)
    limits = ("--questions-a-minute", "100000")
    with served(*limits) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        first, _, _ = visit(browser, url)
        first.evaluate(_ASK, QUESTIONS[0])  # tables of words are read with the first question of a process
        first.context.close()
        painted, usable = [], []
        for _ in range(arguments.runs):
            page, paint, ready = visit(browser, url)
            painted.append(paint)
            usable.append(ready)
            page.context.close()
        page, _, _ = visit(browser, url)
        alone = [page.evaluate(_ASK, question) for question in QUESTIONS for _ in range(3)]
        page.context.close()
        together = [wait for _ in range(3) for wait in at_once(browser, url, arguments.visitors)]
        browser.close()
    result = {
        **provenance(),
        "first paint": spread(painted),
        "usable": spread(usable),
        "answer after Enter": spread(alone),
        f"answer after Enter, {arguments.visitors} visitors at once": spread(together),
    }
    report(result, arguments.out)
    return 0


def at_once(browser: Browser, url: str, visitors: int) -> list[float]:
    """How long each of so many visitors waits who ask in the same moment."""
    pages = [visit(browser, url)[0] for _ in range(visitors)]
    for number, page in enumerate(pages):
        page.evaluate(_ASK_LATER, QUESTIONS[number % len(QUESTIONS)])
    waited = [page.evaluate("window.asking") for page in pages]
    for page in pages:
        page.context.close()
    return waited


def spread(times: Sequence[float]) -> dict[str, int]:
    """Median, 95th percentile and maximum of milliseconds."""
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return {"median": round(statistics.median(times)), "p95": round(cuts[-1]), "max": round(max(times))}


if __name__ == "__main__":
    sys.exit(main())
