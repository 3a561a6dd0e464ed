"""The page behind nginx as it is documented: the real nginx, with `deploy/nginx.conf`, TLS and passwords."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from conftest import ROOT, SEEDS, missing
from live import WITHIN, Served, ask, free_port, running

from qa.passwords import LOGINS, hashed
from qa.strings import say

HOST = "documents.example.org"
PAGE = {"host": HOST, "origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
NGINX, OPENSSL = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/bin"), shutil.which("openssl")
AROUND = """
user root; daemon off; pid {folder}/pid; error_log {folder}/start.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
"""What a distribution's own configuration has around the file."""


@dataclass(frozen=True)
class Proxied:
    """A page and the nginx in front of it."""

    plain: str
    secure: str
    folder: Path
    page: Served

    def client(self, **more: object) -> httpx.Client:
        """A browser that comes by way of nginx and knows its certificate."""
        known = ssl.create_default_context(cafile=str(self.folder / "documents.pem"))
        return httpx.Client(base_url=self.secure, verify=known, timeout=WITHIN, headers=PAGE, **more)  # type: ignore[arg-type]


def written(folder: Path, changes: dict[str, str]) -> None:
    """The documented configuration with other places; each change has to find what it changes."""
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def nginx(folder: Path, port: int, changes: dict[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """nginx in front of what listens on a port; its two addresses."""
    plain, secure = free_port(), free_port()
    name = ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1", "-days", "1")
    key, certificate = folder / "documents.key", folder / "documents.pem"
    subprocess.run(
        [OPENSSL or "", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(key), "-out", str(certificate), *name],
        check=True, capture_output=True,
    )  # fmt: skip
    written(
        folder,
        {
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{secure} ssl http2;",
            "/etc/ssl/documents.pem": str(certificate),
            "/etc/ssl/documents.key": str(key),
            "/var/log/nginx": str(folder),
            "http://127.0.0.1:7860": f"http://127.0.0.1:{port}",
            **(changes or {}),
        },
    )
    command = [NGINX or "", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(plain) and listens(secure))
        yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}"
    finally:
        process.terminate()
        process.wait(WITHIN)


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """The two that these tests need; without them they are skipped, in CI they fail."""
    if not (NGINX and OPENSSL):
        missing("no nginx or no openssl on this machine; install them: apt-get install nginx-light openssl")


@pytest.fixture(scope="module")
def proxied(seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """As documented: passwords of the page's own."""
    folder = tmp_path_factory.mktemp("nginx")
    LOGINS.write(folder / "logins", {"ann": hashed("correct horse")})
    arguments = ("--no-build", "--behind-proxy", "--allow-host", HOST, "--logins", str(folder / "logins"))
    logs = ("--log-format", "json", "--log-addresses")
    for page in running(SEEDS, seed_index, folder / "page.log", *arguments, *logs):
        with nginx(folder, int(page.url.rpartition(":")[2])) as (plain, secure):
            yield Proxied(plain, secure, folder, page)


@pytest.fixture
def ann(proxied: Proxied) -> Iterator[httpx.Client]:
    with proxied.client(auth=("ann", "correct horse")) as client:
        yield client


def test_who_comes_without_tls_is_sent_on(proxied: Proxied) -> None:
    answer = httpx.get(f"{proxied.plain}/?q=x", headers={"host": HOST})
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{HOST}/?q=x")


def test_a_visitor_logs_in_and_gets_an_answer(proxied: Proxied, ann: httpx.Client) -> None:
    with proxied.client() as nobody:
        assert nobody.get("/").status_code == 401
        assert nobody.get("/readyz").text == "ok"
    page = ann.get("/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert f"https://{HOST}" in page.text  # the page knows under which name it is seen
    assert "来历不明财富令" in ask(ann, "which countries use unexplained-wealth orders?")


def test_other_names_and_other_pages_are_refused(ann: httpx.Client) -> None:
    assert ann.get("/", headers={"host": "evil.example"}).status_code == 421
    assert ann.post("/api/export", json={}, headers={"origin": "https://evil.example"}).status_code == 403


def test_what_a_visitor_says_of_itself_is_not_believed(proxied: Proxied, ann: httpx.Client) -> None:
    lies = {"x-forwarded-for": "6.6.6.6", "x-forwarded-host": "evil.example", "x-request-id": "mine"}
    answer = ann.get("/api/about", headers=lies)
    assert answer.status_code == 200
    made = answer.headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    said = [json.loads(line) for line in proxied.page.log.read_text().splitlines()]
    (line,) = [each for each in said if each.get("request") == made]
    assert line["address"] == "127.0.0.1"
    wait_until(lambda: made in (proxied.folder / "paragraph-qa.log").read_text())


def test_uploads_are_as_long_as_they_may_be(ann: httpx.Client) -> None:
    taken = ann.put("/api/documents/note.txt", content=b"1. The penguins are counted each year.\n")
    assert taken.status_code < 300, taken.text
    refused = ann.put("/api/documents/a.txt", content=b"a" * 20_500_000, headers={"accept-language": "fr"})
    assert refused.status_code == 413
    assert refused.json()["error"] == say("fr", "guard.too_large", count=20_000_000)
    by_nginx = ann.put("/api/documents/a.txt", content=b"a" * 23_000_000)
    assert by_nginx.status_code == 413
    assert "nginx" in by_nginx.text


def test_no_log_tells_who_asked_what(proxied: Proxied, ann: httpx.Client) -> None:
    ann.get("/?q=canary-question")
    ann.put("/api/documents/canary-name.txt", content=b"1. A note.\n")
    ann.get("/gradio_api/heartbeat/canary", headers={"origin": "https://evil.example", "sec-fetch-site": "cross-site"})
    with proxied.client(auth=("canary-ann", "wrong")) as wrong:
        assert wrong.get("/api/about").status_code == 401
    ann.put("/api/documents/canary.txt", content=b"a" * 23_000_000)  # what nginx itself refuses
    wait_until(lambda: " PUT /api/documents/... 413 " in (proxied.folder / "paragraph-qa.log").read_text())
    said = "".join(path.read_text() for path in proxied.folder.glob("paragraph-qa*.log"))
    assert " GET /api/about 401 " in said
    for secret in ("canary", "127.0.0.1", "ann"):
        assert secret not in said
    assert "canary" not in proxied.page.log.read_text()


def test_answers_come_bit_by_bit(tmp_path: Path) -> None:
    """The second part is sent only when the first has been read at the other end."""
    read = threading.Event()

    class Slowly(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write(b"data: 1\n\n")
            self.wfile.flush()
            assert read.wait(WITHIN)
            self.wfile.write(b"data: 2\n\n")

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Slowly) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with nginx(tmp_path, server.server_address[1]) as (_plain, secure):
            known = ssl.create_default_context(cafile=str(tmp_path / "documents.pem"))
            found = []
            with httpx.stream("GET", f"{secure}/", verify=known, headers={"host": HOST}, timeout=WITHIN) as stream:
                for line in stream.iter_lines():
                    found.append(line)
                    read.set()
        server.shutdown()
    assert found == ["data: 1", "", "data: 2", ""]


def test_passwords_of_nginx(seed_index: Path, tmp_path: Path) -> None:
    made = subprocess.run(
        [OPENSSL or "", "passwd", "-apr1", "correct horse"], capture_output=True, text=True, check=True
    )
    (tmp_path / "passwords").write_text(f"ann:{made.stdout}")
    changes = {"# auth_basic ": "auth_basic ", "# auth_basic_user_file": "auth_basic_user_file",
               "/etc/nginx/paragraph-qa.htpasswd": str(tmp_path / "passwords")}  # fmt: skip
    arguments = ("--no-build", "--behind-proxy", "--allow-host", HOST)
    for page in running(SEEDS, seed_index, tmp_path / "page.log", *arguments):
        with nginx(tmp_path, int(page.url.rpartition(":")[2]), changes) as (plain, secure):
            site = Proxied(plain, secure, tmp_path, page)
            with site.client() as nobody:
                assert nobody.get("/").status_code == 401
            with site.client(auth=("ann", "correct horse")) as ann:
                assert ann.get("/").headers["set-cookie"].endswith("; Secure")
                assert "qa-" in ask(ann, "training")
