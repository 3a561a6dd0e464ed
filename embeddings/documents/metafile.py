"""What a small file beside a document says about it: `report.fr.meta.toml` about `report.fr.pdf`. It wins."""

import re
import tomllib
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final

from embeddings.errors import DocumentError

SUFFIX: Final = ".meta.toml"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document, empty where unknown.

    `date`: ISO 8601. `language`: ISO 639-1. `version_of`: a name that all language versions of one document share.
    """

    title: str = ""
    symbol: str = ""
    date: str = ""
    language: str = ""
    version_of: str = ""


NOTHING: Final = Metadata()


def parsed(data: bytes) -> Metadata:
    """Read such a file. Raises DocumentError, without the file's name, for what it does not know."""
    try:
        values = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"is no TOML: {error}") from error
    known = [field.name for field in fields(Metadata)]
    given = {}
    for name, value in values.items():
        if name not in known:
            raise DocumentError(f"has the key {name!r}, which is none of: {', '.join(known)}")
        given[name] = _text(name, value)
    metadata = Metadata(**given)
    if metadata.language and not _LANGUAGE.fullmatch(metadata.language):
        raise DocumentError(f"has the language {metadata.language!r}; write a code such as 'fr'")
    return metadata


def _text(name: str, value: object) -> str:
    if name == "date":
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError as error:
            raise DocumentError(f"has the date {value!r}; write it as 2021-05-31") from error
        return (day.date() if isinstance(day, datetime) else day).isoformat()
    if not isinstance(value, str):
        raise DocumentError(f"has {name} = {value!r}; write it as text, in quotation marks")
    return value.strip()
