"""Every error that the online half raises on purpose; those of `embeddings.errors` pass through it unchanged.

QAError
├── QuestionError   a question that cannot be asked: blank or too long
├── EvaluationError what is to be measured cannot be read
└── ServeError      the page cannot be served

Each message says what was received and what to do.
"""


class QAError(Exception):
    """Base of all errors of this package."""


class QuestionError(QAError):
    """A question that cannot be asked: blank or too long."""


class EvaluationError(QAError):
    """What is to be measured cannot be read."""


class ServeError(QAError):
    """The page cannot be served."""
