"""The files of a generation whose vectors are in Milvus.

milvus-vectors.json    the collection's name
milvus-vectors-*.npy   the keys of each passage's rows; the same of coarse and of tokens
"""

import json
from pathlib import Path
from typing import Final, Literal

Kind = Literal["vectors", "coarse", "tokens"]
KINDS: Final[tuple[Kind, ...]] = ("vectors", "coarse", "tokens")


def in_milvus(folder: Path) -> bool:
    """Whether the rows of the generation in this folder, or of a build that did not end, are in Milvus."""
    return all(_file(folder, kind).exists() for kind in KINDS)


def keys_name(kind: Kind) -> str:
    """How the names of the files begin that have the keys of rows."""
    return f"milvus-{kind}"


def collection_in(folder: Path, kind: Kind) -> str:
    """The name of a collection. Raises OSError, ValueError, KeyError or TypeError where it is not to be read."""
    return str(json.loads(_file(folder, kind).read_text("utf-8"))["collection"])


def write_collection(folder: Path, kind: Kind, collection: str) -> None:
    """Write the name of a collection, as the last of the files of its kind."""
    _file(folder, kind).write_text(json.dumps({"collection": collection}), "utf-8")


def _file(folder: Path, kind: Kind) -> Path:
    return folder / f"{keys_name(kind)}.json"
