"""API keys, sent with every request (`Authorization: Bearer KEY`, RFC 6750)."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from qa.api_keys import KEYS, digest
from qa.errors import KeyInvalid
from qa.web.followed_file import FollowedFile
from qa.web.logins import Login
from qa.web.pauses import Pauses

KEY_CHALLENGE: Final = 'Bearer realm="documents"'

_log = logging.getLogger(__name__)


class Keys:
    """Knows keys by their file, which is read again when it changes. For one event loop."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises KeyInvalid when the file cannot be read, or lets nobody in."""
        self._names = FollowedFile(path, _names_by_digest)
        if not self._names.now():
            raise KeyInvalid(f"no key in {str(path)!r}; add one with: qa key add NAME --keys {path}")
        self._pauses = Pauses(clock)

    def check(self, authorization: str, address: str) -> Login | None:
        """Whose key a header Authorization shows, None where it shows none.

        Wrong keys count for the address. A right one is let in all the same, whoever else sends wrong ones from there:
        nobody finds one by trying, so a pause keeps off nothing but the noise.
        """
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        # Found by its hash, so the time that looking takes tells nothing of the keys that there are.
        name = self._names.now().get(digest(key.strip()), "")
        if name:
            return Login(name)
        if wait := self._pauses.wait(address):
            return Login(wait=wait)
        self._pauses.count(address)
        _log.warning("wrong API key")
        return Login()


def _names_by_digest(path: Path) -> dict[str, str]:
    return {stored: name for name, stored in KEYS.read(path).items()}
