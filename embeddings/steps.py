"""Passages on their way through an encoder: those of like length together, a step at a time.

Whatever a text is shorter than the longest one of its batch is padding, which the model works on for nothing. So the
longest come first, and a step takes several batches, among which the encoder sorts again, by tokens.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, runtime_checkable

from embeddings.types import Encoder, Passage, TextEncoding

_PASSAGES_A_STEP: Final = 128
"""What is encoded between two moves of the progress bar, and is lost when a build is killed."""
_CHARACTERS_A_STEP: Final = 1 << 17
"""More characters than this one step does not take, unless a single passage has them: the vectors of all its tokens are
in memory at a time, some 1.5 kB for each token of the bundled model."""


@runtime_checkable
class WideEncoder(Protocol):
    """An `Encoder` that several processes make up, so that it can be given the next texts while the last are looked at.

    `width`: how many they are; a step has as much for each as it would have for one.
    """

    @property
    def width(self) -> int: ...

    def encode_steps(self, steps: Iterable[Sequence[str]]) -> Iterator[list[TextEncoding]]:
        """What `encode_passages` gives for each step, in their order."""
        ...


def encoded(passages: Sequence[Passage], encoder: Encoder) -> Iterator[tuple[list[Passage], list[TextEncoding]]]:
    """Encode passages: some of them with their encodings, then others, until all are done; the longest come first."""
    if not isinstance(encoder, WideEncoder):
        for step in _steps(passages, 1):
            yield step, encoder.encode_passages([passage.text for passage in step])
        return
    steps = list(_steps(passages, encoder.width))
    yield from zip(steps, encoder.encode_steps([passage.text for passage in step] for step in steps), strict=True)


def _steps(passages: Sequence[Passage], width: int) -> Iterator[list[Passage]]:
    step: list[Passage] = []
    characters = 0
    for passage in sorted(passages, key=lambda passage: -len(passage.text)):
        full = len(step) == _PASSAGES_A_STEP * width or characters + len(passage.text) > _CHARACTERS_A_STEP * width
        if step and full:
            yield step
            step, characters = [], 0
        step.append(passage)
        characters += len(passage.text)
    if step:
        yield step
