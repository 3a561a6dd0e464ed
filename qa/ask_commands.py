"""`qa ask QUESTION` and `qa replay RECORD`."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.__main__ import add_index_arguments
from embeddings.timing import Part, Stopwatch, listening, timed
from qa.errors import ConversationError, WriterError
from qa.writing.arguments import add_writer_arguments, needed_writer

if TYPE_CHECKING:
    from qa.followup import Turn
    from qa.writing.written import Writer


def add_ask_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa ask`."""
    parser.add_argument("question")
    parser.add_argument("--top-k", type=positive, default=5, metavar="N", help="how many passages (default: 5)")
    parser.add_argument("--conversation", type=Path, metavar="FILE", help="go on with the conversation kept in a file")
    parser.add_argument(
        "--search", default="", metavar="QUERY", help="search this, whatever the question is understood as"
    )
    parser.add_argument(
        "--reader", default="", metavar="CODE", help="show paragraphs in this language beside, where it is"
    )
    parser.add_argument("--nearest", action="store_true", help="show the passages below the line in full")
    parser.add_argument("--no-expand", action="store_true", help="search the words as they stand, in no other language")
    parser.add_argument("--every-version", action="store_true", help="show a paragraph in each of its languages")
    _add_filter_arguments(parser)
    parser.add_argument("--record", type=Path, metavar="FILE", help="write a record of the search")
    parser.add_argument(
        "--write", action="store_true", help="let a model write an answer from the passages too, and check it"
    )
    parser.add_argument(
        "--rewrite", action="store_true", help="let the model, not rules, make a query of a follow-up question"
    )
    add_writer_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--timings", action="store_true", help="say where the time went, on standard error or in the JSON"
    )
    add_index_arguments(parser)
    add_reranker_argument(parser)
    parser.set_defaults(run=_ask)


def add_reranker_argument(parser: argparse.ArgumentParser) -> None:
    """The argument that says which model reads the first passages again."""
    parser.add_argument(
        "--reranker",
        default=os.environ.get("QA_RERANKER", ""),
        metavar="NAME",
        help="a cross-encoder, by name or folder, that reads the first passages again (default: $QA_RERANKER, or none)",
    )


def _add_filter_arguments(parser: argparse.ArgumentParser) -> None:
    """What is searched. Those that name one of several may be given several times."""
    for name, metavar, of in (
        ("--document", "ID", "this document"),
        ("--language", "CODE", "paragraphs in this language"),
        ("--section", "HEADING", "what stands below this heading"),
    ):
        parser.add_argument(
            name, action="append", default=[], metavar=metavar, help=f"search only {of} (may be repeated)"
        )
    for name, of in (("--since", "from this date on"), ("--until", "up to this date, itself included")):
        parser.add_argument(
            name, default="", metavar="DATE", help=f"search only documents {of} (2019-05-03, 2019-05, 2019)"
        )


def add_replay_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa replay`."""
    parser.add_argument("record", type=Path, metavar="FILE", help="a record that qa ask --record wrote")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_index_arguments(parser)
    add_reranker_argument(parser)
    parser.set_defaults(run=_replay)


def positive(text: str) -> int:
    """A number from 1, as argparse takes it."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {value}")
    return value


def _ask(arguments: argparse.Namespace) -> int:
    watch = Stopwatch()
    if not arguments.timings:
        return _answer(arguments, watch)
    with listening(watch):
        return _answer(arguments, watch)


def _answer(arguments: argparse.Namespace, watch: Stopwatch) -> int:
    with timed(Part.IMPORTS):
        from qa.answer import turn
        from qa.assistant import Assistant
        from qa.conversation import read_turns, write_turns
        from qa.filters import Filters
        from qa.output import as_json, as_text
        from qa.question import check_question
        from qa.records import Options, record
        from qa.stale import refuse_stale

    # Both before the model is loaded, which takes seconds.
    check_question(arguments.question)
    filters = Filters(
        tuple(arguments.document),
        tuple(arguments.language),
        arguments.since,
        arguments.until,
        tuple(arguments.section),
    )
    filters.check_dates()
    writer = _writer(arguments)
    history = read_turns(arguments.conversation) if arguments.conversation else []
    with timed(Part.DOCUMENTS):
        refuse_stale(arguments)
    assistant = Assistant.open(arguments.index, arguments.model, arguments.uri, reranker=arguments.reranker)
    options = Options(arguments.top_k, arguments.reader, not arguments.no_expand, arguments.every_version, filters)
    searched = arguments.search
    if arguments.rewrite and writer and history and not searched:
        searched = _rewritten(arguments.question, history, writer)
    answer = assistant.ask(arguments.question, history=history, searched=searched, **options.arguments())
    with timed(Part.PRINTING):
        if not arguments.json:
            print(as_text(answer, nearest=arguments.nearest), flush=True)
        fields: dict[str, Any] = {**as_json(answer)} if arguments.json else {}
    if arguments.write and writer and (written := writer.write(answer, assistant)):
        from qa.writing.output import written_json, written_text

        if arguments.json:
            fields["written"] = written_json(written)
        else:
            print(f"\n{written_text(written)}", flush=True)
    if arguments.timings:
        fields["timings"] = {part: round(taken, 1) for part, taken in watch.milliseconds().items()}
    if arguments.json:
        print(json.dumps(fields, ensure_ascii=False, indent=2))
    elif arguments.timings:
        print(_timings_text(watch.milliseconds()), file=sys.stderr)
    # Behind the answer, which is then not lost where they cannot be written.
    if arguments.conversation:
        write_turns(arguments.conversation, [*history, turn(answer)])
    if arguments.record:
        _write(arguments.record, record(answer, assistant, options))
    return 0


def _writer(arguments: argparse.Namespace) -> "Writer | None":
    """The model that is to write, None where none is. Raises WriterError when none is named that can be meant."""
    if not (arguments.write or arguments.rewrite):
        return None
    settings = needed_writer(arguments)
    from qa.writing.written import Writer

    return Writer(settings)


def _rewritten(question: str, history: "Sequence[Turn]", writer: "Writer") -> str:
    """The query that the model makes of a follow-up; blank where it makes none, which is told."""
    from qa.writing.loops import run
    from qa.writing.rewriting import rewritten

    try:
        return run(rewritten(question, [turn.question for turn in history], writer.endpoint))
    except WriterError as error:
        print(f"qa: not rewritten, so understood by rules: {error}", file=sys.stderr)
        return ""


def _timings_text(milliseconds: Mapping[str, float]) -> str:
    """A line for each part, and the sum."""
    lines = {**milliseconds, "together": sum(milliseconds.values())}
    return "\n".join(f"{part:12}{taken:9.1f} ms" for part, taken in lines.items())


def _replay(arguments: argparse.Namespace) -> int:
    from qa.assistant import Assistant
    from qa.errors import RecordError
    from qa.records import read_record, replay

    try:
        recorded = read_record(arguments.record.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"cannot read {str(arguments.record)!r}: {error}") from error
    assistant = Assistant.open(arguments.index, arguments.model, arguments.uri, reranker=arguments.reranker)
    found = replay(recorded, assistant)
    if arguments.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    elif found.differences:
        print("\n".join(found.differences))
        others = (
            ("index", found.other_index),
            ("reranker", found.other_reranker),
            ("program", found.other_program),
        )
        reasons = [name for name, other in others if other]
        print(f"another {' and another '.join(reasons)} than recorded" if reasons else "the same index and program")
    else:
        print("the same results")
    return 1 if found.differences else 0


def _write(path: Path, value: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise ConversationError(f"cannot write {str(path)!r}: {error.strerror}") from error
