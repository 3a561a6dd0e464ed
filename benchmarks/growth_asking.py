"""Asks an index that is on the disk, in a process of its own, and prints what it took as JSON.

    python -m benchmarks.growth_asking INDEX QUESTIONS [--cold] [--opened] [--askers 8]

QUESTIONS: a file with a question a line. `--cold`: the index's files are first put out of the system's memory;
`--opened`: only one question is asked.
"""

import argparse
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import resident
from qa.assistant import Assistant

WARMING = 5
"""Questions that are asked before any counts."""


def forget(folder: Path) -> None:
    """Put the files of an index out of the system's memory, where it lets itself be told so."""
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def seconds(action: Callable[[], Any]) -> float:
    """What `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def times(taken: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    return {
        "median, ms": round(1000 * statistics.median(taken), 1),
        "p95, ms": round(1000 * float(np.percentile(taken, 95)), 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Asks an index and tells what it took.")
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--opened", action="store_true", help="ask one question only")
    parser.add_argument("--askers", type=int, default=8)
    arguments = parser.parse_args()
    questions = arguments.questions.read_text("utf-8").splitlines()
    if arguments.cold:
        forget(arguments.index)
    start = time.perf_counter()
    assistant = Assistant.open(arguments.index)
    result: dict[str, Any] = {"open, s": round(time.perf_counter() - start, 2)}
    result["first question, ms"] = round(1000 * seconds(lambda: assistant.ask(questions[0])), 1)
    if arguments.opened:
        print(json.dumps(result))
        return 0
    if not arguments.cold:
        for question in questions[:WARMING]:
            assistant.ask(question)
    result["ranking"] = times([seconds(lambda q=question: assistant.retrieve(q)) for question in questions])  # type: ignore[misc]
    result["answer"] = times([seconds(lambda q=question: assistant.ask(q)) for question in questions])  # type: ignore[misc]
    began = time.perf_counter()
    with ThreadPoolExecutor(arguments.askers) as askers:
        waiting = threading.Barrier(arguments.askers)

        def asks(question: str) -> float:
            return seconds(lambda: assistant.ask(question))

        for _ in range(arguments.askers):
            askers.submit(waiting.wait)
        taken = list(askers.map(asks, questions))
    result[f"answer, {arguments.askers} askers"] = {
        **times(taken), "answers a second": round(len(questions) / (time.perf_counter() - began), 1),
    }  # fmt: skip
    result["resident, MB"] = resident()
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
