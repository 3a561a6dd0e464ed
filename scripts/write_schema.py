"""Write the JSON Schema of what `qa ask --json` prints into `docs/`.

python -m scripts.write_schema
"""

import json
import sys
from pathlib import Path

from qa.answer_json import answer_schema

FILE = Path(__file__).parent.parent / "docs" / "ask.schema.json"


def written() -> str:
    """What stands in the file."""
    return json.dumps(answer_schema(), ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    FILE.write_text(written(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
