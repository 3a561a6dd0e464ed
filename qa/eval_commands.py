"""`qa eval`: measuring retrieval on judged queries."""

import argparse
import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.__main__ import add_model_argument
from qa.ask_commands import add_reranker_argument, positive
from qa.errors import EvaluationError

if TYPE_CHECKING:
    from embeddings.indexing import Elsewhere
    from qa.retriever import Stage


def add_eval_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa eval`."""
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


def _evaluate(arguments: argparse.Namespace) -> int:
    from embeddings.__main__ import progress_bar
    from embeddings.encoder import load_encoder
    from embeddings.models import find_model
    from qa import evaluation
    from qa.assistant import loaded_reranker
    from qa.retriever import Retriever

    passages = evaluation.read_jsonl(arguments.passages)
    queries = evaluation.read_jsonl(arguments.queries)
    judgements = evaluation.read_qrels(arguments.qrels)
    judged = [query for query in queries if query["id"] in judgements]
    # A judged query that is not among those asked is not one for which nothing was found.
    qrels = {query["id"]: judgements[query["id"]] for query in judged}
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
