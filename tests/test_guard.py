"""The guard before the application: what it lets through, what it says otherwise, and the way in it leaves open."""

import asyncio
import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from loops import Loop
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.api_keys import KEYS, digest, new_key
from qa.errors import ServeError
from qa.passwords import LOGINS, hashed
from qa.strings import LANGUAGES, say
from qa.web.chat_requests import ChatFunction
from qa.web.exchange import PROTECTION
from qa.web.guard import Guard
from qa.web.json_bodies import read_json
from qa.web.limits import Limits, Quota, neighbourhood
from qa.web.refusal import Refusal
from qa.web.settings import Settings
from qa.web.surface import doors_of
from qa.web.visitor import accepted_language, language_of, visitor_by_key, visitor_of

COOKIE = "qa-visitor=" + "c" * 43
OTHER = "qa-visitor=" + "d" * 43
CANARY = "canary-5b1f in /home/somebody/secret.py"
FUNCTIONS = {0: ChatFunction(1, True), 1: ChatFunction(2, False), 2: ChatFunction(1, True, "programs")}
"""One that asks, by way of the queue; one that is called directly; one that programs call."""


T = TypeVar("T")
_loops: list[Loop] = []


@pytest.fixture(autouse=True, scope="module")
def one_loop() -> Iterator[None]:
    """As in a server, all requests are answered in one event loop."""
    with Loop() as loop:
        _loops.append(loop)
        yield
    _loops.clear()


def run(work: Coroutine[Any, Any, T]) -> T:
    return _loops[0].run(work)


@dataclass
class Answered:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return next((value for each, value in self.headers if each == name), "")

    @property
    def said(self) -> Any:
        return json.loads(self.body)


async def _asked(
    guard: ASGIApp,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: Iterable[bytes],
    scheme: str,
    client: str,
    stalls: bool,
) -> Answered:
    chunks = list(body)
    named = dict(headers)
    if chunks and "content-length" not in named:
        named["transfer-encoding"] = "chunked"
    chunks = chunks or [b""]
    scope = _scope(method, target, named, scheme, client)
    sent: list[Message] = []

    async def receive() -> Message:
        if chunks:
            return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks) or stalls}
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await guard(scope, receive, send)
    start = sent[0]
    assert [each["type"] for each in sent].count("http.response.start") == 1
    return Answered(
        start["status"],
        [(name.decode(), value.decode()) for name, value in start["headers"]],
        b"".join(each.get("body", b"") for each in sent[1:]),
    )


def _scope(method: str, target: str, headers: Mapping[str, str], scheme: str, client: str) -> Scope:
    raw_path, _, query = target.partition("?")
    named = {"host": "127.0.0.1:7860", **{name.lower(): value for name, value in headers.items()}}
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": re.sub("%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), raw_path),
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items() if value],
        "client": (client, 1),
        "server": ("127.0.0.1", 7860),
        "state": {},
    }


def asked(
    guard: ASGIApp,
    method: str = "GET",
    target: str = "/",
    headers: Mapping[str, str] | None = None,
    body: Iterable[bytes] = (),
    *,
    scheme: str = "http",
    client: str = "127.0.0.1",
    stalls: bool = False,
) -> Answered:
    """What a guard answers. `stalls`: the body is announced as longer than what comes."""
    return run(_asked(guard, method, target, headers or {}, body, scheme, client, stalls))


