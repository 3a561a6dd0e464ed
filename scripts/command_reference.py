"""Write `docs/commands.md`: what every command prints when it is asked for help.

python -m scripts.command_reference
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from qa import cli

PAGE = Path(__file__).parent.parent / "docs" / "commands.md"
WIDTH = 78
"""Columns of a help in a terminal of 80."""
HEAD = """# Commands

What every command prints when it is asked for help; `python -m scripts.command_reference` writes this page.
Every command's exit status is 0 when it is done, 1 after an error and 2 for wrong usage. Variables in the brackets of a
default (`$QA_INDEX`) are read where the option is not given.
"""


def page() -> str:
    """The page, as it has to be."""
    return HEAD + "".join(
        f"\n{'##' if name.count(' ') < 2 else '###'} {name}\n\n```console\n$ {name} --help\n{text}```\n"
        for name, text in helps()
    )


def helps() -> Iterator[tuple[str, str]]:
    """The name of every command, and its help."""
    whole = cli._parser("")
    yield "qa", _help(whole)
    for name in _below(whole):
        yield from _own(f"qa {name}", _below(cli._parser(name))[name])


def _own(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    yield name, _help(parser)
    for below, own in _below(parser).items():
        yield from _own(f"{name} {below}", own)


def _help(parser: argparse.ArgumentParser) -> str:
    parser.formatter_class = partial(argparse.HelpFormatter, width=WIDTH)  # type: ignore[assignment]
    return parser.format_help()


def _below(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of its subcommands."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(action.choices)
    return found


def main() -> int:
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
