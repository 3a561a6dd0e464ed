"""`qa index list | verify | rollback | gc`: looking after the index on disk."""

import argparse

from embeddings.__main__ import add_index_folder
from embeddings.errors import IndexMissing
from embeddings.store import IndexStore, State
from qa.wording import counted


def add_tending_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa index`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, about in (
        ("list", _list, "show the states of the index"),
        ("verify", _verify, "check every file of every state against its hash"),
        ("rollback", _roll_back, "let an older state count"),
        ("gc", _collect, "remove states that nobody reads and nothing needs"),
    ):
        command = commands.add_parser(name, help=about)
        add_index_folder(command)
        command.set_defaults(run=run)
        if name == "rollback":
            command.add_argument("state", nargs="?", default="", help="a name from the list (default: the one before)")


def _list(arguments: argparse.Namespace) -> int:
    print("\n".join(_line(state) for state in _states(arguments)))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    states = _states(arguments, contents=True)
    print("\n".join(f"{state.name}: {state.problem or 'whole'}" for state in states))
    return 1 if any(state.problem for state in states) else 0


def _roll_back(arguments: argparse.Namespace) -> int:
    state = IndexStore(arguments.index, arguments.uri).roll_back(arguments.state)
    print(f"{state} counts now; serve it with: qa serve --no-build")
    return 0


def _collect(arguments: argparse.Namespace) -> int:
    removed = IndexStore(arguments.index, arguments.uri).collect()
    print("\n".join(f"removed {name}" for name in removed) or "nothing to remove")
    return 0


def _states(arguments: argparse.Namespace, *, contents: bool = False) -> list[State]:
    store = IndexStore(arguments.index, arguments.uri)
    states = store.states(contents=contents)
    if not states:
        store.current()  # raises, and says what to do
        raise IndexMissing(f"no state in {str(arguments.index)!r}")
    return states


def _line(state: State) -> str:
    about = state.problem
    if state.manifest is not None and not about:
        made = state.manifest
        about = f"{made.created}  {counted(made.documents, 'document')}, {counted(made.passages, 'paragraph')}"
    marks = "".join((" current" if state.current else "", " held" if state.held else ""))
    return f"{state.name}  {state.size / 1e6:9.1f} MB  {about}{marks}"
