"""Search among vectors that Milvus keeps."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.index.protocols import Ids, Within
from embeddings.milvus.conditions import expression
from embeddings.milvus.engine import MOST
from embeddings.milvus.rows import Rows
from embeddings.types import Vectors


@dataclass(frozen=True, slots=True)
class MilvusDense:
    """A vector of each passage and of each of its sentences; the first row of a passage is that of the whole."""

    rows: Rows

    def search(self, vector: Vectors, count: int, within: Within | None = None) -> tuple[Ids, Vectors]:
        """The passages of the `count` vectors nearest to `vector` [dim], 16,384 at most, best first, each once with its
        best cosine. `within`: what is searched, which Milvus looks at; None for everything.

        Other generations have rows beside those of this one. They are left out of what comes, and more are asked for
        where too few are left. Raises EngineError.
        """
        count = min(count, MOST)
        asked = count
        fits = "" if within is None else expression(within.conditions)
        while True:
            keys, cosines = self.rows.search(vector, asked, fits)
            passages = self.rows.keys.whose(keys)
            own = passages >= 0
            if within is not None:
                own &= within.mask[passages]
            if len(keys) < asked or asked == MOST or np.count_nonzero(own) >= count:
                break
            asked = min(2 * asked, MOST)
        passages, cosines = passages[own][:count], cosines[own][:count]
        _, first = np.unique(passages, return_index=True)
        first.sort()
        return passages[first], cosines[first]

    def whole(self, passages: Ids) -> Vectors:
        """The vectors of these passages as wholes, without their sentences': [len(passages), dim]."""
        return np.array(self.rows.fetch(self.rows.keys.first[passages], "vector"), np.float32)

    def rows_of(self, passage: int) -> Vectors:
        """The vectors of one passage, as they were made: [num_rows, dim]."""
        return np.array(self.rows.fetch(self.rows.keys.of_passages(np.array([passage])), "vector"), np.float32)

    def save(self, folder: Path) -> None:
        """Write into `folder` which rows they are."""
        self.rows.save(folder)