def posted(guard: ASGIApp, target: str, value: Any, **headers: str) -> Answered:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {name.replace("_", "-"): each for name, each in headers.items()}
    return asked(guard, "POST", target, {"content-type": "application/json", "cookie": COOKIE, **named}, [body])


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what it was asked."""
    request = Request(scope, receive)
    body = await request.body()
    said = {
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "body": body.decode() if body else "",
        "length": request.headers.get("content-length", ""),
        "client": scope["client"][0],
        "scheme": scope["scheme"],
        "host": request.headers["host"],
        "headers": sorted(request.headers),
        "visitor": visitor_of(request),
    }
    headers = {"Server": "x", "Access-Control-Allow-Origin": "*", "X-Frame-Options": "ALLOWALL"}
    await JSONResponse(said, headers=headers)(scope, receive, send)


def guard(app: ASGIApp = mirror, settings: Settings | None = None, **limits: int) -> Guard:
    chosen = settings or Settings()
    return Guard(app, replace(chosen, limits=Limits(**limits)) if limits else chosen, FUNCTIONS)


def answering(response: Callable[[], Response]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await response()(scope, receive, send)

    return app


# --- Who serves whom ---


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"host": "0.0.0.0"}, ["--logins FILE", "--without-login"]),
        ({"host": "192.168.1.5"}, ["--logins FILE", "--without-login"]),
        ({"host": "::"}, ["--without-login"]),
        ({"host": "a-name-of-this-machine"}, ["--without-login"]),
        ({"port": 0}, ["1 to 65535"]),
        ({"uploads": "all"}, ["own, shared, off"]),
        ({"allowed_hosts": ("http://qa.example",)}, ["without http://"]),
        ({"allowed_hosts": ("qa.example:80",)}, ["without a port"]),
        ({"framed_by": ("www.example.org",)}, ["https://www.example.org"]),
        ({"framed_by": ("https://www.example.org/x; script-src *",)}, ["without a path"]),
        ({"logins": Path("no/such/file")}, ["qa login add"]),
    ],
)
def test_settings_that_cannot_be_meant(settings: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(ServeError) as refused:
        Settings(**settings)
    for words in said:
        assert words in str(refused.value)


def test_settings_that_can_be_meant() -> None:
    for host in ("127.0.0.1", "127.9.9.9", "localhost", "::1"):
        assert Settings(host=host).host == host
    assert Settings(host="0.0.0.0", without_login=True).without_login
    with pytest.raises(ServeError, match="questions a minute must be at least 1"):
        Limits(questions_a_minute=0)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:7860", "localhost:1", "[::1]:7860", "QA.example", "qa.example:443"]
)
def test_names_of_this_server(host: str) -> None:
    assert asked(guard(settings=Settings(allowed_hosts=("qa.example",))), headers={"host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "127.0.0.1:7860:1", "qa.example@evil", "[::2]", "a b", "[::1"],
)
@pytest.mark.parametrize("path", ["/", "/ui/page.js", "/nowhere"])
def test_other_names_are_refused(host: str, path: str) -> None:
    answer = asked(guard(), target=path, headers={"host": host, "x-forwarded-host": "127.0.0.1"})
    assert answer.status == 421
    assert "--allow-host" in answer.body.decode()


def test_the_address_that_was_connected_to_is_a_name_too() -> None:
    """Bound to every address, the server does not know its own beforehand."""
    everywhere = Settings(host="0.0.0.0", without_login=True)
    assert asked(guard(settings=everywhere), headers={"host": "10.1.2.3"}).status == 421

    async def from_outside(scope: Scope, receive: Receive, send: Send) -> None:
        await guard(settings=everywhere)({**scope, "server": ("10.1.2.3", 7860)}, receive, send)

    assert asked(from_outside, headers={"host": "10.1.2.3:7860"}).status == 200


FORWARDED = {"x-forwarded-for": "6.6.6.6, 10.0.0.9", "x-forwarded-proto": "https", "x-forwarded-host": "qa.example"}


def test_what_nobody_vouches_for_is_dropped() -> None:
    found = asked(guard(), headers={**FORWARDED, "forwarded": "for=1.1.1.1", "x-original-url": "/x"}).said
    assert (found["client"], found["scheme"], found["host"]) == ("127.0.0.1", "http", "127.0.0.1:7860")
    assert not [name for name in found["headers"] if "forwarded" in name or "original" in name]


def test_a_proxy_in_front_is_believed_where_it_is_said_that_there_is_one() -> None:
    behind = guard(settings=Settings(behind_proxy=True, allowed_hosts=("qa.example",)))
    answer = asked(behind, headers=FORWARDED)
    found = answer.said
    assert (found["client"], found["scheme"], found["host"]) == ("10.0.0.9", "https", "qa.example")
    assert not [name for name in found["headers"] if "forwarded" in name]
    assert answer["set-cookie"].endswith("; Secure")
    assert asked(behind, headers={**FORWARDED, "x-forwarded-host": "evil.example"}).status == 421
    assert asked(behind, headers={**FORWARDED, "x-forwarded-for": "<b>"}).said["client"] == "127.0.0.1"
    assert asked(behind, headers={**FORWARDED, "x-forwarded-for": "fe80::1%any words"}).said["client"] == "fe80::1"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "file://127.0.0.1:7860"},
        {"origin": "http://["},  # no address, which is no fault of ours
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:7860"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/api/export"),
        ("POST", "/api/v1/ask"),
        ("POST", "/mcp"),
        ("PUT", "/api/documents/a.txt"),
        ("DELETE", "/api/documents/1"),
    ],
)
def test_other_pages_cannot_change_anything(headers: dict[str, str], method: str, path: str) -> None:
    answer = asked(guard(), method, path, {**headers, "cookie": COOKIE})
    assert answer.status == 403
    assert not [name for name, _ in answer.headers if name.startswith("access-control")]


def test_pages_of_ours_can_and_links_can_be_followed() -> None:
    own = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    assert posted(guard(), "/api/export", {}, **own).status == 200
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert asked(guard(), headers=followed).status == 200
    assert asked(guard(), target="/api/source", headers={"sec-fetch-site": "cross-site"}).status == 403
    assert asked(guard(), "OPTIONS", "/api/export", {"origin": "http://evil.example"}).status == 403


# --- What is there ---


def test_every_response_is_protected() -> None:
    answers = [
        asked(guard()),
        asked(guard(), target="/nowhere"),
        asked(guard(), "PATCH"),
        asked(guard(), headers={"host": "evil.example"}),
        posted(guard(), "/api/export", b"{"),
        asked(guard(answering(lambda: PlainTextResponse("x", 500)))),
    ]
    assert [answer.status for answer in answers] == [200, 404, 405, 421, 400, 500]
    for answer in answers:
        for name, value in PROTECTION.items():
            assert [each for each in answer.headers if each[0] == name] == [(name, value)]
        names = [name for name, _ in answer.headers]
        assert not [name for name in names if name in {"server", "x-powered-by"} or name.startswith("access-control")]
        assert answer["cache-control"] == "no-store"
    policy = PROTECTION["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy


def test_sites_that_are_named_may_show_the_page_in_a_frame_and_no_others() -> None:
    sites = ("https://www.example.org", "https://intranet.example:8443")
    framed = guard(answering(lambda: HTMLResponse("<p>")), Settings(framed_by=sites))
    for answer in (asked(framed), asked(framed, target="/nowhere")):
        assert f"frame-ancestors {' '.join(sites)}" in answer["content-security-policy"].split("; ")
        assert not answer["x-frame-options"]
        others = {
            name: value for name, value in PROTECTION.items() if "frame" not in value and name != "x-frame-options"
        }
        assert others.items() <= dict(answer.headers).items()


DENIED = {
    # The framework's: its own interface for programs, uploads, logins, recording, editing, watching, its files.
    "/openapi.json", "/login", "/login/", "/logout", "/svelte/{path:path}", "/config/", "/pwa_icon",
    "/pwa_icon/{size}", "/manifest.json", "/monitoring", "/monitoring/summary", "/monitoring/{key}",
    *(f"/gradio_api/{path}" for path in (
        "deep_link", "user", "user/", "login_check", "login_check/", "token", "token/", "app_id/", "dev/reload",
        "runs", "runs/", "info/", "openapi.json",
        "custom_component/{id}/{environment}/{type}/{file_name}", "proxy={url_path:path}", "file={path_or_url:path}",
        "file/{path:path}", "stream/{event_id}", "stream/{event_id}/close",
        "stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
        "stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
        "stream/{session_hash}/{run}/{component_id}/playlist-file", "reset/", "run/{api_name}/", "api/{api_name}",
        "api/{api_name}/", "call/v2/{api_name}", "call/v2/{api_name}/", "call/{api_name}", "call/{api_name}/",
        "call/v2/{api_name}/{event_id}", "call/{api_name}/{event_id}", "component_server", "component_server/",
        "upload_progress", "upload", "queue/status", "startup-events", "theme.css", "process_recording",
        "vibe-edit", "vibe-edit/",
        "undo-vibe-edit", "undo-vibe-edit/", "vibe-code", "vibe-code/", "vibe-starter-queries",
        "vibe-starter-queries/", "run-history/connect", "run-history/buckets", "run-history/records",
    )),
}  # fmt: skip
NEEDED = {
    "/", "/assets/{path:path}", "/static/{path:path}", "/theme.css", "/favicon.ico", "/robots.txt",
    "/gradio_api/app_id", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/run/{api_name}",
    "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/heartbeat/{session_hash}", "/config", "/gradio_api/info",
}  # fmt: skip
OWN = ("/ui/", "/api/", "/mcp")


LIST_ROUTES = """
import json
from qa.web.server import web_app
from qa.web.site import Site

