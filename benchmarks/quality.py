"""Retrieval quality on published sets, beside the published figures of larger encoders.

    python -m benchmarks.quality BENCH [--sets mlqa/zho-eng,...] [--out FILE]

FILE keeps what it holds of other sets; each set has the commit and the machine beside its figures.

BENCH holds `<set>/passages.jsonl`, `queries.jsonl`, `qrels.tsv`. Each set is indexed as a user's documents would be and
each question asked by itself. The row `vector` ranks by the model's own vectors alone, made in the same pass: it shows
that the bundled model is the published one. `sdg/*` are the SDG targets of six languages in one pool.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.report import provenance
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.types import Encoder, EncoderIdentity, TextEncoding
from qa import evaluation
from qa.retriever import Retriever, Stage

PUBLISHED = {  # nDCG@10 x 100, from the results that MTEB publishes
    "multilingual-e5-small": {
        "mlqa/zho-zho": 80.7, "mlqa/zho-eng": 63.6, "mlqa/eng-zho": 64.3, "mlqa/eng-eng": 84.2, "mlqa/spa-zho": 76.8,
    },
    "multilingual-e5-large": {
        "mlqa/zho-zho": 84.9, "mlqa/zho-eng": 77.5, "mlqa/eng-zho": 77.8, "mlqa/eng-eng": 87.5, "mlqa/spa-zho": 86.5,
        "xquad/zh": 96.4, "xquad/en": 98.4,
    },
    "bge-m3": {
        "mlqa/zho-zho": 84.7, "mlqa/zho-eng": 79.7, "mlqa/eng-zho": 84.7, "mlqa/eng-eng": 84.2, "mlqa/spa-zho": 84.0,
    },
    "embeddinggemma-300m": {
        "mlqa/zho-zho": 85.2, "mlqa/zho-eng": 85.9, "mlqa/eng-zho": 85.5, "mlqa/eng-eng": 86.6, "mlqa/spa-zho": 88.8,
    },
}  # fmt: skip
SETS = ("mlqa/zho-eng", "mlqa/eng-zho", "mlqa/zho-zho", "mlqa/eng-eng", "mlqa/spa-zho", "xquad/zh", "xquad/en",
        "xquad/mixed", "sdg/mixed", "cmrc2018_trial", "squad2_es")  # fmt: skip
STAGES = {"dense": Stage.DENSE, "words": Stage.WORDS, "dense,words": Stage.DENSE | Stage.WORDS, "all": Stage.ALL}
MOST_QUERIES = 1200
"""Of a larger set every n-th question is asked."""

Records = list[dict[str, Any]]


class Recorder:
    """An encoder that keeps the model's own vectors of passages, and questions, which every stage asks again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.vectors: dict[str, Any] = {}
        self.tokens: dict[str, int] = {}
        self.queries: dict[str, TextEncoding] = {}

    @property
    def identity(self) -> EncoderIdentity:
        return self._encoder.identity

    @property
    def pools_by_mean(self) -> bool:
        return self._encoder.pools_by_mean

    @property
    def multi_vector(self) -> bool:
        return self._encoder.multi_vector

    def encode_query(self, query: str) -> TextEncoding:
        if query not in self.queries:
            self.queries[query] = self._encoder.encode_query(query)
        return self.queries[query]

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        encodings = self._encoder.encode_passages(texts)
        for text, encoding in zip(texts, encodings, strict=True):
            self.vectors[text], self.tokens[text] = encoding.vector, len(encoding.tokens)
        return encodings


