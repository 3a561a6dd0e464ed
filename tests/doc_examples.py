"""The examples of the documentation: found by a Markdown parser, run in a folder of their own, compared with what is
shown. CONTRIBUTING.md says how they are written."""

import contextlib
import doctest
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conftest import ROOT, SEEDS
from live import WITHIN, free_port
from markdown_it import MarkdownIt

RUN: Final = ("console", "pycon", "python")
"""What a fence is called whose contents are run; everything else is only shown."""
_COMMENT: Final = re.compile(r"<!--\s*(not run|file|run):?\s*(.*?)\s*-->", re.DOTALL)
_SERVES: Final = re.compile(r"(?:(?:\.venv/bin/)?qa serve|python app\.py)\b(?!.*--help)")
_MARK: Final = "\x1e"
"""Stands between the outputs of a session's commands; no command prints it."""
_OPTIONS: Final = doctest.ELLIPSIS
_WITHIN: Final = 5 * WITHIN
"""Seconds for a block of commands, several of which load the model."""


@dataclass(frozen=True)
class Block:
    """A stretch of code in a page: where it begins, as what it is fenced, and what stands in it.

    `line`: that of its first line, from 1. `language` is empty for indented code that is no session. `not_run` says why
    it cannot be run, `file` the name under which the reader is told to save it; both are empty for most.
    """

    page: Path
    line: int
    language: str
    source: str
    not_run: str = ""
    file: str = ""

    @property
    def runs(self) -> bool:
        return self.language in RUN and not self.not_run

    def at(self, line: int = 1) -> str:
        """The place of one of its lines, as editors understand it."""
        return f"{self.page.relative_to(ROOT)}:{self.line + line - 1}"


@dataclass(frozen=True)
class Command:
    """A command of a session, and what is shown of its output; nothing where nothing is shown."""

    line: int
    text: str
    shown: str


def blocks(page: Path) -> list[Block]:
    """The code of a page, in its order; sessions in comments, which prepare what the page does not show, among it.

    Raises ValueError when a comment speaks of a block that does not follow.
    """
    found: list[Block] = []
    about: dict[str, str] = {}
    for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
        line = token.map[0] + 1 if token.map else 0
        comment = _COMMENT.fullmatch(token.content.strip()) if token.type == "html_block" else None
        if comment and comment[1] == "run":
            found.append(Block(page, line, "console", comment[2] + "\n"))
        elif comment:
            about[comment[1].replace(" ", "_")] = comment[2]
        elif token.type in ("fence", "code_block"):
            language = (token.info.split() or [_unfenced(token.content)])[0]
            found.append(Block(page, line + (token.type == "fence"), language, token.content, **about))
            about = {}
        elif about and token.type not in ("list_item_close", "bullet_list_close", "ordered_list_close"):
            raise ValueError(f"{page}: nothing to run or to save follows the comment with {about}")
    return found


def _unfenced(source: str) -> str:
    """What indented code is, by how it begins."""
    return "console" if source.startswith("$ ") else "pycon" if source.startswith(">>> ") else ""


def session(block: Block) -> list[Command]:
    """The commands of a block: `$ command`, the lines that go on with it after `> `, and the output.

    Raises ValueError when something stands before the first command.
    """
    found: list[Command] = []
    for number, line in enumerate(block.source.splitlines(), 1):
        last = found[-1] if found else None
        if line.startswith("$ "):
            found.append(Command(number, line[2:], ""))
        elif last is None:
            raise ValueError(f"{block.at(number)}: a session begins with '$ ', not {line!r}")
        elif not last.shown and (line.startswith("> ") or line == ">"):
            found[-1] = Command(last.line, f"{last.text}\n{line[2:]}", "")
        else:
            found[-1] = Command(last.line, last.text, f"{last.shown}{line}\n")
    return found


def differs(shown: str, printed: str) -> str:
    """How what was printed differs from what is shown, where `...` stands for anything; nothing where it does not."""
    shown, printed = ("".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines()) for text in (shown, printed))
    checker = doctest.OutputChecker()
    if checker.check_output(shown, printed, _OPTIONS):
        return ""
    return checker.output_difference(doctest.Example("", shown), printed, _OPTIONS)


