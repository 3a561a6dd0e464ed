"""A record of a search: what was asked, of which index, and what came; and whether the same comes again.

The record is one JSON object (docs/answers.md). It holds no text of the documents but the query's own and the
headings that filters name, only hashes, so that it can be kept where the documents may not.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from qa.answer import Answer
from qa.assistant import Assistant
from qa.errors import FilterError, RecordError
from qa.filters import NO_FILTERS, Filters
from qa.pins import text_hash
from qa.types import ScoredPassage
from qa.version import VERSION

FORMAT: Final = 1
_DIGITS: Final = 4
"""Of scores that are compared: sums of floats differ behind that with the number of threads."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a question was asked with, as `Assistant.ask` takes it."""

    top_k: int
    reader: str = ""
    expand: bool = True
    every_version: bool = False
    filters: Filters = NO_FILTERS

    @classmethod
    def of(cls, recorded: Mapping[str, Any]) -> "Options":
        """Those of a record; earlier ones have no filters. Raises TypeError or FilterError when they are none."""
        return cls(**{**recorded, "filters": Filters.of(recorded.get("filters", {}))})

    def arguments(self) -> dict[str, Any]:
        """As arguments of `Assistant.ask`."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Replay:
    """What comes of a record: `differences`, a line each, none where the results are the same; `other_index`,
    `other_reranker` and `other_program` tell whether that is what they may come from."""

    differences: tuple[str, ...]
    other_index: bool
    other_reranker: bool
    other_program: bool


def record(answer: Answer, assistant: Assistant, options: Options) -> dict[str, Any]:
    """A search and its results as one JSON object."""
    return {
        "format": FORMAT,
        "program": VERSION,
        "index": assistant.index.catalogue.sha256,
        "state": assistant.state,
        "model": asdict(assistant.encoder),
        "reranker": asdict(assistant.reranker) if assistant.reranker else None,
        "question": answer.question,
        "searched": answer.searched,
        "understood": {"reason": answer.understood.reason.value, "carried": list(answer.understood.carried)},
        "options": asdict(options),
        "line": asdict(answer.line) if answer.line else None,
        "scope": asdict(answer.scope) | {"languages": list(answer.scope.languages)},
        "citations": [_hit(citation.hit) for citation in answer.citations],
        "nearest": [_hit(hit) for hit in answer.nearest],
        "rows": [row.name for row in answer.table.rows] if answer.table else [],
    }


def replay(recorded: object, assistant: Assistant) -> Replay:
    """Search again what a record says, and compare.

    Raises RecordError when it is no record, or when its filters name what the index does not have.
    """
    if not isinstance(recorded, Mapping) or recorded.get("format") != FORMAT:
        found = recorded.get("format") if isinstance(recorded, Mapping) else type(recorded).__name__
        raise RecordError(f"no record of a search in format {FORMAT}: {found!r:.60}; qa ask --record FILE writes one")
    try:
        options = Options.of(recorded["options"])
        answer = assistant.ask(recorded["question"], searched=recorded["searched"], **options.arguments())
        now = record(answer, assistant, options)
        differences: list[str] = []
        for part in ("citations", "nearest"):
            differences += _compared(part, recorded[part], now[part])
        if recorded["rows"] != now["rows"]:
            differences.append(f"rows: {', '.join(recorded['rows'])} were {', '.join(now['rows'])} now")
        if recorded["line"] != now["line"]:
            differences.append(f"line: {recorded['line']} was {now['line']} now")
        other = recorded["index"] != now["index"] or recorded["model"] != now["model"]
        reranked = recorded.get("reranker") != now["reranker"]  # earlier records have none
        return Replay(tuple(differences), other, reranked, recorded["program"] != now["program"])
    except FilterError as error:
        raise RecordError(f"the record's filters cannot be applied to this index: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise RecordError(f"the record is not whole: {error}; qa ask --record FILE writes one") from error


def read_record(text: str) -> object:
    """A record as JSON. Raises RecordError when it is something else."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"the record is not JSON: {error}") from error


def _hit(hit: ScoredPassage) -> dict[str, Any]:
    return {
        "passage_id": hit.passage.passage_id,
        "text_sha256": text_hash(hit.text),
        "score": round(hit.score, 6),
        "relevance": None if hit.relevance is None else round(hit.relevance, 6),
        "sentence": [hit.marked.start, hit.marked.end],
        "words": [[word.start, word.end] for word in hit.words],
    }


def _compared(part: str, before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    ids, new_ids = [hit["passage_id"] for hit in before], [hit["passage_id"] for hit in now]
    if ids != new_ids:
        return [f"{part}: {', '.join(ids) or 'none'} were; now {', '.join(new_ids) or 'none'}"]
    differences = []
    for old, new in zip(before, now, strict=True):
        for key, value in old.items():
            same = _rounded(value) == _rounded(new.get(key)) if isinstance(value, float) else value == new.get(key)
            if not same:
                differences.append(f"{part}, {old['passage_id']}: {key} {value} was; now {new.get(key)}")
    return differences


def _rounded(value: object) -> object:
    return round(value, _DIGITS) if isinstance(value, float) else value
