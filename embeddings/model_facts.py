"""What is to be known of a model before an index is made with it, and whether it works here as it does elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from embeddings.encoder import ModelEncoder, exported_runtimes
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.runtime import OnnxRuntime
from embeddings.torch_runtime import TorchRuntime
from embeddings.types import TextEncoding, Vectors
from embeddings.vectors import unit

_TOLERANCE: Final = 1e-3
"""By how much a component of a unit vector may differ from what sentence-transformers gives; 1e-6 is usual."""
_TEXTS: Final = (
    "Who pays?",
    "各国元首在会议上通过了一项决议，其中提到《公约》第五十四条。",
    "The Committee took note of the report, and decided to come back to it at its next session; nobody objected.",
)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model that can be searched with.

    `parameters`: how many; `tokenizer`: its kind and size; `max_tokens` of a text, `limited`: whether the model says
    so. `dimension` of its vectors. `pooling`: how a text's vector comes of its tokens', `behind`: the modules that it
    goes through then. `similarity`: what the model was trained for. `tokens`: what its token vectors are used for, and
    why. `runs_by`: what answers questions; `difference`: the largest of any component of a vector from what
    sentence-transformers gives.
    """

    kind: str
    architecture: str
    parameters: int
    tokenizer: str
    max_tokens: int
    limited: bool
    dimension: int
    query_prompt: str
    passage_prompt: str
    pooling: str
    behind: tuple[str, ...]
    similarity: str
    tokens: str
    runs_by: str
    difference: float


def facts_of(model: Model) -> ModelFacts:
    """Load a model, export it, and hold its vectors against the library's.

    Raises EncoderError when it cannot be searched with, or its vectors are others.
    """
    runtime = TorchRuntime(model, "cpu")
    settings = runtime.settings
    ours = ModelEncoder(model.identity, runtime, runtime.of_questions())
    prompt = max(settings.query_prompt, settings.passage_prompt, key=len)
    # The library cuts a text that is too long, which is never done here.
    texts = [text for text in _TEXTS if len(runtime.tokenizer.encode(prompt + text).ids) < settings.max_tokens]
    passages, questions = ours.encode_passages(texts), [ours.encode_query(text) for text in texts]
    difference = max(
        _difference(passages, runtime.reference(texts, "document"), tokens=ours.multi_vector),
        _difference(questions, runtime.reference(texts, "query"), tokens=ours.multi_vector),
    )
    if not difference < _TOLERANCE:
        raise EncoderError(
            f"model {model.identity.name!r} does not fit: its vectors here differ by {difference:.2g} from what "
            "sentence-transformers gives; take another one (see docs/models.md)"
        )
    return ModelFacts(
        kind="a vector of each token" if ours.multi_vector else "a vector of each text",
        architecture=type(runtime.model.transformers_model or runtime.path[0]).__name__.strip("_"),
        parameters=sum(each.numel() for each in runtime.model.parameters()),
        tokenizer=f"{type(runtime.tokenizer.model).__name__}, {runtime.tokenizer.get_vocab_size()} pieces",
        max_tokens=settings.max_tokens,
        limited=runtime.limited,
        dimension=len(ours.encode_query(_TEXTS[0]).vector),
        query_prompt=settings.query_prompt,
        passage_prompt=settings.passage_prompt,
        pooling=", ".join(mode if isinstance(mode, str) else " and ".join(mode) for mode in runtime.poolings),
        behind=tuple(type(module).__name__ for module in runtime.behind),
        similarity=str(runtime.model.similarity_fn_name),
        tokens=_tokens(ours, runtime),
        runs_by="onnxruntime" if isinstance(exported_runtimes(model)[0], OnnxRuntime) else "torch, which starts slowly",
        difference=difference,
    )


def _difference(ours: Sequence[TextEncoding], theirs: Sequence[Vectors], *, tokens: bool) -> float:
    """The largest difference of a component; infinite where there are more or fewer vectors."""
    largest = 0.0
    for encoding, other in zip(ours, theirs, strict=True):
        one = unit(encoding.tokens) if tokens else encoding.vector
        if one.shape != other.shape:
            return float("inf")
        largest = max(largest, float(np.abs(one - unit(other)).max()))
    return largest


def _tokens(encoder: ModelEncoder, runtime: TorchRuntime) -> str:
    """What the token vectors are used for, and why."""
    if encoder.multi_vector:
        return "searched with as they are, by MaxSim, as the model was trained to"
    if encoder.pools_by_mean:
        return "searched with, centred, by MaxSim: a text's vector is their mean"
    if runtime.poolings == ["mean"]:
        return "not searched with: a text's vector goes through more behind their mean than they do"
    return "not searched with: a text's vector is not their mean, so they were not trained for it"
