"""What happens while the page is served, told to those who listen: the log of requests, the metrics."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final, Literal

from embeddings.timing import Part, Stopwatch, listening
from qa.answer import Answer
from qa.assistant import Phase
from qa.errors import QAError

Outcome = Literal["answered", "absent", "refused", "failed", "left"]
"""How a question ended: with citations, without any, not asked as it cannot be, by an error, or its visitor left."""


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
    """A question that is being answered from now on."""

    question: str


@dataclass(frozen=True, slots=True)
class QuestionEnded:
    """The same one's end. `seconds` of work, without the pauses between its steps; `parts`: the seconds of each
    `embeddings.timing.Part`."""

    outcome: Outcome
    seconds: float
    parts: Mapping[str, float] = field(default_factory=dict)


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


def observed(question: str, steps: Iterator[Phase | Answer]) -> Iterator[Phase | Answer]:
    """The same steps of `Assistant.asking`; whoever listens is told when the first is asked for, and how they ended."""
    watch, seconds = Stopwatch(), 0.0
    outcome: Outcome = "left"
    tell(QuestionAsked(question))
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
            yield step
    finally:
        spent = watch.milliseconds()
        tell(
            QuestionEnded(
                outcome, seconds, {name: each / 1000 for name, each in spent.items() if name != Part.OTHER.value}
            )
        )
