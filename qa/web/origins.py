"""Where a request comes from: the host it names, the page that sent it, and what a proxy says of both."""

import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

from qa.web.refusal import Refusal
from qa.web.settings import Settings, is_address
from qa.web.surface import READ

_HOST: Final = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?::\d{1,5})?")
_OF_A_PROXY: Final = re.compile(rb"x-forwarded-.*|forwarded|x-real-ip|x-original-.*|x-rewrite-url|x-http-method.*")


def as_asked(scope: Scope, settings: Settings) -> Scope:
    """The request as the visitor made it: with what the proxy says where there is one, else with nothing of that kind.

    Of several values the last counts: the proxy in front wrote it, whatever came before may be made up.
    """
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    kept = [(name, value) for name, value in headers if not _OF_A_PROXY.fullmatch(name)]
    asked = {**scope, "headers": kept}
    if settings.behind_proxy:
        said = Headers(raw=headers)
        address = _last(said.getlist("x-forwarded-for")).partition("%")[0]  # a zone may be any words
        if is_address(address):
            asked["client"] = (address, 0)
        if (scheme := _last(said.getlist("x-forwarded-proto"))) in {"http", "https"}:
            asked["scheme"] = scheme
        if host := _last(said.getlist("x-forwarded-host")):
            rest = [(name, value) for name, value in kept if name != b"host"]
            asked["headers"] = [*rest, (b"host", host.encode("latin-1"))]
    return asked


def check_host(scope: Scope, settings: Settings) -> None:
    """Raise Refusal unless the request names this server: another name may be a stranger's, led here by his DNS."""
    named = Headers(scope=scope).getlist("host")
    found = _HOST.fullmatch(named[0]) if len(named) == 1 else None
    name = (found[1] or found[2]).lower() if found else ""
    # The address that the connection came in at is no name that anybody could have led here.
    own = (scope.get("server") or ("",))[0]
    if not name or (name not in settings.hosts and name != own):
        raise Refusal(421, "guard.unknown_host")


def check_page(scope: Scope) -> None:
    """Raise Refusal for what another page's script, form or picture sends; whoever follows a link is welcome."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site", "same-origin")
    followed = headers.get("sec-fetch-mode") == "navigate" and scope["method"] in READ
    if site not in {"same-origin", "none"} and not followed:
        raise Refusal(403, "guard.another_page")
    if scope["method"] not in READ:
        ours = {f"{scheme}://{headers.get('host', '')}".lower() for scheme in ("http", "https")}
        if any(origin.lower() not in ours for origin in headers.getlist("origin")):
            raise Refusal(403, "guard.another_page")


def _last(values: Iterable[str]) -> str:
    return ",".join(values).rpartition(",")[2].strip()
