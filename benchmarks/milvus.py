"""The same questions to an index in files and to one in Milvus: are the best ten the same, and what does it take?

    python -m benchmarks.milvus BENCH --uri URI [--data FOLDER] [--sets A,B] [--passages N] [--queries N] [--out FILE]

URI is a server's, or the name of a file (`*.db`) for Milvus Lite. FOLDER: where the server keeps its data, to be
measured. With N passages the first set is enlarged by distractors as in `benchmarks.candidates`.
FILE keeps what it holds of other engines. The collections that are made are removed in the end.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.candidates import enlarged
from benchmarks.quality import Recorder, load
from benchmarks.report import provenance
from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.milvus import engine as engines
from embeddings.milvus.engine import Engine, connected
from embeddings.milvus.files import Kind
from embeddings.milvus.packing import packed
from embeddings.milvus.rows import Rows
from embeddings.milvus.searches import searches
from embeddings.milvus.tending import forget
from embeddings.milvus.writing import write
from embeddings.models import find_model
from embeddings.passage_vectors import PassageVectors, content_hash
from embeddings.timing import Stopwatch, listening
from embeddings.types import Encoder
from qa import evaluation
from qa.filters import Filters, Selection
from qa.query import make_query
from qa.retriever import Retriever
from qa.types import ScoredPassage

SETS = "xquad/mixed,xquad/zh,xquad/en,mlqa/zho-eng"
DEPTH = 10
SETTLED = 16.0
"""Seconds after which nothing waits for the newest rows any more."""


def written(index: Index, engine: Engine, record: Path) -> dict[Kind, Rows]:
    """The rows of an index, written into Milvus."""
    # Distractors have vectors of their own and texts that others have.
    hashes = [f"{number} {content_hash(passage, index.background)}" for number, passage in enumerate(index.passages)]

    def made(number: int) -> PassageVectors:
        return PassageVectors(index.dense.rows_of(number), index.tokens.of(number), index.coarse.of(number))

    return write(engine, record, index.documents, index.passages, hashes, made)


def searched(index: Index, rows: Mapping[Kind, Rows]) -> Index:
    """The index with its vectors in Milvus, no tokens kept yet."""
    dense, tokens, coarse = searches(rows)
    return replace(index, dense=dense, tokens=tokens, coarse=coarse)


def asked(
    retriever: Callable[[], Retriever], questions: Sequence[str], filters: Filters
) -> tuple[list[list[ScoredPassage]], list[float], Mapping[str, float]]:
    """The hits for each question, the milliseconds that each took, and the median of those of each part."""
    found, taken, parts = [], [], []
    for question in questions:
        asks = retriever()
        within: Selection = asks.selector.select(filters)
        watch, start = Stopwatch(), time.perf_counter()
        with listening(watch):
            found.append(asks.retrieve(make_query(question), DEPTH, within))
        taken.append(1000 * (time.perf_counter() - start))
        parts.append(watch.milliseconds())
    return found, taken, {part: statistics.median(each.get(part, 0) for each in parts) for part in parts[0]}


def overlap(one: Sequence[ScoredPassage], other: Sequence[ScoredPassage]) -> float:
    """The share of one's passages that the other has."""
    ids = {hit.passage.passage_id for hit in other}
    return sum(hit.passage.passage_id in ids for hit in one) / len(one)


def speed(taken: Sequence[float], parts: Mapping[str, float]) -> dict[str, Any]:
    """Median and 95th percentile, and the median of each part, in milliseconds."""
    percentiles = statistics.quantiles(taken, n=20)
    return {"median_ms": round(statistics.median(taken), 1), "p95_ms": round(percentiles[-1], 1)} | {
        "parts_ms": {part: round(value, 1) for part, value in parts.items()}
    }


def size(folder: Path | None) -> int | None:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder else None


def sent(index: Index) -> dict[Kind, int]:
    """Bytes that are sent of all passages: vectors of 32 bits, and text."""
    numbers = range(len(index.passages))
    return {
        "vectors": sum(index.dense.rows_of(number).nbytes for number in numbers),
        "coarse": sum(len(part) for number in numbers for part in packed(index.coarse.of(number))),
        "tokens": sum(len(part) for number in numbers for part in packed(index.tokens.of(number))),
    }


