"""A peer's process, as `benchmarks.peers` sees it: JSON lines to and fro, and what it says checked."""

import json
import math
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeGuard

ROOT = Path(__file__).parent.parent
LONGEST = 1800.0
"""Seconds within which a peer has to reply."""


class PeerFailed(Exception):
    """A peer has died, is silent, or says what makes no sense."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a reply says of the work: seconds that it took, processor seconds of all threads in them, and the most bytes
    of memory that the process has had resident."""

    seconds: float
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class Answers:
    """`hits`: for each question the places of the nearest texts, best first; `each`: the seconds that it took."""

    hits: tuple[tuple[int, ...], ...]
    each: tuple[float, ...]
    work: Work


@dataclass(frozen=True, slots=True)
class PeerProcess:
    """A running peer, what it says on standard error, and the seconds within which it has to reply."""

    process: subprocess.Popen[str]
    errors: IO[str]
    longest: float

    def index(self, texts: Sequence[str]) -> Work:
        """Have the texts indexed. Raises PeerFailed."""
        return work_of(self._reply_to(list(texts)))

    def ask(self, questions: Sequence[str], count: int, texts: int) -> Answers:
        """Ask for the `count` of so many texts that are nearest to each question. Raises PeerFailed."""
        return answers_of(self._reply_to({"questions": list(questions), "count": count}), len(questions), count, texts)

    def _reply_to(self, value: object) -> Mapping[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        silent = threading.Event()

        def stop() -> None:
            silent.set()
            self.process.kill()

        watch = threading.Timer(self.longest, stop)
        watch.start()
        try:
            print(json.dumps(value), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            watch.cancel()
        if silent.is_set():
            raise PeerFailed(f"no reply within {self.longest:g} s; {self._last_words()}")
        if not line:
            raise PeerFailed(f"ended with exit status {self.process.wait()}; {self._last_words()}")
        return parsed(line)

    def _last_words(self) -> str:
        """The last line on standard error, which in Python names the error."""
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        return f"its last words: {lines[-1]}" if lines else "it said nothing"


@contextmanager
def started(command: Sequence[str], longest: float = LONGEST) -> Iterator[PeerProcess]:
    """Start a peer's program; it is ended with the block."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}  # the model is at hand: nobody has to look for a newer one
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
            errors="replace",
            cwd=ROOT,
            env=environment,
        )
        try:
            yield PeerProcess(process, errors, longest)
        finally:
            process.kill()
            process.communicate()


def parsed(line: str) -> Mapping[str, Any]:
    """A reply's values. Raises PeerFailed where it is no JSON object."""
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise PeerFailed(f"said {line.strip()[:80]!r}, which is no JSON object")
    return value


def work_of(reply: Mapping[str, Any]) -> Work:
    """What a reply says of the work. Raises PeerFailed where that makes no sense."""
    seconds, cpu, memory = reply.get("seconds"), reply.get("cpu"), reply.get("memory")
    if not (positive(seconds) and positive(cpu) and positive(memory)):
        raise PeerFailed(f"gives seconds, cpu and memory as {seconds!r}, {cpu!r} and {memory!r}")
    return Work(float(seconds), float(cpu), int(memory))


def answers_of(reply: Mapping[str, Any], questions: int, count: int, texts: int) -> Answers:
    """What a reply answers to so many questions. Raises PeerFailed where that makes no sense."""
    hits, each = reply.get("hits"), reply.get("each")
    if not isinstance(hits, list) or not isinstance(each, list) or not len(hits) == len(each) == questions:
        raise PeerFailed(f"does not answer {questions} questions with as many lists of hits and times")
    for places in hits:
        good = isinstance(places, list) and all(type(place) is int and 0 <= place < texts for place in places)
        if not good or len(places) > count or len(set(places)) < len(places):
            raise PeerFailed(f"answers with {str(places)[:80]}, not with {count} of {texts} places, each once")
    if not all(map(positive, each)):
        raise PeerFailed(f"answers within {str(each)[:80]} s")
    return Answers(tuple(map(tuple, hits)), tuple(map(float, each)), work_of(reply))


def positive(value: object) -> TypeGuard[float]:
    """Whether a value is a number that can be a time or a size."""
    return isinstance(value, int | float) and math.isfinite(value) and value >= 0
