"""Feedback as judgements that `qa eval` reads: which passages answer which query, by those who asked it.

What counts for what is told in docs/feedback.md. In short: a citation called wrong is 0, every other citation of an
answer that was found good is 1, a thumb down by itself judges no passage. Of several visitors the majority counts, and
where they are split nobody is right.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from embeddings.types import Passage
from qa.feedback import UP, WRONG, Feedback, Kept

_ID_LENGTH: Final = 16
"""Hexadecimal digits of SHA-256 that make a query's name; among a million queries two alike are out of the question."""
_VISITOR_LENGTH: Final = 12
_BLANK: Final = re.compile(r"[\s%]")


@dataclass(frozen=True, slots=True)
class Judgements:
    """What feedback says of passages.

    `queries`: the text searched, by query id. `qrels`: query id to passage to 1 (answers) or 0 (does not). `votes`: how
    many single judgements of visitors these come from; `split`: pairs of query and passage that are left out, because
    as many visitors say yes as no; `unknown`: those left out because no such passage is known.
    """

    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    votes: int
    split: int
    unknown: int

    @property
    def judged(self) -> int:
        """Pairs of query and passage that are judged."""
        return sum(len(passages) for passages in self.qrels.values())


def judgements(rows: Iterable[Kept], known: Collection[str] | None = None) -> Judgements:
    """What the rows of one collection judge. `known`: the passages that may be judged, None for all."""
    tallies: dict[tuple[str, str], Counter[bool]] = {}
    queries: dict[str, str] = {}
    for (_, query_id, passage), (answers, text) in _votes([row.feedback for row in rows]).items():
        queries[query_id] = text
        tallies.setdefault((query_id, passage), Counter())[answers] += 1
    qrels: dict[str, dict[str, int]] = {}
    split = unknown = 0
    for (query_id, passage), tally in sorted(tallies.items()):
        if known is not None and passage not in known:
            unknown += 1
        elif tally[True] == tally[False]:
            split += 1
        else:
            qrels.setdefault(query_id, {})[passage] = int(tally[True] > tally[False])
    votes = sum(tally.total() for tally in tallies.values())
    return Judgements({query_id: queries[query_id] for query_id in qrels}, qrels, votes, split, unknown)


def qrels_lines(found: Judgements) -> Iterator[str]:
    """The judgements as TREC has them: `query 0 passage relevance`."""
    for query_id, passages in found.qrels.items():
        yield from (f"{query_id} 0 {passage} {relevance}\n" for passage, relevance in passages.items())


def query_lines(found: Judgements) -> Iterator[str]:
    """The queries judged, {id, text}, as JSONL."""
    return (_line({"id": query_id, "text": text}) for query_id, text in found.queries.items())


def passage_lines(passages: Sequence[Passage]) -> Iterator[str]:
    """Passages, {id, text, lang}, as JSONL, by the names that the judgements have."""
    return (_line({"id": name_of(each.passage_id), "text": each.text, "lang": each.language}) for each in passages)


def note_lines(rows: Iterable[Kept]) -> Iterator[str]:
    """All feedback, for people to read, as JSONL: whatever was said, but not by whom."""
    return (_line(as_json(row)) for row in rows)


def as_json(row: Kept) -> dict[str, Any]:
    """A row without its visitor."""
    feedback = row.feedback
    return {
        "time": row.time,
        "kind": feedback.kind,
        "question": feedback.question,
        "searched": feedback.searched,
        "flagged": feedback.flagged,
        "note": feedback.note,
        "citations": list(feedback.citations),
        "state": feedback.state,
        "index": feedback.index,
    }


def name_of(passage_id: str) -> str:
    """The passage's id as files of TREC can have it: its blanks, and "%", as "%20" and the like."""
    return _BLANK.sub(lambda found: quote(found[0], safe=""), passage_id)


def _votes(rows: Sequence[Feedback]) -> dict[tuple[str, str, str], tuple[bool, str]]:
    """What each visitor says of each passage to a query: by visitor, query id and passage, with the query's text.

    A citation called wrong is wrong, whatever the same visitor thought of the answer as a whole.
    """
    votes: dict[tuple[str, str, str], tuple[bool, str]] = {}
    for row in rows:
        if row.kind == UP:
            for passage in row.citations:
                votes[row.visitor, _query_id(row), _judged_name(row, passage)] = True, row.searched
    for row in rows:
        if row.kind == WRONG:
            votes[row.visitor, _query_id(row), _judged_name(row, row.flagged)] = False, row.searched
    return votes


def _query_id(feedback: Feedback) -> str:
    """By the text alone, so that it is the same in every export; of own documents, by the visitor too."""
    asked = feedback.searched if feedback.collection == "library" else f"{feedback.visitor}\n{feedback.searched}"
    return hashlib.sha256(asked.encode()).hexdigest()[:_ID_LENGTH]


def _judged_name(feedback: Feedback, passage_id: str) -> str:
    """Two visitors' own documents may have one name and be different ones."""
    name = name_of(passage_id)
    if feedback.collection == "library":
        return name
    return f"own-{hashlib.sha256(feedback.visitor.encode()).hexdigest()[:_VISITOR_LENGTH]}/{name}"


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
