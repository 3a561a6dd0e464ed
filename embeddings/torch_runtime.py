"""A model as sentence-transformers loads it, with torch: for graphics processors, and for its export to onnxruntime."""

import json
import logging
import os
import shutil
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, cast

import numpy as np
import torch
from sentence_transformers import MultiVectorEncoder, SentenceTransformer
from sentence_transformers.base.modules import Normalize, Router, Transformer
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from sentence_transformers.sentence_transformer.modules import Dropout, Pooling, StaticEmbedding
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

from embeddings.cores import usable_cores
from embeddings.errors import EncoderError
from embeddings.models import Kind, Model, kind_of
from embeddings.runtime import (
    INPUTS,
    MODEL_FILE,
    NO_LIMIT,
    OUTPUTS,
    QUESTIONS,
    TOKENS_A_BATCH,
    UNLIMITED,
    Ids,
    MultiVector,
    OnnxRuntime,
    Settings,
    save_settings,
)
from embeddings.types import Vectors

_log = logging.getLogger(__name__)

Task = Literal["document", "query"]
"""What sentence-transformers calls passages and questions, where a model has a way for each."""
AnyEncoder = SentenceTransformer | MultiVectorEncoder

_PASSAGE_PROMPTS: Final = ("document", "passage", "corpus")
"""What models call the prompt for passages in their settings."""
_TOKENS_A_BATCH: Final = 8192
"""Padded tokens that go together through a model that is not on the processor: few would leave most of it idle."""
_REASON_FILE: Final = "not-exported.txt"
_TOLERANCE: Final = 1e-3
"""By how much a component of a vector may differ between torch and the exported model; 1e-6 is usual."""
_OTHERS: Final = {
    Kind.RERANKER: "reads a question and a passage together and makes no vectors; give it as --reranker",
    Kind.SPARSE: "weighs words instead of making vectors of texts, which BM25 does here; take a dense model",
}


