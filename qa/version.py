"""The program's version: said here, so that it is known where the program is run from its folder, as in a Space."""

from typing import Final

VERSION: Final = "0.1.0"
