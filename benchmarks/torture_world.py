"""What the torture trials share: states whose every change is marked, a small encoder, and what a whole index is.

A state is a folder of documents that follows from its number alone. Most of its paragraphs carry its marker, so that an
index or an answer made of two states is seen; the others stay the same in all states, move, or are missing in some, so
that a build may reuse what it has, but only where that is right.
"""

import logging
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from tqdm import tqdm

from embeddings.build import build
from embeddings.documents import sandbox
from embeddings.documents.extract import Extract
from embeddings.documents.registry import readers
from embeddings.errors import EmbeddingsError
from embeddings.store import Index, IndexStore
from embeddings.types import EncoderIdentity, TextEncoding
from embeddings.vectors import unit
from qa.assistant import Assistant

# No thread, and no lock between processes, which a killed one would leave behind.
tqdm.monitor_interval = 0
tqdm.set_lock(threading.RLock())

DIMENSION = 32
_MARKER = re.compile(r"state(\d{6})s(\d+)")

Answers = list[list[tuple[str, float]]]
"""For each question the texts found and their scores."""


class Wrong(Exception):
    """Something that must never happen has."""


@cache
def _axis(word: str) -> Any:
    chance = np.random.default_rng(zlib.crc32(word.encode()))
    return unit(chance.standard_normal(DIMENSION).astype(np.float32))


class HashEncoder:
    """Each word is a direction that follows from its letters: quick, the same everywhere, and never alike by chance."""

    identity = EncoderIdentity("torture", "0" * 64)
    pools_by_mean = True
    multi_vector = False

    def encode_query(self, query: str) -> TextEncoding:
        found = list(re.finditer(r"\w+", query.lower()))
        tokens = np.array([_axis(match[0]) for match in found], np.float32).reshape(-1, DIMENSION)
        return TextEncoding(
            unit(tokens.sum(axis=0)), tokens, np.array([m.span() for m in found], np.int32).reshape(-1, 2)
        )

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        return [self.encode_query(text) for text in texts]


@dataclass(frozen=True)
class State:
    """What the documents say at one moment: the `number` grows with time, the `size` tells how much they say."""

    number: int
    size: int = 1

    @property
    def marker(self) -> str:
        return f"state{self.number:06d}s{self.size}"

    @cached_property
    def documents(self) -> dict[str, list[str]]:
        """The paragraphs of each document."""
        steady = [_paragraph(f"steady{k}") for k in range(5)]
        found = {"steady": steady}
        for name in [f"report{number}" for number in range(2 * self.size)]:
            # The first number changes from state to state, so that what stays the same moves.
            kept = range(self.number % 2, 6 + self.number % 3)
            found[name] = [_paragraph(f"{name}x{k}", "" if k % 3 == 2 else self.marker) for k in kept]
        if self.number % 3:
            found["guest"] = [_paragraph("guest", self.marker), steady[self.number % 5]]
        return found

    @cached_property
    def texts(self) -> Counter[str]:
        """Every paragraph, and how often it occurs."""
        return Counter(text for paragraphs in self.documents.values() for text in paragraphs)

    def files(self) -> dict[str, str]:
        """The content of each document's file."""
        return {
            name: f"About {name}\n\n" + "\n\n".join(f"{k}. {text}" for k, text in enumerate(texts, 1)) + "\n"
            for name, texts in self.documents.items()
        }

    def write(self, seeds: Path) -> Path:
        """Make `seeds` hold this state and nothing else."""
        seeds.mkdir(parents=True, exist_ok=True)
        files = self.files()
        for path in seeds.iterdir():
            if path.stem not in files:
                path.unlink()
        for name, text in files.items():
            (seeds / f"{name}.txt").write_text(text, "utf-8")
        return seeds

    def next(self, size: int | None = None) -> "State":
        """The state after this one."""
        return replace(self, number=self.number + 1, size=size or self.size)


def _paragraph(topic: str, marker: str = "") -> str:
    return f"The {marker or 'usual'} court of {topic} froze the asset. The judge of {topic} agreed."


def _topic(paragraph: str) -> str:
    return paragraph.partition("court of ")[2].partition(" ")[0]


def state_of(index: Index) -> State:
    """The state that an index holds. Raises Wrong when it is not one state as a whole."""
    found = {match.groups() for passage in index.passages for match in _MARKER.finditer(passage.text)}
    if len(found) != 1:
        raise Wrong(f"passages of {len(found)} states: {sorted(found)[:3]}")
    state = State(*map(int, found.pop()))
    if Counter(passage.text for passage in index.passages) != state.texts:
        raise Wrong(f"not every passage of {state}, or others besides")
    if {name: document.text for name, document in index.documents.items()} != state.files():
        raise Wrong(f"not every document of {state}, or others besides")
    return state


