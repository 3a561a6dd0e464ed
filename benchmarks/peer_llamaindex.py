"""LlamaIndex: its Hugging Face embeddings, by which sentence-transformers runs the model, and its FAISS store."""

from pathlib import Path

import faiss
from llama_index.core import Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.vector_stores.faiss import FaissVectorStore

from benchmarks.peer_loop import Asker, Indexer, serve

BATCH = 32
"""As sentence-transformers has it; LlamaIndex takes 10 where none is named, which is slower."""


def load(model: str) -> HuggingFaceEmbedding:
    """The model, with its prompts."""
    Settings.embed_model = HuggingFaceEmbedding(
        model, query_instruction="query: ", text_instruction="passage: ", embed_batch_size=BATCH
    )
    return Settings.embed_model


def indexing(model: str) -> Indexer:
    dimension = len(load(model).get_query_embedding("how many numbers has a vector?"))

    def index(texts: list[str], folder: Path) -> None:
        nodes = [TextNode(id_=str(place), text=text) for place, text in enumerate(texts)]
        storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(dimension)))
        VectorStoreIndex(nodes, storage_context=storage).storage_context.persist(str(folder))

    return index


def asking(model: str, folder: Path) -> Asker:
    load(model)
    vectors = FaissVectorStore.from_persist_dir(str(folder))
    index = load_index_from_storage(StorageContext.from_defaults(vector_store=vectors, persist_dir=str(folder)))

    def ask(question: str, count: int) -> list[int]:
        return [int(hit.node.node_id) for hit in index.as_retriever(similarity_top_k=count).retrieve(question)]

    return ask


if __name__ == "__main__":
    serve(indexing, asking)
