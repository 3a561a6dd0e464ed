"""Every command of the documentation runs, and prints what is shown."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT
from doc_examples import RUN, Block, Sandbox, blocks, differs, session

from qa import cli

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = {page: blocks(page) for page in PAGES}
NOT_RUN = [block for found in BLOCKS.values() for block in found if block.not_run]

_SHELLS = ("bash", "sh", "shell", "shell-session", "zsh", "py", "python3", "doctest")
_LOOKS_RUN = re.compile(r"(\$|>>>) |(\.venv/bin/)?(curl|docker|git|make|pip|python[\d.]*|qa|systemctl) [-\w.]")


@pytest.fixture
def sandbox(tmp_path: Path, seed_index: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A folder as a reader has it, in which nothing goes on after the test."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setenv("QA_INDEX", str(folder / "index"))
    made = Sandbox(folder, seed_index)
    yield made
    list(made.stop())


def page_with(folder: Path, text: str) -> list[Block]:
    """The blocks of a page of its own below this project's folder, as all pages are."""
    page = folder / "page.md"
    page.write_text(text, "utf-8")
    return blocks(page)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(block.runs for block in BLOCKS[page])], ids=lambda page: page.stem
)
def test_examples_do_what_the_page_says(page: Path, sandbox: Sandbox) -> None:
    problems = [problem for block in BLOCKS[page] for problem in sandbox.run(block)]
    problems += sandbox.stop()
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize("block", NOT_RUN, ids=lambda block: f"{block.at()}: {block.not_run}")
def test_what_is_not_run_is_understood(block: Block) -> None:
    """Not run, for the reason in the test's name; but commands, options, modules, targets and extras are there."""
    assert len(block.not_run) > 10
    if block.language == "console":
        for command in session(block):
            for word in re.findall(r"paragraph-qa\[([\w,-]+)\]", command.text):
                assert set(word.split(",")) <= set(extras()), command.text
            assert is_known(command.text), f"{block.at(command.line)}: {command.text}"


def extras() -> list[str]:
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])


def is_known(command: str) -> bool:
    """Whether it could be run: for what this project brings; of other programs nothing is known here."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    end = next((number for number, word in enumerate(words) if set(word) <= set("|;&<>()")), len(words))
    words = [word.removeprefix(".venv/bin/") for word in words[:end]]
    match words:
        case ["make", *targets]:
            made = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
            return all("=" in target or target in made for target in targets)
        case ["python", "-m", module, *_]:
            return find_spec(module) is not None
        case ["python", "app.py", *arguments]:
            return parses(["serve", *arguments])
        case ["qa", *arguments]:
            return parses(arguments)
    return True


def parses(arguments: list[str]) -> bool:
    try:
        cli._parser(arguments[0]).parse_args(arguments)
    except SystemExit as stopped:
        return stopped.code == 0  # asked for help
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_looks_like_a_command_is_an_example(page: Path) -> None:
    for block in BLOCKS[page]:
        assert block.language not in _SHELLS, f"{block.at()}: call it one of {RUN}"
        if block.language in ("", "text") and not block.file:
            lines = [line for line in block.source.splitlines() if _LOOKS_RUN.match(line)]
            assert not lines, f"{block.at()}: put into a fence of {RUN}: {lines}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_named_in_sentences_are_there(page: Path) -> None:
    named = set(re.findall(r"`qa ([a-z]+)", page.read_text("utf-8")))
    assert named <= set(cli._COMMANDS), named - set(cli._COMMANDS)


# --- What runs them is tested with pages of its own ---------------------------------------------------------------


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("doc_examples.ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ echo one two\none two\n```\n",
        "```console\n$ echo one two three\none ... three\n```\n",
        "```console\n$ printf 'no line end'\nno line end\n$ false\n$ echo $?\n1\n```\n",
        "```console\n$ export A=1; mkdir deep; cd deep\n```\n\n```console\n$ echo $A ${PWD##*/}\n1 deep\n```\n",
        "```console\n$ cat <<END\n> one\n>\n> two\n> END\none\n\ntwo\n```\n",
        "<!-- file: some/name.txt -->\n\n```text\ncontents\n```\n\n```console\n$ cat some/name.txt\ncontents\n```\n",
        "<!-- run\n$ echo unseen > made\n-->\n\n```console\n$ cat made\nunseen\n```\n",
        "<!-- not run: for some reason -->\n\n```console\n$ false\n```\n",
        "```pycon\n>>> a = 1\n```\n\n```pycon\n>>> print(a, 2, 3)\n1 ... 3\n```\n",
        "```python\nb = 1\n```\n\n```pycon\n>>> b\n1\n```\n",
    ],
)
def test_what_is_as_shown_is_no_problem(text: str, written: Path, sandbox: Sandbox) -> None:
    assert not [problem for block in page_with(written, text) for problem in sandbox.run(block)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```console\n$ echo one\ntwo\n```\n", "page.md:2: echo one"),
        ("```console\n$ true\n$ false\n```\n", "page.md:3: false\nends with 1"),
        ("```console\n$ echo 'open\n```\n", "unexpected EOF"),
        ("```pycon\n>>> 1\n2\n```\n", "page.md:2"),
        ("```console\n$ qa serve --no-build --index nowhere\n```\n", "serves nothing"),
    ],
)
def test_what_is_not_as_shown_is_told(text: str, said: str, written: Path, sandbox: Sandbox) -> None:
    [problem] = [problem for block in page_with(written, text) for problem in sandbox.run(block)]
    assert said in problem


def test_a_comment_without_its_block_is_refused(written: Path) -> None:
    with pytest.raises(ValueError, match="follows the comment"):
        page_with(written, "<!-- not run: for some reason -->\n\nText\n\n```console\n$ true\n```\n")


def test_a_session_begins_with_a_command(written: Path) -> None:
    [block] = page_with(written, "```console\noutput\n$ true\n```\n")
    with pytest.raises(ValueError, match=r"page.md:2: a session begins"):
        session(block)


def test_blanks_at_line_ends_do_not_count() -> None:
    assert not differs("one\n\ntwo\n", "one  \n\ntwo\n\n")
    assert differs("one\ntwo\n", "one\n\ntwo\n")


@pytest.mark.parametrize("command", ["qa ask --no-such-option a", "make nothing", "python -m benchmarks.nothing"])
def test_commands_that_are_not_there_are_noticed(command: str) -> None:
    assert not is_known(command)
