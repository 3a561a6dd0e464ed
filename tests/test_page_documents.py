"""A visitor's own documents and the rebuilding of the library, in a real browser on the page as it is served."""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from browsing import LIST, PATIENCE, answered, asked, cards, places, visiting
from conftest import SEEDS
from corpus import as_docx, as_pdf, declaration, hostile
from live import WITHIN, Served, running
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

pytestmark = pytest.mark.browser

LONG = 120_000
"""Milliseconds in which the busiest machine has built an index."""
REFUSED = "Failed to load resource"
"""What the browser's console says of every answer that is a refusal."""
WELLS = (
    b"Wells of the valley\n\nA. Digging\n\n1. The villagers of Ostrava dig eleven wells each spring.\n\n"
    b"2. The council of elders keeps the keys of the granary.\n"
)
DIGGERS = "who digs the wells in Ostrava?"
FOUND = "The villagers of Ostrava dig eleven wells each spring."

Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture(autouse=True, scope="module")
def patient() -> Iterator[None]:
    """Expectations that wait on a machine with other work."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def serve(seed_index: Path, tmp_path: Path) -> Serve:
    """Serves copies of the seed and its index, and what visitors left before."""
    shutil.copytree(SEEDS, tmp_path / "seeds")
    shutil.copytree(seed_index, tmp_path / "index")
    start = contextmanager(running)
    return lambda *arguments: start(tmp_path / "seeds", tmp_path / "index", tmp_path / "server.log", *arguments)


@pytest.fixture(scope="module")
def small(seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that takes files of up to 1 MB."""
    folder = tmp_path_factory.mktemp("small")
    for served in running(SEEDS, seed_index, folder / "server.log", "--no-build", "--upload-mb", "1"):
        yield served.url


