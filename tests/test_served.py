"""The page as it is served, asked by those whom nobody invited."""

import http.client
import json
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from conftest import ROOT, SEEDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import WITHIN, Served, ask, asking_function, configuration, events, free_port, join, request_of, running
from starlette.types import Receive, Scope, Send

from qa.passwords import LOGINS, hashed
from qa.strings import LANGUAGES, say
from qa.web.exchange import PROTECTION
from qa.web.guard import Guard
from qa.web.limits import Limits
from qa.web.server import server_of
from qa.web.settings import Settings
from qa.web.site import Site

CANARY = "canary-8f2c71"
PLENTY = ("--questions-a-minute", "100000")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, seed_index: Path) -> Path:
    """Documents, index and data, each with a file beside them that no visitor may see."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(SEEDS, folder / "seeds")
    shutil.copytree(seed_index, folder / "index")
    for name in ("seeds/.env", "index/canary", "data/canary", "canary"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(CANARY)
    (folder / "seeds" / ".link").symlink_to(folder / "canary")
    (folder / "tmp").mkdir()
    return folder


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[Served]:
    environment = {"TMPDIR": str(place / "tmp"), "GRADIO_SHARE": "1", "GRADIO_ALLOWED_PATHS": "/"}
    yield from running(place / "seeds", place / "index", place / "log", *PLENTY, environment=environment)
    assert not [path for path in (place / "tmp").iterdir() if "gradio" in path.name or "qa-" in path.name]


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=WITHIN) as opened:
        yield opened


def raw(
    served: Served, method: str, target: str, headers: dict[str, str] | None = None, body: Any = None
) -> tuple[int, str]:
    """A request whose target is sent as it is, dots and all."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(served.url).port, timeout=WITHIN)
    try:
        connection.putrequest(method, target, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


# --- Files of this machine ---

UPWARDS = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", "%252e%252e%252f", "..%c0%af", "..;/"]
PREFIXES = ["/gradio_api/file=", "/gradio_api/file/", "/file=", "/assets/", "/static/", "/ui/", "/svelte/", "/"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_file_of_this_machine_is_served(served: Served, place: Path, prefix: str) -> None:
    outside = [
        "/etc/passwd",
        "/proc/self/environ",
        str(ROOT / "app.py"),
        "app.py",
        ".env",
        ".git/config",
        "seeds/README.md",
    ]
    inside = [str(place / name) for name in ("seeds/.env", "seeds/.link", "index/canary", "data/canary", "canary")]
    targets = [prefix + name for name in outside + inside] + [
        prefix + quote(name, safe="") for name in outside + inside
    ]
    targets += [prefix + up * 8 + name.lstrip("/") for up in UPWARDS for name in ("etc/passwd", inside[0])]
    for target in targets:
        status, body = raw(served, "GET", target)
        assert status in {400, 403, 404}, target
        assert CANARY not in body
        assert "root:" not in body
        assert "import sys" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "app.py",
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "/proc/self/mem",
    ],
)
def test_no_event_takes_a_file(client: httpx.Client, path: str) -> None:
    files = [
        {"path": path, "meta": {"_type": "gradio.FileData"}},
        {"path": path},
        {"file": {"path": path, "url": path}},
    ]
    for each in configuration(client)["dependencies"]:
        for file in files:
            for kind in ("queue/join", "run/predict", "call/x", "api/predict"):
                body = {"fn_index": each["id"], "data": [file] * max(1, len(each["inputs"])), "session_hash": "abc"}
                answer = client.post(f"/gradio_api/{kind}", json=body)
                assert answer.status_code in {400, 404}, answer.text
                assert "root:" not in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "file=http://127.0.0.1:1/",
        "file=https://evil.example/",
        "proxy=http://127.0.0.1:1/",
        "proxy=https://x.hf.space/",
    ],
)
def test_nothing_is_fetched_for_anybody(served: Served, target: str) -> None:
    assert raw(served, "GET", f"/gradio_api/{target}")[0] == 404


def test_what_the_framework_keeps_is_nobody_elses(served: Served, client: httpx.Client, place: Path) -> None:
    ask(client, "training")
    (folder,) = (place / "tmp").glob("qa-page-*")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert served.process.poll() is None


