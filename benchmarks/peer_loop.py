"""A peer's side of `benchmarks.peers`: what every peer's program does, and the benchmark measures.

    python -m benchmarks.peer_<name> index|ask MODEL FOLDER [OPTION...]

Runs in an environment that has the peer and nothing of this project, so this file and those that use it import neither.
One JSON value a line comes in on standard input and one goes out on standard output. `index`: a list of texts comes
in, is indexed and written to FOLDER. `ask`: with what stands there `{"questions": [...], "count": n}` is answered by
`hits`, the places in that list of the n texts nearest to each question, best first, and `each`, the seconds it took.

The model is loaded, and FOLDER read, before the first line is read: times are of the work alone, and with models and
libraries at hand. What a library prints goes to standard error.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Indexer = Callable[[list[str], Path], None]
"""Indexes texts and writes the index into a folder that is there and empty."""
Asker = Callable[[str, int], list[int]]
"""The places of so many texts nearest to a question, best first; fewer where fewer have anything of it."""


def serve(indexing: Callable[[str], Indexer], asking: Callable[[str, Path], Asker]) -> None:
    """Run a peer's program. `indexing` loads what indexing takes of a model's folder; `asking` what asking takes, and
    the index."""
    purpose, model, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)
        reply = _indexer(indexing(model), folder) if purpose == "index" else _asker(asking(model, folder))
        for line in sys.stdin:
            start, busy = time.perf_counter(), time.process_time()
            found = reply(json.loads(line))
            seconds, cpu = time.perf_counter() - start, time.process_time() - busy
            print(json.dumps({**found, "seconds": seconds, "cpu": cpu, "memory": peak_memory()}), file=replies)
            replies.flush()


def _indexer(index: Indexer, folder: Path) -> Callable[[Any], dict[str, Any]]:
    def reply(texts: Any) -> dict[str, Any]:
        index(texts, folder)
        return {}

    return reply


def _asker(ask: Asker) -> Callable[[Any], dict[str, Any]]:
    def reply(asked: Any) -> dict[str, Any]:
        hits, each = [], []
        for question in asked["questions"]:
            start = time.perf_counter()
            hits.append(ask(question, asked["count"]))
            each.append(time.perf_counter() - start)
        return {"hits": hits, "each": each}

    return reply


def peak_memory() -> int:
    """The most bytes of memory that this process has had resident, files that are mapped included."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:  # not Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    # Not ru_maxrss: there it has what the process that started this one had.
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
