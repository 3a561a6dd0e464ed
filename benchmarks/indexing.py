"""How fast an index is built, and how much of what the machine could do that is.

    python -m benchmarks.indexing BENCH [--sets mtrag_human,...] [--passages 400] [--devices cpu,cpu] [--out FILE]

The same real texts (`benchmarks/quality.py` says what BENCH holds) are indexed in turn with the model run by torch, by
onnxruntime and by a pool of processes, several rounds; figures are medians. In each round the machine's peak is
measured as well: what torch reaches in the matrix products of the model's own shapes, in float32, with as many threads.
"all passages": what goes through the model when all texts of the sets are indexed, counted without running it.

The work of a token is counted as in Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", appendix F:
two operations for each weight of a layer's matrices, which are four of hidden x hidden and two of hidden x
intermediate; and in each layer 4 x length x hidden for the products of queries with keys, and of what comes of these
with values, `length` being how many tokens its text has. Padding is no work: it lowers the share.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.quality import Records, load
from benchmarks.report import provenance, report
from embeddings.device_pool import PooledEncoder, PoolRuntime
from embeddings.encoder import ModelEncoder, exported_runtimes
from embeddings.models import Model, find_model
from embeddings.pieces import Tokenizes
from embeddings.runtime import TOKENS_A_BATCH, Ids, Runtime, Settings
from embeddings.torch_runtime import TorchRuntime
from embeddings.types import Encoder, Vectors
from qa import evaluation

SETS = "mtrag_human,sdg/mixed,mlqa/eng-eng,squad2_es,xquad/zh,cmrc2018_trial"
ROUNDS = 3
SECONDS_A_SHAPE = 0.5


class Meter:
    """A runtime that keeps how many tokens went through it, how many of them were padding, and how long it took."""

    def __init__(self, runtime: Runtime, work: Callable[[Ids], float]) -> None:
        """`work`: operations that texts of these lengths [num_texts] take."""
        self._runtime = runtime
        self._work = work
        self.clear()

    def clear(self) -> None:
        """Begin again."""
        self.tokens = self.padded = 0
        self.operations = self.seconds = 0.0

    @property
    def settings(self) -> Settings:
        return self._runtime.settings

    @property
    def tokenizer(self) -> Tokenizes:
        return self._runtime.tokenizer

    @property
    def tokens_a_batch(self) -> int:
        return self._runtime.tokens_a_batch

    @property
    def width(self) -> int:
        return getattr(self._runtime, "width", 1)

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        return next(self.forward_all([(ids, mask)]))

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        given = list(batches)
        for ids, mask in given:
            self.tokens += int(mask.sum())
            self.padded += ids.size
            self.operations += self._work(mask.sum(axis=1))
        start = time.perf_counter()
        for output in self._runtime.forward_all(given):
            self.seconds += time.perf_counter() - start
            yield output
            start = time.perf_counter()


def work_of(model: Model) -> Callable[[Ids], float]:
    """How many operations texts of given lengths take, as the module's docstring counts them."""
    layers, hidden, inner = _sizes(model)

    def work(lengths: Ids) -> float:
        matrices = 2 * (4 * hidden**2 + 2 * hidden * inner) * lengths.sum()
        return float(layers * (matrices + 4 * hidden * (lengths**2).sum()))

    return work


def peak(model: Model) -> dict[str, float]:
    """GFLOP/s of torch in the products that the model consists of, by the shape of the weights: the best of many."""
    _, hidden, inner = _sizes(model)
    reached = {}
    for rows, columns in ((hidden, hidden), (hidden, inner), (inner, hidden)):
        values, weights = torch.rand(TOKENS_A_BATCH, rows), torch.rand(rows, columns)
        products = torch.empty(TOKENS_A_BATCH, columns)
        best = float("inf")
        end = time.perf_counter() + SECONDS_A_SHAPE
        while time.perf_counter() < end:
            start = time.perf_counter()
            torch.mm(values, weights, out=products)
            best = min(best, time.perf_counter() - start)
        reached[f"{rows} x {columns}"] = 2 * TOKENS_A_BATCH * rows * columns / best / 1e9
    return reached


