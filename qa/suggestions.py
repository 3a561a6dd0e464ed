"""Questions that a visitor may begin with, made of what the documents themselves say: nothing is made up.

They come from headings, from phrases that several paragraphs share, and from what is the same in every language:
countries, bodies, articles, conventions. Each is asked before it is offered, and only those are offered that this index
answers, above the line, with a paragraph that has what the question is about.
"""

import re
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final
from weakref import WeakKeyDictionary

from embeddings.bodies import bodies, body_name
from embeddings.concepts import Concept, concepts, country_name
from embeddings.folded import Folded
from embeddings.instruments import INSTRUMENTS
from embeddings.language import UN_LANGUAGES
from embeddings.lexicon import tokens
from embeddings.provisions import provisions
from embeddings.types import Passage
from embeddings.words import UNSPACED, fold
from qa.answer import Answer
from qa.assistant import Assistant
from qa.phrases import phrases
from qa.strings import say

COUNT: Final = 6
"""As many as a visitor looks through before typing."""
_READ: Final = 400
"""Paragraphs that are looked at, taken in strides: what a corpus is about shows in them, in half a second."""
_LOOKED_INTO: Final = 100
"""Documents whose headings are looked at, taken in strides as well."""
_TRIED: Final = 4
"""Questions of one kind that are asked before this kind is given up; each costs a search."""
_LONGEST: Final = 60
"""Characters of a heading or phrase that makes a question."""
_TOP_K: Final = 5
_FEW: Final = 2
"""Countries that a list of them has at least."""

