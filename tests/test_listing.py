"""Rows of entities out of sentences, by hand: no encoder has a part in it."""

import pytest

from embeddings.sentences import sentence_spans
from embeddings.types import Document, Passage, Run, SourceFile, Span
from qa.asking import Kind
from qa.listing import Table, table
from qa.listing_output import table_json, table_text
from qa.types import ScoredPassage


def listed(kind: Kind, asked_in: str, *texts: str, language: str = "en") -> Table:
    """The table out of every sentence of paragraphs 1, 2, ... of one document."""
    document = Document("report", "Report", language, SourceFile("report.txt", 1, ""), "\n".join(texts), ())
    passages = [
        Passage(
            f"report#{number}", "report", (), str(number), language, text, (Run(0, 0, len(text)),),
            sentence_spans(text, language), 0, len(text),
        )
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip
    hits = [ScoredPassage(rank, 0.5, each, document, each.sentences[0], 0.5) for rank, each in enumerate(passages, 1)]
    bearing = {each.passage_id: range(len(each.sentences)) for each in passages}
    return table(kind, hits, bearing, lambda _ids: passages, asked_in)


def names(found: Table) -> list[str]:
    return [row.name if row.named else f"({row.name})" for row in found.rows]


def test_one_row_an_entity_with_all_its_places() -> None:
    found = listed(Kind.COUNTRY, "fr", "Chad and Peru agreed.", "The Peruvian law came first. Peru was glad.")
    assert names(found) == ["Tchad", "Pérou"]
    peru = found.rows[1]
    assert [mention.hit.paragraph for mention in peru.mentions] == ["1", "2", "2"]
    assert {mention.how for mention in peru.mentions} == {"named"}
    for mention in peru.mentions:
        assert mention.words is not None
        assert mention.hit.text[mention.words.start : mention.words.end] in ("Peru", "Peruvian")
        assert mention.sentence.start <= mention.words.start < mention.words.end <= mention.sentence.end


def test_what_is_denied_or_a_model_stands_behind_and_is_told() -> None:
    found = listed(
        Kind.COUNTRY, "en", "The law of Chad is modelled on that of France.", "Mali does not use orders.", "Peru does."
    )
    assert names(found) == ["Chad", "Peru", "France", "Mali"]
    cues = {row.name: [cue.kind for mention in row.mentions for cue in mention.cues] for row in found.rows}
    assert cues == {"Chad": [], "Peru": [], "France": ["model"], "Mali": ["negation"]}
    numbers = {f"report#{number}": number for number in (1, 2, 3)}
    shown = table_text(found, numbers)
    assert "France\n    [1] para. 1 (as a model: “modelled on”)" in shown
    assert "Mali\n    [2] para. 2 (" in shown


def test_who_speaks_is_named_with_the_place() -> None:
    found = listed(
        Kind.COUNTRY, "es", "The panellist from Zimbabwe spoke.", "The panellist said that her country used orders."
    )
    assert names(found) == ["Zimbabue"]
    named, speaks = found.rows[0].mentions
    assert (named.how, speaks.how) == ("named", "speaker")
    assert speaks.speaker is not None
    assert speaks.speaker.passage.paragraph == "1"
    assert speaks.words == Span(24, 35)
    (row,) = table_json(found)["rows"]
    assert [mention["named_in"] for mention in row["mentions"]] == [None, "report#1"]


def test_the_unnamed_have_rows_of_their_own_behind_the_others() -> None:
    found = listed(Kind.COUNTRY, "en", "One speaker said that her country used orders.", "Several States and Chad did.")
    assert names(found) == ["Chad", "(One speaker)", "(Several States)"]
    assert table_text(found, {"report#1": 1, "report#2": 2}).count("not named: ") == 2


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.BODY, "Eurojust and the World Bank helped.", ["body:EUROJUST", "body:WB"]),
        (Kind.ARTICLE, "Articles 51 and 54 were named.", ["article:51", "article:54"]),
        (Kind.DATE, "It entered into force on 12 April 2021.", ["date:2021-04-12"]),
    ],
)
def test_other_kinds(kind: Kind, text: str, expected: list[str]) -> None:
    found = listed(kind, "en", text)
    assert [row.token.partition(":")[0] for row in found.rows] == [token.partition(":")[0] for token in expected]
    assert len(found.rows) == len(expected)
    assert all(row.named and row.name for row in found.rows)


def test_nothing_of_the_kind() -> None:
    found = listed(Kind.COUNTRY, "en", "The law came into force.")
    assert found.rows == ()
    assert table_text(found, {}) == "no countries named in the sentences that bear on the question"
