"""Passages into an index: one forward pass of the encoder, all vectors from it, and the words."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from embeddings.background import Background
from embeddings.catalogue import Catalogue
from embeddings.concepts import concepts
from embeddings.contents import Index
from embeddings.index.dense import DenseIndex, Search
from embeddings.index.lexical import LexicalIndex
from embeddings.index.references import ReferenceIndex
from embeddings.index.tokens import TokenIndex
from embeddings.passage_vectors import PassageVectors, content_hash, vectors_of
from embeddings.references import Reference
from embeddings.shelf import MemoryShelf, Shelf
from embeddings.steps import encoded
from embeddings.types import Document, Encoder, Passage, TextEncoding
from embeddings.words import words

_SAMPLE: Final = 64
"""Passages that are encoded first, and are enough to tell a mean."""

Progress = Callable[[int, int], None]
"""Called after each step with the number of passages done and of all."""


def index_passages(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    encoder: Encoder,
    progress: Progress | None = None,
    shelf: Shelf | None = None,
    search: Search | None = None,
) -> Index:
    """Encode passages and index them in every way; those that are on the `shelf` need not be encoded.

    Raises ValueError when there are none, and what the shelf raises.
    """
    if not passages:
        raise ValueError("there are no passages to index")
    shelf = shelf or MemoryShelf()
    # What is encoded first has to stand for the whole: passages are taken in strides.
    stride = -(-len(passages) // _SAMPLE)
    order = sorted(range(len(passages)), key=lambda number: number % stride)
    if progress is not None:
        progress(0, len(passages))
    background = shelf.background
    if background is None:
        sample = order[:_SAMPLE]
        encodings = encoder.encode_passages([passages[number].text for number in sample])
        background = Background.for_index(encoder.identity, [encoding.tokens for encoding in encodings])
        shelf.put(_made([passages[number] for number in sample], encodings, background, encoder), background)
    keys = [content_hash(passage, background) for passage in passages]
    todo = list({keys[number]: number for number in order if not shelf.has(keys[number])}.values())
    done = len(passages) - len(todo)
    if progress is not None:
        progress(done, len(passages))
    for step, encodings in encoded([passages[number] for number in todo], encoder):
        shelf.put(_made(step, encodings, background, encoder), background)
        done += len(step)
        if progress is not None:
            progress(done, len(passages))
    found_by = [shelf.get(key) for key in keys]
    named = [shelf.words(key) or words_of(passage) for key, passage in zip(keys, passages, strict=True)]
    referring = [shelf.references(key) for key in keys]
    return assembled(documents, passages, background, found_by, named, referring, shelf.scratch(), search)


def _made(
    passages: Sequence[Passage], encodings: Sequence[TextEncoding], background: Background, encoder: Encoder
) -> dict[str, PassageVectors]:
    return {
        content_hash(passage, background): vectors_of(passage, encoding, background, by_mean=encoder.pools_by_mean)
        for passage, encoding in zip(passages, encodings, strict=True)
    }


def assembled(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    background: Background,
    vectors: Sequence[PassageVectors],
    named: Sequence[Sequence[str]],
    referring: Sequence[Sequence[Reference] | None] = (),
    scratch: Path | None = None,
    search: Search | None = None,
) -> Index:
    """An index of passages whose vectors and words are made already; the largest parts in files in `scratch`.

    `search`: how vectors are searched, by default as suits their number.
    `referring`: the references that each passage makes by itself, None where they have to be recognised.
    """
    by_id = {document.doc_id: document for document in documents}
    return Index(
        by_id,
        passages,
        Catalogue.build(documents, passages),
        background,
        DenseIndex.build([each.rows for each in vectors], search, scratch and scratch / "dense"),
        LexicalIndex.build(named),
        TokenIndex.build([each.tokens for each in vectors], scratch and scratch / "tokens"),
        TokenIndex.build([each.coarse for each in vectors], scratch and scratch / "coarse"),
        ReferenceIndex.build(by_id, passages, referring),
    )


def words_of(passage: Passage) -> list[str]:
    """What BM25 finds a passage by: its words, and what it names that is the same in every language."""
    named = (concept.token for concept in concepts(passage.text))
    return [*words(passage.text, passage.language), *named]
