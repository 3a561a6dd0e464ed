"""How well passages answer a question, from how its tokens are matched in them."""

import numpy as np
import numpy.typing as npt

from embeddings.index.tokens import SentenceMatches
from embeddings.types import Vectors

_WINDOW = 3
"""Sentences that are looked at together: an answer and what it speaks of seldom stand further apart."""


def passage_scores(matches: SentenceMatches) -> Vectors:
    """[num_passages]: the mean of how well the question is matched in the whole passage and in its best window of three
    sentences, each from 0 to 1."""
    best, starts = matches.best, matches.starts
    whole = matched(np.maximum.reduceat(best, starts, axis=1))
    window = np.maximum.reduceat(matched(_windows(best, starts)), starts)
    return np.asarray((whole + window) / 2, dtype=np.float32)


def mean_matches(matches: SentenceMatches) -> Vectors:
    """[num_passages]: the mean of the best cosines of the question's tokens in the whole passage, from -1 to 1.

    MaxSim as multi-vector models were trained with (Khattab and Zaharia 2020, "ColBERT"), over the number of tokens.
    """
    best = np.maximum.reduceat(matches.best, matches.starts, axis=1)
    if len(best) == 0:
        return np.zeros(best.shape[1], np.float32)
    return np.asarray(best.mean(axis=0), dtype=np.float32)


def matched(best: Vectors) -> Vectors:
    """Root mean square over the question's tokens of their best cosines, [n] from [num_query_tokens, n].

    The square lets what is found count for more than what is nearly found.
    """
    if len(best) == 0:
        return np.zeros(best.shape[1], np.float32)
    return np.asarray(np.sqrt(np.mean(np.square(np.maximum(best, 0)), axis=0)), dtype=np.float32)


def _windows(best: Vectors, starts: npt.NDArray[np.int64]) -> Vectors:
    """For each sentence the best cosines in it and in those that follow within the passage and the window."""
    count = best.shape[1]
    passage = np.searchsorted(starts, np.arange(count), side="right")
    windows = best.copy()
    for step in range(1, _WINDOW):
        same = passage[step:] == passage[:-step]
        windows[:, : count - step] = np.maximum(windows[:, : count - step], np.where(same, best[:, step:], -1))
    return windows
