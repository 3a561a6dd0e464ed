"""Tokens of passages that Milvus keeps: fetched when a question is matched with them, and kept for a while."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from cachetools import LRUCache

from embeddings.errors import EngineError
from embeddings.index.protocols import Ids
from embeddings.index.tokens import PassageTokens, SentenceMatches, TokenIndex
from embeddings.milvus.packing import unpacked
from embeddings.milvus.rows import Rows
from embeddings.types import Vectors

_KEPT: Final = 128_000_000
"""Bytes of tokens that stay in memory: a question looks at the same passages several times, the next one often at the
same again. What has a key never changes."""


class MilvusTokens:
    """The tokens of all passages of a generation. Safe to share between threads."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._kept: LRUCache[int, PassageTokens] = LRUCache(_KEPT, getsizeof=_size)
        self._lock = threading.Lock()

    def of(self, passage: int) -> PassageTokens:
        """One passage's tokens, as they were made. Raises EngineError."""
        return self._fetched(np.array([passage]))[0]

    def match(self, query: Vectors, passages: Sequence[int] | Ids) -> SentenceMatches:
        """Match the tokens `query` [num_query_tokens, dim], unit length, in each of `passages`. Raises EngineError."""
        found = self._fetched(np.asarray(passages, np.int64))
        return TokenIndex.build(found).match(query, range(len(found)))

    def save(self, folder: Path, name: str) -> None:  # noqa: ARG002
        """Write into `folder` which rows they are."""
        self.rows.save(folder)

    def _fetched(self, passages: Ids) -> list[PassageTokens]:
        keys = self.rows.keys.first[passages].tolist()
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        wanted = {key: number for key, number in zip(keys, passages.tolist(), strict=True) if key not in found}
        if wanted:
            numbers = np.array(list(wanted.values()), np.int64)
            parts = iter(self.rows.fetch(self.rows.keys.of_passages(numbers), "text"))
            try:
                made = {
                    key: unpacked([next(parts) for _ in range(count)])
                    for key, count in zip(wanted, self.rows.keys.counts[numbers].tolist(), strict=True)
                }
            except ValueError as error:
                raise EngineError(f"{self.rows.described}: {error}; build anew with: qa build --full") from error
            with self._lock:
                self._kept.update((key, tokens) for key, tokens in made.items() if _size(tokens) <= _KEPT)
            found |= made
        return [found[key] for key in keys]


def _size(tokens: PassageTokens) -> int:
    return tokens.codes.nbytes + tokens.scales.nbytes + tokens.spans.nbytes + tokens.starts.nbytes
