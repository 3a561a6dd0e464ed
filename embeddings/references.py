"""References of a text to law: articles and chapters of conventions, resolutions, document symbols, the conventions
themselves, in the six languages of the UN, each with its place and what it belongs to as far as the text says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from embeddings.folded import Folded, name_stem, without_particles
from embeddings.instruments import INSTRUMENTS, Named, named
from embeddings.provisions import Provision, provisions
from embeddings.resolutions import resolutions
from embeddings.words import symbols

Kind = Literal["article", "chapter", "resolution", "decision", "symbol", "instrument"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a text refers to at characters [start, end).

    `number`: 54, 6bis, A/RES/58/4, 8/2; empty of an instrument. `last`: the last number of a range of articles, else
    empty. `parts`: paragraphs and items, "1", "1(a)", "(a)". `instrument`: the code of what an article belongs to
    ("UNCAC"), empty where it is not told. `called`: where the text says "the Convention" and not which one, this word
    in English ("convention", "charter"), "other" where it is the article of a text that is not known here: of a
    constitution, a code, another convention. Of an instrument, `called` is the name that the text gives it from there
    on; of a resolution, it is "own" where the text says "its resolution".
    """

    kind: Kind
    number: str
    start: int
    end: int
    last: str = ""
    parts: tuple[str, ...] = ()
    instrument: str = ""
    called: str = ""

    @property
    def token(self) -> str:
        """The same in every language: article:54, article:UNCAC:51-59, symbol:A/RES/58/4, resolution:8/2."""
        number = f"{self.number}-{self.last}" if self.last else self.number
        return ":".join(filter(None, (self.kind, self.instrument, number)))

    def overlaps(self, other: "Reference") -> bool:
        """Whether two of articles, or two of chapters, have one in common: 54 and 51 to 59."""
        if self.number == other.number:
            return True
        if not self.last and not other.last:
            return False
        first, last = _value(self.number), _value(self.last or self.number)
        return first <= _value(other.last or other.number) and _value(other.number) <= last


def _value(number: str) -> int:
    found = _VALUE.match(number)
    return int(found[0]) if found else 0


_VALUE: Final = re.compile("[0-9]{1,4}")


def references(text: str) -> list[Reference]:
    """The references that `text` makes, in order of place.

    What "the Convention" is stands in the document, not in the passage: `resolved` tells it.
    """
    folded = Folded(text)
    found_symbols = [
        Reference("symbol", each, start, end) for each, start, end in (_symbols(text) if "/" in text else ())
    ]
    instruments = named(folded)
    found = found_symbols + list(_instruments(folded, instruments)) + list(_provisions(folded, instruments))
    for each in resolutions(folded):
        start, end = folded.span(each.start, each.end)
        if each.symbol:
            found.append(Reference("symbol", each.symbol, start, end))
        else:
            found.append(Reference(each.kind, each.number, start, end, called="own" if each.own else ""))
    return sorted(found, key=lambda each: (each.start, each.end))


def resolved(found: Sequence[Reference], defined: Mapping[str, str]) -> list[Reference]:
    """`found` with what the document they stand in says.

    `defined` has the code of what it calls "convention", and how the symbols of its body's resolutions and decisions
    begin: "resolution" and "decision".
    """
    return [_resolved(each, defined) for each in found]


def _resolved(each: Reference, defined: Mapping[str, str]) -> Reference:
    if each.kind in ("article", "chapter") and not each.instrument and defined.get(each.called):
        return replace(each, instrument=defined[each.called], called="")
    if each.called == "own" and each.kind in defined:
        return replace(each, kind="symbol", number=defined[each.kind] + each.number, called="")
    return each


# --- Symbols, and what is added to them: "A/75/1 and Add.1" ----------------------------------------------------------

_ADDED: Final = re.compile(
    r"\s?(?:,|;|、|،)?\s?(?:(?:and|et|y|e|и)\s|و\s?|和|及|与)?\s?(?P<kind>Add|Corr|Rev)\.(?P<number>[0-9]{1,3})(?![0-9])"
)
_ADDED_NUMBER: Final = re.compile(
    r"(?:\s?,\s?|\s?(?:and|et|y|и)\s|\s?(?:و|和|及|与)\s?)(?P<number>[0-9]{1,2})(?![0-9/.]|,[0-9]|\s?[^\W_])"
)
_MAX_ADDED: Final = 10


