"""Collections of visitors: what is taken in, what is kept apart, what is built and removed."""

import errno
import io
import os
import subprocess
import sys
import threading
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT, WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.build import build
from embeddings.documents.registry import readers
from embeddings.encoder import ModelEncoder
from embeddings.errors import DocumentError
from embeddings.store import IndexStore
from qa.building import Builder, BuildReport, Job, ProcessBuild, Tell
from qa.errors import BuildRefused, CollectionEmpty, LibraryError, ServeError, UploadRefused
from qa.file_content import reason_of, refusal
from qa.file_names import clean_name, file_id, free_name, suffix_of
from qa.intake import UploadLimits
from qa.library import Library
from qa.live import Live
from qa.own_files import UploadedFile
from tests import corpus

ANNA, BORIS = "a" * 64, "b" * 64
COURT = b"1. The court froze the asset.\n"
POLICE = b"1. The police and the bank.\n"

good, hostile = cache(corpus.good), cache(corpus.hostile)

MakeLibrary = Callable[..., Library]


class HereBuild:
    """A build in this process, with the encoder of words."""

    def __init__(self, seeds: Path, index: Path, encoder: WordEncoder) -> None:
        self._seeds, self._index, self._encoder = seeds, index, encoder

    def run(self, tell: Tell) -> BuildReport:
        tell("reading", 0, 0)
        try:
            report = build(self._seeds, IndexStore(self._index), self._encoder)
        except DocumentError as error:
            raise BuildRefused("build_nothing", str(error)) from error
        return BuildReport(len(report.documents), report.manifest.passages, report.languages)

    def stop(self) -> None:
        pass


@pytest.fixture
def make_library(seeds: Path, tmp_path: Path, words: WordEncoder) -> Iterator[MakeLibrary]:
    """Makes libraries over the two small documents, all with one data folder; they are closed at the end."""
    made: list[Library] = []
    index = tmp_path / "index"
    build(seeds, IndexStore(index), words)

    def make(**values: object) -> Library:
        values.setdefault("work", lambda seeds, index: HereBuild(seeds, index, words))
        live = Live(index, encoder=words)
        library = Library(live, seeds=seeds, index=index, data=tmp_path / "data", **values)  # type: ignore[arg-type]
        made.append(library)
        return library

    yield make
    for library in made:
        library.close()


def upload(library: Library, visitor: str, name: str, data: bytes) -> UploadedFile:
    with library.receive(visitor, name) as arriving:
        arriving.write(data)
        return library.take(visitor, arriving)[0]


def settled(library: Library, visitor: str) -> tuple[UploadedFile, ...]:
    """The visitor's files when all are read."""
    end = time.monotonic() + 60
    while "waiting" in {each.state for each in library.files(visitor)}:
        assert time.monotonic() < end, "an upload was not read"
        time.sleep(0.02)
    return library.files(visitor)


def built(library: Library, visitor: str, collection: str = "own") -> Job:
    """The visitor's build when it has ended."""
    end = time.monotonic() + 120
    while (job := library.job(collection, visitor)) is None or job.state in ("queued", "running"):  # type: ignore[arg-type]
        assert time.monotonic() < end, "a build did not end"
        time.sleep(0.02)
    return job


def documents(library: Library, visitor: str) -> set[str]:
    return set(library.assistant("own", visitor).index.documents)


def generations(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.rglob("[0-9]*-*") if path.is_dir())


# --- Names ---


