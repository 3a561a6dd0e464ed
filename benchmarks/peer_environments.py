"""An environment of its own for each peer, made once and kept in a cache folder."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

LONGEST = 3600.0
"""Seconds that one installation may take."""
MARK = "installed.txt"
"""Written last: an environment without it is not whole."""


class NotInstalled(Exception):
    """A peer's environment cannot be made."""


def python_of(name: str, requirements: Sequence[str], cache: Path) -> Path:
    """The Python that has these requirements (`package==version`), in a folder below `cache` that is made when it is
    not there.

    Raises NotInstalled with what the installer says.
    """
    told = "\n".join((sys.version, *requirements))
    home = cache / f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(home.with_suffix(".lock")):
            if not (home / MARK).exists():
                shutil.rmtree(home, ignore_errors=True)
                print(f"installing {' '.join(requirements)}", file=sys.stderr, flush=True)
                venv.create(home, with_pip=True)
                # torch comes first and alone: asked for by another package, pip would take its newest build.
                for step in ([each for each in requirements if each.startswith("torch==")], requirements):
                    if step:
                        install(python, step)
                (home / MARK).write_text(told, "utf-8")
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotInstalled(f"no environment at {str(home)!r}: {error}") from error
    return python


def install(python: Path, requirements: Sequence[str]) -> None:
    """Install into the environment of `python`. Raises NotInstalled with the last line of what pip says."""
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"pip was not done with {' '.join(requirements)} after {LONGEST:.0f} s") from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [f"exit status {done.returncode}"]
        errors = [line for line in said if line.startswith("ERROR:")]
        raise NotInstalled(f"pip cannot install {' '.join(requirements)}: {(errors or said)[-1]}")
