"""Late interaction: every token of a question against every token of a passage (MaxSim).

For each token of the question the best cosine among a passage's tokens is taken; a passage scores well when every part
of the question finds its like somewhere in it (Khattab and Zaharia 2020, "ColBERT"). The vectors are stored as int8
with a scale for each, and memory-mapped: a token takes `dim` + 12 bytes.

Looking at every token of many passages takes long, so a second, coarse index holds the mean of each few neighbouring
tokens instead ("token pooling", Clavié, Chaffin and Adams 2024), by which most passages can be left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.types import TokenSpans, Vectors
from embeddings.vectors import unit

_LEVELS: Final = 127
_FILES: Final = ("codes", "scales", "spans", "sentences", "passages")
_POOLED: Final = 8
"""Tokens of a sentence that the coarse index takes together, about. Of the best ten passages of 5000, 99.7 % are among
the best 200 by these means; with 4 it is 100 % for twice the time (docs/retrieval.md)."""

_BLOCK: Final = 1024
"""Tokens that are made float32 at a time, so that they are still in the processor's cache when they are multiplied."""

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """One passage's tokens, ready to be stored.

    `codes` [num_tokens, dim] int8 and `scales` [num_tokens] float32; `spans` [num_tokens, 2] in the passage's text;
    `starts` [num_sentences]: the first token of each sentence, in order, the first one's being 0.
    """

    codes: npt.NDArray[np.int8]
    scales: Vectors
    spans: TokenSpans
    starts: Offsets


@dataclass(frozen=True, slots=True)
class SentenceMatches:
    """How a question's tokens are matched in some passages.

    `best` [num_query_tokens, num_sentences]: the best cosine within each sentence, passage after passage;
    `starts` [num_passages]: the column of each passage's first sentence.
    """

    best: Vectors
    starts: Offsets


def quantised(tokens: Vectors, spans: TokenSpans, starts: Offsets) -> PassageTokens:
    """`tokens` [num_tokens, dim], unit length, to 8 bits, the largest component of each at the end of the range."""
    scales = np.maximum(np.abs(tokens).max(axis=1), np.finfo(np.float32).tiny) / _LEVELS
    codes = np.rint(tokens / scales[:, None]).astype(np.int8)
    return PassageTokens(codes, scales.astype(np.float32), spans, starts)


def pooled(tokens: Vectors, spans: TokenSpans, starts: Offsets) -> tuple[Vectors, TokenSpans, Offsets]:
    """About every eight neighbouring `tokens` [num_tokens, dim] of a sentence to their mean, unit length.

    Returns the means, their spans and the first of each sentence, as `quantised` takes them.
    """
    lengths = np.diff(np.append(starts, len(tokens)))
    counts = np.maximum(1, np.rint(lengths / _POOLED)).astype(np.int64)
    firsts = np.concatenate([
        start + length * np.arange(count) // count
        for start, length, count in zip(starts, lengths, counts, strict=True)
    ])  # fmt: skip
    lasts = np.append(firsts[1:], len(tokens)) - 1
    means = unit(np.add.reduceat(tokens, firsts, axis=0))
    return means, np.stack([spans[firsts, 0], spans[lasts, 1]], axis=1), np.cumsum(counts) - counts


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """The tokens of all passages, one after another.

    `_sentences` [num_sentences + 1]: each sentence's first token; `_passages` [num_passages + 1]: each passage's first
    sentence; the last entries are the totals.
    """

    _codes: npt.NDArray[np.int8]
    _scales: Vectors
    _spans: TokenSpans
    _sentences: Offsets
    _passages: Offsets
    _pages: arrays.Pages | None = None

    @classmethod
    def build(cls, passages: Sequence[PassageTokens], scratch: Path | None = None) -> Self:
        """Put the tokens of all passages together: in memory, or in a file `scratch`, so that any number of them fits.

        Raises OSError when that cannot be written.
        """
        first = np.cumsum([0, *(len(passage.codes) for passage in passages)])
        starts = [passage.starts + at for passage, at in zip(passages, first, strict=False)]
        shape = (int(first[-1]), passages[0].codes.shape[1])
        return cls(
            arrays.written([passage.codes for passage in passages], shape, np.int8, scratch),
            np.concatenate([passage.scales for passage in passages]),
            np.concatenate([passage.spans for passage in passages]),
            np.concatenate([*starts, first[-1:]]),
            np.cumsum([0, *map(len, starts)]),
        )

    def of(self, passage: int) -> PassageTokens:
        """One passage's tokens, as they were given to `build`."""
        starts = self._sentences[self._passages[passage] : self._passages[passage + 1] + 1]
        first, last = int(starts[0]), int(starts[-1])
        return PassageTokens(
            self._codes[first:last], self._scales[first:last], self._spans[first:last], starts[:-1] - first
        )

    def match(self, query: Vectors, passages: Sequence[int] | Offsets) -> SentenceMatches:
        """Match the tokens `query` [num_query_tokens, dim], unit length, in each of `passages`."""
        numbers = np.asarray(passages, np.int64)
        first, last = self._passages[numbers], self._passages[numbers + 1]
        sentences = _ranges(first, last)
        starts, ends = self._sentences[sentences], self._sentences[sentences + 1]
        rows = _ranges(starts, ends)
        if self._pages:
            self._pages.wanted(self._sentences[first], self._sentences[last])
        cosines = np.empty((len(rows), len(query)), np.float32)
        for at in range(0, len(rows), _BLOCK):
            some = rows[at : at + _BLOCK]
            np.matmul(self._codes[some].astype(np.float32), query.T, out=cosines[at : at + _BLOCK])
        cosines *= self._scales[rows][:, None]
        lengths = ends - starts
        best = np.maximum.reduceat(cosines, np.cumsum(lengths) - lengths, axis=0).T
        counts = last - first
        return SentenceMatches(best, np.cumsum(counts) - counts)

    def save(self, folder: Path, name: str) -> None:
        """Write the index's files into `folder`, their names beginning with `name`."""
        parts: tuple[npt.NDArray[Any], ...] = (self._codes, self._scales, self._spans, self._sentences, self._passages)
        for part, array in zip(_FILES, parts, strict=True):
            arrays.save(folder / f"{name}-{part}.npy", array)

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read what `save` wrote, memory-mapped. Raises ValueError when it does not belong together."""
        codes, scales, spans, sentences, passages = (arrays.load(folder / f"{name}-{part}.npy") for part in _FILES)
        if not len(codes) == len(scales) == len(spans) == sentences[-1] or passages[-1] != len(sentences) - 1:
            raise ValueError(f"the files {name}-* do not belong together")
        return cls(codes, scales, spans, sentences, passages, arrays.Pages(codes))


def _ranges(first: Offsets, last: Offsets) -> Offsets:
    """The numbers from each `first` to below each `last`, one range behind the other."""
    lengths = last - first
    ends = np.cumsum(lengths)
    return np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum()))
