"""`search` and `ask` as tools at `/mcp`, where the extra for them is installed. The guard stands in front."""

from starlette.applications import Starlette

from qa.api import AsyncApi
from qa.mcp_extra import has_mcp
from qa.web.api_errors import MCP, of_error
from qa.web.faults import report_fault


def mcp_app(api: AsyncApi) -> Starlette | None:
    """The application with the tools, whose routes and lifespan are to be taken over; None without the extra."""
    if not has_mcp():
        return None
    from qa.mcp_server import mcp_server, over_http

    return over_http(mcp_server((api.search, api.ask), told), MCP)


def told(error: Exception) -> str:
    """What an assistant is told of an error: nothing that only this server's owner should know."""
    known = of_error(error)
    if known is None:
        return f"something failed here; whoever runs this server finds it as {report_fault('a tool', error)}"
    return known[1]["error"]
