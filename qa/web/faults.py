"""What went wrong is told to whoever runs the page; the visitor gets a number to name it by."""

import logging
import secrets

from qa.web.events import Fault, tell

_log = logging.getLogger(__name__)


def report_fault(what: str, error: BaseException | None = None) -> str:
    """Log what failed, with the traceback of `error`, and return the fault's number: 8 hexadecimal digits.

    `what` must hold nothing of what a visitor wrote: logs are read by others than those who answer for the visitors.
    """
    number = secrets.token_hex(4)
    _log.error("fault %s: %s", number, what, exc_info=error, extra={"said": {"fault": number}})
    tell(Fault())
    return number
