"""Write what `qa inspect` prints for the documents of `tests/corpus.py` and of `seeds/` into `docs/inspect/`.

python -m scripts.inspect_corpus
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from embeddings import documents
from embeddings.inspection import inspected
from qa.inspect_commands import inspection_text
from tests.corpus import good

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "inspect"


def outputs() -> Iterator[tuple[str, str]]:
    """The name of each output's file, and what `qa inspect` prints."""
    for source in documents.scan(ROOT / "seeds").sources:
        yield f"{source.path}.txt", inspection_text(inspected(ROOT / "seeds" / source.path)) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        for name, data in good().items():
            path = Path(folder, name)
            path.write_bytes(data)
            yield f"{name}.txt", inspection_text(inspected(path)) + "\n"


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for name, text in outputs():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