def payload(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def open_documents(page: Page) -> Locator:
    """The dialog of the documents."""
    page.get_by_role("button", name="Documents", exact=True).click()
    dialog = page.get_by_role("dialog", name="Documents")
    expect(dialog.locator(".qa-documents > .qa-note").first).not_to_be_empty(timeout=PATIENCE)
    return dialog


def upload(dialog: Locator, **files: bytes) -> None:
    """Choose files; `wells_txt` is "wells.txt"."""
    dialog.locator("input[type=file]").set_input_files(
        [payload(".".join(name.rsplit("_", 1)), data) for name, data in files.items()]
    )


def row(dialog: Locator, name: str) -> Locator:
    """What is said of a file that the server has."""
    return dialog.locator(".qa-own-files > li").filter(has=dialog.page.get_by_text(name, exact=True))


def own_build(dialog: Locator) -> Locator:
    """How far the index of the visitor's documents is."""
    return dialog.locator(".qa-build").first


def close(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def choose(page: Page, collection: str) -> None:
    """Choose what is asked; the choices stay open."""
    if page.locator(".qa-filter-box[open]").count() == 0:
        page.locator(".qa-filter-box > summary").click()
    page.get_by_label(collection).check()


@contextmanager
def held(served: Served) -> Iterator[None]:
    """Hold the build that runs, so that it does not end before something else was done."""
    deadline = time.monotonic() + WITHIN
    while (build := _build_of(served.process.pid)) is None:
        assert time.monotonic() < deadline, "no build runs"
        time.sleep(0.02)
    os.kill(build, signal.SIGSTOP)
    yield
    if Path(f"/proc/{build}").exists():
        os.kill(build, signal.SIGCONT)


def _build_of(server: int) -> int | None:
    if not Path("/proc/self/stat").exists():
        pytest.skip("processes can be looked up on Linux only")
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == server and b"qa.build_process" in (place / "cmdline").read_bytes():
                return int(place.name)
        except OSError:  # it has ended meanwhile
            continue
    return None


def sees_nothing(stranger: Page, url: str) -> None:
    """Somebody else neither sees, asks nor opens the documents of a visitor."""
    other = open_documents(stranger)
    expect(other).to_contain_text("Nothing has been uploaded yet.")
    close(other)
    choose(stranger, "your own documents")
    expect(stranger.locator(".qa-count")).to_have_text("There is no document of yours here yet. Upload one first.")
    expect(stranger.get_by_label("the documents of this installation")).to_be_checked()
    stranger.goto(f"{url}/?c=own&q=wells#own/wells/para-1")
    expect(stranger.locator("#qa-alert")).to_contain_text("There is no document of yours here yet")
    expect(stranger.locator("#qa-panel")).not_to_contain_text("Ostrava")


# --- From the upload to the answer -----------------------------------------------------------------------------------


def test_documents_are_uploaded_understood_asked_and_removed_by_their_visitor_alone(
    serve: Serve, browser: Browser
) -> None:
    with (
        serve() as served,
        visiting(browser, served.url) as page,
        visiting(browser, served.url, expected_errors="404") as stranger,
    ):
        dialog = open_documents(page)
        expect(dialog).to_contain_text("Only you can see and ask these files.")
        expect(dialog.locator(".qa-quota")).to_have_text("0 of 20 files, 0 MB of 50 MB")
        upload(
            dialog,
            wells_txt=WELLS,
            droits_docx=as_docx(declaration("fr")[:4]),
            derechos_pdf=as_pdf(declaration("es")[:3]),
        )

        # It is told what was understood, and then how far the index is, while everybody goes on asking.
        expect(row(dialog, "wells.txt").locator(".qa-understood")).to_contain_text("2 paragraphs")
        expect(row(dialog, "droits.docx")).to_contain_text(
            "Déclaration universelle des droits de l’homme", timeout=PATIENCE
        )
        expect(row(dialog, "droits.docx")).to_contain_text("A/RES/217(III)")
        expect(row(dialog, "derechos.pdf")).to_contain_text("Spanish")
        row(dialog, "wells.txt").locator("summary").click()
        expect(row(dialog, "wells.txt")).to_contain_text(FOUND)
        expect(dialog.locator(".qa-quota")).to_contain_text("3 of 20 files")
        with held(served):
            expect(own_build(dialog).locator("progress")).to_be_visible(timeout=PATIENCE)
            assert places(asked(stranger, LIST))
            close(dialog)
            assert places(asked(page, LIST))
            dialog = open_documents(page)
            expect(own_build(dialog).locator("progress")).to_be_visible()
            expect(row(dialog, "wells.txt").locator("summary")).to_be_visible()
        expect(own_build(dialog)).to_contain_text("Done. Now searched: 3 documents", timeout=LONG)
        expect(own_build(dialog).locator("progress")).to_be_hidden()
        close(dialog)

        # The answer cites them, the source shows them, and it says what was searched.
        choose(page, "your own documents")
        expect(page.locator(".qa-count")).to_contain_text("3 documents")
        answer = asked(page, DIGGERS, 2)
        cited = cards(answer).first.locator("a.qa-cite").first
        assert cited.get_attribute("href") == "#own/wells/para-1/s0"
        expect(answer.locator(".qa-scope")).to_contain_text(
            "3 documents · English, Spanish, French · your own documents"
        )
        expect(page.locator("#qa-panel .qa-marked")).to_have_text(FOUND)
        expect(page.locator("#qa-panel")).to_contain_text("wells.txt")

        sees_nothing(stranger, served.url)

        # Removed, it is not found any more.
        dialog = open_documents(page)
        row(dialog, "wells.txt").get_by_role("button", name="Remove wells.txt").click()
        expect(row(dialog, "wells.txt")).to_contain_text("Remove wells.txt for good?")
        expect(row(dialog, "wells.txt").get_by_role("button", name="Keep")).to_be_focused()
        row(dialog, "wells.txt").get_by_role("button", name="Remove", exact=True).click()
        expect(row(dialog, "wells.txt")).to_have_count(0)
        expect(dialog).to_contain_text("wells.txt was removed.")
        expect(own_build(dialog)).to_contain_text("Done. Now searched: 2 documents", timeout=LONG)
        close(dialog)
        answer = asked(page, DIGGERS, 3)
        expect(answer).not_to_contain_text("Ostrava dig")
        expect(answer.locator(".qa-scope")).to_contain_text("2 documents · Spanish, French · your own documents")


def test_files_are_dropped_and_those_that_miss_their_place_do_no_harm(small: str, browser: Browser) -> None:
    with visiting(browser, small) as page:
        dialog = open_documents(page)
        dropped = page.evaluate_handle(
            """() => {
              const data = new DataTransfer();
              data.items.add(new File(['1. The well is deep.'], 'deep.txt', { type: 'text/plain' }));
              return data;
            }"""
        )
        missed = page.locator("#qa-bar").evaluate(
            """(bar, dataTransfer) => !bar.dispatchEvent(
              new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))""",
            dropped,
        )
        assert missed, "the browser would open it instead of the page"
        zone = dialog.locator(".qa-drop")
        zone.dispatch_event("dragover", {"dataTransfer": dropped})
        expect(zone).to_have_class("qa-drop qa-over")
        zone.dispatch_event("drop", {"dataTransfer": dropped})
        expect(zone).to_have_class("qa-drop")
        expect(row(dialog, "deep.txt")).to_contain_text("1 paragraph")


def test_what_is_not_taken_is_told_by_name_with_the_reason(small: str, browser: Browser) -> None:
    with visiting(browser, small, expected_errors=REFUSED) as page:
        dialog = open_documents(page)
        upload(
            dialog,
            program_pdf=b"MZ\x90\x00" + bytes(100),
            nothing_txt=b"",
            blank_txt=b" \n\n ",
            huge_txt=b"1. Water.\n\n" * 100_000,
            photo_png=b"\x89PNG",
            scanned_pdf=hostile()["scanned.pdf"],
        )
        refused = {
            "program.pdf": "“program.pdf” is not what its name says: its contents are of another type.",
            "nothing.txt": "“nothing.txt” is empty.",
            "blank.txt": "“blank.txt” holds no text that can be read.",
            "huge.txt": "“huge.txt” is too large: a file may have up to 1 MB. Split it.",
            "photo.png": "“photo.png” is of a type that cannot be read. These can: ",
        }
        for name, reason in refused.items():
            told = dialog.locator(".qa-uploads > li").filter(has=page.get_by_text(name, exact=True))
            expect(told.get_by_role("alert")).to_contain_text(reason)
        expect(row(dialog, "scanned.pdf")).to_contain_text(
            "“scanned.pdf” holds no text that can be read.", timeout=PATIENCE
        )
        dialog.get_by_role("button", name="Dismiss: huge.txt").click()
        expect(dialog.get_by_text("huge.txt")).to_have_count(0)

        # There is nothing to be searched, so nothing is built; what was told stays as long as the page.
        expect(own_build(dialog)).to_be_hidden()
        close(dialog)
        dialog = open_documents(page)
        expect(dialog.get_by_role("alert").filter(has_text="“nothing.txt” is empty.")).to_be_visible()
        row(dialog, "scanned.pdf").get_by_role("button", name="Remove scanned.pdf").click()
        row(dialog, "scanned.pdf").get_by_role("button", name="Remove", exact=True).click()
        expect(dialog.locator(".qa-quota")).to_have_text("0 of 20 files, 0 MB of 50 MB")


def test_a_visitor_keeps_only_so_many_files(small: str, browser: Browser) -> None:
    with visiting(browser, small, expected_errors=REFUSED) as page:
        dialog = open_documents(page)
        dialog.locator("input[type=file]").set_input_files(
            [payload(f"{number}.txt", f"1. Well number {number}.".encode()) for number in range(21)]
        )
        expect(dialog.get_by_role("alert").filter(has_text="You may keep 20 files here.")).to_be_visible(timeout=LONG)
        expect(dialog.locator(".qa-quota")).to_contain_text("20 of 20 files")
        expect(dialog.locator(".qa-own-files > li")).to_have_count(20)


def test_files_outlive_the_server_and_a_build_that_was_broken_off_is_offered(serve: Serve, browser: Browser) -> None:
    with serve() as served, visiting(browser, served.url) as page:
        dialog = open_documents(page)
        upload(dialog, wells_txt=WELLS)
        expect(own_build(dialog)).to_be_visible(timeout=LONG)
        visitor = page.context.storage_state()
        page.context.close()
        with held(served):
            served.process.terminate()
            served.process.wait(WITHIN)
    with serve() as served, visiting(browser, served.url, storage_state=visitor) as page:
        dialog = open_documents(page)
        expect(row(dialog, "wells.txt")).to_contain_text("2 paragraphs")
        expect(dialog).to_contain_text("Your latest changes cannot be searched yet.")
        dialog.get_by_role("button", name="Make them searchable").click()
        expect(own_build(dialog)).to_contain_text("Done. Now searched: 1 document", timeout=LONG)
        close(dialog)
        choose(page, "your own documents")
        expect(page.locator(".qa-count")).to_have_text("2 paragraphs · 1 document")
        assert places(asked(page, DIGGERS)) == ["para. 1"]
        visitor = page.context.storage_state()
    with serve() as served, visiting(browser, served.url, storage_state=visitor, path=f"/?c=own&q={DIGGERS}") as page:
        answered(page, 1)
        expect(page.locator("#qa-panel .qa-marked")).to_have_text(FOUND)


# --- The library -----------------------------------------------------------------------------------------------------


def test_the_library_is_rebuilt_by_a_button_while_others_go_on_asking(
    serve: Serve, browser: Browser, tmp_path: Path
) -> None:
    with serve() as served, visiting(browser, served.url) as page, visiting(browser, served.url) as other:
        expect(page.locator(".qa-introduction")).to_contain_text("14 paragraphs of 1 document")
        (tmp_path / "seeds" / "wells.txt").write_bytes(WELLS)
        dialog = open_documents(page)
        rebuild = dialog.get_by_role("button", name="Rebuild the library")
        rebuild.click()
        expect(rebuild).to_be_disabled()
        library = dialog.get_by_role("region", name="The library")
        with held(served):
            expect(library.locator("progress")).to_be_visible()
            assert places(asked(other, LIST))
        expect(library).to_contain_text("Done. Now searched: 2 documents, 16 paragraphs.", timeout=LONG)
        expect(rebuild).to_be_enabled()
        close(dialog)
        expect(page.locator(".qa-introduction")).to_contain_text("16 paragraphs of 2 documents")
        for number, visit in enumerate((page, other), 1):
            answer = asked(visit, DIGGERS, number)
            assert cards(answer).first.locator("a.qa-cite").first.get_attribute("href") == "#wells/para-1/s0"
            expect(visit.locator("#qa-panel .qa-marked")).to_have_text(FOUND)


def test_where_uploads_are_shared_everybody_asks_them_and_only_their_visitor_removes_them(
    serve: Serve, browser: Browser
) -> None:
    shared = serve("--uploads", "shared")
    with shared as served, visiting(browser, served.url) as page, visiting(browser, served.url) as other:
        dialog = open_documents(page)
        expect(dialog).to_contain_text("everybody who can open this page can read and ask it")
        upload(dialog, wells_txt=WELLS)
        expect(dialog).to_contain_text("Done. Now searched: 2 documents, 16 paragraphs.", timeout=LONG)
        close(dialog)
        answer = asked(other, DIGGERS)
        cited = cards(answer).first.locator("a.qa-cite").first.get_attribute("href")
        assert cited == "#uploaded%2Fwells/para-1/s0"
        assert "own" not in (answer.locator(".qa-scope").text_content() or "")
        assert other.get_by_label("your own documents").count() == 0
        dialog = open_documents(other)
        expect(row(dialog, "wells.txt")).to_contain_text("uploaded by somebody else")
        expect(row(dialog, "wells.txt").get_by_role("button")).to_have_count(0)


def test_where_nothing_can_be_uploaded_there_is_no_place_for_it(serve: Serve, browser: Browser) -> None:
    with serve("--uploads", "off") as served, visiting(browser, served.url) as page:
        page.locator(".qa-filter-box > summary").click()
        expect(page.locator(".qa-count")).to_contain_text("14 paragraphs")
        expect(page.get_by_label("your own documents")).to_have_count(0)
        dialog = open_documents(page)
        expect(dialog).to_contain_text("Documents cannot be uploaded here.")
        expect(dialog.get_by_role("button", name="Choose files")).to_be_hidden()
        expect(dialog.get_by_role("button", name="Rebuild the library")).to_be_visible()
