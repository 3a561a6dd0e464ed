"""`qa references [REFERENCE]`: what the documents refer to, and every paragraph that refers to it."""

import argparse
import json

from embeddings.__main__ import add_index_arguments


def add_reference_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa references`."""
    parser.add_argument(
        "reference",
        nargs="?",
        default="",
        metavar="REFERENCE",
        help="in any of the six languages: 'article 54', '第五章', 'A/RES/58/4', 'UNCAC' (default: count all)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_index_arguments(parser)
    parser.set_defaults(run=_references)


def _references(arguments: argparse.Namespace) -> int:
    from embeddings.models import find_model
    from embeddings.store import IndexStore
    from qa.reference_lookup import lookup, parsed
    from qa.reference_output import counts_json, counts_text, reference_json, reference_text
    from qa.stale import refuse_stale

    query = parsed(arguments.reference) if arguments.reference else None  # before the index is opened
    refuse_stale(arguments)
    index = IndexStore(arguments.index, arguments.uri).open(find_model(arguments.model).identity)
    if query is None:
        counts = index.references.counts()
        text = counts_text(counts, len(index.documents), len(index.passages))
        print(json.dumps(counts_json(counts), ensure_ascii=False, indent=2) if arguments.json else text)
        return 0
    answer = lookup(index, query)
    print(
        json.dumps(reference_json(answer), ensure_ascii=False, indent=2) if arguments.json else reference_text(answer)
    )
    return 0
