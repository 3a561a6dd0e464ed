"""Citations to be copied: as plain text, Markdown, HTML, BibTeX, RIS and CSL-JSON.

The first three have one entry a citation. The others describe documents, so they have one entry a document, which
holds the citations of it: their places and quotations. What a document says never becomes markup of the format.
"""

import html
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from embeddings.language import direction
from embeddings.source_text import INVISIBLE
from embeddings.types import Document, Passage, Span
from qa.citations import locator, locators, path_and_place, places
from qa.types import Citation
from qa.wording import in_line, in_quotes

UNITED_NATIONS: Final = "United Nations"
_SERIES: Final = (
    # Principal organs, the Secretariat's and subsidiary bodies' series, and those of treaty bodies and conferences.
    "A S E T ST TD TAD CD DC NPT BWC CCW APLC CCM PBC CAC CTOC CEDAW CERD CAT CCPR CESCR CRC CRPD CMW CED HRI HRC "
    "FCCC ICCD SPLOS CLCS ISBA UNEP DP ID IDB GC HS HSP HSC JIU PCNICC AT UNHCR UNCTAD UNICEF OHCHR EB ECA ECE ESCAP "
    "ESCWA LC INFO TRANS ENERGY"
)
_UN_SERIES: Final = frozenset(_SERIES.split())
"""What a symbol of the UN begins with; symbols of other bodies look alike (WT/DS58/R, ISO/IEC 27001)."""
_LANGUAGE_NAMES: Final = MappingProxyType(
    {
        "ar": "arabic",
        "de": "german",
        "en": "english",
        "es": "spanish",
        "fr": "french",
        "it": "italian",
        "ja": "japanese",
        "nl": "dutch",
        "pt": "portuguese",
        "ru": "russian",
        "zh": "chinese",
    }
)
"""As babel and polyglossia, packages of LaTeX, call the languages."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: characters `quote` of a passage's text, under a `number` from 1."""

    number: int
    document: Document
    passage: Passage
    quote: Span

    @property
    def text(self) -> str:
        """The quotation, as it may be shown: line breaks kept, nothing that steers or hides."""
        return visible(self.passage.text[self.quote.start : self.quote.end])


def cited(citation: Citation) -> Cited:
    """A citation of an answer: its marked sentence."""
    return Cited(citation.number, citation.hit.document, citation.hit.passage, citation.hit.marked)


def formatted(citations: Sequence[Cited], name: str, language: str = "en") -> str:
    """The citations in the format of that name, one of `FORMATS`, places named in the reader's `language`.

    Raises ValueError for another name.
    """
    if name not in FORMATS:
        raise ValueError(f"no format {name!r}; formats: {', '.join(FORMATS)}")
    return FORMATS[name](citations, language)


def is_un_symbol(symbol: str) -> bool:
    """Whether a document symbol is one of the UN's: its first part names a series of theirs."""
    first, slash, _ = symbol.partition("/")
    return bool(slash) and first in _UN_SERIES


# --- For people ------------------------------------------------------------------------------------------------------


def as_plain(citations: Sequence[Cited], language: str = "en") -> str:
    """`[1] “Quotation.” SYMBOL, Title, para. 7 (file.pdf, page 3; zh; 2021-05-21)`, a blank line between two.

    It holds no invisible characters, so that what is copied can be searched for and typed again.
    """
    return "\n\n".join(f"[{each.number}] {_in_quotes(each)}\n    {reference(each, language)}" for each in citations)


def as_markdown(citations: Sequence[Cited], language: str = "en") -> str:
    """A quotation (`>`) for each citation, its reference below; CommonMark, and what GitHub and pandoc add to it."""
    entries = []
    for each in citations:
        lines = "\\\n> ".join(_markdown(line, begins=True) for line in each.text.split("\n"))
        below = _markdown(reference(each, language), begins=False)
        entries.append(f"> {lines}\n>\n> \\[{each.number}\\] {below}")
    return "\n\n".join(entries)


def as_html(citations: Sequence[Cited], language: str = "en") -> str:
    """A `<blockquote>` in a `<figure>` for each citation. Names and numbers are set apart for writing to the left
    (`<bdi>`), and each quotation has its own direction and language."""
    return "\n".join(_figure(each, language) for each in citations)


def _figure(each: Cited, language: str) -> str:
    passage, document = each.passage, each.document
    quote = "<br>\n".join(html.escape(line) for line in each.text.split("\n"))
    parts = [
        f"<bdi>{html.escape(part)}</bdi>" for part in (visible(document.symbol), _place_in(passage, language)) if part
    ]
    title = f'<cite lang="{tag(document.language)}" dir="auto">{html.escape(_line(document.title))}</cite>'
    parts.insert(1 if document.symbol else 0, title)
    about = "; ".join(f"<bdi>{html.escape(part)}</bdi>" for part in _about(each, language))
    return (
        f'<figure class="citation">\n<blockquote lang="{tag(passage.language)}" dir="{direction(passage.language)}">'
        f"<p>{quote}</p></blockquote>\n"
        f'<figcaption lang="{tag(language)}" dir="{direction(language)}">[{each.number}] {", ".join(parts)} '
        f"({about})</figcaption>\n</figure>"
    )


