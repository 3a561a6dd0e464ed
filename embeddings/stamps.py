"""Whether files are still as they were when every byte of them was checked, without reading them again.

A stamp keeps what the system says of each file: its size, the times of its content and of its last change, its number.
As long as that is the same nobody has written to the file. What a disk loses by itself a stamp does not see: without
it (`rm FOLDER.stamp`) all is checked at the next start.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

SUFFIX: Final = ".stamp"
_SETTLED: Final = 2_000_000_000
"""Nanoseconds since a file's last change after which another one would show: clocks of file systems tick by up to two
seconds."""

Stamp = dict[str, object]


def stamp_of(folder: Path, manifest: bytes, names: Iterable[str]) -> Stamp:
    """What the system says of some files in `folder`, which changes when one is written to; `manifest`: what was
    checked. Raises OSError where a file is gone."""
    files = {}
    for name in names:
        status = (folder / name).stat()
        files[name] = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev]
    return {"manifest": hashlib.sha256(manifest).hexdigest(), "files": files}


def is_kept(folder: Path, stamp: Stamp) -> bool:
    """Whether this is the stamp that was kept of the folder when it was checked."""
    try:
        return bool(json.loads(_file(folder).read_text("utf-8")) == stamp)
    except (OSError, ValueError):
        return False


def at_rest(folder: Path) -> bool:
    """Whether the last change in a folder is so long ago that another one would show."""
    newest = max((max(path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in folder.rglob("*")), default=0)
    return time.time_ns() - newest >= _SETTLED


def keep(folder: Path, stamp: Stamp) -> None:
    """Keep a stamp for the next start, where the files have been at rest long enough and beside them can be written."""
    if not at_rest(folder):
        return
    with suppress(OSError):
        handle, name = tempfile.mkstemp(prefix=f".{folder.name}-", suffix=SUFFIX, dir=folder.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(stamp, file)
            Path(name).replace(_file(folder))
        finally:
            Path(name).unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{SUFFIX}")
