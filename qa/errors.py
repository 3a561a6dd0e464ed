"""Every error that the online half raises on purpose; those of `embeddings.errors` pass through it unchanged.

QAError
├── QuestionError   a question that cannot be asked
│   ├── QuestionBlank     it holds no letter and no digit
│   └── QuestionTooLong   it is a text
├── FilterError     filters that cannot be applied, or that leave nothing to search
├── ArgumentInvalid an argument of a program's call that is not of its type or range
├── QuotationError  a quotation that cannot be looked for
├── PinError        a pinned citation that cannot be made or read
├── ConversationError  a conversation or a record that cannot be read or written
│   └── ConversationFull  it has as many turns as are kept
├── RecordError     what is given is no record of a search
├── EvaluationError what is to be measured cannot be read
├── CalibrationError what relevance is read from cannot be read
├── FeedbackError   feedback that cannot be kept or read
│   ├── FeedbackInvalid   it lacks something, or is too long
│   ├── FeedbackTooMany   its visitor gave enough for a day
│   ├── FeedbackFull      its file may not grow further
│   ├── FeedbackMissing   there is no file of it
│   └── FeedbackUnusable  its file cannot be read or written
├── LibraryError    what a visitor asks of the collections cannot be done
│   ├── CollectionEmpty   there is nothing in it to ask
│   ├── UploadRefused     a file that is not taken
│   └── BuildRefused      an index that is not built, or whose building failed
├── WriterError     a model that is to write cannot be asked, or does not answer
├── LoginError      a login that cannot be made, read or written
├── KeyInvalid      an API key that cannot be made, read or written
└── ServeError      the page cannot be served

Each message says what was received and what to do.
"""

from typing import Literal

WriterReason = Literal[
    "settings",
    "unreachable",
    "late",
    "refused",
    "busy",
    "failed",
    "redirected",
    "unreadable",
    "paused",
    "empty",
    "unsupported",
]
"""Why a model wrote nothing that can be shown. `qa.writing.output.FAILURES` says each in words."""


class QAError(Exception):
    """Base of all errors of this package."""


class QuestionError(QAError):
    """A question that cannot be asked: blank or too long."""


class QuestionBlank(QuestionError):
    """A question without a letter or a digit."""


class QuestionTooLong(QuestionError):
    """A question of more `characters` than can be searched."""

    def __init__(self, message: str, characters: int) -> None:
        super().__init__(message)
        self.characters = characters


class FilterError(QAError):
    """Filters that cannot be applied, or that leave nothing to search.

    `code` names the string of the page that says so, "filters.<code>", and `values` what is put into it.
    """

    def __init__(self, code: str, message: str, **values: str) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


class ArgumentInvalid(QAError):
    """An argument of a program's call that is not of its type, or out of its range."""


class QuotationError(QAError):
    """A quotation that cannot be looked for."""


class PinError(QAError):
    """A pinned citation that cannot be made or read."""


class ConversationError(QAError):
    """A conversation or a record that cannot be read or written."""


class ConversationFull(ConversationError):
    """A conversation that has as many turns as are kept."""


class RecordError(QAError):
    """What is given is no record of a search."""


class EvaluationError(QAError):
    """What is to be measured cannot be read."""


class CalibrationError(QAError):
    """The calibration that is named for another model cannot be read."""


class FeedbackError(QAError):
    """Feedback that cannot be kept or read."""


class FeedbackInvalid(FeedbackError):
    """Feedback that lacks something, or is too long."""


class FeedbackTooMany(FeedbackError):
    """More feedback than a visitor may give in a day."""


class FeedbackFull(FeedbackError):
    """Feedback for which its file has no room left."""


class FeedbackMissing(FeedbackError):
    """Feedback that is to be read, and nobody gave any."""


class FeedbackUnusable(FeedbackError):
    """A file for feedback that cannot be read or written."""


class LibraryError(QAError):
    """What a visitor asks of the collections cannot be done.

    `code` names the string of the page that says so, "documents.<code>", and `values` what is put into it: text as it
    stands, and of values called `bytes` a size. `detail`: what a reader says about it, in English, empty where nothing.
    """

    def __init__(self, code: str, message: str, *, detail: str = "", **values: str | int) -> None:
        super().__init__(message)
        self.code = code
        self.detail = detail
        self.values = values


class CollectionEmpty(LibraryError):
    """A collection in which there is nothing to ask."""


class UploadRefused(LibraryError):
    """A file that is not taken."""


class BuildRefused(LibraryError):
    """An index that is not built, or whose building failed."""


class WriterError(QAError):
    """A model that is to write cannot be asked, or does not answer.

    `reason`: "settings" where its settings cannot be meant, else what happened.
    """

    def __init__(self, reason: WriterReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class LoginError(QAError):
    """A login that cannot be made, read or written."""


class KeyInvalid(QAError):
    """An API key, or a file of them, that cannot be made, read or written."""


class ServeError(QAError):
    """The page cannot be served."""
