"""Every error that the online half raises on purpose; those of `embeddings.errors` pass through it unchanged.

QAError
├── QuestionError   a question that cannot be asked: blank or too long
├── QuotationError  a quotation that cannot be looked for
├── PinError        a pinned citation that cannot be made or read
├── ConversationError  a conversation or a record that cannot be read or written
├── RecordError     what is given is no record of a search
├── EvaluationError what is to be measured cannot be read
└── ServeError      the page cannot be served

Each message says what was received and what to do.
"""


class QAError(Exception):
    """Base of all errors of this package."""


class QuestionError(QAError):
    """A question that cannot be asked: blank or too long."""


class QuotationError(QAError):
    """A quotation that cannot be looked for."""


class PinError(QAError):
    """A pinned citation that cannot be made or read."""


class ConversationError(QAError):
    """A conversation or a record that cannot be read or written."""


class RecordError(QAError):
    """What is given is no record of a search."""


class EvaluationError(QAError):
    """What is to be measured cannot be read."""


class ServeError(QAError):
    """The page cannot be served."""
