"""What the candidate stage misses: how many of the best ten of exhaustive rescoring it brings.

    python -m benchmarks.candidates BENCH [--set mlqa/zho-eng] [--passages 100000] [--queries 40] [--out FILE]

The set's own passages are real; the rest are distractors made of them: every token vector of a real passage is mixed
with that of a random token of another, and its words are those of both. So they lie where real text lies, and there are
as many as wanted. Exhaustive rescoring looks at every passage.
"""

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import Records, load
from embeddings.encoder import load_encoder
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.tokens import TokenIndex, quantised
from embeddings.models import find_model
from embeddings.store import Index
from embeddings.vectors import pool, tokens_inside, unit
from embeddings.words import words
from qa import evaluation, retriever
from qa.query import make_query
from qa.retriever import EncodedQuery, Retriever

MOST_TOKENS = 120
"""Of a distractor; 100 000 of them take 5 GB."""
STEP = 2000
"""Passages rescored together."""


def enlarged(records: Records, encoder: Any, count: int) -> Index:
    """An index of `records` and as many distractors as make `count` passages."""
    random = np.random.default_rng(0)
    real = evaluation.index_records(records, encoder)
    encodings = encoder.encode_passages([passage.text for passage in real.passages])
    centred = [
        real.background.centred(encoding.tokens, passage.language)
        for passage, encoding in zip(real.passages, encodings, strict=True)
    ]
    pooled = np.concatenate(centred)
    found_words = [words(passage.text, passage.language) for passage in real.passages]
    rows, tokens, passages, named = [], [], [], []
    for number in range(count):
        origin = number % len(real.passages)
        passage, spans, vectors = real.passages[origin], encodings[origin].spans, centred[origin]
        own_words = found_words[origin]
        if number >= len(real.passages):
            spans, vectors = spans[:MOST_TOKENS], vectors[:MOST_TOKENS]
            vectors = unit(vectors + pooled[random.integers(0, len(pooled), len(vectors))])
            other = found_words[random.integers(0, len(found_words))]
            own_words = own_words[::2] + other[::2]
        inside = tokens_inside(spans, passage.sentences)
        inside = inside[inside[:, 0] < inside[:, 1]]
        rows.append(pool(vectors, np.concatenate([[[0, len(vectors)]], inside])))
        tokens.append(quantised(vectors, spans, np.union1d([0], inside[1:, 0])))
        passages.append(passage)
        named.append(own_words)
    owners = np.repeat(np.arange(count, dtype=np.int32), [len(row) for row in rows])
    return Index(
        real.documents, passages, real.background, DenseIndex.build(np.concatenate(rows), owners),
        LexicalIndex.build(named), TokenIndex.build(tokens),
    )  # fmt: skip


def exhaustive(ranker: Retriever, query: EncodedQuery, count: int) -> list[int]:
    """The numbers of the ten passages that rescoring all of them puts first."""
    parts = [ranker.rescored(query, np.arange(at, min(at + STEP, count))) for at in range(0, count, STEP)]
    return np.argsort(-np.concatenate(parts), kind="stable")[:10].tolist()


def main() -> int:
    parser = argparse.ArgumentParser(description="What the candidate stage misses.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--set", default="mlqa/zho-eng")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    encoder = load_encoder(find_model())
    records, queries, _qrels = load(arguments.bench, arguments.set)
    index = enlarged(records, encoder, arguments.passages)
    ranker = Retriever(index, encoder)
    asked = [ranker.encode(make_query(q["text"])) for q in queries[:: -(-len(queries) // arguments.queries)]]
    best = [exhaustive(ranker, query, arguments.passages) for query in asked]
    result: dict[str, Any] = {
        "set": arguments.set, "passages": arguments.passages, "queries": len(asked),
        "machine": platform.processor() or platform.machine(), "share of the best ten among the candidates": {},
    }  # fmt: skip
    for by_vector in (50, 100, retriever.BY_VECTOR, 300, 600):
        shares = [
            len(set(right) & set(ranker.candidates(query, by_vector)[0].tolist())) / len(right)
            for query, right in zip(asked, best, strict=True)
        ]
        result["share of the best ten among the candidates"][by_vector] = round(float(np.mean(shares)), 4)
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
