"""What every benchmark's result has in common."""

import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def provenance() -> dict[str, str]:
    """The commit and the machine that a figure was made with."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {"commit": commit.stdout.strip(), "machine": platform.processor() or platform.machine()}


def report(result: Mapping[str, Any], out: Path | None) -> None:
    """Print a result, and write it to `out` where that is named."""
    text = json.dumps(result, indent=1)
    print(text)
    if out:
        out.write_text(text + "\n", "utf-8")
