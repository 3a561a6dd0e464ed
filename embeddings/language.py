"""The language of a text: its script first, then, among languages in Latin letters, a small bundled model."""

import math
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UN_LANGUAGES: Final = ("en", "fr", "es", "ru", "ar", "zh")
"""The official ones; the words that rules look for are known in these."""
UNKNOWN: Final = "und"
"""ISO 639's code for "undetermined"."""

_SCRIPTS: Final[dict[str, str]] = {
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "ja": "\u3040-\u30ff",
    "ko": "\u1100-\u11ff\uac00-\ud7af",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "ru": "\u0400-\u052f",
    "el": "\u0370-\u03ff",
    "th": "\u0e00-\u0e7f",
    "he": "\u0590-\u05ff",
    "hi": "\u0900-\u097f",
    "latin": "A-Za-z\u00c0-\u024f",
}
_PATTERNS: Final = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS.items()}

_LATIN: Final = ("en", "fr", "es", "pt", "de", "it", "nl", "pl", "tr", "vi", "id", "sv")
_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})

_HAN_WEIGHT: Final = 3
"""One Han character carries about as much as three letters, so that names in Latin letters don't outvote it."""
_KANA_SHARE: Final = 0.05
"""Japanese mixes kana into Han; this share of kana among both is more than a Chinese text quotes."""


_CLOSE: Final = 20.0
"""Logarithms of likelihood by which another language has to be ahead of that of the text around: a sentence of 40
letters is that far from another language, a word or a sentence between Spanish and Portuguese is not."""


def language_of(text: str, around: str = UNKNOWN) -> str:
    """The ISO 639-1 code of the language that most of `text` is in, "und" where no letter tells.

    `around`: the language of what stands around it, which counts where Latin letters leave two languages close.
    """
    counts: Counter[str] = Counter({name: len(pattern.findall(text)) for name, pattern in _PATTERNS.items()})
    if counts["ja"] > _KANA_SHARE * (counts["ja"] + counts["zh"]):
        counts["ja"] += counts.pop("zh")
    for name in ("zh", "ja"):
        counts[name] *= _HAN_WEIGHT
    name, count = counts.most_common(1)[0]
    if count == 0:
        return UNKNOWN
    return _latin_language(text, around) if name == "latin" else name


def direction(language: str) -> str:
    """How a language is written: "rtl" or "ltr"."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _latin_language(text: str, around: str) -> str:
    likelihoods: dict[str, float] = dict(_identifier().rank(text))
    best = max(likelihoods, key=likelihoods.__getitem__)
    return around if likelihoods.get(around, -math.inf) > likelihoods[best] - _CLOSE else best


@cache
def _identifier() -> "LanguageIdentifier":
    from embeddings.language_model import identifier  # most texts tell their language by their script

    return identifier(_LATIN)
