"""From a query to ranked passages: candidates by vectors and words, sifted by coarse tokens, then by all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto
from typing import Final, Protocol

import numpy as np

from embeddings.contents import Index
from embeddings.index.protocols import Ids, Mask, TokenSearch
from embeddings.timing import Part, timed
from embeddings.types import Encoder, EncoderIdentity, Vectors
from embeddings.vectors import one_blas_thread, unit
from qa.filters import Selection, Selector
from qa.marking import PassageMatch, bearing, best_sentence, matching_words, sentence_at
from qa.query import Query
from qa.relevance import Calibration
from qa.scoring import mean_matches, passage_scores
from qa.types import ScoredPassage

BY_WORDS: Final = 50
"""Passages that words may bring, to be sifted by their coarse tokens with those that vectors bring."""
ROWS_A_CANDIDATE: Final = 8
"""Vectors looked at for each: a paragraph has one of its own and one a sentence, and those close to a question come
several from one paragraph."""
_RRF_K: Final = 60
"""Reciprocal rank fusion's constant (Cormack, Clarke and Büttcher 2009)."""
_WORDS_WEIGHT: Final = 0.3
"""What the question's words, all found, add to a score of matched tokens, from 0 to 1. Where a passage is in another
language they can't be found, which says nothing against it: there they count only when they raise its score."""

RERANKED: Final = 20
"""Passages that a reranker reads again. Each costs what the model takes for a pair, which `qa models check --reranker`
measures."""

_SAMPLE: Final = 64
"""Passages of each language that tell how any passage matches a word; evenly taken, so always the same ones."""


