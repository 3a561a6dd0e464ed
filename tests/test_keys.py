"""API keys: the file, the commands, and what a request with one gets."""

import hashlib
import json
import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.api_keys import KEYS, digest, new_key
from qa.cli import main
from qa.errors import KeyInvalid, ServeError
from qa.web.keys import Keys
from qa.web.logins import Login
from qa.web.settings import Settings

# The same in every run, so that tests keep their names.
KEY, OTHER, UNKNOWN = (f"qa_{letter * 43}" for letter in "aB_")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    KEYS.write(path, {"reports": digest(KEY), "Борис": digest(OTHER)})
    return path


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# --- The file ---


def test_a_key_is_random_and_known_by_its_hash_alone(file: Path) -> None:
    made = new_key()
    assert made != new_key()
    assert re.fullmatch(r"qa_[A-Za-z0-9_-]{43}", made)
    assert digest(KEY) == "sha256$" + hashlib.sha256(KEY.encode()).hexdigest()
    assert KEY not in file.read_text("utf-8")
    assert KEYS.read(file) == {"reports": digest(KEY), "Борис": digest(OTHER)}


@given(st.text(max_size=60))
def test_what_is_no_key_has_no_hash(text: str) -> None:
    assert digest(text) == ""


def test_the_file_is_its_owners_and_replaced_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyInvalid, match="No space left"):
        KEYS.write(file, {})
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "line", ["reports:secret", "reports", f"reports:{KEY}", f"a:b:{digest(KEY)}", f":{digest(KEY)}"]
)
def test_a_file_that_is_none(tmp_path: Path, line: str) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# comment\n\n{line}\n")
    with pytest.raises(KeyInvalid) as refused:
        KEYS.read(path)
    assert KEY not in str(refused.value)
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in ("bytes", "none"):
        with pytest.raises(KeyInvalid, match="cannot read.*qa key add NAME"):
            KEYS.read(tmp_path / name)


@pytest.mark.parametrize("name", ["", "a:b", "#a", " a", "a\n", "a" * 65])
def test_names_that_cannot_stand_in_the_file(name: str) -> None:
    with pytest.raises(KeyInvalid, match="a key's name"):
        KEYS.name(name)


# --- The commands ---


def test_keys_from_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "folder" / "keys"
    at = ("--keys", str(path))
    assert main(["key", "add", "reports", *at]) == 0
    made = capsys.readouterr()
    key = made.out.removesuffix("\n")  # alone there, so that a shell can keep it
    assert KEYS.read(path) == {"reports": digest(key)}
    assert key not in made.err
    assert f"--keys {path}" in made.err
    assert main(["key", "add", "reports", *at]) == 1
    assert "qa key remove reports" in capsys.readouterr().err
    assert main(["key", "list", *at]) == 0
    assert capsys.readouterr().out == "reports\n"
    assert main(["key", "remove", "reports", *at]) == 0
    assert main(["key", "remove", "reports", *at]) == 1
    assert main(["key", "list", *at]) == 0
    said = capsys.readouterr()
    assert said.out == "removed reports\nno keys\n"
    assert "no key 'reports'" in said.err
    assert main(["key", "add", "a:b", *at]) == 1


# --- A request ---


@pytest.mark.parametrize("header", ["", "Basic YTpi", f"Token {KEY}", KEY])
def test_what_shows_no_key(file: Path, header: str) -> None:
    assert Keys(file).check(header, "1.1.1.1") is None


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", f"Bearer {UNKNOWN}", f"Bearer {KEY}x", "bearer ü"])
def test_what_shows_a_wrong_one(file: Path, header: str) -> None:
    assert Keys(file).check(header, "1.1.1.1") == Login()


def test_a_right_one(file: Path) -> None:
    keys = Keys(file)
    assert keys.check(f"Bearer {KEY}", "1.1.1.1") == Login("reports")
    assert keys.check(f"bEARER  {OTHER} ", "1.1.1.1") == Login("Борис")


def test_wrong_keys_lead_to_growing_pauses_that_right_ones_do_not_feel(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    keys = Keys(file, clock)
    wrong = f"Bearer {UNKNOWN}"
    assert [keys.check(wrong, "1.1.1.1") for _ in range(11)] == [Login()] * 10 + [Login(wait=1)]
    assert keys.check(f"Bearer {KEY}", "1.1.1.1") == Login("reports")
    assert keys.check(wrong, "2.2.2.2") == Login()
    clock.now = 1
    assert [keys.check(wrong, "1.1.1.1"), keys.check(wrong, "1.1.1.1")] == [Login(), Login(wait=2)]
    assert KEY not in caplog.text
    assert wrong.split()[1] not in caplog.text


def test_a_changed_file_counts_at_once(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    keys = Keys(file)
    KEYS.write(file, {"Борис": digest(OTHER)})
    assert keys.check(f"Bearer {KEY}", "1.1.1.1") == Login()
    file.write_text("spoilt")
    assert keys.check(f"Bearer {OTHER}", "1.1.1.1") == Login()
    assert "nobody is let in" in caplog.text


def test_a_file_that_lets_nobody_in_is_not_served_with(tmp_path: Path) -> None:
    KEYS.write(tmp_path / "keys", {})
    with pytest.raises(KeyInvalid, match="qa key add"):
        Keys(tmp_path / "keys")


def test_settings_with_keys(file: Path) -> None:
    assert not Settings(host="0.0.0.0", keys=file).open_page
    assert not Settings(host="0.0.0.0", keys=file).only_here
    assert Settings(keys=file).open_page
    assert Settings(host="0.0.0.0", keys=file, without_login=True).open_page
    with pytest.raises(ServeError, match="qa key add"):
        Settings(keys=Path("no/such/file"))
    assert json.dumps(str(Settings(keys=file))).find(KEY) == -1