def answers(index: Index, state: State) -> Answers:
    """Ask for a few paragraphs of the state. Raises Wrong when one is not found or another state's comes with it."""
    assistant = Assistant(index, HashEncoder())
    paragraphs = list(state.texts)
    asked = [_topic(paragraph) for paragraph in random.Random(state.number).sample(paragraphs, 4)]
    return [_answer(assistant, state, topic) for topic in asked]


def _answer(assistant: Assistant, state: State, topic: str) -> list[tuple[str, float]]:
    hits = assistant.retrieve(f"What of the court of {topic}?", 5)
    foreign = [hit.text for hit in hits if hit.text not in state.texts]
    if foreign:
        raise Wrong(f"an answer of {state} holds {foreign[0]!r}")
    if not hits or _topic(hits[0].text) != topic:
        raise Wrong(f"{state}: the question for {topic} found {hits[0].text if hits else 'nothing'!r}")
    return [(hit.text, hit.score) for hit in hits]


def same_answers(some: Answers, others: Answers) -> bool:
    """Whether they are the same texts in the same order, with scores that differ by rounding only."""
    if [[text for text, _ in answer] for answer in some] != [[text for text, _ in answer] for answer in others]:
        return False
    pairs = zip(chain(*some), chain(*others), strict=True)
    return all(abs(score - other) < 1e-3 for (_, score), (_, other) in pairs)


def opened(folder: Path) -> Index:
    """The index in a folder."""
    return IndexStore(folder).open(HashEncoder.identity)


def whole(folder: Path) -> State:
    """The state of the index in a folder, which answers questions. Raises Wrong or EmbeddingsError."""
    index = opened(folder)
    state = state_of(index)
    answers(index, state)
    return state


def build_state(state: State, seeds: Path, folder: Path, encoder: HashEncoder | None = None) -> None:
    """Write the state's documents and build the index from them."""
    build(state.write(seeds), IndexStore(folder), encoder or HashEncoder())


def built_whole(state: State, seeds: Path, folder: Path) -> str | None:
    """What is wrong with a build that nothing disturbs, or None: it has to work and the state to be served."""
    try:
        build_state(state, seeds, folder)
        found = whole(folder)
    except Exception as error:  # whatever is raised here is what the trial is looking for
        return f"the build after it: {named(error)}"
    return None if found == state else f"the build after it left {found}, not {state}"


def refusal(error: Exception) -> str | None:
    """What is wrong with an error, or None when it is one of ours and its message one line."""
    if not isinstance(error, EmbeddingsError):
        return f"raised {named(error)}"
    if "\n" in str(error) or not str(error).strip():
        return f"not one line: {named(error)}"
    return None


def named(error: BaseException) -> str:
    """An error with its type."""
    return f"{type(error).__name__}: {error}"


def entries(folder: Path) -> list[str]:
    """What lies in an index folder."""
    return sorted(path.name for path in folder.iterdir())


def usual_entries(work: Path) -> int:
    """How much lies in an index folder that was built a few times undisturbed."""
    folder = work / "usual"
    for number in range(4):
        build_state(State(number), work / "usual-seeds", folder)
        whole(folder)
    return len(entries(folder))


def two_generations(work: Path, *states: State) -> Path:
    """An index that was built from these states in turn: it holds the last one, and beside it the one before."""
    for state in states:
        build_state(state, work / "seeds", work / "whole")
    return work / "whole"


def left_over(state: State, seeds: Path, folder: Path, usual: int) -> str | None:
    """What piles up in an index folder, or None: what one build leaves there the next has to remove."""
    first = entries(folder)
    if len(first) <= usual:
        return None
    wrong = built_whole(state, seeds, folder)
    left = entries(folder)
    return wrong or (f"left after one build: {first}, after another: {left}" if len(left) > usual else None)


def _extract(suffix: str, data: bytes) -> Extract:
    extract: Extract = readers()[suffix].load()(data)
    return extract


@contextmanager
def quick_reading() -> Iterator[None]:
    """Read documents in this process: a process for each takes most of a build's time and nothing here is hostile."""
    with mock.patch.object(sandbox, "extract", _extract):
        yield


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder to work in, removed afterwards, documents read quickly, and no warnings of what we do here."""
    work = Path(tempfile.mkdtemp(prefix="torture-"))
    level = logging.root.manager.disable
    try:
        logging.disable(logging.WARNING)
        with quick_reading():
            yield work
    finally:
        logging.disable(level)
        shutil.rmtree(work, ignore_errors=True)


class Progress:
    """Tells on standard error how far a trial is, every few seconds."""

    def __init__(self, trial: str) -> None:
        self._trial = trial
        self._last = time.monotonic()

    def __call__(self, done: int, of: int | str, failures: Sequence[str]) -> None:
        if time.monotonic() - self._last > 5:
            self._last = time.monotonic()
            print(f"{self._trial}: {done} of {of}, {len(failures)} failures", file=sys.stderr, flush=True)
