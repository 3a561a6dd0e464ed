"""A model as sentence-transformers loads it, with torch: for graphics processors, and for its export to onnxruntime."""

import logging
import os
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar

from embeddings.cores import usable_cores
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.runtime import (
    INPUTS,
    MODEL_FILE,
    OUTPUTS,
    TOKENS_A_BATCH,
    Ids,
    OnnxRuntime,
    Settings,
    save_settings,
)
from embeddings.types import Vectors

_log = logging.getLogger(__name__)

_PASSAGE_PROMPTS: Final = ("document", "passage", "corpus")
"""What models call the prompt for passages in their settings."""
_TOKENS_A_BATCH: Final = 8192
"""Padded tokens that go together through a model that is not on the processor: few would leave most of it idle."""
_REASON_FILE: Final = "not-exported.txt"
_TOLERANCE: Final = 1e-3
"""By how much a component of a vector may differ between torch and the exported model; 1e-6 is usual."""


class TorchRuntime:
    """Any sentence-transformers model, with its own prompts, pooling and length limit."""

    def __init__(
        self, model: Model, device: str | None = None, kind: type[SentenceTransformer] = SentenceTransformer
    ) -> None:
        """Load the model, as torch names a `device`, or as sentence-transformers chooses one. Nothing is fetched.

        `kind`: as what it is loaded. Raises EncoderError when the folder is no model or there is no such device.
        """
        if device is not None:
            check_device(device)
        if "OMP_NUM_THREADS" not in os.environ:  # somebody has said so
            torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = kind(str(model.folder), device=device, local_files_only=True).eval()
        except (OSError, ValueError, KeyError) as error:
            raise EncoderError(f"cannot load a model from {str(model.folder)!r}: {error}") from error
        limit = self._model.max_seq_length
        if limit is None:
            raise EncoderError(f"model {model.identity.name!r} names no length limit")
        self.tokenizer = _padding_tokenizer(self._model)
        self.settings = Settings(
            query_prompt=self._model.prompts.get("query") or "",
            passage_prompt=next(filter(None, map(self._model.prompts.get, _PASSAGE_PROMPTS)), ""),
            max_tokens=limit,
            pools_by_mean=getattr(self._model[1], "pooling_mode", "") == "mean",
        )

    @property
    def tokens_a_batch(self) -> int:
        """As `Runtime.tokens_a_batch` says."""
        return tokens_a_batch(self._model.device)

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        """Run the model once, as `Runtime.forward` says."""
        features = [torch.from_numpy(values).to(self._model.device) for values in (ids, mask)]
        with torch.inference_mode():
            tokens, vectors = _Outputs(self._model)(*features)
        return tokens.float().cpu().numpy(), vectors.float().cpu().numpy()

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """Run the model on each batch, as `Runtime.forward_all` says."""
        return (self.forward(ids, mask) for ids, mask in batches)

    def export(self, folder: Path) -> None:
        """Write the model into `folder` for onnxruntime, and check that it gives the same vectors there.

        Raises EncoderError when it does not, and whatever torch raises on a model that it cannot export.
        """
        ids, mask = self._sample(["a short question?", "and a passage, which takes a little longer"])
        axes = {
            0: torch.export.Dim("texts", min=1),
            1: torch.export.Dim("length", min=2, max=self.settings.max_tokens),
        }
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about torch's own insides
            program = torch.onnx.export(
                _Outputs(self._model),
                (torch.from_numpy(ids), torch.from_numpy(mask)),
                input_names=INPUTS,
                output_names=OUTPUTS,
                dynamic_shapes=(axes, axes),
                dynamo=True,
                verbose=False,
            )
        if program is None:
            raise EncoderError("torch exported nothing")
        program.save(folder / MODEL_FILE, external_data=True)
        save_settings(self.tokenizer, self.settings, folder)
        self._compare(OnnxRuntime(folder))

    def _compare(self, exported: OnnxRuntime) -> None:
        for texts in (["one"], ["two texts", "of which one is longer, 而且有两种语言 " * 9]):
            ids, mask = self._sample(texts)
            for ours, theirs in zip(self.forward(ids, mask), exported.forward(ids, mask), strict=True):
                seen = mask.astype(bool) if ours.ndim == 3 else slice(None)
                difference = float(np.abs(ours[seen] - theirs[seen]).max())
                if not difference < _TOLERANCE:
                    raise EncoderError(f"the exported model's vectors differ by {difference:.2g}")

    def _sample(self, texts: list[str]) -> tuple[Ids, Ids]:
        encodings = self.tokenizer.encode_batch(texts)
        return np.array([e.ids for e in encodings]), np.array([e.attention_mask for e in encodings])


class _Outputs(torch.nn.Module):
    """A sentence-transformers model with plain tensors for arguments and results, as an export needs them."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self._model = model

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        output = self._model(dict(zip(INPUTS, (ids, mask), strict=True)))
        return output["token_embeddings"], output["sentence_embedding"]


def tokens_a_batch(device: torch.device) -> int:
    """Padded tokens that best go through a model together on a device."""
    return TOKENS_A_BATCH if device.type == "cpu" else _TOKENS_A_BATCH


def check_device(name: str) -> None:
    """Raise EncoderError when there is no device of that name on this machine that computes."""
    try:
        torch.ones(1, device=name).item()
    except (RuntimeError, AssertionError, NotImplementedError, ImportError) as error:  # each kind has its own
        why = str(error).split("\n", 1)[0]
        raise EncoderError(f"no device {name!r} on this machine ({why}); it has {', '.join(_devices())}") from error


def _devices() -> list[str]:
    accelerator = torch.accelerator.current_accelerator()
    names = (
        [f"{accelerator.type}:{number}" for number in range(torch.accelerator.device_count())] if accelerator else []
    )
    return ["cpu", *names]


def _padding_tokenizer(model: SentenceTransformer) -> Tokenizer:
    """The model's fast tokenizer, set to pad and not to cut."""
    tokenizer: Any = model.tokenizer
    backend: Tokenizer | None = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError("the model's tokenizer gives no places in the text (it is not a fast one)")
    backend.no_truncation()
    backend.enable_padding(
        direction=tokenizer.padding_side, pad_id=tokenizer.pad_token_id, pad_token=tokenizer.pad_token
    )
    return backend


def export(model: Model, folder: Path) -> None:
    """Export a model into `folder`; where it cannot be, leave there why, so that it is not tried at each start.

    Raises EncoderError when the folder is no model.
    """
    runtime = TorchRuntime(model, device="cpu")
    try:
        runtime.export(folder)
    except (OSError, MemoryError):
        raise  # the machine, not the model
    except Exception as error:  # torch has no common error for what it cannot export
        for path in folder.iterdir():
            path.unlink()
        (folder / _REASON_FILE).write_text(str(error), "utf-8")
        _log.warning("this model runs by torch only, which starts slowly (%s)", str(error).split("\n", 1)[0])
