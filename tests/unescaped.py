"""The page without its escaping, to see what still holds then: python tests/unescaped.py, with the arguments of app.py.

There is no option for that in the product, so its modules are changed before it starts.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from qa.cli import main
from qa.web import answers, source_panel, talk


def as_it_is(text: str) -> str:
    return text


if __name__ == "__main__":
    for module in (answers, source_panel, talk):
        module.escape = as_it_is  # type: ignore[attr-defined]
    sys.exit(main(["serve", *sys.argv[1:]]))
