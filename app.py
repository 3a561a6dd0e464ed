"""Start the page: `python app.py`. The index is built from `seeds/` when it is missing or stale."""

import sys

from qa.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
