"""An extract as JSON, for its way out of the process that read the file. What comes in is checked, not trusted."""

import json
from typing import Any

from embeddings.documents.extract import Extract
from embeddings.types import Block, Number, Place, Run, SourceText


def packed(extract: Extract) -> bytes:
    """The extract as `unpacked` takes it."""
    return json.dumps(
        {
            "text": extract.text,
            "blocks": [
                (
                    block.content.text,
                    [(run.text_start, run.source_start, run.length) for run in block.content.runs],
                    _number_fields(block.number),
                    (block.start, block.end, block.apart, block.lines, block.level, block.row),
                )
                for block in extract.blocks
            ],
            "places": [(place.start, place.end, place.part, place.number, place.box) for place in extract.places],
            "about": (extract.title, extract.date, extract.language),
            "left_out": extract.left_out,
        }
    ).encode()


def unpacked(data: bytes) -> Extract:
    """The extract out of what `packed` made. Raises ValueError when it is none, or does not hold together."""
    try:
        fields: dict[str, Any] = json.loads(data)
        title, date, language = fields["about"]
        extract = Extract(
            fields["text"],
            tuple(_block(*block) for block in fields["blocks"]),
            tuple(
                Place(start, end, part, number, tuple(box) if box else None)
                for start, end, part, number, box in fields["places"]
            ),
            title,
            date,
            language,
            tuple(fields["left_out"]),
        )
        _check(extract)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no extract: {error}") from error
    return extract


def _number_fields(number: Number | None) -> tuple[Any, ...] | None:
    return None if number is None else (number.printed, number.key, number.kind, number.order, number.length)


def _block(text: str, runs: list[Any], number: list[Any] | None, rest: list[Any]) -> Block:
    start, end, apart, lines, level, row = rest
    content = SourceText(text, tuple(Run(*run) for run in runs))
    if number is not None:
        printed, key, kind, order, length = number
        return Block(content, Number(printed, key, kind, tuple(order), length), start, end, apart, lines, level, row)
    return Block(content, None, start, end, apart, lines, level, row)


def _check(extract: Extract) -> None:
    """Offsets lie in the text and in order, and every character can be written as UTF-8."""
    extract.text.encode()
    size = len(extract.text)
    at = 0
    for block in extract.blocks:
        if not at <= block.start < block.end <= size:
            raise ValueError(f"a block at [{block.start}, {block.end}) after {at} in a text of {size}")
        at = block.end
        place = 0
        for run in block.content.runs:
            if run.text_start != place or not block.start <= run.source_start <= block.end - run.length:
                raise ValueError(f"a run at {run.source_start} leads out of the block at [{block.start}, {block.end})")
            place += run.length
        if place != len(block.content.text):
            raise ValueError(f"runs of {place} characters for a block of {len(block.content.text)}")
