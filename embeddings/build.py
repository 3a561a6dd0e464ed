"""The whole offline flow on one screen: seeds folder in, index out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from embeddings import documents as files
from embeddings import store
from embeddings.background import Background
from embeddings.concepts import concepts
from embeddings.documents import LeftOut
from embeddings.errors import DocumentError, IndexMismatch, IndexStoreError
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.tokens import PassageTokens, TokenIndex, quantised
from embeddings.passages import split_document
from embeddings.store import Index, IndexStore, Manifest
from embeddings.types import Document, Encoder, EncoderIdentity, Passage, TextEncoding, Vectors
from embeddings.vectors import pool, tokens_inside
from embeddings.words import words

_PASSAGES_A_STEP: Final = 64
"""Passages encoded between two moves of the progress bar; enough to sort by length, and to tell a mean."""


Progress = Callable[[int, int], None]
"""Called after each step with the number of passages done and of all."""


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
    return store.outdated(manifest, encoder) or store.changed(manifest, files.scan(seeds).sources)


def build(seeds: Path, index: IndexStore, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Read every document below `seeds`, encode its passages and write them as the index's next generation.

    Files that cannot be read are refused one by one and reported; the rest is built.
    Raises DocumentError when nothing can be read, IndexLocked, or IndexStoreError when it cannot be written.
    """
    with index.building():
        folder = files.scan(seeds)
        found: list[Document] = []
        passages: list[Passage] = []
        refused: list[str] = []
        for source in folder.sources:
            try:
                document, own = split_document(source, files.read(seeds, source))
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

        contents = index_passages(found, passages, encoder, progress)
        manifest = index.write(encoder.identity, folder.sources, contents)
        return Report(manifest, len(found), folder.left_out, tuple(refused))


def index_passages(
    documents: Sequence[Document], passages: Sequence[Passage], encoder: Encoder, progress: Progress | None = None
) -> Index:
    """Encode passages and index them in every way. One forward pass of each makes all its vectors."""
    # What is read first has to stand for the whole: passages are taken in strides.
    stride = -(-len(passages) // _PASSAGES_A_STEP)
    order = sorted(range(len(passages)), key=lambda number: number % stride)
    background: Background | None = None
    vectors: dict[int, Vectors] = {}
    tokens: dict[int, PassageTokens] = {}
    if progress is not None:
        progress(0, len(passages))
    for start in range(0, len(order), _PASSAGES_A_STEP):
        step = order[start : start + _PASSAGES_A_STEP]
        encodings = encoder.encode_passages([passages[number].text for number in step])
        if background is None:
            background = Background.for_index(encoder.identity, [encoding.tokens for encoding in encodings])
        for number, encoding in zip(step, encodings, strict=True):
            vectors[number], tokens[number] = _vectors(passages[number], encoding, background, encoder.pools_by_mean)
        if progress is not None:
            progress(len(tokens), len(passages))
    if background is None:
        raise ValueError("there are no passages to index")
    numbers = range(len(passages))
    return Index(
        {document.doc_id: document for document in documents},
        passages,
        background,
        DenseIndex.build(
            np.concatenate([vectors[number] for number in numbers]),
            np.repeat(np.arange(len(passages), dtype=np.int32), [len(vectors[number]) for number in numbers]),
        ),
        LexicalIndex.build([_words(passage) for passage in passages]),
        TokenIndex.build([tokens[number] for number in numbers]),
    )


def _words(passage: Passage) -> list[str]:
    """What BM25 finds a passage by: its words, and what it names that is the same in every language."""
    named = (concept.token for concept in concepts(passage.text))
    return [*words(passage.text, passage.language), *named]


def _vectors(
    passage: Passage, encoding: TextEncoding, background: Background, pooled: bool
) -> tuple[Vectors, PassageTokens]:
    """One passage's rows of the dense index, [1 + num_sentences, dim] or only the model's own, and its tokens."""
    raw, spans = encoding.tokens, encoding.spans
    if len(raw) == 0:  # the encoder makes nothing of it: a token that is like no other
        raw, spans = np.zeros((1, raw.shape[1]), np.float32), np.zeros((1, 2), np.int32)
        tokens = raw
    else:
        tokens = background.centred(raw, passage.language)
    inside = tokens_inside(spans, passage.sentences)
    inside = inside[inside[:, 0] < inside[:, 1]]
    starts = np.union1d([0], inside[1:, 0]).astype(np.int64)
    whole = np.array([[0, len(tokens)]], np.int64)
    rows = pool(tokens, np.concatenate([whole, inside])) if pooled else encoding.vector[None, :]
    return rows, quantised(tokens, spans, starts)
