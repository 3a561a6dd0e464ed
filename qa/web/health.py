"""What a service manager or a load balancer asks, with any name and without a login: whether to restart, or to wait.

Neither answer says anything of the documents or of visitors, so everybody may have it, and none is counted or logged.
"""

from typing import Final

ALIVE: Final = "/healthz"
"""200 as long as the process answers anything."""
READY: Final = "/readyz"
"""200 as long as it answers questions, 503 from the moment on that it is told to stop.

A server listens only when its index is open and its model loaded, and what is open stays so: while another generation
is built or read, and where the index's folder is gone, the one before answers (`qa.live`). So before there is anything
to ask, nobody answers here at all.
"""


def health(path: str, *, stopping: bool) -> tuple[int, str] | None:
    """Status and text of the answer to one of these two; None for any other path."""
    if path == ALIVE:
        return 200, "ok"
    if path == READY:
        return (503, "stopping") if stopping else (200, "ok")
    return None
