"""Where the page keeps what visitors leave: collections and feedback."""

import os
from pathlib import Path


def default_data() -> Path:
    """`$QA_DATA`, or 'data'."""
    return Path(os.environ.get("QA_DATA") or "data")
