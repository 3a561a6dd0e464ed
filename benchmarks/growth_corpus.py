"""An index of any size for measuring: real passages, and distractors put together of real sentences.

A piece is a real sentence's first tokens, each mixed with that of another one; its words are the sentence's. Four
pieces in one language are a distractor, whose vectors are then moved a little, each towards another piece's, so that no
two are the same. So everything has the sizes and the neighbourhoods of real text, and there is as much as is wanted.
What the tokens are to be stored as is made once a piece; nothing but the disk limits their number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from benchmarks.candidates import Keeper
from benchmarks.quality import Records
from embeddings import arrays
from embeddings.catalogue import Catalogue
from embeddings.contents import Index
from embeddings.index.dense import DenseIndex
from embeddings.index.kinds import Search
from embeddings.index.lexical import LexicalIndex
from embeddings.index.tokens import PassageTokens, TokenIndex, pooled, quantised
from embeddings.indexing import words_of
from embeddings.passage_vectors import PassageVectors, vectors_of
from embeddings.types import Document, Encoder, Passage, Run, SourceFile, Span, TokenSpans, Vectors
from embeddings.vectors import tokens_inside, unit
from embeddings.words import words
from qa import evaluation

TOKENS = 20
"""Of a piece."""
PIECES = 4
"""In a distractor, which so has 80 tokens; paragraphs of reports have from 50 to 250."""
MADE = 20_000
"""Different pieces."""
MOVED = 0.35
"""How far a distractor's vectors are moved towards others."""
A_DOCUMENT = 100
"""Passages of a distracting document."""
STEP = 5_000

Picked = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sentence:
    """A real sentence: its language, words, text and the first of its tokens [TOKENS, dim], centred."""

    language: str
    words: list[str]
    text: str
    tokens: Vectors
    spans: TokenSpans


@dataclass(frozen=True)
class Pieces:
    """What distractors are made of: pieces' sentences, `rows` [MADE, dim], and tokens as they are stored,
    `fine` [MADE, TOKENS, ...] and `coarse`."""

    sentences: Sequence[Sentence]
    rows: Vectors
    fine: Sequence[PassageTokens]
    coarse: Sequence[PassageTokens]


def real_sentences(index: Index, keeper: Keeper) -> list[Sentence]:
    """The sentences of the passages of an index that are long enough."""
    found = []
    for passage in index.passages:
        encoding = keeper.kept[passage.text]
        tokens = index.background.centred(encoding.tokens, passage.language)
        inside = tokens_inside(encoding.spans, passage.sentences)
        for span, (first, last) in zip(passage.sentences, inside.tolist(), strict=True):
            if last - first < TOKENS:
                continue
            spans = encoding.spans[first : first + TOKENS] - np.int32(span.start)
            text = passage.text[span.start : span.start + int(spans[-1, 1])]
            own = tokens[first : first + TOKENS]
            found.append(Sentence(passage.language, words(text, passage.language), text, own, np.maximum(spans, 0)))
    return found


def made_pieces(sentences: Sequence[Sentence], random: np.random.Generator) -> Pieces:
    """`MADE` pieces, those of one language behind one another."""
    picked = sorted(random.integers(len(sentences), size=MADE).tolist(), key=lambda place: sentences[place].language)
    chosen = [sentences[place] for place in picked]
    others = [sentences[place] for place in random.integers(len(sentences), size=MADE).tolist()]
    mixed = [unit(one.tokens + other.tokens) for one, other in zip(chosen, others, strict=True)]
    starts = np.zeros(1, np.int64)
    return Pieces(
        chosen,
        unit(np.stack([tokens.mean(axis=0) for tokens in mixed])),
        [quantised(tokens, each.spans, starts) for tokens, each in zip(mixed, chosen, strict=True)],
        [quantised(*pooled(tokens, each.spans, starts)) for tokens, each in zip(mixed, chosen, strict=True)],
    )


def picked_pieces(pieces: Pieces, count: int, random: np.random.Generator) -> Picked:
    """[count, PIECES]: pieces of as many distractors, those of one in one language."""
    languages = np.array([each.language for each in pieces.sentences])
    bounds = {code: np.flatnonzero(languages == code)[[0, -1]] for code in np.unique(languages).tolist()}
    own = random.choice(languages, count)
    first, last = (np.array([bounds[code][end] for code in own])[:, None] for end in (0, 1))
    return first + random.integers(1 << 40, size=(count, PIECES)) % (last - first + 1)


@dataclass(frozen=True)
class Real:
    """The real passages: an index of them, their vectors, and the pieces that distractors are made of."""

    index: Index
    vectors: Sequence[PassageVectors]
    pieces: Pieces

    @classmethod
    def of(cls, records: Records, encoder: Encoder) -> Self:
        """Encode and cut up the passages of `records`."""
        keeper = Keeper(encoder)
        index = evaluation.index_records(records, keeper)
        vectors = [vectors_of(each, keeper.kept[each.text], index.background, by_mean=True) for each in index.passages]
        return cls(index, vectors, made_pieces(real_sentences(index, keeper), np.random.default_rng(0)))


