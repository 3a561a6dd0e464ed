"""Logins: the file, the commands, and what a request has to show."""

import asyncio
import base64
import io
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loops import run

from qa import passwords
from qa.cli import main
from qa.errors import LoginError
from qa.passwords import LOGINS, NOBODY, hashed, matches
from qa.web.logins import Login, Logins

WORD = "correct horse"


@pytest.fixture(scope="module")
def stored() -> str:
    return hashed(WORD)


@pytest.fixture
def file(tmp_path: Path, stored: str) -> Path:
    path = tmp_path / "logins"
    LOGINS.write(path, {"ann": stored, "Борис": stored})
    return path


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# --- The file ---


def test_a_password_is_stored_so_that_it_can_only_be_compared(stored: str) -> None:
    assert WORD not in stored
    assert stored != hashed(WORD)
    assert matches(WORD, stored)
    for wrong in ("", "correct horsf", WORD + " ", WORD.upper()):
        assert not matches(wrong, stored)
    assert not matches("\ud800", stored)
    assert not matches(WORD, NOBODY)
    assert not matches(WORD, stored.replace("$16384$", "$16383$"))  # no power of two
    assert not matches(WORD, "plain text")


def test_an_unknown_name_costs_as_much_as_a_known_one(stored: str) -> None:
    assert stored.split("$")[1:4] == NOBODY.split("$")[1:4]


def test_passwords_that_are_too_short_or_too_long() -> None:
    for password in ("", "1234567", "a" * 1001):
        with pytest.raises(LoginError, match="from 8 to 1000"):
            hashed(password)


@pytest.mark.parametrize("name", ["", "a:b", "#a", " a", "a\n", "a\x00", "a" * 65, "a\u202eb"])
def test_names_that_cannot_stand_in_the_file(name: str) -> None:
    with pytest.raises(LoginError):
        LOGINS.name(name)


def test_names_are_compared_as_they_look() -> None:
    assert LOGINS.name("Zoe\u0308") == LOGINS.name("Zoë")


def test_the_file_is_its_owners_and_replaced_whole(file: Path, stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert LOGINS.read(file) == {"ann": stored, "Борис": stored}
    file.chmod(0o644)
    before = file.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LoginError, match="No space left"):
        LOGINS.write(file, {"eve": stored})
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]
    monkeypatch.undo()
    LOGINS.write(file, {})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("line", ["ann:secret", "ann", "ann:scrypt$1$1$1$x", ":scrypt$16384$8$1$AA==$AA=="])
def test_a_file_that_is_none(tmp_path: Path, line: str) -> None:
    path = tmp_path / "logins"
    path.write_text(f"# comment\n\n{line}\n")
    with pytest.raises(LoginError):
        LOGINS.read(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in ("bytes", "none"):
        with pytest.raises(LoginError, match="cannot read"):
            LOGINS.read(tmp_path / name)
    with pytest.raises(LoginError, match="cannot write"):
        LOGINS.write(tmp_path / "bytes" / "logins", {})


# --- The commands ---


def login(*arguments: str, typed: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return main(["login", *arguments])


def test_logins_from_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "folder" / "logins"
    at = ("--logins", str(path))
    assert login("add", "ann", *at, typed=f"{WORD}\n", monkeypatch=monkeypatch) == 0
    assert login("add", "bob", *at, typed=WORD, monkeypatch=monkeypatch) == 0
    assert login("add", "bob", *at, typed="another password\n", monkeypatch=monkeypatch) == 0
    assert matches("another password", LOGINS.read(path)["bob"])
    assert login("list", *at, typed="", monkeypatch=monkeypatch) == 0
    assert login("remove", "bob", *at, typed="", monkeypatch=monkeypatch) == 0
    assert list(LOGINS.read(path)) == ["ann"]
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"added ann; serve with: --logins {path}",
        f"added bob; serve with: --logins {path}",
        f"changed the password of bob; serve with: --logins {path}",
        "ann",
        "bob",
        "removed bob",
    ]
    for arguments, typed in ((("remove", "bob"), ""), (("add", "a:b"), WORD), (("add", "bob"), "short")):
        assert login(*arguments, *at, typed=typed, monkeypatch=monkeypatch) == 1
    assert list(LOGINS.read(path)) == ["ann"]


def test_a_password_is_typed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([WORD, "another password", WORD, WORD])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    path = tmp_path / "logins"
    assert main(["login", "add", "ann", "--logins", str(path)]) == 1
    assert not path.exists()
    assert main(["login", "add", "ann", "--logins", str(path)]) == 0
    assert matches(WORD, LOGINS.read(path)["ann"])


# --- A request ---


def check(logins: Logins, authorization: str, address: str = "1.2.3.4") -> Login:
    return run(logins.check(authorization, address))


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Basic", "Basic ", "Basic !!!", "Bearer " + "a" * 20, "Basic " + base64.b64encode(b"\xff:x").decode(),
        basic("ann", "wrong"), basic("ann", ""), basic("", WORD), basic("eve", WORD), basic("ANN", WORD),
        "Basic " + base64.b64encode(b"ann").decode(), "Basic " + "A" * 9000, f"{basic('ann', WORD)}, Basic x",
    ],
)  # fmt: skip
def test_what_is_no_login(file: Path, authorization: str) -> None:
    assert check(Logins(file), authorization) == Login()


