"""What happens while the page is served, told to those who listen: the log of requests, the metrics."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Literal, TypeVar

from embeddings.timing import Part, Stopwatch, listening
from qa.answer import Answer
from qa.api import Purpose
from qa.errors import QAError

Outcome = Literal["answered", "absent", "refused", "failed", "left"]
"""How a question ended: with citations, without any, not asked as it cannot be, by an error, or its visitor left. A
search ends with the closest passages, which counts as answered."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """A request, answered. `route`: its path, without what a visitor wrote. `use`: as in `qa.web.surface`, empty where
    it was refused before that was known. `status`: 0 where the visitor left before there was one."""

    method: str
    route: str
    use: str
    status: int
    seconds: float
    address: str


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question that is being worked on from now on."""

    question: str
    purpose: Purpose = "answer"


@dataclass(frozen=True, slots=True)
class QuestionEnded:
    """The same one's end. `seconds` of work, without the pauses between its steps; `parts`: the seconds of each
    `embeddings.timing.Part`."""

    outcome: Outcome
    seconds: float
    parts: Mapping[str, float] = field(default_factory=dict)
    purpose: Purpose = "answer"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something failed: see `qa.web.faults`."""


Event = RequestEnded | QuestionAsked | QuestionEnded | Fault
Listener = Callable[[Event], None]
"""Is called in the thread where it happens, so it has to be quick, must not raise, and be safe to share."""

_LISTENERS: Final[list[Listener]] = []


@contextmanager
def heard_by(*listeners: Listener) -> Iterator[None]:
    """Within it these are told everything."""
    _LISTENERS.extend(listeners)
    try:
        yield
    finally:
        for each in listeners:
            _LISTENERS.remove(each)


def tell(event: Event) -> None:
    """Tell those who listen."""
    for each in _LISTENERS:
        each(event)


def observed(question: str, steps: Iterator[T], purpose: Purpose = "answer") -> Iterator[T]:
    """The same steps of the work on a question; whoever listens is told when the first is asked for, and how they
    ended. An `Answer` among them is what an answer ended with."""
    watch, seconds = Stopwatch(), 0.0
    outcome: Outcome = "left"
    tell(QuestionAsked(question, purpose))
    try:
        while True:
            began = perf_counter()
            try:
                with listening(watch):  # in each step anew: the steps of one question may be made in several threads
                    step = next(steps, None)
            except Exception as error:
                outcome = "refused" if isinstance(error, QAError) else "failed"
                raise
            finally:
                seconds += perf_counter() - began
            if step is None:
                return
            if isinstance(step, Answer):
                outcome = "absent" if step.absent else "answered"
            elif purpose == "search":
                outcome = "answered"
            yield step
    finally:
        spent = watch.milliseconds()
        parts = {name: each / 1000 for name, each in spent.items() if name != Part.OTHER.value}
        tell(QuestionEnded(outcome, seconds, parts, purpose))
