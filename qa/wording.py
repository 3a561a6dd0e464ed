"""What lines for a terminal and the page are put together with."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

_QUOTES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"fr": ("«\u00a0", "\u00a0»"), "es": ("«", "»"), "ru": ("«", "»"), "ar": ("«", "»")}
)


def in_quotes(text: str, language: str) -> str:
    """`text` in the quotation marks of a language (ISO 639-1), in those of English where it has no others."""
    before, behind = _QUOTES.get(language, ("“", "”"))
    return f"{before}{text}{behind}"


def in_line(parts: Iterable[str], language: str) -> str:
    """`parts` with the commas of a language between them."""
    return ("، " if language == "ar" else ", ").join(parts)


def one_line(text: str) -> str:
    """`text` with each run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def counted(count: int, what: str) -> str:
    """A number of things: "1 paragraph", "14 paragraphs"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
