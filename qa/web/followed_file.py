"""A file that says who is let in, read again when it changes."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from qa.errors import QAError

_log = logging.getLogger(__name__)


class FollowedFile:
    """What a file of names or keys says now; nothing, so that nobody is let in, where it cannot be read any more."""

    def __init__(self, path: Path, read: Callable[[Path], Mapping[str, str]]) -> None:
        """Raises what `read` does, which has to be a QAError."""
        self._path = path
        self._read = read
        self._stamp = self._look()
        self._said = read(path)

    def now(self) -> Mapping[str, str]:
        """What it says."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._said = self._read(self._path)
            except QAError as error:
                _log.warning("%s; nobody is let in until it can be read", error)
                self._said = {}
        return self._said

    def _look(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)
