"""What to say to a visitor when something goes wrong: the string for an error, without what only a terminal needs."""

from embeddings.errors import EmbeddingsError
from qa.errors import ConversationFull, FilterError, LibraryError, QuestionBlank, QuestionTooLong
from qa.question import MAX_QUESTION

Values = dict[str, int | str]


def problem_of(error: Exception) -> tuple[str, Values]:
    """The string (`qa.strings`) that tells of an error, and what is put into it."""
    key, values = "errors.unexpected", Values()
    match error:
        case QuestionBlank():
            key = "errors.question_blank"
        case QuestionTooLong(characters=characters):
            key, values = "errors.question_long", {"characters": characters, "most": MAX_QUESTION}
        case ConversationFull():
            key = "errors.conversation_full"
        case FilterError():
            key, values = f"filters.{error.code}", dict(error.values)
        case LibraryError():
            key, values = f"documents.{error.code}", dict(error.values)
        case EmbeddingsError():
            key = "errors.index"
    return key, values
