"""Which model writes, and where: any endpoint that speaks OpenAI's chat completions."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urlsplit

from qa.errors import WriterError

URL: Final = "QA_WRITER"
MODEL: Final = "QA_WRITER_MODEL"
KEY: Final = "QA_WRITER_KEY"
"""Names of environment variables. The key comes from there only, so that no list of processes shows it."""


@dataclass(frozen=True)
class WriterSettings:
    """An endpoint and what it may take. Raises WriterError ("settings") when something cannot be meant.

    `url`: the base address, to which `/chat/completions` is added: `http://127.0.0.1:11434/v1`. Without TLS only this
    machine is asked, unless `without_tls` says that another one is meant. `key`: sent as a bearer token where it is not
    empty; it never shows in messages or in the repr. Seconds and sizes are those of one request.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    without_tls: bool = False
    total_seconds: float = 60.0
    """From sending to the last word, however it drips."""
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    """Of silence: a small machine reads the passages for a while before its first word."""
    max_tokens: int = 600
    max_bytes: int = 2_000_000
    """Of the response: each word comes with some hundred bytes around it."""

    def __post_init__(self) -> None:
        # Nothing of a password or of a key behind ? is shown.
        shown = re.split("[?#]", self.url, maxsplit=1)[0].rpartition("@")[2]
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            raise _unusable(f"{shown!r} is no address; is its host or its port written wrong?") from None
        written = self.url.isprintable() and " " not in self.url
        if not written or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise _unusable(f"{shown!r} is no address; name it with http:// or https://, up to /v1")
        if parts.username is not None or parts.password is not None:
            raise _unusable(f"the writer's address holds a name or a password; put the key into ${KEY}")
        if parts.query or parts.fragment:
            raise _unusable(f"more than a base address follows {shown!r}; it ends before ? and #, usually in /v1")
        if parts.scheme == "http" and not self.without_tls and not _is_this_machine(parts.hostname):
            raise _unusable(
                f"{shown!r} would carry questions and passages over the network unencrypted; use https://, or say "
                "that it is meant with: --writer-without-tls"
            )
        if not self.model.strip() or not self.model.isprintable():
            raise _unusable(f"no model is named for {self.url}; name one with: --writer-model NAME, or ${MODEL}")
        if not (self.key.isascii() and self.key.isprintable()) or self.key != self.key.strip():
            raise _unusable(f"${KEY} holds characters that no key has; set it again without blanks and quotes")
        for name in ("total_seconds", "connect_seconds", "read_seconds", "max_tokens", "max_bytes"):
            if getattr(self, name) <= 0:
                raise _unusable(f"{name.replace('_', ' ')} must be above 0, not {getattr(self, name)}")

    @classmethod
    def of(
        cls,
        url: str = "",
        model: str = "",
        *,
        without_tls: bool = False,
        total_seconds: float = 60.0,
        environment: Mapping[str, str] = os.environ,
    ) -> Self | None:
        """Those given, or else those of the environment; None where no endpoint is named."""
        chosen = url or environment.get(URL, "")
        if not chosen:
            return None
        name = model or environment.get(MODEL, "")
        key = environment.get(KEY, "")
        return cls(chosen.rstrip("/"), name, key, without_tls=without_tls, total_seconds=total_seconds)

    @property
    def host(self) -> str:
        """Where it is sent to, as visitors are told: with the port where the address has one."""
        return urlsplit(self.url).netloc


def _unusable(message: str) -> WriterError:
    return WriterError("settings", message)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
