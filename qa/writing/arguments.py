"""The arguments by which a writer is named, for every command that has one."""

import argparse

from qa.errors import WriterError
from qa.writing.settings import KEY, MODEL, URL, WriterSettings


def add_writer_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the model is and what it is called; its key comes from the environment only."""
    parser.add_argument(
        "--writer",
        default="",
        metavar="URL",
        help=f"an OpenAI-compatible endpoint, up to /v1 (default: ${URL}; its key: ${KEY}); see docs/writing.md",
    )
    parser.add_argument("--writer-model", default="", metavar="NAME", help=f"the model there (default: ${MODEL})")
    parser.add_argument(
        "--writer-seconds", type=float, default=60.0, metavar="S", help="how long it may take (default: 60)"
    )
    parser.add_argument(
        "--writer-without-tls", action="store_true", help="it is meant that the endpoint is elsewhere, by plain http"
    )


def writer_settings(arguments: argparse.Namespace) -> WriterSettings | None:
    """The writer that is named; None where none is. Raises WriterError when it cannot be meant."""
    return WriterSettings.of(
        arguments.writer,
        arguments.writer_model,
        without_tls=arguments.writer_without_tls,
        total_seconds=arguments.writer_seconds,
    )


def needed_writer(arguments: argparse.Namespace) -> WriterSettings:
    """As `writer_settings`, where one is needed. Raises WriterError when none is named."""
    settings = writer_settings(arguments)
    if settings is None:
        message = f"no model is named; name one with: --writer URL --writer-model NAME, or ${URL} and ${MODEL}"
        raise WriterError("settings", message)
    return settings