def by_vector(passages: int) -> int:
    """How many passages vectors bring, of so many: 1000, and more where there are more that are alike."""
    return max(1000, min(4000, passages // 25))


def rescored_of(passages: int) -> int:
    """Of how many passages every token is looked at. `benchmarks/candidates.py` shows what these numbers miss and the
    latency benchmark what they cost."""
    return max(200, min(400, passages // 250))


class Stage(Flag):
    """What takes part in ranking; stages are switched off for measuring."""

    DENSE = auto()
    WORDS = auto()
    TOKENS = auto()
    ALL = DENSE | WORDS | TOKENS


class Reranks(Protocol):
    """Reads a question and a passage together."""

    @property
    def identity(self) -> EncoderIdentity: ...

    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        """How well each text answers the question, from 0 to 1: [len(texts)]."""
        ...


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """`language` of the question (ISO 639-1), `vector` [dim] for the dense index, `tokens` [num_tokens, dim], centred
    and of unit length, and `lexical` [num_passages], each passage's score by words."""

    language: str
    vector: Vectors
    tokens: Vectors
    lexical: Vectors


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a query: `numbers` of passages, best first, and their `scores`, both [num_found]; `within`:
    what was searched."""

    query: EncodedQuery
    numbers: Ids
    scores: Vectors
    within: Selection


class Retriever:
    """Searches one index with the encoder it was made with."""

    def __init__(
        self, index: Index, encoder: Encoder, stages: Stage = Stage.ALL, reranker: Reranks | None = None
    ) -> None:
        """`reranker`: reads the first passages again. Raises ValueError when `stages` leaves nothing that brings
        candidates."""
        if not stages & (Stage.DENSE | Stage.WORDS):
            raise ValueError("ranking needs candidates: switch on DENSE or WORDS")
        self.index = index
        self.selector = Selector(index.catalogue)
        self._encoder = encoder
        self._reranker = reranker
        self._languages = {code: place for place, code in enumerate(index.catalogue.languages)}
        self._samples = {
            language: numbers[:: -(-len(numbers) // _SAMPLE)]
            for language, place in self._languages.items()
            if len(numbers := np.flatnonzero(index.catalogue.language_of == place))
        }
        self.calibration = Calibration.for_encoder(encoder.identity)
        # Where a model does not pool by mean its tokens were not trained to be searched with.
        self._stages = stages if encoder.pools_by_mean else stages & ~Stage.TOKENS
        self._matched = mean_matches if encoder.multi_vector else passage_scores

    def retrieve(
        self, query: Query, top_k: int = 5, within: Selection | None = None, *, every_version: bool = False
    ) -> list[ScoredPassage]:
        """The `top_k` passages closest to `query`, best first; fewer where fewer are searched.

        `within`: what is searched, by default everything. Of a paragraph that is there in several languages one comes,
        the one in the question's language where there is one, with the best of their scores; all come with
        `every_version`.

        Raises ValueError when `top_k` is not positive.
        """
        return self.hits(self.best(query, top_k, within, every_version=every_version))

    def best(
        self, query: Query, top_k: int = 5, within: Selection | None = None, *, every_version: bool = False
    ) -> Ranking:
        """The first half of `retrieve`: which passages come, before they are read closely.

        Where there is a reranker, the first `RERANKED` of `rank` come in its order. Their scores are then
        (1 + its) / 2, those of all others half of what they were: every one is from 0 to 1, and they compare.
        """
        if self._reranker is None:
            return self.rank(query, top_k, within, every_version=every_version)
        found = self.rank(query, max(RERANKED, top_k), within, every_version=every_version)
        with timed(Part.RERANKING):
            first = found.numbers[:RERANKED]
            texts = [self.index.passages[number].text for number in first.tolist()]
            again = (1 + self._reranker.scores(query.text, texts)) / 2
        order = np.argsort(-again, kind="stable")
        numbers = np.concatenate([first[order], found.numbers[RERANKED:]])
        scores = np.concatenate([again[order], found.scores[RERANKED:] / 2]).astype(np.float32)
        return replace(found, numbers=numbers[:top_k], scores=scores[:top_k])

    def rank(
        self, query: Query, top_k: int = 5, within: Selection | None = None, *, every_version: bool = False
    ) -> Ranking:
        """What `best` gives without a reranker."""
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, not {top_k}")
        within = within or self.selector.everything
        with one_blas_thread():
            encoded = self.encode(query)
            count = within.passages
            found, scores = self.candidates(encoded, max(by_vector(count), top_k), max(BY_WORDS, top_k), within)
            if Stage.TOKENS in self._stages and len(found):
                found = self.sifted(encoded, found, max(rescored_of(count), top_k))
                scores = self.rescored(encoded, found)
            # Equal scores keep the order of the index, so that a query's answer never changes.
            order = np.lexsort((found, -scores))
            found, scores = found[order], scores[order]
            if self.index.catalogue.versioned and not every_version:
                found, scores = self._one_version_each(query.language, found, scores, top_k, within.mask)
            return Ranking(encoded, found[:top_k], scores[:top_k], within)

    @timed(Part.ENCODE)
    def encode(self, query: Query) -> EncodedQuery:
        """What the stages need of a query, computed once."""
        encoding = self._encoder.encode_query(query.text)
        tokens = self.index.background.centred(encoding.tokens, query.language)
        vector = unit(tokens.sum(axis=0)) if self._encoder.pools_by_mean else encoding.vector
        with_words = Stage.WORDS in self._stages
        with timed(Part.WORDS):
            lexical = (
                self.index.lexical.scores(query.words) if with_words else np.zeros(len(self.index.passages), np.float32)
            )
        return EncodedQuery(query.language, vector, tokens, lexical)

    @timed(Part.CANDIDATES)
    def candidates(
        self, query: EncodedQuery, by_vector: int, by_words: int = BY_WORDS, within: Selection | None = None
    ) -> tuple[Ids, Vectors]:
        """The first stage: numbers of passages and their scores there, in no order; by default of all passages."""
        part = None if within is None or within.whole else within
        rankings: list[tuple[Ids, Vectors]] = []
        if Stage.DENSE in self._stages:
            ids, cosines = self.index.dense.search(query.vector, by_vector * ROWS_A_CANDIDATE, part)
            rankings.append((ids[:by_vector], cosines[:by_vector]))
        if Stage.WORDS in self._stages:
            lexical = query.lexical if part is None else np.where(part.mask, query.lexical, 0)
            rankings.append(_highest(lexical, by_words))
        return _fused(rankings)

    @timed(Part.SIFTING)
    def sifted(self, query: EncodedQuery, passages: Ids, count: int) -> Ids:
        """The second stage: the `count` passages that are best by their coarse tokens and by words, in no order."""
        if len(passages) <= count:
            return passages
        scores = self._scores(query, passages, self.index.coarse)
        return passages[np.argpartition(-scores, count)[:count]]

    @timed(Part.RESCORING)
    def rescored(self, query: EncodedQuery, passages: Ids) -> Vectors:
        """The last stage: the scores of some passages, from 0 to 1, by every token and by words."""
        return self._scores(query, passages, self.index.tokens)

    def _scores(self, query: EncodedQuery, passages: Ids, tokens: TokenSearch) -> Vectors:
        matched = self._matched(tokens.match(query.tokens, passages))
        scores = (matched + _WORDS_WEIGHT * query.lexical[passages]) / (1 + _WORDS_WEIGHT)
        return np.where(self._foreign(query, passages), np.maximum(matched, scores), scores).astype(np.float32)

    def _foreign(self, query: EncodedQuery, passages: Ids) -> Mask:
        """[len(passages)]: which are in another language than the question."""
        return np.asarray(self.index.catalogue.language_of[passages] != self._languages.get(query.language, -1))

    def bearing(self, ranking: Ranking) -> dict[str, list[int]]:
        """Which sentences of the passages found bear on the query: numbers by passage_id."""
        if len(ranking.numbers) == 0:
            return {}
        with one_blas_thread():
            found = bearing(self.index.tokens.match(ranking.query.tokens, ranking.numbers))
        return {
            self.index.passages[number].passage_id: self._as_sentences(number, own)
            for number, own in zip(ranking.numbers.tolist(), found, strict=True)
        }

    def _as_sentences(self, number: int, found: Sequence[int]) -> list[int]:
        """Sentences as the tokens of a passage count them, as its text counts them: one without any token has none."""
        passage, stored = self.index.passages[number], self.index.tokens.of(number)
        return sorted({passage.sentences.index(sentence_at(passage, stored, each)) for each in found})

    def _one_version_each(
        self, language: str, found: Ids, scores: Vectors, top_k: int, within: Mask
    ) -> tuple[Ids, Vectors]:
        """The first `top_k` of ranked passages that are no versions of one another, each as `language` has it, where
        that version is `within` what is searched."""
        chosen: list[int] = []
        places: list[int] = []
        seen: set[str] = set()
        for place, number in enumerate(found.tolist()):
            passage = self.index.passages[number]
            if passage.passage_id in seen:
                continue
            versions = {passage.language: number}
            for version in passage.versions:
                other = None if version.doubtful else self.index.number_of(version.passage_id)
                if other is not None and within[other]:
                    versions.setdefault(version.language, other)
                    seen.add(version.passage_id)
            chosen.append(versions.get(language, number))
            places.append(place)
            if len(chosen) == top_k:
                break
        return np.array(chosen, np.int64), scores[places]

    def evidence(self, query: EncodedQuery, passages: Ids) -> Vectors:
        """What relevance is read from: matched tokens and, in the question's language, what words add to them."""
        matched = self._matched(self.index.tokens.match(query.tokens, passages))
        with_words = matched + _WORDS_WEIGHT * query.lexical[passages]
        foreign = np.maximum(matched, with_words / (1 + _WORDS_WEIGHT))
        return np.where(self._foreign(query, passages), foreign, with_words).astype(np.float32)

    def shares(self, query: Query, passages: Ids) -> Vectors | None:
        """[len(passages)]: how well passages match the query, each in its language: 0 as any passage does, 1 as its
        translation would. None where the encoder has no calibration."""
        calibration = self.calibration
        if calibration is None:
            return None
        with one_blas_thread():
            evidence = self.evidence(self.encode(query), passages).tolist()
        languages = [self.index.passages[number].language for number in passages.tolist()]
        shares = (calibration.share(query.language, *each) for each in zip(languages, evidence, strict=True))
        return np.fromiter(shares, np.float32, len(languages))

    @timed(Part.MARKS)
    def hits(self, ranking: Ranking) -> list[ScoredPassage]:
        """The second half of `retrieve`: how likely each passage answers, its best sentence, the matching words in it.

        What a word is worth in a language does not depend on what is searched: a passage is marked alike under any
        filters.
        """
        query, numbers = ranking.query, ranking.numbers
        if len(numbers) == 0:
            return []
        index = self.index
        with one_blas_thread():
            evidence = self.evidence(query, numbers).tolist()
            usual = {
                language: self._usual(query, language)
                for language in {index.passages[number].language for number in numbers.tolist()}
            }
            hits = []
            for place, (number, score) in enumerate(zip(numbers.tolist(), ranking.scores.tolist(), strict=True)):
                passage, stored = index.passages[number], index.tokens.of(number)
                match = PassageMatch.of(query.tokens, stored)
                sentence = best_sentence(query.tokens, match, passage)
                attainable, relevance = 1.0, None
                if self.calibration is not None:
                    attainable = self.calibration.attainable_by(query.language, passage.language)
                    searched = ranking.within.counts[passage.language]
                    relevance = _relevance(
                        self.calibration, query.language, passage.language, evidence[place], searched
                    )
                words = matching_words(match, passage.text, sentence, usual[passage.language], attainable)
                document = index.documents[passage.doc_id]
                hits.append(ScoredPassage(place + 1, score, passage, document, sentence, relevance, words))
        return hits

    def _usual(self, query: EncodedQuery, language: str) -> Vectors:
        """[num_query_tokens]: how well each of the question's tokens is matched by any passage in a language."""
        matches = self.index.tokens.match(query.tokens, self._samples[language])
        return np.asarray(np.median(np.maximum.reduceat(matches.best, matches.starts, axis=1), axis=1), np.float32)


def _relevance(calibration: Calibration, question: str, passage: str, evidence: float, searched: int) -> float:
    """How likely a passage in the language `passage` answers; `searched`: among how many in it that was found."""
    share = calibration.share(question, passage, evidence)
    return calibration.relevance(share - calibration.chance(question, passage, searched))


def _highest(scores: Vectors, count: int) -> tuple[Ids, Vectors]:
    """The `count` highest of `scores` above zero, best first, and their numbers."""
    found = np.flatnonzero(scores > 0)
    if len(found) > count:
        found = found[np.argpartition(-scores[found], count)[:count]]
    found = found[np.lexsort((found, -scores[found]))]
    return found, scores[found]


def _fused(rankings: Sequence[tuple[Ids, Vectors]]) -> tuple[Ids, Vectors]:
    """All passages of the rankings and their scores: a single ranking's own, else by reciprocal rank fusion."""
    if len(rankings) == 1:
        return rankings[0]
    fused: dict[int, float] = {}
    for ids, _ in rankings:
        for rank, number in enumerate(ids.tolist(), 1):
            fused[number] = fused.get(number, 0.0) + 1 / (_RRF_K + rank)
    return np.array(list(fused), np.int64), np.array(list(fused.values()), np.float32)
