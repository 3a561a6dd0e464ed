"""What every benchmark's result has in common."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def provenance() -> dict[str, str]:
    """The commit and the machine that a figure was made with."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {"commit": commit.stdout.strip(), "machine": machine()}


def machine() -> str:
    """The processor and how many cores of it there are, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:  # there is none but on Linux
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores"


def resident() -> dict[str, int]:
    """What this process holds in memory, in MB: `all`, of which `own` is its own and the rest files that are mapped,
    which the system takes back when it needs room; and the `peak`."""
    fields = (each.partition(":") for each in Path("/proc/self/status").read_text("utf-8").splitlines())
    values = {name: int(value.split()[0]) // 1024 for name, _, value in fields if value.endswith("kB")}
    return {"all": values["VmRSS"], "own": values["RssAnon"], "peak": values["VmHWM"]}


def report(result: Mapping[str, Any], out: Path | None) -> None:
    """Print a result, and write it to `out` where that is named."""
    text = json.dumps(result, indent=1)
    print(text)
    if out:
        out.write_text(text + "\n", "utf-8")
