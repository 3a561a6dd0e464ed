"""Whether a quotation stands in the documents: word for word, with differences, or not at all.

A quotation may have other line breaks, quotation marks, dashes and widths than its source, begin with another case, and
leave out what an ellipsis stands for; these are no differences. Everything else is, and is shown.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from embeddings.contents import Index
from embeddings.source_text import INVISIBLE, source_span
from embeddings.types import Document, Passage, Span
from embeddings.words import words
from qa.alignment import align
from qa.quotation_differences import Difference, differences_between, kind_of, other_number, same_number
from qa.quotation_parts import Part, variants_of, weights_of
from qa.quoted_words import Words, is_word, words_of

MAX_PLACES: Final = 1_000
"""Places that are listed of a quotation that stands in more."""
NEAR: Final = 0.6
"""The share of a quotation that has to stand somewhere for that place to be shown as its source."""

_MAX_EXAMINED: Final = 5_000
"""Passages with all words of a quotation that are read to the end for it."""
_CANDIDATES: Final = 50
"""Passages with most of its words that are compared with it."""
_MAX_CELLS: Final = 100_000_000
"""Pairs of words that are compared for one quotation, about three seconds."""
_MAX_WHOLE: Final = 4_000_000
"""Pairs of words up to which the whole passage is compared, not only its stretch with most of the quotation's words."""
_MAX_SOUGHT: Final = 32
"""Distinct words that choose the passages to be read; of more every n-th."""
_MAX_KEPT: Final = 20_000
"""Passages whose words are kept."""
_LEAST_WORDS: Final = 3
"""Matching words below which a passage is not said to be nearly the source of anything."""

_THAI_LIKE: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{1,2}")
"""Grams shorter than those of the index, which such short stretches give."""

