"""A file on its way: its bytes are counted as they come, and nothing of it is kept unless all of it came."""

import hashlib
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from qa.errors import UploadRefused


class Arriving:
    """An upload: `write` what comes, then `finish`; `close` in any case. For one thread at a time."""

    def __init__(self, folder: Path, name: str, limit: int, refuse: Callable[[], UploadRefused]) -> None:
        """Open a temporary file in `folder`. More than `limit` bytes are refused with `refuse()`.

        Raises OSError when it cannot be written.
        """
        self.name = name
        self.size = 0
        self.path = folder / f"{uuid.uuid4().hex}.part"
        self._limit = limit
        self._refuse = refuse
        self._digest = hashlib.sha256()
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        self._file = os.fdopen(handle, "wb")

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises UploadRefused where they are too many, OSError where they cannot be written."""
        self.size += len(chunk)
        if self.size > self._limit:
            raise self._refuse()
        self._digest.update(chunk)
        self._file.write(chunk)

    def finish(self) -> str:
        """Let what came outlast a loss of power. Returns its SHA-256 (hex)."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._digest.hexdigest()

    def close(self) -> None:
        """Remove what is left of it; where it was taken nothing is."""
        self._file.close()
        self.path.unlink(missing_ok=True)
