"""What a document means by "the Convention": as it says itself, by its title, by whose document it is."""

from collections.abc import Iterable, Mapping
from typing import Final

from embeddings.folded import Folded
from embeddings.instruments import INSTRUMENTS, named, of_documents
from embeddings.references import Reference
from embeddings.types import Document

_ANYWHERE: Final = {"charter": "UN-CHARTER"}
"""In the UN's documents "the Charter" is its own, where nothing else is said."""


_RESOLVED_BY: Final = (
    ("A/HRC/RES/", "A/HRC/"),
    ("A/HRC/DEC/", "A/HRC/"),
    ("A/RES/", "A/"),
    ("A/DEC/", "A/"),
    ("E/RES/", "E/"),
)
"""Whose "its resolution" is, in documents of a symbol. The Security Council's are told by their years."""


def definitions(document: Document, found: Iterable[Reference]) -> Mapping[str, str]:
    """The codes of what a document calls "convention", "charter", ..., by these words; `found` are all its references.

    What is defined in two ways is not defined.
    """
    own = of_documents(document.symbol)
    about = own_instrument(document)
    said: dict[str, set[str]] = {}
    for each in found:
        if each.kind == "instrument" and each.called:
            said.setdefault(each.called, set()).add(each.instrument)
    resolved_by = next((begin for start, begin in _RESOLVED_BY if document.symbol.startswith(start)), "")
    its = {"resolution": f"{resolved_by}RES/", "decision": f"{resolved_by}DEC/"} if resolved_by else {}
    clear = {called: codes.pop() if len(codes) == 1 else "" for called, codes in said.items()}
    return {**_ANYWHERE, **_by_kind(own), **_by_kind(about), **clear, **its}


def own_instrument(document: Document) -> str:
    """The code of the one instrument that a document's title names, empty where it names none or several."""
    codes = {each.code for each in named(Folded(document.title))}
    return codes.pop() if len(codes) == 1 else ""


def _by_kind(code: str) -> Mapping[str, str]:
    if not code:
        return {}
    kind = INSTRUMENTS[code].kind
    return {kind: code, "convention": code} if kind == "covenant" else {kind: code}  # 公约 is said of covenants too