def compare(index: Index, encoder: Encoder, engine: Engine, data: Path | None, questions: Sequence[str]) -> Any:
    """All figures of one index."""
    questioner = Recorder(encoder)  # a question is encoded once, so what is compared is searching
    with tempfile.TemporaryDirectory() as scratch:
        record, before, start = Path(scratch) / "record", size(data), time.perf_counter()
        rows = written(index, engine, record)
        took, after = time.perf_counter() - start, size(data)
        folder = Path(scratch) / "folder"
        folder.mkdir()
        searched(index, rows).save(folder)
        beside = size(folder) or 0
        try:
            time.sleep(SETTLED)
            figures = answers(index, questioner, rows, questions)
        finally:
            forget(record, [], engine)
    return {
        "passages": len(index.passages),
        "questions": len(questions),
        "rows": {kind: each.keys.rows for kind, each in rows.items()},
        "bytes_a_passage": {kind: round(each / len(index.passages)) for kind, each in sent(index).items()},
        "bytes_a_passage_in_files": round(beside / len(index.passages)),
        "written_s": round(took, 1),
        "bytes_on_disk": None if before is None or after is None else after - before,
        **figures,
    }


def answers(index: Index, encoder: Encoder, rows: Mapping[Kind, Rows], questions: Sequence[str]) -> dict[str, Any]:
    """What both find, and how fast: with no tokens kept from the question before, and with them."""

    def in_milvus() -> Retriever:
        return Retriever(searched(index, rows), encoder)

    in_files, keeping = Retriever(index, encoder), in_milvus()
    none = Filters()
    asked(lambda: in_files, questions, none)  # encodes them
    there, files_taken, files_parts = asked(lambda: in_files, questions, none)
    found, taken, parts = asked(in_milvus, questions, none)
    _, kept_taken, kept_parts = asked(lambda: keeping, questions, none)
    largest = max(index.catalogue.counts().items(), key=lambda counted: counted[1])[0]
    part = Filters(languages=(largest,))
    filtered, filtered_taken, filtered_parts = asked(lambda: keeping, questions, part)
    expected, _, _ = asked(lambda: in_files, questions, part)
    return {
        "overlap_at_10": statistics.fmean(map(overlap, there, found)),
        "overlap_at_10_filtered": statistics.fmean(map(overlap, expected, filtered)),
        "files": speed(files_taken, files_parts),
        "milvus": speed(taken, parts),
        "milvus_tokens_kept": speed(kept_taken, kept_parts),
        "milvus_filtered": speed(filtered_taken, filtered_parts),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Milvus beside files.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--uri", required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--graph", action="store_true", help="search by HNSW, however few vectors there are")
    parser.add_argument("--model", default="")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    encoder, engine = load_encoder(find_model(arguments.model), many=True), connected(arguments.uri)
    if arguments.graph:
        engines.EXACT = 0
    data = arguments.data or (Path(arguments.uri) if arguments.uri.endswith(".db") else None)
    figures: dict[str, Any] = {}
    for name in arguments.sets.split(","):
        records, queries, _ = load(arguments.bench, name)
        questions = [query["text"] for query in queries[:: max(1, len(queries) // arguments.queries)]]
        more = arguments.passages
        index = enlarged(records, encoder, more) if more else evaluation.index_records(records, encoder)
        label = f"{name}, enlarged to {more}" if more else name
        label += ", by HNSW" if arguments.graph else ""
        figures[label] = compare(index, encoder, engine, data, questions[: arguments.queries])
        print(label, json.dumps(figures[label]), file=sys.stderr, flush=True)
    version = engine.version
    results = json.loads(arguments.out.read_text("utf-8")) if arguments.out and arguments.out.exists() else {}
    results[version] = results.get(version, {}) | {name: {**provenance(), **each} for name, each in figures.items()}
    text = json.dumps(results, indent=1) + "\n"
    print(text, end="")
    if arguments.out:
        arguments.out.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