def _symbols(text: str) -> Iterator[tuple[str, int, int]]:
    for symbol, start, end in symbols(text):
        yield symbol, start, end
        at = end
        for _ in range(_MAX_ADDED):
            found = _ADDED.match(text, at)
            if not found:
                break
            base = re.sub(rf"/{found['kind']}\.[0-9]{{1,3}}$", "", symbol)
            yield f"{base}/{found['kind']}.{found['number']}", found.start("kind"), found.end()
            at = found.end()
            while more := _ADDED_NUMBER.match(text, at):
                yield f"{base}/{found['kind']}.{more['number']}", more.start("number"), more.end()
                at = more.end()


# --- Instruments, and the names that a document gives them -----------------------------------------------------------

_DEFINING: Final = re.compile(
    r"[》”\"»]{0,2}\s?(?:\((?P<inside>[^()]{1,90})\)|,\s?(?P<outside>(?:hereinafter|hereafter|ci-apres|en adelante|"
    r"in what follows|далее|以下简称|以下称|下称|المشار)[^.;()]{1,60}))"
)
_HEREINAFTER: Final = re.compile(
    "hereinafter|hereafter|henceforth|referred to as|ci-apres|denommee?|en adelante|denominad|далее|именуем|"
    "以下|下称|简称|المشار|فيما بعد|يشار|[\"“”«»《‘’']"
)
_ALONE: Final = re.compile(r"(?:the |la |le |el |l['’])?[^\W\d_]{3,14}")


def _instruments(text: Folded, found: Sequence[Named]) -> Iterator[Reference]:
    for each in found:
        start, end = text.span(each.start, each.end)
        yield Reference("instrument", "", start, end, instrument=each.code, called=_given_name(text.folded, each))


def _given_name(folded: str, each: Named) -> str:
    """What a text calls an instrument from here on: "(hereinafter “the Convention”)", （以下简称《公约》）."""
    found = _DEFINING.match(folded, each.end)
    if not found:
        return ""
    words = found["inside"] or found["outside"]
    if not (found["outside"] or _HEREINAFTER.search(words) or _ALONE.fullmatch(words)):
        return ""
    called = {_general(word[0]) for word in _LETTERS.finditer(words)} | {
        name for sign, name in _GENERAL_SIGNS.items() if sign in words
    }
    kind = INSTRUMENTS[each.code].kind
    return kind if kind in called else "convention" if kind == "covenant" and "公约" in words else ""


# --- Whose articles: the instrument behind them or before them -------------------------------------------------------

_GENERAL_WORDS: Final = {
    name_stem(word): name
    for name, words in {
        "convention": "convention conventions convencion convenciones convenio convenios конвенция اتفاقيه الاتفاقيه",
        "covenant": "covenant covenants pacte pactes pacto pactos пакт عهد العهد العهدين",
        "charter": "charter charte carta устав ميثاق الميثاق",
        "protocol": "protocol protocols protocole protocoles protocolo protocolos протокол بروتوكول البروتوكول",
        "statute": "statute statut estatuto статут",
        "agreement": "agreement accord acuerdo соглашение اتفاق الاتفاق",
        "treaty": "treaty traite tratado договор معاهده المعاهده",
        "declaration": "declaration declaracion декларация اعلان الاعلان",
        "other": "constitution constitucion конституция دستور الدستور "
        "law laws act acts code codes decree decrees ordinance ordinances regulation regulations rules bylaws "
        "loi lois decret reglement ordonnance directive ley leyes codigo decreto reglamento directiva "
        "закон кодекс указ постановление положение правила хартия "
        "قانون القانون مرسوم المرسوم لائحه اللائحه نظام النظام لوائح",
    }.items()
    for word in words.split()
}
"""What a text may call an instrument, by its word (of Russian ones the stem)."""
_GENERAL_SIGNS: Final = {
    "公约": "convention", "盟约": "covenant", "宪章": "charter", "议定书": "protocol", "规约": "statute",
    "协定": "agreement", "条约": "treaty", "宣言": "declaration",
}  # fmt: skip
_OTHER_SIGNS: Final = ("宪法", "法典", "法律", "法", "条例", "规则", "法令", "规定", "章程", "守则", "细则")
_LETTERS: Final = re.compile(r"[^\W\d_]{1,24}")
_MAX_WORDS: Final = 5
"""Words between an article and what it belongs to: "of the Swiss Criminal Code"."""
_PLAIN_WORDS: Final = (
    "the this that these said same present above la le les l el los las cette presente presentes meme dicha dicho "
    "misma mismo esta este citada citado precitee susmentionnee de настоящ эт этот указанн данн упомянут сам "
    "ladite ledit dudit lesdites propia propio هذه هذا نفس ذات"
)
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
"""Words before "Convention" that leave it "the Convention", whichever that is."""
_OF: Final = re.compile(
    r"\s{0,2},?\s{0,2}(?:of|in|to|under|de|du|dudit|del|des|d['’]|من|في|الوارده في|von|der|da|do)(?![^\W_])['’]?\s?"
)
_ON: Final = re.compile(
    r"\s(?:on|against|for|concerning|relating|relative|regarding|of|to|between|sur|contre|relative?|relatif|pour|concernant|"
    r"entre|de|des|du|d['’]|sobre|contra|relativ[ao]|para|del|о|об|против|по|между|для|к|بشان|ضد|بين|الخاصه|المتعلقه|المعنيه)(?![^\W_])"
)
"""What begins the rest of a name: "the Convention on", "the Convention of"."""
_ADJECTIVE: Final = re.compile("[а-я-]{1,24}(?:ого|его|ой|ей|ых|их)")
_PUT_BEFORE: Final = re.compile(
    r"[》〉”\"»」]{0,2}\s?[,:(]?\s?(?:的|之|中|项下)?\s?(?:the\s|l['’]|el\s|los\s|les\s|its\s)?(?:在)?"
)
_LINKED: Final = re.compile(
    r"\s{0,2}[,،、]?\s{0,2}"
    r"(?:(?:and|or|et|ou|y|e|o|и|или|as well as|ainsi que|و|和|与|及|以及|或|in|with|read with|under|of)\s{0,2}){0,2}"
    r"(?:the\s|les\s|l['’]|el\s|los\s|las\s|де\s|من\s)?"
)
_MAX_GAP: Final = 40


