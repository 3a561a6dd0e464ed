"""Cited answers from documents: `retrieve(query)` for passages, `Assistant.open(index).ask(question)` for an answer."""

from qa.assistant import Assistant, retrieve
from qa.errors import QAError, QuestionError
from qa.types import Answer, Citation, ScoredPassage

__all__ = ["Answer", "Assistant", "Citation", "QAError", "QuestionError", "ScoredPassage", "retrieve"]
