"""Cited answers from documents: `retrieve(query)` for passages, `Assistant.open(index).ask(question)` for an answer."""

from qa.answer import Answer, turn
from qa.assistant import Assistant
from qa.errors import QAError, QuestionError
from qa.live import Live, retrieve
from qa.types import Citation, ScoredPassage

__all__ = ["Answer", "Assistant", "Citation", "Live", "QAError", "QuestionError", "ScoredPassage", "retrieve", "turn"]
