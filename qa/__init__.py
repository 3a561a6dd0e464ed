"""Cited answers from documents: `retrieve(query)` for passages, `Assistant.open(index).ask(question)` for an answer."""

from qa.answer import Answer, turn
from qa.assistant import Assistant
from qa.errors import FilterError, QAError, QuestionError
from qa.filters import Filters
from qa.live import Live, retrieve
from qa.types import Citation, ScoredPassage

__all__ = [
    "Answer",
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
