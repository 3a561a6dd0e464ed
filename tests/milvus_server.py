"""Run tests against a real Milvus server, which listens to nobody outside.

    python tests/milvus_server.py [ARGUMENTS OF PYTEST]

The server is the one in the package `milvus`, in a virtual environment of its own. It listens on every address that its
machine has, so it is given a network of its own (Linux user and network namespaces, `unshare`), in which there is
nothing but 127.0.0.1; the tests run in there as well.
"""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
SERVER = ROOT / ".venv" / "milvus-server"
PACKAGES = ("milvus==2.3.5", "setuptools<81")  # it imports pkg_resources
PORT = 19530
TESTS = ("tests/test_milvus.py", "tests/test_milvus_faults.py")

SERVE = """
import signal, socket, sys
from milvus import MilvusServer, MilvusServerConfig
def free(config, port):
    try:
        return socket.create_server(("127.0.0.1", port))  # free as well while old connections linger there
    except OSError:
        return None
MilvusServerConfig.try_bind_port = free
def start():
    server = MilvusServer()
    server.set_base_dir(sys.argv[1])
    server.config.set("proxy_port", int(sys.argv[2]))
    server.start()
    print("ready", flush=True)
    return server
server = start()
while True:
    if signal.sigwait([signal.SIGUSR1, signal.SIGTERM]) == signal.SIGTERM:
        break
    server.stop()
    server = start()
server.stop()
"""
"""What keeps the server running; killed and started anew at SIGUSR1."""


def main() -> int:
    """Run the tests. Returns pytest's exit status, or 1 where there is no network of its own to be had."""
    if "QA_TEST_NAMESPACE" not in os.environ:
        _install()
        return _apart()
    _raise_loopback()
    told = [signal.SIGUSR1, signal.SIGTERM]
    signal.pthread_sigmask(signal.SIG_BLOCK, told)  # the server's process has them blocked from the start
    with tempfile.TemporaryDirectory() as folder:
        command = [SERVER / "bin" / "python", "-c", SERVE, folder, str(PORT)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, told)
        try:
            if not server.stdout or not server.stdout.readline():
                raise RuntimeError("the Milvus server does not start")
            given = {"QA_TEST_MILVUS_URI": f"http://127.0.0.1:{PORT}", "QA_TEST_MILVUS_PID": str(server.pid)}
            tests = sys.argv[1:] or TESTS
            return subprocess.run(
                [sys.executable, "-m", "pytest", *tests], cwd=ROOT, env={**os.environ, **given}, check=False
            ).returncode
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _install() -> None:
    """The server's own environment, made once."""
    ready = SERVER / ".ready"
    if not ready.exists():
        venv.create(SERVER, with_pip=True, clear=True)
        subprocess.run([SERVER / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        ready.touch()


def _apart() -> int:
    """Run this file again, in a network of its own."""
    apart = ["unshare", "--user", "--map-root-user", "--net"]
    try:
        allowed = subprocess.run([*apart, "true"], capture_output=True, text=True, check=False)
        refused = allowed.stderr.strip() if allowed.returncode else ""
    except FileNotFoundError:
        refused = "unshare is not installed (Debian has it in util-linux)"
    if refused:
        print(
            f"cannot give the Milvus server a network of its own: {refused}. It would listen on every address of this "
            "machine, so it is not started. Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or run "
            "this as root.",
            file=sys.stderr,
        )
        return 1
    command = [*apart, sys.executable, __file__, *sys.argv[1:]]
    return subprocess.run(command, env={**os.environ, "QA_TEST_NAMESPACE": "1"}, check=False).returncode


def _raise_loopback() -> None:
    """What `ip link set lo up` does: a new network has 127.0.0.1, switched off."""
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, get_flags, request))[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", flags | up))


if __name__ == "__main__":
    sys.exit(main())
