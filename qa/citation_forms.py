"""Paragraphs and articles as UN documents cite them, in the six languages; several of them compressed into one form.

The forms are those of footnotes: "para. 6", "par. 6", "párr. 6", "п. 6", "الفقرة 6", "第6段". Articles go from the
large to the small in every language, "art. 54, para. 1". In Chinese articles and what they consist of have Chinese
numerals, 第五十四条第一款, as the treaties themselves print them; paragraphs of reports have digits, 第6段.

What comes out holds no invisible characters, so it can be copied anywhere. Arabic needs none: between Arabic words
"6-9" is shown with the 6 to the right, where its reader begins. Where a symbol with slashes stands beside Arabic, it
is for markup to set it apart (`<bdi>` in HTML).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from embeddings.types import Passage

_COUNTER: Final = re.compile(r"-(?P<count>[0-9]{1,6})\Z")
"""What a key ends with when the same number, or none, stands there a second time."""
_VALUE: Final = re.compile(r"(?P<value>[0-9]{1,9})(?P<bis>bis|ter|quater)?")
_CHINESE_DIGITS: Final = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Number:
    """A number with what was put in between later: 6, 6 bis. `text` where it is none of these (2.1)."""

    value: int
    bis: str
    text: str

    @property
    def counts(self) -> bool:
        """Whether a next one can follow it."""
        return not self.bis and not self.text


@dataclass(frozen=True, slots=True)
class _Words:
    """What one language says. `{}` stands for the number, or for the form that is added to."""

    paragraph: tuple[str, str, str]  # of one, of two, of more
    article: tuple[str, str, str]
    item: str
    divider: str  # between an article and what stands in it
    comma: str
    last: str
    span: str
    bis: Mapping[str, str]
    ordinals: str  # from the second on
    later: str  # the ordinal of any other
    nth: str  # of the paragraphs of an article, where these have no numbers
    again: str  # of those that have the same number
    unnumbered: str
    lines: tuple[str, str]  # one, several; `{}` stands for them
    pages: tuple[str, str]
    blocks: tuple[str, str]


_LATIN_BIS: Final = {"bis": "{} bis", "ter": "{} ter", "quater": "{} quater"}

_FORMS: Final[Mapping[str, _Words]] = {
    "en": _Words(
        paragraph=("para. {}", "paras. {}", "paras. {}"),
        article=("art. {}", "arts. {}", "arts. {}"),
        item="subpara. ({})",
        divider=", ",
        comma=", ",
        last=" and ",
        span="{}-{}",
        bis=_LATIN_BIS,
        ordinals="second third fourth fifth sixth seventh eighth ninth tenth",
        later="No. {}",
        nth="{} para.",
        again="{} ({} of this number)",
        unnumbered="unnumbered",
        lines=("line {}", "lines {}"),
        pages=("page {}", "pages {}"),
        blocks=("block {}", "blocks {}"),
    ),
    "fr": _Words(
        paragraph=("par. {}", "par. {}", "par. {}"),
        article=("art. {}", "art. {}", "art. {}"),
        item="al. {})",
        divider=", ",
        comma=", ",
        last=" et ",
        span="{} à {}",
        bis=_LATIN_BIS,
        ordinals="deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième",
        later="{}e",
        nth="{} alinéa",
        again="{} ({} de ce numéro)",
        unnumbered="non numéroté",
        lines=("ligne {}", "lignes {}"),
        pages=("page {}", "pages {}"),
        blocks=("bloc {}", "blocs {}"),
    ),
    "es": _Words(
        paragraph=("párr. {}", "párrs. {}", "párrs. {}"),
        article=("art. {}", "arts. {}", "arts. {}"),
        item="apdo. {})",
        divider=", ",
        comma=", ",
        last=" y ",
        span="{} a {}",
        bis=_LATIN_BIS,
        ordinals="segundo tercer cuarto quinto sexto séptimo octavo noveno décimo",
        later="{}.º",
        nth="{} párr.",
        again="{} ({} con este número)",
        unnumbered="sin número",
        lines=("línea {}", "líneas {}"),
        pages=("página {}", "páginas {}"),
        blocks=("bloque {}", "bloques {}"),
    ),
    "ru": _Words(
        paragraph=("п. {}", "пп. {}", "пп. {}"),
        article=("ст. {}", "ст. {}", "ст. {}"),
        item="подп. {})",
        divider=", ",
        comma=", ",
        last=" и ",
        span="{}–{}",
        bis={"bis": "{} бис", "ter": "{} тер", "quater": "{} кватер"},
        ordinals="второй третий четвертый пятый шестой седьмой восьмой девятый десятый",
        later="{}-й",
        nth="{} абзац",
        again="{} ({} под этим номером)",
        unnumbered="без номера",
        lines=("строка {}", "строки {}"),
        pages=("страница {}", "страницы {}"),
        blocks=("блок {}", "блоки {}"),
    ),
    "ar": _Words(
        paragraph=("الفقرة {}", "الفقرتان {}", "الفقرات {}"),
        article=("المادة {}", "المادتان {}", "المواد {}"),
        item="الفقرة الفرعية ({})",
        divider="، ",
        comma=" و",
        last=" و",
        span="{}-{}",
        bis={"bis": "{} مكرراً", "ter": "{} مكرراً ثانياً", "quater": "{} مكرراً ثالثاً"},
        ordinals="الثانية الثالثة الرابعة الخامسة السادسة السابعة الثامنة التاسعة العاشرة",
        later="رقم {}",
        nth="الفقرة {}",
        again="{} ({} بهذا الرقم)",
        unnumbered="بلا رقم",
        lines=("السطر {}", "الأسطر {}"),
        pages=("الصفحة {}", "الصفحات {}"),
        blocks=("الكتلة {}", "الكتل {}"),
    ),
    "zh": _Words(
        paragraph=("第{}段", "第{}段", "第{}段"),
        article=("第{}条", "第{}条", "第{}条"),
        item="({})项",
        divider="",
        comma="、",
        last="和",
        span="{}-{}",
        bis={"bis": "{}之二", "ter": "{}之三", "quater": "{}之四"},
        ordinals="",
        later="第{}",
        nth="{}款",
        again="{}({}次出现)",
        unnumbered="无编号",
        lines=("第{}行", "第{}行"),
        pages=("第{}页", "第{}页"),
        blocks=("第{}块", "第{}块"),
    ),
}

LANGUAGES: Final = tuple(_FORMS)
"""The official languages of the UN; readers of others get the English form."""


def form(passage: Passage, language: str = "en") -> str:
    """How one passage is cited: "para. 7", "art. 54, para. 1", "art. 2, second para."; where nothing is numbered the
    nearest heading, or a word for that.

    `language` is a code as ISO 639-1 or BCP 47 has it ("fr", "zh-Hans").
    """
    return form_of_all([passage], language)


def form_of_all(passages: Sequence[Passage], language: str = "en") -> str:
    """How passages of one document are cited together: "paras. 6-8 and 10". Each is named once, articles first.

    Raises ValueError when there are none, or of more than one document.
    """
    if len({passage.doc_id for passage in passages}) != 1:
        raise ValueError("passages of one document are cited together")
    code = _code(language)
    by_article: dict[str, list[Passage]] = {}
    for passage in passages:
        by_article.setdefault(passage.article, []).append(passage)
    forms: list[str] = []
    whole = [article for article, inside in by_article.items() if article and all(map(_is_whole, inside))]
    if whole:
        forms.append(_counted(map(_number, whole), _FORMS[code].article, code, chinese=True, first="premier"))
    for article, inside in sorted(by_article.items(), key=lambda each: _order(_number(each[0]))):
        if article and article not in whole:
            head = _counted([_number(article)], _FORMS[code].article, code, chinese=True, first="premier")
            forms += [head + _divided(part, code) for part in _parts(inside, code, of_article=True)]
    forms += _parts(by_article.get("", []), code, of_article=False)
    return ("；" if code == "zh" else "؛ " if code == "ar" else "; ").join(dict.fromkeys(forms))


def file_place(unit: Literal["lines", "pages", "blocks"], first: int, last: int, language: str = "en") -> str:
    """Where in a file something stands: "lines 7-20", "page 3", "第3页"."""
    one, several = getattr(_FORMS[_code(language)], unit)
    form = one if first == last else several
    return str(form).format(first if first == last else f"{first}-{last}")


def _divided(part: str, code: str) -> str:
    return f"{_FORMS[code].divider}{part}" if part else ""


def _parts(passages: Sequence[Passage], code: str, *, of_article: bool) -> list[str]:
    """A form for all numbered paragraphs, and one for each other passage. Empty: the article itself."""
    words = _FORMS[code]
    numbered: list[_Number] = []
    others: list[str] = []
    for passage in passages:
        count = _count(passage)
        if passage.paragraph and passage.paragraph[0] in "(（":
            others.append(_again(words.item.format(_plain(passage.paragraph).strip("() ")), count, code))
        elif passage.paragraph:
            number = _number(_paragraph_key(passage))
            if count == 1:
                numbered.append(number)
            else:
                others.append(_again(_paragraphs([number], code, of_article), count, code))
        elif of_article:
            others.append(words.nth.format(_ordinal(count, code)) if count > 1 else "")
        else:
            others.append(passage.section[-1] if passage.section else words.unnumbered)
    return ([_paragraphs(numbered, code, of_article)] if numbered else []) + list(dict.fromkeys(others))


def _paragraphs(numbers: Iterable[_Number], code: str, of_article: bool) -> str:
    if code == "zh" and of_article:
        return _counted(numbers, ("第{}款",) * 3, code, chinese=True)
    return _counted(numbers, _FORMS[code].paragraph, code, chinese=False)


def _counted(
    numbers: Iterable[_Number], forms: tuple[str, str, str], code: str, *, chinese: bool, first: str = ""
) -> str:
    """Numbers in order, three and more in a row as a range: "paras. 6-8 and 10"."""
    words = _FORMS[code]
    distinct = sorted(set(numbers), key=_order)
    write = _writer(code, chinese, first if len(distinct) == 1 else "")
    if code == "zh" and (chinese or any(number.bis for number in distinct)):  # 第五条和第六条之二
        return _listed(_ranges(distinct), lambda number: _framed(number, forms[0], write, words), words, "{}至{}")
    form = forms[min(len(distinct), 3) - 1]
    return form.format(_listed(_ranges(distinct), lambda number: _suffixed(write(number), number, words), words))


def _listed(ranges: Sequence[Sequence[_Number]], write: Callable[[_Number], str], words: _Words, span: str = "") -> str:
    pieces: list[str] = []
    for run in ranges:
        if len(run) > 2:
            pieces.append((span or words.span).format(write(run[0]), write(run[-1])))
        else:
            pieces += map(write, run)
    return words.last.join(filter(None, [words.comma.join(pieces[:-1]), pieces[-1]]))


def _ranges(numbers: Sequence[_Number]) -> list[list[_Number]]:
    """Sorted numbers, those that follow one another put together."""
    ranges: list[list[_Number]] = []
    for number in numbers:
        last = ranges[-1][-1] if ranges else None
        if last is not None and last.counts and number.counts and number.value == last.value + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ranges


def _writer(code: str, chinese: bool, first: str) -> Callable[[_Number], str]:
    def write(number: _Number) -> str:
        if number.text:
            return number.text
        if code == "zh" and chinese:
            return chinese_number(number.value)
        return first if first and code == "fr" and number == _Number(1, "", "") else str(number.value)

    return write


def _suffixed(written: str, number: _Number, words: _Words) -> str:
    return words.bis[number.bis].format(written) if number.bis else written


def _framed(number: _Number, form: str, write: Callable[[_Number], str], words: _Words) -> str:
    return _suffixed(form.format(write(number)), number, words)


def _again(form: str, count: int, code: str) -> str:
    return _FORMS[code].again.format(form, _ordinal(count, code)) if count > 1 else form


def _ordinal(count: int, code: str) -> str:
    words = _FORMS[code]
    if code == "zh":
        return words.later.format(chinese_number(count))
    ordinals = words.ordinals.split()
    return ordinals[count - 2] if count - 2 < len(ordinals) else words.later.format(count)


# --- What a passage's name tells -------------------------------------------------------------------------------------


def _is_whole(passage: Passage) -> bool:
    """Whether a passage is all that an article is known to hold, or the first of its paragraphs without numbers."""
    return not passage.paragraph and _count(passage) == 1


def _count(passage: Passage) -> int:
    """The how manieth passage of its number this is; of its article where it has none."""
    found = _COUNTER.search(passage.key)
    return int(found["count"]) if found else 1


def _paragraph_key(passage: Passage) -> str:
    """The number as all languages share it: "7" for ٧, "6bis" for 6 之二."""
    key = _COUNTER.sub("", passage.key)
    return key.removeprefix(f"art{passage.article}.") if passage.article else key


def _number(key: str) -> _Number:
    found = _VALUE.fullmatch(key)
    return _Number(int(found["value"]), found["bis"] or "", "") if found else _Number(0, "", key)


def _order(number: _Number) -> tuple[tuple[int, ...], str]:
    outline = tuple(int(part) for part in number.text.split(".") if part.isdecimal())
    return outline or (number.value,), number.bis or number.text


def _plain(text: str) -> str:
    """Digits and brackets of any script or width as ASCII has them."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else {"（": "(", "）": ")"}.get(c, c) for c in text)


def _code(language: str) -> str:
    code = language.replace("_", "-").split("-")[0].lower()
    return code if code in _FORMS else "en"


def chinese_number(value: int) -> str:
    """`value`, from 1, in Chinese numerals: 五十四, 一百零五; from 10 000 on in digits."""
    if value >= 10_000:
        return str(value)
    digits = str(value)
    parts: list[str] = []
    for place, digit in enumerate(map(int, digits)):
        if digit:
            parts.append(_CHINESE_DIGITS[digit] + ("", "十", "百", "千")[len(digits) - place - 1])
        elif parts and parts[-1] != "零":
            parts.append("零")
    written = "".join(parts).rstrip("零")
    return written[1:] if 10 <= value < 20 else written
