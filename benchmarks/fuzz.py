"""A long run of mutated files through every reader: each must be read or refused with a DocumentError, in time.

    python -m benchmarks.fuzz [--cases 2000] [--seed 0] [--out FILE]

Each case takes a good file, inside an archive one of its files, and changes, cuts, doubles or moves bytes in it. The
readers run in one process a format, under the bounds of `embeddings/documents/child.py`. A case that fails in another
way, or takes longer than SLOW seconds, is listed with its number; `--only SUFFIX --from N --cases 1` repeats it.
"""

import argparse
import io
import json
import random
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.report import provenance, report
from embeddings.documents.registry import readers
from embeddings.documents.sandbox import MAX_MEMORY
from embeddings.errors import DocumentError
from tests.corpus import as_wrapped_text, declaration, good

SLOW = 10.0
"""Seconds."""


def originals() -> dict[str, bytes]:
    """A good file for each suffix."""
    found = {Path(name).suffix: data for name, data in good().items()}
    return {**found, ".txt": as_wrapped_text(declaration("ru"), "utf-8")}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with up to eight changes; of an archive mostly those of one file in it."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _inside(data, chance)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(changed) or 1), chance.randint(1, 40)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length] * chance.choice((1, 2, 200))
            case 3:
                changed[at:at] = chance.choice((b"<", b">", b"&#0;", b"\0", b"[[", b"{", b"\xff\xfe", b"-1", b"9" * 30))
            case 4 if chance.random() < 0.2:
                del changed[at:]
    return bytes(changed)


def _inside(data: bytes, chance: random.Random) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        target = chance.choice(old.namelist())
        for name in old.namelist():
            entry = old.read(name)
            new.writestr(name, mutated(entry, chance) if name == target else entry)
    return packed.getvalue()


def run(suffix: str, seed: int, first: int, cases: int) -> dict[str, Any]:
    """Read `cases` mutated files in this process."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    reader, original = readers()[suffix].load(), originals()[suffix]
    counts: Counter[str] = Counter()
    failures: list[str] = []
    slowest = 0.0
    for case in range(first, first + cases):
        data = mutated(original, random.Random(f"{seed} {suffix} {case}"))
        start = time.perf_counter()
        try:
            reader(data)
            counts["read"] += 1
        except DocumentError:
            counts["refused"] += 1
        except Exception as error:
            failures.append(f"case {case}: {type(error).__name__}: {error}")
        taken = time.perf_counter() - start
        slowest = max(slowest, taken)
        if taken > SLOW:
            failures.append(f"case {case}: took {taken:.1f} s")
    return {**counts, "slowest, s": round(slowest, 2), "failures": failures}


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutated files through every reader.")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", help="one suffix, in this process")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(run(arguments.only, arguments.seed, arguments.first, arguments.cases)))
        return 0
    result: dict[str, Any] = {**provenance(), "cases a format": arguments.cases, "seed": arguments.seed}
    for suffix in originals():
        command = [sys.executable, "-m", "benchmarks.fuzz", "--only", suffix, "--cases", str(arguments.cases)]
        done = subprocess.run([*command, "--seed", str(arguments.seed)], stdout=subprocess.PIPE, check=False)
        result[suffix] = (
            json.loads(done.stdout) if done.returncode == 0 else {"died": done.returncode, "failures": [""]}
        )
    report(result, arguments.out)
    return 1 if any(found["failures"] for found in result.values() if isinstance(found, dict)) else 0


if __name__ == "__main__":
    sys.exit(main())
