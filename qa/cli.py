"""The command `qa`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence

from embeddings.__main__ import add_build_arguments, add_index_arguments, run_build
from embeddings.errors import EmbeddingsError, IndexMismatch
from qa.errors import QAError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0 done, 1 an error, 2 wrong usage."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except (QAError, EmbeddingsError) as error:
        print(f"qa: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qa", description="Cited answers from your documents, without a language model."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser("build", help="build the index from the documents")
    add_build_arguments(build)
    build.set_defaults(run=run_build)

    ask = commands.add_parser("ask", help="ask a question in any language")
    ask.add_argument("question")
    ask.add_argument("--top-k", type=_positive, default=5, metavar="N", help="how many passages (default: 5)")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    add_index_arguments(ask)
    ask.set_defaults(run=_ask)

    serve = commands.add_parser("serve", help="serve the page")
    add_serve_arguments(serve)
    serve.set_defaults(run=run_serve)
    return parser


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the page's server."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument("--port", type=_port, default=7860, help="port to listen on (default: 7860)")
    add_index_arguments(parser)


def run_serve(arguments: argparse.Namespace) -> int:
    """Build the index if it is missing or stale, then serve the page until interrupted. Returns the exit status."""
    from qa.web.server import check_free, serve  # loads gradio: seconds

    check_free(arguments.host, arguments.port)
    arguments.if_needed = True
    run_build(arguments)

    from qa.assistant import Assistant

    serve(Assistant.open(arguments.index, arguments.model), arguments.host, arguments.port)
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    from qa.assistant import Assistant
    from qa.output import as_json, as_text
    from qa.question import check_question

    check_question(arguments.question)  # before the model is loaded, which takes seconds
    _refuse_stale(arguments)
    answer = Assistant.open(arguments.index, arguments.model).ask(arguments.question, arguments.top_k)
    print(json.dumps(as_json(answer), ensure_ascii=False, indent=2) if arguments.json else as_text(answer))
    return 0


def _refuse_stale(arguments: argparse.Namespace) -> None:
    """Raise IndexMismatch when the documents changed since; an index may well be used where they are not."""
    from embeddings.documents import scan
    from embeddings.store import IndexStore, changed

    if not arguments.seeds.is_dir():
        return
    reason = changed(IndexStore(arguments.index).manifest(), scan(arguments.seeds).sources)
    if reason is not None:
        raise IndexMismatch(f"the index in {str(arguments.index)!r} {reason}; rebuild it with: qa build")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {value}")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 < value < 65536:
        raise argparse.ArgumentTypeError(f"must be from 1 to 65535, not {value}")
    return value


if __name__ == "__main__":
    sys.exit(main())
