"""What an index costs as it grows: time to build, disk, memory, and how long a question takes; and what is missed.

    python -m benchmarks.growth BENCH [--passages 1000,10000,100000,1000000] [--work FOLDER] [--out FILE]

The passages of `--sets` are real, and so are the questions; the rest are distractors (benchmarks/growth_corpus.py), of
80 tokens each. Their vectors are not made by the encoder, so that building means everything else: words, columns,
FAISS, writing, hashing. Every index is asked in processes of their own: right after it was put out of the system's
memory ("cold"), and again ("warm"), by one asker and by eight at once.

"missed by": of the ten passages whose vectors are nearest to a question, how many the approximate search leaves out of
the candidates (`of the candidates`), and out of its own first ten (`of ten`); for every kind of search at `--kinds`
passages. A million passages take 47 GB. Indexes stay in `--work`, and are only asked when they are there already.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np

from benchmarks.candidates import pooled_sets
from benchmarks.growth_corpus import Real, enlarged
from benchmarks.report import provenance, report, resident
from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.index.dense import DenseIndex
from embeddings.index.kinds import Search
from embeddings.models import find_model
from embeddings.store import IndexStore
from embeddings.types import Encoder, Vectors
from qa.query import make_query
from qa.retriever import ROWS_A_CANDIDATE, Retriever, by_vector

SETS = "xquad/en,xquad/zh"
ASKED = 60
STEP = 200_000


def nearest(dense: DenseIndex, queries: Vectors) -> list[list[int]]:
    """The ten passages that are nearest to each of `queries`, by looking at every vector."""
    rows = dense.vectors
    found: list[dict[int, float]] = [{} for _ in queries]
    for at in range(0, len(rows), STEP):
        step = np.ascontiguousarray(rows[at : at + STEP])
        cosines, places = faiss.knn(queries, step, min(60, len(step)), metric=faiss.METRIC_INNER_PRODUCT)
        for best, own, numbers in zip(found, cosines, dense.passages[at + places], strict=True):
            for number, cosine in zip(numbers.tolist(), own.tolist(), strict=True):
                best[number] = max(cosine, best.get(number, -1.0))
    return [sorted(best, key=lambda number: -best[number])[:10] for best in found]


def missed(dense: DenseIndex, queries: Vectors, passages: int, best: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What a dense index leaves out of the `best` ten, and what a search takes."""
    count = by_vector(passages)
    taken, of_candidates, of_ten = [], [], []
    for query, right in zip(queries, best, strict=True):
        start = time.perf_counter()
        found = dense.search(query, count * ROWS_A_CANDIDATE)[0][:count]
        taken.append(time.perf_counter() - start)
        of_candidates.append(len(set(right) - set(found.tolist())) / len(right))
        of_ten.append(len(set(right) - set(found[:10].tolist())) / len(right))
    return {
        "of the candidates": round(float(np.mean(of_candidates)), 4),
        "of ten": round(float(np.mean(of_ten)), 4),
        "search, ms": round(1000 * float(np.median(taken)), 1),
    }


def asked_in_a_process(folder: Path, questions: Path, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth_asking", str(folder), str(questions), *options]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return measured


def sizes(folder: Path) -> dict[str, int]:
    """Bytes on the disk a passage: of everything, and of the parts, by how their names begin."""
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            part = path.relative_to(folder).parts[0].partition(".")[0].partition("-")[0]
            found[part] = found.get(part, 0) + path.stat().st_size
    return {"all": sum(found.values()), **found}


def built(real: Real, questions: list[str], encoder: Encoder, count: int, work: Path, *, kinds: bool) -> dict[str, Any]:
    """Build an index of `count` passages in `work`, and tell what that cost and what its search misses."""
    store = IndexStore(work / f"index-{count}")
    result: dict[str, Any] = provenance()
    with store.building(), tempfile.TemporaryDirectory(dir=work) as scratch:
        start = time.perf_counter()
        index, documents = enlarged(real, count, Path(scratch))
        made = time.perf_counter()
        store.write(encoder.identity, [document.source for document in documents], index)
        result["put together, s"] = round(made - start, 1)
        result["written, s"] = round(time.perf_counter() - made, 1)
        dense = cast(DenseIndex, index.dense)
        result["searched"] = str(dense.kind)
        result["vectors"] = len(dense.vectors)
        queries = vectors_of(index, encoder, questions)
        best = nearest(dense, queries)
        result["missed by"] = {str(dense.kind): missed(dense, queries, count, best)}
        if kinds:
            for kind in Search:
                start = time.perf_counter()
                other = DenseIndex.build([dense.rows_of(number) for number in range(count)], kind)
                result["missed by"][str(kind)] = {
                    "built, s": round(time.perf_counter() - start, 1),
                    **missed(other, queries, count, best),
                }
        result["resident while building, MB"] = resident()["peak"]
    found = sizes(store.folder / store.current())
    result["bytes a passage"] = {name: round(size / count) for name, size in found.items()}
    return result


def measured(
    real: Real, questions: list[str], encoder: Encoder, count: int, work: Path, *, kinds: bool
) -> dict[str, Any]:
    """What an index of `count` passages costs; one that is in `work` already is only asked."""
    folder, kept = work / f"index-{count}", work / f"built-{count}.json"
    if not kept.exists():
        kept.write_text(json.dumps(built(real, questions, encoder, count, work, kinds=kinds)), "utf-8")
    result: dict[str, Any] = {"built": json.loads(kept.read_text("utf-8"))}
    asked = work / "questions.txt"
    asked.write_text("\n".join(questions), "utf-8")
    (folder / f"{IndexStore(folder).current()}.stamp").unlink(missing_ok=True)
    result["opened for the first time"] = asked_in_a_process(folder, asked, "--opened")
    result["cold"] = asked_in_a_process(folder, asked, "--cold")
    result["warm"] = asked_in_a_process(folder, asked)
    return result


def vectors_of(index: Index, encoder: Encoder, questions: Sequence[str]) -> Vectors:
    """[len(questions), dim]: what is searched for each question."""
    ranker = Retriever(index, encoder)
    return np.stack([ranker.encode(make_query(question)).vector for question in questions])


def main() -> int:
    parser = argparse.ArgumentParser(description="What an index costs as it grows.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--passages", default="1000,10000,100000,1000000")
    parser.add_argument("--kinds", type=int, default=100_000)
    parser.add_argument("--work", type=Path, help="where the indexes are kept (default: nowhere)")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    encoder = load_encoder(find_model(), many=True)
    records, queries = pooled_sets(arguments.bench, arguments.sets.split(","))
    questions = [query["text"].replace("\n", " ") for query in queries[:: -(-len(queries) // ASKED)]]
    result: dict[str, Any] = {
        **provenance(), "sets": arguments.sets, "real passages": len(records), "questions": len(questions),
    }  # fmt: skip
    real = Real.of(records, encoder)
    with ExitStack() as stack:
        work = arguments.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for count in map(int, arguments.passages.split(",")):
            kinds = count == arguments.kinds
            result[f"{count} passages"] = measured(real, questions, encoder, count, work, kinds=kinds)
            report(result, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
