"""The command `qa`."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from embeddings.errors import EmbeddingsError
from qa.errors import EvaluationError, QAError

if TYPE_CHECKING:
    from embeddings.indexing import Elsewhere
    from qa.retriever import Stage

_COMMANDS: Final = {
    "build": ("build the index from the documents", "embeddings.__main__", "add_build_command"),
    "ask": ("ask a question in any language", "qa.ask_commands", "add_ask_arguments"),
    "replay": ("search again what a record says, and compare", "qa.ask_commands", "add_replay_arguments"),
    "references": ("what the documents refer to, and where", "qa.reference_commands", "add_reference_arguments"),
    "verify": ("tell whether a quotation stands in the documents", "qa.citation_commands", "add_verify_arguments"),
    "cite": ("citations: show, pin, resolve", "qa.citation_commands", "add_cite_arguments"),
    "index": ("look after the index: list, verify, rollback, gc", "qa.index_commands", "add_tending_arguments"),
    "feedback": (
        "what visitors said of the page's answers: list, export",
        "qa.feedback_commands",
        "add_feedback_arguments",
    ),
    "inspect": ("show what is understood of a file", "qa.cli", "add_inspect_arguments"),
    "eval": ("measure retrieval on judged queries", "qa.cli", "add_eval_arguments"),
    "models": ("whether a model fits, how fast and how good it is", "qa.model_commands", "add_models_arguments"),
    "login": ("who may open the page: add, remove, list", "qa.login_commands", "add_login_arguments"),
    "key": ("which programs may ask: add, remove, list", "qa.key_commands", "add_key_arguments"),
    "mcp": ("offer search and ask to an assistant that starts this", "qa.mcp_commands", "add_mcp_arguments"),
    "serve": ("serve the page", "qa.serve_commands", "add_serve_arguments"),
}
"""The commands: what each does, and the module and function that give it its arguments."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0 done, 1 an error, 2 wrong usage."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = _parser(next(iter(given), "")).parse_args(given)
    try:
        status: int = arguments.run(arguments)
    except (QAError, EmbeddingsError) as error:
        print(f"qa: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except MemoryError:
        print("qa: error: out of memory; what was there before is untouched", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output, `head` for one, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _parser(command: str) -> argparse.ArgumentParser:
    """The parser, with the arguments of one command: those of the others would load what these need, for nothing."""
    parser = argparse.ArgumentParser(
        prog="qa", description="Cited answers from your documents, without a language model."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (does, module, function) in _COMMANDS.items():
        own = commands.add_parser(name, help=does)
        if name == command:
            add_arguments: Callable[[argparse.ArgumentParser], None] = getattr(import_module(module), function)
            add_arguments(own)
    return parser


def add_inspect_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa inspect`."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_inspect)


def add_eval_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa eval`."""
    from embeddings.__main__ import add_model_argument
    from qa.ask_commands import add_reranker_argument, positive

    parser.add_argument("--passages", type=Path, required=True, metavar="F", help="JSONL {id, text, title?, lang?}")
    parser.add_argument("--queries", type=Path, required=True, metavar="F", help="JSONL {id, text}")
    parser.add_argument("--qrels", type=Path, required=True, metavar="F", help="TREC judgements, or three columns")
    parser.add_argument("--top-k", type=positive, default=100, metavar="N", help="ranks looked at (default: 100)")
    parser.add_argument("--stages", type=_stages, default="all", help="dense, words, tokens by commas, or all")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--run-out", type=Path, metavar="F", help="write the run as TREC has it")
    parser.add_argument("--uri", default="", help="keep the vectors in Milvus meanwhile: http://HOST:PORT, or FILE.db")
    add_model_argument(parser)
    add_reranker_argument(parser)
    parser.set_defaults(run=_evaluate)


def _inspect(arguments: argparse.Namespace) -> int:
    from embeddings.inspection import inspected
    from qa.output import inspection_json, inspection_text

    found = inspected(arguments.file)
    print(
        json.dumps(inspection_json(found), ensure_ascii=False, indent=2) if arguments.json else inspection_text(found)
    )
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from embeddings.__main__ import progress_bar
    from embeddings.encoder import load_encoder
    from embeddings.models import find_model
    from qa import evaluation
    from qa.assistant import loaded_reranker
    from qa.retriever import Retriever

    passages = evaluation.read_jsonl(arguments.passages)
    queries = evaluation.read_jsonl(arguments.queries)
    qrels = evaluation.read_qrels(arguments.qrels)
    judged = [query for query in queries if query["id"] in qrels]
    if not judged:
        raise EvaluationError(f"{arguments.qrels} judges none of the queries of {arguments.queries}")
    encoder, reranker = load_encoder(find_model(arguments.model), many=True), loaded_reranker(arguments.reranker)
    with _kept_at(arguments.uri) as elsewhere:
        with progress_bar() as progress:
            index = evaluation.index_records(passages, encoder, progress, elsewhere)
        retriever = Retriever(index, encoder, arguments.stages, reranker)
        rankings, rate = evaluation.run_queries(retriever, judged, arguments.top_k)
    if arguments.run_out:
        evaluation.write_run(arguments.run_out, rankings)
    figures = {**evaluation.measure(qrels, rankings), "queries/s": rate}
    if arguments.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
    else:
        print("\n".join(f"{name:10} {value:8.4f}" for name, value in figures.items()))
    return 0


def _kept_at(uri: str) -> "AbstractContextManager[Elsewhere | None]":
    """What keeps vectors in the Milvus there, None where none is named."""
    if not uri:
        return nullcontext()
    from embeddings.milvus.searches import kept_meanwhile

    return kept_meanwhile(uri)


def _stages(text: str) -> "Stage":
    from qa.retriever import Stage

    chosen = Stage(0)
    for name in text.split(","):
        try:
            chosen |= Stage[name.strip().upper()]
        except KeyError:
            raise argparse.ArgumentTypeError(f"no stage {name!r}; stages: dense, words, tokens, all") from None
    if not chosen & (Stage.DENSE | Stage.WORDS):
        raise argparse.ArgumentTypeError(f"{text!r} brings no candidates; add dense or words")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
