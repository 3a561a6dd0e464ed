"""What is taken away of a conversation, in the reader's language: its turns, the records of its searches, its pins."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from qa.errors import PinError
from qa.exports.blocks import Block, Code, Facts, Heading, Line, Paragraph, Quote, Run, Table, Written
from qa.filters import Filters
from qa.pins import Pin
from qa.shown import (
    Conversation,
    ShownAnswer,
    ShownHit,
    ShownMention,
    ShownProblem,
    ShownReferences,
    ShownTable,
    ShownWritten,
)
from qa.strings import day, language_name, number, percent, say
from qa.version import VERSION

PROGRAM: Final = "Paragraph QA"
_LIST_WIDTHS: Final = (0.2, 0.3, 0.5)
_RECORD_WIDTHS: Final = (0.1, 0.12, 0.3, 0.22, 0.26)


def written(conversation: Conversation, language: str, exported: str) -> Written:
    """The conversation as blocks; `exported`: when, UTC, ISO 8601."""
    words = _Words(language)
    title = words.say("export.title")
    blocks: list[Block] = [
        Heading(1, words.line(title)),
        Facts(list(_head(conversation, words, exported))),
        Paragraph(words.line(words.say("export.about"))),
    ]
    for position, turn in enumerate(conversation, 1):
        if isinstance(turn, ShownProblem):
            blocks += _problem(turn, position, words)
        else:
            blocks += _answer(turn, position, words)
    blocks += _records(conversation, words)
    blocks += _pins(conversation, words)
    return Written(title, language, exported, blocks)


class _Words:
    """The strings of one language, as runs."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def line(self, text: str) -> Line:
        return (Run(text, self.language),)

    def labelled(self, key: str, *values: Run) -> Line:
        """A string that ends in a colon, then what it announces."""
        return (Run(self.say(key), self.language, strong=True), Run(" ", self.language), *values)

    def time(self, moment: str) -> str:
        """A moment (ISO 8601) as the language writes it, in UTC; unchanged where it is none."""
        try:
            read = datetime.fromisoformat(moment)
            read = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return moment
        date = day(read.date().isoformat(), self.language)
        return self.say("export.time", day=date, time=read.strftime("%H:%M"))


def _head(conversation: Conversation, words: _Words, exported: str) -> Iterator[Line]:
    """When it was taken away, and which programs and indexes answered."""
    records = [turn.record for turn in conversation if isinstance(turn, ShownAnswer)]
    yield words.labelled("export.exported", Run(words.time(exported), words.language))
    programs = [_text(record.get("program")) for record in records] or [VERSION]
    for program in dict.fromkeys(programs):
        yield words.labelled("export.program", Run(f"{PROGRAM} {program}", ""))
    for index, state in dict.fromkeys((_text(each.get("index")), _text(each.get("state"))) for each in records):
        told = words.say("export.state", index=index, state=state) if state else index
        yield words.labelled("export.index", Run(told, words.language))


# --- A turn ----------------------------------------------------------------------------------------------------------


def _problem(turn: ShownProblem, position: int, words: _Words) -> Iterator[Block]:
    yield Heading(2, (Run(f"{position}. ", words.language), Run(turn.question, "")))
    yield Facts([words.labelled("export.asked", Run(words.time(turn.asked), words.language))])
    try:
        told = words.say(turn.key, **turn.values)
    except (KeyError, TypeError, AssertionError):  # it comes back from a browser, maybe from an earlier program's page
        told = words.say("errors.unexpected")
    yield Paragraph(words.line(told))


def _answer(turn: ShownAnswer, position: int, words: _Words) -> Iterator[Block]:
    yield Heading(2, (Run(f"{position}. ", words.language), Run(turn.question, turn.language)))
    yield Facts(list(_facts(turn, words)))
    if turn.written and not turn.written.failed:
        yield from _written(turn.written, words)
    if turn.references:
        yield from _complete(turn, turn.references, words)
    elif turn.absent:
        yield from _absence(turn, words)
    elif turn.line is None:
        yield Paragraph(words.line(words.say("answer.uncalibrated")))
    if turn.table:
        yield from _table(turn, turn.table, words)
    for hit in turn.hits:
        yield from _passage(hit, words, scored=turn.references is None)
    if turn.absent and turn.nearest:
        yield Heading(3, words.line(words.say("answer.nearest")))
        for hit in turn.nearest:
            yield from _passage(hit, words, scored=True)