@dataclass(frozen=True, slots=True)
class _Owner:
    """What an article belongs to: its code, or what the text calls it. `before`: it stands before the article."""

    instrument: str
    called: str
    before: bool


_NOBODY: Final = _Owner("", "", False)


def _provisions(text: Folded, instruments: Sequence[Named]) -> Iterator[Reference]:
    found = provisions(text)
    starts = {each.start: each for each in instruments}
    ends = {each.end: each for each in instruments}
    owners: list[_Owner] = []
    for place, each in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        owner = _behind(text, each.end, starts)
        if owner is _NOBODY and not each.after:
            owner = _in_front(text, each.start, ends)
        if following is not None and owner is not _NOBODY and not owner.before and following.start < each.end:
            owner = _NOBODY
        owners.append(owner)
    for place in range(len(found) - 2, -1, -1):  # "articles 5 and 6 of the Convention"
        if owners[place] is _NOBODY and not owners[place + 1].before and _joined(text, found, place):
            owners[place] = owners[place + 1]
    for place in range(1, len(found)):  # 《公约》第五条和第六条
        if owners[place] is _NOBODY and owners[place - 1].before and _joined(text, found, place - 1):
            owners[place] = owners[place - 1]
    for each, owner in zip(found, owners, strict=True):
        start, end = text.span(each.start, each.end)
        number = f"{each.number}{each.suffix}"
        last = str(each.last) if each.last else ""
        yield Reference(each.kind, number, start, end, last, each.parts, owner.instrument, owner.called)


def _joined(text: Folded, found: Sequence[Provision], place: int) -> bool:
    """Whether the next provision goes on with this one: "article 5, paragraph 1, and article 6"."""
    one, other = found[place], found[place + 1]
    if other.after:
        return True
    gap = other.start - one.end
    return 0 <= gap <= _MAX_GAP and _LINKED.fullmatch(text.folded, one.end, other.start) is not None


def _behind(text: Folded, end: int, starts: Mapping[int, Named]) -> _Owner:
    """What stands behind an article: "of the Convention", "du Pacte", Конвенции, من الاتفاقية."""
    folded = text.folded
    of = _OF.match(folded, end)
    at = of.end() if of else end
    words: list[str] = []
    for place in range(_MAX_WORDS + 1):
        blank = re.match(r"\s{0,2}(?:l['’])?", folded[at : at + 5])
        at += blank.end() if blank else 0
        if at in starts and (of is not None or not words or _declined(words)):
            return _Owner(starts[at].code, "", False)
        word = _LETTERS.match(folded, at) or _NUMERIC.match(folded, at)
        if word is None or place == _MAX_WORDS:
            break
        general = _general(word[0])
        cyrillic = "а" <= word[0][0] <= "я"
        if general and (of is not None or (cyrillic and _declined(words) and word[0] != name_stem(word[0]))):
            bare = general != "other" and all(_is_plain(each) for each in words) and not _goes_on(text, word)
            return _Owner("", general if bare else "other", False)
        if of is None and not cyrillic:
            break
        words.append(word[0])
        at = word.end()
        if folded[at : at + 1] == "-":
            at += 1
    return _NOBODY


