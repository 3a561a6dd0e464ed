"""Numbers below a thousand as words, in the languages of the UN that write them with letters: twenty-five, dix-sept,
veinticinco, двести сорок, خمسة وعشرون."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from embeddings.amounts import scale_behind
from embeddings.language import language_of
from embeddings.words import WORD, fold

_FROM_TWO: Final = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen",
    "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho "
    "diecinueve",
    "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать "
    "шестнадцать семнадцать восемнадцать девятнадцать",
    "двух трёх четырёх пяти шести семи восьми девяти десяти одиннадцати двенадцати тринадцати четырнадцати пятнадцати "
    "шестнадцати семнадцати восемнадцати девятнадцати",
    "две",
    "اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
    "اثنين ثلاث أربع خمس ست سبع ثماني تسع عشر",
)
_FROM_TWENTY_ONE: Final = (
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_TENS: Final = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "vingt trente quarante cinquante soixante",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти девяноста",
    "عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون",
    "عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين",
)
_HUNDREDS: Final = (
    "hundred",
    "cent",
    "cien doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    "ciento doscientas trescientas cuatrocientas quinientas seiscientas setecientas ochocientas novecientas",
    "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    "مائة",
    "مئة",
)
_BEHIND: Final = {"vingts": 20, "cents": 100}
"""Numbers behind another one only; else "cents" are coins."""
_ONE: Final = frozenset(map(fold, ("one", "un", "une", "uno", "una", "один", "одна", "одно")))
"""Articles as well, so numbers only beside others."""
_VALUES: Final[Mapping[str, int]] = {
    **{fold(word): value for row in _FROM_TWO for value, word in enumerate(row.split(), 2)},
    **{fold(word): value for value, word in enumerate(_FROM_TWENTY_ONE.split(), 21)},
    **{fold(word): 10 * value for row in _TENS for value, word in enumerate(row.split(), 2)},
    **{fold(word): 100 * value for row in _HUNDREDS for value, word in enumerate(row.split(), 1)},
    **_BEHIND,
    **dict.fromkeys(_ONE, 1),
}
"""By the word as `fold` writes it."""
_BETWEEN: Final = frozenset({" ", "-", " and ", "-et-", " et ", " y "})
_PER: Final = ("per", "pour", "por")
"""Before "cent" these make a percentage."""


@dataclass(slots=True)
class _Number:
    """A number at [start, end) of a folded text, of so many words; `last`: the value of the last one."""

    value: int
    start: int
    end: int
    last: int
    words: int = 1


def number_words(folded: str) -> Iterator[tuple[int, Decimal]]:
    """The numbers in words of a folded text: where they begin, and their values. Of what is put together with other
    words ("three-year", "two-thirds") nothing is told."""
    for number in _joined(folded):
        beside = folded[max(0, number.start - 1) : number.start] + folded[number.end : number.end + 1]
        scale = scale_behind(folded, number.end)
        if "-" not in beside and (number.value > 1 or number.words > 1 or scale > 1):
            yield number.start, number.value * scale


def _joined(folded: str) -> Iterator[_Number]:
    number: _Number | None = None
    before = ""
    for word in WORD.finditer(folded):
        value = 0 if before in _PER else _value(word[0])
        before = word[0]
        if not value or (before == "once" and language_of(folded) == "en"):
            continue
        if number is not None:
            both = _put_together(number, value, folded[number.end : word.start()], word[0])
            if both:
                number = _Number(both, number.start, word.end(), value, number.words + 1)
                continue
            yield number
        number = None if word[0] in _BEHIND else _Number(value, word.start(), word.end(), value)
    if number is not None:
        yield number


def _value(word: str) -> int:
    return _VALUES.get(word) or _VALUES.get(word.removeprefix("و"), 0)


def _put_together(number: _Number, value: int, gap: str, word: str) -> int:
    """The value of a number and of the word behind it as one; 0 where they are two."""
    before, last = number.value, number.last
    if gap not in _BETWEEN:
        return 0
    if (value == 100 and before < 10) or (value == 20 and before == 4):
        return before * value  # two hundred, quatre-vingts
    added = (
        (value < 100 and before >= 100 and before % 100 == 0)
        or (value < 10 and 20 <= last < 100 and last % 10 == 0)
        or (10 <= value < 20 and last in (20, 60) and before % 100 in (60, 80))  # soixante-dix, quatre-vingt-onze
        or (7 <= value < 10 and last == 10)  # dix-sept
        or (10 <= value < 100 and last < 10 and word.startswith(("و", "عش")))
    )
    return before + value if added else 0
