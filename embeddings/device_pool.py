"""A model on several devices of this machine, a process on each, through the pool of sentence-transformers.

The texts become tokens here, once; a process gets the tokens of a whole batch and gives back what one model would give
for it. Nothing but that goes between them, besides the model itself, which all processes on the processor share.
"""

import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from threading import Lock, RLock, Thread
from typing import Any, Final, Protocol

import numpy as np
import torch
from sentence_transformers import MultiVectorEncoder, SentenceTransformer
from tqdm import tqdm

from embeddings.encoder import ModelEncoder
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.runtime import INPUTS, Ids, Runtime
from embeddings.torch_runtime import TorchRuntime, check_device, tokens_a_batch
from embeddings.types import EncoderIdentity, TextEncoding, Vectors

_LOOK_EVERY: Final = 0.5
"""Seconds between two looks whether the starter of a process is still there."""


class WideRuntime(Runtime, Protocol):
    """A runtime that runs several batches at a time; `width`: how many."""

    @property
    def width(self) -> int: ...


class _Batches:
    """The model as each process of a pool has it: what it is given is a batch of tokens, [2, num_texts, length] int64.

    `threads`: of each process on the processor. `starter`: the number of the process that started it. `prompt`: tokens
    at the start of each text that are left out when they are pooled.
    """

    threads = 1
    starter = 0
    prompt = 0

    def preprocess(self, inputs: Any, prompt: str | None = None, **_settings: Any) -> dict[str, Any]:  # noqa: ARG002
        """The ids and the mask of the only batch."""
        (batch,) = inputs
        features: dict[str, Any] = dict(zip(INPUTS, torch.from_numpy(batch), strict=True))
        return {**features, "prompt_length": self.prompt} if self.prompt else features

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Come to life in a process of the pool."""
        super().__setstate__(state)  # type: ignore[misc]
        torch.set_num_threads(self.threads)
        tqdm.set_lock(RLock())  # its own one is for several processes, and stays behind when one of them is ended
        Thread(target=_end_with, args=(self.starter,), daemon=True).start()


class _Member(_Batches, SentenceTransformer):
    """A model that makes a vector of each text."""


class _MultiVectorMember(_Batches, MultiVectorEncoder):
    """A model that makes a vector of each token."""


def _end_with(starter: int) -> None:
    """End this process when the one that started it has ended, in whatever way: nobody else would end it."""
    while os.getppid() == starter:
        time.sleep(_LOOK_EVERY)
    os._exit(1)


class PoolRuntime(TorchRuntime):
    """A model on several devices. Their processes start with the first batch, and end with `close`."""

    def __init__(self, model: Model, devices: Sequence[str]) -> None:
        """Load the model. Raises EncoderError when it is none or there is no such device."""
        for device in dict.fromkeys(devices):
            check_device(device)
        super().__init__(model, "cpu", _Member, _MultiVectorMember)
        self._devices = list(devices)
        self._pool: Any = None
        self._lock = Lock()
        self._closed = False
        here = sum(torch.device(device).type == "cpu" for device in devices)
        self._members().threads = max(1, torch.get_num_threads() // max(1, here))
        self._members().starter = os.getpid()
        self._members().prompt = self._outputs.prompt

    @property
    def width(self) -> int:
        """How many processes there are."""
        return len(self._devices)

    @property
    def tokens_a_batch(self) -> int:
        """As `Runtime.tokens_a_batch` says; as much as suits the first device."""
        return tokens_a_batch(torch.device(self._devices[0]))

    def forward_all(self, batches: Iterable[tuple[Ids, Ids]]) -> Iterator[tuple[Vectors, Vectors]]:
        """Run the model on each batch, as `Runtime.forward_all` says; all of them at once.

        Raises EncoderError when a process fails or ends.
        """
        given = [np.stack(batch) for batch in batches]
        try:
            found = self._members().encode(
                given, pool=self._started(), batch_size=1, chunk_size=1, output_value=None, task=self.task
            )
        except Exception as error:  # whatever torch raises there, it is raised here again
            why = str(error).split("\n", 1)[0]
            raise EncoderError(
                f"encoding on {','.join(self._devices)} failed ({why}); build again, with other devices: what was "
                "encoded so far is kept"
            ) from error
        for batch, output in zip(given, found, strict=True):
            texts, length = batch.shape[1:]  # the library takes an only text out of its batch
            whole = output.get("sentence_embedding")
            tokens, vectors = self._outputs.of(
                output["token_embeddings"].float().reshape(texts, length, -1),
                None if whole is None else whole.float().reshape(texts, -1),
            )
            yield tokens.numpy(), vectors.numpy()

    def _members(self) -> Any:
        """The model, whose types know of texts only."""
        return self.model

    def _started(self) -> Any:
        """The pool. It is not started behind `close`, by a thread that did not hear of it."""
        with self._lock:
            if self._closed:
                raise RuntimeError("its processes have ended")
            if self._pool is None:
                with _deaf_to_interrupts():
                    self._pool = self._members().start_multi_process_pool(self._devices)
            return self._pool

    def close(self) -> None:
        """End the processes. Whoever waits for them gets an error."""
        with self._lock:
            self._closed = True
            if self._pool is not None:
                self.model.stop_multi_process_pool(self._pool)
                self._pool = None


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started within it does not hear of Ctrl-C, which the terminal sends to all: who started it ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # would hear again, and let this thread hear, if it were started later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class PooledEncoder(ModelEncoder):
    """A `WideEncoder` of several devices: while a step's vectors are looked at, the next step is on its way."""

    def __init__(self, identity: EncoderIdentity, runtime: WideRuntime, questions: Runtime | None = None) -> None:
        super().__init__(identity, runtime, questions)
        self.width = runtime.width

    def encode_steps(self, steps: Iterable[Sequence[str]]) -> Iterator[list[TextEncoding]]:
        """Encode the passages of each step. Raises EncoderError when a process fails."""
        ahead = ThreadPoolExecutor(1)
        try:
            coming: Future[list[TextEncoding]] | None = None
            for step in steps:
                last, coming = coming, ahead.submit(self.encode_passages, step)
                if last is not None:
                    yield last.result()
            if coming is not None:
                yield coming.result()
        finally:
            ahead.shutdown(wait=False, cancel_futures=True)


@contextmanager
def pooled_encoder(model: Model, devices: Sequence[str]) -> Iterator[PooledEncoder]:
    """The encoder of a model on several devices, for many texts; its processes end with the context.

    Raises EncoderError when the folder is no model or there is no such device.
    """
    runtime = PoolRuntime(model, devices)
    try:
        yield PooledEncoder(model.identity, runtime, runtime.of_questions())
    finally:
        runtime.close()
