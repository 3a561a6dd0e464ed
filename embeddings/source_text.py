"""Joined text that remembers where each of its characters stands in the source."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from embeddings.types import Run, SourceText, Span

# Scripts written without blanks between words: a line's end inside them stands for nothing.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u2e80-\u303f\u3040-\u30ff\u31c0-\u31ff"  # CJK radicals and punctuation, kana, strokes
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"  # Han, compatibility and full-width forms
    "\U00020000-\U0003ffff]"
)
_LETTER_OF_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SPACED_BORDER = re.compile("[\u3400-\u9fff] [0-9A-Za-z]|[0-9A-Za-z] [\u3400-\u9fff]")
_CLOSE_BORDER = re.compile("[\u3400-\u9fff][0-9A-Za-z]|[0-9A-Za-z][\u3400-\u9fff]")
_HYPHENS = "-\u2010\u2011"

_INVISIBLE = (
    "\u0000-\u0008\u000e-\u001b\u007f\u0080-\u0084\u0086-\u009f"  # controls, but those that end lines
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # of width 0 and of direction
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters; tags
)
_JOINER = "(?<=[A-Za-z\u00c0-\u052f\u3400-\u9fff])[\u200c\u200d]"
"""Arabic and Indic scripts and emoji need their joiners; between other letters they only hide words from a search."""
INVISIBLE = re.compile(f"[{_INVISIBLE}]+|{_JOINER}")
"""Characters that nobody sees. They are left out of what is searched and shown; the source keeps them."""
_BLANKS = re.compile(f"[\\s\u200c\u200d{_INVISIBLE}]*")


def spaces_borders(text: str) -> bool:
    """Whether `text` mostly writes a blank between Han and Latin characters or digits (`2020 年`, not `2020年`)."""
    return len(_SPACED_BORDER.findall(text)) > len(_CLOSE_BORDER.findall(text))


def harmless(text: str) -> str:
    """`text` without the characters that steer the terminal that shows it, or turn its words round."""
    return INVISIBLE.sub("", "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"}))


def joined(parts: Sequence[tuple[Span, SourceText]], divider: str) -> SourceText:
    """Put texts of one source one after the other, each with the span of its own words there.

    `divider`, one character or none, stands for the first character behind each part in the source.
    """
    text = ""
    runs: list[Run] = []
    previous = 0
    for place, part in parts:
        if text and divider:
            runs.append(Run(len(text), previous, 1))
            text += divider
        runs += [Run(len(text) + run.text_start, run.source_start, run.length) for run in part.runs]
        text += part.text
        previous = place.end
    return SourceText(text, tuple(runs))


def join_lines(source: str, lines: Sequence[Span], *, border_blank: bool) -> SourceText:
    """Join the `lines` of `source` as its script is written, dropping the blanks around each.

    Between two lines comes a blank, which stands for the line break; none inside scripts that use none and none after
    a hyphen. Between such a script and Latin letters or digits there comes one if `border_blank`.
    """
    parts: list[str] = []
    runs: list[Run] = []
    length = 0

    def take(start: int, end: int, text: str) -> None:
        nonlocal length
        if runs and runs[-1].source_start + runs[-1].length == start and text == source[start:end]:
            runs[-1] = Run(runs[-1].text_start, runs[-1].source_start, runs[-1].length + end - start)
        else:
            runs.append(Run(length, start, end - start))
        parts.append(text)
        length += len(text)

    previous: Span | None = None
    for line in lines:
        words = trimmed(source, line)
        if words.start == words.end:
            continue
        if previous is not None and _needs_blank(source, previous, words, border_blank):
            take(previous.end, previous.end + 1, " ")
        at = words.start
        for hidden in INVISIBLE.finditer(source, words.start, words.end):
            if hidden.start() > at:
                take(at, hidden.start(), source[at : hidden.start()])
            at = hidden.end()
        if at < words.end:
            take(at, words.end, source[at : words.end])
        previous = words
    return SourceText("".join(parts), tuple(runs))


def trimmed(source: str, span: Span) -> Span:
    """`span` without white space and invisible characters at its ends; empty where there is nothing else."""
    piece = source[span.start : span.end]
    start = _BLANKS.match(piece)
    end = _BLANKS.match(piece[::-1])
    if start is None or end is None or start.end() == len(piece):
        return Span(span.start, span.start)
    return Span(span.start + start.end(), span.end - end.end())


def _needs_blank(source: str, before: Span, after: Span, border_blank: bool) -> bool:
    left, right = source[before.end - 1], source[after.start]
    left_unspaced, right_unspaced = bool(_UNSPACED.match(left)), bool(_UNSPACED.match(right))
    if left_unspaced and right_unspaced:
        return False
    if left_unspaced or right_unspaced:
        letter, other = (left, right) if left_unspaced else (right, left)
        return border_blank and bool(_LETTER_OF_UNSPACED.match(letter)) and other.isalnum()
    hyphenated = left in _HYPHENS and before.end - before.start > 1 and source[before.end - 2].isalnum()
    return not hyphenated


def source_span(runs: Sequence[Run], span: Span) -> Span:
    """Where the characters `span` of a joined text stand in its source: from the first one's place to the last one's.

    Raises ValueError for an empty span or one outside the text.
    """
    if not 0 <= span.start < span.end <= text_length(runs):
        raise ValueError(f"no characters at [{span.start}, {span.end}) in a text of {text_length(runs)}")
    return Span(_source_offset(runs, span.start), _source_offset(runs, span.end - 1) + 1)


def text_length(runs: Sequence[Run]) -> int:
    """How many characters the joined text has."""
    return runs[-1].text_start + runs[-1].length if runs else 0


def _source_offset(runs: Sequence[Run], offset: int) -> int:
    run = runs[bisect_right(runs, offset, key=lambda r: r.text_start) - 1]
    return run.source_start + offset - run.text_start
