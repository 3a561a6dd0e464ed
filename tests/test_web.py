"""Documents' text as HTML: harmless and whole."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

from conftest import SEED
from hypothesis import given
from hypothesis import strategies as st

from qa.assistant import Assistant
from qa.web.sources import Sources
from qa.web.text import escape


@given(st.text(max_size=200))
def test_escaped_text_shows_itself_and_nothing_else(text: str) -> None:
    escaped = escape(text)
    assert not re.search(r"[<>\"'`*_\[\](){}$\\|~!]", escaped)
    shown = html.unescape(escaped)
    for before, after in zip(text, shown, strict=True):
        assert after in (before, "\ufffd")
    escaped.encode("utf-8")


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_every_citation_has_its_place_in_the_panel(assistant: Assistant) -> None:
    sources = Sources(assistant.index)
    found = assistant.ask("which countries use unexplained-wealth orders?", top_k=14)
    answer = sources.answer(found)
    outline = Outline()
    outline.feed(sources.panel([SEED]))
    assert not outline.open
    assert len(outline.ids) == len(set(outline.ids))
    cited = re.findall(r'href="#(para-[\w-]+)"', answer)
    assert found.table
    assert len(cited) == len(found.citations) + sum(len(row.mentions) for row in found.table.rows)
    assert set(cited) <= set(outline.ids)


def test_the_panel_shows_the_document_whole(assistant: Assistant) -> None:
    outline = Outline()
    outline.feed(Sources(assistant.index).panel([SEED]))
    shown = "".join("".join(outline.text).split())
    for passage in assistant.index.passages:
        assert "".join(passage.text.split()) in shown
    for heading in assistant.index.documents[SEED].headings:
        assert "".join(heading.text.split()) in shown


def test_a_paragraph_is_shown_beside_in_the_readers_language(assistant: Assistant) -> None:
    found = assistant.ask("COVID-19")
    beside = replace(assistant.index.passages[0], language="ar")
    citations = (replace(found.citations[0], beside=beside), *found.citations[1:])
    shown = Sources(assistant.index).answer(replace(found, citations=citations))
    assert shown.count('class="qa-beside" lang="ar" dir="rtl"') == 1
    assert escape(beside.text) in shown
    assert "qa-beside" not in Sources(assistant.index).answer(found)


def test_a_doubtful_reference_is_said_to_be_doubtful(assistant: Assistant) -> None:
    found = assistant.ask("which paragraphs speak of article 54?")
    assert found.references
    (row,) = found.references.rows
    assert "qa-doubt" not in Sources(assistant.index).answer(found)
    doubtful = replace(row, mentions=tuple(replace(mention, doubt="instrument") for mention in row.mentions))
    answer = replace(found, references=replace(found.references, rows=(doubtful,), wider=2))
    shown = html.unescape(Sources(assistant.index).answer(answer))
    assert "perhaps: " in shown
    assert "which one is not said here" in shown or "of which text is not said here" in shown
    assert "Besides, 2 paragraphs" in shown
