"""What an encoder's token vectors look like in general: their mean in each language, and where translations differ.

Token vectors of one language share a large common part, which makes any two of them look alike and any two of different
languages unlike. Taking each language's mean away leaves what the words say. A linear map then makes little of the
directions in which a word and its translation differ. Both come from fixed general text (`scripts/make_background.py`)
or the mean from the index itself, never from the questions asked.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from embeddings.types import EncoderIdentity, Vectors
from embeddings.vectors import unit

FILE: Final = Path(__file__).parent / "data" / "background.npz"


@dataclass(frozen=True, slots=True)
class Background:
    """`means` [dim] by language (ISO 639-1), `own` [dim], the index's own mean, for any other language, and `map`
    [dim, dim], applied to what is left when the mean is gone."""

    means: Mapping[str, Vectors]
    own: Vectors
    map: Vectors

    @classmethod
    def for_index(cls, encoder: EncoderIdentity, sample: Sequence[Vectors], *, multi_vector: bool = False) -> Self:
        """The background for an index: the bundled encoder's fixed means and map, none for other encoders, and the mean
        of the index's own tokens, given by a `sample` of its passages' token vectors, each [num_tokens, dim].

        Nothing is taken away from the tokens of a `multi_vector` encoder: it was trained with them as they are.
        """
        tokens = np.concatenate(sample)
        if multi_vector:
            return cls({}, np.zeros(tokens.shape[1], np.float32), np.eye(tokens.shape[1], dtype=np.float32))
        own = tokens.sum(axis=0) / np.float32(max(1, len(tokens)))
        with np.load(FILE, allow_pickle=False) as fixed:
            if str(fixed["model"]) != encoder.fingerprint:
                return cls({}, own, np.eye(len(own), dtype=np.float32))
            languages = [str(language) for language in fixed["languages"]]
            return cls(dict(zip(languages, fixed["means"], strict=True)), own, fixed["map"])

    @staticmethod
    def fixed_for(encoder: EncoderIdentity) -> str:
        """The SHA-256 (hex) of what is fixed for an encoder; empty where nothing is."""
        with np.load(FILE, allow_pickle=False) as fixed:
            if str(fixed["model"]) != encoder.fingerprint:
                return ""
        return hashlib.sha256(FILE.read_bytes()).hexdigest()

    def centred(self, tokens: Vectors, language: str) -> Vectors:
        """`tokens` [num_tokens, dim] without what all text in `language` has in common, unit length."""
        return unit(np.matmul(tokens - self.means.get(language, self.own), self.map, dtype=np.float32))

    def save(self, folder: Path) -> None:
        """Write `background.npz` into `folder`."""
        np.savez(
            folder / "background.npz",
            languages=np.array(list(self.means), dtype=np.str_),
            means=np.array(list(self.means.values()), dtype=np.float32).reshape(len(self.means), len(self.own)),
            own=self.own,
            map=self.map,
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ValueError or KeyError when it is something else."""
        with (folder / "background.npz").open("rb") as file:
            try:
                saved = dict(np.load(file, allow_pickle=False))
            except (zipfile.BadZipFile, zlib.error, EOFError, TypeError) as error:
                raise ValueError(f"background.npz is none: {error}") from error
        languages = [str(language) for language in saved["languages"]]
        return cls(dict(zip(languages, saved["means"], strict=True)), saved["own"], saved["map"])
