"""Resolutions and decisions where prose names them: "General Assembly resolution 58/4", 安全理事会第2254(2015)号决议,
резолюция 58/4 Генеральной Ассамблеи, قرار الجمعية العامة 58/4. Their body is told where the text tells it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from embeddings.folded import Folded, without_particles

Body = Literal["assembly", "security", "rights", "economic", "other", ""]
"""Who resolved it: General Assembly, Security Council, Human Rights Council, Economic and Social Council, another body
that the text names, or nobody that it names."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A resolution or a decision at characters [start, end) of a folded text.

    `number`: 58/4, 2254(2015), 217A(III). `symbol`: A/RES/58/4, empty where the body is not known or has none. `own`:
    the text says "its resolution" and not whose.
    """

    kind: Literal["resolution", "decision"]
    number: str
    symbol: str
    body: Body
    start: int
    end: int
    own: bool = False


MAX_LIST: Final = 30
"""The most that one list names."""
_MAX_BEFORE: Final = 40
_MAX_AFTER: Final = 80
"""Characters between a body and its resolution: "the Assembly, in its"; "of 31 October 2003 of the"."""

_RESOLUTION: Final = (
    "resolution resolutions resolucion resoluciones резолюция резолюции резолюцию резолюцией резолюций резолюциям "
    "резолюциями резолюциях قرار القرار قراره قرارها قراري قرارين القرارين القراران قراريه قراريها قرارا قراراه "
    "قراراها قرارات القرارات قراراته قراراتها"
)
_DECISION: Final = (
    "decision decisions decisiones решение решения решению решением решении решений решениям решениями решениях "
    "مقرر المقرر مقرره مقررها مقرري مقررين المقررين مقررات المقررات مقرراته مقرراتها"
)
_HEADS: Final[dict[str, Literal["resolution", "decision"]]] = {
    **dict.fromkeys(_RESOLUTION.split(), "resolution"),
    **dict.fromkeys(_DECISION.split(), "decision"),
}
_CLUE: Final = re.compile("resolu|decis|резол|решен|قرار|مقرر|决[议定]")

_NUMBER: Final = re.compile(
    r"(?P<number>(?:e?s-)?[0-9]{1,4}/[0-9]{1,4})(?![0-9/])(?:\s?(?P<letter>[a-z])(?![^\W_]))?"
    r"|(?P<council>[0-9]{1,4})\s?\((?P<year>19[4-9][0-9]|20[0-9]{2})\)"
    r"|(?P<early>[0-9]{1,4})(?:\s?(?P<part>[a-z]))?\s?\((?P<session>(?:e?s-)?[ivxl]{1,8})\)"
)
_DATE: Final = (
    r"(?:,?\s(?:of|du|de|en date du|от|المورخ|المورخه)\s[0-9]{1,2}(?:er|o)?\s[^0-9;.()]{2,30}\s[0-9]{4}"
    r"(?:\s?(?:года|г\.))?)?"
)
"""Of 4 December 2000."""
_LINK: Final = re.compile(
    rf"{_DATE}\s?[,;،、]?\s?(?:(?:and|or|as well as|et|ou|ainsi que|y|e|o|и|или)\s|و\s?)?(?:no\.?\s?)?(?=[0-9]|e?s-)"
)
_HAN_LINK: Final = re.compile(
    r"\s?(?:号\s?)?[,、和与及]\s?(?:[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日\s?第)?第?\s?(?=[0-9]|e?s-)"
)
_HAN_END: Final = re.compile(r"\s?号?\s?(?P<kind>决议|决定)")
_HAN_START: Final = re.compile(r"第\s?(?=[0-9]|e?s-)|(?<![0-9/])[0-9]{1,4}(?=/[0-9]{1,4}\s?号|\s?\([0-9]{4}\)\s?号)")

_BODY: Final = re.compile(
    "(?P<assembly>general assembly|assemblee generale|asamblea general|генеральн[а-я]{2} ассамбле[а-я]{1,2}|"
    "الجمعيه العامه|联合国大会|(?<![生国合方织])大会(?!议))"
    "|(?P<security>security council|conseil de securite|consejo de seguridad|совет[а-я]{0,2} безопасности|مجلس الامن|"
    "安全理事会|安理会)"
    "|(?P<rights>human rights council|conseil des droits de l['’]homme|consejo de derechos humanos|"
    "совет[а-я]{0,2} по правам человека|مجلس حقوق الانسان|人权理事会)"
    "|(?P<economic>economic and social council|ecosoc|conseil economique et social|consejo economico y social|"
    "экономическ[а-я]{2,3} и социальн[а-я]{2,3} совет[а-я]{0,2}|المجلس الاقتصادي والاجتماعي|"
    "经济及社会理事会|经社理事会)"
    "|(?P<other>conference(?: of the states parties| of the parties)?|conference des (?:etats )?parties|"
    "conferencia(?: de los estados partes| de las partes)?|конференци[а-я]{1,3}(?: государств-участников| сторон)?|"
    "مؤتمر الدول الاطراف|مؤتمر الاطراف|المؤتمر|缔约国会议|缔约方会议|缔约国大会|世界卫生大会|"
    "commission(?: on [a-z ]{4,40})?|"
    "comision|комисси[а-я]{1,3}|اللجنه|委员会|world health assembly|assembly of states parties)"
)
_BEFORE: Final = re.compile(
    r"(?:['’]s)?\s{0,2}[,，]?\s{0,2}(?:adopted\s|in\s|by\s|through\s|under\s|with\s|dans\s|par\s|en\s|mediante\s|por\s|"
    r"в\s|на\s|of\s|通过了?的?|在)?\s?(?:its\s|the\s|sa\s|ses\s|la\s|su\s|sus\s|своей\s|своих\s|своем\s|ее\s|其|的)?\s?"
    r"(?:[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日)?\s?(?:通过的|的)?\s?"
)
_BETWEEN: Final = re.compile(r"\s{0,2}(?:of\sthe\s|de\sla\s|de\sl['’]|du\s|del\s|of\s)?")
_TO_NUMBER: Final = re.compile(r"\s{0,2}(?:no?s?\.?\s?|رقم\s|numero\s|第\s?)?(?=[0-9]|e?s-)")
_AFTER: Final = re.compile(
    rf"(?:\s{{0,2}}\([^()]{{1,40}}\))?{_DATE}\s?,?\s?"
    r"(?:of\sthe\s|of\s|by\sthe\s|de\sla\s|de\sl['’]|du\s|del\s|الصادر عن\s|ل)?"
)
_AFTER_OWN: Final = re.compile(rf"{_DATE}\s?,?\s?(?:the\s|la\s|l['’]|el\s|le\s)?")
"""In its resolution 58/4 of 31 October 2003, the"."""
_OWN: Final = re.compile(r"(?:^|\s)(?:its|sa|ses|su|sus|свою|своей|своих|своем|свои|свое|ее)\s$")
_OWN_FORMS: Final = frozenset(["قرارها", "قراريها", "قراراها", "قراراتها", "مقررها", "مقرراتها"])
_SYMBOLS: Final = {
    ("assembly", "resolution"): "A/RES/", ("assembly", "decision"): "A/DEC/",
    ("security", "resolution"): "S/RES/",
    ("rights", "resolution"): "A/HRC/RES/", ("rights", "decision"): "A/HRC/DEC/",
    ("economic", "resolution"): "E/RES/", ("economic", "decision"): "E/DEC/",
}  # fmt: skip