Status = Literal["exactly", "nearly", "not"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a passage is quoted: `span` in its text, `source` in its document's."""

    passage: Passage
    document: Document
    span: Span
    source: Span

    @property
    def text(self) -> str:
        """The words as the passage has them."""
        return self.passage.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands: a stretch for each of its parts, in order. `similarity`: from 0 to 1, 1 where there are
    no `differences`. `left_out`: what stands between the parts, in the document's text."""

    stretches: tuple[Stretch, ...]
    similarity: float
    differences: tuple[Difference, ...]
    left_out: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether `quote` stands in the documents. `places`: all where it stands exactly, or those where it nearly does,
    best first. `complete`: False where there may be more of them."""

    quote: str
    status: Status
    places: tuple[Place, ...]
    complete: bool = True

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Those of the best place."""
        return self.places[0].differences if self.places else ()


def find(quote: str, index: Index) -> Verdict:
    """Look for `quote` in all passages of `index`.

    Raises QuotationError when it has no words or more than `MAX_QUOTE` characters.
    """
    return Finder(index).find(quote)


class Finder:
    """Looks for quotations; keeps what it has read of the passages, so that many cost less than one by one."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._languages = index.catalogue.languages
        self._read: dict[int, Words] = {}

    def find(self, quote: str) -> Verdict:
        """As the function `find`."""
        variants = variants_of(quote)
        for parts in variants:
            found, complete = self._exactly(parts)
            if found:
                return Verdict(quote, "exactly", tuple(found), complete)
        near = self._nearly(quote, variants[-1])
        without = tuple(place for place in near if not place.differences)
        if without:  # words that the index has otherwise than its passage
            return Verdict(quote, "exactly", without, complete=False)
        return Verdict(quote, "nearly" if near else "not", tuple(near))

    def differences(self, quote: str, passage_number: int) -> Place | None:
        """How `quote` and the passage of that place in the index part, however far; None where they share no word.

        Raises QuotationError as `find`.
        """
        parts = variants_of(quote)[0]
        aligned = self._aligned(parts[0], passage_number, [_MAX_CELLS])
        return None if aligned is None else self._place(quote, parts, {0: aligned})

    def _words(self, number: int) -> Words:
        if number not in self._read:
            if len(self._read) > _MAX_KEPT:
                self._read.clear()
            self._read[number] = words_of(self._index.passages[number].text)
        return self._read[number]

    # --- Exactly -----------------------------------------------------------------------------------------------------

    def _exactly(self, parts: Sequence[Part]) -> tuple[list[Place], bool]:
        found: list[dict[int, list[tuple[int, int]]]] = []
        complete = True
        for part in parts:
            places, all_read = self._standing(part)
            if not places:
                return [], True
            found.append(places)
            complete = complete and all_read
        places_found = [
            Place(stretches, 1.0, (), self._between(stretches))
            for chain in self._chains(found)
            if (stretches := tuple(self._stretch(*link) for link in chain))
            and all(
                part.number is None or same_number(part.number[1], stretch.passage)
                for part, stretch in zip(parts, stretches, strict=True)
            )
        ]
        return places_found[:MAX_PLACES], complete and len(places_found) <= MAX_PLACES

    def _standing(self, part: Part) -> tuple[dict[int, list[tuple[int, int]]], bool]:
        """The stretches of words that are the part's, by passage, and whether these are all."""
        numbers = self._with_all_words(part)
        found: dict[int, list[tuple[int, int]]] = {}
        count = read = 0
        neighbours = _neighbours(part.words)
        for number in map(int, numbers):
            if not _may_hold(self._index.passages[number].text, neighbours):
                continue
            stretches = occurrences(part.words, self._words(number))
            read += 1
            if stretches:
                found[number] = stretches
                count += len(stretches)
            if count > MAX_PLACES or read > _MAX_EXAMINED:
                return found, False
        return found, True

    def _with_all_words(self, part: Part) -> npt.NDArray[np.int64]:
        """The numbers of the passages that have every word of a part, by the index of words."""
        having = np.zeros(len(self._index.passages), bool)
        for sought in self._sought(part):
            all_of = np.ones(len(having), bool)
            for word in sought:
                all_of &= self._index.lexical.scores([word]) > 0
            having |= all_of
        return np.flatnonzero(having)

    def _sought(self, part: Part) -> list[tuple[str, ...]]:
        """Words of a part as the index has them, in each way that a language of the index stems them."""
        ways = set()
        for language in self._languages or [""]:
            distinct = dict.fromkeys(
                word for word in words(part.plain, language) if "/" not in word and not _THAI_LIKE.fullmatch(word)
            )
            ways.add(tuple(distinct)[:: max(1, -(-len(distinct) // _MAX_SOUGHT))])
        return sorted(ways)

    def _chains(self, found: Sequence[Mapping[int, list[tuple[int, int]]]]) -> Iterator[list[tuple[int, int, int]]]:
        """One stretch of each part, in order and in one document, each as near before the next as it stands."""
        links = [
            sorted((number, *stretch) for number, stretches in places.items() for stretch in stretches)
            for places in found
        ]
        if len(links) == 1:
            yield from ([link] for link in links[0])
            return
        chains = [[link] for link in links[-1]]
        for earlier in reversed(links[:-1]):  # from the end, so that the part before is the nearest
            longer = []
            for chain in chains:
                at = bisect_left(earlier, chain[0][:2], key=lambda link: (link[0], link[2] - 1)) - 1
                if at >= 0 and self._document(earlier[at][0]) == self._document(chain[0][0]):
                    longer.append([earlier[at], *chain])
            chains = list({chain[0]: chain for chain in reversed(longer)}.values())[::-1]
        yield from chains

    def _document(self, number: int) -> str:
        return self._index.passages[number].doc_id

    def _stretch(self, number: int, start: int, end: int) -> Stretch:
        """The words [start, end) of a passage."""
        passage = self._index.passages[number]
        spans = self._words(number).spans
        span = Span(spans[start].start, spans[end - 1].end)
        return Stretch(passage, self._index.documents[passage.doc_id], span, source_span(passage.runs, span))

    def _between(self, stretches: Sequence[Stretch]) -> tuple[Span, ...]:
        """What stands between each two stretches, where that is more than marks and a paragraph's number."""
        return tuple(
            Span(one.source.end, other.source.start)
            for one, other in pairwise(stretches)
            if one.document.doc_id == other.document.doc_id and _leaves_out(one, other)
        )

    # --- Nearly ------------------------------------------------------------------------------------------------------

    def _nearly(self, quote: str, parts: Sequence[Part]) -> list[Place]:
        """The places where most of the parts' words stand, best first, at most five."""
        cells = [_MAX_CELLS]
        aligned: dict[int, dict[int, _Aligned]] = defaultdict(dict)  # by part and passage
        for place, part in enumerate(parts):
            for number in self._candidates(part):
                bound = _Aligned.bound(part, self._words(number))
                best = min((each.cost for each in aligned[place].values()), default=part.weight)
                if bound > (best if len(parts) == 1 else part.weight * (1 - NEAR)):
                    continue
                found = self._aligned(part, number, cells)
                if found is not None:
                    aligned[place][number] = found
        if len(parts) == 1:
            ranked = sorted(aligned[0].values(), key=lambda each: (each.cost, each.number))
            chosen = [{0: each} for each in ranked if each.cost == ranked[0].cost][:5]
        else:
            chosen = self._best_chain(aligned)
        places = [self._place(quote, parts, each) for each in chosen]
        matched = [sum(each.matched for each in chain.values()) for chain in chosen]
        return [
            place
            for place, count in zip(places, matched, strict=True)
            if place.similarity >= NEAR and count >= min(_LEAST_WORDS, sum(len(part.words) for part in parts))
        ]

    def _candidates(self, part: Part) -> list[int]:
        """The numbers of the passages with most of a part's words, those with the most of these first."""
        scores = np.zeros(len(self._index.passages), np.float32)
        for sought in self._sought(part):
            if sought:
                scores = np.maximum(scores, self._index.lexical.scores(sought))
        best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        numbers = [int(number) for number in best if scores[number] > 0]
        return sorted(numbers, key=lambda number: _Aligned.bound(part, self._words(number)))

    def _aligned(self, part: Part, number: int, cells: list[int]) -> "_Aligned | None":
        """A part beside a passage; None where they share nothing, or `cells`, what may still be compared, are gone."""
        text = self._words(number)
        start, end = _stretch_with_most(part, text)
        size = len(part.words) * (end - start)
        if size == 0 or size > cells[0]:
            return None
        cells[0] -= size
        ids = {word: place for place, word in enumerate(set(part.words.folded))}
        found = align(
            [ids[word] for word in part.words.folded],
            [ids.get(word, -1) for word in text.folded[start:end]],
            weights_of(part.words),
            weights_of(text.part(start, end)),
        )
        steps = tuple((i, None if j is None else j + start) for i, j in found.steps)
        aligned = _Aligned(number, found.cost, steps, part, text)
        return aligned if aligned.matched else None

    def _best_chain(self, aligned: Mapping[int, Mapping[int, "_Aligned"]]) -> list[dict[int, "_Aligned"]]:
        """What of the parts stands in order in one document, the document with the most of it."""
        by_document: dict[str, list[tuple[int, _Aligned]]] = defaultdict(list)
        for place, numbers in aligned.items():
            for number, each in numbers.items():
                if each.cost > each.part.weight * (1 - NEAR):
                    continue
                by_document[self._document(number)].append((place, each))
        best: tuple[int, dict[int, _Aligned]] = (0, {})
        for links in by_document.values():
            links.sort(key=lambda link: (link[0], link[1].number, link[1].start))
            chains: list[tuple[int, dict[int, _Aligned]]] = []
            for place, each in links:
                gain = max(0, each.part.weight - each.cost)
                before = [
                    (total, chain)
                    for total, chain in chains
                    if max(chain) < place
                    and (chain[max(chain)].number, chain[max(chain)].end) <= (each.number, each.start)
                ]
                total, chain = max(before, key=lambda known: known[0], default=(0, {}))
                chains.append((total + gain, {**chain, place: each}))
            best = max([best, *chains], key=lambda known: known[0])
        return [best[1]] if best[1] else []

    def _place(self, quote: str, parts: Sequence[Part], chosen: Mapping[int, "_Aligned"]) -> Place:
        """A place with its differences; parts that nothing was chosen for are differences as a whole."""
        stretches: list[Stretch] = []
        differences: list[Difference] = []
        cost = 0
        for place, part in enumerate(parts):
            each = chosen.get(place)
            if each is None:
                whole = Span(part.words.spans[0].start, part.words.spans[-1].end)
                quoted = quote[whole.start : whole.end]
                kind = kind_of(part.words, part.words.part(0, 0), quoted, "")
                differences.append(Difference(kind, quoted, "", whole, Span(0, 0), ""))
                cost += part.weight
                continue
            stretch = self._stretch(each.number, each.start, each.end)
            stretches.append(stretch)
            if part.number and not same_number(part.number[1], stretch.passage):
                differences.append(other_number(part.number[0], part.number[2], stretch.passage))
            differences += differences_between(quote, stretch.passage, part.words, each.text, each.steps)
            cost += each.cost
        weight = sum(part.weight for part in parts)
        similarity = max(0.0, 1 - cost / weight)
        return Place(tuple(stretches), similarity, tuple(differences), self._between(stretches))


@dataclass(frozen=True, slots=True)
class _Aligned:
    """A part beside the passage of that number in the index, word by word."""

    number: int
    cost: int
    steps: tuple[tuple[int | None, int | None], ...]
    part: Part
    text: Words

    @property
    def start(self) -> int:
        return min((j for _, j in self.steps if j is not None), default=0)

    @property
    def end(self) -> int:
        return max((j for _, j in self.steps if j is not None), default=0) + 1

    @property
    def matched(self) -> int:
        """How many words are alike."""
        return sum(
            self.part.words.folded[i] == self.text.folded[j] and is_word(self.text.strict[j])
            for i, j in self.steps
            if i is not None and j is not None
        )

    @staticmethod
    def bound(part: Part, text: Words) -> int:
        """The least that changing the part into a stretch of the text can cost, by the words that both have."""
        there = Counter(text.folded)
        cost = 0
        for word, weight in zip(part.words.folded, weights_of(part.words), strict=True):
            if there[word]:
                there[word] -= 1
            else:
                cost += weight
        return cost


def _neighbours(part: Words) -> re.Pattern[str] | None:
    """What finds the longest two words of the part that stand beside each other; None where there are none.

    Only of words that NFKC alone makes what is compared: no digits, no hyphens.
    """
    pairs = [(one, other) for one, other in pairwise(part.strict) if one.isalpha() and other.isalpha()]
    pairs = [pair for pair in pairs if len(pair[0]) > 1 and len(pair[1]) > 1]  # scripts without blanks
    if not pairs:
        return None
    one, other = max(pairs, key=lambda pair: len(pair[0]) + len(pair[1]))
    return re.compile(f"{re.escape(one)}\\s{{1,9}}{re.escape(other)}", re.IGNORECASE)


def _may_hold(text: str, neighbours: re.Pattern[str] | None) -> bool:
    """Whether a text can hold two neighbouring words; True where that takes reading it."""
    if neighbours is None or neighbours.search(text):
        return True
    return not unicodedata.is_normalized("NFKC", text) or INVISIBLE.search(text) is not None


def occurrences(part: Words, text: Words) -> list[tuple[int, int]]:
    """The stretches [start, end) of the text's words that are the part's; of its first word the case may differ."""
    size = len(part)
    if size == 0 or size > len(text):
        return []
    first = part.strict[0].casefold()
    if size == 1:
        return [(at, at + 1) for at, word in enumerate(text.strict) if word.casefold() == first]
    joined, sought = "\n".join(("", *text.strict, "")), "\n".join(("", *part.strict[1:], ""))
    found: list[tuple[int, int]] = []
    at, words_before, counted = joined.find(sought), 0, 0
    while at >= 0:
        words_before += joined.count("\n", counted, at)
        counted = at
        if words_before and text.strict[words_before - 1].casefold() == first:
            found.append((words_before - 1, words_before - 1 + size))
        at = joined.find(sought, at + 1)
    return found


def _stretch_with_most(part: Part, text: Words) -> tuple[int, int]:
    """The stretch of a text that is compared: all of it, or of a long one what has most of the part's words."""
    size = len(text)
    length = 2 * len(part.words) + 64
    if size <= length or len(part.words) * size <= _MAX_WHOLE:
        return 0, size
    known = set(part.words.folded)
    shared = np.cumsum([0, *(word in known for word in text.folded)])
    start = int((shared[length:] - shared[:-length]).argmax())
    return start, start + length


def _leaves_out(one: Stretch, other: Stretch) -> bool:
    if one.passage == other.passage:
        between = one.passage.text[one.span.end : other.span.start]
    else:
        between = one.document.text[one.source.end : other.passage.start] + other.passage.text[: other.span.start]
    return any(map(is_word, words_of(between).strict))
