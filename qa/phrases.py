"""Phrases that a corpus repeats, found without a dictionary, in any script.

A phrase is a run of words (or of characters, where no blanks set words off) that several paragraphs have. That it is
whole, not cut out of a longer one, is told by what stands beside it: several different neighbours on both sides (Feng
et al. 2004, "Accessor variety criteria for Chinese word extraction"). A part of a longer phrase counts only as often as
it stands elsewhere too (Frantzi et al. 2000, "Automatic recognition of multi-word terms: the C-value/NC-value method").
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from embeddings.lexicon import Token, tokens, word_set
from embeddings.words import UNSPACED, fold
from qa.followup_words import FUNCTION, FUNCTION_HAN
from qa.speaker_words import PANELLISTS, SPEAKERS

MIN_PASSAGES: Final = 2
"""Paragraphs that have a phrase; what only one has is nobody's subject."""
_LENGTHS: Final = {True: range(2, 11), False: range(1, 6)}
"""Characters, or words, of a run that is counted."""
_MIN_LENGTH: Final = {True: 4, False: 2}
"""Of a phrase; shorter ones are words that say little by themselves ("rights")."""
_VARIETY: Final = 2
"""Different neighbours that a phrase has on each side."""
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_WEAK_HAN: Final = frozenset(
    "了和与及或在于以为对将从由向被把并而也都各其该本此这那之所等上中下内外间后前时已未不可应须能会到至自使让就但还又更最"
    "一二三四五六七八九十两个位名项些每有是请提作得任何促充鉴"
)
"""Characters that begin or end no term, or only seldom."""
_HAN_INSIDE: Final = re.compile("[的了着并将应须]|人人|任何|有权|指出|强调")
"""Characters that join or complete a sentence, and stand in no term."""
_LONG_HAN: Final = 6
"""Characters that are hardly repeated by chance, so that two places with them are enough."""
_RUSSIAN_ADJECTIVE: Final = re.compile("[а-я]+(?:ую|ые|ый|ая|ое|ого|ыми|ых|яя)")
"""What lacks the noun behind it."""
_LINKS: Final = word_set(
    "of the and for in on to at de la le les l du des d et en à a aux au el los las del y e и в во на по с о от к из у "
    "из-за ال و في من على إلى"
)
"""What may stand inside a phrase between its words, of all function words."""
_NO_TERMS: Final = word_set(
    fold(
        "has have had having shall should must may can will would is are was were be been whereas considering noting "
        "everyone everybody nobody anyone said stated added noted referred ont avait peut peuvent doit doivent toute "
        "tout nul nulle chacun considérant attendu estime tiene tienen tendrá debe deben puede pueden toda todo todas "
        "todos nadie considerando cualquier имеет имеют должен должна должно должны может могут каждый каждого никто "
        "принимая внимание учитывая لكل كل يجب يجوز ينبغي يمكن لا لم لن"
    )
)
"""Words that make a sentence of what they stand in, and not a term."""
_SPEAKING: Final = {language: f"{PANELLISTS[language]}|{SPEAKERS[language]}".split("|") for language in PANELLISTS}
_SPEAKERS_HAN: Final = _SPEAKING["zh"]
_SPEAKERS: Final = frozenset(
    form
    for language, words in _SPEAKING.items()
    if language != "zh"
    for word in words
    for form in (fold(word), f"{fold(word)}s")
)
"""Who speaks in a report is in every second sentence of it, and no subject."""
_BETWEEN: Final = re.compile("[ \u00a0'’-]*")
"""What may stand between two words of a phrase; commas and brackets may not."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as the texts write it most often; the numbers of the passages that have it, and how it ranks (more is
    better, comparable within one call)."""

    text: str
    passages: frozenset[int]
    weight: float


@dataclass(slots=True)
class _Run:
    passages: set[int] = field(default_factory=set)
    count: int = 0
    starting: int = 0
    at_edge: bool = False
    before: set[str] = field(default_factory=set)
    behind: set[str] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)


_Key = tuple[str, ...]


