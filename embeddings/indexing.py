"""Passages into an index: one forward pass of the encoder, all vectors from it, and the words."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from embeddings.background import Background
from embeddings.catalogue import Catalogue
from embeddings.concepts import concepts
from embeddings.contents import Index
from embeddings.index.dense import DenseIndex
from embeddings.index.kinds import Search
from embeddings.index.lexical import LexicalIndex
from embeddings.index.protocols import Searches
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

Made = Callable[[int], PassageVectors]
"""Gives the vectors of a passage by its number."""
Elsewhere = Callable[[Mapping[str, Document], Sequence[Passage], Sequence[str], Made], Searches]
"""Keeps vectors somewhere else than in files. Takes the documents, the passages, what the vectors of each depend on
(`content_hash`), and what gives these."""


def index_passages(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    encoder: Encoder,
    progress: Progress | None = None,
    shelf: Shelf | None = None,
    search: Search | None = None,
    elsewhere: Elsewhere | None = None,
) -> Index:
    """Encode passages and index them in every way; those that are on the `shelf` need not be encoded.

    `search`: how vectors in files are searched; `elsewhere`: keeps them if they are not to be in files.
    Raises ValueError when there are none, and what the shelf and `elsewhere` raise.
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
        background = Background.for_index(
            encoder.identity, [encoding.tokens for encoding in encodings], multi_vector=encoder.multi_vector
        )
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
    named = [shelf.words(key) or words_of(passage) for key, passage in zip(keys, passages, strict=True)]
    referring = [shelf.references(key) for key in keys]
    if elsewhere is None:
        searches = _in_files([shelf.get(key) for key in keys], shelf.scratch(), search)
    else:
        by_id = {document.doc_id: document for document in documents}
        searches = elsewhere(by_id, passages, keys, lambda number: shelf.get(keys[number]))
    return _put_together(documents, passages, background, searches, named, referring)


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
    return _put_together(documents, passages, background, _in_files(vectors, scratch, search), named, referring)


def _in_files(vectors: Sequence[PassageVectors], scratch: Path | None, search: Search | None) -> Searches:
    return (
        DenseIndex.build([each.rows for each in vectors], search, scratch and scratch / "dense"),
        TokenIndex.build([each.tokens for each in vectors], scratch and scratch / "tokens"),
        TokenIndex.build([each.coarse for each in vectors], scratch and scratch / "coarse"),
    )


def _put_together(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    background: Background,
    searches: Searches,
    named: Sequence[Sequence[str]],
    referring: Sequence[Sequence[Reference] | None],
) -> Index:
    by_id = {document.doc_id: document for document in documents}
    dense, tokens, coarse = searches
    return Index(
        by_id,
        passages,
        Catalogue.build(documents, passages),
        background,
        dense,
        LexicalIndex.build(named),
        tokens,
        coarse,
        ReferenceIndex.build(by_id, passages, referring),
    )


def words_of(passage: Passage) -> list[str]:
    """What BM25 finds a passage by: its words, and what it names that is the same in every language."""
    named = (concept.token for concept in concepts(passage.text))
    return [*words(passage.text, passage.language), *named]
