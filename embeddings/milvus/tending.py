"""Looking after rows: removing those that nothing needs."""

from collections.abc import Sequence
from pathlib import Path

from embeddings.milvus.engine import Engine
from embeddings.milvus.files import KINDS, in_milvus
from embeddings.milvus.rows import Rows


def forget(folder: Path, kept: Sequence[Path], engine: Engine) -> None:
    """Remove the rows that `folder` names, a generation or the record of a build, but for those of the generations
    `kept`; and their collection, where none of these uses it.

    Raises EngineError, and ValueError, KeyError, TypeError or OSError when a folder is damaged; nothing that is kept
    has lost a row then.
    """
    for kind in KINDS:
        gone = Rows.load(folder, kind, engine)
        others = [Rows.load(other, kind, engine) for other in kept if in_milvus(other)]
        others = [other for other in others if other.collection == gone.collection]
        if not others:
            engine.drop(gone.collection)
        elif engine.exists(gone.collection):
            engine.delete(gone.collection, gone.keys.without([other.keys for other in others]))


def missing(folder: Path, engine: Engine) -> int:
    """How many rows of the generation in `folder` are not in Milvus, by asking for each. Raises as `forget` does."""
    return sum(Rows.load(folder, kind, engine).missing() for kind in KINDS)
