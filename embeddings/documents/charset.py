"""Bytes to text, whatever they are encoded in."""

import codecs
from typing import Final

import chardet

from embeddings.errors import DocumentError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SUPERSETS: Final = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8"}
"""What is guessed narrowly is decoded by the encoding that holds it: real files use more than their name says."""
_SAMPLE: Final = 200_000
"""Bytes to guess from."""
_CONTROLS: Final = frozenset(chr(code) for code in (*range(9), *range(14, 27), *range(28, 32), 127))
_MOST_CONTROLS: Final = 0.001
"""More control characters than this share are a sign of a binary file, or of a wrong guess."""


def decoded(data: bytes, declared: str = "") -> str:
    """The text that `data` encodes: by its mark, as UTF-8, as `declared` by the format itself, or as its bytes look.

    Raises DocumentError when they are no text in any encoding that is known.
    """
    text = _decoded(data, declared)
    if "\0" in text or sum(map(text.count, _CONTROLS)) > max(2, _MOST_CONTROLS * len(text)):
        raise DocumentError("holds control characters, so it is not a text file")
    return text


def _decoded(data: bytes, declared: str) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as(data, name)
    for name in filter(None, ("utf-8", declared)):
        try:
            return data.decode(_SUPERSETS.get(name.lower(), name))
        except (UnicodeDecodeError, LookupError):
            continue
    guess = chardet.detect(data[:_SAMPLE])["encoding"]
    if guess is None:
        raise DocumentError("is neither UTF-8 nor text in another encoding that can be told by its bytes")
    return _as(data, _SUPERSETS.get(guess.lower(), guess))


def _as(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        raise DocumentError(
            f"looks like {name}, but is not ({error}); convert it to UTF-8, for example with: iconv -f {name} -t UTF-8"
        ) from error
