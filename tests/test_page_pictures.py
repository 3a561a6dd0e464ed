"""The page's main states look as they did: a new version of the framework shows what it moved."""

import random
from pathlib import Path

import pytest
from page_pictures import FOLDER, MADE_WITH, STATES, differences, made_with, photographed, small
from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser

MOST_BYTES = 60_000


@pytest.mark.browser
@pytest.mark.parametrize("name", STATES)
def test_the_page_looks_as_it_did(browser: Browser, site: str, tmp_path: Path, name: str) -> None:
    whole = photographed(browser, site, STATES[name])
    with Image.open(FOLDER / f"{name}.png") as stored:
        found = differences(stored, small(whole))
    if found:
        whole.save(tmp_path / f"{name}.png")
        pytest.fail(
            f"{name} looks otherwise ({'; '.join(found)}): see {tmp_path / f'{name}.png'} beside {FOLDER / name}.png. "
            "If it is meant to, renew the pictures: python scripts/make_pictures.py --tests\n"
            f"They were made with: {_line(MADE_WITH.read_text('utf-8'))}\nHere are: {_line(made_with(browser))}"
        )


def _line(text: str) -> str:
    return ", ".join(text.splitlines())


def test_the_stored_pictures_are_those_of_the_states_and_small() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == set(STATES)
    assert all(path.stat().st_size < MOST_BYTES for path in FOLDER.glob("*.png"))


# --- What counts as a difference, on pictures that are made up -------------------------------------------------------


def made_up(
    *, seed: int = 0, panel: int = 370, has_bar: bool = True, has_panel: bool = True, ink: int = 110, paper: int = 255
) -> Image.Image:
    """A page with a bar and two columns of text, whose lines and letters `seed` sets; `panel`: where the second one
    begins."""
    letters = random.Random(seed)
    picture = Image.new("L", (720, 450), paper)
    draw = ImageDraw.Draw(picture)
    columns = [(10, 350, 40)] + ([(panel, min(panel + 340, 719), 40)] if has_panel else [])
    columns += [(10, 400, 6), (560, 710, 6)] if has_bar else []
    for left, right, top in columns:
        for line in range(top, 30 if top == 6 else 430, 10):
            end = right - letters.randrange(20) if line % 70 else left + (right - left) // 2 + letters.randrange(20)
            at = left
            while at < end:
                word = letters.randrange(4, 16)
                draw.rectangle((at, line, min(at + word, end), line + 3), fill=ink)
                at += word + 4
    return picture


@pytest.mark.parametrize("seed", range(1, 6))
def test_other_letters_are_no_difference(seed: int) -> None:
    assert differences(made_up(), made_up(seed=seed)) == []


@pytest.mark.parametrize("by", [(1, 0), (0, 1), (-1, -1)])
def test_a_pixel_is_no_difference(by: tuple[int, int]) -> None:
    assert differences(made_up(), ImageChops.offset(made_up(), *by)) == []


def test_a_somewhat_thinner_font_is_no_difference() -> None:
    assert differences(made_up(), made_up(seed=1, ink=125)) == []


@pytest.mark.parametrize("panel", [340, 352, 388, 400])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_column_that_moves_is_one(panel: int, seed: int) -> None:
    (found,) = (each for each in differences(made_up(), made_up(seed=seed, panel=panel)) if each.startswith("columns"))
    assert "levels at" in found


def test_what_is_missing_or_turned_dark_is_one() -> None:
    assert differences(made_up(), made_up(seed=1, has_bar=False))
    assert differences(made_up(), made_up(seed=1, has_panel=False))
    assert differences(made_up(), made_up(ink=150, paper=10))
    assert differences(made_up(), ImageChops.offset(made_up(), 24, 0))
    assert differences(Image.new("L", (720, 450), 255), made_up())


def test_pictures_of_other_sizes_are_one() -> None:
    assert differences(made_up(), made_up().resize((360, 225))) == ["sizes: (720, 450) and (360, 225)"]


def test_blank_pictures_are_alike() -> None:
    assert differences(Image.new("L", (720, 450), 255), Image.new("L", (720, 450), 255)) == []
