"""The ways to search among vectors."""

from enum import StrEnum

from embeddings.errors import IndexStoreError


class Search(StrEnum):
    """How vectors are searched. What is approximate holds each component in 8 bits, or pieces of vectors in 8."""

    EXACT = "exact"
    """Every vector, in 32-bit components."""
    HNSW = "hnsw"
    """A graph of neighbours: the fastest way to a few nearest ones, slow for the thousands that are rescored."""
    IVF = "ivf"
    """Lists of neighbours, some of which are looked through."""
    IVF_PQ = "ivf-pq"
    """The same with a quarter of the memory: 96 bytes a vector."""


def search_named(name: str) -> Search | None:
    """The search that is called so, None for an empty name: what suits the number of vectors.

    Raises IndexStoreError when there is none.
    """
    if name and name not in list(Search):
        raise IndexStoreError(f"no search is called {name!r}; choose one of: {', '.join(Search)}")
    return Search(name) if name else None
