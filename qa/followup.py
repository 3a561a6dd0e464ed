"""What a follow-up question is about: the query that is searched for it, made from the conversation by rules.

Nothing is generated. A question that leans on what was said before ("and in Zimbabwe?", "why?", 她的国家呢？) is given
words of the turn before; one that stands by itself is searched as it was typed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from embeddings.concepts import concepts
from embeddings.folded import Folded
from embeddings.numbering import chinese_numeral
from embeddings.timing import Part, timed
from embeddings.words import UNSPACED, WORD, words
from qa import followup_words as lexicon
from qa.question import MAX_QUESTION
from qa.types import ScoredPassage

Search = Callable[[str], Sequence[ScoredPassage]]
"""A query's hits, best first; some dozens of them, so that two queries' hits can be compared."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage that an answer cited, and the sentence of it that was quoted."""

    passage_id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn: `question` as typed, `searched` the query that was searched for it, what its answer cited, in
    order, and `entities`, the names in the rows of its table, in order. All of it can be kept as JSON."""

    question: str
    searched: str
    cited: tuple[Cited, ...] = ()
    entities: tuple[str, ...] = ()


class Reason(StrEnum):
    """How a question was understood."""

    ALONE = "alone"
    """It stands by itself: nothing was taken from the conversation."""
    REPLACED = "replaced"
    """The query before, with a country, article, symbol or year in the place of the one that it named."""
    ADDED = "added"
    """The query before, and what the question adds to it."""
    PLACE = "place"
    """It names a row or a citation of the last answer by its place: "the second one"."""
    CARRIED = "carried"
    """Words of the query before were added to it."""


@dataclass(frozen=True, slots=True)
class Understood:
    """`text` is the query to be searched, and to be shown for editing. `carried`: what of it was taken from the
    conversation, as it stands there; empty where the question stands by itself, which leaves `text` as typed."""

    text: str
    reason: Reason
    carried: tuple[str, ...] = ()

    @property
    def follows(self) -> bool:
        """Whether it is a follow-up."""
        return self.reason is not Reason.ALONE


FEW: Final = 2
"""Words of content; a question that has more is taken to stand by itself, unless it points back: subject, verb and
object make a whole question."""
FITS: Final = 0.9
"""A question that may be a new topic is given words of the turn before when its best score with them is at least this
share of its best score without. Words that don't belong to it lower the score, since each token counts alike."""
_OWN_ANTECEDENT: Final = 2
"""Words of content before a pronoun, which then more likely stands for one of them than for what was said before."""
_MAX_CARRIED: Final = 12
"""Words that are taken over at most, the latest turn's first, so that a long conversation does not pile up."""
MAX_SENTENCE: Final = 400
"""Characters of a cited sentence that are searched when the question is about it."""

_PIECE: Final = re.compile(f"(?P<unspaced>[{UNSPACED}]+)|{WORD.pattern}")
_MARK: Final = re.compile(r"\[\s?(?P<number>[0-9]{1,2})\s?\]")
"""A citation's number as answers print it."""
_YEAR: Final = re.compile("(?<![0-9])(?:1[89]|20)[0-9]{2}(?![0-9])")
_OUTER: Final = " \t\r\n?？!！.。…؟,，、;；:：¿¡"
_SETS_OFF: Final = ",،、:：.…!–—-"
_PARTICLES: Final = re.compile("(?:呢|吗|吧|啊|呀|么)?$")
_MAX_BETWEEN: Final = 12
"""Characters between two words that are taken over as they stand: " des ", " of the "."""
_APART: Final = frozenset('\n?？!！.。…؟,，、،;；:：¿¡()（）[]"“”«»')


