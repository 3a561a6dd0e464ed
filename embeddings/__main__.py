"""`python -m embeddings`: build the index from the seeds folder."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import EmbeddingsError

DEFAULT_SEEDS = "seeds"
DEFAULT_INDEX = "index"


def add_index_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which index and which model are meant, with their environment variables."""
    parser.add_argument(
        "--index",
        type=Path,
        default=Path(os.environ.get("QA_INDEX", DEFAULT_INDEX)),
        metavar="FOLDER",
        help="the index (default: $QA_INDEX, or 'index')",
    )
    parser.add_argument(
        "--seeds",
        type=Path,
        default=Path(os.environ.get("QA_SEEDS", DEFAULT_SEEDS)),
        metavar="FOLDER",
        help="the documents (default: $QA_SEEDS, or 'seeds')",
    )
    add_model_argument(parser)


def add_model_argument(parser: argparse.ArgumentParser) -> None:
    """The argument that says which model is meant."""
    parser.add_argument(
        "--model",
        default=os.environ.get("QA_MODEL", ""),
        metavar="NAME",
        help="a sentence-transformers model, by name or folder (default: $QA_MODEL, or the bundled one)",
    )


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of a build."""
    add_index_arguments(parser)
    parser.add_argument("--if-needed", action="store_true", help="do nothing when the index is up to date")


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal; yields what moves it to `done` of `total`."""
    from tqdm import tqdm

    with tqdm(desc="encoding", unit=" paragraphs", leave=False, disable=None) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield move


def run_build(arguments: argparse.Namespace) -> int:
    """Build as the arguments say, with a progress bar and a report on standard error. Returns the exit status."""
    from embeddings.build import build, why_build
    from embeddings.encoder import load_encoder
    from embeddings.models import find_model
    from embeddings.store import IndexStore

    model = find_model(arguments.model)
    index = IndexStore(arguments.index)
    if arguments.if_needed:
        reason = why_build(arguments.seeds, index, model.identity)
        if reason is None:
            return 0
        print(f"the index {reason}: building it", file=sys.stderr)

    with progress_bar() as progress:
        report = build(arguments.seeds, index, load_encoder(model, many=True), progress)
    for item in report.left_out:
        print(f"left out: {item.path}: {item.reason}", file=sys.stderr)
    for refusal in report.refused:
        print(f"refused: {refusal}", file=sys.stderr)
    documents = "1 document" if report.documents == 1 else f"{report.documents} documents"
    print(f"indexed {documents}, {report.manifest.passages} paragraphs into {arguments.index}", file=sys.stderr)
    return 1 if report.refused else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status: 0 all built, 1 an error or a refused file, 2 wrong usage."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    parser = argparse.ArgumentParser(prog="python -m embeddings", description="Build the index from the documents.")
    add_build_arguments(parser)
    try:
        return run_build(parser.parse_args(argv))
    except EmbeddingsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
