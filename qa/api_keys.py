"""API keys, and the file of them, one `name:sha256$digest` a line (digest in hexadecimal digits).

A key is 256 random bits, so nobody can try keys until one fits, and a plain hash tells nothing of it: what makes
guessing slow, as for passwords, would only make every request slow.
"""

import hashlib
import re
import secrets
from typing import Final

from qa.errors import KeyInvalid
from qa.name_files import NameFile

KEYS: Final = NameFile("key", re.compile(r"sha256\$[0-9a-f]{64}"), KeyInvalid)

_MARK: Final = "qa_"
"""What every key begins with, so that it is known for one where it was left lying about."""
_KEY: Final = re.compile(r"qa_[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """A key that nobody had before: 46 letters, digits, '-' and '_'."""
    return _MARK + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a key; empty for what cannot be one."""
    return f"sha256${hashlib.sha256(key.encode('ascii')).hexdigest()}" if _KEY.fullmatch(key) else ""
