"""Reading a file in a process of its own, bounded in time, memory and output: documents are hostile until read."""

import logging
import os
import subprocess
import sys
import tempfile
from typing import Final

from embeddings.documents.extract import Extract
from embeddings.documents.wire import unpacked
from embeddings.errors import DocumentError

MAX_SECONDS: Final = 60
"""Of the processor, for one file: a report of 1000 pages takes a tenth."""
MAX_WAIT: Final = 180
"""Seconds by the clock."""
MAX_MEMORY: Final = 1 << 30
"""Bytes, the interpreter with its libraries included."""
MAX_OUTPUT: Final = 400_000_000
"""Bytes that a reader may write."""
REFUSED: Final = 3
"""The exit status of a reader that says why it does not read a file."""

_log = logging.getLogger(__name__)

_KEPT_VARIABLES: Final = ("PATH", "PYTHONPATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


def extract(suffix: str, data: bytes) -> Extract:
    """Read `data` as a file with that suffix. Raises DocumentError, without the file's name."""
    command = [sys.executable, "-B", "-m", "embeddings.documents.child", suffix]
    variables = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            done = subprocess.run(  # noqa: S603 - our own module, and a suffix from the registry
                command,
                input=data,
                stdout=output,
                stderr=errors,
                timeout=MAX_WAIT,
                check=False,
                # OpenBLAS would take memory for each core, though no reader computes.
                env={**variables, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"takes more than {MAX_WAIT} s to read") from error
        output.seek(0)
        answer = output.read()
        errors.seek(0)
        told = errors.read(100_000).decode(errors="replace").strip()
    if done.returncode == REFUSED:
        raise DocumentError(answer.decode(errors="replace"))
    if done.returncode != 0:
        _log.info("the reader of %s failed:\n%s", suffix, told)
        raise DocumentError(_failure(done.returncode, told))
    try:
        return unpacked(answer)
    except ValueError as error:
        raise DocumentError(f"its reader returned {error}") from error


def _failure(status: int, told: str) -> str:
    """What to say of a reader that ended in another way than by an answer."""
    if status in (-24, -9):  # SIGXCPU, and SIGKILL that follows it
        return f"takes more than {MAX_SECONDS} s to read"
    if status == -6:  # SIGABRT: how a library ends that gets no memory
        return "takes too much memory to read, or its reader failed"
    last = told.rpartition("\n")[2][:200]
    return f"its reader failed ({last or f'exit status {status}'})"