def _written(written: ShownWritten, words: _Words) -> Iterator[Block]:
    """What a model wrote from the passages below, said to be that, and what is wrong with its sentences."""
    label = words.say("writing.label", model=written.model)
    yield Paragraph((Run(label, words.language, strong=True),), leads=True)
    for sentence in written.sentences:
        line: Line = (Run(sentence.text, ""), *(Run(f" [{number}]", "", strong=True) for number in sentence.citations))
        if sentence.why_not:
            reasons = "; ".join(words.say(f"writing.why_{why}") for why in sentence.why_not)
            line += (Run(f" ({words.say('writing.not_borne_out', reasons=reasons)})", words.language),)
        yield Paragraph(line)
    facts = [words.say("writing.left_out", count=written.left_out)] if written.left_out else []
    yield Facts([words.line(fact) for fact in (*facts, words.say("writing.checked"))])


def _facts(turn: ShownAnswer, words: _Words) -> Iterator[Line]:
    """When it was asked, what was searched and where."""
    seconds = words.say("answer.took", seconds=number(round(turn.seconds, 2), words.language))
    asked = (words.time(turn.asked), " · ", seconds)
    yield words.labelled("export.asked", *(Run(part, words.language) for part in asked))
    if turn.searched != turn.question:
        yield words.labelled("export.query", Run(turn.searched, turn.language))
    yield words.line(_scope(turn, words))
    limits = list(_limits(turn.filters, words))
    if limits:
        yield words.labelled("export.filters", Run("; ".join(limits), words.language))
    if turn.expansions:
        yield words.line(words.say("answer.everywhere", terms=", ".join(turn.expansions)))


def _scope(turn: ShownAnswer, words: _Words) -> str:
    scope = turn.scope
    searched = words.say(
        "answer.scope",
        paragraphs=words.say("answer.paragraphs", count=scope.passages),
        documents=words.say("answer.documents", count=scope.documents),
        languages=_languages(scope.languages, words),
    )
    whose = [words.say("answer.own")] if turn.collection == "own" else []
    undated = [words.say("filters.undated", count=scope.undated)] if scope.undated else []
    return " · ".join([searched, *whose, *undated])


def _limits(filters: Filters, words: _Words) -> Iterator[str]:
    if filters.documents:
        yield words.say("export.filter_documents", names=", ".join(filters.documents))
    if filters.languages:
        yield words.say("export.filter_languages", names=_languages(filters.languages, words))
    if filters.since:
        yield words.say("export.filter_since", date=day(filters.since, words.language))
    if filters.until:
        yield words.say("export.filter_until", date=day(filters.until, words.language))
    if filters.sections:
        yield words.say("export.filter_sections", names=", ".join(filters.sections))


def _languages(codes: Iterable[str], words: _Words) -> str:
    return ", ".join(language_name(code, words.language) for code in codes)


def _complete(turn: ShownAnswer, found: ShownReferences, words: _Words) -> Iterator[Block]:
    """In how many paragraphs references are made, and in how many besides to the article as a whole."""
    names, searched = ", ".join(found.names), words.say("answer.paragraphs", count=turn.scope.passages)
    if found.passages:
        told = [words.say("answer.mentioned", names=names, count=found.passages, paragraphs=searched)]
    else:
        told = [words.say("answer.mentioned_nowhere", names=names, paragraphs=searched)]
    if found.certain < found.passages:
        told.append(words.say("answer.mentioned_perhaps", count=found.passages - found.certain))
    if found.wider:
        told.append(words.say("answer.wider", count=found.wider))
    yield Paragraph(words.line(" ".join(told)))


def _absence(turn: ShownAnswer, words: _Words) -> Iterator[Block]:
    yield Paragraph((Run(words.say("answer.absent"), words.language, strong=True),))
    if turn.line:
        shares = {
            "line": turn.line.relevance,
            "false_answers": turn.line.false_answers,
            "near_misses": turn.line.near_misses,
            "answered": turn.line.answered,
        }
        told = {name: percent(share, words.language) for name, share in shares.items()}
        yield Paragraph(words.line(words.say("answer.worth", **told)))


def _table(turn: ShownAnswer, table: ShownTable, words: _Words) -> Iterator[Block]:
    """A row for each place that bears an entity out, the entity's name in each: pages and screen readers part rows."""
    if not table.rows:
        yield Paragraph(words.line(words.say(f"answer.no_{table.kind}")))
        return
    hits = {hit.number: hit for hit in turn.hits}
    header = [words.line(words.say(f"export.{each}")) for each in _columns(table)]
    rows = []
    for row in table.rows:
        unnamed = () if row.named else (Run(f"{words.say('answer.unnamed')} ", words.language),)
        name = (*unnamed, Run(row.name, table.language))
        rows += [(name, *_mention(mention, hits, table, words)) for mention in row.mentions]
    yield Table(header, rows, _LIST_WIDTHS)


