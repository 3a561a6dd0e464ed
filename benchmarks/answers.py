"""How far answers can be trusted: the marked sentence, absence, relevance as a probability, follow-ups.

    python -m benchmarks.answers BENCH [--parts sentences,absence,followups] [--out FILE] [--plot FILE.svg]

- `sentences`: is the answer inside the sentence that is marked in the gold passage? Where answers are given:
  `cmrc2018_trial` and `squad2_es`; and across languages, as `squad2_es` has questions of XQuAD, these in English and
  Chinese on its Spanish passages. (XQuAD and MLQA are given without their answers.) `chance`: a sentence at random.
- `absence`: each question is asked once as it is and once with its gold passages left out. `auroc` of the first hit's
  relevance between both; `answered_5`: the share answered where 5 % of those without gold are; `line`: the share
  answered by the line that ships, with what then passes of questions without gold (`near_misses`) and of another set's
  (`strangers`). `adversarial`: the questions of `squad2_es` that its passages do not answer, instead of those without
  gold.
- `calibration`: of the first five hits, by relevance in tenths, how many there are and how many are gold; `ece`, the
  mean distance between both, weighted.
- `followups`: see `benchmarks/followups.py`.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks import followups
from benchmarks.report import provenance, report
from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.vectors import one_blas_thread
from qa import evaluation
from qa.marking import PassageMatch, sentence_at, sentence_scores
from qa.query import make_query
from qa.retriever import Retriever
from qa.types import ScoredPassage

PARTS: Final = ("sentences", "absence", "followups")
MOST: Final = 400
"""Of a larger set every n-th question is asked."""
HITS: Final = 5
PAIRS: Final = {  # questions, passages
    "xquad/zh": ("xquad/zh", "xquad/zh"),
    "xquad/en": ("xquad/en", "xquad/en"),
    "mlqa/zho-zho": ("mlqa/zho-zho", "mlqa/zho-zho"),
    "mlqa/eng-eng": ("mlqa/eng-eng", "mlqa/eng-eng"),
    "cmrc2018_trial": ("cmrc2018_trial", "cmrc2018_trial"),
    "squad2_es": ("squad2_es", "squad2_es"),
    "xquad/en on zh": ("xquad/en", "xquad/zh"),
    "xquad/zh on en": ("xquad/zh", "xquad/en"),
    "mlqa/zho-eng": ("mlqa/zho-eng", "mlqa/zho-eng"),
    "mlqa/eng-zho": ("mlqa/eng-zho", "mlqa/eng-zho"),
    "mlqa/spa-zho": ("mlqa/spa-zho", "mlqa/spa-zho"),
}
STRANGERS: Final = {
    "xquad": "cmrc2018_trial",
    "mlqa": "xquad/zh",
    "cmrc2018_trial": "xquad/zh",
    "squad2_es": "mlqa/eng-eng",
}
"""Whose questions are asked of a set's passages besides, by the set's beginning: none shares its subjects."""

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's hits, best first, and which passages are right."""

    query: Mapping[str, Any]
    hits: tuple[ScoredPassage, ...]
    gold: frozenset[str]

    def first(self, *, without_gold: bool = False) -> float:
        """The relevance of the first hit, 0 where there is none."""
        kept = (hit for hit in self.hits if not (without_gold and hit.passage.passage_id in self.gold))
        hit = next(kept, None)
        return 0.0 if hit is None or hit.relevance is None else hit.relevance