def phrases(texts: Sequence[str]) -> list[Phrase]:
    """The phrases that the texts share, the best first."""
    cut = [list(_segments(text, tokens(text))) for text in texts]
    found: dict[_Key, _Run] = {}
    frequent: set[_Key] = set()
    for length in range(1, max(_LENGTHS[True]) + 1):
        runs = _runs(texts, cut, length, frequent)
        frequent = {key for key, run in runs.items() if len(run.passages) >= MIN_PASSAGES}
        found |= {key: runs[key] for key in frequent}
    whole = {key: run for key, run in found.items() if _is_whole(key, run)}
    nested = _nested(whole)
    ranked = []
    for key, run in whole.items():
        outside = run.count - nested.get(key, 0)
        if outside > 0:
            rarity = math.log(1 + len(texts) / len(run.passages))
            weight = math.log2(1 + len(key)) * outside**0.8 * rarity
            ranked.append(Phrase(run.written.most_common(1)[0][0], frozenset(run.passages), weight))
    return sorted(ranked, key=lambda phrase: (-phrase.weight, phrase.text))


def _segments(text: str, read: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens between two marks of punctuation, or two scripts."""
    segment: list[Token] = []
    for token in read:
        if segment:
            gap = text[segment[-1].end : token.start]
            same = bool(_UNSPACED.match(token.word)) == bool(_UNSPACED.match(segment[-1].word))
            if not same or not _BETWEEN.fullmatch(gap) or (gap and _UNSPACED.match(token.word)):
                yield segment
                segment = []
        segment.append(token)
    if segment:
        yield segment


def _runs(
    texts: Sequence[str], cut: Sequence[Sequence[Sequence[Token]]], length: int, frequent: Collection[_Key]
) -> dict[_Key, _Run]:
    """The runs of a length whose parts are frequent, with what stands beside them."""
    runs: dict[_Key, _Run] = {}
    for number, segments in enumerate(cut):
        for place, segment in enumerate(segments):
            if length > _LENGTHS[bool(_UNSPACED.match(segment[0].word))][-1]:
                continue
            words = [token.word for token in segment]
            for at in range(len(segment) - length + 1):
                key = tuple(words[at : at + length])
                if length > 1 and (key[:-1] not in frequent or key[1:] not in frequent):
                    continue
                run = runs.setdefault(key, _Run())
                run.passages.add(number)
                run.count += 1
                run.starting += place == 0 and at == 0
                # The end of a segment is another neighbour each time.
                run.before.add(words[at - 1] if at else f" {number} {place}")
                run.behind.add(words[at + length] if at + length < len(words) else f" {number} {place}")
                run.at_edge |= at == 0 or at + length == len(words)
                run.written[texts[number][segment[at].start : segment[at + length - 1].end]] += 1
    return runs


def _is_whole(key: _Key, run: _Run) -> bool:
    """Whether a run is a term by itself, as far as that can be told."""
    unspaced = bool(_UNSPACED.match(key[0]))
    # What begins passages is how sentences begin: "Everyone has the right".
    if len(key) < _MIN_LENGTH[unspaced] or 2 * run.starting > run.count:
        return False
    if min(len(run.before), len(run.behind)) < _VARIETY:
        return False
    return _is_whole_han("".join(key), run) if unspaced else _is_whole_spaced(key)


def _is_whole_han(text: str, run: _Run) -> bool:
    if len(text) < _LONG_HAN and len(run.passages) <= MIN_PASSAGES and not run.at_edge:
        return False
    if text[0] in _WEAK_HAN or text[-1] in _WEAK_HAN or _HAN_INSIDE.search(text):
        return False
    if any(speaker in text for speaker in _SPEAKERS_HAN):
        return False
    return not any(each.start() == 0 or each.end() == len(text) for each in FUNCTION_HAN.finditer(text))


def _is_whole_spaced(key: _Key) -> bool:
    if {key[0], key[-1]} & FUNCTION or any(word in FUNCTION and word not in _LINKS for word in key):
        return False
    if _NO_TERMS.intersection(key) or _SPEAKERS.intersection(key):
        return False
    if _RUSSIAN_ADJECTIVE.fullmatch(key[-1]):
        return False
    return all(len(word) > 2 and word.isalpha() for word in (key[0], key[-1]))


def _nested(whole: dict[_Key, _Run]) -> dict[_Key, int]:
    """How often each phrase stands within a longer one."""
    inside: Counter[_Key] = Counter()
    for key, run in sorted(whole.items(), key=lambda item: -len(item[0])):
        parts = {
            key[start:end]
            for start in range(len(key))
            for end in range(start + 1, len(key) + 1)
            if end - start < len(key)
        }
        for part in parts & whole.keys():
            inside[part] += run.count - inside[key]
    return inside