def _columns(table: ShownTable) -> tuple[str, str, str]:
    return f"column_{table.kind}", "column_citation", "column_quotation"


def _mention(
    mention: ShownMention, hits: Mapping[int, ShownHit], table: ShownTable, words: _Words
) -> tuple[Line, Line]:
    """The citation with what qualifies the sentence, and the sentence."""
    hit = hits.get(mention.number)
    place = _in(hit.locators, words) if hit else ""
    citation: tuple[Run, ...] = (Run(f"[{mention.number}]", "", strong=True), Run(f" {place}", words.language))
    if mention.notes:
        citation += (Run(f" ({'; '.join(mention.notes)})", table.language),)
    return citation, (Run(mention.sentence, hit.language if hit else ""),)


def _passage(hit: ShownHit, words: _Words, *, scored: bool) -> Iterator[Block]:
    """Its reference, under its number where it is cited, its marked sentence, and what has to be known of it."""
    reference = Run(_in(hit.references, words) or hit.title, words.language)
    numbered = (Run(f"[{hit.number}]", "", strong=True), Run(" ", words.language)) if hit.number else ()
    yield Paragraph((*numbered, reference), leads=True)
    yield Quote(_marked(hit), hit.language)
    facts = []
    if hit.section:
        facts.append(words.say("export.section", section=" › ".join(hit.section)))
    if scored and hit.relevance is not None:
        facts.append(words.say("answer.relevance", percent=percent(hit.relevance, words.language)))
    elif scored:
        facts.append(words.say("answer.closeness", score=number(round(hit.score, 2), words.language)))
    facts += [words.say(f"answer.{other.kind}", symbol=other.symbol or other.doc_id) for other in hit.related]
    if hit.doubts:
        doubts = "; ".join(words.say(f"answer.doubt_{each}") for each in hit.doubts)
        facts.append(words.say("answer.perhaps", doubts=doubts))
    if facts:
        yield Facts([words.line(fact) for fact in facts])
    if hit.beside:
        beside = words.say("export.beside", name=language_name(hit.beside.language, words.language))
        yield Paragraph(words.line(beside), leads=True)
        yield Quote((Run(hit.beside.text, hit.beside.language),), hit.beside.language)


def _marked(hit: ShownHit) -> Line:
    """The marked sentence of a citation, the words set off that match the question; below the line none are."""
    runs, at = [], 0
    for start, end in hit.words if hit.number else ():
        if at <= start < end <= len(hit.sentence):  # a conversation comes back from a browser
            runs.append(Run(hit.sentence[at:start], hit.language))
            runs.append(Run(hit.sentence[start:end], hit.language, strong=True))
            at = end
    return (*runs, Run(hit.sentence[at:], hit.language))


def _in(by_language: Mapping[str, str], words: _Words) -> str:
    return by_language.get(words.language, "")


# --- What makes it possible to search and to look again --------------------------------------------------------------


def _records(conversation: Conversation, words: _Words) -> Iterator[Block]:
    """What each search depended on, in short; the JSON has it whole."""
    answers = [
        (position, turn.record) for position, turn in enumerate(conversation, 1) if isinstance(turn, ShownAnswer)
    ]
    if not answers:
        return
    yield Heading(2, words.line(words.say("export.records")))
    columns = ("question", "program", "index", "model", "options")
    header = [words.line(words.say(f"export.column_{each}")) for each in columns]
    rows: list[Sequence[Line]] = []
    for position, record in answers:
        cells = [str(position), *(_text(record.get(part)) for part in columns[1:])]
        rows.append([(Run(cell, ""),) for cell in cells])
    yield Table(header, rows, _RECORD_WIDTHS)


def _pins(conversation: Conversation, words: _Words) -> Iterator[Block]:
    """Each citation's pin, whole, so that `qa cite resolve` reads it out of the file."""
    pinned = [
        (position, hit)
        for position, turn in enumerate(conversation, 1)
        if isinstance(turn, ShownAnswer)
        for hit in turn.hits
        if _is_pin(hit.pin)
    ]
    if not pinned:
        return
    yield Heading(2, words.line(words.say("export.pins")))
    yield Paragraph(words.line(words.say("export.pins_about", command="qa cite resolve")))
    for position, hit in pinned:
        place = _in(hit.locators, words)
        told = words.say("export.pin_of", question=position, citation=str(hit.number), place=place)
        yield Paragraph(words.line(told), leads=True)
        yield Code(hit.pin)


def _is_pin(text: str) -> bool:
    try:
        return Pin.from_text(text).to_text() == text
    except PinError:
        return False


def _text(value: Any) -> str:
    """A part of a record in one line: of a group each member with its name, those left out that are empty."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {told}" for name, each in value.items() if (told := _text(each)))
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value)
