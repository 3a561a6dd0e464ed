"""Reads one file that comes on standard input: `python -m embeddings.documents.child SUFFIX`.

A process of its own, with little time and memory and no way out: whoever can put a file among the documents must not
be able to do more than spoil that file. The hook keeps out Python code that was led astray, not machine code that was
taken over; for that a container is needed.
"""

import os
import sys
from typing import Any, Final

from embeddings.documents.registry import readers
from embeddings.documents.sandbox import MAX_MEMORY, MAX_OUTPUT, MAX_SECONDS, REFUSED
from embeddings.documents.wire import packed
from embeddings.errors import DocumentError

_FORBIDDEN: Final = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.kill", "os.remove",
    "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.chmod", "os.chown", "os.truncate", "shutil.",
    "tempfile.", "ftplib.", "http.", "urllib.", "webbrowser.",
)  # fmt: skip
"""Beginnings of what Python calls such events (docs.python.org, "Audit events table")."""
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> int:
    """Read standard input, write the extract to standard output, or why there is none, with the status REFUSED."""
    suffix = sys.argv[1]
    _bound()
    sys.addaudithook(_refuse)
    try:
        answer = packed(readers()[suffix].load()(sys.stdin.buffer.read()))
    except DocumentError as error:
        sys.stdout.buffer.write(str(error).encode(errors="replace"))
        return REFUSED
    except (MemoryError, RecursionError) as error:
        sys.stdout.buffer.write(f"takes too much memory to read ({type(error).__name__})".encode())
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


def _bound() -> None:
    """Bound what the system gives this process; Windows has no such bounds, there only time is."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (("AS", MAX_MEMORY), ("CPU", MAX_SECONDS), ("FSIZE", MAX_OUTPUT), ("CORE", 0)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
        raise PermissionError(f"a reader must not: {event}")


if __name__ == "__main__":
    sys.exit(main())
