"""This project as a peer of `benchmarks.peers`: the index as users have it on disk, and the retriever that answers."""

from pathlib import Path

from benchmarks.peer_loop import Asker, Indexer, serve
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.store import IndexStore
from qa.query import make_query
from qa.retriever import Retriever


def indexing(_: str) -> Indexer:
    from qa.evaluation import index_records  # asking takes nothing of it

    encoder = load_encoder(find_model(), many=True)

    def index(texts: list[str], folder: Path) -> None:
        contents = index_records([{"id": str(place), "text": text} for place, text in enumerate(texts)], encoder)
        store = IndexStore(folder)
        with store.building():
            store.write(encoder.identity, (), contents)

    return index


def asking(_: str, folder: Path) -> Asker:
    encoder = load_encoder(find_model())
    retriever = Retriever(IndexStore(folder).open(encoder.identity), encoder)

    def ask(question: str, count: int) -> list[int]:
        return [int(hit.passage.passage_id) for hit in retriever.retrieve(make_query(question), count)]

    return ask


if __name__ == "__main__":
    serve(indexing, asking)
