"""How much work a test lets something be: a guard against time that grows with the square of a text, or worse."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_most(seconds: float, told: str = "") -> Iterator[None]:
    """Fails where the block takes more of the processor, in this thread; what else the machine does is not counted."""
    begun = time.thread_time()
    yield
    taken = time.thread_time() - begun
    assert taken < seconds, f"{taken:.1f} s of the processor {told}"
