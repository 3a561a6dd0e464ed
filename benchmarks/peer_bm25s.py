"""Words alone: bm25s, with Chinese cut into words by jieba's edition in Rust, other text where its letters end."""

import re
from pathlib import Path

import bm25s
import rjieba

from benchmarks.peer_loop import Asker, Indexer, serve

WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, in small letters. rjieba leaves what is not Chinese as it stands."""
    return WORD.findall(" ".join(rjieba.cut_for_search(text)).lower())


def indexing(_: str) -> Indexer:
    words("讀入詞典")  # jieba loads its dictionary when it cuts for the first time

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
