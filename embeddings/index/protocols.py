"""What a search structure has to do to take its place in an index, wherever its data are kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from embeddings.index.tokens import PassageTokens, SentenceMatches
from embeddings.types import Conditions, Vectors

Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Within(Protocol):
    """A part of an index: `mask` [num_passages], which of them are in it, one at least, and the `conditions` that chose
    them, for engines that look themselves."""

    @property
    def mask(self) -> Mask: ...

    @property
    def conditions(self) -> Conditions: ...


class DenseSearch(Protocol):
    """A vector of each passage and of each of its sentences."""

    def search(self, vector: Vectors, count: int, within: Within | None = None) -> tuple[Ids, Vectors]:
        """The passages of about `count` vectors nearest to `vector` [dim], best first, each once with its best cosine.

        `within`: what is searched; None for everything.
        """
        ...

    def whole(self, passages: Ids) -> Vectors:
        """The vectors of these passages as wholes, without their sentences': [len(passages), dim]."""
        ...

    def rows_of(self, passage: int) -> Vectors:
        """The vectors of one passage, as they were made: [num_rows, dim]."""
        ...

    def save(self, folder: Path) -> None:
        """Write into `folder` what is kept there."""
        ...


class TokenSearch(Protocol):
    """The tokens of passages, or what stands for them, matched with those of a question."""

    def of(self, passage: int) -> PassageTokens:
        """One passage's tokens, as they were made."""
        ...

    def match(self, query: Vectors, passages: Sequence[int] | Ids) -> SentenceMatches:
        """Match the tokens `query` [num_query_tokens, dim], unit length, in each of `passages`."""
        ...

    def save(self, folder: Path, name: str) -> None:
        """Write into `folder` what is kept there, the files' names beginning with `name`."""
        ...


Searches = tuple[DenseSearch, TokenSearch, TokenSearch]
"""What searches among vectors, what matches tokens, and what matches coarse tokens."""