def enlarged(given: Real, count: int, work: Path, search: Search | None = None) -> tuple[Index, Sequence[Document]]:
    """An index of real passages and as many distractors as make `count`; its largest parts in files in `work`."""
    real, vectors, pieces = given.index, given.vectors, given.pieces
    random = np.random.default_rng(count)
    picked = picked_pieces(pieces, max(0, count - len(vectors)), random)
    documents = [*real.documents.values()]
    passages = [*real.passages]
    for number, own in enumerate(np.split(picked, range(A_DOCUMENT, len(picked), A_DOCUMENT)) if len(picked) else ()):
        document, its_passages = made_document(f"made-{number}", own, pieces)
        documents.append(document)
        passages += its_passages
    named = [words_of(each) for each in real.passages]
    named += [[word for place in own for word in pieces.sentences[place].words] for own in picked.tolist()]
    index = Index(
        {document.doc_id: document for document in documents},
        passages,
        Catalogue.build(documents, passages),
        real.background,
        DenseIndex.build(
            _Rows([each.rows for each in vectors], moved(pieces, picked, random, work / "rows")), search, work / "dense"
        ),
        LexicalIndex.build(named),
        token_index([each.tokens for each in vectors], pieces.fine, picked, work / "tokens"),
        token_index([each.coarse for each in vectors], pieces.coarse, picked, work / "coarse"),
        real.references,
    )
    (work / "rows").unlink()
    return index, documents


def made_document(name: str, picked: Picked, pieces: Pieces) -> tuple[Document, list[Passage]]:
    """A document of distractors, each a numbered paragraph."""
    passages, lines, at = [], [], 0
    languages = []
    for number, own in enumerate(picked.tolist(), 1):
        sentences = [pieces.sentences[place] for place in own]
        starts = np.cumsum([0, *(len(each.text) + 1 for each in sentences)]).tolist()
        spans = tuple(Span(a, a + len(each.text)) for a, each in zip(starts, sentences, strict=False))
        text, mark = " ".join(each.text for each in sentences), f"{number}. "
        start = at + len(mark)
        passages.append(
            Passage(
                f"{name}#{number}", name, (f"Part {1 + (number - 1) // 25}",), str(number), sentences[0].language, text,
                (Run(0, start, len(text)),), spans, at, start + len(text),
            )
        )  # fmt: skip
        lines.append(mark + text)
        at = start + len(text) + 1
        languages.append(sentences[0].language)
    whole = "\n".join(lines)
    language = max(set(languages), key=languages.count)
    return Document(name, name, language, SourceFile(f"{name}.txt", len(whole.encode()), ""), whole, ()), passages


def moved(pieces: Pieces, picked: Picked, random: np.random.Generator, scratch: Path) -> npt.NDArray[np.float32]:
    """[len(picked), 1 + PIECES, dim] in a file: the vector of each distractor and of each of its sentences."""

    def steps() -> Iterator[Vectors]:
        for at in range(0, len(picked), STEP):
            own = picked[at : at + STEP]
            others = random.integers(MADE, size=own.shape)
            rows = unit(pieces.rows[own] + np.float32(MOVED) * pieces.rows[others])
            yield np.concatenate([unit(rows.mean(axis=1, keepdims=True)), rows], axis=1)

    shape = (len(picked), 1 + PIECES, pieces.rows.shape[1])
    made: npt.NDArray[np.float32] = arrays.written(steps(), shape, np.float32, scratch)
    return made


class _Rows(Sequence[Vectors]):
    """The vectors of each passage: of real ones, and of distractors in a file."""

    def __init__(self, real: Sequence[Vectors], made: npt.NDArray[np.float32]) -> None:
        self._real, self._made = real, made.view(np.ndarray)

    def __len__(self) -> int:
        return len(self._real) + len(self._made)

    def __getitem__(self, number: int) -> Vectors:  # type: ignore[override]
        if number >= len(self):
            raise IndexError(number)
        return self._real[number] if number < len(self._real) else self._made[number - len(self._real)]


def token_index(
    real: Sequence[PassageTokens], pieces: Sequence[PassageTokens], picked: Picked, scratch: Path
) -> TokenIndex:
    """The tokens of real passages and of distractors, as `TokenIndex.build` puts them together, without a passage's
    own values being made: they would take more memory than the result."""
    codes, scales, spans = (np.stack([getattr(each, name) for each in pieces]) for name in ("codes", "scales", "spans"))
    length, dimension = codes.shape[1:]
    lengths = [*(len(each.codes) for each in real), *[PIECES * length] * len(picked)]
    first = np.cumsum([0, *lengths])
    starts = [each.starts + at for each, at in zip(real, first.tolist(), strict=False)]
    made = first[len(real) : -1, None] + length * np.arange(PIECES)
    steps = [picked[at : at + STEP] for at in range(0, len(picked), STEP)]
    whole = arrays.written(
        (part for parts in ((each.codes for each in real), (codes[own].reshape(-1, dimension) for own in steps))
         for part in parts),
        (int(first[-1]), dimension), np.int8, scratch,
    )  # fmt: skip
    return TokenIndex(
        whole,
        np.concatenate([*(each.scales for each in real), scales[picked].ravel()]),
        np.concatenate([*(each.spans for each in real), spans[picked].reshape(-1, 2)]),
        np.concatenate([*starts, made.ravel(), first[-1:]]).astype(np.int64),
        np.cumsum([0, *map(len, starts), *[PIECES] * len(picked)]),
    )
