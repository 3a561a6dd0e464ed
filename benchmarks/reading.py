"""What reading a file costs in each format, beside the same content as plain text.

    python -m benchmarks.reading [--times 100] [--out FILE]

The content is the declaration of `tests/corpus.py`, many times over, in one language for all formats. Each file is read
as a build reads it, in a process of its own; the ratios are of its seconds, start included, to those of plain text.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import provenance, report
from embeddings.documents import sandbox
from tests.corpus import Part, as_docx, as_epub, as_html, as_markdown, as_pdf, as_wrapped_text, declaration

RUNS = 3


def files(parts: list[Part]) -> dict[str, bytes]:
    """The same content in every format; the declaration is numbered by its repetition, so that articles differ."""
    return {
        ".txt": as_wrapped_text(parts, "utf-8", 90),
        ".md": as_markdown(parts),
        ".html": as_html(parts, "es"),
        ".epub": as_epub(parts, "es"),
        ".docx": as_docx(parts),
        ".pdf": as_pdf(parts),
    }


def one(path: Path) -> None:
    """Read a file and print the seconds it took and the most memory that its process had, in MB."""
    data = path.read_bytes()
    start = time.perf_counter()
    extract = sandbox.extract(path.suffix, data)
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "MB": memory, "characters": len(extract.text)}))


def measured(path: Path) -> dict[str, float]:
    """The quickest of a few runs, each from a fresh process."""
    command = [sys.executable, "-m", "benchmarks.reading", "--one", str(path)]
    runs = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(RUNS)]
    best: dict[str, float] = min(runs, key=lambda run: run["seconds"])
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description="What reading a file costs in each format.")
    parser.add_argument("--times", type=int, default=100, help="how often the declaration is repeated (default: 100)")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one)
        return 0
    title, *rest = declaration("es")
    parts = [title, *rest * arguments.times]
    result: dict[str, Any] = {**provenance(), "declaration, times": arguments.times}
    with tempfile.TemporaryDirectory() as folder:
        for suffix, data in files(parts).items():
            path = Path(folder, f"file{suffix}")
            path.write_bytes(data)
            found = measured(path)
            plain = result.get(".txt", found if suffix == ".txt" else {})
            result[suffix] = {
                "file, MB": round(len(data) / 1e6, 2),
                "text, million characters": round(found["characters"] / 1e6, 2),
                "seconds": round(found["seconds"], 2),
                "seconds / plain text": round(found["seconds"] / plain["seconds"], 1),
                "peak memory, MB": round(found["MB"]),
            }
    report(result, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
