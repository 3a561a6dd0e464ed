"""What a document means by "the Convention": as it says itself, by its title, by whose document it is."""

from collections.abc import Iterable, Mapping
from typing import Final

from embeddings.folded import Folded
from embeddings.instruments import INSTRUMENTS, named, of_documents
from embeddings.references import Reference
from embeddings.types import Document

_ANYWHERE: Final = {"charter": "UN-CHARTER"}
"""In the UN's documents "the Charter" is its own, where nothing else is said."""


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
    clear = {called: codes.pop() if len(codes) == 1 else "" for called, codes in said.items()}
    return {**_ANYWHERE, **_by_kind(own), **_by_kind(about), **clear}


def own_instrument(document: Document) -> str:
    """The code of the one instrument that a document's title names, empty where it names none or several."""
    codes = {each.code for each in named(Folded(document.title))}
    return codes.pop() if len(codes) == 1 else ""


def _by_kind(code: str) -> Mapping[str, str]:
    if not code:
        return {}
    kind = INSTRUMENTS[code].kind
    return {kind: code, "convention": code} if kind == "covenant" else {kind: code}  # 公约 is said of covenants too
