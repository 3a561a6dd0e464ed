"""`qa feedback list | export`: what visitors of the page said of its answers."""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

from embeddings.__main__ import add_index_folder, add_model_argument
from qa.data_folder import default_data
from qa.errors import FeedbackError
from qa.feedback import FILE_NAME, FeedbackStore, Kept
from qa.feedback_export import (
    Judgements,
    judgements,
    name_of,
    note_lines,
    passage_lines,
    qrels_lines,
    query_lines,
)
from qa.types import Collection


def add_feedback_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa feedback`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="show what was said, oldest first")
    listing.add_argument("--json", action="store_true", help="print JSON, one object a line")
    listing.set_defaults(run=_list)

    export = commands.add_parser("export", help="write judgements that qa eval reads")
    export.add_argument("--qrels", type=Path, required=True, metavar="F", help="write TREC judgements")
    export.add_argument("--queries", type=Path, required=True, metavar="F", help="write JSONL {id, text}")
    export.add_argument("--passages", type=Path, metavar="F", help="write the index's passages, JSONL {id, text, lang}")
    export.add_argument("--notes", type=Path, metavar="F", help="write everything that was said, JSONL")
    add_index_folder(export)
    add_model_argument(export)
    export.set_defaults(run=_export)

    for command in (listing, export):
        command.add_argument(
            "--collection",
            choices=get_args(Collection),
            default="library",
            help="feedback on the documents of the installation, or on visitors' own (default: library)",
        )
        command.add_argument(
            "--data",
            type=Path,
            default=default_data(),
            metavar="FOLDER",
            help="where the page keeps its data (default: $QA_DATA, or 'data')",
        )


def _list(arguments: argparse.Namespace) -> int:
    rows = _rows(arguments)
    if arguments.json:
        print("".join(note_lines(rows)), end="")
    else:
        print("\n\n".join([*map(_text, rows), _counts(rows)]))
    return 0


def _export(arguments: argparse.Namespace) -> int:
    rows = _rows(arguments)
    passages = None
    if arguments.passages:
        if arguments.collection == "own":
            raise FeedbackError("--passages writes the passages of the index; visitors' own documents are not in it")
        from embeddings.models import find_model
        from embeddings.store import IndexStore

        passages = IndexStore(arguments.index, arguments.uri).open(find_model(arguments.model).identity).passages
    if arguments.notes:
        _write(arguments.notes, note_lines(rows))
    found = judgements(rows, None if passages is None else {name_of(each.passage_id) for each in passages})
    if not found.judged:
        print(_told(rows, found))
        raise FeedbackError("no passage is judged, so nothing was written but the notes, if they were asked for")
    _write(arguments.qrels, qrels_lines(found))
    _write(arguments.queries, query_lines(found))
    if passages is not None:
        _write(arguments.passages, passage_lines(passages))
    print(_told(rows, found))
    return 0


def _rows(arguments: argparse.Namespace) -> list[Kept]:
    return FeedbackStore.existing(arguments.data / FILE_NAME).rows(arguments.collection)


def _text(row: Kept) -> str:
    said = row.feedback
    lines = [f"{row.time}  {said.kind}  {said.question}"]
    if said.searched != said.question:
        lines.append(f"    searched: {said.searched}")
    if said.flagged:
        lines.append(f"    wrong: {said.flagged}")
    lines += [f"    {line}" for line in said.note.split("\n") if line]
    return "\n".join(lines)


def _counts(rows: Sequence[Kept]) -> str:
    counts = Counter(row.feedback.kind for row in rows)
    kinds = ", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())) or "nothing was said"
    return f"{kinds}; visitors: {len({row.feedback.visitor for row in rows})}"


def _told(rows: Sequence[Kept], found: Judgements) -> str:
    relevant = sum(sum(passages.values()) for passages in found.qrels.values())
    told = [
        _counts(rows),
        f"passages judged: {found.judged} (relevant: {relevant}, not: {found.judged - relevant}); "
        f"queries: {len(found.queries)}; votes: {found.votes}",
        f"left out: {found.split} split evenly",
    ]
    told[-1] += f", {found.unknown} of no passage of the index" if found.unknown else ""
    return "\n".join(told)


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        path.write_text("".join(lines), "utf-8", newline="\n")
    except OSError as error:
        raise FeedbackError(f"cannot write {str(path)!r}: {error.strerror}") from error