def reference(each: Cited, language: str) -> str:
    """`SYMBOL, Title, para. 7 (file.pdf, page 3; zh; 2021-05-21)`, in one line."""
    document = each.document
    named = [_line(part) for part in (document.symbol, document.title, _place_in(each.passage, language)) if part]
    return f"{in_line(named, language)} ({'; '.join(_about(each, language))})"


def _place_in(passage: Passage, language: str) -> str:
    return _line(locator(passage, language))


def _about(each: Cited, language: str) -> list[str]:
    """The file and the place in it, the passage's language, the document's date."""
    return [part for part in (_in_file(each, language), each.passage.language, each.document.date) if part]


def _in_file(each: Cited, language: str) -> str:
    return _line(path_and_place(each.document, each.passage, language))


def _in_quotes(each: Cited) -> str:
    return in_quotes(_line(each.text), each.passage.language)


_MARKDOWN: Final = re.compile(r"[\\`*_{}\[\]<>|~$&@^#=!]")
"""What is markup anywhere; `=`, `^` and `~` in pandoc's and others' Markdown."""
_LINE_BEGIN: Final = re.compile(r"[+\-:]|(?P<number>[0-9]{1,9})(?P<point>[.)])")
_LINK: Final = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=[Ww]{3})\.")
"""Where GitHub makes links of what looks like an address."""


def _markdown(text: str, *, begins: bool) -> str:
    """`text`, in one line, as Markdown that shows just that; `begins`: at the beginning of a line."""
    return escape_markdown(_line(text), begins=begins)


def escape_markdown(line: str, *, begins: bool) -> str:
    """A line, or a part of one, as Markdown that shows just that; `begins`: what the line begins with."""
    at = _LINE_BEGIN.match(line) if begins else None
    cut = 0
    head = ""
    if at is not None:
        cut = at.end()
        head = f"{at['number']}\\{at['point']}" if at["number"] else f"\\{at[0]}"
    escaped = _MARKDOWN.sub(lambda found: f"\\{found[0]}", line[cut:])
    escaped = _LINK.sub(lambda found: f"\\{found[0]}", escaped)
    return head + escaped


# --- For programs that keep references -------------------------------------------------------------------------------


def as_bibtex(citations: Sequence[Cited], language: str = "en") -> str:
    """An entry a document: `@techreport` of the United Nations for their symbols, else `@misc` with its file.

    The places are in `note`, the quotations in `annote`. Titles are in double braces, so that no style changes their
    case. UTF-8; straight quotation marks need LaTeX with the encodings T1 or TU.
    """
    entries = []
    for key, document, inside in _by_document(citations):
        year, month, day = _date(document.date)
        un = is_un_symbol(document.symbol)
        fields = {
            "title": f"{{{_latex(document.title)}}}",
            "author": f"{{{UNITED_NATIONS}}}" if un else "",
            "institution": UNITED_NATIONS if un else "",
            "type": "Document" if un else "",
            "number": _latex(document.symbol),
            "howpublished": "" if un else _latex(document.source.path),
            "year": year,
            "date": "-".join(filter(None, (year, month, day))),
            "langid": _LANGUAGE_NAMES.get(document.language, ""),
            "language": _latex(document.language),
            "note": _latex(_together(inside, language)),
            "annote": _latex(_quoted_places(inside, language)),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value.strip("{}")]
        lines += [f"  month = {_MONTHS[int(month) - 1]},"] if month else []
        entries.append(f"@{'techreport' if un else 'misc'}{{{key},\n" + "\n".join(lines) + "\n}")
    return "\n\n".join(entries)


def as_ris(citations: Sequence[Cited], language: str = "en") -> str:
    """A record a document, `RPRT` of the United Nations for their symbols, else `GEN`; lines end in CR LF.

    The symbol is in `SN`, where EndNote and Zotero have a report's number. `N1`: the places, then each quotation.
    """
    records = []
    for key, document, inside in _by_document(citations):
        year, month, day = _date(document.date)
        un = is_un_symbol(document.symbol)
        lines = [
            ("TY", "RPRT" if un else "GEN"),
            ("ID", key),
            ("AU", UNITED_NATIONS if un else ""),
            ("TI", document.title),
            ("SN", document.symbol),
            ("PB", UNITED_NATIONS if un else ""),
            ("PY", year),
            ("DA", f"{year}/{month}/{day}/" if year else ""),
            ("LA", document.language),
            ("N1", _together(inside, language)),
            *(("N1", _quoted_place(each, language)) for each in inside),
        ]
        body = [f"{tag}  - {_line(value)}" for tag, value in lines if _line(value)]
        records.append("".join(f"{line}\r\n" for line in [*body, "ER  - "]))
    return "\r\n".join(records)


