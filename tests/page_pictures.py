"""Pictures of the page's main states, and how alike two are where letters may be drawn otherwise."""

import io
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from browsing import ABSENT, LIST, PATIENCE, asked, visiting
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

FOLDER: Final = Path(__file__).parent / "pictures"
MADE_WITH: Final = FOLDER / "made_with.txt"
WIDEST: Final = 720
"""Pixels of a stored picture; columns and parts show, letters hardly."""
BLOCK: Final = 24
"""Pixels of the squares that are compared."""
INK: Final = 4.0
"""Levels of grey, of 256, by which a square in which something stands differs from the others."""
FAR: Final = 15.0
"""Levels of grey by which a square differs from that of another picture."""
MOST_BLOCKS: Final = 0.08
"""The share of squares with something in them that may differ: lines break elsewhere."""
MOST_PROFILE: Final = 7.0
"""Levels of grey by which the mean of a column of pixels may differ: where the page's columns begin and end."""
_BLUR: Final = 4
_GREYS: Final = 16
PLAIN: Final = "delete self.Translator;"
"""Run before the page's program, so that it offers nothing that only some builds of the browser have."""


@dataclass(frozen=True)
class State:
    """A state of the page: how it is reached, and in what browser."""

    act: Callable[[Page], None] = lambda _page: None
    browser: dict[str, Any] = field(default_factory=dict)


def _answered(question: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        asked(page, question)

    return act


def _listed(page: Page) -> None:
    asked(page, LIST)
    expect(page.locator("#qa-panel .qa-marked").first).to_be_attached(timeout=PATIENCE)


def _choosing(page: Page) -> None:
    page.locator("#qa-filters summary").first.click()
    expect(page.locator(".qa-filter-body")).to_be_visible()


def _helped(page: Page) -> None:
    page.locator(".qa-help").click()
    expect(page.locator("dialog h3").first).to_be_visible()


PHONE: Final = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STATES: Final = {
    "empty": State(),
    "list": State(_listed),
    "absence": State(_answered(ABSENT)),
    "filters": State(_choosing),
    "help": State(_helped),
    "phone": State(_listed, PHONE),
    "arabic": State(_listed, {"locale": "ar"}),
    "dark": State(_listed, {"color_scheme": "dark"}),
}


def photographed(browser: Browser, url: str, state: State, *, style: str = "") -> Image.Image:
    """A picture of the page in a state, in colours, as wide as the window; `style`: CSS that is put in."""
    with visiting(browser, url, script=PLAIN, reduced_motion="reduce", **state.browser) as page:
        expect(page.locator(".qa-suggestion").first).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".qa-count")).not_to_be_empty(timeout=PATIENCE)
        state.act(page)
        if style:
            page.add_style_tag(content=style)
        return settled(page)


def settled(page: Page) -> Image.Image:
    """A picture of what is in the window, when nothing moves any more; how long an answer took is not in it."""
    for seconds in page.locator(".qa-scope").all():
        seconds.evaluate(
            """(scope) => {
              const last = scope.firstChild;
              last.data = last.data.replace(/[\\d.,\\u00a0]+(?=[^\\d]*$)/, '0.4 ');
            }"""
        )
    before, after = b"", page.screenshot(animations="disabled")
    for _ in range(20):
        if before == after:
            break
        page.wait_for_timeout(150)
        before, after = after, page.screenshot(animations="disabled")
    return Image.open(io.BytesIO(after)).convert("RGB")


def small(picture: Image.Image) -> Image.Image:
    """As it is stored: in a few greys, at most `WIDEST` wide."""
    width = min(WIDEST, picture.width)
    size = (width, round(picture.height * width / picture.width))
    return picture.convert("L").resize(size, Image.Resampling.BOX).quantize(_GREYS, dither=Image.Dither.NONE)


def differences(one: Image.Image, other: Image.Image) -> list[str]:
    """In what two small pictures differ, a line each; none where only letters are drawn otherwise."""
    if one.size != other.size:
        return [f"sizes: {one.size} and {other.size}"]
    found = []
    first, second = _grey(one), _grey(other)
    blocks = np.stack([_blocks(first), _blocks(second)])
    used = (np.abs(blocks - np.median(blocks)) > INK).any(axis=0)
    share = float((np.abs(blocks[0] - blocks[1]) > FAR)[used].mean()) if used.any() else 0.0
    if share > MOST_BLOCKS:
        found.append(f"squares: {share:.1%} of them differ, at most {MOST_BLOCKS:.0%} may")
    profile = np.abs(first.mean(axis=0) - second.mean(axis=0))
    if profile.max() > MOST_PROFILE:
        found.append(
            f"columns: {profile.max():.1f} levels at {profile.argmax()} of {one.width}, at most {MOST_PROFILE} may"
        )
    return found


def _grey(picture: Image.Image) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(_BLUR)), np.float64)


def _blocks(grey: "np.ndarray[Any, np.dtype[np.float64]]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The mean of each square."""
    rows, columns = (length // BLOCK for length in grey.shape)
    whole = grey[: rows * BLOCK, : columns * BLOCK]
    return whole.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))


def made_with(browser: Browser) -> str:
    """The browser and the fonts on this machine: what letters look like depends on them."""
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False).stdout
    return "\n".join([f"Chromium {browser.version}", *sorted(set(listed.splitlines()))]) + "\n"
