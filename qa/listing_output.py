"""A table of entities as JSON and as text for a terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from qa.asking import Kind
from qa.citations import locator
from qa.cues import WORDS
from qa.listing import Mention, Row, Table
from qa.wording import in_line, in_quotes, one_line

if TYPE_CHECKING:
    from qa.answer_json import RowMentionJson, TableJson

_DEFAULT: Final = "en"


def table_json(table: Table) -> "TableJson":
    """The table as JSON. Keys may be added, none is renamed. Offsets count characters of the passage's text."""
    return {
        "kind": table.kind,
        "language": table.language,
        "rows": [
            {
                "token": row.token,
                "name": row.name,
                "named": row.named,
                "mentions": [_mention_json(mention, table.language) for mention in row.mentions],
            }
            for row in table.rows
        ],
    }


def _mention_json(mention: Mention, language: str) -> "RowMentionJson":
    text, speaker, words = mention.hit.text, mention.speaker, mention.words
    return {
        "passage_id": mention.hit.passage.passage_id,
        "locator": locator(mention.hit.passage, language),
        "relevance": None if mention.hit.relevance is None else round(mention.hit.relevance, 6),
        "sentence": text[mention.sentence.start : mention.sentence.end],
        "sentence_start": mention.sentence.start,
        "sentence_end": mention.sentence.end,
        "words": text[words.start : words.end] if words else "",
        "words_start": words.start if words else None,
        "words_end": words.end if words else None,
        "how": mention.how,
        "named_in": speaker.passage.passage_id if speaker else None,
        "named_as": speaker.words if speaker else None,
        "cues": [
            {"kind": cue.kind, "words": text[cue.start : cue.end], "start": cue.start, "end": cue.end}
            for cue in mention.cues
        ],
    }


def table_text(table: Table, numbers: Mapping[str, int]) -> str:
    """The table for a terminal: an entity, then a line for each place, with its sentence below.

    `numbers`: of the citations, by passage_id.
    """
    if not table.rows:
        return f"no {_kind(table.kind)} named in the sentences that bear on the question"
    return "\n".join(_row_text(row, numbers, table.language) for row in table.rows)


def _row_text(row: Row, numbers: Mapping[str, int], language: str) -> str:
    label = row.name if row.named else f"{words_of(language)['unnamed']}: {row.name}"
    lines = [label]
    for mention in row.mentions:
        sentence = mention.hit.text[mention.sentence.start : mention.sentence.end]
        notes = notes_of(mention, language)
        passage = mention.hit.passage
        place = f"[{numbers[passage.passage_id]}] {locator(passage, language)}"
        lines.append(f"    {place}" + (f" ({'; '.join(notes)})" if notes else ""))
        lines.append(f"        {one_line(sentence)}")
    return "\n".join(lines)


def notes_of(mention: Mention, language: str) -> list[str]:
    """What is to be known of a mention, in the asker's language: how the entity is meant there, and the cues."""
    table, text = words_of(language), mention.hit.text
    notes = []
    if mention.how == "speaker" and mention.speaker is not None:
        at = mention.words
        said = in_quotes(text[at.start : at.end], language) + " " if at else ""
        place = locator(mention.speaker.passage, language)
        notes.append(said + table["named_in"].format(place=place))
    by_kind: dict[str, list[str]] = {}
    for cue in mention.cues:
        by_kind.setdefault(cue.kind, []).append(in_quotes(text[cue.start : cue.end], language))
    return notes + [f"{table[kind]}: {in_line(words, language)}" for kind, words in by_kind.items()]


def words_of(language: str) -> dict[str, str]:
    """The words of tables in a language, in English where there are none."""
    return dict(WORDS.get(language, WORDS[_DEFAULT]))


def _kind(kind: Kind) -> str:
    return {"body": "bodies", "country": "countries"}.get(kind.value, f"{kind.value}s")
