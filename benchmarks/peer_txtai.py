"""txtai: its own pooling of the model's tokens, and FAISS. With the option `hybrid` its BM25 besides, half and half."""

import sys
from pathlib import Path

from txtai import Embeddings

from benchmarks.peer_loop import Asker, Indexer, serve


def indexing(model: str) -> Indexer:
    embeddings = Embeddings(
        path=model, instructions={"query": "query: ", "data": "passage: "}, hybrid="hybrid" in sys.argv[4:]
    )

    def index(texts: list[str], folder: Path) -> None:
        embeddings.index(enumerate(texts))
        embeddings.save(str(folder))

    return index


def asking(_: str, folder: Path) -> Asker:
    embeddings = Embeddings()
    embeddings.load(str(folder))

    def ask(question: str, count: int) -> list[int]:
        return [place for place, _ in embeddings.search(question, count)]

    return ask


if __name__ == "__main__":
    serve(indexing, asking)
