"""Passwords, and the file of logins, one `name:scrypt$N$r$p$salt$hash` a line (RFC 7914; salt and hash in base64)."""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import Final

from qa.errors import LoginError
from qa.name_files import NameFile

MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 1000

_COST: Final = (2**14, 8, 1)
"""N, r and p: 16 MiB and some 50 ms for each check."""
_MOST_MEMORY: Final = 64 * 2**20
_HASH: Final = re.compile(r"scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/=]{1,200})\$([A-Za-z0-9+/=]{1,200})")

LOGINS: Final = NameFile("login", _HASH, LoginError)


def hashed(password: str) -> str:
    """What is stored of a password. Raises LoginError when it is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise LoginError(f"a password has from {MIN_PASSWORD} to {MAX_PASSWORD} characters, not {len(password)}")
    salt = secrets.token_bytes(16)
    n, r, p = _COST
    return f"scrypt${n}${r}${p}${_text(salt)}${_text(_scrypt(password, salt, n, r, p, 32))}"


def matches(password: str, stored: str) -> bool:
    """Whether a password is the one of which `stored` was made. Takes as long when it is not."""
    found = _HASH.fullmatch(stored)
    if found is None:
        return False
    wanted = base64.b64decode(found[5])
    try:
        made = _scrypt(password, base64.b64decode(found[4]), int(found[1]), int(found[2]), int(found[3]), len(wanted))
    except ValueError:  # numbers that scrypt does not take
        return False
    return hmac.compare_digest(made, wanted)


NOBODY: Final = f"scrypt${_COST[0]}${_COST[1]}${_COST[2]}${'A' * 22}==${'A' * 43}="
"""What an unknown name's password is compared with, so that it takes as long; no password is known for it."""


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int, length: int) -> bytes:
    clean = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(clean, salt=salt, n=n, r=r, p=p, maxmem=_MOST_MEMORY, dklen=length)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
