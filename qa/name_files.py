"""Files that say who may read the documents: names, and what is stored for each, one `name:stored` a line.

Each is its owner's alone, and written whole or not at all.
"""

import os
import re
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qa.errors import QAError

MAX_NAME: Final = 64


@dataclass(frozen=True)
class NameFile:
    """A kind of these files: `what` each line is ("login", "key"), the pattern of what is `stored`, and the `error`
    that is raised, with what to do."""

    what: str
    stored: re.Pattern[str]
    error: type[QAError]

    @property
    def option(self) -> str:
        """The option of commands that names such a file."""
        return f"--{self.what}s"

    def name(self, name: str) -> str:
        """A name as it is compared (NFC). Raises the error when it cannot stand in the file."""
        found = unicodedata.normalize("NFC", name)
        fits = 0 < len(found) <= MAX_NAME and found == found.strip() and found.isprintable()
        if not fits or set(found) & {":", "#"}:
            raise self.error(
                f"{name!r} cannot be a {self.what}'s name; take 1 to {MAX_NAME} visible characters, without ':' and '#'"
            )
        return found

    def read(self, path: Path) -> dict[str, str]:
        """Each name with what is stored for it. Raises the error when the file cannot be read as such."""
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
            raise self.error(
                f"cannot read the {self.what}s in {str(path)!r} ({reason}); name another file with {self.option}, "
                f"or make one with: qa {self.what} add NAME {self.option} FILE"
            ) from error
        found: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            name, _, stored = line.partition(":")
            if not self.stored.fullmatch(stored):
                raise self.error(
                    f"line {number} of {str(path)!r} is no {self.what}; remove it, and write it with: "
                    f"qa {self.what} add NAME {self.option} {path}"
                )
            found[self.name(name)] = stored
        return found

    def write(self, path: Path, names: Mapping[str, str]) -> None:
        """Replace the file in one step, readable for its owner only. Raises the error when that fails."""
        text = "".join(f"{name}:{stored}\n" for name, stored in sorted(names.items()))
        try:
            _write_private(path, text)
        except OSError as error:
            raise self.error(f"cannot write the {self.what}s to {str(path)!r} ({error.strerror})") from error


def _write_private(path: Path, text: str) -> None:
    """Replace a file, or raise OSError and leave it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(made).replace(path)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
