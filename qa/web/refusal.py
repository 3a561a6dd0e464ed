"""A request that is not answered as asked."""

from collections.abc import Mapping


class Refusal(Exception):
    """Status, the string that says why (`guard.…`) with its values, and headers besides."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})
        self.values = values


def wait(status: int, reason: str, seconds: int) -> Refusal:
    """A refusal that ends after some seconds."""
    return Refusal(status, reason, {"Retry-After": str(seconds)}, count=seconds)
