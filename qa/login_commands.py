"""`qa login add | remove | list`: who may open the page."""

import argparse
import getpass
import sys

from qa.errors import LoginError
from qa.name_commands import add_name_commands
from qa.passwords import LOGINS, hashed


def add_login_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa login`."""
    add_name_commands(
        parser,
        LOGINS,
        _add,
        called="the login's name",
        adds="add a login or change its password, which is asked for or read from standard input",
        removes="remove a login; who is logged in is out at once",
    )


def _add(arguments: argparse.Namespace) -> int:
    name, path = LOGINS.name(arguments.name), arguments.file
    logins = LOGINS.read(path) if path.exists() else {}
    changed = name in logins
    logins[name] = hashed(_password(name))
    LOGINS.write(path, logins)
    print(f"{'changed the password of' if changed else 'added'} {name}; serve with: --logins {path}")
    return 0


def _password(name: str) -> str:
    """Never from an argument: every process of the machine can read those."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password of {name}: ")
    if getpass.getpass("The same again: ") != password:
        raise LoginError("the two passwords differ; nothing was changed")
    return password
