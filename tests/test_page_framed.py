"""The page in a frame of another site: for those that are allowed to have it there, and for nobody else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browsing import LIST, PATIENCE
from conftest import SEEDS
from live import running
from playwright.sync_api import Browser, Frame, expect

pytestmark = pytest.mark.browser


@contextmanager
def another_site(names: tuple[str, ...]) -> Iterator[tuple[list[str], list[str]]]:
    """A page that shows another one in a frame, under some names; its origins, and where to put that one's address."""
    shown: list[str] = []

    class Framing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{shown[0]}" width="1200" height="800"></iframe>'.encode())

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Framing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield [f"http://{name}:{server.server_address[1]}" for name in names], shown
        server.shutdown()


def test_a_site_that_is_allowed_to_shows_the_page_and_visitors_ask_there(
    browser: Browser, seed_index: Path, tmp_path: Path
) -> None:
    with another_site(("localhost", "127.0.0.1")) as ((allowed, other), shown):
        for served in running(SEEDS, seed_index, tmp_path / "log", "--no-build", "--allow-frame", allowed):
            shown.append(served.url)
            page = browser.new_page()
            page.goto(allowed)  # another site than that of the frame: no cookie gets there
            frame = page.frame_locator("iframe")
            frame.locator("html[data-qa-ready]").wait_for(state="attached", timeout=PATIENCE)
            frame.locator("#qa-question").fill(LIST)
            frame.locator("#qa-question").press("Enter")
            expect(frame.locator("#qa-chat .qa-answer .qa-hit").first).to_be_visible(timeout=PATIENCE)
            page.goto(other)
            page.wait_for_load_state("networkidle")
            (inner,) = [each for each in page.frames if each != page.main_frame]
            assert not is_shown(inner)
            page.close()


def is_shown(frame: Frame) -> bool:
    return frame.url.startswith("http") and frame.locator("#qa-chat").count() > 0