def routes(app):
    for route in app.routes:
        inner = getattr(route, "app", None)
        if getattr(route, "original_router", None) is not None:
            yield from routes(route.original_router)
        elif getattr(inner, "routes", None):
            yield from routes(inner)
        else:
            yield route.path

app = web_app(Site(None, None)).app
blocks = app.routes[-1].app.get_blocks()
opened = [blocks.share, blocks.allowed_paths, blocks.mcp_server, blocks.ssr_mode, blocks.enable_monitoring]
print(json.dumps([sorted(set(routes(app))), opened]))
"""
"""The framework leaves open what it opens, so it is built in a process of its own."""
WIDENING = {
    "GRADIO_SHARE": "1",
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_MCP_SERVER": "True",
    "GRADIO_SSR_MODE": "True",
    "GRADIO_RUN_HISTORY": "True",
    "GRADIO_PROFILING": "1",
    "GRADIO_HOT_RELOAD": "1",
    "GRADIO_LOCAL_DEV_MODE": "1",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_ROOT_PATH": "https://evil.example",
    "GRADIO_TEMP_DIR": "/nowhere",
}


def _built(environment: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    done = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    routes, opened = json.loads(done.stdout)
    return routes, opened


def test_every_route_is_needed_or_denied_whatever_the_environment_says() -> None:
    """A route that a newer framework brings is denied; this fails all the same, so that somebody looks at it."""
    routes, opened = _built(WIDENING)
    assert len(routes) > 60
    assert opened == [False, [], False, False, False]
    unknown = {path for path in set(routes) - DENIED - NEEDED if not path.startswith(OWN)}
    assert not unknown, "new routes: say of each whether the page needs it"
    for path in {*routes, *DENIED, *NEEDED}:
        tried = re.sub(r"\{\w+(:\w+)?\}", "x", path)
        assert bool(doors_of(tried, tried)) == (path not in DENIED), path


@pytest.mark.parametrize(
    "target",
    [
        "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py", "/ui/.env", "/ui//page.js", "/assets/a%00",
        "/gradio_api%2frun/predict", "/GRADIO_API/run/predict", "/static/..", "/api/documents/a%2Fb", "//evil.example/",
        "/gradio_api/file=/etc/passwd", "/gradio_api/file%3D/etc/passwd", "/api", "/gradio_api/queue/join/",
        "/gradio_api/heartbeat/a%0Ab", "/assets/a\\..\\b", "/api/documents/", "/ui/", "/gradio_api/heartbeat/../run/x",
    ],
)  # fmt: skip
def test_paths_written_otherwise_lead_nowhere(target: str) -> None:
    assert asked(guard(), target=target).status == 404


def test_wrong_methods_are_told_the_right_ones() -> None:
    answer = asked(guard(), "DELETE", "/api/documents")
    assert (answer.status, answer["allow"]) == (405, "GET, HEAD")
    assert asked(guard(), "GET", "/api/documents/%D0%B4.pdf")["allow"] == "DELETE, PUT"
    assert asked(guard(), "PUT", "/api/documents/%D0%B4.pdf").said["path"].endswith(".pdf")


def test_no_web_sockets() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    run(guard()({"type": "websocket", "path": "/", "headers": []}, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


# --- How much ---


def test_long_bodies_are_refused_before_they_are_read() -> None:
    long = {"content-type": "application/json", "content-length": "2000", "cookie": COOKIE}
    answer = asked(guard(body_bytes=1000), "POST", "/api/scope", long, [b"{}"])
    assert answer.status == 413
    assert answer.said["error"] == say("en", "guard.too_large", count=1000)


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [("POST", "/api/scope", 1000), ("POST", "/api/export", 2000), ("PUT", "/api/documents/a.txt", 3000)],
)
def test_bodies_of_unknown_length_are_counted(method: str, path: str, most: int) -> None:
    limited = guard(body_bytes=1000, conversation_bytes=2000, upload_bytes=3000)
    headers = {"content-type": "application/json", "cookie": COOKIE}
    full = [b'"' + b"a" * (most // 2 - 1), b"a" * (most // 2 - 1) + b'"']
    assert asked(limited, method, path, headers, full).status == 200
    assert asked(limited, method, path, headers, [*full, b" "]).status == 413


def test_an_application_cannot_answer_what_was_refused() -> None:
    """It reads a body that is too long, and takes the visitor to have left; whatever it says then is not sent."""

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Exception:
            await PlainTextResponse("kept all the same")(scope, receive, send)

    answer = asked(guard(reads, upload_bytes=10), "PUT", "/api/documents/a", {"cookie": COOKIE}, [b"a" * 11])
    assert (answer.status, b"kept" in answer.body) == (413, False)


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/export"), ("PUT", "/api/documents/a.txt")])
def test_bodies_that_stall_are_refused(method: str, path: str) -> None:
    headers = {"content-type": "application/json", "cookie": COOKIE}
    answer = asked(guard(stall_seconds=1), method, path, headers, [b"{"], stalls=True)
    assert answer.status == 408
    assert answer["connection"] == "close"


def test_a_bucket_of_tokens() -> None:
    now = 0.0
    quota = Quota(6, lambda: now)
    assert [quota.wait("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert quota.wait("b") == 0
    now = 9.0
    assert quota.wait("a") == 1
    now = 10.0
    assert [quota.wait("a"), quota.wait("a")] == [0, 10]
    now = 1000.0
    assert [quota.wait("a") for _ in range(7)].count(0) == 6


@given(st.lists(st.floats(0, 100), max_size=60))
def test_a_bucket_gives_no_more_than_it_says(pauses: list[float]) -> None:
    now = 0.0
    quota = Quota(5, lambda: now)
    taken = 0
    for pause in pauses:
        now += pause
        taken += quota.wait("a") == 0
    assert taken <= 5 + now * 5 / 60 + 1e-6


def test_one_customer_has_one_address() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff") == "2001:db8::/64"
    assert neighbourhood("::ffff:1.2.3.4") == neighbourhood("1.2.3.4") == "1.2.3.4"
    assert neighbourhood("") == ""


def _question(server: Guard, cookie: str = COOKIE, client: str = "1.2.3.4", **headers: str) -> Answered:
    body = json.dumps({"fn_index": 0, "data": [""], "session_hash": "a"}).encode()
    named = {"content-type": "application/json", "cookie": cookie, **headers}
    return asked(server, "POST", "/gradio_api/queue/join", named, [body], client=client)


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_many_questions_are_refused_in_the_visitors_language(language: str) -> None:
    server = guard(questions_a_minute=2, visitors_an_address=2)
    assert [_question(server).status for _ in range(3)] == [200, 200, 429]
    refused = _question(server, cookie=f"{COOKIE}; qa-lang={language}")
    assert refused["retry-after"] == "30"
    assert refused.said["error"] == refused.said["detail"] == say(language, "guard.too_many", count=30)
    # Another visitor of the same address, until the address has had enough; new cookies do not help.
    assert [_question(server, cookie=OTHER).status for _ in range(3)] == [200, 200, 429]
    assert _question(server, cookie="").status == 429
    assert _question(server, cookie="", client="1.2.3.5").status == 200


def test_reading_and_uploading_are_counted_apart() -> None:
    server = guard(reads_a_minute=1, uploads_a_minute=1, visitors_an_address=9)
    for method, path in (("GET", "/api/source"), ("DELETE", "/api/documents/1")):
        assert [asked(server, method, path, {"cookie": COOKIE}).status for _ in range(2)] == [200, 429]
    assert asked(server, headers={"cookie": COOKIE}).status == 200


@pytest.mark.parametrize(
    ("target", "given_up"),
    [
        ("/api/v1/ask", True),
        ("/api/v1/search", True),
        ("/mcp", True),
        ("/api/write", True),
        ("/api/translate", True),
        ("/api/export", False),
        ("/api/feedback", False),
    ],
)
@pytest.mark.parametrize("begun", [False, True])
def test_a_question_whose_asker_leaves_is_given_up(target: str, given_up: bool, begun: bool) -> None:
    """What only reads may be: a model that writes is then free for others."""
    release, how = asyncio.Event(), []

    async def slow(_scope: Scope, _receive: Receive, send: Send) -> None:
        start: Message = {"type": "http.response.start", "status": 200, "headers": []}
        if begun:
            await send(start)
        try:
            await release.wait()
        except asyncio.CancelledError:
            how.append("given up")
            raise
        how.append("answered")
        if not begun:
            await send(start)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def leaves() -> None:
        messages: list[Message] = [{"type": "http.request", "body": b"{}", "more_body": False}]

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def send(_message: Message) -> None: ...

        headers = {"content-type": "application/json", "content-length": "2", "cookie": COOKIE}
        scope = _scope("POST", target, headers, "http", "1.1.1.1")
        answering = asyncio.create_task(guard(slow)(scope, receive, send))
        await asyncio.wait({answering}, timeout=5 if given_up else 0.1)
        release.set()
        await answering

    run(leaves())
    assert how == ["given up" if given_up else "answered"]


def test_no_more_at_a_time_than_there_is_room_for() -> None:
    release = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await release.wait()
        await PlainTextResponse("done")(scope, receive, send)

    async def crowd(server: Guard, target: str, body: bytes) -> list[int]:
        headers = {"content-type": "application/json", "cookie": COOKIE}
        method = "POST" if body else "GET"
        asking = [
            asyncio.create_task(
                _asked(server, method, target, headers, [body] if body else [], "http", "1.1.1.1", False)
            )
            for _ in range(5)
        ]
        await asyncio.sleep(0.1)
        release.set()
        return sorted([(await each).status for each in asking])

    assert run(crowd(guard(slow, requests_at_once=3), "/", b"")) == [200, 200, 200, 503, 503]
    release.clear()
    direct = json.dumps({"fn_index": 1, "data": ["", ""], "session_hash": "a"}).encode()
    server = guard(slow, direct_at_once=2)
    assert run(crowd(server, "/gradio_api/run/predict", direct)) == [200, 200, 503, 503, 503]


@pytest.mark.parametrize(
    ("limits", "headers", "taken"),
    [
        ({"requests_an_address": 3}, {"content-length": "9"}, 3),
        ({"conversation_bytes": 1000, "visitors_an_address": 2}, {"content-length": "600"}, 3),
        ({"conversation_bytes": 1000, "visitors_an_address": 2}, {}, 2),  # chunked: it may become as long as is taken
    ],
)
def test_no_address_takes_everything(limits: dict[str, Any], headers: dict[str, str], taken: int) -> None:
    """Neither the requests that there may be at a time nor the memory for what they bring."""
    release = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await release.wait()
        await PlainTextResponse("done")(scope, receive, send)

    server = guard(slow, **limits)
    named = {"content-type": "application/json", "cookie": COOKIE, **headers}

    async def statuses(count: int, client: str) -> list[int]:
        asking = [
            asyncio.create_task(_asked(server, "POST", "/api/export", named, [b"{}"], "http", client, False))
            for _ in range(count)
        ]
        await asyncio.sleep(0.1)
        release.set()
        return sorted([(await each).status for each in asking])

    async def crowd() -> list[list[int]]:
        return list(await asyncio.gather(statuses(5, "1.1.1.1"), statuses(1, "1.1.1.2")))

    for _ in range(2):  # what was taken is there again afterwards
        assert run(crowd()) == [[200] * taken + [429] * (5 - taken), [200]]
        release.clear()


# --- JSON and the chat's requests ---

UNREADABLE = [
    b"{", b"", b"\xff", b"NaN", b'[Infinity]', b'"\\ud800"', b'{"\\udfff": 1}', b"1e999", b"9" * 5000,
    b"[" * 65 + b"]" * 65, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 70 + b"1" + b"}" * 70,
]  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
def test_json_that_is_none(body: bytes) -> None:
    if body:
        assert posted(guard(), "/api/scope", body).status == 400
    assert posted(guard(), "/gradio_api/queue/join", body).status in {400, 415}


@pytest.mark.parametrize("value", ["[]", "{}", "1", "[[[]]]"])
def test_millions_of_values_are_not_read(value: str) -> None:
    for count in (300_001, 5_000_000 // len(value)):
        with pytest.raises(Refusal):
            read_json(f"[{','.join([value] * count)}]".encode())
    assert read_json(f"[{','.join([value] * 50_000)}]".encode())
    assert read_json(json.dumps([f"{value}, " * 100_000]).encode())  # in a text they are none


def test_json_arrives_as_it_was_meant() -> None:
    value = {"text": "Ж 中 \u2028 \x00", "n": [1, 1.5, None, True, {}]}
    found = posted(guard(), "/api/scope", value).said
    assert json.loads(found["body"]) == value
    assert int(found["length"]) == len(found["body"].encode())
    assert posted(guard(), "/api/scope", value, content_type="text/plain").status == 415
    assert asked(guard(), "POST", "/api/build", {"cookie": COOKIE}).status == 200


@given(st.binary(max_size=200))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        read_json(body)
    except Refusal as refusal:
        assert refusal.status == 400


def _session(server: Guard, cookie: str, name: str = "abc") -> str:
    found = asked(server, target=f"/gradio_api/queue/data?session_hash={name}", headers={"cookie": cookie}).said
    return str(found["query"])


def test_sessions_belong_to_their_visitor() -> None:
    server = guard()
    assert _session(server, COOKIE) == _session(server, COOKIE)
    assert (
        len({_session(server, COOKIE), _session(server, OTHER), _session(server, ""), _session(server, COOKIE, "x")})
        == 4
    )
    mine = _session(server, COOKIE).removeprefix("session_hash=")
    body = {
        "fn_index": 0,
        "data": ["q"],
        "session_hash": "abc",
        "batched": True,
        "simple_format": True,
        "event_id": "x",
    }
    joined = json.loads(posted(server, "/gradio_api/queue/join", body).said["body"])
    assert joined == {"fn_index": 0, "data": ["q"], "session_hash": mine, "event_data": None, "trigger_id": None}
    beat = asked(server, target="/gradio_api/heartbeat/abc", headers={"cookie": COOKIE}).said
    assert beat["path"] == f"/gradio_api/heartbeat/{mine}"
    cancel = {"fn_index": 0, "session_hash": "abc", "event_id": "e1"}
    assert json.loads(posted(server, "/gradio_api/cancel", cancel).said["body"])["session_hash"] == mine


CALL = {"fn_index": 0, "data": ["q"], "session_hash": "abc"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("queue/join", {**CALL, "fn_index": 7}, 404),
        ("queue/join", {**CALL, "fn_index": "0"}, 400),
        ("queue/join", {**CALL, "fn_index": True}, 400),
        ("queue/join", {**CALL, "data": []}, 400),
        ("queue/join", {**CALL, "data": {"a": 1}}, 400),
        ("queue/join", {**CALL, "session_hash": ["x"]}, 400),
        ("queue/join", {**CALL, "session_hash": "../x"}, 400),
        ("queue/join", {**CALL, "trigger_id": "x"}, 400),
        ("queue/join", {**CALL, "data": [{"path": "/etc/passwd"}]}, 400),
        ("queue/join", {**CALL, "data": [{"a": [{"meta": {"_type": "gradio.FileData"}}]}]}, 400),
        ("queue/join", {**CALL, "event_data": {"path": "http://127.0.0.1"}}, 400),
        ("queue/join", [], 400),
        ("run/predict", CALL, 404),
        ("run/predict", {**CALL, "fn_index": 1, "data": ["", ""]}, 200),
        ("run/predict", {"data": ["q"], "session_hash": "abc"}, 400),
        ("cancel", {"fn_index": 0, "session_hash": "abc", "event_id": {}}, 400),
        ("reset", {"event_id": "a1"}, 200),
        ("reset", {"event_id": ["a1"]}, 400),
    ],
)
def test_calls_of_the_chat(path: str, body: Any, status: int) -> None:
    """Nothing gets past the queue that belongs into it, names a file, or fails in the framework."""
    assert posted(guard(), f"/gradio_api/{path}", body).status == status


@pytest.mark.parametrize("query", ["", "session_hash=", "session_hash=a&session_hash=b", "session_hash=%FF", "x=1"])
def test_streams_need_a_session(query: str) -> None:
    assert asked(guard(), target=f"/gradio_api/queue/data?{query}", headers={"cookie": COOKIE}).status == 400


def test_a_full_queue_is_told_in_the_visitors_language() -> None:
    full = guard(answering(lambda: JSONResponse({"detail": "Queue is full."}, 503)))
    answer = _question(full, **{"accept-language": "ru"})
    assert (answer.status, answer.said["error"]) == (429, say("ru", "guard.busy"))
    assert asked(full, target="/api/about", headers={"cookie": COOKIE}).status == 503  # a route's own word


# --- What goes wrong ---


def test_errors_are_told_to_those_who_run_the_page_only(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError(CANARY)

    answer = asked(guard(fails), target="/api/about?q=canary-of-a-visitor", headers={"cookie": COOKIE})
    assert answer.status == 500
    (number,) = re.findall(r"number ([0-9a-f]{8})\.", answer.said["error"])
    assert "canary" not in answer.body.decode()
    assert number in caplog.text
    assert CANARY in caplog.text
    assert "canary-of-a-visitor" not in caplog.text


def test_responses_that_tell_of_an_error_are_replaced(caplog: pytest.LogCaptureFixture) -> None:
    told = guard(answering(lambda: JSONResponse({"error": CANARY}, 500, {"X-Canary": "canary"})))
    answer = asked(told, target="/api/about", headers={"cookie": COOKIE})
    assert answer.status == 500
    assert "canary" not in answer.body.decode() + str(answer.headers)
    assert "fault" in caplog.text


def test_an_answer_that_breaks_off_is_logged_and_not_completed(caplog: pytest.LogCaptureFixture) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError(CANARY)

    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def kept(message: Message) -> None:
            sent.append(message)
            await send(message)

        await guard(answering(lambda: StreamingResponse(half())))(scope, receive, kept)

    assert asked(app).body == b"half"
    assert sent[-1]["more_body"]
    assert CANARY in caplog.text


@pytest.mark.parametrize("path", ["/gradio_api/queue/data?session_hash=a", "/gradio_api/heartbeat/a"])
def test_streams_end_when_the_server_is_stopped(path: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"data: {}\n\n"
            await asyncio.sleep(3600)

    async def stopped() -> Answered:
        server = guard(answering(lambda: StreamingResponse(endless(), media_type="text/event-stream")), grace_seconds=1)
        asking = asyncio.create_task(
            _asked(server, "GET", path, {"cookie": COOKIE, "accept-language": "fr"}, [], "http", "", False)
        )
        await asyncio.sleep(0.1)
        server.stop()
        return await asyncio.wait_for(asking, 10)

    answer = run(stopped())
    assert answer["x-accel-buffering"] == "no"
    last = json.loads(answer.body.decode().strip().rpartition("data: ")[2])
    assert last == {"msg": "unexpected_error", "message": say("fr", "guard.stopping"), "success": False}


def test_an_answer_that_ends_in_time_is_sent_whole_although_the_server_is_stopped() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        await asyncio.sleep(0.3)
        yield b"data: 2\n\n"

    async def stopped() -> bytes:
        server = guard(answering(lambda: StreamingResponse(slow(), media_type="text/event-stream")))
        asking = asyncio.create_task(
            _asked(server, "GET", "/gradio_api/queue/data?session_hash=a", {"cookie": COOKIE}, [], "http", "", False)
        )
        await asyncio.sleep(0.1)
        server.stop()
        return (await asking).body

    assert run(stopped()) == b"data: 1\n\ndata: 2\n\n"


# --- The visitor ---


def test_a_visitor_is_known_by_a_cookie() -> None:
    first = asked(guard())
    cookie = first["set-cookie"]
    assert re.fullmatch(r"qa-visitor=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", cookie)
    visitor = first.said["visitor"]
    assert re.fullmatch("[0-9a-f]{64}", visitor)
    again = asked(guard(), target="/api/about", headers={"cookie": cookie.partition(";")[0]})
    assert again.said["visitor"] == visitor
    assert not again["set-cookie"]
    assert asked(guard(), headers={"cookie": "qa-visitor=mine"}).said["visitor"] != visitor
    assert asked(guard(), target="/theme.css")["set-cookie"] == ""
    with pytest.raises(LookupError, match="guard"):
        visitor_of(HTTPConnection({"type": "http", "headers": []}))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("fr", "fr"), ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("de, ru;q=0.3, ar;q=0.4", "ar"), ("ZH-Hant-TW", "zh"),
        ("en;q=0, es;q=0.1", "es"), ("es;q=0", "en"), ("*", "en"), ("fr;q=2, ru;q=0.5", "ru"),
        ("fr;q=0.5, ru;q=0.5", "fr"),
        ("x" * 5000 + ",fr", "en"), ("fr;;q=1", "en"), (" ar ; q=1.000 ", "ar"), ("frx", "en"), ("fr;q=nan", "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_asks_for(header: str, language: str) -> None:
    assert accepted_language(header) == language


def test_the_language_chosen_counts_more() -> None:
    def connection(cookie: str) -> HTTPConnection:
        headers = [(b"cookie", cookie.encode()), (b"accept-language", b"ru")]
        return HTTPConnection({"type": "http", "headers": headers})

    assert language_of(connection("qa-lang=zh")) == "zh"
    assert language_of(connection("qa-lang=de")) == "ru"
    assert language_of(connection("a=b")) == "ru"


@given(st.text(max_size=100))
def test_any_header_gives_a_language_of_the_page(header: str) -> None:
    assert accepted_language(header) in LANGUAGES


# --- Programs ---

KEY = new_key()
WITH_KEY = {"authorization": f"Bearer {KEY}", "cookie": ""}
QUESTION = {"question": "asset"}
CALL_OF_PROGRAMS = {"fn_index": 2, "data": ["q"], "session_hash": "0f8fad5b-d9cb-469f-a165-70867728950e"}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """How a server is set up that programs reach with keys, people with logins."""
    folder = tmp_path_factory.mktemp("secrets")
    KEYS.write(folder / "keys", {"reports": digest(KEY)})
    LOGINS.write(folder / "logins", {"ann": hashed("correct horse")})
    return Settings(keys=folder / "keys", logins=folder / "logins")


def test_on_this_machine_programs_need_nothing() -> None:
    assert posted(guard(), "/api/v1/ask", QUESTION).status == 200
    assert posted(guard(), "/mcp", {"method": "tools/list"}).status == 200
    assert asked(guard(), target="/config").status == 200
    assert posted(guard(), "/gradio_api/queue/join", CALL_OF_PROGRAMS).status == 200


def test_a_key_opens_what_is_for_programs_and_nothing_else(keyed: Settings) -> None:
    server = guard(settings=keyed)
    for target, body in (
        ("/api/v1/ask", QUESTION),
        ("/mcp", {"method": "initialize"}),
        ("/gradio_api/queue/join", CALL_OF_PROGRAMS),
    ):
        found = posted(server, target, body, **WITH_KEY)
        assert found.status == 200, target
        assert not found["set-cookie"]
        assert found.said["visitor"] == visitor_by_key("reports")
        assert "authorization" not in found.said["headers"]
    for target in ("/config", "/gradio_api/info", "/api/v1/openapi.json"):
        assert asked(server, target=target, headers=WITH_KEY).status == 200
    for method, target in (
        ("GET", "/"), ("GET", "/api/documents"), ("GET", "/api/source"), ("PUT", "/api/documents/a"),
        ("POST", "/api/export"), ("POST", "/api/feedback"), ("POST", "/api/build"), ("POST", "/gradio_api/run/predict"),
        ("GET", "/ui/page.js"),
    ):  # fmt: skip
        refused = asked(server, method, target, WITH_KEY)
        assert (refused.status, refused["www-authenticate"]) == (403, "")
    assert posted(server, "/gradio_api/queue/join", CALL, **WITH_KEY).status == 404  # the page's own function


def test_without_a_key_or_with_a_wrong_one_nothing_is_open(keyed: Settings) -> None:
    for headers in ({}, {"authorization": f"Bearer {new_key()}"}, {"authorization": "Bearer"}):
        server = guard(settings=keyed)
        for target in ("/", "/api/v1/ask", "/mcp", "/config", "/nowhere"):
            refused = asked(server, target=target, headers=headers)
            assert refused.status == 401
            assert refused["www-authenticate"] == 'Basic realm="documents", charset="UTF-8", Bearer realm="documents"'
    refused = posted(guard(settings=keyed), "/api/v1/ask", QUESTION, accept_language="ru")
    assert refused.said["code"] == "log_in"
    assert "Bearer KEY" in refused.said["error"]
    assert KEY not in refused.body.decode()


def test_a_login_opens_both(keyed: Settings) -> None:
    login = {"authorization": "Basic " + base64.b64encode(b"ann:correct horse").decode()}
    server = guard(settings=keyed)
    assert asked(server, headers=login).status == 200
    assert posted(server, "/api/v1/ask", QUESTION, **login).status == 200


def test_with_keys_programs_on_this_machine_need_one_and_the_page_does_not(keyed: Settings) -> None:
    server = guard(settings=replace(keyed, logins=None))
    assert asked(server).status == 200
    assert posted(server, "/api/v1/ask", QUESTION).status == 401
    assert posted(server, "/api/v1/ask", QUESTION, **WITH_KEY).status == 200
    assert posted(server, "/gradio_api/queue/join", CALL_OF_PROGRAMS).status == 404
    only_programs = guard(settings=replace(keyed, logins=None, host="0.0.0.0"))
    assert asked(only_programs).status == 401
    assert posted(only_programs, "/api/v1/ask", QUESTION, **WITH_KEY).status == 200


def test_wrong_keys_bring_a_pause(keyed: Settings) -> None:
    server = guard(settings=keyed)
    wrong = {"authorization": f"Bearer {new_key()}"}
    found = [posted(server, "/api/v1/ask", QUESTION, **wrong) for _ in range(11)]
    assert [answer.status for answer in found] == [401] * 10 + [429]
    assert found[-1].said["code"] == "too_many_logins"
    assert int(found[-1]["retry-after"]) == 1
    assert posted(server, "/api/v1/ask", QUESTION, **WITH_KEY).status == 200


@pytest.mark.parametrize(
    ("target", "body"),
    [
        ("/api/v1/search", QUESTION),
        ("/mcp", {"method": "tools/call"}),
        ("/gradio_api/queue/join", CALL_OF_PROGRAMS),
    ],
)
def test_questions_of_programs_count_as_questions(keyed: Settings, target: str, body: Any) -> None:
    server = guard(settings=keyed, questions_a_minute=2)
    assert [posted(server, target, body, **WITH_KEY).status for _ in range(3)] == [200, 200, 429]
    assert posted(server, "/mcp", {"method": "tools/list"}, **WITH_KEY).status == 200


def test_refusals_of_programs_are_in_english_and_have_a_code() -> None:
    for answer, status, code in (
        (posted(guard(), "/api/v1/ask", b"{", accept_language="fr"), 400, "unreadable"),
        (posted(guard(), "/mcp", b"[]"), 400, "unreadable"),
        (posted(guard(), "/mcp", b""), 400, "unreadable"),
        (posted(guard(), "/api/v1/ask", QUESTION, content_type="text/plain"), 415, "unreadable"),
        (posted(guard(body_bytes=5), "/api/v1/ask", QUESTION), 413, "too_large"),
        (posted(guard(), "/api/v1/nothing", QUESTION), 404, "nothing_here"),
        (asked(guard(), "GET", "/api/v1/ask"), 405, "wrong_method"),
        (asked(guard(), "GET", "/mcp"), 405, "wrong_method"),
        (asked(guard(), "GET", "/api/v1/ask", {"host": "evil.example"}), 421, "unknown_host"),
        (asked(guard(), "POST", "/mcp", {"origin": "http://evil.example"}), 403, "another_page"),
    ):
        assert (answer.status, answer.said["code"]) == (status, code)
        assert answer.said["error"].isascii()
        assert "page" not in answer.said["error"] or code == "another_page"


def test_what_describes_the_functions_takes_no_query() -> None:
    for target in ("/config?deep_link=a&page=b", "/gradio_api/info?all_endpoints=1"):
        assert asked(guard(), target=target, headers={"cookie": COOKIE}).said["query"] == ""
