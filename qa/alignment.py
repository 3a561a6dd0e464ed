"""Where a row of words stands in another one, with the fewest changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

WORD: Final = 6
MARK: Final = 2
"""What a word and a punctuation mark weigh: a lost comma is not a lost word."""
CHANGE: Final = 1
TAKEN: Final = 2
"""What a word of the quotation costs besides where it stands for another one, or for none: of ways that are equal else
the one with more words alike is taken, and a word beside another one before a word beside nothing."""
_OMISSION: Final = 6 * WORD
"""The most that one gap in the quotation costs: whoever leaves a sentence out still quotes the rest."""

Row = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`cost`: of all changes. `steps`: for each place in either row, in order, the places in the quotation and in the
    text; None on one side where it has nothing there."""

    cost: int
    steps: tuple[tuple[int | None, int | None], ...]


def align(quote: Sequence[int], text: Sequence[int], quote_weights: Sequence[int], weights: Sequence[int]) -> Alignment:
    """The stretch of `text` that `quote` is made of with the least changes; both are the numbers of words.

    What stands before and behind that stretch costs nothing. A word put in costs its weight, one that is changed
    `CHANGE` more, one that is taken away `TAKEN` more, a word changed into a mark both; words that the quotation leaves
    out in one place cost `_OMISSION` at most. Needs
    m × n / 2 bytes and time in proportion to m × n. Raises ValueError for an empty quotation.
    """
    if not quote:
        raise ValueError("an empty quotation stands nowhere")
    words = np.asarray(text, np.int32)
    heavy = np.asarray(weights, np.int32)
    before = np.concatenate([[0], np.cumsum(heavy)]).astype(np.int32)  # what inserting all up to here costs
    last = np.zeros(len(words) + 1, np.int32)
    trace = np.empty((len(quote), 4, len(last) // 8 + 1), np.uint8)
    for place, (word, weight) in enumerate(zip(quote, quote_weights, strict=True)):
        changed = np.where(heavy == weight, weight, heavy + weight) + CHANGE
        taken = last + weight + TAKEN
        matched = last[:-1] + np.where(words == word, 0, changed)
        entered = taken.copy()
        np.minimum(entered[1:], matched, out=entered[1:])
        gained = np.minimum.accumulate(entered - before) + before
        least = np.minimum.accumulate(entered)
        jumped = np.concatenate([[np.iinfo(np.int32).max], least[:-1] + _OMISSION])
        now = np.minimum(gained, jumped).astype(np.int32)
        by_match = np.concatenate([[False], entered[1:] == matched])
        fresh = np.concatenate([[True], entered[1:] < least[:-1]])
        for bit, flags in enumerate((by_match, now == entered, now == jumped, fresh)):
            packed = np.packbits(flags)
            trace[place, bit, : len(packed)] = packed
        last = now
    end = int(last.argmin())
    return Alignment(int(last[end]), tuple(_path(trace, end)))


def _path(trace: npt.NDArray[np.uint8], end: int) -> list[tuple[int | None, int | None]]:
    def flag(bit: int, row: int, column: int) -> bool:
        return bool(trace[row, bit, column >> 3] >> (7 - (column & 7)) & 1)

    steps: list[tuple[int | None, int | None]] = []
    row, column = len(trace) - 1, end
    while row >= 0:
        if not flag(1, row, column):  # words that the quotation leaves out
            target = column - 1
            if flag(2, row, column):
                while not flag(3, row, target):
                    target -= 1
            steps += [(None, place) for place in range(column - 1, target - 1, -1)]
            column = target
            continue
        if flag(0, row, column):
            column -= 1
            steps.append((row, column))
        else:
            steps.append((row, None))
        row -= 1
    return steps[::-1]
