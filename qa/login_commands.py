"""`qa login add | remove | list`: who may open the page."""

import argparse
import getpass
import sys
from pathlib import Path

from qa.errors import LoginError
from qa.passwords import clean_name, hashed, read_logins, write_logins


def add_login_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa login`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("add", _add, "add a login or change its password, which is asked for or read from standard input"),
        ("remove", _remove, "remove a login; who is logged in is out at once"),
        ("list", _list, "show the names"),
    ):
        command = commands.add_parser(name, help=about, description=about)
        if name != "list":
            command.add_argument("name", help="the login's name")
        command.add_argument("--logins", type=Path, required=True, metavar="FILE", help="the file of logins")
        command.set_defaults(run=run)


def _add(arguments: argparse.Namespace) -> int:
    name = clean_name(arguments.name)
    logins = read_logins(arguments.logins) if arguments.logins.exists() else {}
    changed = name in logins
    logins[name] = hashed(_password(name))
    write_logins(arguments.logins, logins)
    print(f"{'changed the password of' if changed else 'added'} {name}; serve with: --logins {arguments.logins}")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    logins = read_logins(arguments.logins)
    name = clean_name(arguments.name)
    if logins.pop(name, None) is None:
        raise LoginError(f"no login {name!r} in {str(arguments.logins)!r}; see: qa login list --logins FILE")
    write_logins(arguments.logins, logins)
    print(f"removed {name}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    print("\n".join(sorted(read_logins(arguments.logins))) or "no logins")
    return 0


def _password(name: str) -> str:
    """Never from an argument: every process of the machine can read those."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password of {name}: ")
    if getpass.getpass("The same again: ") != password:
        raise LoginError("the two passwords differ; nothing was changed")
    return password
