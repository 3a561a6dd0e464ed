"""Passages into an index: one forward pass of the encoder, all vectors from it, and the words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from embeddings.background import Background
from embeddings.concepts import concepts
from embeddings.index.dense import DenseIndex
from embeddings.index.lexical import LexicalIndex
from embeddings.index.tokens import PassageTokens, TokenIndex, pooled, quantised
from embeddings.store import Index
from embeddings.types import Document, Encoder, Passage, TextEncoding, TokenSpans, Vectors
from embeddings.vectors import pool, tokens_inside
from embeddings.words import words

_PASSAGES_A_STEP: Final = 64
"""Passages encoded between two moves of the progress bar; enough to sort by length, and to tell a mean."""

Progress = Callable[[int, int], None]
"""Called after each step with the number of passages done and of all."""


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What finds one passage: `rows` of the dense index [num_rows, dim], its tokens, and these pooled."""

    rows: Vectors
    tokens: PassageTokens
    coarse: PassageTokens

    @classmethod
    def of_tokens(cls, tokens: Vectors, spans: TokenSpans, inside: npt.NDArray[np.int64]) -> Self:
        """From `tokens` [num_tokens, dim], centred, and `inside` [num_sentences, 2], which stand in each sentence.

        The rows are the mean of all tokens and of those of each sentence.
        """
        whole = np.array([[0, len(tokens)]], np.int64)
        starts = np.union1d([0], inside[1:, 0]).astype(np.int64)
        rows = pool(tokens, np.concatenate([whole, inside]))
        return cls(rows, quantised(tokens, spans, starts), quantised(*pooled(tokens, spans, starts)))


def index_passages(
    documents: Sequence[Document], passages: Sequence[Passage], encoder: Encoder, progress: Progress | None = None
) -> Index:
    """Encode passages and index them in every way. Raises ValueError when there are none."""
    if not passages:
        raise ValueError("there are no passages to index")
    # What is read first has to stand for the whole: passages are taken in strides.
    stride = -(-len(passages) // _PASSAGES_A_STEP)
    order = sorted(range(len(passages)), key=lambda number: number % stride)
    vectors: dict[int, PassageVectors] = {}
    if progress is not None:
        progress(0, len(passages))
    for start in range(0, len(order), _PASSAGES_A_STEP):
        step = order[start : start + _PASSAGES_A_STEP]
        encodings = encoder.encode_passages([passages[number].text for number in step])
        if start == 0:
            background = Background.for_index(encoder.identity, [encoding.tokens for encoding in encodings])
        for number, encoding in zip(step, encodings, strict=True):
            vectors[number] = vectors_of(passages[number], encoding, background, by_mean=encoder.pools_by_mean)
        if progress is not None:
            progress(len(vectors), len(passages))
    found_by = [vectors[number] for number in range(len(passages))]
    return assembled(documents, passages, background, found_by, [words_of(passage) for passage in passages])


def assembled(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    background: Background,
    vectors: Sequence[PassageVectors],
    named: Sequence[list[str]],
) -> Index:
    """An index of passages whose vectors and words are made already."""
    return Index(
        {document.doc_id: document for document in documents},
        passages,
        background,
        DenseIndex.build(
            np.concatenate([each.rows for each in vectors]),
            np.repeat(np.arange(len(vectors), dtype=np.int32), [len(each.rows) for each in vectors]),
        ),
        LexicalIndex.build(named),
        TokenIndex.build([each.tokens for each in vectors]),
        TokenIndex.build([each.coarse for each in vectors]),
    )


def words_of(passage: Passage) -> list[str]:
    """What BM25 finds a passage by: its words, and what it names that is the same in every language."""
    named = (concept.token for concept in concepts(passage.text))
    return [*words(passage.text, passage.language), *named]


def vectors_of(passage: Passage, encoding: TextEncoding, background: Background, *, by_mean: bool) -> PassageVectors:
    """One passage's vectors; its only row is the model's own vector where that is not made `by_mean`."""
    raw, spans = encoding.tokens, encoding.spans
    if len(raw) == 0:  # the encoder makes nothing of it: a token that is like no other
        tokens, spans = np.zeros((1, raw.shape[1]), np.float32), np.zeros((1, 2), np.int32)
    else:
        tokens = background.centred(raw, passage.language)
    inside = tokens_inside(spans, passage.sentences)
    made = PassageVectors.of_tokens(tokens, spans, inside[inside[:, 0] < inside[:, 1]])
    return made if by_mean else replace(made, rows=encoding.vector[None, :])
