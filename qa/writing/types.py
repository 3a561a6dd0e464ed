"""The values that pass between the parts of this package. Frozen, without behaviour beyond display."""

from dataclasses import dataclass
from typing import Literal, TypedDict

from qa.errors import WriterReason

WhyNot = Literal["uncited", "unknown", "quotation", "figure", "name", "negation", "unlike"]
"""Why a sentence is not borne out: it cites nothing; it cites what was not shown; what it quotes does not stand in the
passages cited, or a figure, a date or a quantity, or a name; it denies or restricts something that they do not, or the
other way round; or they do not seem to say it."""


class Message(TypedDict):
    """A message as the endpoint takes it."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is shown: plain text, the numbers of the passages that it cites, of those that were shown, and
    why it is not borne out by them, empty where it is."""

    text: str
    citations: tuple[int, ...]
    why_not: tuple[WhyNot, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether the passages cited bear it out, as far as can be told."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote from passages, checked.

    `model` and `host`: which and where. `sentences`, with what is wrong with each; `left_out`: how many are not shown,
    for holding addresses or code. `failed`: why there is nothing, None where there is something. `sent`: all that was
    sent.
    """

    model: str
    host: str
    sentences: tuple[Sentence, ...]
    left_out: int
    failed: WriterReason | None
    sent: tuple[Message, ...]
