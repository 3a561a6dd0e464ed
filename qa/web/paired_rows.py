"""Two language versions of a document side by side: what stands in which row."""

from collections.abc import Mapping, Sequence

Row = tuple[int | None, int | None]
"""Places in the left and in the right version; None where nothing stands beside."""


def paired_rows(left_headings: Sequence[bool], right_headings: Sequence[bool], links: Mapping[int, int]) -> list[Row]:
    """Rows that hold each item of both versions once, linked ones side by side, all in the order of the left one.

    `left_headings` and `right_headings`: for each item of a version, in order, whether it is a heading. `links` leads
    from items of the left to items of the right, no two to the same one. What has no link stands alone, where its own
    version has it; headings between two linked items, which have no names to link them by, are paired from below.
    """
    rows: list[Row] = []
    for left, right, pair in _merged(range(len(left_headings)), range(len(right_headings)), links):
        headings = _from_below(
            [place for place in left if left_headings[place]], [place for place in right if right_headings[place]]
        )
        for before, beside, heading in _merged(left, right, headings):
            rows += [(place, None) for place in before]
            rows += [(None, place) for place in beside]
            rows += [heading] if heading else []
        rows += [pair] if pair else []
    return rows


def _merged(
    left: Sequence[int], right: Sequence[int], links: Mapping[int, int]
) -> list[tuple[list[int], list[int], tuple[int, int] | None]]:
    """For each link, and for the end: the items without a link before it, of the left and of the right; the link."""
    linked = set(links.values())
    found: list[tuple[list[int], list[int], tuple[int, int] | None]] = []
    waiting: list[int] = []
    begin = 0
    at = {place: number for number, place in enumerate(right)}
    for place in left:
        if place not in links:
            waiting.append(place)
            continue
        number = at[links[place]]
        found.append((waiting, _free(right[begin:number], linked), (place, links[place])))
        waiting = []
        begin = max(begin, number + 1)
    return [*found, (waiting, _free(right[begin:], linked), None)]


def _free(places: Sequence[int], linked: set[int]) -> list[int]:
    return [place for place in places if place not in linked]


def _from_below(left: Sequence[int], right: Sequence[int]) -> dict[int, int]:
    return dict(zip(reversed(left), reversed(right), strict=False))
