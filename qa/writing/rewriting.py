"""A follow-up question made one that stands by itself, by the same model; only a query, shown and open to change.

Only questions are sent, nothing of the documents.
"""

from collections.abc import Sequence
from typing import Final

from embeddings.language import language_of
from qa.errors import QuestionError, WriterError
from qa.question import check_question
from qa.writing.endpoint import Endpoint
from qa.writing.plain import paragraphs
from qa.writing.prompt import in_language, neutral
from qa.writing.types import Message

MAX_BEFORE: Final = 6
"""Earlier questions that are sent, the latest ones."""
_MAX_CHARACTERS: Final = 500
"""Of a query; a longer one is no question."""

_SYSTEM: Final = """\
You rewrite the last question of a conversation so that it can be understood without the conversation. Replace pronouns
and words that point back by what they stand for, add what is left out, change nothing else, answer nothing. If it can
be understood as it is, repeat it. Write the question only, in one line.{language}"""


def rewriting_messages(question: str, before: Sequence[str]) -> list[Message]:
    """What is sent for a question asked after others, the latest last."""
    earlier = "\n".join(f"- {neutral(each)}" for each in before[-MAX_BEFORE:])
    asked = f"Earlier questions:\n{earlier}\n\nLast question: {neutral(question)}\n\nRewritten question:"
    system = _SYSTEM.format(language=in_language(language_of(question)))
    return [{"role": "system", "content": system}, {"role": "user", "content": asked}]


async def rewritten(question: str, before: Sequence[str], endpoint: Endpoint) -> str:
    """The query to search for a question. Raises WriterError, also when what comes is no question."""
    found = paragraphs(await endpoint.whole(rewriting_messages(question, before)))
    try:
        query = check_question(found[0].strip("\"'“”«» ") if found else "")
    except QuestionError as error:
        raise WriterError("empty", f"{endpoint.settings.host} sent no question") from error
    if len(found) > 1 or len(query) > _MAX_CHARACTERS:
        raise WriterError("unreadable", f"{endpoint.settings.host} sent more than a question")
    return query