@timed(Part.QUESTION)
def understood(question: str, history: Sequence[Turn], search: Search | None = None) -> Understood:
    """The query that is to be searched for `question`, asked after the turns of `history`, the last one last.

    With `search` a question that may be a new topic is searched by itself and with words of the turn before, which is
    the only way to tell. Without, one that neither points back nor lacks content is left alone.
    """
    alone = Understood(question, Reason.ALONE)
    if not history or not history[-1].searched.strip() or len(question) > MAX_QUESTION:
        return alone
    asked, before = _read(question), history[-1]
    if not asked.words:
        return alone
    found = _by_place(asked, before) or _by_name(asked, before) or _by_pointer(asked, before)
    if found is None and _leans(asked, search is not None):
        found = _carrying(asked, before, _meant(asked, before))
        # What has no content of its own can't be a new topic.
        if found and search and asked.content and not _fits(search(question), search(found.text)):
            found = None
    return found if found is not None and found.text.strip() and len(found.text) <= MAX_QUESTION else alone


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, or in scripts without blanks a run of characters with or without content, at [start, end) of the text;
    `weight`: how many words of content it makes."""

    folded: str
    start: int
    end: int
    weight: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it is read: `text` is what follows its opening words, `words` those of `text`."""

    text: str
    words: tuple[_Word, ...]
    opened: bool
    corrects: bool

    @property
    def content(self) -> int:
        """How many words of content it has."""
        return sum(word.weight for word in self.words)


def _read(question: str) -> _Asked:
    read = Folded(question)
    folded, origins = read.folded, read.origins
    at, opened, corrects = _opening(folded)
    text = question[origins[at] :] if at < len(origins) else ""
    found = _words(text)
    if not found:  # only opening words: "And?", "No, I meant ..."
        return _Asked(question, tuple(_words(question)), False, False)
    return _Asked(text, tuple(found), opened, corrects)


def _opening(folded: str) -> tuple[int, bool, bool]:
    """Where the opening words end, whether there are any that go on from before, and any that correct it."""
    at = next((i for i, character in enumerate(folded) if character.isalnum()), 0)
    opened = corrects = False
    for _ in range(4):
        if found := lexicon.CORRECTION.match(folded, at) or _negation(folded, at):
            corrects = True
        elif found := lexicon.OPENER.match(folded, at):
            opened = True
        else:
            break
        at = found.end()
    joined = WORD.match(folded, at)
    if (
        joined
        and len(joined[0]) > 2
        and joined[0][0] == "و"
        and (joined[0][1:] in lexicon.FUNCTION or _is_name(joined[0][1:]))
    ):
        at, opened = at + 1, True
    return at, opened, corrects


def _negation(folded: str, at: int) -> re.Match[str] | None:
    """A "no" that answers the turn before: one that a comma or the like sets off, or that a correction follows."""
    found = lexicon.NEGATION.match(folded, at)
    if found and (set(found[0]) & set(_SETS_OFF) or lexicon.CORRECTION.match(folded, found.end())):
        return found
    return None


def _is_name(word: str) -> bool:
    return any(concept.start == 0 for concept in concepts(word))


def _words(text: str) -> list[_Word]:
    read = Folded(text)
    folded, origins = read.folded, read.origins
    found: list[_Word] = []
    for piece in _PIECE.finditer(folded):
        bounds = [(piece.start(), piece.end(), not piece["unspaced"] and not _has_content(piece[0]))]
        if piece["unspaced"]:
            bounds, at = [], piece.start()
            for function in lexicon.FUNCTION_HAN.finditer(folded, piece.start(), piece.end()):
                bounds += [(at, function.start(), False), (function.start(), function.end(), True)]
                at = function.end()
            bounds.append((at, piece.end(), False))
        for start, end, function_word in bounds:
            if start < end:
                weight = 0 if function_word else (end - start + 1) // 2 if piece["unspaced"] else 1
                found.append(_Word(folded[start:end], origins[start], origins[end - 1] + 1, weight))
    return found


def _has_content(word: str) -> bool:
    if word in lexicon.FUNCTION or (len(word) == 1 and not word.isdigit()):
        return False
    return not ("\u0600" < word[0] < "\u06ff" and word[0] in "وفبلك" and word[1:] in lexicon.FUNCTION)


# --- "the second one", "[2]": a row or a citation of the last answer by its place ------------------------------------


def _by_place(asked: _Asked, before: Turn) -> Understood | None:
    if mark := _MARK.search(asked.text):
        place = int(mark["number"])
        return _on_sentence(
            asked, before, place, [word for word in asked.words if not mark.start() < word.end <= mark.end()]
        )
    found = _place(asked)
    if found is None:
        return None
    place, used, noun = found
    rest = [word for word in asked.words if word not in used]
    if noun not in lexicon.CITED_NOUNS and before.entities:
        if abs(place) > len(before.entities):
            return None
        return _on_entity(asked, before, before.entities[place if place < 0 else place - 1], rest)
    return _on_sentence(asked, before, place, rest) if noun not in lexicon.COUNTRY_NOUNS else None


