"""Words that turn a statement round or restrict it, and words for numbers, in the six languages of the UN.

As `fold` writes them.
"""

from collections.abc import Iterable
from typing import Final

from embeddings.words import fold

_NEGATIONS: Final = (
    # cannot; the t of don't and the ne of n'a stand alone once the apostrophe is a mark
    "no not nor neither never none nobody nothing nowhere without cannot t except unless hardly "
    "ne n pas non ni aucun aucune jamais rien personne sans sauf nul nulle "
    "nunca jamás ningún ninguna ninguno tampoco nada nadie sin salvo excepto "
    "не ни нет без никогда никто ничто ничего никакой никакая никакие нельзя кроме "
    "لا لم لن ليس ليست ليسوا غير بدون دون عدم ولا ولم ولن وليس سوى إلا "
    "不 没 未 无 非 否 勿 莫 毋 别"
)
_RESTRICTIONS: Final = (
    "only solely exclusively merely seulement uniquement exclusivement seul seule seuls seules solo sólo solamente "
    "únicamente exclusivamente только лишь исключительно فقط 仅 只"
)
_QUANTITIES: Final = (
    "half both twice all some few many most several every each any "
    "moitié tous toutes plusieurs certains certaines quelques "
    "mitad todos todas algunos algunas varios varias "
    "половина все некоторые несколько многие "
    "نصف جميع كل بعض عدة معظم"
)
_NUMERALS: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion "
    "deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante "
    "soixante cent cents mille millions milliard milliards "
    "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta cuarenta cincuenta "
    "sesenta setenta ochenta noventa ciento mil millón millones "
    "один одна одно два две три четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят сто "
    "тысяча тысячи тысяч миллион миллиона миллионов миллиард "
    "واحد واحدة اثنان اثنين اثنتان ثلاثة ثلاث أربعة أربع خمسة خمس ستة ست سبعة سبع ثمانية ثماني تسعة تسع عشرة عشر "
    "عشرون عشرين ثلاثون ثلاثين مائة مئة ألف مليون مليار "
    "〇 零 一 二 三 四 五 六 七 八 九 十 百 千 万 亿 两 半 "
)
NEGATIONS: Final = frozenset(fold(word) for word in _NEGATIONS.split())
RESTRICTIONS: Final = frozenset(fold(word) for word in _RESTRICTIONS.split())
QUANTITIES: Final = frozenset(fold(word) for word in _QUANTITIES.split())
NUMERALS: Final = QUANTITIES | {fold(word) for word in _NUMERALS.split()}


def denies(folded: Iterable[str]) -> bool:
    """Whether one of some folded words turns a statement round."""
    return any(word in NEGATIONS or word.startswith("non-") for word in folded)
