"""How the page is served: where, to whom, with what limits."""

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

from qa.data_folder import default_data
from qa.errors import ServeError
from qa.types import Uploads
from qa.web.limits import Limits
from qa.web.logs import Logs

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_HOST_NAME: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")

_SITE: Final = re.compile(rf"https?://{_HOST_NAME.pattern}(:[0-9]{{1,5}})?")


@dataclass(frozen=True)
class Settings:
    """How the page is served. Raises ServeError when something cannot be meant."""

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = 7860
    allowed_hosts: tuple[str, ...] = ()
    """Names under which visitors reach this server, besides this machine's own and `host`; without a port."""
    behind_proxy: bool = False
    """Whether the one who connects is a proxy that says in X-Forwarded-For, -Proto and -Host who asked, and how."""
    logins: Path | None = None
    """The file of names and password hashes; without one nobody has to log in."""
    keys: Path | None = None
    """The file of API keys; with one, programs have to show a key, or a login."""
    without_login: bool = False
    """Whether it is meant that other machines may read everything without a login."""
    data: Path = field(default_factory=default_data)
    """The folder for collections and feedback."""
    uploads: Uploads = "own"
    limits: Limits = field(default_factory=Limits)
    logs: Logs = field(default_factory=Logs)
    framed_by: tuple[str, ...] = ()
    """Sites whose pages may show this one in a frame, as `https://name`."""
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    """Where Prometheus finds figures; 0: nowhere."""

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise ServeError(f"port must be from 1 to 65535, not {self.port}")
        if self.metrics_port == self.port or not 0 <= self.metrics_port < 65536:
            raise ServeError(f"the metrics' port must be another one from 1 to 65535, not {self.metrics_port}")
        if self.uploads not in get_args(Uploads):
            raise ServeError(f"uploads must be one of {', '.join(get_args(Uploads))}, not {self.uploads!r}")
        for name in self.allowed_hosts:
            if not (_HOST_NAME.fullmatch(name) or is_address(name)):
                raise ServeError(
                    f"{name!r} is no host name; name it as in the address bar, without http:// and without a port"
                )
        for site in self.framed_by:
            if not _SITE.fullmatch(site):
                raise ServeError(f"{site!r} is no site; name it like this, without a path: https://www.example.org")
        if self.logins is not None and self.without_login:
            raise ServeError("--logins and --without-login exclude each other; leave one out")
        if self.logins is not None and not self.logins.is_file():
            raise ServeError(
                f"no file of logins at {str(self.logins)!r}; make it with: qa login add NAME --logins {self.logins}"
            )
        if self.keys is not None and not self.keys.is_file():
            raise ServeError(f"no file of keys at {str(self.keys)!r}; make it with: qa key add NAME --keys {self.keys}")
        if self.logins is None and self.keys is None and not self.without_login and not is_loopback(self.host):
            raise ServeError(
                f"{self.host} can be reached from other machines, and whoever reaches it can read every document; "
                "let visitors log in with: --logins FILE (make the file with: qa login add NAME --logins FILE), "
                "let only programs in with: --keys FILE (made with: qa key add NAME --keys FILE), "
                "or say that no login is meant with: --without-login"
            )

    @property
    def only_here(self) -> bool:
        """Whether only this machine can reach the page, and whoever sits there is its owner."""
        return is_loopback(self.host) and self.logins is None and not self.behind_proxy and not self.allowed_hosts

    @property
    def open_page(self) -> bool:
        """Whether the page is everybody's who reaches it."""
        return self.logins is None and (self.without_login or is_loopback(self.host))

    @property
    def hosts(self) -> frozenset[str]:
        """The names that visitors may use for this server, in small letters and without brackets."""
        return LOOPBACK_NAMES | {self.host.lower()} | {name.lower() for name in self.allowed_hosts}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(name: str) -> bool:
    """Whether `name` is an IP address."""
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False
