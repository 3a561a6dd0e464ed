"""What finds one passage: vectors of it and of its sentences, its tokens, and these pooled; and what they depend on."""

import hashlib
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from embeddings.background import Background
from embeddings.index.tokens import PassageTokens, pooled, quantised
from embeddings.types import Passage, TextEncoding, TokenSpans, Vectors
from embeddings.vectors import pool, tokens_inside


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


def content_hash(passage: Passage, background: Background) -> str:
    """What a passage's vectors depend on, the encoder and its fixed means aside, as SHA-256 (hex).

    Its language, words and sentences; and the index's own mean, where its language has none that is fixed.
    """
    hashed = hashlib.sha256(f"{passage.language}\n{len(passage.text)}\n{passage.text}".encode())
    hashed.update(np.array([(span.start, span.end) for span in passage.sentences], np.int64).tobytes())
    if passage.language not in background.means:
        hashed.update(background.own.tobytes())
    return hashed.hexdigest()
