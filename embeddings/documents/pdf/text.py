"""Characters of a PDF's text layer back into the text that somebody reads there."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, Protocol

from embeddings.documents.office import title_of
from embeddings.types import Box

# Fonts that draw a radical and an ideograph alike lead back to the radical. NFKC knows the Kangxi radicals only; these
# pairs are the ones of the Unicode Character Database, EquivalentUnifiedIdeograph.txt.
_RADICALS: Final = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀"
    "⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_IDEOGRAPHS: Final = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹"
    "虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_KANGXI: Final = range(0x2F00, 0x2FD6)
_LATIN_LIGATURES: Final = range(0xFB00, 0xFB07)
_ARABIC_FORMS: Final = (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))
_CONTROLS: Final = (*range(0x20), *range(0x7F, 0xA0))
_UNSEEN: Final = (
    *(0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xE0000, 0xE0080),
)
"""Soft hyphens, marks of direction, signs of no width, tags. The joiners of Arabic and Indic scripts stay."""
_BLANKS: Final = (0x09, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
"""One sort of blank is enough, and what would end a line inside a line stands for a blank there."""


def _letters(form: int) -> str:
    """What an Arabic presentation form stands for. Marks on their own come with a carrier, which nobody wrote."""
    return unicodedata.normalize("NFKC", chr(form)).lstrip(" ـ") or chr(form)


_REPAIRS: Final[dict[int, str]] = {
    **{ord(radical): whole for radical, whole in zip(_RADICALS, _IDEOGRAPHS, strict=True)},
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in (*_KANGXI, *_LATIN_LIGATURES)},
    **{form: _letters(form) for form in _ARABIC_FORMS},
    **dict.fromkeys((*_CONTROLS, *_UNSEEN), ""),
    **dict.fromkeys(_BLANKS, " "),
}
_LETTER: Final = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT: Final = re.compile("[\u0591-\u05f4\u0608-\u065f\u066a-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ALEF_LAM: Final = re.compile("[اأإآٱ]ل")
_OPENING: Final = re.compile(r"(?<!\S)[()\[\]](?=[^\s.,:،؛])")
_CLOSING: Final = re.compile(r"(?<=\S)[()\[\]](?=[\s.,:،؛]|$)")
"""Brackets by the blanks beside them: which way they point depends on who turned them around."""

_LEFT_TO_RIGHT: Final = re.compile("L(?:[^R]*[LD])?|D(?:S?D)*")
"""What keeps its order in a line of Arabic, by the kinds of its signs: Latin words, and numbers such as 3.5 or 1/2."""
_SEPARATORS: Final = ".,/:٫٬"
_GAP: Final = 0.2
"""Of the letters' size: wider gaps stand for a blank."""

_NO_TITLE: Final = re.compile(r"\(?(?:untitled|anonymous|unspecified)\b", re.IGNORECASE)
_FILES: Final = (
    ".doc",
    ".docx",
    ".dot",
    ".dvi",
    ".htm",
    ".html",
    ".indd",
    ".odt",
    ".pdf",
    ".qxd",
    ".rtf",
    ".tex",
    ".wpd",
)


class Placed(Protocol):
    """A letter with its box on the page, and its size in points; 0 for blanks that are not drawn."""

    @property
    def text(self) -> str: ...
    @property
    def box(self) -> Box: ...
    @property
    def size(self) -> float: ...


def repaired(text: str) -> str:
    """A line without the marks that are not seen, radicals, ligatures and joined shapes as letters, single blanks."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return re.sub(" {2,}", " ", whole.translate(_REPAIRS)).strip()


def is_right_to_left(text: str) -> bool:
    """Whether more than half of the letters are of a script that is written from the right."""
    return 2 * len(_RIGHT_TO_LEFT.findall(text)) > len(_LETTER.findall(text))


def in_reading_order(glyphs: Sequence[Placed], *, from_the_right: bool) -> str:
    """The text of a line's glyphs: as they come, or in Arabic on a page `from_the_right` by where they stand.

    Programs draw Arabic in either direction, and guesses about it go wrong; from the places the order follows.
    """
    if not _RIGHT_TO_LEFT.search("".join(glyph.text for glyph in glyphs)):
        return "".join(glyph.text for glyph in glyphs)
    shapes = [(_ligature("".join(glyph.text for glyph in same)), same[0]) for same in _same_places(glyphs)]
    if not from_the_right:
        return "".join(letters for letters, _ in shapes)
    return _from_the_right(list(_with_blanks(_from_left_to_right(shapes))))


def _same_places(glyphs: Sequence[Placed]) -> Iterator[list[Placed]]:
    """The letters of each drawn shape: لا is one shape of two."""
    for _, same in groupby(glyphs, lambda glyph: glyph.box):
        yield list(same)


def _ligature(letters: str) -> str:
    """The letters of one shape in the order of reading: pdfium turns some around. No shape is an alef before a lam."""
    return letters[::-1] if _ALEF_LAM.match(letters) or letters == "هللا" else letters


def _from_left_to_right(shapes: Iterable[tuple[str, Placed]]) -> list[tuple[str, Placed]]:
    """The shapes by their places, each mark behind the letter that it is on."""
    drawn = sorted((shape for shape in shapes if shape[1].size), key=lambda shape: _centre(shape[1]))
    letters = [shape for shape in drawn if not _is_mark(shape[0])]
    for text, mark in drawn:
        if _is_mark(text) and letters:
            after = bisect_left(letters, _centre(mark), key=lambda shape: _centre(shape[1]))
            near = range(max(0, after - 1), min(after + 1, len(letters)))
            at = min(near, key=lambda i: abs(_centre(letters[i][1]) - _centre(mark)))
            letters[at] = letters[at][0] + text, letters[at][1]
    return letters


def _with_blanks(shapes: Iterable[tuple[str, Placed]]) -> Iterator[str]:
    right: float | None = None
    for letters, glyph in shapes:
        if right is not None and glyph.box[0] - right > _GAP * glyph.size:
            yield " "
        yield letters
        right = glyph.box[2]


def _is_mark(text: str) -> bool:
    return unicodedata.combining(text[:1] or " ") > 0


def _centre(glyph: Placed) -> float:
    return (glyph.box[0] + glyph.box[2]) / 2


def _from_the_right(shapes: Sequence[str]) -> str:
    """Shapes that stand from left to right, as somebody reads them who begins at the right."""
    kinds = "".join(map(_kind, shapes))
    parts: list[str] = []
    at = 0
    for found in _LEFT_TO_RIGHT.finditer(kinds):
        parts += shapes[at : found.start()]
        parts.append("".join(shapes[found.start() : found.end()]))
        at = found.end()
    text = "".join(reversed([*parts, *shapes[at:]]))
    text = _OPENING.sub(lambda found: "(" if found[0] in "()" else "[", text)
    return _CLOSING.sub(lambda found: ")" if found[0] in "()" else "]", text)


def _kind(letters: str) -> str:
    first = letters[:1]
    if _RIGHT_TO_LEFT.match(first):
        return "R"
    if first.isdigit():
        return "D"
    return "L" if first.isalpha() else "S" if first in _SEPARATORS else "N"


# Properties


def sound_title(text: str) -> str:
    """A title out of a file's properties; empty where a program put in the file's name or its own."""
    title = title_of(repaired(text))
    is_name = " " not in title and title.isascii() and any(character in "._0123456789" for character in title)
    return "" if is_name or _NO_TITLE.match(title) or title.lower().endswith(_FILES) else title
