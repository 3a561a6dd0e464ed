"""A reranker as sentence-transformers loads it, with torch."""

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import torch
from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar

from embeddings.errors import EncoderError
from embeddings.models import Kind, kind_of
from embeddings.types import Vectors

_READERS: Final = ("ForSequenceClassification", "ForCausalLM", "ForConditionalGeneration")
"""What models are called that give scores of pairs, or say yes or no to them; others would get a head at random."""
_LIMIT: Final = 512
"""Tokens of a pair where the model names no limit."""
_MOST: Final = 1_000_000


class TorchPairs:
    """Any model that sentence-transformers takes for a cross-encoder, as `Pairs`, with its own prompts."""

    runs_by = "torch, which starts slowly"

    def __init__(self, folder: Path) -> None:
        """Raises EncoderError when it is no reranker or cannot be loaded."""
        bare = not (folder / "modules.json").is_file()
        if kind_of(folder) is not Kind.RERANKER and not (bare and _architecture(folder).endswith(_READERS)):
            raise EncoderError(
                f"it makes vectors of texts ({_architecture(folder) or 'by its settings'}) and reads no pairs; give it "
                "as --model"
            )
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = CrossEncoder(str(folder), local_files_only=True).eval()
        except MemoryError:
            raise
        except Exception as error:  # each library that takes part has its own
            why = str(error).strip().split("\n", 1)[0]
            raise EncoderError(f"cannot load it from {str(folder)!r}: {why}") from error
        if self._model.num_labels != 1:
            raise EncoderError(f"it gives {self._model.num_labels} scores of a pair; a reranker gives one")
        limit = self._model.max_seq_length
        self.max_tokens = int(limit) if limit is not None and limit < _MOST else _LIMIT
        backend: Any = getattr(self._model.tokenizer, "backend_tokenizer", None)
        self.tokenizer: Tokenizer | None = None
        if backend is not None:  # a copy: the model sets its own to cut
            self.tokenizer = Tokenizer.from_str(backend.to_str())
            self.tokenizer.no_truncation()
            self.tokenizer.no_padding()
        self._lock = Lock()

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """As `Pairs.scores` says, by the logistic function whatever the model's settings name."""
        with self._lock:  # tokenizers set to cut are not for several threads at once
            found = self._model.predict(list(pairs), activation_fn=torch.nn.Sigmoid(), show_progress_bar=False)
        return np.asarray(found, np.float32)


def _architecture(folder: Path) -> str:
    """What the model is called in its settings, empty where they do not say."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return str((config.get("architectures") or [""])[0])
    except (OSError, ValueError, AttributeError):
        return ""
