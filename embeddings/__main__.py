"""`python -m embeddings`: build the index from the seeds folder."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.errors import EmbeddingsError
from embeddings.source_text import harmless

if TYPE_CHECKING:
    from embeddings.build import Report
    from embeddings.models import Model
    from embeddings.store import IndexStore

DEFAULT_SEEDS = "seeds"
DEFAULT_INDEX = "index"
_WATCH_EVERY = 2.0
"""Seconds between two looks at the folder of documents."""


def add_index_folder(parser: argparse.ArgumentParser) -> None:
    """The argument that says which index is meant."""
    parser.add_argument(
        "--index",
        type=Path,
        default=Path(os.environ.get("QA_INDEX", DEFAULT_INDEX)),
        metavar="FOLDER",
        help="the index (default: $QA_INDEX, or 'index')",
    )
    parser.add_argument(
        "--uri",
        default=os.environ.get("QA_URI", ""),
        help="where Milvus is that keeps its vectors: http://HOST:PORT, or FILE.db (default: $QA_URI)",
    )


def add_index_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that say which index and which model are meant, with their environment variables."""
    add_index_folder(parser)
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
    parser.add_argument("--full", action="store_true", help="make everything anew, take nothing over")
    parser.add_argument("--watch", action="store_true", help="go on, and build whenever a document changes")
    parser.add_argument("--keep-going", action="store_true", help="exit with 0 although files were refused")
    parser.add_argument(
        "--store",
        choices=("files", "milvus"),
        help="where vectors are kept (default: where they are; of a new index in files)",
    )
    parser.add_argument(
        "--vectors",
        default=os.environ.get("QA_VECTORS", ""),
        metavar="KIND",
        help="how vectors in files are searched: exact, hnsw, ivf or ivf-pq (default: $QA_VECTORS, or what suits them)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--device",
        type=_devices,
        default=(),
        metavar="NAMES",
        help="where the model runs: cpu, cuda:0, ...; several by commas, with a process on each (default: the fastest)",
    )
    where.add_argument(
        "--ray",
        default="",
        metavar="ADDRESS",
        help="run the model on a Ray cluster, or on 'local'; see docs/indexing.md",
    )


def _devices(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise argparse.ArgumentTypeError(f"{text!r} has a name missing; name devices like this: cpu,cpu")
    return names


def add_build_command(parser: argparse.ArgumentParser) -> None:
    """What makes a parser a command that builds."""
    add_build_arguments(parser)
    parser.set_defaults(run=run_build)


@contextmanager
def progress_bar(does: str = "encoding", what: str = "paragraphs") -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal; yields what moves it to `done` of `total`."""
    from tqdm import tqdm

    with tqdm(desc=does, unit=f" {what}", leave=False, disable=None) as bar:

        def move(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield move


def run_build(arguments: argparse.Namespace) -> int:
    """Build as the arguments say, with a progress bar and a report on standard error; with `--watch` again and again.

    Returns the exit status. Raises what `build` raises, while watching only at the first time.
    """
    from embeddings.models import find_model
    from embeddings.store import IndexStore

    model, index = find_model(arguments.model), IndexStore(arguments.index, arguments.uri)
    status = _build(arguments, model, index, if_needed=arguments.if_needed)
    while arguments.watch:
        time.sleep(_WATCH_EVERY)
        try:
            _build(arguments, model, index, if_needed=True)
        except EmbeddingsError as error:
            print(f"error: {error}", file=sys.stderr)
    return status


def _build(arguments: argparse.Namespace, model: "Model", index: "IndexStore", *, if_needed: bool) -> int:
    from embeddings.build import build, why_build
    from embeddings.building_encoder import building_encoder
    from embeddings.index.kinds import search_named

    if if_needed:
        reason = why_build(arguments.seeds, index, model.identity, arguments.store)
        if reason is None:
            return 0
        print(f"the index {reason}: building it", file=sys.stderr)
    search = search_named(arguments.vectors)
    with (
        progress_bar("reading", "files") as reading,
        progress_bar() as progress,
        building_encoder(model, arguments.device, arguments.ray) as encoder,
    ):
        report = build(
            arguments.seeds,
            index,
            encoder,
            progress,
            reading=reading,
            full=arguments.full,
            kept_in=arguments.store,
            search=search,
        )
    _print_report(report, arguments.index)
    return 1 if report.refused and not arguments.keep_going else 0


def _print_report(report: "Report", index: Path) -> None:
    """What was built and what was not, on standard error."""
    lines = [f"left out: {item.path}: {item.reason}" for item in report.left_out]
    lines += [f"not part of the text: {d.source.path}: {note}" for d in report.documents for note in d.left_out]
    lines += [f"doubtful: {doubt.passage_id} and {doubt.version_id} are linked by number" for doubt in report.doubts]
    lines += [f"refused: {refusal}" for refusal in report.refused]
    built = f"{_counted(len(report.documents), 'document')}, {_counted(report.manifest.passages, 'paragraph')}"
    spoken = ", ".join(f"{language} {count}" for language, count in sorted(report.languages.items()))
    refused = f"; {_counted(len(report.refused), 'file')} refused" if report.refused else ""
    lines.append(f"indexed {built} ({spoken}) into {index}{refused}")
    for line in lines:
        print(harmless(line), file=sys.stderr)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


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
    except MemoryError:
        print("error: out of memory; what was there before is untouched", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
