"""Where the milliseconds of a question go, part by part (`embeddings/timing.py` says which there are).

    python -m benchmarks.query_path [--passages 10000] [--tokens 200] [--runs 3] [--out FILE]

"cold": `qa ask` from a process of its own, from the imports on; Python's own start is not in it. "seed": questions one
after another over the index of seeds/, to the answer as text. "made up": the same over an index of random vectors and
words (benchmarks/latency.py), without answers to be read; 0 passages leave it out. Medians, in milliseconds; what a
question does not have counts as 0. "together": the median of the sums.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.latency import QUESTIONS, asking, made_up_index
from benchmarks.report import provenance, report
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.timing import Part, Stopwatch, listening
from qa.assistant import Assistant
from qa.output import as_text
from qa.retriever import Retriever

ROUNDS = 10


def medians(measured: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """The median of each part, and of the sums."""
    runs = [{**parts, "together": sum(parts.values())} for parts in measured]
    names = [*(part.value for part in Part if any(part in run for run in runs)), "together"]
    return {name: round(statistics.median(run.get(name, 0.0) for run in runs), 2) for name in names}


def warm(action: Callable[[str], Any]) -> dict[str, float]:
    """What the parts of `action` take on questions in turn, after each was asked once."""
    measured = []
    for round_number in range(ROUNDS + 1):
        for question in QUESTIONS:
            watch = Stopwatch()
            with listening(watch):
                action(question)
            if round_number:
                measured.append(watch.milliseconds())
    return medians(measured)


def cold(question: str) -> dict[str, float]:
    """What the parts of `qa ask` take from nothing running."""
    command = [sys.executable, "-m", "qa.cli", "ask", "--timings", "--json", question]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    timings: dict[str, float] = json.loads(printed)["timings"]
    return timings


def main() -> int:
    parser = argparse.ArgumentParser(description="Where the milliseconds of a question go.")
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    subprocess.run([sys.executable, "-m", "embeddings", "--if-needed"], check=True)
    result: dict[str, Any] = {**provenance()}
    result["cold, ms"] = medians(cold(QUESTIONS[0]) for _ in range(arguments.runs))
    assistant = Assistant.open("index")
    result["seed, ms"] = warm(lambda question: as_text(assistant.ask(question)))
    if arguments.passages:
        index = made_up_index(arguments.passages, arguments.tokens)
        result["passages made up"] = arguments.passages
        result["made up, ms"] = warm(asking(Retriever(index, load_encoder(find_model()))))
    report(result, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