class Sandbox:
    """A folder with the seed, its index and a `.venv`, in which the examples of one page are run one after another.

    Sessions of a page share their folder and their exported variables, as one shell would. `qa serve` goes on until the
    page ends or serves again; it is given a port that is free, and later examples ask it there.
    """

    def __init__(self, folder: Path, index: Path) -> None:
        self.folder = folder
        shutil.copytree(SEEDS, folder / "seeds")
        shutil.copytree(index, folder / "index")
        (folder / ".venv").mkdir()
        programs = Path(sys.executable).parent
        (folder / ".venv" / "bin").symlink_to(programs)
        (folder / "app.py").symlink_to(ROOT / "app.py")
        self._state = folder.parent / "state.sh"
        self._state.write_text("", "utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QA_", "GRADIO_"))}
        cache = {"QA_CACHE": os.environ["QA_CACHE"]} if "QA_CACHE" in os.environ else {}
        plain = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80", "NO_COLOR": "1"}
        self._environment = {**kept, **cache, **plain, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._server: subprocess.Popen[bytes] | None = None
        self._log = folder.parent / "server.log"
        self._served = ("", "", "")
        """The port that the page names, the one that it is served at, and what the page shows of its output."""

    def run(self, block: Block) -> Iterator[str]:
        """Run a block, or save it. Yields what is not as the page says."""
        if block.file:
            path = self._here() / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.source, "utf-8")
        elif block.runs:
            yield from self._session(block) if block.language == "console" else self._python(block)

    def stop(self) -> Iterator[str]:
        """Stop what is served, as a service manager does. Yields what it did not do as the page says."""
        if self._server is None:
            return
        server, self._server = self._server, None
        named, actual, shown = self._served
        self._served = ("", "", "")
        server.send_signal(signal.SIGTERM)
        try:
            status = server.wait(WITHIN)
        finally:
            server.kill()
            server.wait()
        printed = self._log.read_text("utf-8").replace(f":{actual}", f":{named}")
        if status != 0 or (shown and differs(shown, printed)):
            yield f"what was served ended with {status} and printed\n{printed}"

    def _session(self, block: Block) -> Iterator[str]:
        """All commands before one that serves are one shell's."""
        commands = session(block)
        serving = [number for number, command in enumerate(commands) if _SERVES.match(command.text)]
        for start, end in zip([0, *(number + 1 for number in serving)], [*serving, len(commands)], strict=True):
            yield from self._shell(block, commands[start:end])
            if end < len(commands):
                yield from self.stop()
                yield from self._serve(block, commands[end])

    def _shell(self, block: Block, commands: list[Command]) -> Iterator[str]:
        if not commands:
            return
        told = f"__status=$?; printf '\\n{_MARK}%s\\n' $__status; (exit $__status)"
        asked = "".join(f"{self._at_its_port(command.text)}\n{told}\n" for command in commands)
        state = shlex.quote(str(self._state))
        script = f". {state}\n{asked}{{ export -p; printf 'cd %q\\n' \"$PWD\"; }} >{state}\n"
        try:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                check=False,
                timeout=_WITHIN,
            )
        except subprocess.TimeoutExpired as error:
            yield f"{block.at()}: does not end\n{error.output}"
            return
        parts = re.split(rf"\n?{_MARK}(\d+)\n", done.stdout)
        for number, command in enumerate(commands):
            if 2 * number + 1 >= len(parts):
                yield f"{block.at(command.line)}: did not come to an end\n{done.stdout}"
                return
            printed, status = self._as_named(parts[2 * number]), int(parts[2 * number + 1])
            told = commands[number + 1].text.startswith("echo $?") if number + 1 < len(commands) else False
            if status and not told:
                yield f"{block.at(command.line)}: {command.text}\nends with {status}:\n{printed}"
            elif command.shown and (problem := differs(command.shown, printed)):
                yield f"{block.at(command.line)}: {command.text}\n{problem}"

    def _serve(self, block: Block, command: Command) -> Iterator[str]:
        words = shlex.split(command.text, comments=True)
        named = words[words.index("--port") + 1] if "--port" in words else "7860"
        port = free_port()
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(
                ["bash", "-c", f'. {shlex.quote(str(self._state))}; exec "$@"', "bash", *words, "--port", str(port)],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._served = (named, str(port), command.shown)
        deadline = time.monotonic() + _WITHIN
        while self._server.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.1)
        self._server.kill()
        yield f"{block.at(command.line)}: {command.text}\nserves nothing:\n{self._log.read_text('utf-8')}"

    def _python(self, block: Block) -> Iterator[str]:
        source = self._at_its_port(block.source)
        with contextlib.chdir(self._here()):
            if ">>>" not in source:
                with contextlib.redirect_stdout(None):
                    exec(compile(source, block.at(), "exec", dont_inherit=True), self._names)
                return
            found = doctest.DocTestParser().get_doctest(source, self._names, "example", block.at(), block.line - 1)
            said: list[str] = []
            doctest.DocTestRunner(optionflags=_OPTIONS).run(found, out=said.append, clear_globs=False)
            self._names.update(found.globs)
            if said:
                yield f"{block.at()}\n{''.join(said)}"

    def _here(self) -> Path:
        """The folder in which the page's shell is."""
        last = self._state.read_text("utf-8").rpartition("\ncd ")[2].strip()
        return Path(*shlex.split(last)) if last else self.folder

    def _at_its_port(self, text: str) -> str:
        named, actual, _ = self._served
        return text.replace(f"127.0.0.1:{named}", f"127.0.0.1:{actual}") if named else text

    def _as_named(self, text: str) -> str:
        named, actual, _ = self._served
        return text.replace(f"127.0.0.1:{actual}", f"127.0.0.1:{named}") if named else text
