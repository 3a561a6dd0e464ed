"""The program's version: said here, so that it is known where the program is run from its folder, as in a Space."""

VERSION = "0.1.0"  # pyproject.toml has it from here, and takes no annotation
