"""The whole offline flow on one screen: seeds folder in, index out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from embeddings import documents, store
from embeddings.documents import LeftOut
from embeddings.errors import DocumentError, IndexMismatch, IndexStoreError
from embeddings.index.dense import DenseIndex
from embeddings.passages import split_document
from embeddings.store import IndexStore, Manifest
from embeddings.types import Document, Encoder, EncoderIdentity, Passage, PassageEncoding

_PASSAGES_A_STEP: Final = 64
"""Passages encoded between two moves of the progress bar; enough to sort by length."""


class Progress(Protocol):
    """Called after each step with the number of passages done and of all passages."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the manifest of what now counts, and the files that are not in it."""

    manifest: Manifest
    documents: int
    left_out: tuple[LeftOut, ...]
    refused: tuple[str, ...]


def why_build(seeds: Path, index: IndexStore, encoder: EncoderIdentity) -> str | None:
    """Why the index has to be built, in words that follow "the index", or None when it is up to date."""
    try:
        manifest = index.manifest()
    except IndexMismatch:
        return "has another format"
    except IndexStoreError as error:
        return f"cannot be used ({error})"
    return store.outdated(manifest, encoder) or store.changed(manifest, documents.scan(seeds).sources)


def build(seeds: Path, index: IndexStore, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Read every document below `seeds`, encode its passages and write them as the index's next generation.

    Files that cannot be read are refused one by one and reported; the rest is built.
    Raises DocumentError when nothing can be read, IndexLocked, or IndexStoreError when it cannot be written.
    """
    with index.building():
        folder = documents.scan(seeds)
        found: list[Document] = []
        passages: list[Passage] = []
        refused: list[str] = []
        for source in folder.sources:
            try:
                text, blocks = documents.read(seeds, source)
                document, own = split_document(source, text, blocks)
                if any(document.doc_id == other.doc_id for other in found):
                    raise DocumentError(f"{source.path}: another document is called {document.doc_id}; rename one")
            except DocumentError as error:
                refused.append(str(error))
                continue
            found.append(document)
            passages += own
        if not passages:
            why = "; ".join([*refused, *(f"{item.path}: {item.reason}" for item in folder.left_out)])
            raise DocumentError(f"no paragraph found below {str(seeds)!r}" + (f" ({why})" if why else ""))

        encodings = _encode(passages, encoder, progress)
        dense, rows = _dense_index(encodings)
        manifest = index.write(
            encoder=encoder.identity,
            sources=folder.sources,
            documents=found,
            passages=passages,
            dense=dense,
            rows=rows,
        )
        return Report(manifest, len(found), folder.left_out, tuple(refused))


def _encode(passages: list[Passage], encoder: Encoder, progress: Progress | None) -> list[PassageEncoding]:
    encodings: list[PassageEncoding] = []
    if progress is not None:
        progress(0, len(passages))
    for start in range(0, len(passages), _PASSAGES_A_STEP):
        step = passages[start : start + _PASSAGES_A_STEP]
        encodings += encoder.encode_passages([p.text for p in step], [p.sentences for p in step])
        if progress is not None:
            progress(len(encodings), len(passages))
    return encodings


def _dense_index(encodings: Iterable[PassageEncoding]) -> tuple[DenseIndex, store.Rows]:
    """All passage and sentence vectors in one index, and what each row stands for."""
    vectors = []
    rows: list[tuple[int, int]] = []
    for number, encoding in enumerate(encodings):
        vectors += [encoding.vectors, encoding.sentences]
        rows += [(number, -1)] * len(encoding.vectors)
        rows += [(number, sentence) for sentence in range(len(encoding.sentences))]
    return DenseIndex.build(np.concatenate(vectors)), np.array(rows, dtype=np.int32)