@given(st.text(max_size=400) | st.text("./\\:. \u202e\u0000é\u0301conNUL", max_size=30))
def test_any_name_is_made_fit(name: str) -> None:
    clean = clean_name(name)
    assert clean == clean_name(clean) == unicodedata.normalize("NFC", clean)
    assert 0 < len(clean.encode()) <= 160
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in clean)
    assert not set(clean) & set('/\\:*?"<>|#%')
    assert not clean.startswith((".", " "))
    assert not clean.endswith((".", " "))
    assert Path(clean).name == clean
    assert free_name(clean, [unicodedata.normalize("NFD", clean)]) != clean
    assert suffix_of(free_name(clean, [clean])) == suffix_of(clean)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "etc passwd.txt"),
        ("..\\windows\\a.txt", "windows a.txt"),
        ("a\0b.txt", "ab.txt"),
        ("a\r\nX-Header: b.txt", "a X-Header b.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("CON", "_CON"),
        ("nul.tar.txt", "_nul.tar.txt"),
        (".htaccess", "htaccess"),
        ("....", "document"),
        ("", "document"),
        ("README.md", "_README.md"),
        ("Rapport é.PDF", "Rapport é.pdf"),
        ("😀.txt", "😀.txt"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_that_mean_harm(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_names_that_are_alike_get_a_number(make_library: MakeLibrary) -> None:
    library = make_library()
    names = [unicodedata.normalize("NFC", "café a.txt"), unicodedata.normalize("NFD", "café a.txt"), "Café_A.md"]
    found = [upload(library, ANNA, name, f"1. The court {name!r}.".encode()).name for name in names]
    assert found == ["café a.txt", "café a (2).txt", "Café_A (3).md"]
    files = settled(library, ANNA)
    assert len({each.id for each in files}) == 3
    assert all(each.id == file_id(each.name) for each in files)
    library.build("own", ANNA)
    report = built(library, ANNA).report
    assert report is not None
    assert report.documents == 3


# --- Contents ---


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


PDF = good()["udhr-es.pdf"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("program.pdf", b"MZ\x90\0" + b"\0" * 100, "file_mismatch"),
        ("page.pdf", b"<html><script>alert(1)</script>", "file_mismatch"),
        ("drawing.pdf", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_mismatch"),
        ("archive.pdf", zipped(a=b"x"), "file_mismatch"),
        ("both.pdf", PDF + zipped(a=b"x"), "file_mismatch"),
        ("empty.pdf", b"", "file_empty"),
        ("nothing.docx", b"", "file_empty"),
        ("archive.docx", zipped(a=b"x"), "file_mismatch"),
        ("page.docx", b"<html>", "file_mismatch"),
        ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_encrypted"),
        ("cut.docx", good()["udhr-fr.docx"][:-100], "file_damaged"),
        ("book.odt", good()["udhr-ru.epub"], "file_mismatch"),
        ("prepended.epub", b"MZ" + good()["udhr-ru.epub"], "file_mismatch"),
        ("other.epub", zipped(**{"mimetype": b"text/html", "META-INF/container.xml": b"<x/>"}), "file_mismatch"),
        ("binary.txt", bytes(range(256)) * 20, "file_mismatch"),
        ("zeros.md", b"# A\0B", "file_mismatch"),
        ("picture.html", b"\x89PNG\r\n\x1a\n", "file_mismatch"),
        ("program.txt", b"\x7fELF text", "file_mismatch"),
        ("pdf.txt", b"%PDF-1.4 text", "file_mismatch"),
        ("blank.txt", b" \n\n", "file_no_text"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(
    make_library: MakeLibrary, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    library = make_library()
    before = generations(tmp_path)
    with pytest.raises(UploadRefused, match=name) as refused:
        upload(library, ANNA, name, data)
    assert refused.value.code == reason
    assert refused.value.values == {"name": name}
    assert library.files(ANNA) == ()
    assert generations(tmp_path) == before
    assert not list((tmp_path / "data").rglob("*.part"))


@pytest.mark.parametrize("name", sorted(good()))
def test_a_file_that_is(name: str) -> None:
    assert refusal(Path(name).suffix, good()[name]) == ""


@given(st.sampled_from(sorted(readers())), st.binary(max_size=200) | st.sampled_from(list(hostile().values())))
def test_nothing_that_is_uploaded_makes_the_look_at_it_fail(suffix: str, data: bytes) -> None:
    assert refusal(suffix, data) in {
        "",
        "file_empty",
        "file_mismatch",
        "file_encrypted",
        "file_damaged",
        "file_no_text",
        "file_long",
    }


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("encrypted.pdf", "file_encrypted"),
        ("scanned.pdf", "file_no_text"),
        ("external.docx", "file_damaged"),
        ("bomb.docx", "file_damaged"),
        ("brackets.md", "file_long"),
    ],
)
def test_what_its_reader_refuses_is_not_kept(make_library: MakeLibrary, tmp_path: Path, name: str, reason: str) -> None:
    library = make_library()
    upload(library, ANNA, name, hostile()[name])
    (file,) = settled(library, ANNA)
    assert (file.name, file.state, file.reason) == (name, "refused", reason)
    assert file.detail
    assert str(tmp_path) not in file.detail
    assert not [path for path in (tmp_path / "data").rglob(f"*{name}") if path.is_file()]
    with pytest.raises(CollectionEmpty):
        library.assistant("own", ANNA)
    assert library.remove(ANNA, file.id) is None
    assert library.files(ANNA) == ()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("takes more than 60 s to read", "file_slow"),
        ("takes too much memory to read (MemoryError)", "file_memory"),
        ("has 5,001 pages; at most 5,000 are read: split it", "file_long"),
        ("holds headings only, no paragraph", "file_no_text"),
        ("is encrypted; save it without a password", "file_encrypted"),
        ("is something that nobody thought of", "file_unreadable"),
    ],
)
def test_what_a_refusal_comes_to(words: str, reason: str) -> None:
    assert reason_of(words) == reason


def test_what_was_understood(make_library: MakeLibrary) -> None:
    library = make_library()
    upload(library, ANNA, "udhr.html", good()["udhr-en.html"])
    (file,) = settled(library, ANNA)
    assert file.understood is not None
    assert file.understood.title == "Universal Declaration of Human Rights"
    assert file.understood.symbol == "A/RES/217(III)"
    assert file.understood.language == "en"
    assert file.understood.paragraphs > 30
    assert file.understood.first[0]
    assert library.files(ANNA) == (file,)


# --- Limits ---


def test_limits(make_library: MakeLibrary) -> None:
    library = make_library(limits=UploadLimits(file_bytes=100, files=2, bytes=150, paragraphs=3))
    with pytest.raises(UploadRefused) as refused:
        upload(library, ANNA, "a.exe", b"MZ")
    assert refused.value.code == "unknown_type"
    with pytest.raises(UploadRefused, match="no reader for a name without suffix"), library.receive(ANNA, "a"):
        pass
    with pytest.raises(UploadRefused) as refused, library.receive(ANNA, "a.txt", 101):
        pass
    assert refused.value.code == "too_large"
    with pytest.raises(UploadRefused) as refused, library.receive(ANNA, "a.txt") as arriving:
        arriving.write(b"x" * 60)
        arriving.write(b"x" * 60)
    assert refused.value.code == "too_large"
    upload(library, ANNA, "a.txt", b"1. The court.\n\n2. The law.\n".ljust(90))
    with pytest.raises(UploadRefused) as refused:
        upload(library, ANNA, "b.txt", b"1. The bank".ljust(90))
    assert refused.value.code == "over_quota"
    upload(library, ANNA, "b.txt", b"1. The bank.\n\n2. The judge.\n")
    with pytest.raises(UploadRefused) as refused:
        upload(library, ANNA, "c.txt", b"1. C")
    assert refused.value.code == "too_many_files"
    states = {each.name: (each.state, each.reason) for each in settled(library, ANNA)}
    assert sorted(states.values()) == [("read", ""), ("refused", "file_paragraphs")]
    upload(library, BORIS, "c.txt", b"1. C")


def test_room_for_all(make_library: MakeLibrary) -> None:
    library = make_library(limits=UploadLimits(total_bytes=1000))
    upload(library, ANNA, "a.txt", COURT)
    with pytest.raises(UploadRefused) as refused:
        upload(library, BORIS, "b.txt", b"1. The bank ".ljust(900, b"x"))
    assert refused.value.code == "full"


def test_so_many_at_once(make_library: MakeLibrary) -> None:
    library = make_library(limits=UploadLimits(arriving=2, all_arriving=3))
    with library.receive(ANNA, "a.txt"), library.receive(ANNA, "b.txt"), library.receive(BORIS, "c.txt"):
        for visitor in (ANNA, BORIS, "c" * 64):
            with pytest.raises(UploadRefused) as refused, library.receive(visitor, "d.txt"):
                pass
            assert refused.value.code == "busy"
    upload(library, ANNA, "a.txt", COURT)


def test_an_upload_that_breaks_off_leaves_nothing(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    with pytest.raises(ConnectionError), library.receive(ANNA, "a.txt") as arriving:
        arriving.write(COURT)
        raise ConnectionError
    assert library.files(ANNA) == ()
    assert [path.name for path in (tmp_path / "data").rglob("*") if path.is_file()] == ["lock"]


# --- Kept apart ---


def test_nobody_sees_what_another_one_uploaded(make_library: MakeLibrary) -> None:
    library = make_library()
    own = {ANNA: upload(library, ANNA, "same.txt", COURT), BORIS: upload(library, BORIS, "same.txt", POLICE)}
    for visitor in own:
        settled(library, visitor)
        library.build("own", visitor)
    for visitor in own:
        assert built(library, visitor).state == "done"
    (anna,) = library.assistant("own", ANNA).index.passages
    (boris,) = library.assistant("own", BORIS).index.passages
    assert (anna.text, boris.text) == ("The court froze the asset.", "The police and the bank.")
    assert set(library.assistant("library", ANNA).index.documents) == {"annex", "report"}
    upload(library, ANNA, "secret.txt", b"1. The law.")
    secret = next(each for each in library.files(ANNA) if each.name == "secret.txt")
    with pytest.raises(LibraryError) as refused:
        library.remove(BORIS, secret.id)
    assert refused.value.code == "no_file"
    assert len(library.files(BORIS)) == 1
    with pytest.raises(CollectionEmpty) as empty:
        library.assistant("own", "c" * 64)
    assert empty.value.code == "empty"


@pytest.mark.parametrize("visitor", ["", "..", "../" * 21 + "a", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_visitor_is_no_path(make_library: MakeLibrary, visitor: str) -> None:
    library = make_library()
    for ask in (
        lambda: library.files(visitor),
        lambda: library.assistant("own", visitor),
        lambda: upload(library, visitor, "a.txt", COURT),
        lambda: library.remove(visitor, "0" * 32),
        lambda: library.build("own", visitor),
    ):
        with pytest.raises(ValueError):
            ask()


# --- Building ---


def test_uploads_are_found_when_they_are_built_and_gone_when_removed(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    with pytest.raises(BuildRefused) as refused:
        library.build("own", ANNA)
    assert refused.value.code == "build_nothing"
    first, second = upload(library, ANNA, "court.txt", COURT), upload(library, ANNA, "police.txt", POLICE)
    settled(library, ANNA)
    assert library.overview(ANNA).stale
    with pytest.raises(CollectionEmpty) as empty:
        library.assistant("own", ANNA)
    assert empty.value.code == "unbuilt"
    library.build("own", ANNA)
    assert built(library, ANNA).state == "done"
    assert not library.overview(ANNA).stale
    assert documents(library, ANNA) == {"court", "police"}
    assert library.assistant("own", ANNA).state

    assert library.remove(ANNA, second.id) is not None
    assert built(library, ANNA).state == "done"
    assert documents(library, ANNA) == {"court"}
    place = tmp_path / "data" / "collections" / ANNA
    assert not [path for path in place.rglob("*") if path.is_file() and b"police" in path.read_bytes()]
    again, new = upload(library, ANNA, "again.txt", COURT), False
    assert (again.id, again.name, new) == (first.id, "court.txt", False)

    library.remove(ANNA, first.id)
    assert built(library, ANNA).report == BuildReport()
    assert library.files(ANNA) == ()
    assert not (place / "index").exists()
    assert not library.overview(ANNA).stale
    with pytest.raises(CollectionEmpty):
        library.assistant("own", ANNA)


def test_a_build_in_a_process_of_its_own(
    make_library: MakeLibrary, tmp_path: Path, encoder: ModelEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    library = make_library(work=None, encoder=encoder)
    upload(library, ANNA, "court.txt", COURT)
    settled(library, ANNA)
    library.build("own", ANNA)
    job = built(library, ANNA)
    assert job.report is not None
    assert (job.state, job.report.documents, job.report.paragraphs, job.report.languages) == ("done", 1, 1, {"en": 1})

    # While the next one is made, the one before answers.
    upload(library, ANNA, "police.txt", "\n\n".join(f"{n}. The police saw {n} banks." for n in range(1, 40)).encode())
    settled(library, ANNA)
    library.build("own", ANNA)
    phases, answers = [], 0
    while library.builder.busy(ANNA):
        now = library.job("own", ANNA)
        assert now is not None
        phases.append(now.phase)
        if now.phase == "reading":
            assert documents(library, ANNA) == {"court"}
            assert library.assistant("own", ANNA).ask("which court?").citations is not None
            answers += 1
        time.sleep(0.02)
    assert answers
    assert documents(library, ANNA) == {"court", "police"}
    assert [phase for phase in dict.fromkeys(phases) if phase] == ["reading", "encoding", "writing"]
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or b"canary" not in path.read_bytes()


def test_progress_is_told_and_a_build_of_nothing_fails(tmp_path: Path, seeds: Path) -> None:
    told: list[tuple[str, int, int]] = []
    report = ProcessBuild(seeds, tmp_path / "i").run(lambda *values: told.append(values))
    assert (report.documents, report.paragraphs) == (2, 3)
    assert told[0] == ("reading", 0, 0)
    assert told[1] == ("encoding", 0, 3)
    assert told[-1] == ("writing", 3, 3)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildRefused) as refused:
        ProcessBuild(tmp_path / "empty", tmp_path / "j").run(lambda *_: None)
    assert refused.value.code == "build_nothing"


def test_a_build_that_is_stopped_leaves_the_index_before(tmp_path: Path, seeds: Path, words: WordEncoder) -> None:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    before = store.current()
    work = ProcessBuild(seeds, store.folder)
    with pytest.raises(BuildRefused) as refused:
        work.run(lambda *_: work.stop())
    assert refused.value.code == "build_stopped"
    assert store.current() == before
    slow = ProcessBuild(seeds, store.folder, max_seconds=0.05)
    with pytest.raises(BuildRefused) as refused:
        slow.run(lambda *_: None)
    assert refused.value.code == "build_slow"
    with pytest.raises(BuildRefused):
        stopped = ProcessBuild(seeds, store.folder)
        stopped.stop()
        stopped.run(lambda *_: None)
    assert store.current() == before


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs os.killpg: only Unix has groups of processes")
def test_a_build_ends_with_the_one_who_started_it(tmp_path: Path, seeds: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from qa.building import ProcessBuild\n"
        "work = ProcessBuild(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "work.run(lambda *_: (print(work._process.pid, flush=True), os._exit(9)))"
    )
    command = [sys.executable, "-c", program, str(seeds), str(tmp_path / "index")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 9
    end = time.monotonic() + 20
    while True:
        try:
            os.kill(int(done.stdout), 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{int(done.stdout)}/stat").read_text().split()[2] == "Z":  # nobody waits for it here
            break
        assert time.monotonic() < end, "it went on"
        time.sleep(0.05)
    assert not (tmp_path / "index" / "CURRENT").exists()


class Held:
    """A build that goes on until it is let go, or stopped."""

    def __init__(self) -> None:
        self.started, self.go, self.stopped = threading.Event(), threading.Event(), False

    def run(self, tell: Tell) -> BuildReport:
        tell("encoding", 1, 2)
        self.started.set()
        assert self.go.wait(20)
        if self.stopped:
            raise BuildRefused("build_stopped", "stopped")
        return BuildReport(1, 2)

    def stop(self) -> None:
        self.stopped = True
        self.go.set()


def test_one_build_at_a_time_and_only_so_many_wait() -> None:
    ended: list[str] = []
    builder, first, second = Builder(ended.append, most_waiting=2), Held(), Held()
    assert builder.request("a", lambda: first).state in ("queued", "running")
    assert first.started.wait(20)
    job = builder.job("a")
    assert job is not None
    assert (job.state, job.phase, job.done, job.total) == ("running", "encoding", 1, 2)
    waiting = builder.request("b", lambda: second)
    assert (waiting.state, waiting.ahead) == ("queued", 1)
    assert builder.request("b", Held).number == waiting.number
    again = builder.request("a", Held)  # what runs began before what is asked for now
    assert (again.state, again.ahead) == ("queued", 2)
    with pytest.raises(BuildRefused) as refused:
        builder.request("c", Held)
    assert refused.value.code == "build_queue"
    assert not second.started.is_set()
    first.go.set()
    assert second.started.wait(20)
    assert ended == ["a"]
    builder.close()
    assert second.stopped
    jobs = [builder.job("a"), builder.job("b")]
    assert [(job.state, job.reason) for job in jobs if job] == [("failed", "build_stopped")] * 2
    with pytest.raises(BuildRefused):
        builder.request("a", Held)
    assert builder.job("nothing") is None


def test_a_build_that_fails_in_a_way_nobody_thought_of() -> None:
    def fail() -> Held:
        raise RuntimeError("secret")

    builder = Builder()
    builder.request("a", fail)
    end = time.monotonic() + 20
    while builder.busy("a"):
        assert time.monotonic() < end
        time.sleep(0.01)
    job = builder.job("a")
    assert job is not None
    assert (job.state, job.reason) == ("failed", "build_failed")
    builder.close()


# --- Shared, off ---


def test_a_shared_library(make_library: MakeLibrary, seeds: Path) -> None:
    library = make_library(uploads="shared")
    mine = upload(library, ANNA, "court.txt", COURT)
    settled(library, ANNA)
    assert (seeds / "uploaded" / "court.txt").read_bytes() == COURT
    library.build("library", BORIS)
    assert built(library, BORIS, "library").state == "done"
    assert "uploaded/court" in library.assistant("library", BORIS).index.documents
    seen = library.overview(BORIS)
    assert [each.id for each in seen.files] == [mine.id]
    assert (seen.mine, seen.used_files, seen.stale) == (frozenset(), 0, False)
    assert library.overview(ANNA).mine == {mine.id}
    with pytest.raises(LibraryError):
        library.remove(BORIS, mine.id)
    with pytest.raises(CollectionEmpty):
        library.assistant("own", ANNA)
    with pytest.raises(BuildRefused):
        library.build("own", ANNA)
    library.remove(ANNA, mine.id)
    assert built(library, ANNA, "library").state == "done"
    assert set(library.assistant("library", ANNA).index.documents) == {"annex", "report"}


def test_no_uploads(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library(uploads="off")
    with pytest.raises(UploadRefused) as refused:
        upload(library, ANNA, "court.txt", COURT)
    assert refused.value.code == "off"
    assert library.overview(ANNA).may_build == frozenset()
    with pytest.raises(BuildRefused) as not_built:
        library.build("library", ANNA)
    assert not_built.value.code == "not_allowed"
    with pytest.raises(LibraryError):
        library.remove(ANNA, "0" * 32)
    with pytest.raises(CollectionEmpty):
        library.assistant("own", ANNA)
    assert not (tmp_path / "data").exists()
    assert make_library(uploads="off", rebuilds=True).may_build("library")


# --- Tending ---


def test_what_nobody_uses_is_removed(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library(limits=UploadLimits(days=30))
    upload(library, ANNA, "court.txt", COURT)
    upload(library, BORIS, "police.txt", POLICE)
    settled(library, ANNA)
    now = time.time()
    for path in (tmp_path / "data" / "collections" / ANNA).glob("*"):
        os.utime(path, (now - 31 * 86_400, now - 31 * 86_400))
    assert library.expire() == [ANNA]
    assert library.files(ANNA) == ()
    assert len(library.files(BORIS)) == 1
    library.close()
    assert make_library().expire(now + 31 * 86_400) == [BORIS]
    assert not list((tmp_path / "data" / "collections").iterdir())


def test_a_server_that_was_killed_goes_on_where_it_was(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    file = upload(library, ANNA, "court.txt", COURT)
    settled(library, ANNA)
    library.close()
    place = tmp_path / "data" / "collections" / ANNA
    (place / "files" / file.name).rename(place / "waiting" / file.name)  # as if it had not been read yet
    (tmp_path / "data" / "arriving" / "x.part").write_bytes(b"half")
    (place / "records" / "broken.json").write_text("{")
    again = make_library()
    (found,) = settled(again, ANNA)
    assert (found.id, found.state) == (file.id, "read")
    assert not list((tmp_path / "data" / "arriving").iterdir())
    (place / "files" / file.name).unlink()
    assert again.files(ANNA) == ()


def test_only_its_owner_can_look_into_the_data(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    upload(library, ANNA, "court.txt", COURT)
    for name in ("collections", "arriving"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o077 == 0


def test_many_visitors_at_once(make_library: MakeLibrary) -> None:
    library = make_library()
    visitors = [f"{number:064x}" for number in range(4)]
    wrong: list[object] = []

    def visit(visitor: str) -> None:
        try:
            for round_ in range(2):
                upload(library, visitor, f"{round_}.txt", f"1. The court of {visitor} saw law {round_}.".encode())
                settled(library, visitor)
                library.build("own", visitor)
                assert built(library, visitor).state == "done"
                texts = [passage.text for passage in library.assistant("own", visitor).index.passages]
                assert len(texts) == round_ + 1
                assert all(visitor in text for text in texts)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=visit, args=[visitor]) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# --- Following an index ---


def test_indexes_share_an_encoder_and_are_closed_again(
    make_library: MakeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.library._OPEN_INDEXES", 1)
    library = make_library()
    for visitor, data in ((ANNA, COURT), (BORIS, POLICE)):
        upload(library, visitor, "a.txt", data)
        settled(library, visitor)
        library.build("own", visitor)
        assert built(library, visitor).state == "done"
    first = library.assistant("own", ANNA)
    assert library.assistant("own", ANNA) is first
    assert library.assistant("own", BORIS) is not first
    assert library.assistant("own", ANNA) is not first
    assert library.assistant("own", ANNA).encoder == first.encoder


def test_looking_for_a_newer_state_at_once(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    live = Live(store.folder, encoder=words)
    before = live.now()
    assert before.state == store.current()
    live.refresh()
    assert live.now() is before
    (seeds / "new.txt").write_text("1. The police and the bank.")
    build(seeds, store, words)
    live.refresh()
    assert live.now().state == store.current() != before.state
    (store.folder / "CURRENT").unlink()
    live.refresh()
    assert "new" in live.now().index.documents


def test_a_data_folder_that_cannot_be_written(make_library: MakeLibrary, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ServeError, match="--data FOLDER"):
        make_library()


def test_two_servers_do_not_share_a_data_folder(make_library: MakeLibrary) -> None:
    library = make_library()
    with library.receive(ANNA, "court.txt") as arriving:
        with pytest.raises(ServeError, match="another server keeps uploads in .*--data FOLDER"):
            make_library()
        arriving.write(COURT)
        assert library.take(ANNA, arriving)[1]
    make_library(uploads="off")  # which keeps nothing there
    library.close()
    assert len(settled(make_library(), ANNA)) == 1


def test_a_library_on_another_disk(make_library: MakeLibrary, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if self.parent.name == "waiting":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    library = make_library(uploads="shared")
    upload(library, ANNA, "court.txt", COURT)
    assert [each.state for each in settled(library, ANNA)] == ["read"]
    assert [path.name for path in (seeds / "uploaded").iterdir()] == ["court.txt"]


def test_no_room_for_an_index(make_library: MakeLibrary) -> None:
    library = make_library(limits=UploadLimits(total_bytes=400))
    upload(library, ANNA, "court.txt", COURT.ljust(300))
    settled(library, ANNA)
    with pytest.raises(BuildRefused) as refused:
        library.build("own", ANNA)
    assert refused.value.code == "full"
