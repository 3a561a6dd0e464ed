"""The command `qa`."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from embeddings.__main__ import add_build_arguments, add_model_argument, progress_bar, run_build
from embeddings.errors import EmbeddingsError
from qa.ask_commands import add_ask_arguments, add_replay_arguments, positive
from qa.citation_commands import add_cite_arguments, add_verify_arguments
from qa.errors import EvaluationError, QAError
from qa.feedback_commands import add_feedback_arguments
from qa.index_commands import add_tending_arguments
from qa.login_commands import add_login_arguments
from qa.reference_commands import add_reference_arguments
from qa.retriever import Stage
from qa.serve_commands import add_serve_arguments


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
    except MemoryError:
        print("qa: error: out of memory; what was there before is untouched", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output, `head` for one, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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
    add_ask_arguments(ask)

    replay = commands.add_parser("replay", help="search again what a record says, and compare")
    add_replay_arguments(replay)

    references = commands.add_parser("references", help="what the documents refer to, and where")
    add_reference_arguments(references)

    verify = commands.add_parser("verify", help="tell whether a quotation stands in the documents")
    add_verify_arguments(verify)

    cite = commands.add_parser("cite", help="citations: show, pin, resolve")
    add_cite_arguments(cite)

    index = commands.add_parser("index", help="look after the index: list, verify, rollback, gc")
    add_tending_arguments(index)

    feedback = commands.add_parser("feedback", help="what visitors said of the page's answers: list, export")
    add_feedback_arguments(feedback)

    inspect = commands.add_parser("inspect", help="show what is understood of a file")
    inspect.add_argument("file", type=Path)
    inspect.add_argument("--json", action="store_true", help="print one JSON object")
    inspect.set_defaults(run=_inspect)

    evaluate = commands.add_parser("eval", help="measure retrieval on judged queries")
    evaluate.add_argument("--passages", type=Path, required=True, metavar="F", help="JSONL {id, text, title?, lang?}")
    evaluate.add_argument("--queries", type=Path, required=True, metavar="F", help="JSONL {id, text}")
    evaluate.add_argument("--qrels", type=Path, required=True, metavar="F", help="TREC judgements, or three columns")
    evaluate.add_argument("--top-k", type=positive, default=100, metavar="N", help="ranks looked at (default: 100)")
    evaluate.add_argument("--stages", type=_stages, default="all", help="dense, words, tokens by commas, or all")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.add_argument("--run-out", type=Path, metavar="F", help="write the run as TREC has it")
    add_model_argument(evaluate)
    evaluate.set_defaults(run=_evaluate)

    login = commands.add_parser("login", help="who may open the page: add, remove, list")
    add_login_arguments(login)

    serve = commands.add_parser("serve", help="serve the page")
    add_serve_arguments(serve)
    return parser


def _inspect(arguments: argparse.Namespace) -> int:
    from embeddings.inspection import inspected
    from qa.output import inspection_json, inspection_text

    found = inspected(arguments.file)
    print(
        json.dumps(inspection_json(found), ensure_ascii=False, indent=2) if arguments.json else inspection_text(found)
    )
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from embeddings.encoder import load_encoder
    from embeddings.models import find_model
    from qa import evaluation
    from qa.retriever import Retriever

    passages = evaluation.read_jsonl(arguments.passages)
    queries = evaluation.read_jsonl(arguments.queries)
    qrels = evaluation.read_qrels(arguments.qrels)
    judged = [query for query in queries if query["id"] in qrels]
    if not judged:
        raise EvaluationError(f"{arguments.qrels} judges none of the queries of {arguments.queries}")
    encoder = load_encoder(find_model(arguments.model), many=True)
    with progress_bar() as progress:
        index = evaluation.index_records(passages, encoder, progress)
    rankings, rate = evaluation.run_queries(Retriever(index, encoder, arguments.stages), judged, arguments.top_k)
    if arguments.run_out:
        evaluation.write_run(arguments.run_out, rankings)
    figures = {**evaluation.measure(qrels, rankings), "queries/s": rate}
    if arguments.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
    else:
        print("\n".join(f"{name:10} {value:8.4f}" for name, value in figures.items()))
    return 0


def _stages(text: str) -> Stage:
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