_NUMERIC: Final = re.compile("[0-9]{4}")


def _declined(words: Sequence[str]) -> bool:
    return all(_ADJECTIVE.fullmatch(word) or word.isdecimal() for word in words)


def _is_plain(word: str) -> bool:
    return word in _PLAIN or name_stem(word) in _PLAIN


def _goes_on(text: Folded, word: re.Match[str]) -> bool:
    """Whether the name of an instrument goes on behind its general word: the Convention on, Конвенции Совета."""
    folded = text.folded
    if _ON.match(folded, word.end()):
        return True
    following = _LETTERS.match(folded, word.end() + 1) if folded.startswith(" ", word.end()) else None
    if following is None:
        return False
    if "а" <= word[0][0] <= "я":
        return text.original(following.start(), following.end())[0].isupper()
    if "\u0600" <= word[0][0] <= "\u06ff":
        return not word[0].startswith(("ال", "لل"))
    return False


def _in_front(text: Folded, start: int, ends: Mapping[int, Named]) -> _Owner:
    """What stands before an article: 《公约》第五十二条, "the Convention, article 52", "ICCPR, art. 14"."""
    folded = text.folded
    begin = max(0, start - _MAX_GAP)
    head = folded[begin:start]
    if head.rstrip().endswith(")") and "(" in head:  # 《联合国反腐败公约》(以下简称《公约》)第五章
        head = head[: head.rindex("(")]
    stop = begin + len(head)
    for gap in range(min(8, len(head)) + 1):
        if stop - gap in ends and _PUT_BEFORE.fullmatch(folded, stop - gap, stop):
            return _Owner(ends[stop - gap].code, "", True)
    if not folded.startswith(("第", "제"), start):
        general = _general_in_front(head)
        return general if general is not _NOBODY else _acronym_in_front(text, start)
    tail = head.rstrip().removesuffix("的").removesuffix("之").removesuffix("中").rstrip()
    bare = tail.rstrip('》〉」”"')
    quoted = len(bare) < len(tail)
    for sign, name in _GENERAL_SIGNS.items():
        if bare.endswith(sign):
            before = bare[: -len(sign)][-1:]
            whole = (
                before in '《〈「“"'
                if quoted
                else not before or not _HAN.match(before) or before in "据照按在于和与及是本该反违的对"
            )
            return _Owner("", name if whole else "other", True)
    if quoted or bare.endswith(_OTHER_SIGNS):
        return _Owner("", "other", True) if bare else _NOBODY
    return _NOBODY


_HAN: Final = re.compile("[\u3400-\u9fff]")
_LAST_WORD: Final = re.compile(r"(?P<word>[^\W\d_]{3,14}),\s?(?:l['’])?$")


def _general_in_front(head: str) -> _Owner:
    """ "the Convention, article 52"; nothing between them but a comma."""
    found = _LAST_WORD.search(head[-18:])
    name = _general(found["word"]) if found else ""
    if found is None or not name or name == "other":
        return _NOBODY
    before = _LETTERS.findall(head[: max(0, len(head) - len(found[0]))])
    bare = (
        bool(before) and _is_plain(before[-1]) and "to" not in before[-2:]
    )  # "the Protocol to the Convention, art. 3"
    return _Owner("", name if bare else "other", True)


_ACRONYM: Final = re.compile("[A-ZА-Я]{3,10}")


def _acronym_in_front(text: Folded, start: int) -> _Owner:
    """ "TFEU article 227": the article of a text that is not known here."""
    folded = text.folded
    if start < 4 or folded[start - 1] != " " or text.original(start, start + 2).isupper():
        return _NOBODY
    begin = max(0, start - 12)
    word = text.original(begin, start - 1).rpartition(" ")[2].lstrip('(“"')
    return _Owner("", "other", True) if _ACRONYM.fullmatch(word) else _NOBODY


def _general(word: str) -> str:
    """The kind of instrument that a word means, empty where it means none."""
    known = _GENERAL_WORDS.get(word)
    if known is None and "а" <= word[0] <= "я":
        known = _GENERAL_WORDS.get(name_stem(word))
    if known is None:
        known = next((_GENERAL_WORDS[form] for form in without_particles(word) if form in _GENERAL_WORDS), None)
    return known or ""
