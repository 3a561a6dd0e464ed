"""Plain sentence-transformers and FAISS: one vector a text, exact search by inner product."""

from pathlib import Path

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.peer_loop import Asker, Indexer, serve

FILE = "vectors.faiss"


def indexing(model: str) -> Indexer:
    encoder = SentenceTransformer(model, local_files_only=True)

    def index(texts: list[str], folder: Path) -> None:
        vectors = encoder.encode_document(texts, normalize_embeddings=True)
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        faiss.write_index(flat, str(folder / FILE))

    return index


def asking(model: str, folder: Path) -> Asker:
    encoder = SentenceTransformer(model, local_files_only=True)
    flat = faiss.read_index(str(folder / FILE))

    def ask(question: str, count: int) -> list[int]:
        _, rows = flat.search(encoder.encode_query([question], normalize_embeddings=True), min(count, flat.ntotal))
        places: list[int] = rows[0].tolist()
        return places

    return ask


if __name__ == "__main__":
    serve(indexing, asking)
