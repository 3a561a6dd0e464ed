"""Words as they stand in a page's source into words as a browser shows them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from embeddings.documents.lines import joined_blocks
from embeddings.documents.office import one_line
from embeddings.numbering import is_bullet, leading_number

_WHITE: Final = re.compile(r"[ \t\n\r\f]+")
HAN: Final = "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
_BREAK_INHAN: Final = re.compile(f"(?<={HAN})[ \t]*[\n\r][ \t\n\r\f]*(?={HAN})")
_EMPTY_LINE: Final = re.compile(r"\n[ \t\r\f]*\n")
_RAISED: Final = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")


def seen(words: str) -> str:
    """`words` on one line: white space is one blank, and none where a line of the source breaks inside Chinese."""
    return one_line(_WHITE.sub(" ", _BREAK_INHAN.sub("", words)))


def paragraphs(line: Sequence[str | None], *, whole: bool) -> Iterator[str]:
    """The paragraphs in the words of a block, in which None is a line break; only one if it is to stay `whole`.

    An empty line divides paragraphs, and a line that begins as one does: pages are written so.
    """
    group: list[str] = []
    for words in _lines(line):
        text = seen(words)
        if group and not whole and (not text or is_bullet(text) or leading_number(text)):
            yield seen("\n".join(group))
            group = []
        if text:
            group.append(text)
    if group:
        yield seen("\n".join(group))


def _lines(line: Sequence[str | None]) -> Iterator[str]:
    words: list[str] = []
    for part in line:
        if part is None:
            yield "".join(words)
            words = []
        else:
            words.append(part)
    yield "".join(words)


def preformatted(words: str) -> Iterator[str]:
    """The paragraphs in lines that stand as they were typed, their ends taken out as in text files."""
    for group in _EMPTY_LINE.split(words):
        for block in joined_blocks(group):
            number = block.number
            printed = group[block.start : block.start + number.length] if number and number.kind != "article" else ""
            if text := one_line(printed + block.content.text):
                yield text


def raised(words: str) -> str:
    """`words` above the line: 10⁶ is not 106."""
    bare = words.strip()
    return bare.translate(_RAISED) if bare and all(ord(sign) in _RAISED for sign in bare) else words