_HEAD_NUMBER: Final = re.compile(
    r"\s{0,4}(?:[一二三四五六七八九十百]{1,4}[.．、]|[(（][\w]{1,4}[)）]|[IVXLC]{1,6}[.)]|[A-Z][.)]|\d{1,3}(?:\.\d{1,3}){0,3}[.)]?(?=\s))\s{0,4}"
)
"""The number before a heading's words."""
_ASIDE: Final = re.compile(r"\s{0,4}[(（][^()（）]{0,40}[)）]\s{0,4}$")
"""What is in brackets behind them."""
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the language it is in (ISO 639-1)."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Ways to ask one thing, the best first, and how an answer is told to be about it.

    `about`: its subject's words or characters, so that no two questions are about the same.
    """

    texts: tuple[str, ...]
    language: str
    fits: Callable[[Answer], bool]
    about: frozenset[str]


class Suggestions:
    """The suggested questions of each index, made when they are first asked for. Safe to share between threads."""

    def __init__(self, count: int = COUNT) -> None:
        """`count`: how many are made at most."""
        self._count = count
        self._made: WeakKeyDictionary[Assistant, _Made] = WeakKeyDictionary()
        self._looking = threading.Lock()

    def of(self, assistant: Assistant, language: str) -> tuple[Suggestion, ...]:
        """The questions for a visitor who reads `language`, always the same ones for the same index.

        The first call for an index and language takes some ten to thirty searches, later ones nothing.
        """
        with self._looking:
            made = self._made.setdefault(assistant, _Made())
        with made.making:
            if language not in made.questions:
                made.questions[language] = suggestions(assistant, language, self._count)
            return made.questions[language]


@dataclass(slots=True)
class _Made:
    """The questions of one index by language. One thread makes them, the others that want them wait."""

    making: threading.Lock = field(default_factory=threading.Lock)
    questions: dict[str, tuple[Suggestion, ...]] = field(default_factory=dict)


def suggestions(assistant: Assistant, language: str, count: int = COUNT) -> tuple[Suggestion, ...]:
    """At most `count` questions that the index answers, of as many kinds as it has, or, where only that is answered,
    terms by themselves.

    Those on countries, bodies and articles are in `language`; those on the documents' own words in a language of the
    documents, in `language` where they have it.
    """
    kinds = deque(_Source(assistant, language).kinds())
    chosen: list[Suggestion] = []
    subjects: list[frozenset[str]] = []
    # One of each kind, then another of each, until there are enough or no kind has any left.
    while kinds and len(chosen) < count:
        kind = kinds.popleft()
        found = _next_answered(assistant, kind, subjects, language)
        if found is not None:
            chosen.append(found)
            kinds.append(kind)
    return tuple(chosen)


def _next_answered(
    assistant: Assistant, kind: Iterator[_Candidate], subjects: list[frozenset[str]], language: str
) -> Suggestion | None:
    """The next question of a kind that is answered and about none of the `subjects`, to which its own is added."""
    failed = 0
    while failed < _TRIED and (candidate := next(kind, None)):
        if not _is_another(candidate.about, subjects):
            continue
        for text in candidate.texts:
            answer = assistant.ask(text, _TOP_K, reader=language)
            if not answer.absent and candidate.fits(answer):
                subjects.append(candidate.about)
                return Suggestion(text, candidate.language)
        failed += 1
    return None


def _is_another(about: frozenset[str], subjects: Sequence[frozenset[str]]) -> bool:
    """Whether a subject shares less than half of its words with each of the others."""
    return all(2 * len(about & each) < min(len(about), len(each)) for each in subjects)


class _Source:
    """What of an index makes questions."""

    def __init__(self, assistant: Assistant, language: str) -> None:
        self._index = assistant.index
        self._language = language
        stride = -(-len(self._index.passages) // _READ)
        self._passages = self._index.passages[::stride]
        self._spoken = self._language_of_documents()

    def kinds(self) -> list[Iterator[_Candidate]]:
        """Questions of each kind, the best first; first the kinds in the visitor's language."""
        terms = [self._on_terms(self._headings()), self._on_terms(self._phrases())]
        names = [self._countries_with(), self._references(), self._on_countries(), self._on_bodies()]
        return [*terms, *names] if self._spoken == self._language else [*names, *terms]

    def _language_of_documents(self) -> str:
        """The visitor's language where there are documents in it, else the one that most are in, of those that
        questions can be asked in here."""
        counts = Counter(passage.language for passage in self._passages if passage.language in UN_LANGUAGES)
        if self._language in counts or not counts:
            return self._language
        return max(sorted(counts), key=counts.__getitem__)

    def _read(self) -> list[Passage]:
        return [passage for passage in self._passages if passage.language == self._spoken]

    def _headings(self) -> Iterator[str]:
        """The headings in the language of the questions, those of larger parts first, without their numbers."""
        spoken = [entry.doc_id for entry in self._index.catalogue.documents if entry.language == self._spoken]
        found = [
            (heading.level, place, heading.text)
            for doc_id in spoken[:: max(1, -(-len(spoken) // _LOOKED_INTO))]
            for place, heading in enumerate(self._index.documents[doc_id].headings)
            if heading.level > 0
        ]
        cleaned = (_ASIDE.sub("", _HEAD_NUMBER.sub("", text, count=1)).strip() for _, _, text in sorted(found))
        return (text for text in dict.fromkeys(cleaned) if _says_something(text))

    def _phrases(self) -> Iterator[str]:
        found = phrases([passage.text for passage in self._read()])
        named = (each.text for each in found if len(each.text) <= _LONGEST)
        return (text for text in named if not any(_covers(each, text) for each in (concepts(text), bodies(text))))

    def _on_terms(self, terms: Iterator[str]) -> Iterator[_Candidate]:
        for term in terms:
            yield _Candidate(self._about(term, self._spoken), self._spoken, _has(term), _words(term))

    def _countries_with(self) -> Iterator[_Candidate]:
        if len(self._named("country")) < _FEW:
            return
        shared = self._phrases() if self._spoken == self._language else iter(())
        named = (body_name(token, self._language) for token in self._named("body"))
        for term in (*islice(shared, _TRIED), *islice(named, _TRIED)):
            text = say(self._language, "about.ask_countries", term=term)
            yield _Candidate((text,), self._language, _lists, _words(term))

    def _references(self) -> Iterator[_Candidate]:
        counts = [each for each in self._index.references.counts() if each.reference.kind in ("article", "instrument")]
        for each in sorted(counts, key=lambda count: -count.passages):
            reference = each.reference
            if reference.kind == "article" and not reference.last and not reference.parts:
                text = say(self._language, "about.ask_article", number=reference.number)
            elif reference.kind == "instrument":
                title = INSTRUMENTS[reference.instrument].title(self._language)
                text = say(self._language, "about.ask_instrument", title=title)
            else:
                continue
            about = frozenset({reference.kind, reference.token})
            yield _Candidate((text,), self._language, _refers, about)

    def _on_countries(self) -> Iterator[_Candidate]:
        for token in self._named("country"):
            yield self._on_name(token, country_name(token, self._language))

    def _on_bodies(self) -> Iterator[_Candidate]:
        for token in self._named("body"):
            yield self._on_name(token, body_name(token, self._language))

    def _on_name(self, token: str, name: str) -> _Candidate:
        return _Candidate(self._about(name, self._language), self._language, _names(token), _words(name))

    def _about(self, term: str, language: str) -> tuple[str, ...]:
        """A question about a term, and the term by itself: in a short text the words of asking outweigh it."""
        return say(language, "about.ask_about", term=term), term

    def _named(self, kind: str) -> list[str]:
        """The tokens of a kind that most paragraphs name, most often named first."""
        counts: Counter[str] = Counter()
        for passage in self._passages:
            found = bodies(passage.text) if kind == "body" else concepts(passage.text)
            counts.update({each.token for each in found if each.token.startswith(f"{kind}:")})
        return sorted(counts, key=lambda token: (-counts[token], token))


# --- Whether an answer is about what was asked -----------------------------------------------------------------------


def _has(term: str) -> Callable[[Answer], bool]:
    """A cited paragraph has the term in it, or above it."""
    folded = fold(term)

    def fits(answer: Answer) -> bool:
        cited = (citation.hit.passage for citation in answer.citations)
        return any(folded in fold(text) for passage in cited for text in (passage.text, *passage.section))

    return fits


def _names(token: str) -> Callable[[Answer], bool]:
    """A cited paragraph names the country or body, in whatever language."""

    def fits(answer: Answer) -> bool:
        texts = [citation.hit.text for citation in answer.citations]
        return any(each.token == token for text in texts for each in (*concepts(text), *bodies(text)))

    return fits


def _lists(answer: Answer) -> bool:
    return answer.table is not None and sum(row.named for row in answer.table.rows) >= _FEW


def _refers(answer: Answer) -> bool:
    return answer.references is not None and bool(answer.references.rows)


# --- Words -----------------------------------------------------------------------------------------------------------


def _says_something(heading: str) -> bool:
    """Whether a heading tells what is below it; "Article 5", "Preamble" and "Annex II" do not."""
    folded = Folded(heading)
    rest = list(folded.folded)
    for each in provisions(folded):
        rest[each.start : each.end] = " " * (each.end - each.start)
    left = [token.word for token in tokens("".join(rest))]
    letters = sum(len(_UNSPACED.findall(word)) for word in left)
    return len(heading) <= _LONGEST and (letters >= 4 or sum(len(word) > 2 and word.isalpha() for word in left) >= 2)


def _words(text: str) -> frozenset[str]:
    return frozenset(token.word for token in tokens(text))


def _covers(found: Sequence[Concept], text: str) -> bool:
    """Whether a country or a body is all that a text names; there are questions of their own on these."""
    return any(each.end - each.start > 0.6 * len(text) for each in found)
