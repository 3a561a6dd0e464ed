"""Write `constraints.txt`: the versions of everything that the project needs, as installed here and as tested.

.venv/bin/python scripts/lock.py > constraints.txt
"""

import sys
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "paragraph-qa"
EXTRAS = ("dev",)


def closure() -> dict[str, str]:
    """Name and version of each distribution that the project needs, directly or not."""
    versions: dict[str, str] = {}
    todo = [(PROJECT, EXTRAS)]
    while todo:
        name, extras = todo.pop()
        for line in distribution(name).requires or []:
            requirement = Requirement(line)
            wanted = any(
                requirement.marker is None or requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)
            )
            if not wanted:
                continue
            key = canonicalize_name(requirement.name)
            try:
                version = distribution(key).version
            except PackageNotFoundError:
                continue
            if key not in versions or requirement.extras:
                versions[key] = version.split("+")[0]
                todo.append((key, tuple(requirement.extras)))
    return versions


if __name__ == "__main__":
    print("# The versions this project is tested with, made by scripts/lock.py. Ranges for others: pyproject.toml.")
    print("\n".join(f"{name}=={version}" for name, version in sorted(closure().items())))
    sys.exit(0)
