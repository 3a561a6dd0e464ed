"""The commands that tend a file of names: add, remove, list."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qa.name_files import NameFile


def add_name_commands(
    parser: argparse.ArgumentParser,
    names: NameFile,
    add: Callable[[argparse.Namespace], int],
    *,
    called: str,
    adds: str,
    removes: str,
) -> None:
    """The commands below a parser. `add` gets `name` and `file`; what the name is `called`, what adding and removing
    does: as the help says it."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("add", add, adds),
        ("remove", partial(_remove, names), removes),
        ("list", partial(_list, names), "show the names"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        if name != "list":
            command.add_argument("name", help=called)
        command.add_argument(
            names.option, dest="file", type=Path, required=True, metavar="FILE", help=f"the file of {names.what}s"
        )
        command.set_defaults(run=run)


def _remove(names: NameFile, arguments: argparse.Namespace) -> int:
    found, name, path = names.read(arguments.file), names.name(arguments.name), arguments.file
    if found.pop(name, None) is None:
        raise names.error(f"no {names.what} {name!r} in {str(path)!r}; see: qa {names.what} list {names.option} {path}")
    names.write(path, found)
    print(f"removed {name}")
    return 0


def _list(names: NameFile, arguments: argparse.Namespace) -> int:
    print("\n".join(sorted(names.read(arguments.file))) or f"no {names.what}s")
    return 0
