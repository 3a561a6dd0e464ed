"""A model on the machines of a Ray cluster, or on this one: Ray Data hands texts out and brings vectors back.

Every machine needs this program (`pip install 'paragraph-qa[ray]'`) in the same version, and finds the model itself;
one that finds another model says so. A cluster runs whatever it is sent, so its ports must be closed to everybody else.
"""

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from embeddings.cores import usable_cores
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.errors import EncoderError
from embeddings.models import Model, find_model
from embeddings.types import EncoderIdentity, TextEncoding

LOCAL: Final = "local"
"""Instead of a cluster's address: one of this machine alone, made for the build and ended with it."""
_HERE: Final = "127.0.0.1"
_CORES: Final = 4
"""Of a worker on the processor: more threads than that wait for each other more than they gain."""
_TEXTS_A_BATCH: Final = 128
"""Texts that a worker is handed at a time: some ten batches of the model."""


class RayEncoder:
    """A `WideEncoder` of the workers of a cluster; questions and the first few passages are encoded here."""

    def __init__(self, model: Model, here: ModelEncoder, cores: int) -> None:
        """`cores`: of a worker, where the cluster has no graphics processors. Ray has to be connected."""
        import ray

        self._here = here
        self._model = model
        graphics = int(ray.cluster_resources().get("GPU", 0))
        nodes = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
        cores = min(cores, max(nodes))
        self._share = {"num_gpus": 1} if graphics else {"num_cpus": cores}
        self.width = graphics or sum(number // cores for number in nodes)

    @property
    def identity(self) -> EncoderIdentity:
        return self._here.identity

    @property
    def pools_by_mean(self) -> bool:
        return self._here.pools_by_mean

    @property
    def multi_vector(self) -> bool:
        return self._here.multi_vector

    def encode_query(self, query: str) -> TextEncoding:
        """Encode a question, on this machine."""
        return self._here.encode_query(query)

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        """Encode passages, on this machine."""
        return self._here.encode_passages(texts)

    def encode_steps(self, steps: Iterable[Sequence[str]]) -> Iterator[list[TextEncoding]]:
        """Encode the passages of each step, on the cluster. Raises EncoderError when it fails."""
        import ray.data
        from ray.exceptions import RayError

        given = list(steps)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        try:
            texts = ray.data.from_items([{"text": text} for step in given for text in step])
            made = texts.map_batches(
                _Worker,
                fn_constructor_args=(self.identity,),
                batch_size=_TEXTS_A_BATCH,
                compute=ray.data.ActorPoolStrategy(size=self.width),
                **self._share,
            )
            encodings = _encodings(made.iter_batches(batch_size=None, batch_format="pyarrow"))
            for step in given:
                yield list(islice(encodings, len(step)))
        except RayError as error:
            why = str(error).strip().rsplit("\n", 1)[-1]
            raise EncoderError(
                f"encoding with Ray failed ({why}); build again: what was encoded so far is kept"
            ) from error


class _Worker:
    """The encoder as each worker has it."""

    def __init__(self, identity: EncoderIdentity) -> None:
        model = find_model(identity.name)
        if model.identity.fingerprint != identity.fingerprint:
            raise EncoderError(f"{socket.gethostname()} has another model of the name {identity.name!r}")
        self._encoder = load_encoder(model, many=True)

    def __call__(self, batch: dict[str, npt.NDArray[Any]]) -> dict[str, list[Any]]:
        encodings = self._encoder.encode_passages(batch["text"].tolist())
        return {
            "vector": [encoding.vector.tobytes() for encoding in encodings],
            "tokens": [encoding.tokens.tobytes() for encoding in encodings],
            "spans": [encoding.spans.tobytes() for encoding in encodings],
            "hidden": [encoding.tokens.shape[1] for encoding in encodings],
        }


def _encodings(tables: Iterable[Any]) -> Iterator[TextEncoding]:
    for table in tables:
        for row in table.to_pylist():
            yield TextEncoding(
                np.frombuffer(row["vector"], np.float32),
                np.frombuffer(row["tokens"], np.float32).reshape(-1, row["hidden"]),
                np.frombuffer(row["spans"], np.int32).reshape(-1, 2),
            )


@contextmanager
def ray_encoder(model: Model, address: str, cores: int = _CORES) -> Iterator[RayEncoder]:
    """The encoder of a model on a Ray cluster, for many texts; the connection ends with the context.

    `address`: of the cluster, "auto" for the one that this machine belongs to, "local" for one of this machine alone.
    Raises EncoderError when Ray is not installed, there is no cluster at the address, or the folder is no model.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else it tells its makers
    alone: dict[str, Any] = {}
    if address == LOCAL:
        # Else it listens on an address that other machines reach, whichever it is given, and does what they say.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
        alone = {"num_cpus": usable_cores(), "include_dashboard": False, "_node_ip_address": _HERE}
    try:
        import ray
    except ImportError as error:
        raise EncoderError("--ray needs Ray: pip install 'paragraph-qa[ray]'") from error

    here = load_encoder(model, many=True)
    try:
        ray.init(**(alone or {"address": address}), log_to_driver=False, logging_level="error")
    except (ConnectionError, ValueError, RuntimeError) as error:
        why = str(error).split("\n", 1)[0]
        raise EncoderError(
            f"no Ray cluster at {address!r} ({why}); start one with: ray start --head, or use --ray local"
        ) from error
    try:
        if alone and {node["NodeManagerAddress"] for node in ray.nodes()} != {_HERE}:
            raise EncoderError("Ray would listen to other machines; import it after embeddings.ray_encoder.ray_encoder")
        yield RayEncoder(model, here, cores)
    finally:
        ray.shutdown()
