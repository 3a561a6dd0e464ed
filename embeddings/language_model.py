"""The model that tells languages in Latin letters apart (py3langid), unpacked once on each machine.

It comes packed by LZMA, and unpacking it takes half a second, at each start anew.
"""

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from py3langid import __version__ as version
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
from py3langid.modelio import load_model

from embeddings.cache import made_once
from embeddings.errors import EncoderError

_RECIPE: Final = "1"
"""Raised when the files change, so that older ones in a cache are not taken for new ones."""
_NAMES: Final = ("likelihoods", "priors", "languages", "moves", "rows", "features")
_CODES: Final = {2: "H", 4: "I", 8: "L"}
"""What the library's own arrays call unsigned numbers of so many bytes."""


def identifier(languages: Sequence[str], cache: Path | None = None) -> LanguageIdentifier:
    """What ranks `languages` (ISO 639-1) by how likely a text is in them; the same whether it was unpacked before."""
    packed = Path(MODEL_DIR) / MODEL_FILE
    about = {"source": f"py3langid {version}", "recipe": _RECIPE}
    try:
        folder = made_once(f"languages-{version}-{packed.stat().st_size}-{_RECIPE}", about, _unpack, cache)
        likelihoods, priors, names, moves, rows, features = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in _NAMES
        )
        found = LanguageIdentifier(
            likelihoods, priors, names.tolist(), _own(moves), features.tolist(), tk_row=_own(rows)
        )
    except (EncoderError, OSError):  # a cache that cannot be written to costs time, not the answer
        found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages(list(languages))
    return found


def _unpack(folder: Path) -> None:
    for name, values in zip(_NAMES, load_model(Path(MODEL_DIR) / MODEL_FILE), strict=True):
        np.save(folder / f"{name}.npy", np.asarray(values), allow_pickle=False)


def _own(numbers: "np.ndarray[Any, Any]") -> "array[int]":
    """Numbers as the library walks them: three times as fast as NumPy's, one by one."""
    made: array[int] = array(_CODES[numbers.dtype.itemsize])
    made.frombytes(numbers.tobytes())
    return made
