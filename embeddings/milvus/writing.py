"""An index into Milvus: rows that are not there yet are written, those that are stay.

Before the first of them is written, a folder says which they will be: what a build that did not end has written is
removed by that (`tending.forget`).
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from embeddings.errors import EngineError
from embeddings.generation import files_of, flush
from embeddings.index.protocols import Ids
from embeddings.indexing import Made
from embeddings.milvus.conditions import fields_of
from embeddings.milvus.engine import Engine, Row
from embeddings.milvus.files import KINDS, Kind
from embeddings.milvus.keys import Counts, Digests, Keys, digests_of, first_keys
from embeddings.milvus.packing import packed, parts_of
from embeddings.milvus.rows import Rows, checked
from embeddings.passage_vectors import PassageVectors
from embeddings.types import Document, Passage


def write(
    engine: Engine,
    record: Path,
    documents: Mapping[str, Document],
    passages: Sequence[Passage],
    hashes: Sequence[str],
    made: Made,
    previous: Mapping[Kind, Rows] | None = None,
) -> dict[Kind, Rows]:
    """Write what is not in Milvus yet, and wait until it can be found. Returns the rows of these passages.

    `made` is asked only for passages whose rows are not there.
    `record`: a folder, made here, that says which rows were to be written. `hashes`: what each passage's vectors depend
    on (`content_hash`). `previous`: the rows of the generation before, made with the same encoder, whose collections go
    on being used.

    Raises EngineError, and OSError when `record` cannot be written.
    """
    content = digests_of(hashes)
    places = digests_of(
        f"{passage.passage_id}\n{found_by}\n{fields_of(passage, documents[passage.doc_id])}"
        for passage, found_by in zip(passages, hashes, strict=True)
    )
    digests: dict[Kind, Digests] = {"vectors": places, "coarse": content, "tokens": content}
    counts = {kind: _known(digests[kind], previous[kind] if previous else None) for kind in KINDS}
    new = {kind: np.flatnonzero(counts[kind] == 0) for kind in KINDS}
    for number in np.unique(np.concatenate(list(new.values()))).tolist():
        for kind, count in _counts_of(made(number)).items():
            counts[kind][number] = count
    name = _name(previous)
    rows = {kind: Rows(engine, f"{name}_{kind}", kind, Keys.of(digests[kind], counts[kind])) for kind in KINDS}
    record.mkdir()
    for each in rows.values():
        each.save(record)
    for path in [*files_of(record), record]:
        flush(path)
    with ThreadPoolExecutor(len(KINDS)) as pool:  # most of the time Milvus is waited for
        list(pool.map(lambda kind: _fill(rows[kind], new[kind], made, passages, documents), KINDS))
    return rows


def _fill(rows: Rows, new: Ids, made: Made, passages: Sequence[Passage], documents: Mapping[str, Document]) -> None:
    """Write the rows of the passages that are `new`, in a collection that is made where there is none."""
    engine, collection, first = rows.engine, rows.collection, rows.keys.first
    numbers = new[np.unique(first[new], return_index=True)[1]]
    if not engine.exists(collection):
        if rows.kind == "vectors":
            engine.create(collection, made(0).rows.shape[1], rows.keys.rows)
        else:
            engine.create_texts(collection)
    if len(numbers):
        if rows.kind == "vectors":
            engine.insert(collection, _vectors(numbers, first, made, passages, documents))
        else:
            engine.insert(collection, _texts(rows.kind, numbers, first, made))
        engine.settle(collection)
    try:
        checked(rows)
    except ValueError as error:  # some that were taken for granted are gone
        raise EngineError(f"{error}; write all of them with: qa build --full") from error


def _name(previous: Mapping[Kind, Rows] | None) -> str:
    """How the names of the collections begin."""
    if previous is None:
        return f"qa_{uuid.uuid4().hex[:12]}"
    return previous["vectors"].collection.removesuffix("_vectors")


def _known(digests: Digests, previous: Rows | None) -> Counts:
    """[num_passages]: how many rows each has in Milvus, 0 where there are none yet."""
    if previous is None:
        return np.zeros(len(digests), np.int32)
    return previous.keys.counts_of(first_keys(digests))


def _counts_of(vectors: PassageVectors) -> dict[Kind, int]:
    return {
        "vectors": len(vectors.rows),
        "coarse": parts_of(vectors.coarse),
        "tokens": parts_of(vectors.tokens),
    }


def _vectors(
    numbers: Ids, first: Ids, made: Made, passages: Sequence[Passage], documents: Mapping[str, Document]
) -> Iterator[Row]:
    for number in numbers.tolist():
        fields = fields_of(passages[number], documents[passages[number].doc_id])
        for key, vector in enumerate(made(number).rows, int(first[number])):
            yield {"id": key, "vector": vector, **fields}


def _texts(kind: Kind, numbers: Iterable[int], first: Ids, made: Made) -> Iterator[Row]:
    for number in numbers:
        vectors = made(number)
        tokens = vectors.coarse if kind == "coarse" else vectors.tokens
        for key, text in enumerate(packed(tokens), int(first[number])):
            yield {"id": key, "text": text, "none": [0.0, 0.0]}
