"""Serving the page: one process, this machine only unless told otherwise, no request to any other host."""

import asyncio
import atexit
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from math import ceil
from types import FrameType
from typing import Any, Final

# Read by these libraries when they are imported or used, so set before. What else the framework would take from the
# environment could only open what is closed here: links to share, folders to serve, other servers.
for _name in [name for name in os.environ if name.startswith("GRADIO_")]:
    del os.environ[_name]
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# What the framework keeps on the disk lies in a folder that nobody else can read, and is gone afterwards.
os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="qa-page-")
atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)

import gradio as gr
import uvicorn
from fastapi import FastAPI

from qa.api import AsyncApi, Purpose, last_of
from qa.errors import ServeError
from qa.web.about_routes import add_about_routes
from qa.web.api_routes import add_api_routes
from qa.web.chat_requests import forget, functions_of
from qa.web.connections import protocol_of
from qa.web.documents_routes import add_documents_routes
from qa.web.events import heard_by, observed
from qa.web.export_routes import add_export_routes
from qa.web.feedback_routes import add_feedback_routes
from qa.web.filter_routes import add_filter_routes
from qa.web.guard import Guard, answer_seconds
from qa.web.limits import Limits
from qa.web.logs import RequestLog
from qa.web.mcp_routes import mcp_app
from qa.web.page import HEAD, THEME, build_page
from qa.web.site import Site
from qa.web.source_routes import add_source_routes
from qa.web.turns import Turns
from qa.web.ui_routes import add_ui_routes
from qa.web.writing_routes import add_writing_routes

_BACKLOG: Final = 128
"""Connections that wait for being accepted."""
_LOOK_SECONDS: Final = 0.05
"""Between two looks at whether answers are still on their way."""
_log = logging.getLogger(__name__)


def check_free(host: str, port: int) -> None:
    """Raise ServeError when the address cannot be listened on."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ServeError(f"cannot listen on {host}:{port} ({error.strerror}); name another with: --port N") from error


@dataclass(frozen=True)
class Made:
    """What answers: the page, `search` and `ask` for programs, and the turns that all of these take."""

    page: gr.Blocks
    api: AsyncApi
    turns: Turns

    def waiting(self) -> int:
        """How many questions wait to be answered."""
        return len(self.page._queue) + self.turns.waiting


def made_of(site: Site) -> Made:
    """What answers for a site."""
    turns = Turns(site.settings.limits)

    async def work(purpose: Purpose, question: str, steps: Iterator[Any]) -> Any:
        return await turns.answer(lambda: last_of(observed(question, steps, purpose)))

    api = AsyncApi(site.live, site.writer, work)
    return Made(build_page(site, api, turns), api, turns)


def web_app(site: Site, made: Made | None = None) -> Guard:
    """The page as an ASGI application, the guard in front.

    Raises LoginError or KeyInvalid when its logins or keys cannot be read.
    """
    made = made or made_of(site)
    tools = mcp_app(made.api)
    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, lifespan=tools.router.lifespan_context if tools else None
    )
    add_ui_routes(app)
    for add_routes in (
        add_source_routes,
        add_filter_routes,
        add_documents_routes,
        add_feedback_routes,
        add_export_routes,
        add_about_routes,
        add_writing_routes,
    ):
        add_routes(app, site)
    add_api_routes(app, made.api, site.settings)
    app.router.routes += tools.routes if tools else []
    page, limits = made.page, site.settings.limits
    page.queue(max_size=limits.waiting, default_concurrency_limit=limits.answers_at_once, api_open=False)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        head=HEAD,
        theme=THEME,
        footer_links=[],
        allowed_paths=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1kb",  # nothing is uploaded by way of the framework
    )
    return Guard(app, site.settings, functions_of(page), partial(forget, page))


class Server(uvicorn.Server):
    """uvicorn, which tells the guard when it stops, so that open streams end with a word."""

    def __init__(self, guard: Guard, config: uvicorn.Config, limits: Limits) -> None:
        super().__init__(config)
        self._guard = guard
        self._limits = limits

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._guard.stop()
        until = time.monotonic() + answer_seconds(self._limits)
        # It listens meanwhile, so that whoever comes is told, and /readyz says that this server is leaving.
        while self._guard.is_busy and not self.force_exit and time.monotonic() < until:
            await asyncio.sleep(_LOOK_SECONDS)
        await super().shutdown(sockets)


def server_of(guard: Guard, site: Site) -> Server:
    """The server, not started yet."""
    settings = site.settings
    config = uvicorn.Config(
        guard,
        host=settings.host,
        port=settings.port,
        http=protocol_of(settings.limits),
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        log_config=None,
        proxy_headers=False,  # the guard reads them, where there is a proxy
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=ceil(settings.limits.grace_seconds - answer_seconds(settings.limits)),
    )
    return Server(guard, config, settings.limits)


def serve(site: Site) -> None:
    """Serve the page until interrupted.

    Raises ServeError when the address is taken, LoginError or KeyInvalid for unusable logins or keys.
    """
    settings = site.settings
    check_free(settings.host, settings.port)
    made = made_of(site)
    server = server_of(web_app(site, made), site)
    # The server raises the signal again when it has stopped; this lets the process end as it would by itself.
    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as watching:
        watching.enter_context(heard_by(RequestLog(settings.logs)))
        if settings.metrics_port:
            from qa.web.metrics import Metrics

            metrics = Metrics(site.live, made.waiting)
            watching.enter_context(metrics.served(settings.metrics_host, settings.metrics_port))
            watching.enter_context(heard_by(metrics))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        text = f"serving on http://{host}:{settings.port}"
        if settings.logs.format == "json":
            _log.info(text)
        else:
            print(f"{text} (stop with Ctrl-C)", file=sys.stderr)
        server.run()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
