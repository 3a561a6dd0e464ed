"""The page as a person uses it: a real server, a real browser."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, SEEDS
from playwright.sync_api import Page, expect, sync_playwright

from qa.question import MAX_QUESTION

pytestmark = pytest.mark.browser

HOSTILE = ROOT / "tests" / "data" / "hostile_passage.md"
LIST = "which countries use unexplained-wealth orders?"
ANSWER_MS = 20_000
"""How long the busiest machine may take to answer, in milliseconds. Speed is measured in benchmarks/, not here."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving(seeds: Path, index: Path, log: Path) -> Iterator[str]:
    """`python app.py` on a port of its own, stopped as a service manager stops it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "app.py", "--port", str(port), "--seeds", str(seeds), "--index", str(index)]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 120
            while server.poll() is None and time.monotonic() < deadline:
                try:
                    with urllib.request.urlopen(url, timeout=2):
                        break
                except OSError:
                    time.sleep(0.2)
            assert server.poll() is None, log.read_text()
            yield url
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=15) in (0, -signal.SIGTERM), log.read_text()
        finally:
            server.kill()
            server.wait()
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def site(seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serving(SEEDS, seed_index, tmp_path_factory.mktemp("log") / "server.log")


def visiting(url: str, chromium: str, width: int = 1440, scheme: str = "light") -> Iterator[Page]:
    """A page in a real browser; requests to other hosts and errors in its console fail the test."""
    strangers: list[str] = []
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )
        page = browser.new_page(viewport={"width": width, "height": 900}, locale="en-GB")
        page.on(
            "request",
            lambda request: None if request.url.startswith((url, "data:", "blob:")) else strangers.append(request.url),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{url}/?__theme={scheme}" if scheme != "light" else url)
        page.locator("#qa-question textarea").wait_for(timeout=ANSWER_MS)
        yield page
        browser.close()
    assert not strangers
    assert not errors


@pytest.fixture
def page(site: str, chromium: str) -> Iterator[Page]:
    yield from visiting(site, chromium)


def ask(page: Page, question: str) -> None:
    page.locator("#qa-question textarea").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page, count: int) -> None:
    """Wait until there are so many answers."""
    expect(page.locator(".qa-answer")).to_have_count(count, timeout=ANSWER_MS)


def cited(page: Page) -> list[str]:
    page.locator(".qa-hit").first.wait_for(timeout=ANSWER_MS)
    return page.locator(".qa-hit strong").all_inner_texts()


def test_ask_read_click_and_see_the_place(page: Page) -> None:
    ask(page, LIST)
    paragraphs = cited(page)
    assert paragraphs[0] in {"para. 7", "para. 6", "para. 4"}
    assert {"para. 7", "para. 6", "para. 4"} <= set(paragraphs)

    expect(page.locator("a.qa-cite").first).to_be_in_viewport()

    # The first citation is shown without a click, another on a click: scrolled into sight, its sentence marked.
    marked = page.locator("#qa-panel .qa-marked")
    expect(marked).to_have_text(page.locator(".qa-hit blockquote").first.inner_text())
    other = paragraphs.index("para. 6")
    page.locator(".qa-hit a.qa-cite").nth(other).click()
    expect(page.locator("#qa-panel .qa-cited .qa-number")).to_have_text("6.")
    expect(marked).to_have_text(page.locator(".qa-hit blockquote").nth(other).inner_text())
    expect(marked).to_be_in_viewport()
    assert "#para" not in page.url

    # The very lines of the file can be unfolded below it.
    details = page.locator("#qa-panel .qa-cited details")
    details.locator("summary").click()
    source = (SEEDS / "000_297ccbc66a5670c5.txt").read_bytes().decode()
    shown = details.locator("pre").inner_text()
    assert shown.startswith("6. ")
    assert shown in source


def test_the_documents_own_words_script_and_direction(page: Page) -> None:
    ask(page, "ما هي التحديات في استرداد الموجودات؟")
    cited(page)
    quote = page.locator(".qa-hit blockquote").first
    assert quote.get_attribute("lang") == "zh"
    assert quote.get_attribute("dir") == "ltr"
    source = "".join((SEEDS / "000_297ccbc66a5670c5.txt").read_text("utf-8").split())
    for words in page.locator(".qa-hit blockquote").all_inner_texts():
        assert "".join(words.split()) in source


def test_an_example_is_asked_by_a_click(page: Page) -> None:
    expect(page.locator("#qa-panel")).to_contain_text("The cited paragraphs appear here")
    page.get_by_text("哪些国家使用来历不明财富令？").click()
    assert cited(page)[0] in {"第7段", "第6段", "第4段"}


def test_what_cannot_be_asked_is_explained(page: Page) -> None:
    ask(page, "?!")
    problem = page.locator(".qa-problem")
    expect(problem).to_contain_text("The question is blank", timeout=ANSWER_MS)
    ask(page, "a" * (MAX_QUESTION + 1))
    expect(problem.nth(1)).to_contain_text(f"at most {MAX_QUESTION}", timeout=ANSWER_MS)
    ask(page, "training")
    cited(page)
    expect(page.locator("#qa-question textarea")).to_have_attribute("placeholder", "Ask in any language")


def test_a_question_is_shown_as_typed_and_can_be_asked_again(page: Page) -> None:
    question = "1. *asset* <b>recovery</b> & $x$ `code`?"
    ask(page, question)
    answered(page, 1)
    expect(page.locator("#qa-chat .user").first).to_contain_text(question)
    page.get_by_label("Retry").click()
    page.wait_for_timeout(500)
    answered(page, 1)
    expect(page.locator("#qa-chat .user").first).to_contain_text(question)


def test_a_list_has_a_row_for_each_entity_and_its_places_are_shown_by_a_click(page: Page) -> None:
    ask(page, LIST)
    answered(page, 1)
    assert page.get_by_role("rowheader").all_inner_texts()[0] == "Zimbabwe"
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Zimbabwe"))
    expect(row).to_contain_text("para. 7")
    expect(row).to_contain_text("para. 6")

    place = row.locator(".qa-mention").filter(has_text="para. 6").last
    place.locator("a.qa-cite").click()
    number = place.locator("strong").inner_text().removeprefix("para. ")
    expect(page.locator("#qa-panel .qa-cited .qa-number")).to_have_text(f"{number}.")
    marked = page.locator("#qa-panel .qa-marked")
    expect(marked).to_have_text(place.locator(":scope > div").nth(1).inner_text())
    expect(marked).to_be_in_viewport()


def test_that_nothing_answers_is_said_and_the_nearest_passages_unfold(page: Page) -> None:
    ask(page, "who won the football world cup?")
    answered(page, 1)
    expect(page.locator(".qa-absent")).to_contain_text("14 paragraphs of 1 document")
    expect(page.locator("#qa-panel")).to_contain_text("The cited paragraphs appear here")
    nearest = page.locator(".qa-nearest")
    assert not nearest.locator("blockquote").first.is_visible()
    nearest.locator("summary").click()
    expect(nearest.locator("blockquote").first).to_be_visible()
    assert nearest.locator("mark, a").count() == 0
    source = "".join((SEEDS / "000_297ccbc66a5670c5.txt").read_text("utf-8").split())
    for words in nearest.locator("blockquote").all_inner_texts():
        assert "".join(words.split()) in source


def test_every_paragraph_with_a_reference_is_shown_without_a_score(page: Page) -> None:
    ask(page, "which paragraphs speak of article 54?")
    assert cited(page) == ["para. 2"]
    expect(page.locator(".qa-complete")).to_contain_text("in 1 of 14 paragraphs")
    expect(page.locator(".qa-hit b")).to_have_text("第五十四条")
    assert page.locator(".qa-score").count() == 0


def test_a_follow_up_shows_what_was_searched(page: Page) -> None:
    ask(page, LIST)
    answered(page, 1)
    assert page.locator(".qa-followed").count() == 0
    ask(page, "and in North Macedonia?")
    answered(page, 2)
    followed = page.locator(".qa-answer").nth(1).locator(".qa-followed")
    expect(followed).to_contain_text("unexplained-wealth")
    expect(followed).to_contain_text("North Macedonia")


def test_a_follow_up_leans_on_what_is_still_in_the_chat(page: Page) -> None:
    """Asked again, after a question that could not be answered, and after one that was taken back."""
    ask(page, LIST)
    answered(page, 1)
    ask(page, "?!")
    expect(page.locator(".qa-problem")).to_be_visible(timeout=ANSWER_MS)
    # What is taken back is not leaned on, though it is the last that was answered.
    ask(page, "how did the pandemic change training?")
    answered(page, 2)
    page.get_by_label("Undo").last.click()
    answered(page, 1)
    ask(page, "and in North Macedonia?")
    answered(page, 2)
    followed = page.locator(".qa-answer").nth(1).locator(".qa-followed")
    expect(followed).to_contain_text("unexplained-wealth")
    searched = followed.inner_text()

    page.get_by_label("Retry").last.click()
    page.wait_for_timeout(500)
    answered(page, 2)
    assert followed.inner_text() == searched

    page.get_by_label("Clear").click()
    answered(page, 0)
    ask(page, "and in North Macedonia?")
    answered(page, 1)
    assert page.locator(".qa-followed").count() == 0


def test_an_older_answers_citations_go_on_working(page: Page) -> None:
    ask(page, LIST)
    first = cited(page)[0]
    ask(page, "COVID-19")
    expect(page.locator(".qa-answer")).to_have_count(2, timeout=ANSWER_MS)
    page.locator(".qa-answer").first.locator("a.qa-cite").first.click()
    expect(page.locator("#qa-panel .qa-cited .qa-number")).to_have_text(first.removeprefix("para. ") + ".")


def test_on_a_phone_nothing_runs_out_of_sight(site: str, chromium: str) -> None:
    for page in visiting(site, chromium, width=390):
        ask(page, LIST)
        cited(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        table = page.locator(".qa-table")
        assert table.evaluate("(t) => t.scrollWidth <= t.clientWidth")
        # The entity stands above its places, not beside them.
        name, places = table.locator("th").first.bounding_box(), table.locator("td").first.bounding_box()
        assert name and places
        assert name["y"] + name["height"] <= places["y"] + 1
        assert abs(name["x"] - places["x"]) < 1


def test_an_arabic_table_runs_from_right_to_left(page: Page) -> None:
    ask(page, "ما هي البلدان التي تستخدم أوامر الثروة غير المبررة؟")
    answered(page, 1)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="زيمبابوي"))
    name, places = row.locator("th").bounding_box(), row.locator("td").bounding_box()
    assert name and places
    assert name["x"] > places["x"]
    quote = row.locator(".qa-mention [lang=zh]").first
    assert quote.evaluate("(e) => getComputedStyle(e).direction") == "ltr"


CONTRAST = """(element) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const chain = [];
  for (let e = element; e; e = e.parentElement) chain.unshift(getComputedStyle(e));
  const pixel = () => canvas.getImageData(0, 0, 1, 1).data;
  const paint = (colour, alpha) => {
    Object.assign(canvas, { globalAlpha: alpha, fillStyle: colour });
    canvas.fillRect(0, 0, 1, 1);
  };
  const light = (rgb) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = [...rgb].map((c) => linear(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let opacity = 1;
  paint('white', 1);
  for (const style of chain) { opacity *= Number(style.opacity); paint(style.backgroundColor, opacity); }
  const behind = light(pixel());
  paint(chain[chain.length - 1].color, opacity);
  const [low, high] = [behind, light(pixel())].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def contrast(page: Page, selector: str) -> float:
    """WCAG's contrast ratio of an element's text against what lies behind it."""
    return float(page.locator(selector).first.evaluate(CONTRAST))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_said_is_readable_in_both_schemes(site: str, chromium: str, scheme: str) -> None:
    for page in visiting(site, chromium, scheme=scheme):
        assert page.locator("body.dark").count() == (scheme == "dark")
        ask(page, LIST)
        answered(page, 1)
        ask(page, "who won the football world cup?")
        answered(page, 2)
        page.locator(".qa-nearest summary").last.click()
        said = ("th", ".qa-note", ".qa-section", ".qa-score", ".qa-hit mark", ".qa-hit b", ".qa-absent", ".qa-worth")
        for selector in (*(f".qa-answer {each}" for each in said), "#qa-panel .qa-marked", "#qa-panel summary"):
            assert contrast(page, selector) >= 4.5, selector


def test_a_hostile_document_is_only_text(tmp_path: Path, chromium: str) -> None:
    """A passage with every trick in it, in a table and below the line: nothing runs, is fetched or covers the page."""
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    lines = " ".join(line for line in HOSTILE.read_text("utf-8").splitlines() if line)
    (seeds / "evil.txt").write_text(
        f"<img src=x onerror=alert(1)> **Title**\n\n1. {lines}.\n\n2. ${{7*7}} {{{{7*7}}}} $x$.\n\n"
        f"3. France and Kenya use sign-in forms {lines}.\n",
        "utf-8",
    )
    (seeds / "<b>name.txt").write_text("1. A [link](javascript:alert(1)).", "utf-8")
    for url in serving(seeds, tmp_path / "index", tmp_path / "server.log"):
        for page in visiting(url, chromium):
            title = page.title()
            page.on("dialog", lambda _dialog: pytest.fail("a script ran"))
            ask(page, "<img src=x onerror=alert(2)> which countries use sign-in forms?")
            answered(page, 1)
            expect(page.locator(".qa-table")).to_contain_text("<form action=")
            ask(page, "how many penguins live near the pole?")
            answered(page, 2)
            page.locator(".qa-nearest summary").last.click()
            expect(page.locator(".qa-nearest").last).to_contain_text("javascript:")
            page.wait_for_timeout(500)
            assert page.title() == title
            assert page.url.rstrip("/") == url
            for place in (".qa-answer", "#qa-panel"):
                made = (
                    "img, form, iframe, input, style, svg, object, embed, video, audio, link, script, a:not(.qa-cite)"
                )
                assert page.locator(f"{place} :is({made})").count() == 0
            expect(page.locator("#qa-chat .user").first).to_contain_text("<img src=x onerror=alert(2)>")
            shown = "".join(page.locator("#qa-panel").inner_text().split())
            assert "".join(lines.split()) in shown
            assert "${7*7}{{7*7}}$x$." in shown


@pytest.mark.parametrize("fault", ["port in use", "no documents"])
def test_starting_without_what_is_needed(fault: str, tmp_path: Path, seed_index: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1] if fault == "port in use" else free_port()
        seeds = SEEDS if fault == "port in use" else tmp_path / "none"
        index = seed_index if fault == "port in use" else tmp_path / "index"
        ended = subprocess.run(
            [sys.executable, "app.py", "--port", str(port), "--seeds", str(seeds), "--index", str(index)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ},
        )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    expected = f"cannot listen on 127.0.0.1:{port}" if fault == "port in use" else "no folder of documents"
    assert expected in ended.stderr
