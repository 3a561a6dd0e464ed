"""The page served from this working tree, for benchmarks that visit it."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """`python app.py` on a free port; its address, as soon as it answers there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "app.py", "--port", str(port), "--data", data, *arguments]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            while True:  # not by a browser, whose error pages would keep a core busy
                if server.poll() is not None:
                    raise SystemExit(f"{' '.join(command)} ended with status {server.returncode}")
                try:
                    with urllib.request.urlopen(url):
                        break
                except OSError:
                    time.sleep(0.1)
            yield url
        finally:
            server.terminate()
            server.wait()
