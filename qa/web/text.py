"""The one place where text of documents and visitors becomes HTML."""

import re
import unicodedata

from embeddings.language import direction

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def escape(text: str) -> str:
    """`text` as HTML that shows just that text, also where Markdown is read after it.

    Every ASCII punctuation character becomes a numeric reference, so that neither HTML, Markdown nor TeX is left in
    it; control and unpaired surrogate characters, which break transport, become U+FFFD.
    """
    clean = "".join(c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} else "\ufffd" for c in text)
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", clean)


def in_language(language: str) -> str:
    """The attributes of an element whose text is in a language (ISO 639-1)."""
    return f'lang="{escape(language)}" dir="{direction(language)}"'
