"""What a text file says of itself before its text, between two lines of dashes, as site generators have it."""

import re
from dataclasses import dataclass
from typing import Final

from embeddings.documents.markup import day_of
from embeddings.documents.office import language_of_tag, title_of

_MAX_LENGTH: Final = 20_000
"""Characters."""
_FRONT: Final = re.compile(
    r"---[ \t]{0,9}(?:\r\n?|\n)(?P<lines>[^\x00]{0,19000}?)(?:\r\n?|\n)(?:---|\.\.\.)[ \t]{0,9}(?:\r\n?|\n|\Z)"
)
_KEY: Final = re.compile(r"^([A-Za-z][\w-]{0,40})[ \t]{0,9}:(?:[ \t]{1,9}([^\r\n]{0,500}))?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A file's own properties, empty where it has none. `end`: where its text begins."""

    end: int = 0
    title: str = ""
    date: str = ""
    language: str = ""


def front_matter(text: str) -> FrontMatter:
    """The properties at the beginning of `text`; lines of dashes with other things between them are text."""
    found = _FRONT.match(text[:_MAX_LENGTH])
    if found is None:
        return FrontMatter()
    lines = found["lines"].replace("\r\n", "\n").replace("\r", "\n")
    keys = {key.lower(): (value or "").strip().strip("\"'") for key, value in _KEY.findall(lines)}
    if not keys or not _KEY.match(lines.lstrip().partition("\n")[0]):
        return FrontMatter()
    return FrontMatter(
        found.end(),
        title_of(keys.get("title", "")),
        day_of(keys.get("date", ""), keys.get("published", "")),
        language_of_tag(keys.get("lang", "") or keys.get("language", "")),
    )
