"""Joined text and the way back to the source."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.source_text import join_lines, source_span, spaces_borders, text_length
from embeddings.types import Span


def join(source: str, *, border_blank: bool = True) -> str:
    at, spans = 0, []
    for line in source.split("\n"):
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    return join_lines(source, spans, border_blank=border_blank).text


@pytest.mark.parametrize(
    ("source", "joined"),
    [
        ("技术援\n助", "技术援助"),
        ("并特 \n\n 别", "并特别"),
        ("制定 2020\n年", "制定 2020 年"),
        ("（\n14个", "（14个"),
        ("COVID-19\n大流行", "COVID-19 大流行"),
        ("COVID-\n19", "COVID-19"),
        ("asset\nrecovery", "asset recovery"),
        ("stop -\nthen", "stop - then"),
        ("это\nхорошо", "это хорошо"),
        ("استرداد\nالموجودات", "استرداد الموجودات"),
        ("ความช่วย\nเหลือ", "ความช่วยเหลือ"),
        ("다음\n회의", "다음 회의"),
    ],
)
def test_lines_are_joined_as_the_script_is_written(source: str, joined: str) -> None:
    assert join(source) == joined


def test_no_blank_between_scripts_where_the_document_writes_none() -> None:
    assert join("制定2020\n年", border_blank=False) == "制定2020年"
    assert spaces_borders("有 39 个，14个，57 个")
    assert not spaces_borders("有39个，14 个，57个")


TEXT = st.text(st.sampled_from("ab 7-技术，。\tяع\n\U00020bb7😀"), min_size=1, max_size=60)


@given(TEXT, st.booleans())
def test_every_character_leads_back_to_its_own(source: str, border_blank: bool) -> None:
    at, spans = 0, []
    for line in source.split("\n"):
        spans.append(Span(at, at + len(line)))
        at += len(line) + 1
    content = join_lines(source, spans, border_blank=border_blank)
    assert text_length(content.runs) == len(content.text)
    for i, character in enumerate(content.text):
        place = source_span(content.runs, Span(i, i + 1))
        assert place.end == place.start + 1
        there = source[place.start]
        assert there == character or (character == " " and there.isspace())
    assert "".join(content.text.split()) == "".join(source.split())


def test_no_span_outside_the_text() -> None:
    content = join_lines("abc", [Span(0, 3)], border_blank=False)
    assert source_span(content.runs, Span(1, 3)) == Span(1, 3)
    for start, end in [(0, 0), (0, 4), (-1, 2), (2, 1)]:
        with pytest.raises(ValueError, match="no characters"):
            source_span(content.runs, Span(start, end))