def resolutions(text: Folded) -> list[Resolved]:
    """The resolutions and decisions that a text names in prose, in order of place."""
    if not _CLUE.search(text.folded):
        return []
    bodies = [_Body(_of(found), found.start(), found.end()) for found in _BODY.finditer(text.folded)]
    found = sorted([*_after_words(text, bodies), *_before_signs(text, bodies)], key=lambda each: each.start)
    kept: list[Resolved] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


@dataclass(frozen=True, slots=True)
class _Body:
    body: Body
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Number:
    number: str
    by: Body
    start: int
    end: int


def _of(found: re.Match[str]) -> Body:
    for body in ("assembly", "security", "rights", "economic"):
        if found.lastgroup == body:
            return body
    return "other"


def _after_words(text: Folded, bodies: list[_Body]) -> Iterator[Resolved]:
    folded = text.folded
    done = 0
    at_body = {each.start: each for each in bodies}
    for word in text.words:
        kind = _HEADS.get(word[0]) or next(
            (_HEADS[form] for form in without_particles(word[0]) if form in _HEADS), None
        )
        if kind is None or word.start() < done:
            continue
        joined = word[0][0] in "وف" and word[0][1:] in _HEADS  # "and" is written onto an Arabic word
        body: Body = ""
        place = word.end()
        between = _BETWEEN.match(folded, place)
        inside = at_body.get(between.end()) if between else None
        if inside is not None:
            body, place = inside.body, inside.end
        to = _TO_NUMBER.match(folded, place)
        numbers = _numbers(text, to.end(), _LINK) if to else []
        if numbers:
            own = word[0] in _OWN_FORMS or _OWN.search(folded[max(0, word.start() - 10) : word.start()]) is not None
            body = body or _body_before(folded, bodies, word.start())
            body = body or _body_after(folded, bodies, numbers[-1].end, own=own)
            done = numbers[-1].end
            start = word.start() + joined
            for number in numbers:
                yield _resolved(kind, number, body, start, own=own and not body)
                start = -1


