"""Whether what a model wrote is borne out by the passages that it was shown: each sentence by those that it cites.

What can be looked up is looked up: citations, quotations, figures, dates, names, addresses. Beyond that the sentence is
matched against the passages as a question would be, across languages (`Assistant.matches`): a sentence on another
matter is told, one that turns the meaning round with the passage's own words mostly is not.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from embeddings.language import language_of
from embeddings.words import UNSPACED, words
from qa.meaning_words import denies
from qa.quoted_words import words_of
from qa.writing.changes import changes
from qa.writing.claims import Claim
from qa.writing.facts import figures_missing, names_missing
from qa.writing.prompt import Source
from qa.writing.quotes import quotations, stands
from qa.writing.types import Sentence, WhyNot

Match = Callable[[str, Sequence[str]], list[float] | None]
"""How well a sentence is matched by each of the passages with some ids: 0 as by any, 1 as by its translation; None
where that cannot be told."""

BORNE_OUT: Final = 0.45
"""The least match of a sentence that counts as borne out. Human translations have 0.6 and more; short sentences that
pick one thing out of a long paragraph in another language have as little as 0.48."""
BEHIND: Final = 0.15
"""How much better another passage that is shown may match a sentence than those that it cites."""
CLAUSE_BORNE_OUT: Final = 0.3
"""The least match of each clause: in a long sentence a false one else rides along with what the passage says. Clauses
of a sentence on another matter seldom have as much as 0.2."""
_CLAUSE_END: Final = re.compile("(?<=[,;:،؛])(?=\\s)|(?<=[，；：、])")
_LEAST: Final = 50
"""Letters of a clause; a shorter one is matched with what is beside it."""
_SYLLABLE: Final = re.compile(f"[{UNSPACED}]")
_LETTERS: Final = 2.5
"""As many as a character of Chinese says about as much."""
_WORDED: Final = 0.6
"""The least share of a sentence's words that stand in a passage, where the encoder cannot tell how well they match."""

_ADDRESS: Final = re.compile(
    r"(?:https?|ftp|file|javascript|vbscript|data|mailto|tel):\S{1,2000}|(?<![^\W_])www\.\S{1,2000}"
    r"|(?<![\w/.-])[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}\.[a-z]{2,20}/\S{0,2000}|[^\s@]{1,60}@[\w-]{1,60}\.[\w.-]{1,60}"
    r"|<[a-z/!][^>]{0,2000}>?",
    re.IGNORECASE,
)
"""Addresses, and what would be HTML."""


def checked(claim: Claim, sources: Sequence[Source], match: Match) -> Sentence | None:
    """The sentence with what is wrong with it; None where it must not be shown: it holds an address or code that none
    of the passages shown has."""
    everything = "\n".join(source.passage.text for source in sources)
    if any(found[0].rstrip(".,;:)»”\"'") not in everything for found in _ADDRESS.finditer(claim.text)):
        return None
    shown = {source.number: source for source in sources}
    cited = [shown[number] for number in claim.numbers if number in shown]
    citations = tuple(source.number for source in cited)
    if not cited:
        return Sentence(claim.text, citations, ("unknown",) if claim.numbers else ("uncited",))
    doubts = _doubts(claim, cited)
    matched = match(claim.text, [source.passage.passage_id for source in sources])
    if matched is None:
        alike = _worded(claim.text, cited)
    else:
        best = max(found for source, found in zip(sources, matched, strict=True) if source.number in citations)
        alike = best >= max(BORNE_OUT, max(matched) - BEHIND) and _in_every_clause(claim.text, cited, match)
    if not alike:
        doubts.append("unlike")
    return Sentence(claim.text, citations, tuple(dict.fromkeys(doubts)))


def _in_every_clause(text: str, cited: Sequence[Source], match: Match) -> bool:
    """Whether each clause of a sentence is matched by one of the passages cited."""
    clauses = _clauses(text)
    ids = [source.passage.passage_id for source in cited]
    return len(clauses) == 1 or all(max(match(clause, ids) or [1.0]) >= CLAUSE_BORNE_OUT for clause in clauses)


def _clauses(text: str) -> list[str]:
    clauses = [""]
    for piece in _CLAUSE_END.split(text):
        if _length(clauses[-1]) >= _LEAST:
            clauses.append("")
        clauses[-1] += piece
    if len(clauses) > 1 and _length(clauses[-1]) < _LEAST:
        rest = clauses.pop()
        clauses[-1] += rest
    return clauses


def _length(text: str) -> float:
    return len(text) + (_LETTERS - 1) * len(_SYLLABLE.findall(text))


def _worded(text: str, cited: Sequence[Source]) -> bool:
    """Whether most words of a sentence stand in one of the passages cited."""
    for passage in (source.passage for source in cited):
        own = set(words(text, passage.language))
        if len(own.intersection(words(passage.text, passage.language))) >= _WORDED * len(own):
            return True
    return False


def _doubts(claim: Claim, cited: Sequence[Source]) -> list[WhyNot]:
    """What of a sentence cannot be found in the passages that it cites."""
    texts = ["\n".join((*source.passage.section, source.passage.text)) for source in cited]
    languages = [source.passage.language for source in cited]
    found: list[WhyNot] = []
    if len(cited) < len(claim.numbers):
        found.append("unknown")
    if not all(stands(quotation, texts) for quotation in quotations(claim.text)):
        found.append("quotation")
    if figures_missing(claim.text, texts):
        found.append("figure")
    spoken = language_of(claim.text)
    if names_missing(claim.text, spoken, list(zip(texts, languages, strict=True))):
        found.append("name")
    # In Chinese the signs of denial are parts of other words as well (不断, 非洲); in Arabic words stand for what other
    # languages say by a prefix (غير, عدم).
    if spoken not in ("zh", "ar") and _denies(claim.text) and not any(map(_denies, texts)):
        found.append("negation")
    return [*found, *changes(claim.text, spoken, [source.passage for source in cited])]


def _denies(text: str) -> bool:
    return denies(words_of(text).folded)
