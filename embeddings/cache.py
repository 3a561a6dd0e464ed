"""The user's cache folder: what is made once on each machine, checked each time it is used.

Checked by hash, once; from then on by a stamp (`embeddings/stamps.py`), so that half a gigabyte need not be read at
every start. Where anything differs, every file is hashed again.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from filelock import FileLock
from platformdirs import user_cache_path

from embeddings.errors import EncoderError
from embeddings.stamps import is_kept, keep, stamp_of

MANIFEST: Final = "conversion.json"


def cache_folder() -> Path:
    """The folder of made models: `$QA_CACHE`, or the user's cache folder of this platform."""
    configured = os.environ.get("QA_CACHE")
    return Path(configured) if configured else user_cache_path("paragraph-qa", appauthor=False)


def made_once(name: str, about: Mapping[str, str], make: Callable[[Path], None], cache: Path | None = None) -> Path:
    """Return the cache's folder `name`, filled by `make` when it is not there; `about` goes into its manifest.

    Two processes may call this at once: one makes the folder, the other waits. The folder appears whole by one rename
    or not at all, and each call checks it against the hashes written when it was made, or the stamp of such a check.

    Raises EncoderError when the cache cannot be written, and whatever `make` raises.
    """
    cache = cache or cache_folder()
    folder = cache / name
    if _is_whole(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f"{name}.lock"):
            if _is_whole(folder):
                return folder
            shutil.rmtree(folder, ignore_errors=True)
            work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache))
            try:
                make(work)
                _write_manifest(work, about)
                work.replace(folder)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise EncoderError(
            f"cannot write the model to {str(cache)!r} ({error.strerror or error}); it needs 1 GB there, "
            "or set QA_CACHE to a folder that has it"
        ) from error
    return folder


def fingerprint(folder: Path) -> str:
    """The hash (SHA-256, hex) that stands for a folder made here; equal for equal content."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def write_json(path: Path, value: object) -> None:
    """Write `value` as JSON that a person can read."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")


def _write_manifest(folder: Path, about: Mapping[str, str]) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    write_json(folder / MANIFEST, {**about, "sha256": {name: _sha256(folder / name) for name in names}})


def _is_whole(folder: Path) -> bool:
    """Whether every file named in the folder's manifest is there with the hash it had when made."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        hashes: dict[str, str] = json.loads(manifest)["sha256"]
        stamp = stamp_of(folder, manifest, hashes)
        if is_kept(folder, stamp):
            return True
        if any(_sha256(folder / name) != sha for name, sha in hashes.items()):
            return False
        # Behind the hashing: what was written to meanwhile gets no stamp.
        if stamp_of(folder, manifest, hashes) == stamp:
            keep(folder, stamp)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
