"""Builds an index in a process of its own: `python -m qa.build_process SEEDS INDEX MODEL`.

Tells what it is at by lines of JSON on standard output: `{"phase": "encoding", "done": 64, "total": 900}`, at the end
`{"report": {...}}` or `{"failed": "build_disk"}`. Whoever started it keeps its standard input open: when that is
closed, because the starter ended in whatever way, the process ends as well, and the index that counted before still
does.
"""

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

from embeddings.build import Report, build
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.errors import DocumentError, EmbeddingsError, EncoderError, IndexLocked
from embeddings.index.kinds import search_named
from embeddings.models import Model, find_model
from embeddings.source_text import harmless
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity, TextEncoding

_NICENESS: Final = 10
"""Whoever is asking gets the processor first."""
_MANY: Final = 2000
"""Paragraphs from which the seconds that torch takes to load are won back."""
_MOST_LINES: Final = 200
"""Of a report: files that were refused or left out."""


def main() -> int:
    """Build as the arguments say. Returns the exit status: 0 built, 1 not."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    seeds, index, model = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    threading.Thread(target=_end_with_starter, daemon=True).start()

    def tell(**values: Any) -> None:
        _tell(answers, **values)

    def progress(done: int, total: int) -> None:
        if total:
            encoder.expected = total
        tell(phase="encoding" if done < total else "writing", done=done, total=total)

    try:
        tell(phase="reading", done=0, total=0)
        encoder = LazyEncoder(find_model(model))
        report = build(
            Path(seeds),
            IndexStore(Path(index)),
            encoder,
            progress,
            search=search_named(os.environ.get("QA_VECTORS", "")),
        )
    except (EmbeddingsError, MemoryError, OSError) as error:
        logging.exception("the build failed")
        tell(failed=_code(error))
        return 1
    tell(report=_told(report))
    return 0


class LazyEncoder:
    """An encoder that is loaded when the first text comes: to take documents away none has to be.

    `expected`: how many paragraphs the index will have, by which the runtime is chosen.
    """

    def __init__(self, model: Model) -> None:
        self.expected = 0
        self._model = model
        self._loaded: ModelEncoder | None = None

    @property
    def identity(self) -> EncoderIdentity:
        return self._model.identity

    @property
    def pools_by_mean(self) -> bool:
        return self._encoder().pools_by_mean

    @property
    def multi_vector(self) -> bool:
        return self._encoder().multi_vector

    def encode_query(self, query: str) -> TextEncoding:
        """Encode a question."""
        return self._encoder().encode_query(query)

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Encode passages."""
        return self._encoder().encode_passages(texts)

    def _encoder(self) -> ModelEncoder:
        if self._loaded is None:
            self._loaded = load_encoder(self._model, many=self.expected >= _MANY)
        return self._loaded


def _tell(answers: IO[str], **values: Any) -> None:
    answers.write(json.dumps(values) + "\n")
    answers.flush()


def _code(error: BaseException) -> str:
    """What happened, as `qa.building` knows it. The message has paths of this machine, so it stays in the log."""
    if isinstance(error, DocumentError):
        return "build_nothing"
    if isinstance(error, IndexLocked):
        return "build_locked"
    if isinstance(error, EncoderError):
        return "build_model"
    return "build_memory" if isinstance(error, MemoryError) else "build_disk"


def _told(report: Report) -> dict[str, Any]:
    refused = [refusal.partition(": ")[::2] for refusal in report.refused[:_MOST_LINES]]
    left_out = [(document.source.path, note) for document in report.documents for note in document.left_out]
    left_out += [(item.path, item.reason) for item in report.left_out]
    return {
        "documents": len(report.documents),
        "paragraphs": report.manifest.passages,
        "languages": dict(report.languages),
        "refused": [(harmless(name), harmless(reason)) for name, reason in refused],
        "left_out": [(harmless(name), harmless(what)) for name, what in left_out[:_MOST_LINES]],
    }


def _end_with_starter() -> None:
    """End this process, and the readers that it started, when nobody holds the other end of standard input."""
    os.read(0, 1)
    if hasattr(os, "killpg"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
