"""The encoder of a build: on one device, on several, or on a cluster."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from embeddings.encoder import load_encoder
from embeddings.models import Model
from embeddings.types import Encoder


@contextmanager
def building_encoder(model: Model, devices: Sequence[str] = (), ray: str = "") -> Iterator[Encoder]:
    """The encoder of a model for many texts; what it started ends with the context.

    `devices`: as torch names them ("cpu", "cuda:0"); with none the fastest one, with several a process on each, and
    the processor may be there several times. `ray`: the address of a Ray cluster, or "local".

    Raises EncoderError when the folder is no model, or there is no such device or cluster.
    """
    if ray:
        from embeddings.ray_encoder import ray_encoder

        with ray_encoder(model, ray) as encoder:
            yield encoder
    elif len(devices) > 1:
        from embeddings.device_pool import pooled_encoder

        with pooled_encoder(model, devices) as encoder:
            yield encoder
    else:
        yield load_encoder(model, many=True, device=next(iter(devices), None))
