"""What may be asked, and a question as it is searched."""

import unicodedata
from typing import Final

from qa.errors import QuestionBlank, QuestionTooLong

MAX_QUESTION: Final = 2000
"""Characters. Longer input is a text, not a question, and costs time before it is answered."""


def check_question(question: str) -> str:
    """The question without control characters and outer blanks. Raises QuestionBlank or QuestionTooLong."""
    if len(question) > MAX_QUESTION:
        message = f"the question has {len(question)} characters; at most {MAX_QUESTION} can be searched"
        raise QuestionTooLong(message, len(question))
    # Control characters, private and unpaired surrogate ones mean nothing to an encoder, and some break it.
    cleaned = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} else c for c in question).strip()
    if not any(c.isalnum() for c in cleaned):
        raise QuestionBlank("the question is blank; type what you want to know, in any language")
    return cleaned
