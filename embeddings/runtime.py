"""Running a model: token ids in, vectors out. Questions are answered by onnxruntime, which loads in a blink.

`OnnxRuntime` runs what `embeddings/torch_runtime.py` exported from a sentence-transformers model, once on each machine.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings.cache import write_json
from embeddings.pieces import PieceTokenizer, Tokenizes
from embeddings.types import Vectors

Ids = npt.NDArray[np.int64]

MODEL_FILE: Final = "model.onnx"
TOKENIZER_FILE: Final = "tokenizer.json"
_SETTINGS_FILE: Final = "settings.json"
INPUTS: Final = ("input_ids", "attention_mask")
OUTPUTS: Final = ("tokens", "vectors")
TOKENS_A_BATCH: Final = 2048
"""Padded tokens that go through a model together on the processor: what they make must stay near it, in its caches."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a model asks of those who use it: what to put before a text, and how many tokens it takes at most.

    `pools_by_mean`: whether a text's own vector is the mean of its tokens'.
    """

    query_prompt: str
    passage_prompt: str
    max_tokens: int
    pools_by_mean: bool


class Runtime(Protocol):
    """A loaded model. Its tokenizer pads a batch to the longest text, and cuts nothing."""

    @property
    def settings(self) -> Settings: ...

    @property
    def tokenizer(self) -> Tokenizes: ...

    @property
    def tokens_a_batch(self) -> int:
        """Padded tokens that best go through the model together."""
        ...

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        """Run the model once over `ids` and `mask`, both [num_texts, length]: the tokens' vectors [num_texts, length,
        hidden] and the texts' own [num_texts, dim]."""
        ...

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """What `forward` gives for each pair of ids and mask, in their order."""
        ...


class OnnxRuntime:
    """An exported model, run by onnxruntime on the processor."""

    tokens_a_batch = TOKENS_A_BATCH

    def __init__(self, folder: Path, pieces: Path | None = None) -> None:
        """Load what an export left in `folder`; `pieces`: the table of its tokenizer's pieces, where there is one."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that wait busily would hold up NumPy's, which come next.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            folder / MODEL_FILE, options, providers=["CPUExecutionProvider"]
        )
        file = folder / TOKENIZER_FILE
        self.tokenizer: Tokenizes = PieceTokenizer(file, pieces) if pieces else Tokenizer.from_file(str(file))
        self.settings = Settings(**json.loads((folder / _SETTINGS_FILE).read_text("utf-8")))

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        """Run the model once, as `Runtime.forward` says."""
        tokens, vectors = self._session.run(OUTPUTS, dict(zip(INPUTS, (ids, mask), strict=True)))
        return tokens, vectors

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """Run the model on each batch, as `Runtime.forward_all` says."""
        return (self.forward(ids, mask) for ids, mask in batches)


def save_settings(tokenizer: Tokenizer, settings: Settings, folder: Path) -> None:
    """Write beside an exported model what `OnnxRuntime` needs besides."""
    tokenizer.save(str(folder / TOKENIZER_FILE))
    write_json(folder / _SETTINGS_FILE, asdict(settings))
