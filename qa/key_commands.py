"""`qa key add | remove | list`: which programs may ask."""

import argparse
import sys
from pathlib import Path

from qa.api_keys import digest, key_name, new_key, read_keys, write_keys
from qa.errors import KeyInvalid


def add_key_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa key`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("add", _add, "make a key and print it, this once: the file keeps only what it takes to know it again"),
        ("remove", _remove, "remove a key; whoever has it is out at once"),
        ("list", _list, "show the names"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        if name != "list":
            command.add_argument("name", help="what the key is called: the program, or who runs it")
        command.add_argument("--keys", type=Path, required=True, metavar="FILE", help="the file of keys")
        command.set_defaults(run=run)


def _add(arguments: argparse.Namespace) -> int:
    name = key_name(arguments.name)
    keys = read_keys(arguments.keys) if arguments.keys.exists() else {}
    if name in keys:
        raise KeyInvalid(
            f"there is a key {name!r} already; remove it first with: qa key remove {name} --keys {arguments.keys}"
        )
    key = new_key()
    keys[name] = digest(key)
    write_keys(arguments.keys, keys)
    print(key)
    print(
        f"added {name}; keep the key now, it is not shown again. Serve with: --keys {arguments.keys}", file=sys.stderr
    )
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    keys = read_keys(arguments.keys)
    name = key_name(arguments.name)
    if keys.pop(name, None) is None:
        raise KeyInvalid(f"no key {name!r} in {str(arguments.keys)!r}; see: qa key list --keys {arguments.keys}")
    write_keys(arguments.keys, keys)
    print(f"removed {name}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    print("\n".join(sorted(read_keys(arguments.keys))) or "no keys")
    return 0
