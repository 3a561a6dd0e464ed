"""Citations that are kept: what was quoted from where, and whether that still stands in an index made later."""

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Literal

from embeddings.contents import Index
from embeddings.source_text import INVISIBLE, source_span
from embeddings.types import Document, Passage, Span
from qa.errors import PinError, QuotationError
from qa.quotation_differences import Difference
from qa.quotation_parts import MAX_QUOTE
from qa.quotations import NEAR, Finder
from qa.types import Citation

PREFIX: Final = "qa-pin:1:"
"""What the compact form begins with; the number is that of the form."""
_COMPACT: Final = re.compile(f"{PREFIX}([A-Za-z0-9_-]{{16,60000}})")
_MAX_BYTES: Final = 200_000
"""Of a pin's JSON, unpacked. The quotation is the longest of it, in bytes at most four times its characters."""
_MAX_FILE: Final = 50_000_000
"""Characters of a file of pins."""
_HASH: Final = re.compile("[0-9a-f]{64}")
_CHECK_BYTES: Final = 4

Status = Literal["unchanged", "moved", "changed", "gone"]
Moved = Literal["file", "path", "document", "paragraph", "place"]


@dataclass(frozen=True, slots=True)
class Pin:
    """A quotation and where it stood. Hashes are SHA-256 in hex: of the file's bytes, of the passage's text in UTF-8.

    `language` is the document's, `symbol` is empty where it has none. `start` and `end`: the quotation in the passage's
    text, `source_start` and `source_end` in the document's. Raises PinError when it does not hold together.
    """

    doc_id: str
    symbol: str
    path: str
    title: str
    language: str
    file_sha256: str
    passage_id: str
    passage_sha256: str
    start: int
    end: int
    source_start: int
    source_end: int
    quote: str

    def __post_init__(self) -> None:
        for name in ("doc_id", "symbol", "path", "title", "language", "passage_id", "quote"):
            if not isinstance(getattr(self, name), str):
                raise PinError(f"a pin's {name} is text, not {getattr(self, name)!r:.60}")
        for name in ("file_sha256", "passage_sha256"):
            if not isinstance(getattr(self, name), str) or not _HASH.fullmatch(getattr(self, name)):
                raise PinError(f"a pin's {name} is 64 hex digits, not {getattr(self, name)!r:.60}")
        for name in ("start", "end", "source_start", "source_end"):
            if type(getattr(self, name)) is not int or not 0 <= getattr(self, name) < 2**53:
                raise PinError(f"a pin's {name} is a place in a text, not {getattr(self, name)!r:.60}")
        if self.end - self.start != len(self.quote) or not self.quote:
            raise PinError(
                f"a pin's quote has {len(self.quote)} characters, its places say {self.end - self.start}; "
                "it was altered since it was made"
            )
        if self.source_end <= self.source_start:
            raise PinError(f"a pin's place in its source ends at {self.source_end}, before it begins")
        if not self.passage_id.startswith(f"{self.doc_id}#"):
            raise PinError(f"a pin's passage {self.passage_id!r:.60} is none of its document {self.doc_id!r:.60}")

    @property
    def key(self) -> str:
        """The paragraph's name within the document."""
        return self.passage_id.removeprefix(f"{self.doc_id}#")

    def to_json(self) -> dict[str, Any]:
        """As an object of JSON."""
        return {"pin": 1, **asdict(self)}

    @classmethod
    def from_json(cls, value: object) -> "Pin":
        """Read what `to_json` gave; what it does not know is an error. Raises PinError."""
        if not isinstance(value, Mapping):
            raise PinError(f"a pin is an object of JSON, not {value!r:.60}")
        if value.get("pin") != 1:
            raise PinError(f"a pin of form {value.get('pin')!r:.60}; this program reads form 1")
        names = {field.name for field in fields(cls)}
        given = set(value) - {"pin"}
        if given != names:
            wrong = sorted(map(str, given ^ names))
            raise PinError(f"a pin has too little or too much: {', '.join(wrong)[:200]}")
        return cls(**{name: value[name] for name in names})

    def to_text(self) -> str:
        """As one line of ASCII letters, digits and `:_-`, to be put into a footnote."""
        data = json.dumps(self.to_json(), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        packed = zlib.compress(data, 9)
        sealed = hashlib.sha256(packed).digest()[:_CHECK_BYTES] + packed
        return PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> "Pin":
        """Read what `to_text` gave, with or without line breaks and soft hyphens that came into it. Raises PinError."""
        found = _COMPACT.fullmatch(INVISIBLE.sub("", "".join(text[: 2 * _MAX_BYTES].split())))
        if found is None:
            raise PinError(f"no pin: {text!r:.60}; a pin begins with {PREFIX}")
        try:
            sealed = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
            check, packed = sealed[:_CHECK_BYTES], sealed[_CHECK_BYTES:]
            if hashlib.sha256(packed).digest()[:_CHECK_BYTES] != check:
                raise PinError(f"the pin {text!r:.40} was altered or cut since it was made; copy all of it")
            unpacking = zlib.decompressobj()
            data = unpacking.decompress(packed, _MAX_BYTES)
            if not unpacking.eof or unpacking.unused_data:
                raise PinError(f"the pin {text!r:.40} is larger than {_MAX_BYTES} bytes, or ends with something else")
            return cls.from_json(json.loads(data))
        except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
            raise PinError(f"the pin {text!r:.40} cannot be read: {error}") from error


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a pinned quotation.

    `status`: "unchanged", the same file and passage; "moved", the passage's very text stands where `passage` says, and
    `moved` says what is another since; "changed", the paragraph has other text; "gone", document or paragraph are not
    there. `passage` and `document`: where it stands now; with "gone" the passage nearest by its words, where one is
    very like. `quote`: where the quotation stands in that passage's text, None where it does not; `source`: the same
    in the document's text. `differences`: between the quotation and that passage, where it does not stand there.
    `elsewhere`: with "changed" another passage that most of the quotation stands in.
    """

    pin: Pin
    status: Status
    passage: Passage | None = None
    document: Document | None = None
    moved: tuple[Moved, ...] = ()
    quote: Span | None = None
    source: Span | None = None
    differences: tuple[Difference, ...] = ()
    elsewhere: Passage | None = None

    @property
    def stands(self) -> bool:
        """Whether the quotation still stands word for word in the passage that it was taken from."""
        return self.status != "gone" and self.quote is not None


def pin(citation: Citation) -> Pin:
    """Keep what a citation quotes: its marked sentence, of a longer one the first `MAX_QUOTE` characters."""
    marked = citation.hit.marked
    quoted = Span(marked.start, min(marked.end, marked.start + MAX_QUOTE))
    return pin_passage(citation.hit.document, citation.hit.passage, quoted)


def pin_passage(document: Document, passage: Passage, span: Span) -> Pin:
    """Keep the characters `span` of a passage's text. Raises PinError for an empty span, or one that is too long."""
    quote = passage.text[span.start : span.end]
    if not quote or len(quote) != span.end - span.start or len(quote) > MAX_QUOTE:
        raise PinError(
            f"[{span.start}, {span.end}) of a text of {len(passage.text)} characters can't be pinned; "
            f"from 1 to {MAX_QUOTE} of them can"
        )
    source = source_span(passage.runs, span)
    return Pin(
        doc_id=document.doc_id,
        symbol=document.symbol,
        path=document.source.path,
        title=document.title,
        language=document.language,
        file_sha256=document.source.sha256,
        passage_id=passage.passage_id,
        passage_sha256=text_hash(passage.text),
        start=span.start,
        end=span.end,
        source_start=source.start,
        source_end=source.end,
        quote=quote,
    )


def text_hash(text: str) -> str:
    """The SHA-256 of a passage's text, in hex; halves of characters, which UTF-8 has not, as Python writes them."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_pins(text: str) -> list[Pin]:
    """The pins in a text: an object or a list of JSON, a line of JSON each, or compact pins wherever they stand.

    Raises PinError when there are none, or one cannot be read.
    """
    if len(text) > _MAX_FILE:
        raise PinError(f"{len(text)} characters are too many for a file of pins; at most {_MAX_FILE}")
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped[:1] in ("{", "["):
        return [Pin.from_json(value) for value in _json_values(stripped)]
    found = [match[0] for match in _COMPACT.finditer(text)]
    if text.count(PREFIX) == 1:  # the only one may be broken over lines
        whole = text[text.index(PREFIX) :]
        joined = whole if _COMPACT.fullmatch("".join(whole.split())) else found[0] if found else whole
        return [Pin.from_text(joined)]
    if len(found) != text.count(PREFIX) or not found:
        raise PinError(f"no pin in {text[:60]!r}; a pin begins with {PREFIX}, or is an object of JSON")
    return [Pin.from_text(each) for each in found]


def _json_values(text: str) -> Iterable[object]:
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise PinError("the pins are no JSON: too deep") from error
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            raise PinError(f"the pins are no JSON: {error}") from error
        try:
            return [json.loads(line) for line in lines]
        except (ValueError, RecursionError) as other:
            raise PinError(f"the pins are no JSON: {other}") from other
    return value if isinstance(value, list) else [value]


def resolve(pin: Pin, index: Index) -> Resolved:
    """Look up what became of a pinned quotation in `index`."""
    return Resolver(index).resolve(pin)


class Resolver:
    """Looks pins up in one index; what it has to read of the index for one is kept for the next."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._finder = Finder(index)
        self._by_hash: dict[str, list[int]] | None = None

    def resolve(self, pin: Pin) -> Resolved:
        """As the function `resolve`."""
        documents = self._documents(pin)
        same_place = [
            number for doc_id in documents if (number := self._index.number_of(f"{doc_id}#{pin.key}")) is not None
        ]
        for number in same_place:
            if text_hash(self._index.passages[number].text) == pin.passage_sha256:
                return self._unaltered(pin, number)
        same_text = self._same_text(pin, documents)
        if same_text is not None:
            return self._unaltered(pin, same_text)
        elsewhere = self._nearest(pin, documents)
        if same_place:
            found = self._altered(pin, same_place[0], "changed")
            other = None if elsewhere in (None, same_place[0]) or found.quote else self._index.passages[elsewhere or 0]
            return replace(found, elsewhere=other)
        return Resolved(pin, "gone") if elsewhere is None else self._altered(pin, elsewhere, "gone")

    def _documents(self, pin: Pin) -> list[str]:
        """The documents that may be the pinned one, likeliest first: by its file, by its name, by its symbol."""
        every = self._index.catalogue.documents
        same_file = [each.doc_id for each in every if each.sha256 == pin.file_sha256]
        same_file.sort(key=lambda doc_id: doc_id != pin.doc_id)
        named = next((each for each in every if each.doc_id == pin.doc_id), None)
        same_name = [pin.doc_id] if named and (named.symbol == pin.symbol or not named.symbol or not pin.symbol) else []
        same_symbol = [
            each.doc_id for each in every if pin.symbol and each.symbol == pin.symbol and each.language == pin.language
        ]
        return list(dict.fromkeys([*same_file, *same_name, *same_symbol]))

    def _same_text(self, pin: Pin, documents: Sequence[str]) -> int | None:
        """The passage with the very text: in the pinned document, or in any where that one is not there."""
        if self._by_hash is None:
            self._by_hash = {}
            for number, passage in enumerate(self._index.passages):
                self._by_hash.setdefault(text_hash(passage.text), []).append(number)
        found = self._by_hash.get(pin.passage_sha256, [])
        within = [number for number in found if self._index.passages[number].doc_id in documents]
        if documents:
            return min(within, key=lambda number: documents.index(self._index.passages[number].doc_id), default=None)
        return min(found, key=lambda number: self._index.passages[number].key != pin.key, default=None)

    def _nearest(self, pin: Pin, documents: Sequence[str]) -> int | None:
        """The passage where most of the quotation stands, one of the pinned document before others."""
        try:
            verdict = self._finder.find(pin.quote)
        except QuotationError:
            return None
        passages = [place.stretches[0].passage for place in verdict.places if place.similarity >= NEAR]
        passages.sort(key=lambda passage: passage.doc_id not in documents)
        return self._index.number_of(passages[0].passage_id) if passages else None

    def _unaltered(self, pin: Pin, number: int) -> Resolved:
        """The passage has its very text: whether all else is the same too."""
        passage = self._index.passages[number]
        document = self._index.documents[passage.doc_id]
        span = Span(pin.start, pin.end)
        whole = passage.text[pin.start : pin.end] == pin.quote  # false only where the pin was made up
        source = source_span(passage.runs, span) if whole else None
        moved: list[Moved] = []
        if document.source.sha256 != pin.file_sha256:
            moved.append("file")
        if document.source.path != pin.path:
            moved.append("path")
        if passage.doc_id != pin.doc_id:
            moved.append("document")
        if passage.key != pin.key:
            moved.append("paragraph")
        if source is not None and (source.start, source.end) != (pin.source_start, pin.source_end):
            moved.append("place")
        status: Status = "moved" if moved else "unchanged"
        return Resolved(pin, status, passage, document, tuple(moved), span if whole else None, source)

    def _altered(self, pin: Pin, number: int, status: Status) -> Resolved:
        """The passage has other text: whether the quotation stands there all the same, and where the two part."""
        passage = self._index.passages[number]
        document = self._index.documents[passage.doc_id]
        at = passage.text.find(pin.quote)
        if at >= 0:
            span = Span(at, at + len(pin.quote))
            return Resolved(pin, status, passage, document, (), span, source_span(passage.runs, span))
        try:
            place = self._finder.differences(pin.quote, number)
        except QuotationError:
            place = None
        return Resolved(pin, status, passage, document, differences=place.differences if place else ())
