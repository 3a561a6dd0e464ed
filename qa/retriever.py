"""From a query to ranked passages: candidates first, then a closer look at each."""

from typing import Final

from embeddings.store import Index
from embeddings.types import Encoder
from qa.types import ScoredPassage

_ROWS_A_HIT: Final = 20
"""Vectors looked at for each passage wanted. A paragraph has one of its own and one a sentence, about ten."""


class Retriever:
    """Searches one index with the encoder it was made with."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder

    def retrieve(self, query: str, top_k: int = 5) -> list[ScoredPassage]:
        """The `top_k` passages closest to `query`, best first; fewer where the index holds fewer.

        Raises ValueError when `top_k` is not positive.
        """
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, not {top_k}")
        vector = self._encoder.encode_query(query).vector
        rows, cosines = self._index.dense.search(vector, top_k * _ROWS_A_HIT)
        best: dict[int, float] = {}
        sentence: dict[int, tuple[float, int]] = {}
        for row, cosine in zip(rows.tolist(), cosines.tolist(), strict=True):
            number, part = self._index.rows[row].tolist()
            best[number] = max(cosine, best.get(number, -1.0))
            if part >= 0:
                sentence[number] = max((cosine, part), sentence.get(number, (-1.0, 0)))
        ranked = sorted(best, key=lambda number: (-best[number], number))[:top_k]
        return [
            self._hit(rank, number, best[number], sentence.get(number, (0.0, 0))[1])
            for rank, number in enumerate(ranked, 1)
        ]

    def _hit(self, rank: int, number: int, score: float, sentence: int) -> ScoredPassage:
        passage = self._index.passages[number]
        document = self._index.documents[passage.doc_id]
        return ScoredPassage(rank, score, passage, document, passage.sentences[sentence])
