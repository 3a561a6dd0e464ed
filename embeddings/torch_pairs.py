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
from embeddings.runtime import UNLIMITED
from embeddings.torch_runtime import limits, tokens_a_batch, why
from embeddings.types import Vectors

_READERS: Final = ("ForSequenceClassification", "ForCausalLM", "ForConditionalGeneration")
"""What models are called that give scores of pairs, or say yes or no to them; others would get a head at random."""


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
            raise EncoderError(f"cannot load it from {str(folder)!r}: {why(error)}; take another one") from error
        if self._model.num_labels != 1:
            raise EncoderError(
                f"it gives {self._model.num_labels} scores of a pair, where a reranker gives one; take another one"
            )
        self.max_tokens = min(limits(self._model[0]), default=UNLIMITED)
        self._model.max_seq_length = self.max_tokens
        backend: Any = getattr(self._model.tokenizer, "backend_tokenizer", None)
        self.tokenizer: Tokenizer | None = None
        if backend is not None:  # a copy: the model sets its own to cut
            self.tokenizer = Tokenizer.from_str(backend.to_str())
            self.tokenizer.no_truncation()
            self.tokenizer.no_padding()
        self._lock = Lock()

    def besides(self, question: str) -> int:
        """As `Pairs.besides` says; the prompt may be a chat template, which stands around the text."""
        prompt = self._model.prompts.get(self._model.default_prompt_name or "")
        with self._lock:
            return int(self._model.preprocess([(question, "")], prompt=prompt)["input_ids"].numel())

    def scores(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """As `Pairs.scores` says, by the logistic function whatever the model's settings name."""
        # No text has more tokens than characters, but for rare signs: so what goes through together stays small.
        longest = min(self.max_tokens, max(len(question) + len(text) for question, text in pairs))
        with self._lock:  # tokenizers set to cut are not for several threads at once
            found = self._model.predict(
                list(pairs),
                batch_size=max(1, tokens_a_batch(self._model.device) // longest),
                activation_fn=torch.nn.Sigmoid(),
                show_progress_bar=False,
            )
        return np.asarray(found, np.float32)


def _architecture(folder: Path) -> str:
    """What the model is called in its settings, empty where they do not say."""
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return str((config.get("architectures") or [""])[0])
    except (OSError, ValueError, AttributeError):
        return ""
