"""Names of files from outside, made fit to stand in a folder, in a list and in a document's identity."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

_MOST_BYTES: Final = 150
"""Of a name in UTF-8; file systems take 255, and a number and the endings of temporary files come to it."""
_UNSAFE: Final = re.compile(r'[/\\:*?"<>|#%\x00]+')
"""Path signs, what Windows forbids, and what divides addresses and passage ids."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks of direction and of width 0, halves of characters, unassigned ones, ends of lines."""
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE)
"""Names that Windows takes for devices, whatever the suffix."""
_NOTE: Final = "readme"
"""Files of this name are notes about their folder, which no build reads."""
_NAMELESS: Final = "document"


def clean_name(name: str) -> str:
    """`name` as it is stored and shown: in NFC, without path, control and direction characters, at most 150 bytes.

    It ends in the suffix that it had, in small letters, and is no hidden file, no device and no note about the folder.
    """
    whole = "".join(" " if c in "\r\n\t" else c for c in name if c in "\r\n\t" or _is_seen(c))
    whole = unicodedata.normalize("NFC", " ".join(_UNSAFE.sub(" ", whole).split()).strip(". "))
    stem, suffix = _divided(whole)
    stem = _cut(stem, _MOST_BYTES - len(suffix.encode())).rstrip(". ") or _NAMELESS
    if _DEVICE.fullmatch(stem) or stem.casefold() == _NOTE:
        stem = f"_{stem}"
    return f"{stem}{suffix}"


def free_name(name: str, taken: Iterable[str]) -> str:
    """A clean `name`, with a number where it or one like it is taken: "report (2).pdf".

    Alike are names whose documents would have one identity, which is made of the name without its suffix.
    """
    known = {_alike(each) for each in taken}
    stem, suffix = _divided(name)
    number, tried = 1, name
    while _alike(tried) in known:
        number += 1
        tried = f"{stem} ({number}){suffix}"
    return tried


def file_id(name: str) -> str:
    """What a stored file is called in addresses, 32 hexadecimal digits: says nothing, and leads nowhere, by itself."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def suffix_of(name: str) -> str:
    """A clean name's suffix in small letters, with its point; empty where it has none."""
    return _divided(name)[1]


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _HIDDEN


def _divided(name: str) -> tuple[str, str]:
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    return (name[: len(name) - len(path.suffix)], suffix) if path.suffix.isascii() and suffix else (name, "")


def _alike(name: str) -> str:
    return re.sub(r"\s+", "_", unicodedata.normalize("NFC", _divided(name)[0]).casefold())


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore") if len(text.encode()) > size else text
