"""Words alone: bm25s over words, and where text is Chinese or Japanese over characters and pairs of them.

As Lucene's analyser for these languages does it, with single characters besides; no dictionary and no stemming.
"""

import re
from pathlib import Path

import bm25s

from benchmarks.peer_loop import Asker, Indexer, serve

RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""Characters that stand for words or syllables, or other letters and digits."""


def words(text: str) -> list[str]:
    """The words of a text, in small letters."""
    found = []
    for run in RUN.findall(text.lower()):
        if "\u3040" <= run[0] <= "\u9fff":
            found += [*run, *(run[place : place + 2] for place in range(len(run) - 1))]
        else:
            found.append(run)
    return found


def indexing(_: str) -> Indexer:
    def index(texts: list[str], folder: Path) -> None:
        retriever = bm25s.BM25()
        retriever.index([words(text) for text in texts], show_progress=False)
        retriever.save(folder, show_progress=False)

    return index


def asking(_: str, folder: Path) -> Asker:
    retriever = bm25s.BM25.load(folder, show_progress=False)
    texts = retriever.scores["num_docs"]

    def ask(question: str, count: int) -> list[int]:
        found, scores = retriever.retrieve([words(question)], k=min(count, texts), show_progress=False)
        return [int(place) for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    return ask


if __name__ == "__main__":
    serve(indexing, asking)
