"""What may be asked, and a question as it is searched."""

import unicodedata
from typing import Final

from qa.errors import QuestionError

MAX_QUESTION: Final = 2000
"""Characters. Longer input is a text, not a question, and costs time before it is answered."""


def check_question(question: str) -> str:
    """The question without control characters and outer blanks. Raises QuestionError when it is blank or too long."""
    if len(question) > MAX_QUESTION:
        raise QuestionError(f"the question has {len(question)} characters; at most {MAX_QUESTION} can be searched")
    # Control characters, private and unpaired surrogate ones mean nothing to an encoder, and some break it.
    cleaned = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn"} else c for c in question).strip()
    if not any(c.isalnum() for c in cleaned):
        raise QuestionError("the question is blank; type what you want to know, in any language")
    return cleaned