def load(bench: Path, name: str) -> tuple[Records, Records, evaluation.Qrels]:
    """Passages, judged queries and judgements of a set."""
    if name == "xquad/mixed":
        return mixed_xquad(bench)
    if name == "sdg/mixed":
        return mixed_sdg(bench)
    passages = evaluation.read_jsonl(bench / name / "passages.jsonl")
    qrels = evaluation.read_qrels(bench / name / "qrels.tsv")
    queries = [query for query in evaluation.read_jsonl(bench / name / "queries.jsonl") if query["id"] in qrels]
    return passages, queries[:: -(-len(queries) // MOST_QUERIES)], qrels


def mixed_xquad(bench: Path) -> tuple[Records, Records, evaluation.Qrels]:
    """Chinese and English passages in one pool, every second question in each language, both versions right.

    XQuAD is parallel: the n-th passage of one language is the n-th of the other.
    """
    (zh, zh_queries, zh_qrels), (en, en_queries, en_qrels) = (load(bench, f"xquad/{code}") for code in ("zh", "en"))
    names = {code: [p["id"] for p in passages] for code, passages in (("zh", zh), ("en", en))}
    passages = [{**p, "id": f"{code}:{p['id']}"} for code, ps in (("zh", zh), ("en", en)) for p in ps]
    queries, qrels = [], {}
    for code, asked, judged in (("zh", zh_queries, zh_qrels), ("en", en_queries, en_qrels)):
        for query in asked[::2]:
            places = [names[code].index(p) for p in judged[query["id"]]]
            queries.append({**query, "id": f"{code}:{query['id']}"})
            qrels[f"{code}:{query['id']}"] = {f"{c}:{names[c][place]}": 1 for place in places for c in names}
    return passages, queries, qrels


def mixed_sdg(bench: Path) -> tuple[Records, Records, evaluation.Qrels]:
    """The SDG targets in six languages in one pool; each third target is asked, its other five versions are right."""
    records = evaluation.read_jsonl(bench / "un_sdg_targets" / "passages.jsonl")
    queries = [{**record, "id": f"q:{record['id']}"} for record in records[::3]]
    versions: dict[str, dict[str, int]] = {}
    for record in records:
        versions.setdefault(record["group"], {})[record["id"]] = 1
    qrels = {query["id"]: {p: 1 for p in versions[query["group"]] if f"q:{p}" != query["id"]} for query in queries}
    return records, queries, qrels


def by_vector(
    recorder: Recorder, plain: SentenceTransformer, passages: Records, queries: Records
) -> evaluation.Rankings:
    """The run of the model's own vectors by cosine, long passages cut off as in the published figures."""
    texts = [f"{p.get('title') or ''} {p['text']}".strip() for p in passages]
    long = [i for i, text in enumerate(texts) if recorder.tokens[text] > plain.max_seq_length - 8]
    matrix = np.stack([recorder.vectors[text] for text in texts])
    if long:
        matrix[long] = plain.encode_document([texts[i] for i in long])
    rankings = {}
    for query in queries:
        cosines = matrix @ recorder.queries[query["text"]].vector
        rankings[query["id"]] = {passages[i]["id"]: float(cosines[i]) for i in np.argsort(-cosines)[:100].tolist()}
    return rankings


def evaluate(bench: Path, name: str, encoder: Encoder, plain: SentenceTransformer) -> dict[str, Any]:
    """All figures of one set."""
    passages, queries, qrels = load(bench, name)
    asked = {query["id"]: qrels[query["id"]] for query in queries}
    recorder = Recorder(encoder)
    start = time.perf_counter()
    index = evaluation.index_records(passages, recorder)
    result: dict[str, Any] = {
        "passages": len(passages), "queries": len(queries), "passages/s": len(passages) / (time.perf_counter() - start)
    }  # fmt: skip
    for label, stages in STAGES.items():
        rankings, _ = evaluation.run_queries(Retriever(index, recorder, stages), queries, 101)
        result[label] = evaluation.measure(asked, others(rankings))
    result["vector"] = evaluation.measure(asked, others(by_vector(recorder, plain, passages, queries)))
    return result


def others(rankings: evaluation.Rankings) -> evaluation.Rankings:
    """A run without the passages that are the question itself, as in `sdg/mixed`."""
    return {query: {p: s for p, s in scores.items() if f"q:{p}" != query} for query, scores in rankings.items()}


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as a Markdown table: nDCG@10 x 100."""
    names = list(results)
    lines = ["| nDCG@10 | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    rows = {
        label: [f"{results[n][label]['nDCG@10'] * 100:.1f}" if label in results[n] else "-" for n in names]
        for label in ("vector", *STAGES)
    }
    rows |= {f"published {model}": [str(figures.get(n, "-")) for n in names] for model, figures in PUBLISHED.items()}
    lines += [f"| {label} | {' | '.join(cells)} |" for label, cells in rows.items()]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Retrieval quality on published sets.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--model", default="")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    model = find_model(arguments.model)
    encoder = load_encoder(model, many=True)
    plain = SentenceTransformer(str(model.folder), local_files_only=True)
    written = json.loads(arguments.out.read_text("utf-8")) if arguments.out and arguments.out.exists() else {}
    results: dict[str, Any] = {name: written[name] for name in SETS if name in written}
    for name in arguments.sets.split(","):
        figures = evaluate(arguments.bench, name, encoder, plain)
        results[name] = {**provenance(), "model": model.identity.name, **figures}
        print(name, json.dumps(results[name]), file=sys.stderr, flush=True)
        if arguments.out:
            arguments.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
