"""Serving the page: one process, this machine only unless told otherwise, no request to any other host."""

import os
import socket
import sys
from typing import Final

# Read by these libraries when they are imported, so set before.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI

from qa.assistant import Assistant
from qa.errors import ServeError
from qa.live import Live
from qa.web.page import CSS, HEAD, build_page

_GRACE_SECONDS: Final = 5
"""How long running answers may take to end when the server is told to stop."""
_MAX_WAITING: Final = 32
"""Questions that may wait; more are refused at once with a message."""
_AT_ONCE: Final = 2
"""Questions answered at a time: an answer keeps a core busy."""


def check_free(host: str, port: int) -> None:
    """Raise ServeError when the address cannot be listened on."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ServeError(f"cannot listen on {host}:{port} ({error.strerror}); name another with: --port N") from error


def web_app(assistant: Assistant | Live) -> FastAPI:
    """The page as an ASGI application."""
    page = build_page(assistant)
    page.queue(max_size=_MAX_WAITING, default_concurrency_limit=_AT_ONCE, api_open=False)
    app: FastAPI = gr.mount_gradio_app(
        FastAPI(openapi_url=None, docs_url=None, redoc_url=None),
        page,
        path="/",
        css=CSS,
        head=HEAD,
        theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        max_file_size="1kb",  # nothing is uploaded here
    )
    return app


def serve(assistant: Assistant | Live, host: str, port: int) -> None:
    """Serve the page until interrupted. Raises ServeError when the address is taken."""
    check_free(host, port)
    print(f"serving on http://{host}:{port} (stop with Ctrl-C)", file=sys.stderr)
    uvicorn.run(
        web_app(assistant),
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
    )
