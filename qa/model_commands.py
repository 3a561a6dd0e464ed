"""`qa models check`: whether a model fits, how fast it is here, and how good on a small set."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from embeddings.__main__ import add_model_argument

if TYPE_CHECKING:
    from embeddings.model_facts import ModelFacts
    from qa.model_check import Figures

_MEASURING: Final = "measuring; this takes a minute or more"


def add_models_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa models`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="whether a model fits, how fast and how good it is",
        description="Loads a model and says what it is. Then it is measured on a small set beside the bundled model, "
        "or with and without the reranker that is named. Exits with 1 and a reason where it does not fit.",
    )
    add_model_argument(check)
    # Not by $QA_RERANKER, with which no other model could be checked.
    check.add_argument("--reranker", default="", metavar="NAME", help="check this cross-encoder, by name or folder")
    check.add_argument("name", nargs="?", default="", metavar="NAME_OR_FOLDER", help="the same as --model")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    name = arguments.name or arguments.model
    found, text = _reranker(name, arguments.reranker) if arguments.reranker else _encoder(name)
    print(json.dumps(found, ensure_ascii=False, indent=2) if arguments.json else text)
    return 0


def _encoder(name: str) -> tuple[dict[str, Any], str]:
    from embeddings.model_facts import facts_of
    from embeddings.models import find_model
    from qa.model_check import Checker
    from qa.relevance import Calibration

    model, bundled = find_model(name), find_model()
    facts = facts_of(model)
    calibrated = Calibration.for_encoder(model.identity) is not None
    models = {"this model": model}
    if model.identity.fingerprint != bundled.identity.fingerprint:
        models["the bundled one"] = bundled
    print(_MEASURING, file=sys.stderr)
    columns = dict(zip(models, Checker().encoders(list(models.values())), strict=True))
    found = {
        "model": asdict(model.identity),
        "facts": asdict(facts),
        "calibrated": calibrated,
        "figures": {column: asdict(figures) for column, figures in columns.items()},
    }
    text = f"{model.identity.name} fits\n\n{_facts_text(facts, calibrated=calibrated)}\n\n{_table(columns)}"
    return found, text


def _reranker(name: str, reranker: str) -> tuple[dict[str, Any], str]:
    from embeddings.models import find_model
    from embeddings.reranker import load_reranker
    from qa.model_check import Checker
    from qa.retriever import RERANKED

    loaded, model = load_reranker(reranker), find_model(name)
    print(_MEASURING, file=sys.stderr)
    columns = dict(zip(("without", "with it"), Checker().reranker(model, loaded), strict=True))
    without, reranked = columns.values()
    pair = max(0.0, reranked.question_ms - without.question_ms) / RERANKED
    found = {
        "reranker": asdict(loaded.identity),
        "model": asdict(model.identity),
        "pair_ms": pair,
        "figures": {column: asdict(figures) for column, figures in columns.items()},
    }
    text = (
        f"{loaded.identity.name} fits\n\n"
        f"{'runs by':15}{loaded.runs_by}\n"
        f"{'limit':15}{loaded.max_tokens} tokens of a question and a passage; of longer passages the best part counts\n"
        f"{'a pair':15}{pair:.1f} ms\n\n{_table(columns)}"
    )
    return found, text


def _facts_text(facts: "ModelFacts", *, calibrated: bool) -> str:
    said = "" if facts.limited else " (it names none)"
    line = "there is a line" if calibrated else "none: there is no line, an answer is the nearest passages"
    behind = f", then {', '.join(facts.behind)}" if facts.behind else ""
    rows = {
        "makes": f"{facts.kind}: {facts.dimension} dimensions",
        "architecture": f"{facts.architecture}, {facts.parameters / 1e6:.1f} million parameters",
        "tokenizer": facts.tokenizer,
        "limit": f"{facts.max_tokens} tokens{said}; longer passages go through in windows",
        "prompts": f"questions {facts.query_prompt!r}, passages {facts.passage_prompt!r}",
        "pooling": (facts.pooling or "none") + behind,
        "tokens": facts.tokens,
        "trained for": facts.similarity + (" (searched by cosine)" if facts.similarity in _OTHER_SIMILARITIES else ""),
        "runs by": facts.runs_by,
        "checked": f"vectors differ by {facts.difference:.1g} from those of sentence-transformers",
        "calibration": line,
    }
    return "\n".join(f"{name:15}{value}" for name, value in rows.items())


_OTHER_SIMILARITIES = frozenset({"dot", "euclidean", "manhattan"})


def _table(columns: "dict[str, Figures]") -> str:
    """A line for each figure, a column for each model."""
    figures = list(columns.values())
    rows: list[tuple[str, Sequence[str]]] = [
        ("", list(columns)),
        ("passages/s", [f"{each.passages_per_second:.1f}" for each in figures]),
        ("question, ms", [f"{each.question_ms:.1f}" for each in figures]),
        ("nDCG@10 × 100", [f"{100 * each.all:.1f}" for each in figures]),
        ("  vectors alone", [f"{100 * each.vectors:.1f}" for each in figures]),
    ]
    rows += [
        (f"  asked in {language}", [f"{100 * each.by_language[language]:.1f}" for each in figures])
        for language in figures[0].by_language
    ]
    return "\n".join(f"{name:20}" + "".join(f"{value:>17}" for value in values) for name, values in rows)
