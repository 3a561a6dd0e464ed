"""A passage's tokens as text: Milvus keeps no bytes, and no text that is longer than 65,535 bytes.

    number of tokens, their dimension, number of sentences      3 x int32, little-endian, as is what follows
    scales, codes, spans, starts                                float32, int8, int32, int32
    CRC-32 of all that                                          uint32

in base64, cut into parts.
"""

import binascii
import zlib
from collections.abc import Sequence
from typing import Final

import numpy as np

from embeddings.index.tokens import PassageTokens

PART: Final = 65_532
"""Characters of a part at most: four stand for three bytes."""


def packed(tokens: PassageTokens) -> list[str]:
    """The parts that hold one passage's tokens, one at least."""
    count, dimension = tokens.codes.shape
    data = b"".join((
        np.array([count, dimension, len(tokens.starts)], "<i4").tobytes(),
        tokens.scales.astype("<f4").tobytes(),
        tokens.codes.astype(np.int8).tobytes(),
        tokens.spans.astype("<i4").tobytes(),
        tokens.starts.astype("<i4").tobytes(),
    ))  # fmt: skip
    text = binascii.b2a_base64(data + zlib.crc32(data).to_bytes(4, "little"), newline=False).decode()
    return [text[start : start + PART] for start in range(0, len(text), PART)]


def parts_of(tokens: PassageTokens) -> int:
    """How many parts `packed` makes of one passage's tokens."""
    count, dimension = tokens.codes.shape
    size: int = 16 + count * (4 + dimension + 8) + 4 * len(tokens.starts)
    return -(-4 * -(-size // 3) // PART)


def unpacked(parts: Sequence[str]) -> PassageTokens:
    """What `packed` was given. Raises ValueError when the parts do not belong together."""
    raw = binascii.a2b_base64("".join(parts), strict_mode=True)
    data = memoryview(raw)[:-4]
    if len(raw) < 16 or zlib.crc32(data) != int.from_bytes(raw[-4:], "little"):
        raise ValueError("the parts of a passage's tokens do not belong together")
    count, dimension, sentences = np.frombuffer(data, "<i4", 3).tolist()
    scales = 12
    codes = scales + 4 * count
    spans = codes + dimension * count
    return PassageTokens(
        np.frombuffer(data, np.int8, dimension * count, codes).reshape(count, dimension),
        np.frombuffer(data, "<f4", count, scales).astype(np.float32, copy=False),
        np.frombuffer(data, "<i4", 2 * count, spans).reshape(count, 2).astype(np.int32, copy=False),
        np.frombuffer(data, "<i4", sentences, spans + 8 * count).astype(np.int64),
    )
