"""`qa mcp`: the tools `search` and `ask` on standard input and output, as assistants on this machine start them."""

import argparse
from importlib.util import find_spec

from embeddings.__main__ import add_index_folder, add_model_argument
from qa.ask_commands import add_reranker_argument
from qa.errors import ServeError


def add_mcp_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa mcp`."""
    add_index_folder(parser)
    add_model_argument(parser)
    add_reranker_argument(parser)
    parser.set_defaults(run=run_mcp)


def run_mcp(arguments: argparse.Namespace) -> int:
    """Offer the tools until standard input ends. Returns the exit status.

    Raises ServeError where the extra is not installed, and what `Live` does when the index cannot be opened.
    """
    if find_spec("mcp") is None:
        raise ServeError("the Model Context Protocol is an extra; install it with: pip install 'paragraph-qa[mcp]'")

    from qa.api import Api
    from qa.assistant import loaded_reranker
    from qa.live import Live
    from qa.mcp_server import mcp_server

    api = Api(Live(arguments.index, arguments.model, reranker=loaded_reranker(arguments.reranker)))
    mcp_server((api.search, api.ask)).run("stdio")
    return 0
