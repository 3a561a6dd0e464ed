"""`qa inspect`: what is understood of a file."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from embeddings.inspection import Inspection, inspected
from embeddings.source_text import harmless
from embeddings.types import Document, Passage, Span
from qa.citations import locator, source_place
from qa.output import places_json
from qa.wording import counted

_SHOWN: Final = 90
"""Characters of a paragraph in the list of all."""


def add_inspect_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa inspect`."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=_inspect)


def _inspect(arguments: argparse.Namespace) -> int:
    found = inspected(arguments.file)
    if arguments.json:
        print(json.dumps(inspection_json(found), ensure_ascii=False, indent=2))
    else:
        print(inspection_text(found))
    return 0


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """What was understood of a file, as `qa inspect --json` prints it. Offsets count characters."""
    document = inspection.document
    return {
        "source": document.source.path,
        "title": document.title,
        "symbol": document.symbol,
        "date": document.date,
        "language": document.language,
        "characters": len(document.text),
        "headings": [
            {"text": heading.text, "level": heading.level, "start": heading.start, "end": heading.end}
            for heading in document.headings
        ],
        "passages": [
            {
                "passage_id": passage.passage_id,
                "section": list(passage.section),
                "article": passage.article,
                "paragraph": passage.paragraph,
                "language": passage.language,
                "start": passage.start,
                "end": passage.end,
                "places": places_json(document, Span(passage.start, passage.end)),
                "sentences": len(passage.sentences),
                "text": passage.text,
            }
            for passage in inspection.passages
        ],
        "left_out": list(inspection.document.left_out),
    }


def inspection_text(inspection: Inspection) -> str:
    """What was understood of a file, for a terminal: headings and paragraphs in their order."""
    document = inspection.document
    lines = [document.source.path]
    known = ("title", "symbol", "date", "language")
    lines += [f"  {name + ':':10}{getattr(document, name) or 'unknown'}" for name in known]
    lines.append(f"  {'holds:':10}{counted(len(inspection.passages), 'paragraph')}, {len(document.text)} characters")
    rows = [(heading.start, f"{'#' * (heading.level + 1)} {heading.text}") for heading in document.headings]
    rows += [(passage.start, _passage_line(document, passage)) for passage in inspection.passages]
    lines += ["", *(line for _, line in sorted(rows)), ""]
    lines += [f"left out: {item}" for item in inspection.document.left_out] or ["left out: nothing"]
    return harmless("\n".join(lines))


def _passage_line(document: Document, passage: Passage) -> str:
    words = passage.text.replace("\n", " / ")
    shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    place = f"{passage.language} [{passage.start}, {passage.end}) {source_place(document, passage)}"
    return f"  #{passage.key:10} {locator(passage)} · {place}\n      {shown}"
