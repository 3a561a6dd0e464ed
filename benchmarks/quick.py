"""Whether something became slower: the quick figures beside the stored ones, as ratios.

    python -m benchmarks.quick [--stored benchmarks/results]

Runs `benchmarks.startup` (with the page where Chromium is there) and `benchmarks.query_path` on the seed. A ratio above
1 is slower than what is stored; on another machine, or on one with other work, ratios tell little.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MEASURED = {"startup": (), "query_path": ("--passages", "0")}
"""The benchmarks, with the arguments that keep them short."""
SMALL = 1.0
"""Milliseconds below which a part's ratio is chance."""


def figures(result: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, float]]:
    """Every time in a result, by its name."""
    for name, value in result.items():
        if isinstance(value, Mapping):
            yield from figures(value, f"{above}{name}: ")
        elif isinstance(value, int | float) and (above or name.endswith((", s", ", ms"))):
            yield above + name, float(value)


def compared(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    """Name, stored and new figure, for all that both have and that are more than chance."""
    before = dict(figures(stored))
    return [
        (name, before[name], value)
        for name, value in figures(now)
        if name in before and before[name] > 0 and not (", ms" in name and max(before[name], value) < SMALL)
    ]


def table(name: str, stored: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """A benchmark's figures, with the commit and the machine of both."""
    lines = [f"{name}: stored {origin(stored)}", f"{'':{len(name)}}  now    {origin(now)}"]
    lines += [f"  {each:44}{old:10.1f}{new:10.1f}{new / old:8.2f}" for each, old, new in compared(stored, now)]
    return "\n".join(lines)


def origin(result: Mapping[str, Any]) -> str:
    """Where a result comes from."""
    return f"{result['commit']} on {result['machine']}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Whether something became slower.")
    parser.add_argument("--stored", type=Path, default=Path("benchmarks/results"), help="the results to compare with")
    arguments = parser.parse_args()
    tables = [f"{'':46}{'stored':>10}{'now':>10}{'ratio':>8}"]
    with tempfile.TemporaryDirectory() as folder:
        for name, options in MEASURED.items():
            out = Path(folder) / f"{name}.json"
            command = [sys.executable, "-m", f"benchmarks.{name}", *options, "--out", str(out)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            stored = json.loads((arguments.stored / f"{name}.json").read_text("utf-8"))
            tables.append(table(name, stored, json.loads(out.read_text("utf-8"))))
    print("\n".join(tables))
    return 0


if __name__ == "__main__":
    sys.exit(main())
