"""`qa serve`: the page, on this machine or in a network."""

import argparse
import os
from pathlib import Path
from typing import get_args

from embeddings.__main__ import add_index_arguments, run_build
from qa.ask_commands import add_reranker_argument, positive
from qa.data_folder import default_data
from qa.types import Uploads
from qa.web.limits import Limits
from qa.web.logs import LogFormat, Logs, set_up
from qa.web.settings import Settings
from qa.writing.arguments import add_writer_arguments, writer_settings


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the page's server."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument("--port", type=_port, default=7860, help="port to listen on (default: 7860)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which visitors reach this server, without a port; may be given several times",
    )
    parser.add_argument(
        "--allow-frame",
        action="append",
        default=[],
        metavar="SITE",
        help="a site, as https://NAME, whose pages may show this one in a frame; may be given several times",
    )
    parser.add_argument(
        "--behind-proxy",
        action="store_true",
        help="only a proxy connects, and says in X-Forwarded-For, -Proto and -Host who asked; see docs/deployment.md",
    )
    parser.add_argument(
        "--logins", type=Path, metavar="FILE", help="let in only who is in this file; see: qa login add --help"
    )
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="let in programs with a key of this file; see: qa key add --help"
    )
    parser.add_argument(
        "--without-login",
        action="store_true",
        help="with a --host that other machines reach: let everybody there read everything",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=default_data(),
        metavar="FOLDER",
        help="where visitors' documents and feedback are kept (default: $QA_DATA, or 'data')",
    )
    parser.add_argument(
        "--uploads",
        choices=get_args(Uploads),
        default="own",
        help="uploaded documents are their visitor's own (default), shared with everybody, or off: there are none",
    )
    default = Limits()
    parser.add_argument(
        "--questions-a-minute",
        type=positive,
        default=default.questions_a_minute,
        metavar="N",
        help=f"questions of one visitor a minute (default: {default.questions_a_minute})",
    )
    parser.add_argument(
        "--uploads-a-minute",
        type=positive,
        default=default.uploads_a_minute,
        metavar="N",
        help=f"uploads and removals of one visitor a minute (default: {default.uploads_a_minute})",
    )
    parser.add_argument(
        "--upload-mb",
        type=positive,
        default=default.upload_bytes // 1_000_000,
        metavar="N",
        help=f"the largest document taken, in MB (default: {default.upload_bytes // 1_000_000})",
    )
    parser.add_argument("--no-build", action="store_true", help="serve the index as it is, whatever the documents are")
    _add_watching_arguments(parser)
    add_writer_arguments(parser)
    add_index_arguments(parser)
    add_reranker_argument(parser)
    parser.set_defaults(run=run_serve)


def _add_watching_arguments(parser: argparse.ArgumentParser) -> None:
    """What those who run the server see of it."""
    parser.add_argument(
        "--log-format",
        choices=get_args(LogFormat),
        default="text",
        help="a line of text for each thing that is logged (default), or a JSON object",
    )
    parser.add_argument(
        "--log-requests", action="store_true", help="log each request: method, path, status, time; not who asked what"
    )
    parser.add_argument("--log-questions", action="store_true", help="log what visitors ask, in their words")
    parser.add_argument("--log-addresses", action="store_true", help="log each request with its visitor's address")
    parser.add_argument(
        "--metrics-port",
        type=_port,
        default=0,
        metavar="N",
        help="serve figures for Prometheus on this port (default: none)",
    )
    parser.add_argument(
        "--metrics-host",
        default="127.0.0.1",
        metavar="HOST",
        help="the address for them (default: 127.0.0.1, this machine only)",
    )


def run_serve(arguments: argparse.Namespace) -> int:
    """Build the index if it is missing or stale, then serve the page until interrupted. Returns the exit status.

    Raises ServeError or WriterError when the settings cannot be meant, before anything is built.
    """
    settings = settings_of(arguments)
    writer = writer_settings(arguments)
    set_up(settings.logs)

    from qa.web.server import check_free, serve  # loads gradio: seconds

    check_free(settings.host, settings.port)
    if not arguments.no_build:
        arguments.if_needed, arguments.keep_going, arguments.full, arguments.watch = True, True, False, False
        arguments.store, arguments.vectors = None, os.environ.get("QA_VECTORS", "")
        arguments.device, arguments.ray = (), ""
        run_build(arguments)

    from qa.assistant import loaded_reranker
    from qa.feedback import FILE_NAME, FeedbackStore
    from qa.intake import UploadLimits
    from qa.library import Library
    from qa.live import Live
    from qa.web.site import Site
    from qa.writing.written import Writer

    live = Live(arguments.index, arguments.model, arguments.uri, reranker=loaded_reranker(arguments.reranker))
    library = Library(
        live,
        seeds=arguments.seeds,
        index=arguments.index,
        data=settings.data,
        uploads=settings.uploads,
        limits=UploadLimits(file_bytes=settings.limits.upload_bytes),
        rebuilds=settings.only_here,
        model=arguments.model,
        uri=arguments.uri,
    )
    try:
        feedback = FeedbackStore(settings.data / FILE_NAME)
        serve(Site(live, library, feedback, settings, Writer(writer) if writer else None))
    finally:
        library.close()
    return 0


def settings_of(arguments: argparse.Namespace) -> Settings:
    """How to serve, as the command line says. Raises ServeError when that cannot be meant."""
    return Settings(
        host=arguments.host,
        port=arguments.port,
        allowed_hosts=tuple(arguments.allow_host),
        framed_by=tuple(arguments.allow_frame),
        behind_proxy=arguments.behind_proxy,
        logins=arguments.logins,
        keys=arguments.keys,
        without_login=arguments.without_login,
        data=arguments.data,
        uploads=arguments.uploads,
        limits=Limits(
            questions_a_minute=arguments.questions_a_minute,
            uploads_a_minute=arguments.uploads_a_minute,
            upload_bytes=arguments.upload_mb * 1_000_000,
        ),
        logs=Logs(arguments.log_format, arguments.log_requests, arguments.log_questions, arguments.log_addresses),
        metrics_host=arguments.metrics_host,
        metrics_port=arguments.metrics_port,
    )


def _port(text: str) -> int:
    value = int(text)
    if not 0 < value < 65536:
        raise argparse.ArgumentTypeError(f"must be from 1 to 65535, not {value}")
    return value
