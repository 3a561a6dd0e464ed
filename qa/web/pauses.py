"""A pause after wrong passwords or keys, which grows with each further one."""

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

_WRONG_ALLOWED: Final = 10
"""Wrong ones before the first pause."""
_LONGEST_PAUSE: Final = 900.0
"""Seconds. The pause doubles from one second."""
_FORGIVEN: Final = 3600.0
"""Seconds after which wrong ones count no longer."""
_REMEMBERED: Final = 10_000
"""Names and addresses; those that were wrong longest ago are forgotten first."""


class Pauses:
    """How long a name or an address has to wait. For one event loop."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock`: seconds, from any beginning."""
        self._clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """How many wrong ones came, and when the last."""

    def wait(self, name: str) -> int:
        """Whole seconds until it may be tried again; 0 for now."""
        count, last = self._wrong.get(name, (0, 0.0))
        if count < _WRONG_ALLOWED:
            return 0
        pause = min(_LONGEST_PAUSE, 2.0 ** min(count - _WRONG_ALLOWED, 20))
        return max(0, ceil(last + pause - self._clock()))

    def count(self, name: str) -> None:
        """Note a wrong one."""
        now = self._clock()
        count, last = self._wrong.pop(name, (0, now))
        self._wrong[name] = (count + 1 if now - last < _FORGIVEN else 1, now)
        if len(self._wrong) > _REMEMBERED:
            self._wrong.popitem(last=False)
