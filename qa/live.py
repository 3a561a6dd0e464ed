"""An assistant that follows its index: a new generation is picked up without a restart and without a pause."""

import logging
import os
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from embeddings.encoder import load_encoder
from embeddings.errors import EmbeddingsError
from embeddings.models import find_model
from embeddings.store import IndexStore
from embeddings.types import Encoder
from qa.assistant import DEFAULT_TOP_K, Assistant, loaded_reranker
from qa.retriever import Reranks
from qa.types import ScoredPassage

_LOOK_EVERY: Final = 1.0
"""Seconds between two looks at which generation counts; a look reads one small file."""

_log = logging.getLogger(__name__)


class Live:
    """The assistant of an index as it is now. Safe to share between threads."""

    def __init__(
        self,
        index_dir: str | Path = "index",
        model: str = "",
        uri: str | None = None,
        *,
        encoder: Encoder | None = None,
        reranker: Reranks | None = None,
    ) -> None:
        """Open the index. Takes and raises what `Assistant.open` does.

        `encoder` and `reranker` are loaded already, so that several indexes may share them; with the first one `model`
        is not looked at.
        """
        self.folder = Path(index_dir)
        self._store = IndexStore(self.folder, uri)
        if encoder is None:
            found = find_model(model)
            self._name, index, _ = self._store.opened(found.identity)  # before seconds go into loading the model
            encoder = load_encoder(found)
        else:
            self._name, index, _ = self._store.opened(encoder.identity)
        self.encoder = encoder
        self.reranker = reranker
        self._assistant = Assistant(index, encoder, self._name, reranker)
        self._tried = self._name
        self._looked = time.monotonic()
        self._opening = threading.Lock()

    def now(self) -> Assistant:
        """The assistant of one generation: what it answers comes from that one, whatever is built meanwhile.

        A newer generation is opened beside it and serves as soon as it is read; until then, and where it cannot be
        read, the one before does.
        """
        if time.monotonic() - self._looked >= _LOOK_EVERY and self._opening.acquire(blocking=False):
            self._looked = time.monotonic()
            try:
                newer = self._store.current()
            except EmbeddingsError:
                newer = self._name
            if newer in (self._name, self._tried):
                self._opening.release()
            else:
                self._tried = newer
                threading.Thread(target=self._open, name="open index", daemon=True).start()
        return self._assistant

    def refresh(self) -> None:
        """Look now instead of within a second, and wait until the newest generation serves, where it can be read."""
        with self._opening, suppress(EmbeddingsError):
            self._tried = self._store.current()
            if self._tried != self._name:
                self._open_newest()

    def _open(self) -> None:
        try:
            self._open_newest()
        finally:
            self._opening.release()

    def _open_newest(self) -> None:
        try:
            name, index, _ = self._store.opened(self.encoder.identity)
            if name != self._name:
                self._assistant, self._name = Assistant(index, self.encoder, name, self.reranker), name
        except EmbeddingsError as error:
            _log.warning("%s; what was read before still serves", error)


def retrieve(query: str, top_k: int = DEFAULT_TOP_K) -> list[ScoredPassage]:
    """The `top_k` passages closest to `query` in the index at `$QA_INDEX` or 'index', best first.

    The index is opened at the first call and followed from then on. Raises what `Assistant.open` and
    `Assistant.retrieve` raise.
    """
    return opened(os.environ.get("QA_INDEX", "index")).now().retrieve(query, top_k)


def opened(index_dir: str | Path) -> Live:
    """The index of a folder, opened with the models that `$QA_MODEL` and `$QA_RERANKER` name at the first call, and
    followed from then on.

    Raises what `Assistant.open` does.
    """
    return _opened(str(index_dir), os.environ.get("QA_MODEL", ""), os.environ.get("QA_RERANKER", ""))


@cache
def _opened(index_dir: str, model: str, reranker: str) -> Live:
    return Live(index_dir, model, reranker=loaded_reranker(reranker))