def _place(asked: _Asked) -> tuple[int, list[_Word], str] | None:
    """The place that is named, from 1 or -1 for the last, the words that name it, and the noun among them."""
    read = Folded(asked.text)
    folded, origins = read.folded, read.origins
    if han := lexicon.ORDINAL_HAN.search(folded):
        start, end = origins[han.start()], origins[han.end() - 1] + 1
        used = [word for word in asked.words if start <= word.start < end]
        return (-1 if han["last"] else _number(han["number"])), used, han["noun"] or ""
    for i, word in enumerate(asked.words):
        if word.folded not in lexicon.ORDINALS:
            continue
        before = asked.words[i - 1] if i else None
        after = asked.words[i + 1] if i + 1 < len(asked.words) else None
        if after and asked.text[word.end : after.start].strip():
            after = None  # a comma or the like stands between
        nouns = [other for other in (after, before) if other and other.folded in lexicon.GENERIC]
        bare = not (before and before.weight) and not (after and after.weight)
        definite = (
            asked.opened or word.folded[0] >= "\u0400" or (before is not None and before.folded in lexicon.DEFINITE)
        )
        if nouns or (bare and definite):
            return lexicon.ORDINALS[word.folded], [word, *nouns[:1]], nouns[0].folded if nouns else ""
    return None