def as_csl_json(citations: Sequence[Cited], language: str = "en") -> str:
    """A list of CSL's items, one a document: `report` of the United Nations for their symbols, else `document`.

    A locator is no part of an item but of a citation of it: `custom.citations` holds, for each citation, what CSL calls
    a cite-item (`id`, `locator`, `label`) with its number, quotation, language and place.
    """
    items = []
    for key, document, inside in _by_document(citations):
        un = is_un_symbol(document.symbol)
        date = [int(part) for part in _date(document.date) if part]
        item: dict[str, Any] = {
            "id": key,
            "type": "report" if un else "document",
            "title": _line(document.title),
            "author": [{"literal": UNITED_NATIONS}] if un else [],
            "publisher": UNITED_NATIONS if un else "",
            "number": _line(document.symbol),
            "issued": {"date-parts": [date]} if date else {},
            "language": _line(document.language),
            "source": _line(document.source.path),
            "note": _line(_together(inside, language)),
        }
        kept = {name: value for name, value in item.items() if value}
        kept["custom"] = {"citations": [_cite_item(key, each, language) for each in inside]}
        items.append(kept)
    return json.dumps(items, ensure_ascii=False, indent=2)


def _cite_item(key: str, each: Cited, language: str) -> dict[str, Any]:
    number = each.passage.paragraph
    return {
        "id": key,
        "locator": _line(number) or _place_in(each.passage, language),
        "label": "paragraph" if number and not each.passage.article else "section",
        "number": each.number,
        "place": _place_in(each.passage, language),
        "quote": each.text,
        "language": each.passage.language,
        "file": _in_file(each, language),
    } | _pages(each)


def _pages(each: Cited) -> dict[str, str]:
    found = places(each.document, Span(each.passage.start, each.passage.end))
    if not found or found[0].box is None:
        return {}
    first, last = found[0].number, found[-1].number
    return {"page": str(first) if first == last else f"{first}-{last}"}


def _by_document(citations: Sequence[Cited]) -> list[tuple[str, Document, list[Cited]]]:
    """The citations of each document, with a key for it that no other has."""
    taken: set[str] = set()
    inside: dict[str, list[Cited]] = {}
    for each in citations:
        inside.setdefault(each.document.doc_id, []).append(each)
    return [(_key(of[0].document, taken), of[0].document, of) for of in inside.values()]


def _key(document: Document, taken: set[str]) -> str:
    """Letters, digits and `-`, no other character being free of meaning in every format: `A-RES-58-4-zh`."""
    name = f"{document.symbol or document.doc_id}-{document.language if document.symbol else ''}"
    plain = unicodedata.normalize("NFKD", name)
    wanted = re.sub("[^A-Za-z0-9]{1,200}", "-", plain[:200]).strip("-") or "document"
    key, count = wanted, 1
    while key.lower() in taken:  # BibTeX's keys are the same in capitals
        count += 1
        key = f"{wanted}-{count}"
    taken.add(key.lower())
    return key


def _together(inside: Sequence[Cited], language: str) -> str:
    """The places of all citations of a document: "paras. 6 and 7"."""
    return locators([each.passage for each in inside], language)


def _quoted_places(inside: Sequence[Cited], language: str) -> str:
    return " ".join(_quoted_place(each, language) for each in inside)


def _quoted_place(each: Cited, language: str) -> str:
    place, file = locator(each.passage, language), path_and_place(each.document, each.passage, language)
    return f"[{each.number}] {_in_quotes(each)} ({place}; {file}; {each.passage.language})"


def _date(date: str) -> tuple[str, str, str]:
    """Year, month and day; empty where the date has none, or is no date."""
    found = _DATE.fullmatch(date)
    if found is None or not 1 <= int(found[2] or 1) <= 12 or not 1 <= int(found[3] or 1) <= 31:
        return "", "", ""
    return found[1], found[2] or "", found[3] or ""


_LATEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # even escaped, braces count for BibTeX, which needs them in pairs
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
}


def _latex(text: str) -> str:
    """`text`, one line, as LaTeX that prints just that, in braces that stay in pairs."""
    escaped = "".join(_LATEX.get(c, c) for c in _line(text))
    for ligature in ("--", "''", ",,"):  # hyphens stay hyphens; the second time for the middle of three
        for _ in range(2):
            escaped = escaped.replace(ligature, f"{ligature[0]}{{}}{ligature[1]}")
    return escaped


def visible(text: str) -> str:
    """`text` without controls, broken and invisible characters; of line breaks only `\\n`."""
    lines = "\n".join(text.splitlines())
    return INVISIBLE.sub("", "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"}))


def _line(text: str) -> str:
    """`text` in one line, single blanks in it; a blank that does not break stays one."""
    kept = re.sub("[^\\S\u00a0\u202f]{1,1000}", " ", visible(" ".join(text.splitlines())))
    return re.sub(" {1,1000}", " ", kept).strip()


def tag(language: str) -> str:
    """A language's code as an attribute."""
    return re.sub("[^A-Za-z0-9-]", "", language)[:35] or "und"


FORMATS: Final = MappingProxyType(
    {
        "text": as_plain,
        "markdown": as_markdown,
        "html": as_html,
        "bibtex": as_bibtex,
        "ris": as_ris,
        "csl-json": as_csl_json,
    }
)
"""By the names that the command line knows them under."""
