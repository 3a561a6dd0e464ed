"""Names looked up in texts of any script, the longest first.

A text is folded and cut into tokens: words where blanks set them off, single characters where they don't. A name is a
sequence of such tokens. Each token has one form or several (a Russian word its stem, an Arabic one what is left without
the particles written onto it), and a tree of forms is walked from each token on, so that the time grows with the text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar

from embeddings.folded import Folded
from embeddings.words import UNSPACED, WORD, words

_TOKEN: Final = re.compile(f"(?P<character>[{UNSPACED}])|{WORD.pattern}")
_GAP: Final = re.compile("(?:[ \u00a0\"'’‘“”«»()/&·,、،-]|[‐‑–—−]|\\.(?! )){0,4}")
"""What may stand between two words of one name: not the end of a sentence or of what a semicolon ends."""
_MAX_STEMMED: Final = 40
_FIRST: Final = re.compile(
    "(?P<cyrillic>[\u0400-\u052f])|(?P<arabic>[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc])"
    f"|(?P<unspaced>[{UNSPACED}])|(?P<other>[^\\W_])"
)
_PREFIXED: Final = re.compile("[وف]?[بلك]?ال|[وف]?لل")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or character at [start, end) of a text. `joined`: only what a name may have stands before it.

    `word` is it as folded, `forms` what it may be within a name, `first` what it may be at a name's beginning.
    """

    word: str
    start: int
    end: int
    joined: bool
    forms: tuple[str, ...]
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A name at tokens [first, last] and characters [start, end) of a text, and what it stands for."""

    value: Value
    start: int
    end: int
    first: int
    last: int


@dataclass(slots=True)
class _Node(Generic[Value]):
    children: "dict[str, _Node[Value]]" = field(default_factory=dict)
    names: "list[tuple[str, Value]]" = field(default_factory=list)


class Lexicon(Generic[Value]):
    """Names, each with a value. With `cased`, names need the capitals that they have, as names of bodies do.

    Where two names are spelt alike, the one that came first counts.
    """

    def __init__(self, names: Iterable[tuple[str, Value]], *, cased: bool = False) -> None:
        self._cased = cased
        self._names: dict[str, list[tuple[str, Value]]] = {}
        self._roots: dict[str, _Node[Value]] = {}
        for name, value in names:
            self._names.setdefault(script_of(name), []).append((name, value))

    def _beginning(self, form: str) -> "_Node[Value] | None":
        """Where the names stand that begin with `form`. Those of a script are read when a text has that script."""
        script = script_of(form)
        if script not in self._roots:
            root: _Node[Value] = _Node()
            for name, value in self._names.get(script, ()):
                node = root
                for place, token in enumerate(tokens(name)):
                    node = node.children.setdefault(_canonical(token.word, place), _Node())
                if node is not root:
                    node.names.append((name, value))
            self._roots[script] = root
        return self._roots[script].children.get(form)

    def find(self, text: str) -> list[Found[Value]]:
        """The names in `text`, in order; none overlaps another."""
        return list(self._walk(text, tokens(text)))

    def _walk(self, text: str, read: tuple[Token, ...]) -> Iterator[Found[Value]]:
        careless = self._cased and text == text.lower()
        at = 0
        while at < len(read):
            best: Found[Value] | None = None
            nodes: list[_Node[Value]] = []
            for last in range(at, len(read)):
                token = read[last]
                if last > at and not token.joined:
                    break
                if last == at:
                    nodes = [child for form in token.first if (child := self._beginning(form))]
                else:
                    nodes = [child for node in nodes for form in token.forms if (child := node.children.get(form))]
                if not nodes:
                    break
                start, end = read[at].start, token.end
                for name, value in (entry for node in nodes for entry in node.names):
                    if not self._cased or _well_written(name, text[start:end], read[at], careless and last > at):
                        best = Found(value, start, end, at, last)
                        break
            if best is not None:
                yield best
            at = best.last + 1 if best is not None else at + 1


def script_of(name: str) -> str:
    """The kind of letter that a name begins with, which folding and stemming leave as it is."""
    first = _FIRST.search(name)
    return str(first.lastgroup) if first else ""


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of `text`, in order."""
    read = Folded(text)
    folded = read.folded
    found: list[Token] = []
    before = 0
    for match in _TOKEN.finditer(folded):
        gap = _GAP.match(folded, before, match.start())
        joined = gap is not None and gap.end() == match.start()
        forms, first = _forms(match[0])
        start, end = read.span(*match.span())
        found.append(Token(match[0], start, end, joined, forms, first))
        before = match.end()
    return tuple(found)


def word_set(words: str) -> frozenset[str]:
    """Words that blanks divide, to be looked up."""
    return frozenset(words.split())


def bare(word: str) -> str:
    """A folded Arabic word without the article."""
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=100_000)
def _forms(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a folded word may be within a name, and at its beginning."""
    if "а" <= word[0] <= "ѿ":
        forms = (word, stem) if (stem := _canonical(word, 1)) != word else (word,)
        return forms, forms
    if not "\u0600" < word[0] < "\u06ff":
        return (word,), (word,)
    first = [bare(word)]
    joined = [word, word[1:]] if word[0] in "وف" else [word]
    for form in joined:
        first.append(bare(form))
        if form[:1] in ("ب", "ل", "ك"):
            first.append(bare(form[1:]))
        if form[:2] == "لل":
            first.append(form[2:])
    within = [bare(word)]
    if word[0] == "و" and len(word) > 3:
        within.append("و" + bare(word[1:]))
    if prefixed := _PREFIXED.match(word):
        within.append(word[: 1 if word[0] == "و" else 0] + word[prefixed.end() :])
    return tuple(dict.fromkeys(within)), tuple(dict.fromkeys(form for form in first if len(form) > 1))


def _canonical(word: str, place: int) -> str:
    """The one form under which a name's word is kept."""
    if "а" <= word[0] <= "ѿ" and 3 < len(word) <= _MAX_STEMMED:
        return words(word)[0]
    if "\u0600" < word[0] < "\u06ff":
        return "و" + bare(word[1:]) if place and word[0] == "و" and len(word) > 3 else bare(word)
    return word


def _well_written(name: str, written: str, begin: Token, careless: bool) -> bool:
    """Whether a name has its capitals ("UNODC" wherever the name has them, "World Bank" at its beginning) and, in
    Arabic, its article: "the international bank" is a name, "an international bank" is none."""
    if name.startswith("ال"):
        return _PREFIXED.match(begin.word) is not None
    if not name[0].isupper() or careless:
        return True
    if " " not in name and any(letter.isupper() for letter in name[1:]):
        return unicodedata.normalize("NFKC", written) == name
    return written[0].isupper()