class TorchRuntime:
    """Any sentence-transformers model, with its own prompts, pooling and length limit."""

    def __init__(
        self,
        model: Model,
        device: str | None = None,
        single: type[SentenceTransformer] = SentenceTransformer,
        multi: type[MultiVectorEncoder] = MultiVectorEncoder,
    ) -> None:
        """Load the model, as torch names a `device`, or as sentence-transformers chooses one. Nothing is fetched.

        `single`, `multi`: as what it is loaded, if it makes a vector of each text or of each token.
        Raises EncoderError when the folder is no model, it is one that cannot be searched with, or there is no such
        device.
        """
        if device is not None:
            check_device(device)
        if "OMP_NUM_THREADS" not in os.environ:  # somebody has said so
            torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
        disable_progress_bar()  # type: ignore[no-untyped-call]
        self._name = model.identity.name
        kind = kind_of(model.folder)
        if kind in _OTHERS:
            raise EncoderError(f"model {self._name!r} is a {kind.value}, which {_OTHERS[kind]}")
        self._multi = kind is Kind.MULTI_VECTOR
        made = multi if self._multi else single
        try:
            loaded = cast(Any, made(str(model.folder), device=device, local_files_only=True).eval())
        except MemoryError:
            raise
        except Exception as error:  # each library that takes part has its own
            raise EncoderError(
                f"cannot load a model from {str(model.folder)!r}: {why(error)}; take another one (see docs/models.md)"
            ) from error
        self._library = loaded
        self._dimensions: int | None = None if self._multi else loaded.truncate_dim
        if isinstance(loaded[0], StaticEmbedding):
            loaded = single(modules=_with_tokens(loaded), prompts=loaded.prompts, device=device).eval()
        self.model: AnyEncoder = loaded
        self._take("document")

    def of_questions(self) -> "TorchRuntime | None":
        """The same model for questions, where these take another way through it than passages; None where they don't.

        Raises EncoderError when that way cannot be searched with.
        """
        routed = any(isinstance(module, Router) for module in self.model)
        apart = any(isinstance(module, Pooling) and not module.include_prompt for module in self.path)
        if not routed and not (apart and self._prompt_tokens("query") != self._prompt_tokens("document")):
            return None
        other = object.__new__(TorchRuntime)
        other.__dict__.update(self.__dict__)  # the model is shared
        other._take("query")
        return other

    def _take(self, task: Task) -> None:
        """Go the way of a task, and find out what it asks for. Raises EncoderError when it cannot be searched with."""
        self.task: Task = task
        self.path = _path(self.model, task)
        first: Any = self.path[0]
        if not isinstance(first, Transformer | _StaticTokens):
            raise self._unfit(
                f"its first module is a {type(first).__name__}, which makes no vectors of tokens in their context"
            )
        if "message" in first.modality_config:
            raise self._unfit("it has texts put into a chat template, where places in the text are lost")
        self.tokenizer = _padding_tokenizer(first.tokenizer, self._name)
        poolings = [module for module in self.path if isinstance(module, Pooling)]
        self.behind = self.path[self.path.index(poolings[-1]) + 1 :] if poolings else self.path[1:]
        self.poolings = [module.pooling_mode for module in poolings]
        if not self._multi and not poolings:
            raise self._unfit("it has no pooling, which makes one vector of those of the tokens")
        named = limits(first)
        self.settings = Settings(
            query_prompt=self._prompt("query"),
            passage_prompt=self._prompt("document"),
            max_tokens=min(named, default=UNLIMITED),
            # What changes a text's vector behind the pooling does not change the tokens'.
            pools_by_mean=self._multi
            or (self.poolings == ["mean"] and all(isinstance(m, Normalize | Dropout) for m in self.behind)),
            multi_vector=self._multi_vector(first) if self._multi else None,
        )
        self.limited = bool(named)
        self._outputs = _Outputs(
            self.model,
            task,
            self._prompt_tokens(task) if any(not module.include_prompt for module in poolings) else 0,
            self._dimensions,
            by_mean=self.settings.pools_by_mean,
        )
        self._try()

    def _try(self) -> None:
        """Raise EncoderError when the model does not give what an index is made of."""
        ids, mask = self._sample(["one", "a text"])
        try:
            tokens, vectors = self.forward(ids, mask)
        except (KeyError, AttributeError, ValueError, TypeError, RuntimeError, IndexError) as error:
            raise self._unfit(f"it does not take token ids and their mask alone ({why(error)})") from error
        if tokens.shape[:2] != ids.shape or vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise self._unfit(f"of {ids.shape} tokens it makes vectors {tokens.shape} and {vectors.shape}")

    def _unfit(self, why: str) -> EncoderError:
        return EncoderError(f"model {self._name!r} cannot be used: {why}; take another one (see docs/models.md)")

    def _prompt(self, task: Task) -> str:
        """What is put before a text."""
        names = ("query",) if task == "query" else _PASSAGE_PROMPTS
        return next(filter(None, map(self.model.prompts.get, names)), "")

    def _prompt_tokens(self, task: Task) -> int:
        """How many tokens the prompt takes with the marks before it, 0 where there is none."""
        prompt = self._prompt(task)
        if not prompt:
            return 0
        marks = self.tokenizer.encode(prompt).special_tokens_mask
        return len(marks) - (marks[-1] if marks else 0)

    def _multi_vector(self, first: Any) -> MultiVector:
        """Which tokens are searched with, of a model whose first module is a Transformer."""
        masks = [module for module in self.path if isinstance(module, MultiVectorMask)]
        if any(mask.keep_only_token_ids for mask in masks):
            raise self._unfit("it searches with a few kinds of tokens only, which stand for parts of images")
        tokenizer = first.tokenizer

        def skipped(task: Task) -> tuple[int, ...]:
            words = {word for mask in masks if task in mask.skiplist_tasks for word in mask.skiplist_words}
            numbers: set[int] = set(map(tokenizer.convert_tokens_to_ids, words))
            return tuple(sorted(numbers - {tokenizer.unk_token_id}))

        queries, passages = skipped("query"), skipped("document")
        more = first.query_expansion
        if more is None:
            return MultiVector(queries, passages)
        if more["token"] is not None:
            filler = tokenizer.convert_tokens_to_ids(more["token"])
        else:
            filler = tokenizer.eos_token_id if tokenizer.mask_token_id is None else tokenizer.mask_token_id
        return MultiVector(queries, passages, more["length"], filler, more["attend"])

    @property
    def tokens_a_batch(self) -> int:
        """As `Runtime.tokens_a_batch` says."""
        return tokens_a_batch(self.model.device)

    def forward(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        """Run the model once, as `Runtime.forward` says."""
        features = [torch.from_numpy(values).to(self.model.device) for values in (ids, mask)]
        with torch.inference_mode():
            tokens, vectors = self._outputs(*features)
        return tokens.float().cpu().numpy(), vectors.float().cpu().numpy()

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """Run the model on each batch, as `Runtime.forward_all` says."""
        return (self.forward(ids, mask) for ids, mask in batches)

    def reference(self, texts: Sequence[str], task: Task) -> list[Vectors]:
        """What sentence-transformers itself gives for texts: of each a vector [dim], or of a multi-vector model its
        tokens' [num_tokens, dim]."""
        encode = self._library.encode_query if task == "query" else self._library.encode_document
        found = encode(list(texts), prompt=self._prompt(task), convert_to_numpy=True, show_progress_bar=False)
        _padding_tokenizer(_path(self.model, task)[0].tokenizer, self._name)  # the library has set it to cut
        return list(found)

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
                self._outputs,
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
        most = self.settings.max_tokens
        return np.array([e.ids[:most] for e in encodings]), np.array([e.attention_mask[:most] for e in encodings])


class _Outputs(torch.nn.Module):
    """A sentence-transformers model with plain tensors for arguments and results, as an export needs them."""

    def __init__(self, model: AnyEncoder, task: Task, prompt: int, dimensions: int | None, *, by_mean: bool) -> None:
        """`prompt`: tokens at the start that are left out when a text's are pooled, `dimensions`: the first ones that
        are kept of a text's vector, and `by_mean` of its tokens' as well."""
        super().__init__()
        self._model = model
        self._task = task
        self.prompt = prompt
        self._dimensions = dimensions
        self._by_mean = by_mean

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features: dict[str, Any] = dict(zip(INPUTS, (ids, mask), strict=True))
        if self.prompt:
            features["prompt_length"] = self.prompt
        output = self._model(features, task=self._task)
        return self.of(output["token_embeddings"], output.get("sentence_embedding"))

    def of(self, tokens: torch.Tensor, vectors: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """What is returned when the model gave `tokens` and `vectors`; a multi-vector model has none of the whole, for
        which nobody asks: the first token's takes its place."""
        if vectors is None:
            vectors = tokens[:, 0]
        if self._dimensions is not None:
            vectors = vectors[:, : self._dimensions]
            tokens = tokens[..., : self._dimensions] if self._by_mean else tokens
        return tokens, vectors


class _StaticTokens(torch.nn.Module):
    """A StaticEmbedding, whose texts are the mean of what each token has by itself, token by token."""

    modality_config = ("text",)
    max_seq_length = None
    document_length = None

    def __init__(self, static: StaticEmbedding) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding.from_pretrained(static.embedding.weight.detach())  # type: ignore[no-untyped-call]
        bare = json.loads(static.tokenizer.to_str()) | {"post_processor": None}  # it is used without marks
        whole = Tokenizer.from_str(json.dumps(bare))
        self.tokenizer = PreTrainedTokenizerFast(tokenizer_object=whole)  # type: ignore[no-untyped-call]

    def forward(self, features: dict[str, Any]) -> dict[str, Any]:
        features["token_embeddings"] = self.embedding(features["input_ids"])
        return features


def _with_tokens(model: Sequence[Any]) -> list[torch.nn.Module]:
    """The modules of a model that begins with a StaticEmbedding, with its mean apart."""
    static, *rest = model
    return [_StaticTokens(static), Pooling(static.embedding_dim, "mean"), *rest]


def _path(model: AnyEncoder, task: Task) -> list[torch.nn.Module]:
    """The modules that a text goes through."""
    path: list[torch.nn.Module] = []
    for module in model:
        if isinstance(module, Router):
            ways: Any = module.sub_modules
            path += ways[module._resolve_route(task, "text")]
        else:
            path.append(module)
    return path


def limits(first: Any) -> list[int]:
    """How many tokens of a text go through a model, by its first module: what its settings name, and the positions that
    it has for them where padding has one, too, as in RoBERTa and its kin: tokens take those behind it."""
    named = [getattr(first, name, None) for name in ("max_seq_length", "document_length")]
    return [each for each in named if each is not None and each < NO_LIMIT] + [
        module.num_embeddings - module.padding_idx - 1
        for name, module in first.named_modules()
        if name.endswith("position_embeddings") and getattr(module, "padding_idx", None) is not None
    ]


def why(error: Exception) -> str:
    """What a library says, on one line; that it may run a model's own code, which is never done, in our words."""
    if "trust_remote_code" in str(error):
        return "it needs code of its own to be run (trust_remote_code), which is not done here"
    return str(error).strip().split("\n", 1)[0].rstrip(".")


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


def _padding_tokenizer(tokenizer: Any, name: str) -> Tokenizer:
    """A model's fast tokenizer, set to pad and not to cut."""
    backend: Tokenizer | None = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise EncoderError(
            f"model {name!r} cannot be used: its tokenizer gives no places in the text (it is not a fast one, with a "
            "tokenizer.json); take another model"
        )
    backend.no_truncation()
    # Some are made without a token for padding; the mask leaves it out whichever it is.
    backend.enable_padding(
        direction=tokenizer.padding_side,
        pad_id=tokenizer.pad_token_id or 0,
        pad_token=tokenizer.pad_token or "",
    )
    return backend


def export(model: Model, folder: Path) -> None:
    """Export a model into `folder`; where it cannot be, leave there why, so that it is not tried at each start.

    Raises EncoderError when the folder is no model.
    """
    runtime = TorchRuntime(model, device="cpu")
    questions = runtime.of_questions()
    try:
        runtime.export(folder)
        if questions is not None:
            (folder / QUESTIONS).mkdir()
            questions.export(folder / QUESTIONS)
    except (OSError, MemoryError):
        raise  # the machine, not the model
    except Exception as error:  # torch has no common error for what it cannot export
        shutil.rmtree(folder / QUESTIONS, ignore_errors=True)
        for path in folder.iterdir():
            path.unlink()
        (folder / _REASON_FILE).write_text(str(error), "utf-8")
        _log.warning("this model runs by torch only, which starts slowly (%s)", str(error).split("\n", 1)[0])


def reason_not_exported(folder: Path) -> str:
    """Why a model was not exported into `folder`; empty where it was."""
    file = folder / _REASON_FILE
    return file.read_text("utf-8") if file.exists() else ""
