"""What to say to a visitor when something goes wrong: the string for an error, without what only a terminal needs."""

from embeddings.errors import EmbeddingsError
from qa.errors import ConversationFull, FilterError, LibraryError, QuestionBlank, QuestionTooLong
from qa.question import MAX_QUESTION

Values = dict[str, int | str]


def problem_of(error: Exception) -> tuple[str, Values]:
    """The string (`qa.strings`) that tells of an error, and what is put into it."""
    match error:
        case QuestionBlank():
            return "errors.question_blank", {}
        case QuestionTooLong(characters=characters):
            return "errors.question_long", {"characters": characters, "most": MAX_QUESTION}
        case ConversationFull():
            return "errors.conversation_full", {}
        case FilterError(code=code, values=values):
            return f"filters.{code}", dict(values)
        case LibraryError(code=code, values=values):
            return f"documents.{code}", dict(values)
        case EmbeddingsError():
            return "errors.index", {}
        case _:
            return "errors.unexpected", {}
