"""The command `qa`."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from embeddings.errors import EmbeddingsError
from qa.errors import QAError

_COMMANDS: Final = {
    "build": ("build the index from the documents", "embeddings.__main__", "add_build_command"),
    "ask": ("ask a question in any language", "qa.ask_commands", "add_ask_arguments"),
    "replay": ("search again what a record says, and compare", "qa.ask_commands", "add_replay_arguments"),
    "references": ("what the documents refer to, and where", "qa.reference_commands", "add_reference_arguments"),
    "verify": ("tell whether a quotation stands in the documents", "qa.citation_commands", "add_verify_arguments"),
    "cite": ("citations: show, pin, resolve", "qa.citation_commands", "add_cite_arguments"),
    "index": ("look after the index: list, verify, rollback, gc", "qa.index_commands", "add_tending_arguments"),
    "feedback": (
        "what visitors said of the page's answers: list, export",
        "qa.feedback_commands",
        "add_feedback_arguments",
    ),
    "inspect": ("show what is understood of a file", "qa.inspect_commands", "add_inspect_arguments"),
    "eval": ("measure retrieval on judged queries", "qa.eval_commands", "add_eval_arguments"),
    "models": ("whether a model fits, how fast and how good it is", "qa.model_commands", "add_models_arguments"),
    "login": ("who may open the page: add, remove, list", "qa.login_commands", "add_login_arguments"),
    "key": ("which programs may ask: add, remove, list", "qa.key_commands", "add_key_arguments"),
    "mcp": ("offer search and ask to an assistant that starts this", "qa.mcp_commands", "add_mcp_arguments"),
    "serve": ("serve the page", "qa.serve_commands", "add_serve_arguments"),
}
"""The commands: what each does, and the module and function that give it its arguments."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0 done, 1 an error, 2 wrong usage."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    given = sys.argv[1:] if argv is None else list(argv)
    arguments = _parser(next(iter(given), "")).parse_args(given)
    try:
        status: int = arguments.run(arguments)
    except (QAError, EmbeddingsError) as error:
        print(f"qa: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except MemoryError:
        print("qa: error: out of memory; what was there before is untouched", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output, `head` for one, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _parser(command: str) -> argparse.ArgumentParser:
    """The parser, with the arguments of one command: those of the others would load what these need, for nothing."""
    parser = argparse.ArgumentParser(
        prog="qa", description="Cited answers from your documents, without a language model."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (does, module, function) in _COMMANDS.items():
        own = commands.add_parser(name, help=does)
        if name == command:
            add_arguments: Callable[[argparse.ArgumentParser], None] = getattr(import_module(module), function)
            add_arguments(own)
    return parser


if __name__ == "__main__":
    sys.exit(main())
