"""Cited answers from documents: `retrieve(query)` for passages, `Assistant.open(index).ask(question)` for an answer."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.answer import Answer, turn
    from qa.api import Api
    from qa.assistant import Assistant
    from qa.errors import ArgumentInvalid, FilterError, QAError, QuestionError
    from qa.filters import Filters
    from qa.live import Live, retrieve
    from qa.types import Citation, ScoredPassage

__all__ = [
    "Answer",
    "Api",
    "ArgumentInvalid",
    "Assistant",
    "Citation",
    "FilterError",
    "Filters",
    "Live",
    "QAError",
    "QuestionError",
    "ScoredPassage",
    "retrieve",
    "turn",
]

_HOMES = {
    "qa.answer": ("Answer", "turn"),
    "qa.api": ("Api",),
    "qa.assistant": ("Assistant",),
    "qa.errors": ("ArgumentInvalid", "FilterError", "QAError", "QuestionError"),
    "qa.filters": ("Filters",),
    "qa.live": ("Live", "retrieve"),
    "qa.types": ("Citation", "ScoredPassage"),
}


def __getattr__(name: str) -> Any:
    # Whoever needs one module of the package, the command's parser for one, is spared NumPy, FAISS and the model.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