class Idle:
    """A runtime that makes zeros of everything: what goes through a model, without the model."""

    def __init__(self, runtime: Runtime, hidden: int) -> None:
        self.settings, self.tokenizer, self.tokens_a_batch = runtime.settings, runtime.tokenizer, runtime.tokens_a_batch
        self._hidden = hidden

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:  # noqa: ARG002
        return np.zeros((*ids.shape, self._hidden), np.float32), np.zeros((len(ids), self._hidden), np.float32)

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        return (self.forward(ids, mask) for ids, mask in batches)


def _sizes(model: Model) -> tuple[int, int, int]:
    """Layers, hidden and intermediate size."""
    config = json.loads((model.folder / "config.json").read_text("utf-8"))
    return config["num_hidden_layers"], config["hidden_size"], config["intermediate_size"]


def texts_of(bench: Path, sets: str, count: int) -> Records:
    """About `count` passages, evenly from all sets."""
    found = [record for name in sets.split(",") for record in load(bench, name)[0]]
    chosen = found[:: max(1, len(found) // count)]
    return [{**record, "id": str(number)} for number, record in enumerate(chosen)]


def built(records: Records, encoder: Encoder, meter: Meter, most: float) -> dict[str, float]:
    """Index the records once; `most`: the machine's peak, in GFLOP/s."""
    meter.clear()
    start = time.perf_counter()
    evaluation.index_records(records, encoder)
    seconds = time.perf_counter() - start
    return {
        "passages/s": len(records) / seconds,
        "tokens/s": meter.tokens / seconds,
        "share of peak": meter.operations / seconds / most / 1e9,
        "share of peak, the model alone": meter.operations / meter.seconds / most / 1e9,
        "time in the model": meter.seconds / seconds,
        **counts(meter),
    }


def counts(meter: Meter) -> dict[str, float]:
    """The tokens that went through a model, the share of padding beside them, and the work of one of them."""
    return {
        "tokens": meter.tokens,
        "padding": round(1 - meter.tokens / meter.padded, 4),
        "MFLOP a token": round(meter.operations / meter.tokens / 1e6, 2),
    }


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure, to four digits."""
    return {name: float(f"{statistics.median(each[name] for each in rounds):.4g}") for name in rounds[0]}


def main() -> int:
    parser = argparse.ArgumentParser(description="How fast an index is built.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--passages", type=int, default=400)
    parser.add_argument("--devices", default="cpu,cpu")
    parser.add_argument("--model", default="")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    model = find_model(arguments.model)
    work = work_of(model)
    records = texts_of(arguments.bench, arguments.sets, arguments.passages)
    pool = PoolRuntime(model, arguments.devices.split(","))
    try:
        runtime = TorchRuntime(model, "cpu")
        idle = Meter(Idle(runtime, _sizes(model)[1]), work)
        everything = texts_of(arguments.bench, arguments.sets, sys.maxsize)
        evaluation.index_records(everything, ModelEncoder(model.identity, idle))
        meters = {
            "torch": Meter(runtime, work),
            "onnxruntime": Meter(exported_runtimes(model)[0], work),
            f"pool {arguments.devices}": Meter(pool, work),
        }
        encoders: dict[str, Encoder] = {
            name: (ModelEncoder if meter.width == 1 else PooledEncoder)(model.identity, meter)
            for name, meter in meters.items()
        }
        start = time.perf_counter()
        for encoder in encoders.values():
            start = time.perf_counter()
            encoder.encode_passages(["which countries use unexplained-wealth orders?"])
        starting = time.perf_counter() - start  # of the pool, the last one
        peaks = []
        rounds: dict[str, list[dict[str, float]]] = {name: [] for name in meters}
        for _ in range(ROUNDS):
            peaks.append(peak(model))
            for name, meter in meters.items():
                rounds[name].append(built(records, encoders[name], meter, max(peaks[-1].values())))
    finally:
        pool.close()
    result: dict[str, Any] = {
        **provenance(), "threads": torch.get_num_threads(), "model": model.identity.name,
        "all passages": {"passages": len(everything), **counts(idle)}, "passages": len(records),
        "matrix products, GFLOP/s": medians(peaks), "pool's start, s": round(starting, 1),
        **{name: medians(each) for name, each in rounds.items()},
    }  # fmt: skip
    for name in list(meters)[1:]:
        pairs = zip(rounds[name], rounds["torch"], strict=True)
        result[f"{name} / torch"] = round(statistics.median(a["passages/s"] / b["passages/s"] for a, b in pairs), 3)
    report(result, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
