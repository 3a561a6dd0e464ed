"""Which reader reads which file: one module a format, and what other packages add through an entry point."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from embeddings.documents.extract import Extract

Reader = Callable[[bytes], Extract]
"""Takes a file's bytes, returns what stands in it. Raises DocumentError, without the file's name."""

_OWN: Final[Mapping[str, str]] = {
    ".docx": "docx",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".markdown": "markdown",
    ".md": "markdown",
    ".odt": "odt",
    ".pdf": "pdf",
    ".txt": "text",
    ".xhtml": "html",
}
_GROUP: Final = "paragraph_qa.readers"
"""Entry points by which a package adds readers: the suffix in small letters, `.rtf`, and the function, `pack:read`."""


@cache
def readers() -> Mapping[str, EntryPoint]:
    """The registry: a suffix in small letters, and what loads its reader. A package's reader replaces our own."""
    own = {suffix: EntryPoint(suffix, f"embeddings.documents.{name}:read", _GROUP) for suffix, name in _OWN.items()}
    return {**own, **{point.name: point for point in entry_points(group=_GROUP)}}