class Sets:
    """The sets of a folder, each indexed once."""

    def __init__(self, folder: Path) -> None:
        model = find_model()
        self.folder = folder
        self.many, self.one = load_encoder(model, many=True), load_encoder(model)
        self._retrievers: dict[str, tuple[Index, Retriever]] = {}

    def questions(self, name: str) -> Records:
        """The questions of a set, all of them."""
        return evaluation.read_jsonl(self.folder / name / "queries.jsonl")

    def passages(self, name: str) -> tuple[Index, Retriever]:
        """A set's passages, indexed."""
        if name not in self._retrievers:
            print(f"indexing {name}", file=sys.stderr)
            index = evaluation.index_records(evaluation.read_jsonl(self.folder / name / "passages.jsonl"), self.many)
            self._retrievers[name] = (index, Retriever(index, self.one))
        return self._retrievers[name]

    def qrels(self, name: str) -> evaluation.Qrels:
        """A set's judgements."""
        return evaluation.read_qrels(self.folder / name / "qrels.tsv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path, help="draw the reliability of relevance as SVG")
    arguments = parser.parse_args()
    parts = arguments.parts.split(",")
    sets = Sets(arguments.bench)
    found: dict[str, Any] = {**provenance()}
    if "sentences" in parts:
        found["sentences"] = sentences(sets)
    if "absence" in parts:
        found["absence"], found["calibration"] = absence(sets)
        if arguments.plot:
            arguments.plot.write_text(plot(found["calibration"]), "utf-8")
    if "followups" in parts:
        index, _ = sets.passages(followups.SET)
        found["followups"] = followups.evaluate(arguments.bench, index, sets.one)
    report(found, arguments.out)


def taken(questions: Records) -> Records:
    """At most `MOST` of them, evenly taken."""
    return questions[:: -(-len(questions) // MOST)]


# --- The marked sentence ---------------------------------------------------------------------------------------------


def sentences(sets: Sets) -> dict[str, dict[str, float]]:
    """For each pair of languages the share of questions whose answer is inside the marked sentence."""
    found = {}
    answered = {record["id"]: record for record in sets.questions("squad2_es") if record["answerable"]}
    for name, questions, passages in (
        ("zh", taken(sets.questions("cmrc2018_trial")), "cmrc2018_trial"),
        ("es", taken(list(answered.values())), "squad2_es"),
        ("en on es", with_answers(sets.questions("xquad/en"), answered), "squad2_es"),
        ("zh on es", with_answers(sets.questions("xquad/zh"), answered), "squad2_es"),
    ):
        inside, chance = zip(*marked(sets, questions, passages), strict=True)
        found[name] = {
            "questions": len(inside),
            "inside": round(float(np.mean(inside)), 3),
            "chance": round(float(np.mean(chance)), 3),
        }
        print(name, found[name], file=sys.stderr)
    return found


def with_answers(questions: Records, answered: Mapping[str, Mapping[str, Any]]) -> Records:
    """The questions that the Spanish set has too, with its answers and passage."""
    return [
        {**question, "answers": other["answers"], "source_pid": other["source_pid"]}
        for question in questions
        if (other := answered.get(f"es:{question['id']}")) is not None
    ]


def marked(sets: Sets, questions: Iterable[Mapping[str, Any]], passages: str) -> Iterator[tuple[bool, float]]:
    """For each question whether its answer is inside the marked sentence of its passage, and how many sentences have
    it."""
    index, retriever = sets.passages(passages)
    numbers = {passage.passage_id: number for number, passage in enumerate(index.passages)}
    for question in questions:
        number = numbers[question["source_pid"]]
        passage, stored = index.passages[number], index.tokens.of(number)
        answers = [answer.strip() for answer in question["answers"] if answer.strip()]
        have = [any(a in passage.text[s.start : s.end] for a in answers) for s in passage.sentences]
        if len(have) < 2 or not any(have):  # nothing to choose, or an answer that two sentences share
            continue
        with one_blas_thread():
            query = retriever.encode(make_query(question["text"])).tokens
            best = int(np.argmax(sentence_scores(query, PassageMatch.of(query, stored))))
        sentence = sentence_at(passage, stored, best)
        yield have[passage.sentences.index(sentence)], float(np.mean(have))


# --- Absence and calibration -----------------------------------------------------------------------------------------


def absence(sets: Sets) -> tuple[dict[str, Any], dict[str, Any]]:
    """For each pair what can be told apart, and how relevance is calibrated."""
    found: dict[str, Any] = {}
    hits: dict[str, list[tuple[float, bool]]] = {"same language": [], "across": []}
    for name, (questions, passages) in PAIRS.items():
        asked = list(ask(sets, sets.questions(questions), passages))
        answerable = [each for each in asked if each.gold]
        strangers = next(other for begin, other in STRANGERS.items() if name.startswith(begin))
        strange = list(ask(sets, sets.questions(strangers)[::3], passages))
        line = sets.passages(passages)[1].calibration
        assert line is not None
        least = line.line.relevance
        right = [each.first() for each in answerable]
        left_out = [each.first(without_gold=True) for each in answerable]
        found[name] = {
            "questions": len(answerable),
            **apart(right, left_out),
            "line": share(right, least),
            "near_misses": share(left_out, least),
            "strangers": share([each.first() for each in strange], least),
        }
        adversarial = [each.first() for each in asked if each.query.get("answerable") is False]
        if adversarial:
            found[f"{name}, adversarial"] = {
                "questions": len(adversarial), **apart(right, adversarial), "near_misses": share(adversarial, least)
            }  # fmt: skip
        kind = "same language" if answerable[0].query["lang"] == answerable[0].hits[0].passage.language else "across"
        for each in answerable:
            hits[kind] += [(hit.relevance or 0.0, hit.passage.passage_id in each.gold) for hit in each.hits[:HITS]]
        print(name, found[name], file=sys.stderr)
    return found, {kind: reliability(values) for kind, values in hits.items()}


def ask(sets: Sets, questions: Records, passages: str) -> Iterator[Asked]:
    """Ask a set's passages; the hits are enough for the first that is not gold."""
    _, retriever = sets.passages(passages)
    qrels = sets.qrels(passages)
    for question in taken(questions):
        gold = frozenset(qrels.get(question["id"], {}))
        yield Asked(question, tuple(retriever.retrieve(make_query(question["text"]), HITS + len(gold))), gold)


def apart(right: Sequence[float], wrong: Sequence[float]) -> dict[str, float]:
    """AUROC, by ranks (Mann and Whitney), and the share of `right` above what 5 % of `wrong` reach."""
    values = np.concatenate([right, wrong])
    order = values.argsort(kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):  # ties share their mean rank
        same = values == value
        if same.sum() > 1:
            ranks[same] = ranks[same].mean()
    auroc = (ranks[: len(right)].sum() - len(right) * (len(right) + 1) / 2) / (len(right) * len(wrong))
    return {"auroc": round(float(auroc), 3), "answered_5": share(right, float(np.quantile(wrong, 0.95)))}


def share(values: Sequence[float], least: float) -> float:
    """The share of `values` from `least` on."""
    return round(float(np.mean(np.array(values) >= least)), 3)


def reliability(hits: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Hits by relevance in tenths: how many, their mean relevance, and the share that is right."""
    said = np.array([relevance for relevance, _ in hits])
    right = np.array([gold for _, gold in hits], float)
    tenth = np.minimum((said * 10).astype(int), 9)
    bins = [
        {
            "hits": int(inside.sum()),
            "said": round(float(said[inside].mean()), 3),
            "right": round(float(right[inside].mean()), 3),
        }
        for number in range(10)
        if (inside := tenth == number).any()
    ]
    ece = sum(each["hits"] * abs(each["said"] - each["right"]) for each in bins) / len(hits)
    return {"ece": round(ece, 3), "bins": bins}


def plot(calibration: Mapping[str, Mapping[str, Any]]) -> str:
    """Said against right, a line for each kind, as SVG."""
    lines = []
    for (kind, measured), colour in zip(calibration.items(), ("#1f6feb", "#c2410c"), strict=True):
        points = [(40 + 300 * each["said"], 340 - 300 * each["right"]) for each in measured["bins"]]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4"/>' for x, y in points)
        lines.append(
            f'<g fill="{colour}"><polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
            f'<text x="50" y="{60 + 18 * len(lines)}">{kind}, error {measured["ece"]:.3f}</text></g>'
        )
    axes = "".join(
        f'<text x="{40 + 300 * i / 10:.0f}" y="358" text-anchor="middle">{i / 10:.1f}</text>'
        f'<text x="34" y="{344 - 300 * i / 10:.0f}" text-anchor="end">{i / 10:.1f}</text>'
        for i in range(0, 11, 2)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="360" height="385" font-family="sans-serif" font-size="12">'
        '<rect width="360" height="385" fill="#fff"/><path d="M40 340H340V40M40 340V40H340M40 340L340 40" '
        f'fill="none" stroke="#999"/>{axes}<text x="190" y="376" text-anchor="middle">relevance as shown</text>'
        '<text transform="translate(10 190) rotate(-90)" text-anchor="middle">share that is right</text>'
        f"{''.join(lines)}</svg>\n"
    )


if __name__ == "__main__":
    main()