def test_what_is_one(file: Path) -> None:
    logins = Logins(file)
    assert check(logins, basic("ann", WORD)) == Login("ann")
    assert check(logins, basic("Борис", WORD)) == Login("Борис")
    assert check(logins, "bAsIc" + basic("ann", WORD)[5:]) == Login("ann")


@given(st.text(max_size=40))
@settings(max_examples=50)
def test_any_header_is_looked_at(header: str) -> None:
    empty = object.__new__(Logins)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Logins, "_is_known", lambda *_: pytest.fail("it was taken for a login"))
        if not header.lower().startswith("basic"):
            assert run(empty.check(header, "")) == Login()


def test_a_login_found_right_is_not_computed_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logins = Logins(file)
    assert check(logins, basic("ann", WORD)) == Login("ann")
    monkeypatch.setattr("qa.web.logins.matches", lambda *_: pytest.fail("computed again"))
    assert check(logins, basic("ann", WORD)) == Login("ann")


def test_wrong_passwords_lead_to_growing_pauses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.logins.matches", lambda password, _stored: password == WORD)
    clock = Clock()
    logins = Logins(file, clock)
    assert check(logins, basic("Борис", WORD), "1.1.1.1") == Login("Борис")
    for number in range(10):
        assert check(logins, basic(f"name{number}", "wrong"), "1.1.1.1") == Login()
    assert check(logins, basic("ann", WORD), "1.1.1.1") == Login(wait=1)
    assert check(logins, basic("ann", WORD), "2.2.2.2") == Login("ann")
    assert check(logins, basic("Борис", WORD), "1.1.1.1") == Login("Борис")  # was in already
    pauses = []
    for _ in range(14):
        pauses.append(check(logins, basic("x", "wrong"), "1.1.1.1").wait)
        clock.now += pauses[-1]
        assert check(logins, basic("x", "wrong"), "1.1.1.1") == Login()
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]
    clock.now += 3600
    assert check(logins, basic("x", "wrong"), "1.1.1.1") == Login()
    assert check(logins, basic("x", "wrong"), "1.1.1.1") == Login()


def test_a_name_is_not_tried_from_many_addresses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.logins.matches", lambda password, _stored: password == WORD)
    logins = Logins(file, Clock())
    for number in range(10):
        assert check(logins, basic("ann", "wrong"), f"1.1.1.{number}") == Login()
    assert check(logins, basic("ann", WORD), "1.1.2.1") == Login(wait=1)


def test_many_at_once_are_counted_like_one_after_the_other(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.web.logins.matches", lambda *_: False)
    logins = Logins(file, Clock())

    async def flood() -> list[Login]:
        return await asyncio.gather(*(logins.check(basic("ann", f"{n}"), "1.1.1.1") for n in range(50)))

    found = run(flood())
    assert found.count(Login()) == 10
    assert found.count(Login(wait=1)) == 40


def test_a_changed_file_counts_at_once(file: Path, stored: str, caplog: pytest.LogCaptureFixture) -> None:
    logins = Logins(file)
    assert check(logins, basic("ann", WORD)) == Login("ann")
    LOGINS.write(file, {"Борис": stored})
    assert check(logins, basic("ann", WORD)) == Login()
    LOGINS.write(file, {"ann": hashed("another password")})
    assert check(logins, basic("ann", WORD)) == Login()
    assert check(logins, basic("ann", "another password")) == Login("ann")
    file.write_text("spoilt")
    assert check(logins, basic("ann", "another password")) == Login()
    file.unlink()
    assert check(logins, basic("ann", "another password")) == Login()
    assert "nobody is let in" in caplog.text
    assert WORD not in caplog.text


def test_a_file_that_lets_nobody_in_is_not_served_with(tmp_path: Path) -> None:
    LOGINS.write(tmp_path / "logins", {})
    with pytest.raises(LoginError, match="qa login add"):
        Logins(tmp_path / "logins")


def test_what_is_stored_takes_memory_to_try() -> None:
    assert passwords._COST == (2**14, 8, 1)
