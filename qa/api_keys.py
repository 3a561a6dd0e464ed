"""A file of names and API keys, one `name:sha256$digest` a line (digest in hexadecimal digits).

A key is 256 random bits, so nobody can try keys until one fits, and a plain hash tells nothing of it: what makes
guessing slow, as for passwords, would only make every request slow.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from qa.errors import KeyInvalid, LoginError
from qa.passwords import clean_name
from qa.private_file import write_private

_MARK: Final = "qa_"
"""What every key begins with, so that it is known for one where it was left lying about."""
_KEY: Final = re.compile(r"qa_[A-Za-z0-9_-]{43}")
_DIGEST: Final = re.compile(r"sha256\$[0-9a-f]{64}")


def new_key() -> str:
    """A key that nobody had before: 46 letters, digits, '-' and '_'."""
    return _MARK + secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is stored of a key; empty for what cannot be one."""
    return f"sha256${hashlib.sha256(key.encode('ascii')).hexdigest()}" if _KEY.fullmatch(key) else ""


def key_name(name: str) -> str:
    """The name of a key as it is compared (NFC). Raises KeyInvalid when it cannot stand in the file."""
    try:
        return clean_name(name)
    except LoginError as error:
        raise KeyInvalid(str(error).replace("a login's name", "a key's name")) from error


def read_keys(path: Path) -> dict[str, str]:
    """Each name with what is stored of its key. Raises KeyInvalid when the file cannot be read as such."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        raise KeyInvalid(f"cannot read the keys in {str(path)!r} ({reason})") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, stored = line.partition(":")
        if not _DIGEST.fullmatch(stored):
            raise KeyInvalid(
                f"line {number} of {str(path)!r} is no key; remove it, and write it with: qa key add NAME --keys {path}"
            )
        found[key_name(name)] = stored
    return found


def write_keys(path: Path, keys: Mapping[str, str]) -> None:
    """Replace the file in one step, readable for its owner only. Raises KeyInvalid when that fails."""
    text = "".join(f"{name}:{stored}\n" for name, stored in sorted(keys.items()))
    try:
        write_private(path, text)
    except OSError as error:
        raise KeyInvalid(f"cannot write the keys to {str(path)!r} ({error.strerror})") from error
