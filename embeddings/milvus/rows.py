"""The rows of one generation in one collection: which they are, and reading them."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from embeddings.index.protocols import Ids
from embeddings.milvus.engine import Engine
from embeddings.milvus.files import KINDS, Kind, collection_in, keys_name, write_collection
from embeddings.milvus.keys import Keys
from embeddings.types import Vectors

_SETTLING: Final = 15.0
"""Seconds after opening in which reading waits for the newest rows. From then on what is five seconds old is recent
enough (Milvus's "Bounded" consistency): the rows of a generation were there before it was opened."""


@dataclass(frozen=True, slots=True)
class Rows:
    """`keys`: which rows of a `collection` each passage has."""

    engine: Engine
    collection: str
    kind: Kind
    keys: Keys
    _opened: float = field(default_factory=time.monotonic)

    @property
    def described(self) -> str:
        """Where these rows are, for messages."""
        return f"Milvus at {self.engine.where}, collection {self.collection}"

    def search(self, vector: Vectors, count: int, fits: str) -> tuple[Ids, Vectors]:
        """Keys and cosines of the nearest vectors in the collection, this generation's or not."""
        return self.engine.search(self.collection, vector, count, fits, fresh=self._fresh)

    def fetch(self, keys: Ids, field: str) -> list[Any]:
        """`field` of the rows with these keys, in their order. Raises EngineError when one is missing."""
        return self.engine.fetch(self.collection, keys, field, fresh=self._fresh)

    @property
    def _fresh(self) -> bool:
        return time.monotonic() - self._opened < _SETTLING

    def missing(self) -> int:
        """How many of these rows are not there. It asks for each of them."""
        if not self.engine.exists(self.collection):
            return self.keys.rows
        self.engine.load(self.collection)
        return self.engine.missing(self.collection, self.keys.without([]))

    def save(self, folder: Path) -> None:
        """Write into `folder` which rows these are."""
        self.keys.save(folder, keys_name(self.kind))
        write_collection(folder, self.kind, self.collection)

    @classmethod
    def load(cls, folder: Path, kind: Kind, engine: Engine) -> Self:
        """Read what `save` wrote. Raises ValueError, KeyError or TypeError when it is something else."""
        return cls(engine, collection_in(folder, kind), kind, Keys.load(folder, keys_name(kind)))


def loaded(folder: Path, engine: Engine) -> dict[Kind, Rows]:
    """The rows of a generation, ready to be read.

    Raises EngineError; and ValueError, KeyError or TypeError when its folder is damaged or Milvus has too few rows.
    """
    return {kind: checked(Rows.load(folder, kind, engine)) for kind in KINDS}


def checked(rows: Rows) -> Rows:
    """These rows, ready to be read. Raises ValueError when the collection has fewer."""
    there = rows.engine.load(rows.collection) if rows.engine.exists(rows.collection) else 0
    if there < rows.keys.rows:
        raise ValueError(f"{rows.described} has {there} rows, not {rows.keys.rows}")
    return rows
