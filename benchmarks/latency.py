"""What a question costs, and what indexing costs beside a plain encoding of the same texts.

    python -m benchmarks.latency [--passages 10000] [--tokens 200] [--out FILE]

The index is made up: token vectors and words at random, of the size that real paragraphs give, since time depends on
sizes alone. The encoder, the questions and the texts for the ratio are real. Times are medians in milliseconds.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import provenance, report
from embeddings import documents
from embeddings.background import Background
from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.indexing import assembled, index_passages
from embeddings.models import find_model
from embeddings.passage_vectors import PassageVectors
from embeddings.passages import split_document
from embeddings.types import Document, Passage, Run, SourceFile, Span
from embeddings.vectors import unit
from qa.query import make_query
from qa.retriever import Retriever

QUESTIONS = (
    "which countries use unexplained-wealth orders?",
    "哪些国家使用来历不明财富令？",
    "какие потребности в технической помощи были выявлены?",
    "¿qué propuso un orador sobre la transparencia de los activos devueltos?",
)
SENTENCES = 8
DIMENSION = 384


def made_up_index(count: int, length: int) -> Index:
    """`count` passages of `length` tokens in eight sentences."""
    random = np.random.default_rng(0)
    starts = np.linspace(0, length, SENTENCES, endpoint=False).astype(np.int64)
    inside = np.stack([starts, np.append(starts[1:], length)], axis=1)
    spans = np.stack([np.arange(length), np.arange(1, length + 1)], axis=1).astype(np.int32)
    text = "x" * length
    sentences = tuple(Span(int(a), int(b)) for a, b in inside)
    vectors, passages, words = [], [], []
    vocabulary = np.array([f"word{i}" for i in range(50_000)])
    for number in range(count):
        tokens = unit(random.standard_normal((length, DIMENSION), dtype=np.float32))
        vectors.append(PassageVectors.of_tokens(tokens, spans, inside))
        words.append(vocabulary[(random.zipf(1.3, length // 2) - 1) % len(vocabulary)].tolist())
        passages.append(
            Passage(f"p#{number}", "p", (), str(number), "en", text, (Run(0, 0, length),), sentences, 0, length)
        )
    document = Document("p", "made up", "en", SourceFile("p.txt", 0, ""), text, ())
    background = Background({}, np.zeros(DIMENSION, np.float32), np.eye(DIMENSION, dtype=np.float32))
    return assembled([document], passages, background, vectors, words)


def median_ms(action: Callable[[str], Any]) -> float:
    """The median time of `action` on questions in turn, in milliseconds, after one that does not count."""
    action(QUESTIONS[0])
    taken = []
    for question in QUESTIONS * 10:
        start = time.perf_counter()
        action(question)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def asking(retriever: Retriever) -> Callable[[str], Any]:
    """What asks `retriever` a question, from its text to the ranked passages."""
    return lambda question: retriever.retrieve(make_query(question))


def main() -> int:
    from sentence_transformers import SentenceTransformer

    parser = argparse.ArgumentParser(description="What a question and indexing cost.")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    model = find_model()
    encoder, builder = load_encoder(model), load_encoder(model, many=True)
    result: dict[str, Any] = {**provenance(), "passages": arguments.passages}

    seeds = Path("seeds")
    own: list[Passage] = []
    for source in documents.scan(seeds).sources:
        own += split_document(source, documents.read(seeds, source))[1]
    plain = SentenceTransformer(str(model.folder), local_files_only=True)
    texts = [passage.text for passage in own]
    ratios = []
    for _ in range(6):  # in turn, so that both meet the same machine
        start = time.perf_counter()
        plain.encode_document(texts)
        middle = time.perf_counter()
        index_passages([_document(own)], own, builder)
        ratios.append((time.perf_counter() - middle) / (middle - start))
    result["indexing / plain encode"] = round(statistics.median(ratios[1:]), 3)

    for label, index in (
        ("seed", index_passages([_document(own)], own, encoder)),
        ("made up", made_up_index(arguments.passages, arguments.tokens)),
    ):
        result[f"question, {label}, ms"] = round(median_ms(asking(Retriever(index, encoder))), 1)
    result["of which encoding, ms"] = round(median_ms(encoder.encode_query), 1)
    report(result, arguments.out)
    return 0


def _document(passages: list[Passage]) -> Document:
    return Document(passages[0].doc_id, "", "", SourceFile("", 0, ""), "", ())


if __name__ == "__main__":
    sys.exit(main())
