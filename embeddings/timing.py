"""Where the time of a question goes: a stopwatch for whoever listens, and nothing at all for all others."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """What is done from a question to its printed answer, in this order."""

    IMPORTS = "imports"
    DOCUMENTS = "documents"
    """Whether they changed since the index was built."""
    MODEL = "model"
    INDEX = "index"
    QUESTION = "question"
    """Its language, words and concepts, what it leans on, and what it asks a list of."""
    TOKENISE = "tokenise"
    ENCODE = "encode"
    WORDS = "words"
    CANDIDATES = "candidates"
    SIFTING = "sifting"
    RESCORING = "rescoring"
    RERANKING = "reranking"
    """Of the first few again, by a model that reads question and passage together, where one is named."""
    REFERENCES = "references"
    """Instead of these five, where every passage is asked for that refers to something."""
    MARKS = "marks"
    TABLE = "table"
    SPEAKERS = "speakers"
    PRINTING = "printing"
    OTHER = "other"


class Stopwatch:
    """Seconds by part. A part that begins within another stops that one's time, so that all together are the whole."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        """`clock`: seconds, from any beginning."""
        self._clock = clock
        self._open = [Part.OTHER]
        self._since = clock()
        self._spent: dict[Part, float] = {}

    @contextmanager
    def part(self, part: Part) -> Iterator[None]:
        """The time within it is this part's."""
        self._charge()
        self._open.append(part)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def milliseconds(self) -> Mapping[str, float]:
        """What each part took so far, in their order; those that took nothing are left out."""
        self._charge()
        return {part.value: 1000 * self._spent[part] for part in Part if self._spent.get(part)}

    def _charge(self) -> None:
        now = self._clock()
        part = self._open[-1]
        self._spent[part] = self._spent.get(part, 0.0) + now - self._since
        self._since = now


_LISTENING: Final[ContextVar[Stopwatch | None]] = ContextVar("listening", default=None)


@contextmanager
def listening(watch: Stopwatch) -> Iterator[Stopwatch]:
    """Within it `watch` takes the time, in this thread alone: what others do meanwhile costs only what is waited."""
    token = _LISTENING.set(watch)
    try:
        yield watch
    finally:
        _LISTENING.reset(token)


@contextmanager
def timed(part: Part) -> Iterator[None]:
    """The time within it is the part's, where somebody listens. Also decorates functions; not generators, whose work
    is done when they are read."""
    watch = _LISTENING.get()
    if watch is None:
        yield
        return
    with watch.part(part):
        yield
