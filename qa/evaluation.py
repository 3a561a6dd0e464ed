"""Measuring retrieval: passages and queries as JSONL, judgements and runs as TREC has them, measures by ir-measures."""

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import ir_measures
from ir_measures import RR, R, nDCG

from embeddings.contents import Index
from embeddings.indexing import Elsewhere, Progress, index_passages
from embeddings.language import language_of
from embeddings.sentences import sentence_spans
from embeddings.types import Document, Encoder, Passage, Run, SourceFile
from qa.errors import EvaluationError
from qa.query import make_query
from qa.retriever import Retriever

MEASURES: Final = (nDCG @ 10, RR @ 10, R @ 10, R @ 100)
"""All with binary gains, as the published tables of MTEB have them."""
_RUN_NAME: Final = "paragraph-qa"

Qrels = Mapping[str, Mapping[str, int]]
"""Judgements: query id to passage id to relevance."""
Rankings = Mapping[str, Mapping[str, float]]
"""A run: query id to passage id to score."""


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, each of which must have `id` and `text`. Raises EvaluationError with the line."""
    records = []
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                record = json.loads(line)
                if not isinstance(record, dict) or not {"id", "text"} <= record.keys():
                    raise EvaluationError(f"{path}, line {number}: an object with 'id' and 'text' is needed")
                records.append({**record, "id": str(record["id"])})
    except OSError as error:
        raise EvaluationError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except ValueError as error:
        raise EvaluationError(f"{path} is not JSONL in UTF-8: {error}") from error
    if not records:
        raise EvaluationError(f"{path} holds no lines")
    return records


def read_qrels(path: Path) -> Qrels:
    """Judgements as TREC has them (`query 0 passage relevance`) or in three columns, with or without a header line."""
    qrels: dict[str, dict[str, int]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"cannot read {str(path)!r}: {error}") from error
    for number, line in enumerate(lines, 1):
        fields = line.split()
        if not fields or (number == 1 and not fields[-1].lstrip("-").isdigit()):
            continue
        if len(fields) not in (3, 4) or not fields[-1].lstrip("-").isdigit():
            raise EvaluationError(f"{path}, line {number}: not 'query 0 passage relevance': {line!r}")
        qrels.setdefault(fields[0], {})[fields[-2]] = int(fields[-1])
    if not qrels:
        raise EvaluationError(f"{path} holds no judgements")
    return qrels


def write_run(path: Path, rankings: Rankings) -> None:
    """Write a run as TREC has it: `query Q0 passage rank score name`."""
    with path.open("w", encoding="utf-8") as file:
        for query, scores in rankings.items():
            for rank, (passage, score) in enumerate(sorted(scores.items(), key=lambda item: -item[1]), 1):
                file.write(f"{query} Q0 {passage} {rank} {score:.6f} {_RUN_NAME}\n")


def read_run(path: Path) -> Rankings:
    """Read a run as TREC has it."""
    rankings: dict[str, dict[str, float]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        fields = line.split()
        if len(fields) != 6:
            raise EvaluationError(f"{path}, line {number}: not 'query Q0 passage rank score name': {line!r}")
        rankings.setdefault(fields[0], {})[fields[2]] = float(fields[4])
    return rankings


def index_records(
    records: Iterable[Mapping[str, Any]],
    encoder: Encoder,
    progress: Progress | None = None,
    elsewhere: Elsewhere | None = None,
) -> Index:
    """An index in memory of passages {id, text, title?, lang?}; a title is put before its text. `elsewhere`: what keeps
    its vectors instead."""
    passages = []
    parts = []
    at = 0
    for record in records:
        title = str(record.get("title") or "")
        text = f"{title} {record['text']}".strip()
        language = str(record.get("lang") or language_of(text))
        runs = (Run(0, at, len(text)),)
        sentences = sentence_spans(text, language)
        passages.append(Passage(record["id"], "corpus", (), "", language, text, runs, sentences, at, at + len(text)))
        parts.append(text)
        at += len(text) + 1
    whole = "\n".join(parts)
    document = Document("corpus", "corpus", "", SourceFile("corpus", len(whole), ""), whole, ())
    return index_passages([document], passages, encoder, progress, elsewhere=elsewhere)


def run_queries(retriever: Retriever, queries: Iterable[Mapping[str, Any]], top_k: int) -> tuple[Rankings, float]:
    """Ask every query {id, text} by itself: the rankings, and how many queries were answered in a second."""
    rankings: dict[str, dict[str, float]] = {}
    start = time.perf_counter()
    for query in queries:
        hits = retriever.retrieve(make_query(query["text"]), top_k)
        rankings[query["id"]] = {hit.passage.passage_id: hit.score for hit in hits}
    return rankings, len(rankings) / (time.perf_counter() - start)


def measure(qrels: Qrels, rankings: Rankings) -> Mapping[str, float]:
    """The measures of a run, by name, over all judged queries."""
    binary = {query: {passage: int(gain > 0) for passage, gain in gains.items()} for query, gains in qrels.items()}
    values = ir_measures.calc_aggregate(list(MEASURES), binary, rankings)
    return {str(name): float(values[name]) for name in MEASURES}
