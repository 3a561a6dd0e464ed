"""What in a passage answers: the sentence, and in it the words that match the question's, across languages."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from embeddings.documents.extract import CELL_BORDER
from embeddings.index.tokens import PassageTokens, SentenceMatches
from embeddings.types import Passage, Span, Vectors
from embeddings.vectors import pool, unit

_WEIGHTS: Final = np.array([1.0, 0.55, -0.17, 0.02], np.float32)
"""Of what `sentence_features` gives: fitted on the answers of three sets in Chinese, French and Arabic by
`scripts/make_calibration.py`, as parts of the first one's weight."""
_MATCHED: Final = 0.5
"""A word is marked when it is matched this part of the way from what any passage has to what a translation would."""
_BEARING: Final = 0.4
"""A sentence bears on the question when it has this part of the best one's score."""
_LEAST_SPREAD: Final = 0.01
"""Of cosines; what differs less does not differ."""
_FIGURE: Final = re.compile(r"\d")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class PassageMatch:
    """How a question's tokens are matched by one passage's: `cosines` [num_tokens, num_query_tokens], with the
    passage's own tokens [num_tokens, dim] and where its sentences begin."""

    cosines: Vectors
    tokens: Vectors
    stored: PassageTokens

    @classmethod
    def of(cls, query: Vectors, stored: PassageTokens) -> "PassageMatch":
        """Match the question's tokens `query` [num_query_tokens, dim] in a passage."""
        tokens = stored.codes.astype(np.float32) * stored.scales[:, None]
        return cls(np.asarray(tokens @ query.T, np.float32), tokens, stored)


def sentence_scores(query: Vectors, match: PassageMatch) -> Vectors:
    """[num_sentences]: how well each sentence answers, comparable within the passage only."""
    return np.asarray(sentence_features(query, match) @ _WEIGHTS, np.float32)


def sentence_features(query: Vectors, match: PassageMatch) -> Vectors:
    """[num_sentences, 4]: what tells whether a sentence answers the question with the tokens `query`.

    How much better it matches the question's tokens than the passage's sentences do on average; the cosine of both
    means; how much of it the question repeats, for what only repeats it says nothing; and how well the sentence before
    is matched, which often says what this one speaks of. All zero for a question without tokens.
    """
    starts = match.stored.starts
    if match.cosines.shape[1] == 0:
        return np.zeros((len(starts), len(_WEIGHTS)), np.float32)
    best = np.maximum(np.maximum.reduceat(match.cosines, starts, axis=0), 0)
    beyond = np.maximum(best - best.mean(axis=0), 0).mean(axis=1)
    ends = np.append(starts[1:], len(match.tokens))
    closeness = pool(match.tokens, np.stack([starts, ends], axis=1)) @ unit(query.mean(axis=0))
    repeated = np.square(np.maximum(match.cosines.max(axis=1), 0))
    repetition = np.sqrt(np.add.reduceat(repeated, starts) / (ends - starts))
    before = np.append(0, np.sqrt(np.square(best).mean(axis=1))[:-1])
    return np.stack([beyond, closeness, repetition, before], axis=1).astype(np.float32)


def best_sentence(query: Vectors, match: PassageMatch, passage: Passage) -> Span:
    """The sentence of a passage that answers best. A table's row that only names its columns is none: it matches the
    question's words, and the row that is asked for stands below."""
    scores = sentence_scores(query, match)
    if len(scores) > 1 and _names_columns(passage):
        scores[0] = -np.inf
    return sentence_at(passage, match.stored, int(np.argmax(scores)))


def _names_columns(passage: Passage) -> bool:
    """Whether a passage begins with a table's row without a figure, and a row with one follows."""
    first, *others = (passage.text[span.start : span.end] for span in passage.sentences)
    return (
        CELL_BORDER in first
        and not _FIGURE.search(first)
        and any(CELL_BORDER in row and _FIGURE.search(row) for row in others)
    )


def sentence_at(passage: Passage, stored: PassageTokens, number: int) -> Span:
    """The sentence of the passage's text that sentence `number` of its tokens is."""
    place = int(stored.spans[stored.starts[number], 1])
    return next((span for span in passage.sentences if place <= span.end), passage.sentences[-1])


def matching_words(
    match: PassageMatch, text: str, sentence: Span, background: Vectors, attainable: float
) -> tuple[Span, ...]:
    """The words of a sentence that the question's tokens are matched by: spans in `text`, in order, none overlapping.

    `background` [num_query_tokens]: how well each is matched by any passage, so that words which stand everywhere are
    not marked; `attainable`: how well a translation is matched. Empty when no word reaches the margin.
    """
    if match.cosines.shape[1] == 0:
        return ()
    margin = background + _MATCHED * np.maximum(attainable - background, 0)
    matched = (match.cosines >= margin).any(axis=1)
    spans = match.stored.spans
    found: list[Span] = []
    for start, end in spans[matched].tolist():
        word = _whole(text, max(start, sentence.start), min(end, sentence.end))
        if word is None:
            continue
        if found and word.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(word.end, found[-1].end))
        else:
            found.append(word)
    return tuple(found)


def _whole(text: str, start: int, end: int) -> Span | None:
    """The whole word that a token is a part of; the token itself in scripts without blanks; None without a letter."""
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    if start >= end:
        return None
    if _UNSPACED.search(text, start, end):
        return Span(start, end)
    while start > 0 and _joins(text, start - 1):
        start -= 1
    while end < len(text) and _joins(text, end):
        end += 1
    return Span(start, end)


def _joins(text: str, place: int) -> bool:
    return (text[place].isalnum() and not _UNSPACED.match(text, place)) or text[place] == "\u0301"


def bearing(matches: SentenceMatches) -> list[list[int]]:
    """Which sentences of each passage bear on the question, by number: those that reach a part of the best one's score.

    Here sentences of different passages are compared, each of the question's tokens by how far above its usual match it
    is matched, in standard deviations over all the sentences, so that words which stand everywhere do not count.
    """
    best = matches.best
    ends = [*matches.starts[1:].tolist(), best.shape[1]]
    if best.size == 0:
        return [[] for _ in ends]
    spread = np.maximum(best.std(axis=1, keepdims=True), _LEAST_SPREAD)
    scores = ((best - best.mean(axis=1, keepdims=True)) / spread).mean(axis=0)
    bears = scores >= max(_BEARING * float(scores.max()), np.finfo(np.float32).tiny)
    return [np.flatnonzero(bears[start:end]).tolist() for start, end in zip(matches.starts.tolist(), ends, strict=True)]