def _before_signs(text: Folded, bodies: list[_Body]) -> Iterator[Resolved]:
    folded = text.folded
    done = 0
    for begun in _HAN_START.finditer(folded):
        if begun.start() < done:
            continue
        first = begun.end() if begun[0].startswith("第") else begun.start()
        numbers = _numbers(text, first, _HAN_LINK)
        end = _HAN_END.match(folded, numbers[-1].end) if numbers else None
        if end is None:
            continue
        body = _body_before(folded, bodies, begun.start())
        kind: Literal["resolution", "decision"] = "resolution" if end["kind"] == "决议" else "decision"
        done = end.end()
        for place, number in enumerate(numbers):
            whole = number if place < len(numbers) - 1 else _Number(number.number, number.by, number.start, done)
            own = not body and folded[begun.start() - 1 : begun.start()] == "其"
            yield _resolved(kind, whole, body, begun.start() if place == 0 else -1, own=own)


def _numbers(text: Folded, at: int, link: re.Pattern[str]) -> list[_Number]:
    read: list[_Number] = []
    while len(read) < MAX_LIST and (found := _NUMBER.match(text.folded, at)):
        end = found.end()
        by: Body = ""
        if found["council"]:
            number, by = f"{found['council']}({found['year']})", "security"
        elif found["early"]:
            number = f"{found['early']}{(found['part'] or '').upper()}({found['session'].upper()})"
        else:
            number, letter = found["number"].upper(), found["letter"]
            if letter and text.original(found.start("letter"), found.end("letter")).isupper():
                number += letter.upper()
            elif letter:
                end = found.end("number")
        read.append(_Number(number, by, found.start(), end))
        following = link.match(text.folded, end)
        if following is None or following.end() == end:
            break
        at = following.end()
    return read


def _resolved(
    kind: Literal["resolution", "decision"], number: _Number, body: Body, start: int, *, own: bool
) -> Resolved:
    if not body:
        body = number.by  # only the Security Council numbers by years in brackets
    symbol = _SYMBOLS.get((body, kind), "")
    if body != "assembly" and (body == "security") != ("(" in number.number):
        symbol = ""  # no number of this body
    start = number.start if start < 0 else start
    return Resolved(kind, number.number, symbol and symbol + number.number, body, start, number.end, own)


def _body_before(folded: str, bodies: list[_Body], start: int) -> Body:
    at = bisect_right(bodies, start, key=lambda each: each.end) - 1
    if at < 0 or start - bodies[at].end > _MAX_BEFORE or not _BEFORE.fullmatch(folded, bodies[at].end, start):
        return ""
    return bodies[at].body


def _body_after(folded: str, bodies: list[_Body], end: int, *, own: bool) -> Body:
    at = bisect_left(bodies, end, key=lambda each: each.start)
    if at == len(bodies) or bodies[at].start - end > _MAX_AFTER:
        return ""
    start = bodies[at].start
    if not _AFTER.fullmatch(folded, end, start) and not (own and _AFTER_OWN.fullmatch(folded, end, start)):
        return ""
    return bodies[at].body
