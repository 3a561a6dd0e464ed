"""Conversations to be taken away: as Markdown, as a Word document, and as JSON that holds all of them.

Markdown and Word are written in the reader's language and are for reading; the JSON is the conversation itself, with
the records of its searches (docs/exports.md).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from qa.errors import ConversationError
from qa.exports.content import written
from qa.exports.markdown import as_markdown
from qa.shown import Conversation, now, to_json
from qa.strings import DEFAULT, LANGUAGES, say
from qa.version import VERSION

FORMAT: Final = 1
"""Of the JSON."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file: its `name` in the reader's language, `plain_name` in ASCII, what it is, and its bytes."""

    name: str
    plain_name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Format:
    suffix: str
    media_type: str
    make: Callable[[Conversation, str, str], bytes]


def export(conversation: Conversation, name: str, language: str, exported: str = "") -> Export:
    """The conversation in the format of that name, one of `FORMATS`.

    `language`: in which it is told, one of the page's, else English; what is quoted keeps its own. `exported`: when,
    UTC, ISO 8601; now if blank. Raises ValueError for another format, and ConversationError when the conversation
    holds a number that no answer has.
    """
    if name not in FORMATS:
        raise ValueError(f"no format {name!r}; formats: {', '.join(FORMATS)}")
    found, moment = FORMATS[name], exported or now()
    told = language if language in LANGUAGES else DEFAULT
    try:
        data = found.make(conversation, told, moment)
    except ArithmeticError as error:
        raise ConversationError("a number in the conversation is too large for an answer of this program") from error
    dated = f" {moment[:10]}{found.suffix}"
    return Export(say(told, "export.title") + dated, "Paragraph QA" + dated, found.media_type, data)


def _markdown(conversation: Conversation, language: str, exported: str) -> bytes:
    return as_markdown(written(conversation, language, exported)).encode()


def _docx(conversation: Conversation, language: str, exported: str) -> bytes:
    from qa.exports.docx import as_docx

    return as_docx(written(conversation, language, exported))


def _json(conversation: Conversation, _language: str, exported: str) -> bytes:
    """As it is, whatever the language. Halves of characters, which UTF-8 cannot hold, become question marks."""
    whole = {
        "format": FORMAT,
        "program": VERSION,
        "exported": exported,
        "turns": to_json(conversation),
    }
    try:
        text = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=2)
    except ValueError as error:
        raise ConversationError("a number in the conversation is none: JSON has no infinity") from error
    return (text + "\n").encode("utf-8", "replace")


FORMATS: Final = MappingProxyType(
    {
        "markdown": _Format(".md", "text/markdown; charset=utf-8", _markdown),
        "docx": _Format(".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _docx),
        "json": _Format(".json", "application/json", _json),
    }
)
"""By their names."""
