"""Whether the documents changed since the index was built."""

import argparse

from embeddings.documents import scan
from embeddings.errors import IndexMismatch
from embeddings.store import IndexStore, build_command, changed


def refuse_stale(arguments: argparse.Namespace) -> None:
    """Raise IndexMismatch when the documents changed since; an index may well be used where they are not."""
    if not arguments.seeds.is_dir():
        return
    reason = changed(IndexStore(arguments.index).manifest(), scan(arguments.seeds).files)
    if reason is not None:
        command = build_command(arguments.index)
        raise IndexMismatch(f"the index in {str(arguments.index)!r} {reason}; rebuild it with: {command}")
