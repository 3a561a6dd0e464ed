"""`qa mcp`: the tools `search` and `ask` on standard input and output, as assistants on this machine start them."""

import argparse

from embeddings.__main__ import add_index_folder, add_model_argument
from qa.ask_commands import add_reranker_argument
from qa.errors import ServeError
from qa.mcp_extra import has_mcp
from qa.writing.arguments import add_writer_arguments, writer_settings


def add_mcp_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa mcp`."""
    add_index_folder(parser)
    add_model_argument(parser)
    add_reranker_argument(parser)
    add_writer_arguments(parser)
    parser.set_defaults(run=run_mcp)


def run_mcp(arguments: argparse.Namespace) -> int:
    """Offer the tools until standard input ends. Returns the exit status.

    Raises ServeError where the extra is not installed, WriterError when the writer cannot be meant, and what `Live`
    does when the index cannot be opened.
    """
    if not has_mcp():
        raise ServeError("the Model Context Protocol is an extra; install it with: pip install 'paragraph-qa[mcp]'")

    settings = writer_settings(arguments)

    from qa.api import AsyncApi, in_a_thread
    from qa.assistant import loaded_reranker
    from qa.live import Live
    from qa.mcp_server import mcp_server
    from qa.writing.written import Writer

    live = Live(arguments.index, arguments.model, arguments.uri, reranker=loaded_reranker(arguments.reranker))
    api = AsyncApi(live, Writer(settings) if settings else None, in_a_thread)
    mcp_server((api.search, api.ask)).run("stdio")
    return 0
