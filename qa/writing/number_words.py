"""Small numbers as words, in the languages of the UN that write them with letters.

One is left out, which is an article as well, and so is what is put together: twenty-five, dix-sept.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from embeddings.words import fold

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
_TENS: Final = (
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "vingt trente quarante cinquante soixante",
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون",
    "عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين",
)
VALUES: Final[Mapping[str, Decimal]] = {
    **{fold(word): Decimal(value) for row in _FROM_TWO for value, word in enumerate(row.split(), 2)},
    **{fold(word): Decimal(10 * value) for row in _TENS for value, word in enumerate(row.split(), 2)},
}
"""By the word as `fold` writes it."""