def _number(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else chinese_numeral(numeral)


def _on_sentence(asked: _Asked, before: Turn, place: int, rest: Sequence[_Word]) -> Understood | None:
    """The sentence that was cited at `place`, with the question where that asks for more than the sentence."""
    if not 0 < abs(place) <= len(before.cited):
        return None
    sentence = before.cited[place if place < 0 else place - 1].sentence[:MAX_SENTENCE].strip()
    if not sentence:
        return None
    text = f"{asked.text.strip()} ({sentence})" if _weight(rest) or _asks(rest) else sentence
    return Understood(text, Reason.PLACE, (sentence,))


def _on_entity(asked: _Asked, before: Turn, entity: str, rest: Sequence[_Word]) -> Understood | None:
    """The query before about `entity`, or the question about it where that asks for something of its own."""
    if _weight(rest) or _asks(rest):
        carried = (entity, *_carried(before.searched, f"{asked.text} {entity}"))
        return Understood(_with(asked.text, carried), Reason.PLACE, carried)
    return _put(before.searched, entity)


def _asks(rest: Sequence[_Word]) -> bool:
    """Whether there is a question word, so that more is asked than what else holds for a name."""
    return any(
        word.folded in lexicon.INTERROGATIVE or lexicon.INTERROGATIVE_HAN.search(word.folded) is not None
        for word in rest
    )


def _weight(rest: Sequence[_Word]) -> int:
    return sum(
        word.weight for word in rest if word.folded not in lexicon.GENERIC and word.folded not in lexicon.GENERIC_HAN
    )


# --- "and in Zimbabwe?": what the query before named is replaced, or added to it -------------------------------------


def _by_name(asked: _Asked, before: Turn) -> Understood | None:
    """Where a question holds nothing but names of countries, articles, symbols or years."""
    spans = [(start, end) for _, start, end in _names(asked.text)]
    if not spans or any(
        word.weight and not any(a <= word.start and word.end <= b for a, b in spans) for word in asked.words
    ):
        return None
    return _put(before.searched, _PARTICLES.sub("", asked.text.strip(_OUTER)).strip(_OUTER))


def _put(query: str, addition: str) -> Understood | None:
    """`query` with the names in `addition` in place of those of the same kind, or else with `addition` after it."""
    new = _names(addition)
    kind = new[0][0] if new else ""
    old = [(start, end) for other, start, end in _names(query) if other == kind]
    if not new or not old or len({other for other, _, _ in new}) > 1:
        return Understood(f"{query.strip()} {addition}", Reason.ADDED, (query.strip(),))
    start, end = old[0][0], max(end for _, end in old)
    between = [word for word in _words(query) if start <= word.start and word.end <= end and word.weight]
    if any(not any(a <= word.start and word.end <= b for a, b in old) for word in between):
        return None  # they stand apart, and which of them is meant is not said
    name = addition[new[0][1] : max(last for _, _, last in new)]
    return Understood(
        f"{query[:start]}{name}{query[end:]}",
        Reason.REPLACED,
        tuple(filter(None, (query[:start].strip(), query[end:].strip()))),
    )


def _names(text: str) -> list[tuple[str, int, int]]:
    """What is named in `text` that can take one another's place: kind, start and end."""
    found = [(concept.token.split(":", 1)[0], concept.start, concept.end) for concept in concepts(text)]
    years = [("year", year.start(), year.end()) for year in _YEAR.finditer(text)]
    return sorted(
        found + [year for year in years if not any(a < year[2] and year[1] < b for _, a, b in found)],
        key=lambda name: name[1],
    )


# --- "her country?", "why?": what is missing is carried over ---------------------------------------------------------


def _by_pointer(asked: _Asked, before: Turn) -> Understood | None:
    """Where nothing is asked but what holds for one that the last answer named ("and her country?")."""
    rest = [word for word in asked.words if word.folded not in lexicon.POSSESSED]
    if _weight(rest) or _asks(rest) or not _points(asked, lexicon.ONE_NAMED, lexicon.ONE_NAMED_HAN):
        return None
    if _countries(before.searched):
        return Understood(before.searched, Reason.ADDED, (before.searched,))
    return _put(before.searched, before.entities[0]) if before.entities else None


def _meant(asked: _Asked, before: Turn) -> tuple[str, ...]:
    """The entity of the last answer for which a pronoun of the question stands, if neither names one itself."""
    if not before.entities or not _points(asked, lexicon.ONE_NAMED, lexicon.ONE_NAMED_HAN):
        return ()
    return () if _countries(asked.text) or _countries(before.searched) else before.entities[:1]


def _countries(text: str) -> bool:
    return any(kind == "country" for kind, _, _ in _names(text))


def _points(asked: _Asked, pointers: frozenset[str], unspaced: re.Pattern[str]) -> bool:
    """Whether a pronoun or the like stands so early that what it stands for can't be in the question itself."""
    weight = 0
    for word in asked.words:
        # In "la loi a-t-elle changé" a pronoun repeats the subject.
        repeats = asked.text[word.start - 1 : word.start] == "-"
        if not repeats and (word.folded in pointers or unspaced.search(word.folded)):
            return True
        weight += word.weight
        if weight >= _OWN_ANTECEDENT:
            return False
    return False


def _leans(asked: _Asked, can_search: bool) -> bool:
    """Whether a question may need words of the turn before."""
    if asked.content <= (FEW if can_search else 1) or asked.corrects:
        return True
    return _points(asked, lexicon.POINTERS, lexicon.POINTERS_HAN) or (asked.opened and asked.content <= FEW)


def _carrying(asked: _Asked, before: Turn, meant: tuple[str, ...]) -> Understood | None:
    carried = (*meant, *_carried(before.searched, " ".join((asked.text, *meant))))
    return Understood(_with(asked.text, carried), Reason.CARRIED, carried) if carried else None


def _with(text: str, carried: Sequence[str]) -> str:
    return f"{text.strip()} ({', '.join(carried)})"


def _carried(query: str, beside: str) -> tuple[str, ...]:
    """The words of content of `query` that `beside` does not have, those that stand together as they stand."""
    known = set(words(beside))
    runs: list[tuple[int, int]] = []
    left = _MAX_CARRIED
    for word in _words(query):
        if not word.weight or known.issuperset(words(word.folded)):
            continue
        left -= word.weight
        if left < 0:
            break
        if runs and _adjoin(query, runs[-1][1], word.start):
            runs[-1] = (runs[-1][0], word.end)
        else:
            runs.append((word.start, word.end))
    return tuple(query[start:end] for start, end in runs)


def _adjoin(query: str, end: int, start: int) -> bool:
    """Whether two words of content stand together in `query`, with at most a few small words between them."""
    between = query[end:start]
    if not between.strip() or len(between) == 1:
        return between not in _APART
    return len(between) <= _MAX_BETWEEN and not set(between) & _APART


def _fits(alone: Sequence[ScoredPassage], carrying: Sequence[ScoredPassage]) -> bool:
    """Whether a question's best score hardly loses by words of the turn before."""
    if not alone or not carrying:
        return bool(carrying)
    return max(hit.score for hit in carrying) >= FITS * max(hit.score for hit in alone)
