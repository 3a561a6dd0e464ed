"""What the stages before rescoring miss: how many of the best ten of exhaustive rescoring they let through.

    python -m benchmarks.candidates BENCH [--sets A,B] [--passages 100000] [--queries 40] [--out FILE]

The passages of all sets are real; the rest are distractors made of them. A distractor is a row of sentences, each of a
random passage, with every token vector mixed with that of a second such row; its words are half of those of both. So
they lie where real text lies, and there are as many as wanted. Exhaustive rescoring looks at every passage.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import Records, load
from benchmarks.report import provenance, report
from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.indexing import assembled, words_of
from embeddings.models import find_model
from embeddings.passage_vectors import PassageVectors, vectors_of
from embeddings.types import Encoder, Passage, TextEncoding, Vectors
from embeddings.vectors import tokens_inside, unit
from embeddings.words import words
from qa import evaluation
from qa.query import make_query
from qa.retriever import EncodedQuery, Ids, Retriever

BY_VECTOR = (150, 600, 1000, 2000, 4000)
LEFT = (100, 200, 400)
SETS = "mlqa/zho-eng,mlqa/eng-zho,xquad/en,xquad/zh"
MOST_TOKENS = 120
"""Of a distractor; 100 000 of them take 6 GB."""
STEP = 2000
"""Passages rescored together."""


class Keeper:
    """An encoder that keeps what it made of passages."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity, self.pools_by_mean = encoder.identity, encoder.pools_by_mean
        self.multi_vector = encoder.multi_vector
        self.kept: dict[str, TextEncoding] = {}

    def encode_query(self, query: str) -> TextEncoding:
        return self._encoder.encode_query(query)

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        encodings = self._encoder.encode_passages(texts)
        self.kept |= dict(zip(texts, encodings, strict=True))
        return encodings


@dataclass(frozen=True)
class Piece:
    """A sentence of a real passage: its tokens, centred, and its words."""

    tokens: Vectors
    words: list[str]


def enlarged(records: Records, encoder: Encoder, count: int) -> Index:
    """An index of `records` and as many distractors as make `count` passages."""
    keeper = Keeper(encoder)
    real = evaluation.index_records(records, keeper)
    vectors = [
        vectors_of(passage, keeper.kept[passage.text], real.background, by_mean=True) for passage in real.passages
    ]
    named = [words_of(passage) for passage in real.passages]
    pieces = [piece for passage in real.passages for piece in sentences(passage, keeper.kept[passage.text], real)]
    random = np.random.default_rng(0)
    for _ in range(count - len(real.passages)):
        parts, others = random_pieces(pieces, random), random_pieces(pieces, random)
        tokens = unit(sum(np.concatenate([part.tokens for part in side])[:MOST_TOKENS] for side in (parts, others)))
        ends = np.minimum(np.cumsum([len(part.tokens) for part in parts]), MOST_TOKENS)
        inside = np.stack([np.append(0, ends[:-1]), ends], axis=1)
        vectors.append(PassageVectors.of_tokens(tokens, np.zeros((len(tokens), 2), np.int32), inside))
        named.append([word for part in (*parts, *others) for word in part.words[::2]])
    passages = [real.passages[number % len(real.passages)] for number in range(len(vectors))]
    return assembled(list(real.documents.values()), passages, real.background, vectors, named)


def random_pieces(pieces: list[Piece], random: np.random.Generator) -> list[Piece]:
    """Sentences of as many tokens as a distractor has, or some more."""
    found: list[Piece] = []
    while sum(len(piece.tokens) for piece in found) < MOST_TOKENS:
        found.append(pieces[random.integers(len(pieces))])
    return found


def sentences(passage: Passage, encoding: TextEncoding, index: Index) -> list[Piece]:
    """The sentences of a real passage that have tokens."""
    tokens = index.background.centred(encoding.tokens, passage.language)
    inside = tokens_inside(encoding.spans, passage.sentences)
    return [
        Piece(tokens[first:last], words(passage.text[sentence.start : sentence.end], passage.language))
        for sentence, (first, last) in zip(passage.sentences, inside, strict=True)
        if first < last
    ]


def exhaustive(ranker: Retriever, query: EncodedQuery, count: int) -> list[int]:
    """The numbers of the ten passages that rescoring all of them puts first."""
    parts = [ranker.rescored(query, np.arange(at, min(at + STEP, count))) for at in range(0, count, STEP)]
    return np.argsort(-np.concatenate(parts), kind="stable")[:10].tolist()


def main() -> int:
    parser = argparse.ArgumentParser(description="What the stages before rescoring miss.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    encoder = load_encoder(find_model(), many=True)
    records, queries = pooled_sets(arguments.bench, arguments.sets.split(","))
    index = enlarged(records, encoder, arguments.passages)
    count = len(index.passages)
    ranker = Retriever(index, encoder)
    asked = [ranker.encode(make_query(q["text"])) for q in queries[:: -(-len(queries) // arguments.queries)]]
    best = [exhaustive(ranker, query, count) for query in asked]
    result: dict[str, Any] = {
        "sets": arguments.sets, "passages": count, "of these real": len(records), "queries": len(asked),
        **provenance(),
    }  # fmt: skip
    found = {size: [ranker.candidates(query, size)[0] for query in asked] for size in BY_VECTOR}
    result["by vectors, share of the best ten"] = {size: share(best, found[size]) for size in BY_VECTOR}
    result["sifted from these to n"] = {
        size: {
            left: share(best, [ranker.sifted(query, ids, left) for query, ids in zip(asked, found[size], strict=True)])
            for left in LEFT
        }
        for size in BY_VECTOR
    }
    report(result, arguments.out)
    return 0


def pooled_sets(bench: Path, names: list[str]) -> tuple[Records, Records]:
    """The passages of several sets, each text once, and the questions of all."""
    passages: dict[str, Any] = {}
    asked: Records = []
    for name in names:
        records, queries, _qrels = load(bench, name)
        passages |= {record["text"]: {**record, "id": f"{name}/{record['id']}"} for record in records}
        asked += queries
    return list(passages.values()), asked


def share(best: list[list[int]], found: list[Ids]) -> float:
    """The mean share of each question's `best` that is among what was `found`."""
    shares = [len(set(right) & set(ids.tolist())) / len(right) for right, ids in zip(best, found, strict=True)]
    return round(float(np.mean(shares)), 4)


if __name__ == "__main__":
    sys.exit(main())
