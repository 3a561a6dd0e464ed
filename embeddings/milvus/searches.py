"""The rows of a generation as what an index searches with."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings.index.protocols import Searches
from embeddings.indexing import Elsewhere, Made
from embeddings.milvus.dense import MilvusDense
from embeddings.milvus.engine import Engine, connected
from embeddings.milvus.files import Kind
from embeddings.milvus.rows import Rows, loaded
from embeddings.milvus.tending import forget
from embeddings.milvus.tokens import MilvusTokens
from embeddings.milvus.writing import write
from embeddings.types import Document, Passage


def opened(folder: Path, engine: Engine) -> Searches:
    """What the generation in `folder` is searched with.

    Raises EngineError; and ValueError, KeyError or TypeError when the folder is damaged or Milvus has too few rows.
    """
    return searches(loaded(folder, engine))


def searches(rows: Mapping[Kind, Rows]) -> Searches:
    """What these rows are searched with."""
    return MilvusDense(rows["vectors"]), MilvusTokens(rows["tokens"]), MilvusTokens(rows["coarse"])


def rows_of(searched: Searches) -> dict[Kind, Rows] | None:
    """The rows that are searched, None where these are not in Milvus."""
    dense, tokens, coarse = searched
    if isinstance(dense, MilvusDense) and isinstance(tokens, MilvusTokens) and isinstance(coarse, MilvusTokens):
        return {"vectors": dense.rows, "tokens": tokens.rows, "coarse": coarse.rows}
    return None


def keeping(engine: Engine, record: Path, previous: Searches | None) -> Elsewhere:
    """What keeps vectors in Milvus, beside those that are there from the generation before. `record` as in `write`."""

    def kept(
        documents: Mapping[str, Document], passages: Sequence[Passage], hashes: Sequence[str], made: Made
    ) -> Searches:
        before = rows_of(previous) if previous else None
        return searches(write(engine, record, documents, passages, hashes, made, before))

    return kept


@contextmanager
def kept_meanwhile(uri: str) -> Iterator[Elsewhere]:
    """What keeps vectors in the Milvus at `uri` until this is left. Raises EngineError."""
    engine = connected(uri)
    with TemporaryDirectory() as folder:
        record = Path(folder, "rows")
        try:
            yield keeping(engine, record, None)
        finally:
            if record.exists():
                forget(record, [], engine)
