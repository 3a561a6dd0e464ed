"""What a rebuild costs when little has changed, and opening an index of a given size.

    python -m benchmarks.rebuilding [--paragraphs 10000] [--out FILE]

The paragraphs are made up, 200 words each, in files of a hundred. So are their vectors, of the usual dimension, since
what is measured is everything but the encoding: reading, words, copying, writing, checking. Encoding one paragraph
takes about 30 ms besides.
"""

import argparse
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import provenance, report
from embeddings.build import build
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity, TextEncoding
from embeddings.vectors import unit

DIMENSION = 384
WORDS = 200
IN_A_FILE = 100


class MadeUp:
    """An encoder whose words have vectors at random, the same each time."""

    identity = EncoderIdentity("made up", "0" * 64)
    pools_by_mean = True
    multi_vector = False

    def __init__(self) -> None:
        self._table = unit(np.random.default_rng(0).standard_normal((5000, DIMENSION), dtype=np.float32))
        self.encoded = 0

    def encode_query(self, query: str) -> TextEncoding:
        words, spans, at = query.split(" "), [], 0
        for word in words:
            spans.append((at, at + len(word)))
            at += len(word) + 1
        tokens = self._table[[zlib.crc32(word.encode()) % len(self._table) for word in words]]
        return TextEncoding(unit(tokens.sum(axis=0)), tokens, np.array(spans, np.int32))

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        self.encoded += len(texts)
        return [self.encode_query(text) for text in texts]


def write(seeds: Path, paragraphs: int) -> None:
    """Files of a hundred paragraphs of eight sentences each."""
    chance = random.Random(0)
    words = [f"word{n}" for n in range(20_000)]
    for first in range(0, paragraphs, IN_A_FILE):
        texts = []
        for number in range(first, min(first + IN_A_FILE, paragraphs)):
            sentences = [" ".join(chance.choices(words, k=WORDS // 8)).capitalize() + "." for _ in range(8)]
            texts.append(f"{number - first + 1}. {' '.join(sentences)}\n")
        (seeds / f"file{first:08d}.txt").write_text("\n".join(texts))


def timed(action: Callable[[], Any]) -> float:
    """Seconds."""
    start = time.perf_counter()
    action()
    return round(time.perf_counter() - start, 2)


def main() -> int:
    parser = argparse.ArgumentParser(description="What a rebuild costs.")
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    encoder = MadeUp()
    result: dict[str, Any] = {**provenance(), "paragraphs": arguments.paragraphs}
    with tempfile.TemporaryDirectory() as folder:
        seeds, store = Path(folder, "seeds"), IndexStore(Path(folder, "index"))
        seeds.mkdir()
        write(seeds, arguments.paragraphs)
        result["all, s"] = timed(lambda: build(seeds, store, encoder))
        changed = next(iter(sorted(seeds.iterdir())))
        changed.write_text(changed.read_text().replace("1. ", "1. Changed ", 1))
        encoder.encoded = 0
        result["one paragraph changed, s"] = timed(lambda: build(seeds, store, encoder))
        result["encoded again"] = encoder.encoded
        changed.rename(seeds / "renamed.txt")
        result["one file renamed, s"] = timed(lambda: build(seeds, store, encoder))
        state = store.states()[-1]
        result["index, MB"] = round(state.size / 1e6)
        result["opening, every file checked, s"] = timed(lambda: store.open(encoder.identity))
        result["checking alone, per GB, s"] = round(
            timed(lambda: store.states(contents=True)) / sum(s.size for s in store.states()) * 1e9, 2
        )
    report(result, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