# --- Names, pages, headers, paths ---


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1@evil.example", "[::2]:80"])
@pytest.mark.parametrize("target", ["/", "/gradio_api/queue/data?session_hash=a", "/ui/page.js", "/api/about"])
def test_the_server_answers_to_its_names_only(served: Served, host: str, target: str) -> None:
    assert raw(served, "GET", target, {"Host": host})[0] in {400, 421}


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-Host": "evil.example", "X-Forwarded-Prefix": "/evil.example"},
    ],
)
def test_the_page_never_leads_elsewhere(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.get("/", headers=headers)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert "https://127.0.0.1" not in answer.text


STRANGERS = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize("path", ["upload", "queue/join", "run/predict", "call/x", "cancel", "reset"])
def test_other_pages_are_refused(client: httpx.Client, headers: dict[str, str], path: str) -> None:
    for request in (
        {"json": {"fn_index": 0, "data": [], "session_hash": "a"}},
        {"files": {"files": ("a.html", b"<script>")}},
        {"content": b"x", "headers": {"Content-Type": "text/plain"}},
    ):
        more: dict[str, Any] = {**request, "headers": {**request.get("headers", {}), **headers}}  # type: ignore[dict-item]
        answer = client.post(f"/gradio_api/{path}", **more)
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]
    preflight = client.options(f"/gradio_api/{path}", headers={**headers, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code in {403, 404, 405}
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_every_response_is_protected(served: Served, client: httpx.Client) -> None:
    function = asking_function(client)
    assert join(client, function, [request_of("training")], "protected").status_code == 200
    answers = [
        client.get("/"), client.head("/"), client.get("/nowhere"), client.get("/gradio_api/upload"),
        client.get("/theme.css"),
        client.get("/ui/page.js"), client.get("/ui/none.js"), client.get("/favicon.ico"), client.delete("/"),
        client.post("/gradio_api/queue/join", json=[]), client.get("/", headers={"Host": "evil.example"}),
        client.get("/gradio_api/queue/data", params={"session_hash": "protected"}),
        client.get("/gradio_api/queue/data", params={"session_hash": "unknown"}),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} >= {200, 400, 404, 405, 421}
    assert answers[-2].headers["content-type"].startswith("text/event-stream")
    for answer in answers:
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        for name, value in PROTECTION.items():
            (sent,) = answer.headers.get_list(name)
            if is_page and name == "content-security-policy":  # which lets the page's own scripts run
                assert "unsafe-eval" not in sent
                assert [each for each in sent.split("; ") if each not in value] == [
                    each for each in sent.split("; ") if each.startswith("script-src 'self' ")
                ]
            else:
                assert sent == value, answer.url
        assert "server" not in answer.headers
    with socket.create_connection(("127.0.0.1", urlsplit(served.url).port)) as connection:
        connection.sendall(b"this is no HTTP\r\n\r\n")
        said = connection.makefile("rb").read().decode()
    assert said.startswith("HTTP/1.1 400")
    for name, value in PROTECTION.items():
        assert f"{name}: {value}" in said


def test_who_is_refused_and_sends_what_is_no_http_is_left(served: Served) -> None:
    """The answer has begun, so there is nothing more to be said, and nothing of it is a fault."""
    with socket.create_connection(("127.0.0.1", urlsplit(served.url).port), timeout=WITHIN) as connection:
        head = b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head + b"5\r\nhello\r\n")
        said = connection.recv(10)
        connection.sendall(b"no length\r\n")
        said += connection.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 404")
    assert said.count(b"HTTP/1.1") == 1
    assert "Traceback" not in served.log.read_text()


@pytest.mark.parametrize(
    "path",
    [
        "/monitoring", "/monitoring/summary", "/monitoring/x", "/openapi.json", "/docs", "/redoc", "/config/", "/login",
        "/logout", "/gradio_api/openapi.json", "/gradio_api/info/", "/gradio_api/runs",
        "/gradio_api/run-history/records",
        "/svelte/x",
        "/gradio_api/deep_link", "/gradio_api/process_recording", "/gradio_api/vibe-code", "/gradio_api/vibe-edit",
        "/gradio_api/component_server", "/gradio_api/mcp/", "/gradio_api/mcp/sse", "/gradio_api/mcp/schema",
        "/gradio_api/startup-events", "/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/token",
        "/gradio_api/user", "/gradio_api/dev/reload", "/gradio_api/stream/a", "/gradio_api/profiling/traces",
        "/gradio_api/call/answer", "/gradio_api/call/v2/answer", "/gradio_api/api/predict", "/manifest.json",
        "/pwa_icon",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_the_page_does_not_need_is_not_there(client: httpx.Client, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


def test_links_into_the_frameworks_store_are_ignored(client: httpx.Client) -> None:
    assert client.get("/", params={"deep_link": "../../x"}).status_code == 200


# --- The queue and its sessions ---


def test_nothing_gets_past_the_queue(client: httpx.Client) -> None:
    function = asking_function(client)
    body = {"fn_index": function, "data": [request_of("training")], "session_hash": "direct"}

    def directly(kind: str) -> int:
        return client.post(f"/gradio_api/{kind}", json=body).status_code

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(directly, ["run/predict", "run/answer", "api/predict", "call/answer"] * 5))
    assert set(found) == {404}


def test_what_answers_is_known(client: httpx.Client) -> None:
    """The page's one function, which only the page calls, and the two for programs; `qa.web.turns` counts all three."""
    asking = [each for each in configuration(client)["dependencies"] if each["queue"] and each["backend_fn"]]
    assert [each["api_visibility"] for each in asking] == ["private", "public", "public"]
    assert [each["api_name"] for each in asking[1:]] == ["search", "ask"]


def test_visitors_with_the_same_session_do_not_read_each_other(served: Served, client: httpx.Client) -> None:
    with (
        httpx.Client(base_url=served.url, timeout=WITHIN) as ann,
        httpx.Client(base_url=served.url, timeout=WITHIN) as bob,
    ):
        function = asking_function(ann)
        for each in (bob, client):
            each.get("/")
        assert ann.cookies["qa-visitor"] != bob.cookies["qa-visitor"]
        for number in range(10):
            secrets = {ann: f"anns-{number}-asset", bob: f"bobs-{number}-asset"}
            joined = {
                each: join(each, function, [request_of(secret)], "same").json() for each, secret in secrets.items()
            }
            # Who knows the session's name does not stop what others ask in it.
            stolen = {"session_hash": "same", "fn_index": function, "event_id": "0"}
            assert client.post("/gradio_api/cancel", json=stolen).status_code == 200
            for each, other in ((ann, bob), (bob, ann)):
                said = json.dumps(events(each, "same"))
                assert secrets[other] not in said
                assert joined[other]["event_id"] not in said
        assert ann.get("/gradio_api/call/answer/" + joined[bob]["event_id"]).status_code == 404


def test_who_keeps_no_cookie_can_ask_and_is_apart_from_those_who_do(served: Served) -> None:
    with httpx.Client(base_url=served.url, timeout=WITHIN) as known:
        function = asking_function(known)
        assert join(known, function, [request_of("known-asset")], "kept").status_code == 200
        body = {"fn_index": function, "data": [request_of("unknown-asset")], "session_hash": "kept"}
        assert httpx.post(f"{served.url}/gradio_api/queue/join", json=body).status_code == 200
        with httpx.Client(base_url=served.url, timeout=WITHIN) as unknown:
            said = json.dumps(events(unknown, "kept"))
        assert "unknown-asset" in said
        assert '"known-asset' not in said
        events(known, "kept")


def test_the_languages_of_refusals(client: httpx.Client) -> None:
    for language in LANGUAGES:
        answer = client.post("/gradio_api/queue/join", json=[], headers={"Accept-Language": language})
        assert answer.json()["error"] == say(language, "guard.unreadable")


# --- Too much ---


def pour(served: Served, head: str, chunks: Iterator[bytes]) -> int:
    """Send a body as long as it is taken; returns the status of the answer."""
    with socket.create_connection(("127.0.0.1", urlsplit(served.url).port), timeout=WITHIN) as connection:
        connection.sendall(head.encode() + b"\r\nHost: 127.0.0.1\r\n\r\n")
        try:
            for chunk in chunks:
                connection.sendall(chunk)
        except OSError:
            pass  # it was refused, and the connection closed
        try:
            answer = connection.recv(100)
        except OSError:
            return 0
        return int(answer.split()[1]) if answer else 0


def megabytes(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"a" * 1_000_000


def chunked(count: int) -> Iterator[bytes]:
    for part in megabytes(count):
        yield f"{len(part):x}\r\n".encode() + part + b"\r\n"
    yield b"0\r\n\r\n"


BOUNDARY = "Content-Type: multipart/form-data; boundary=b"


def test_too_much_is_refused_and_takes_no_memory(served: Served, client: httpx.Client, place: Path) -> None:
    client.get("/")
    before, kept = served.peak_memory, sorted(place.rglob("*"))
    form = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    for target in (
        "POST /gradio_api/upload",
        "POST /gradio_api/queue/join",
        "PUT /api/documents/a.txt",
        "POST /api/export",
    ):
        head = f"{target} HTTP/1.1"
        json_head = f"{head}\r\nContent-Type: application/json"
        form_head = f"{head}\r\n{BOUNDARY}"
        begun = iter([b"20\r\n" + form[:32] + b"\r\n", *chunked(100)])
        statuses = [
            pour(served, f"{json_head}\r\nContent-Length: 300000000", megabytes(300)),
            pour(served, f"{json_head}\r\nTransfer-Encoding: chunked", chunked(300)),
            pour(served, f"{form_head}\r\nTransfer-Encoding: chunked", begun),
        ]
        if not target.startswith("PUT"):  # which takes any bytes for a document
            statuses.append(pour(served, f"{form_head}\r\nContent-Length: {len(form)}", iter([form])))
            statuses.append(
                pour(served, f"{head}\r\nContent-Type: multipart/form-data\r\nContent-Length: 1", iter([b"a"]))
            )
        assert all(status == 0 or 400 <= status < 500 for status in statuses), (target, statuses)
    parts = [("files", (f"{number}.txt", b"a")) for number in range(1001)]
    assert client.post("/gradio_api/upload", files=parts).status_code == 404
    assert client.post("/gradio_api/upload", files={"files": ("a" * 1_000_000, b"a")}).status_code == 404
    assert client.post("/gradio_api/upload", files={"files": ("", b"a")}).status_code == 404
    assert client.get("/").status_code == 200
    assert served.peak_memory - before < 120_000_000
    assert sorted(place.rglob("*")) == kept


def test_clients_that_say_nothing_are_not_waited_for() -> None:
    """Half a head, half a body: closed within the time stated, others are answered meanwhile."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    halves = (
        b"",
        b"GET / HTTP/1.1\r\nHost: 127",
        b"POST /api/export HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    )
    limits = Limits(head_seconds=1, stall_seconds=1, connections=60)
    chosen = Settings(port=free_port(), limits=limits)
    server = server_of(Guard(app, chosen, {}), Site(None, None, settings=chosen))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + WITHIN
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.05)
        address = ("127.0.0.1", chosen.port)
        slow = [socket.create_connection(address, timeout=WITHIN) for _ in range(50)]
        for number, connection in enumerate(slow):
            connection.sendall(halves[number % 3])
        assert httpx.get(f"http://127.0.0.1:{chosen.port}/").text == "hello"
        for number, connection in enumerate(slow):
            said = connection.makefile("rb").read()  # until it is closed
            assert said.startswith(b"HTTP/1.1 408") == (number % 3 == 2)
            connection.close()
        crowd = [socket.create_connection(address, timeout=WITHIN) for _ in range(80)]
        closed = 0
        for connection in crowd:
            try:
                closed += connection.recv(1) == b""
            except ConnectionResetError:
                closed += 1
            connection.close()
        assert closed == 80
    finally:
        server.should_exit = True
        thread.join(WITHIN)
    assert not thread.is_alive()


# --- Logins ---


def test_with_logins_nothing_is_open(place: Path, tmp_path: Path) -> None:
    logins = tmp_path / "logins"
    LOGINS.write(logins, {"ann": hashed("correct horse"), "bob": hashed("correct horse")})
    for served in running(place / "seeds", place / "index", tmp_path / "log", "--logins", str(logins)):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client:
            for method, path in (
                ("GET", "/"), ("HEAD", "/"), ("GET", "/ui/page.js"), ("GET", "/theme.css"), ("GET", "/api/about"),
                ("POST", "/gradio_api/queue/join"), ("GET", "/gradio_api/queue/data?session_hash=a"),
                ("GET", "/openapi.json"), ("GET", "/gradio_api/heartbeat/a"), ("GET", "/gradio_api/app_id"),
                ("GET", "/gradio_api/startup-events"),
                ("PUT", "/api/documents/a"), ("GET", "/nowhere"), ("GET", "/favicon.ico"), ("POST", "/login"),
            ):  # fmt: skip
                answer = client.request(method, path)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith("Basic ")
                assert "set-cookie" not in answer.headers
            with httpx.Client(base_url=served.url, auth=("ann", "correct horse"), timeout=WITHIN) as ann:
                assert "set-cookie" not in ann.get("/").headers
                said = ask(ann, "training")
                assert "qa-" in said
                found = [client.get("/", auth=("bob", f"wrong{number}")) for number in range(12)]
                assert [answer.status_code for answer in found] == [401] * 10 + [429] * 2
                assert int(found[-1].headers["retry-after"]) >= 1
                assert client.get("/", auth=("bob", "correct horse")).status_code == 429
                assert ann.get("/").status_code == 200  # who is in stays in
        assert "correct horse" not in served.log.read_text()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_other_machines_are_not_served_unless_it_is_said_twice(host: str, tmp_path: Path) -> None:
    command = [sys.executable, "app.py", "--host", host, "--index", str(tmp_path / "index"), "--port", str(free_port())]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "--without-login" in ended.stderr
    assert "--logins FILE" in ended.stderr
    assert not (tmp_path / "index").exists()


# --- The end ---


def test_an_answer_on_its_way_ends_well_when_the_server_is_told_to_stop(place: Path, tmp_path: Path) -> None:
    for served in running(place / "seeds", place / "index", tmp_path / "log"):
        with httpx.Client(base_url=served.url, timeout=WITHIN) as client:
            function = asking_function(client)
            found: list[dict[str, Any]] = []
            for _ in range(8):
                assert join(
                    client, function, [request_of("which countries use unexplained-wealth orders?")], "end"
                ).is_success
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "end"}) as stream:
                for line in stream.iter_lines():
                    if line.startswith("data: "):
                        if not found:
                            served.process.send_signal(signal.SIGTERM)
                        found.append(json.loads(line.removeprefix("data: ")))
            assert served.process.wait(10) == 0
        assert found[-1]["msg"] in {"close_stream", "unexpected_error"}, found[-1]
        if found[-1]["msg"] == "unexpected_error":
            assert found[-1]["message"] in {say("en", "guard.stopping"), "Server stopped unexpectedly."}
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", urlsplit(served.url).port or 0))


# --- Anything ---

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just("\ud800")
    | st.just("a" * 5000)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NESTED = st.integers(1, 100_000).map(lambda depth: b"[" * depth + b"]" * depth)
WRITTEN = VALUES.map(lambda value: json.dumps(value).encode()) | NESTED | st.binary(max_size=60)
QUERIES = st.dictionaries(
    st.sampled_from(["doc", "collection", "beside", "passage", "sentence", "format", "language", "x"]),
    st.text(max_size=30),
)
POSTS = ("/api/scope", "/api/feedback", "/api/export", "/api/build")
READS = ("/api/source", "/api/cite", "/api/filters", "/api/documents", "/api/build", "/api/about", "/api/suggestions")
anything = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.parametrize("path", POSTS)
@given(body=WRITTEN)
@anything
def test_any_body_is_answered(client: httpx.Client, path: str, body: bytes) -> None:
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code < 500, (body, answer.text)
    assert CANARY not in answer.text
    assert str(ROOT) not in answer.text


@pytest.mark.parametrize("path", READS)
@given(query=QUERIES)
@anything
def test_any_query_is_answered(client: httpx.Client, path: str, query: dict[str, str]) -> None:
    answer = client.get(path, params={name: value.encode("utf-8", "replace").decode() for name, value in query.items()})
    assert answer.status_code < 500, (query, answer.text)
    assert str(ROOT) not in answer.text


@given(value=VALUES, session=st.sampled_from(["fuzz1", "fuzz2", "../x", "", "ü"]), number=st.integers(-1, 3) | VALUES)
@anything
def test_any_call_of_the_chat_is_answered(client: httpx.Client, value: Any, session: str, number: Any) -> None:
    for kind in ("queue/join", "run/predict", "cancel", "reset"):
        for data in (value, [value]):
            body = json.dumps(
                {"fn_index": number, "data": data, "session_hash": session, "event_id": value, "event_data": value}
            )
            headers = {"Content-Type": "application/json"}
            answer = client.post(f"/gradio_api/{kind}", content=body.encode("ascii"), headers=headers)
            assert answer.status_code < 500 or answer.status_code == 503, (body, answer.text)


@given(value=VALUES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_is_answered(client: httpx.Client, value: Any) -> None:
    """What the page's program would send, with anything in its place: an answer or a sentence, never an error."""
    function = asking_function(client)
    request = json.dumps({"id": "1", "conversation": "[]", "question": value})
    joined = join(client, function, [request], "anything")
    assert joined.status_code == 200
    found = events(client, "anything")
    assert [each for each in found if each["msg"] == "process_completed" and each["success"]], found
