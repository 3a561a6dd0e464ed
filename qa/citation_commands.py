"""`qa verify QUOTE` and `qa cite show | pin | resolve`: quotations looked for, citations made, kept and looked up."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from embeddings.__main__ import add_index_folder
from embeddings.contents import Index
from embeddings.source_text import harmless
from embeddings.store import IndexStore
from embeddings.types import Document, Passage, Span
from qa.citation_formats import FORMATS, Cited, formatted
from qa.citations import locator, path_and_place, source_place
from qa.errors import PinError
from qa.pins import Resolved, Resolver, pin_passage, read_pins
from qa.quotation_differences import Difference
from qa.quotations import Finder, Place, Stretch, Verdict
from qa.wording import counted, one_line

_SHOWN_PLACES: Final = 20
"""Places listed in a terminal; `--json` has all."""
_SHOWN: Final = 120
"""Characters of a text shown in a line."""


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `qa verify`."""
    parser.add_argument("quote", help="the quotation, or - to read it from the standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _add_language(parser)
    add_index_folder(parser)
    parser.set_defaults(run=run_verify)


def add_cite_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands below `qa cite`."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="print citations of passages in a format")
    show.add_argument("passages", nargs="+", metavar="PASSAGE_ID", help="as qa ask --json names them: report#7")
    show.add_argument("--format", choices=tuple(FORMATS), default="text", help="default: text")
    _add_language(show)
    pin = commands.add_parser("pin", help="print a pin for each place where a quotation stands exactly")
    pin.add_argument("quote", help="the quotation, or - to read it from the standard input")
    pin.add_argument("--json", action="store_true", help="print the pins as a JSON list")
    resolve = commands.add_parser("resolve", help="tell what became of pinned citations")
    resolve.add_argument("pins", metavar="PINFILE", help="a file with pins in any text or as JSON, or -")
    resolve.add_argument("--json", action="store_true", help="print a JSON list")
    _add_language(resolve)
    for command, run in ((show, run_show), (pin, run_pin), (resolve, run_resolve)):
        add_index_folder(command)
        command.set_defaults(run=run)


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", default="en", metavar="CODE", help="name places in ar, en, es, fr, ru or zh")


def run_verify(arguments: argparse.Namespace) -> int:
    """Print whether a quotation stands in the documents. Returns 0 where it does exactly, else 1."""
    quote = _given(arguments.quote)
    index = _index(arguments)
    verdict = Finder(index).find(quote)
    if arguments.json:
        print(json.dumps(verdict_json(verdict, index, arguments.language), ensure_ascii=False, indent=2))
    else:
        print(harmless(verdict_text(verdict, index, arguments.language)))
    return 0 if verdict.status == "exactly" else 1


def run_show(arguments: argparse.Namespace) -> int:
    """Print citations of whole passages."""
    index = _index(arguments)
    cited = []
    for number, passage_id in enumerate(arguments.passages, 1):
        passage = index.passage(passage_id)
        if passage is None:
            raise PinError(f"no passage {passage_id!r:.100} in the index; qa inspect FILE shows those of a file")
        cited.append(Cited(number, index.documents[passage.doc_id], passage, Span(0, len(passage.text))))
    made = formatted(cited, arguments.format, arguments.language)
    sys.stdout.write(made if made.endswith("\n") else f"{made}\n")
    return 0


def run_pin(arguments: argparse.Namespace) -> int:
    """Print pins of a quotation's places. Returns 1 where it stands nowhere exactly."""
    verdict = Finder(_index(arguments)).find(_given(arguments.quote))
    pins = []
    if verdict.status == "exactly":
        stretches = [stretch for place in verdict.places for stretch in place.stretches]
        pins = [pin_passage(stretch.document, stretch.passage, stretch.span) for stretch in stretches]
    if arguments.json:
        print(json.dumps([pin.to_json() for pin in pins], ensure_ascii=False, indent=2))
    elif pins:
        print("\n".join(pin.to_text() for pin in pins))
    else:
        print("the quotation stands nowhere exactly; see: qa verify", file=sys.stderr)
    return 0 if pins else 1


def run_resolve(arguments: argparse.Namespace) -> int:
    """Print what became of pinned citations. Returns 0 where all quotations still stand, else 1."""
    pins = read_pins(_read(arguments.pins))
    resolver = Resolver(_index(arguments))
    found = [resolver.resolve(pin) for pin in pins]
    if arguments.json:
        made = [resolved_json(each, arguments.language) for each in found]
        print(json.dumps(made, ensure_ascii=False, indent=2))
    else:
        print(harmless("\n\n".join(resolved_text(each, arguments.language) for each in found)))
    return 0 if all(each.stands for each in found) else 1


def _given(quote: str) -> str:
    return _read("-") if quote == "-" else quote


def _read(name: str) -> str:
    """A file's text, or that of the standard input. Raises PinError when it cannot be read."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PinError(f"cannot read {name!r} as UTF-8 text: {error}") from error


def _index(arguments: argparse.Namespace) -> Index:
    """The index, whatever model it was made with: no question is encoded here."""
    store = IndexStore(arguments.index, arguments.uri)
    return store.open(store.manifest().encoder)


# --- As JSON ---------------------------------------------------------------------------------------------------------


def verdict_json(verdict: Verdict, index: Index, language: str = "en") -> dict[str, Any]:
    """A verdict as `qa verify --json` prints it. Keys may be added, none is renamed. Offsets count characters."""
    return {
        "quote": verdict.quote,
        "status": verdict.status,
        "complete": verdict.complete,
        "documents": len(index.documents),
        "paragraphs": len(index.passages),
        "places": [_place_json(place, language) for place in verdict.places],
    }


def _place_json(place: Place, language: str) -> dict[str, Any]:
    return {
        "similarity": round(place.similarity, 4),
        "stretches": [_stretch_json(stretch, language) for stretch in place.stretches],
        "differences": [_difference_json(difference) for difference in place.differences],
        "left_out": [{"start": span.start, "end": span.end} for span in place.left_out],
    }


def _stretch_json(stretch: Stretch, language: str) -> dict[str, Any]:
    return {
        **_where_json(stretch.document, stretch.passage, language),
        "text": stretch.text,
        "start": stretch.span.start,
        "end": stretch.span.end,
        "source_start": stretch.source.start,
        "source_end": stretch.source.end,
    }


def _where_json(document: Document, passage: Passage, language: str) -> dict[str, Any]:
    return {
        "passage_id": passage.passage_id,
        "doc_id": document.doc_id,
        "symbol": document.symbol,
        "title": document.title,
        "place": locator(passage, language),
        "source": document.source.path,
        "source_place": source_place(document, passage, language),
    }


def _difference_json(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "quoted": difference.quoted,
        "standing": difference.standing,
        "quote_start": difference.in_quote.start,
        "quote_end": difference.in_quote.end,
        "passage_id": difference.passage_id,
        "start": difference.in_passage.start,
        "end": difference.in_passage.end,
    }


def resolved_json(found: Resolved, language: str = "en") -> dict[str, Any]:
    """What became of a pin, as `qa cite resolve --json` prints it."""
    now = None
    if found.passage is not None and found.document is not None:
        now = _where_json(found.document, found.passage, language)
    return {
        "pin": found.pin.to_json(),
        "status": found.status,
        "stands": found.stands,
        "moved": list(found.moved),
        "now": now,
        "quote": _span_json(found.quote),
        "source": _span_json(found.source),
        "differences": [_difference_json(difference) for difference in found.differences],
        "elsewhere": found.elsewhere.passage_id if found.elsewhere else None,
    }


def _span_json(span: Span | None) -> dict[str, int] | None:
    return None if span is None else {"start": span.start, "end": span.end}


# --- For a terminal --------------------------------------------------------------------------------------------------


def verdict_text(verdict: Verdict, index: Index, language: str = "en") -> str:
    """A verdict for a terminal: each place, and what quotation and source do not share."""
    said = {
        "exactly": "stands exactly",
        "nearly": "stands nearly, with differences",
        "not": "does not stand",
    }[verdict.status]
    lines = [f"{said} in {counted(len(index.documents), 'document')}, {counted(len(index.passages), 'paragraph')}"]
    for place in verdict.places[:_SHOWN_PLACES]:
        lines += ["", *_place_lines(place, language)]
    rest = len(verdict.places) - _SHOWN_PLACES
    if rest > 0:
        lines += ["", f"and in {counted(rest, 'more place')}" + ("" if verdict.complete else ", or in others still")]
    return "\n".join(lines)


def _place_lines(place: Place, language: str) -> list[str]:
    lines: list[str] = []
    for stretch in place.stretches:
        lines.append(_where(stretch.document, stretch.passage, language))
        lines.append(f"    characters {stretch.source.start}-{stretch.source.end}: {_clipped(stretch.text)}")
    lines += [f"    {line}" for line in difference_lines(place.differences)]
    document = place.stretches[0].document if place.stretches else None
    if document is not None:
        lines += [f"    left out: {_clipped(document.text[span.start : span.end])}" for span in place.left_out]
    return lines


def _where(document: Document, passage: Passage, language: str) -> str:
    named = ", ".join(filter(None, (document.symbol, document.title, locator(passage, language))))
    return f"{named} ({path_and_place(document, passage, language)})"


def difference_lines(differences: Sequence[Difference]) -> list[str]:
    """A line a difference: `[-quoted-]`, what only the quotation has, `{+standing+}`, what only the source has."""
    return [
        f"{each.kind}: "
        + " ".join(
            part
            for part in (
                f"[-{_clipped(each.quoted)}-]" if each.quoted else "",
                f"{{+{_clipped(each.standing)}+}}" if each.standing else "",
            )
            if part
        )
        for each in differences
    ]


def resolved_text(found: Resolved, language: str = "en") -> str:
    """What became of a pin, for a terminal."""
    pin = found.pin
    lines = [f"{found.status}: {', '.join(filter(None, (pin.symbol, pin.title, f'#{pin.key}')))} ({pin.path})"]
    lines.append(f"    “{_clipped(pin.quote)}”")
    if found.moved:
        lines.append(f"    another since: {', '.join(found.moved)}")
    if found.passage is not None and found.document is not None:
        before = "the nearest now: " if found.status == "gone" else "now: "
        lines.append(f"    {before}{_where(found.document, found.passage, language)}")
        lines.append("    the quotation stands there" if found.quote else "    the quotation does not stand there")
    lines += [f"    {line}" for line in difference_lines(found.differences)]
    if found.elsewhere is not None:
        lines.append(f"    most of the quotation stands in {found.elsewhere.passage_id}")
    return "\n".join(lines)


def _clipped(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
