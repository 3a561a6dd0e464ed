"""What is done to vectors everywhere: unit length, and means over the tokens of a sentence."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from embeddings.types import Span, TokenSpans, Vectors


def one_blas_thread() -> AbstractContextManager[object]:
    """Within it NumPy's matrix library keeps to one thread.

    Its idle threads spin for a while and hold up those of the encoder, which on two cores made the next question three
    times as slow as the work itself.
    """
    context: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return context


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def unit(vectors: Vectors) -> Vectors:
    """`vectors` [..., dim] scaled to unit length; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)


def tokens_inside(spans: TokenSpans, sentences: Sequence[Span]) -> npt.NDArray[np.int64]:
    """Which tokens end in each sentence: first and behind the last, [num_sentences, 2]; equal where there is none.

    Where they end, because a token may begin with the blank before its word. Tokens come in the order of the text.
    """
    ends = spans[:, 1]
    first = np.searchsorted(ends, [sentence.start for sentence in sentences], side="right")
    last = np.searchsorted(ends, [sentence.end for sentence in sentences], side="right")
    return np.stack([first, last], axis=1).astype(np.int64)


def pool(tokens: Vectors, inside: npt.NDArray[np.int64]) -> Vectors:
    """The mean of `tokens` [num_tokens, dim] from `inside[i, 0]` to `inside[i, 1]`, unit length: [len(inside), dim].

    Zero where there is no token.
    """
    sums = np.concatenate([np.zeros((1, tokens.shape[1])), np.cumsum(tokens, axis=0, dtype=np.float64)])
    return unit((sums[inside[:, 1]] - sums[inside[:, 0]]).astype(np.float32))
