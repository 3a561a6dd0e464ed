"""Automatic numbers as word processors print them."""

from collections.abc import Callable
from typing import Final

_MAX_VALUE: Final = 999
"""Beyond it only digits are written: whoever starts a list of letters at a million would fill the memory."""

_ROMAN: Final = (
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
_LETTERS: Final = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
}
"""After the last comes the first one twice."""
_SIGNS: Final = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
}
"""After the last come digits."""
_DIGITS: Final = {
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
    "ideographDigital": "〇一二三四五六七八九",
    "taiwaneseDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
}
_HAN: Final = "零一二三四五六七八九十百"
_COUNTING: Final = {
    "chineseCounting": _HAN,
    "chineseCountingThousand": _HAN,
    "taiwaneseCounting": _HAN,
    "taiwaneseCountingThousand": _HAN,
    "japaneseCounting": _HAN,
    "chineseLegalSimplified": "零壹贰叁肆伍陆柒捌玖拾佰",
    "ideographLegalTraditional": "零壹貳參肆伍陸柒捌玖拾佰",
}


def _roman(value: int) -> str:
    parts: list[str] = []
    for size, signs in _ROMAN:
        times, value = divmod(value, size)
        parts.append(signs * times)
    return "".join(parts)


_PLAIN: Final[dict[str, Callable[[int], str]]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02}",
    "numberInDash": lambda value: f"- {value} -",
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperRoman": _roman,
    "none": lambda _: "",
}
FORMATS: Final = frozenset({*_PLAIN, *_LETTERS, *_SIGNS, *_DIGITS, *_COUNTING})
"""The formats that `counted` knows, by their names in Office Open XML."""


def counted(value: int, name: str) -> str:
    """`value` in the format `name`; in digits where the format is none of FORMATS or has no sign for the value."""
    if name in _DIGITS:
        return str(value).translate(str.maketrans("0123456789", _DIGITS[name]))
    if not 1 <= value <= _MAX_VALUE and name != "none":
        return str(value)
    if name in _LETTERS:
        rounds, letter = divmod(value - 1, len(_LETTERS[name]))
        return _LETTERS[name][letter] * (rounds + 1)
    if name in _SIGNS:
        return _SIGNS[name][value - 1] if value <= len(_SIGNS[name]) else str(value)
    if name in _COUNTING:
        return _han(value, _COUNTING[name])
    return _PLAIN.get(name, str)(value)


def _han(value: int, signs: str) -> str:
    """十一, 二十, 一百零一: the first ten goes without its one."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    parts = [signs[hundreds] + signs[11]] if hundreds else []
    if tens:
        parts.append((signs[tens] if tens > 1 or hundreds else "") + signs[10])
    elif hundreds and ones:
        parts.append(signs[0])
    if ones:
        parts.append(signs[ones])
    return "".join(parts)
