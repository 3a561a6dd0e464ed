"""Follow-up questions: how much of what a person makes of them is reached by rules.

    python -m benchmarks.followups BENCH [--out FILE]

BENCH holds `mtrag_human/`: conversations in English, the last question of each as it was asked, with all questions
before it, and as a person rewrote it to stand by itself. The answers of the conversations are not given, and the pool
is reduced: figures compare only with each other. `half 0` and `half 1` share no conversation; what could be chosen in
`qa/followup.py` was first chosen on half 0. `same`: later questions that a person left as they were.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.report import provenance, report
from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.types import Encoder
from qa import evaluation
from qa.followup import Cited, Turn, Understood, understood
from qa.query import make_query
from qa.question import MAX_QUESTION
from qa.retriever import Retriever
from qa.types import ScoredPassage

TURN: Final = "\n|user|:"
TOP_K: Final = 101
SET: Final = "mtrag_human"

Record = Mapping[str, Any]


class Searcher:
    """A retriever that searches each query once."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._found: dict[str, Sequence[ScoredPassage]] = {}

    def __call__(self, query: str) -> Sequence[ScoredPassage]:
        text = query[:MAX_QUESTION]
        if text not in self._found:
            self._found[text] = self._retriever.retrieve(make_query(text), TOP_K)
        return self._found[text]


def turns(record: Record) -> list[str]:
    """What was asked, the question to be answered last."""
    return [question.strip() for question in record["questions"].split(TURN)]


def last(questions: Sequence[str], search: Searcher, *, judge: bool) -> Understood:
    """How the last of some questions is understood, each after those before it; with `judge` new topics are looked
    for by searching."""
    history: list[Turn] = []
    for question in questions:
        found = understood(question, history, search if judge else None)
        history.append(Turn(question, found.text))
    return found


def with_answers(questions: Sequence[str], search: Searcher) -> str:
    """The last question as it is understood, the first cited sentence of the turn before added where it follows."""
    history: list[Turn] = []
    for question in questions:
        found = understood(question, history, search)
        hits = search(found.text)[:5]
        history.append(Turn(question, found.text, tuple(Cited(h.passage.passage_id, h.sentence) for h in hits)))
    if not found.follows or len(history) < 2 or not history[-2].cited:
        return found.text
    return f"{found.text} {history[-2].cited[0].sentence[:200]}"


def groups(record: Record) -> list[str]:
    """The rows of the table in which a question counts."""
    if len(turns(record)) == 1:
        return ["first turns"]
    half = hashlib.sha256(record["id"].split("<::>")[0].encode()).digest()[0] % 2
    same = ["same"] if record["lastturn"].strip() == record["rewrite"].strip() else []
    return ["later turns", f"half {half}", record["domain"], *same]


def evaluate(bench: Path, index: Index, encoder: Encoder) -> dict[str, Any]:
    """nDCG@10 of every way to search, by group of questions."""
    folder = bench / SET
    qrels = evaluation.read_qrels(folder / "qrels.tsv")
    records = [record for record in evaluation.read_jsonl(folder / "queries.jsonl") if record["id"] in qrels]
    search = Searcher(Retriever(index, encoder))
    ways: dict[str, Callable[[Record], str]] = {
        "bare": lambda record: turns(record)[-1],
        "whole history": lambda record: " ".join(turns(record)),
        "last two turns": lambda record: " ".join(turns(record)[-2:]),
        "ours without searching": lambda record: last(turns(record), search, judge=False).text,
        "ours": lambda record: last(turns(record), search, judge=True).text,
        "ours with the answer before": lambda record: with_answers(turns(record), search),
        "rewritten by a person": lambda record: record["rewrite"].strip(),
    }
    members: dict[str, list[str]] = {}
    for record in records:
        for group in groups(record):
            members.setdefault(group, []).append(record["id"])
    follows = {record["id"]: last(turns(record), search, judge=True).follows for record in records}
    result: dict[str, Any] = {
        "questions": {group: len(ids) for group, ids in members.items()},
        "changed": {group: sum(follows[i] for i in ids) for group, ids in members.items()},
    }
    for name, way in ways.items():
        rankings = {
            record["id"]: {hit.passage.passage_id: hit.score for hit in search(way(record))} for record in records
        }
        result[name] = {
            group: evaluation.measure({i: qrels[i] for i in ids}, {i: rankings[i] for i in ids})["nDCG@10"]
            for group, ids in members.items()
        }
        print(name, result[name], file=sys.stderr, flush=True)
    bare, ours, person = (result[name]["later turns"] for name in ("bare", "ours", "rewritten by a person"))
    result["gap closed"] = (ours - bare) / (person - bare)
    return result


def table(result: Mapping[str, Any]) -> str:
    """The figures as a Markdown table: nDCG@10 x 100."""
    names = list(result["questions"])
    ways = [
        name for name, figures in result.items() if isinstance(figures, dict) and name not in {"questions", "changed"}
    ]
    lines = ["| nDCG@10 | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    rows = {row: [str(result[row][name]) for name in names] for row in ("questions", "changed")}
    rows |= {way: [f"{result[way][name] * 100:.1f}" for name in names] for way in ways}
    lines += [f"| {row} | {' | '.join(cells)} |" for row, cells in rows.items()]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Follow-up questions against a person's rewriting of them.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--model", default="")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    model = find_model(arguments.model)
    encoder = load_encoder(model, many=True)
    index = evaluation.index_records(evaluation.read_jsonl(arguments.bench / SET / "passages.jsonl"), encoder)
    result = evaluate(arguments.bench, index, encoder)
    print(table(result))
    report({**provenance(), "model": model.identity.name, **result}, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
