"""What an element of a page is, by its name and attributes: a block, a part that is not read, a note."""

import re
from collections.abc import Mapping
from typing import Final

Attributes = Mapping[str, str]

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS: Final = frozenset({"ol", "ul", "menu", "dir"})
PREFORMATTED: Final = frozenset({"pre", "listing", "xmp", "plaintext"})
SECTIONS: Final = frozenset({"article", "aside", "main", "section"})
"""A header or footer inside one of them is the section's, elsewhere the page's."""
BLOCKS: Final = (
    HEADINGS
    | LISTS
    | PREFORMATTED
    | SECTIONS
    | frozenset(
        [
            "address",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "dialog",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "header",
            "hgroup",
            "hr",
            "html",
            "legend",
            "li",
            "nav",
            "p",
            "search",
            "summary",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
        ]
    )
)
PICTURE: Final = "picture"
WORDLESS: Final = ("script", "style sheet", "template")
"""What holds no words for people."""
_UNSEEN: Final[Mapping[str, str]] = {
    "nav": "navigation block",
    "script": "script",
    "style": "style sheet",
    "template": "template",
    "noscript": "noscript part",
    "noframes": "noframes part",
    "rt": "reading aid",
    "rp": "reading aid",
    "svg": "drawing",
    "del": "deletion",
    "img": PICTURE,
    **dict.fromkeys(("button", "datalist", "label", "select", "textarea"), "form field"),
    **dict.fromkeys(("audio", "canvas", "embed", "frame", "iframe", "object", "video"), "embedded object"),
}
_UNSEEN_ROLES: Final = {
    "navigation": "navigation block",
    "contentinfo": "page footer",
    "doc-toc": "contents list",
    "doc-pagebreak": "page number",
    "search": "form field",
}
_UNSEEN_TYPES: Final = {"toc": "contents list", "pagebreak": "page number"}
"""Values of `epub:type`."""
_SILENT: Final = frozenset({"annotation", "annotation-xml", "area", "param", "source", "track"})
"""They hold no words for people."""
NOTE: Final = "footnote"
MARK: Final = "footnote mark"
_NOTE_KINDS: Final = frozenset({"footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes"})
_NOTE_CLASS: Final = re.compile(
    r"(?:^|\s)(?:(?:foot|end)-?notes?(?:-?(?:text|list|item|block|content|body|area|section|def))?"
    r"|mso(?:foot|end)notetext|sd(?:foot|end)note|references|reflist|mw-references-wrap)(?=\s|$)",
    re.IGNORECASE,
)
_MARK_CLASS: Final = re.compile(
    r"(?:^|\s)(?:(?:foot|end)note-?(?:ref|reference|anchor|mark)?|mso(?:foot|end)notereference|noteref|sd(?:foot|end)noteanc)(?=\s|$)",
    re.IGNORECASE,
)
_TO_NOTE: Final = re.compile(
    r"#_?(?:ftn|edn|fn|footnote|endnote|cite_note|ntr|sdfootnote|sdendnote|note)[\w.:-]{0,80}$"
)
_TO_MARK: Final = re.compile(
    r"#_?(?:ftnref|ednref|fnref|footnote-?ref|endnote-?ref|cite_ref|ntc|sd(?:foot|end)note\d{1,4}anc|noteref)"
    r"[\w.:-]{0,80}$"
)
_HIDING: Final = re.compile(
    r"(?:^|;)\s{0,9}(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|mso-hide\s{0,9}:\s{0,9}all)",
    re.IGNORECASE,
)
_MSO_NOTE: Final = re.compile(r"mso-element\s{0,9}:\s{0,9}(?:foot|end)note", re.IGNORECASE)
_INLINE: Final = frozenset({"a", "sup", "span", "small", "b", "i", "em", "strong", "font"})


def unread_kind(tag: str, attributes: Attributes, *, in_section: bool) -> str | None:
    """What to call an element that is not read, empty for one that is not worth telling; None for one that is read."""
    if tag in {"html", "body"}:  # often hidden until a script has run
        return None
    if tag in _SILENT:
        return ""
    if is_note(tag, attributes):
        return NOTE
    return MARK if _is_mark(tag, attributes) else _part_kind(tag, attributes, in_section)


def _part_kind(tag: str, attributes: Attributes, in_section: bool) -> str | None:
    role = attributes.get("role", "")
    kind = _UNSEEN.get(tag) or _UNSEEN_ROLES.get(role)
    if kind is None and _is_hidden(tag, attributes):
        kind = "hidden part"
    if kind is None:
        kind = next(
            (_UNSEEN_TYPES[name] for name in attributes.get("epub:type", "").split() if name in _UNSEEN_TYPES), None
        )
    return "page footer" if kind is None and tag == "footer" and not in_section else kind


def is_note(tag: str, attributes: Attributes) -> bool:
    """Whether an element holds footnotes, or is one."""
    kinds = {*attributes.get("epub:type", "").split(), attributes.get("role", "").removeprefix("doc-")}
    if not _NOTE_KINDS.isdisjoint(kinds) or _MSO_NOTE.search(attributes.get("style", "")):
        return True
    return tag not in _INLINE and tag not in HEADINGS and bool(_NOTE_CLASS.search(attributes.get("class", "")))


def leads_to_note(attributes: Attributes) -> bool:
    """Whether a link leads to a footnote of the page."""
    return _TO_NOTE.search(attributes.get("href", "")) is not None and not leads_to_mark(attributes)


def leads_to_mark(attributes: Attributes) -> bool:
    """Whether a link leads from a footnote back to its mark."""
    return _TO_MARK.search(attributes.get("href", "")) is not None


def _is_mark(tag: str, attributes: Attributes) -> bool:
    if attributes.get("role") == "doc-noteref" or "noteref" in attributes.get("epub:type", "").split():
        return True
    names = attributes.get("class", "")
    if tag == "sup" and "reference" in names.split():
        return True
    return tag in {"a", "sup", "span"} and bool(_MARK_CLASS.search(names))


def _is_hidden(tag: str, attributes: Attributes) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (tag == "dialog" and "open" not in attributes)
        or _HIDING.search(attributes.get("style", "")) is not None
    )
