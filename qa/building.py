"""Builds that the page asks for: one at a time, in a process of its own, while everybody goes on asking."""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final, Literal, Protocol

from qa.errors import BuildRefused

State = Literal["queued", "running", "done", "failed"]
Phase = Literal["", "reading", "encoding", "writing"]

_MOST_WAITING: Final = 16
"""Builds that may wait; more are refused."""
_MOST_KEPT: Final = 500
"""Ended builds that are remembered, for those who ask how theirs went."""
MAX_SECONDS: Final = 6 * 3600
_MAX_LINE: Final = 10_000_000
_KEPT_VARIABLES: Final = (
    "PATH", "PYTHONPATH", "HOME", "XDG_CACHE_HOME", "QA_CACHE", "HF_HOME", "HF_HUB_CACHE", "TMPDIR", "LD_LIBRARY_PATH",
    "VIRTUAL_ENV", "SYSTEMROOT", "USERPROFILE", "LOCALAPPDATA", "TEMP", "OMP_NUM_THREADS", "QA_VECTORS",
    "QA_MILVUS_TOKEN",
)  # fmt: skip
"""What a build needs of the environment; the rest may hold secrets."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made. `languages`: paragraphs of each. `refused` and `left_out`: name of the file, and the reason or
    what of it, in English."""

    documents: int = 0
    paragraphs: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    refused: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A build as it stands. `key`: of what. `done` of `total` paragraphs are encoded, both 0 before they are counted.

    `ahead`: builds that come first. `reason`: why it failed, one of "build_nothing" (no file can be read),
    "build_locked" (somebody else is building), "build_disk", "build_memory", "build_model", "build_slow",
    "build_stopped", "build_failed".
    """

    key: str
    number: int
    state: State
    phase: Phase = ""
    done: int = 0
    total: int = 0
    ahead: int = 0
    report: BuildReport | None = None
    reason: str = ""


Tell = Callable[[Phase, int, int], None]
"""Takes what a build is at: its phase, and how many paragraphs of how many are encoded."""


class Work(Protocol):
    """A build that can be run, once, and stopped from another thread."""

    def run(self, tell: Tell) -> BuildReport:
        """Build. Raises BuildRefused with one of the codes of `Job.reason`."""
        ...

    def stop(self) -> None: ...


class Builder:
    """Runs builds one after the other. Safe to share between threads.

    A build has a key, the collection's: whoever asks for one that waits already gets that one.
    """

    def __init__(self, ended: Callable[[str], None] = lambda _key: None, most_waiting: int = _MOST_WAITING) -> None:
        """`ended` is called with the key when a build has ended and before its job says so."""
        self._ended = ended
        self._most_waiting = most_waiting
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, Callable[[], Work]] = OrderedDict()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._work: Work | None = None
        self._thread: threading.Thread | None = None
        self._number = 0
        self._closed = False

    def request(self, key: str, work: Callable[[], Work]) -> Job:
        """Have `work()` run as soon as what waits before it is done; it is called when its turn has come.

        Raises BuildRefused with the code "build_queue" when too many wait, or "build_stopped" after `close`.
        """
        with self._changed:
            if self._closed:
                raise BuildRefused("build_stopped", "the server is about to stop")
            if key not in self._waiting:
                if len(self._waiting) >= self._most_waiting:
                    raise BuildRefused("build_queue", f"{self._most_waiting} builds wait already; try again later")
                self._number += 1
                self._waiting[key] = work
                # The one that runs, if this key's does, began before: what it makes lacks what was changed since.
                self._keep(Job(key, self._number, "queued"))
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="builds", daemon=True)
                    self._thread.start()
                self._changed.notify_all()
            return self._seen(self._jobs[key])

    def job(self, key: str) -> Job | None:
        """The last build of a key as it stands, None where there was none."""
        with self._changed:
            job = self._jobs.get(key)
            return job and self._seen(job)

    def busy(self, key: str) -> bool:
        """Whether a build of a key waits or runs."""
        with self._changed:
            job = self._jobs.get(key)
            return job is not None and job.state in ("queued", "running")

    def close(self) -> None:
        """Stop the build that runs and forget those that wait; the indexes before them go on counting."""
        with self._changed:
            self._closed = True
            for key in self._waiting:
                self._keep(replace(self._jobs[key], state="failed", reason="build_stopped"))
            self._waiting.clear()
            work, thread = self._work, self._thread
            self._changed.notify_all()
        if work is not None:
            work.stop()
        if thread is not None:
            thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                key, make = self._waiting.popitem(last=False)
                started = replace(self._jobs[key], state="running")
                self._keep(started)
            ended = self._ran(started, make)
            try:
                self._ended(key)
            except Exception:
                _log.exception("what follows a build failed")
            with self._changed:
                self._work = None
                self._keep(ended)

    def _ran(self, job: Job, make: Callable[[], Work]) -> Job:
        """Run a build. Returns its job as it ended."""

        def tell(phase: Phase, done: int, total: int) -> None:
            with self._changed:
                self._keep(replace(job, phase=phase, done=done, total=total))

        try:
            work = make()
            with self._changed:
                if self._closed:
                    raise BuildRefused("build_stopped", "the server is about to stop")
                self._work = work
            report = work.run(tell)
        except BuildRefused as error:
            return replace(job, state="failed", reason=error.code)
        except Exception:
            _log.exception("a build failed")
            return replace(job, state="failed", reason="build_failed")
        return replace(job, state="done", done=report.paragraphs, total=report.paragraphs, report=report)

    def _seen(self, job: Job) -> Job:
        """A job with how many come before it."""
        if job.state != "queued":
            return job
        return replace(job, ahead=list(self._waiting).index(job.key) + (self._work is not None))

    def _keep(self, job: Job) -> None:
        """Remember a job, unless a later one of its key is asked for already."""
        known = self._jobs.get(job.key)
        if known is not None and known.number > job.number:
            return
        self._jobs[job.key] = job
        self._jobs.move_to_end(job.key)
        for old in [name for name, each in self._jobs.items() if each.state in ("done", "failed")][:-_MOST_KEPT]:
            del self._jobs[old]


class ProcessBuild:
    """A build of one folder of documents in a process of its own: see `qa.build_process`."""

    def __init__(
        self, seeds: Path, index: Path, model: str = "", uri: str = "", max_seconds: float = MAX_SECONDS
    ) -> None:
        """`uri`: where Milvus is, for an index whose vectors it keeps."""
        self._arguments = [str(seeds.resolve()), str(index.resolve()), model]
        self._uri = uri
        self._max_seconds = max_seconds
        self._starting = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._why = ""

    def run(self, tell: Tell) -> BuildReport:
        """Start the process and follow it until it ends. Raises BuildRefused."""
        with tempfile.TemporaryFile() as errors:
            with self._starting:
                if self._why:
                    raise BuildRefused(self._why, "the build was stopped before it began")
                process = self._process = self._started(errors)
            watchdog = threading.Timer(self._max_seconds, self._kill, ["build_slow"])
            watchdog.daemon = True
            watchdog.start()
            try:
                with process:
                    report, failure = _followed(process, tell)
            finally:
                watchdog.cancel()
                self._kill("build_stopped")
            if report is not None:  # told when the new index counted, so whatever came then does not matter
                return report
            errors.seek(0)
            told = errors.read(100_000).decode(errors="replace").strip()
        _log.warning("a build failed with exit status %d:\n%s", process.returncode, told)
        raise BuildRefused(
            failure or self._why or "build_failed", f"the build ended with exit status {process.returncode}"
        )

    def stop(self) -> None:
        """End the process, whatever it is at."""
        self._kill("build_stopped")

    def _started(self, errors: IO[bytes]) -> "subprocess.Popen[bytes]":
        variables = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        return subprocess.Popen(  # noqa: S603 - our own module, and folders of ours
            [sys.executable, "-m", "qa.build_process", *self._arguments],
            stdin=subprocess.PIPE,  # never written to: its end tells the process that this one is gone
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**variables, "QA_URI": self._uri, "PYTHONUTF8": "1", "HF_HUB_OFFLINE": "1"},
            start_new_session=True,  # so that its readers can be ended with it
        )

    def _kill(self, why: str) -> None:
        with self._starting:
            process = self._process
            if process is None:
                self._why = self._why or why
            elif process.poll() is None:
                self._why = self._why or why
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()


def _followed(process: "subprocess.Popen[bytes]", tell: Tell) -> tuple[BuildReport | None, str]:
    """What a building process says until it ends: its report, or why there is none."""
    report, failure = None, ""
    while process.stdout and (line := process.stdout.readline(_MAX_LINE)):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if "report" in told:
            report = _report(told["report"])
        elif "failed" in told:
            failure = str(told["failed"])
        else:
            tell(told["phase"], told["done"], told["total"])
    return report, failure


def _report(told: Mapping[str, Any]) -> BuildReport:
    return BuildReport(
        told["documents"],
        told["paragraphs"],
        told["languages"],
        tuple((name, reason) for name, reason in told["refused"]),
        tuple((name, what) for name, what in told["left_out"]),
    )
