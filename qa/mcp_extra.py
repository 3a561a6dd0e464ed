"""Whether the library for tools of the Model Context Protocol is there (extra: mcp)."""

from importlib.util import find_spec


def has_mcp() -> bool:
    """Whether it is installed, in a version that `qa.mcp_server` is written for.

    gradio has an extra of the same name, which brings an older one; a Space always installs that.
    """
    return find_spec("mcp") is not None and find_spec("mcp.server.mcpserver") is not None
