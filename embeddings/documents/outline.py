"""Levels of headings out of the ranks that a markup language gives them."""

from collections.abc import Sequence


def levels(ranks: Sequence[int]) -> list[int]:
    """The levels of a document's headings, whose `ranks` are 1 (`<h1>`, `#`) to 6, in their order.

    A heading that comes first and is the only one of rank 1 is the document's title, level 0. The outermost of the
    others get level 1: pages often begin with an `<h2>`.
    """
    titled = list(ranks[:1]) == [1] and ranks.count(1) == 1
    below = ranks[1:] if titled else ranks
    shift = min(below, default=1) - 1
    return [0] * titled + [rank - shift for rank in below]
