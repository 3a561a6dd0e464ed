"""`qa key add | remove | list`: which programs may ask."""

import argparse
import sys

from qa.api_keys import KEYS, digest, new_key
from qa.errors import KeyInvalid
from qa.name_commands import add_name_commands


def add_key_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa key`."""
    add_name_commands(
        parser,
        KEYS,
        _add,
        called="what the key is called: the program, or who runs it",
        adds="make a key and print it, this once: the file keeps only what it takes to know it again",
        removes="remove a key; whoever has it is out at once",
    )


def _add(arguments: argparse.Namespace) -> int:
    name, path = KEYS.name(arguments.name), arguments.file
    keys = KEYS.read(path) if path.exists() else {}
    if name in keys:
        raise KeyInvalid(f"there is a key {name!r} already; remove it first with: qa key remove {name} --keys {path}")
    key = new_key()
    keys[name] = digest(key)
    KEYS.write(path, keys)
    print(key)
    print(f"added {name}; keep the key now, it is not shown again. Serve with: --keys {path}", file=sys.stderr)
    return 0
