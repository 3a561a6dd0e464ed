"""Conversations taken away: whole, in six languages, and whatever a document says, it stays text."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from conftest import ROOT, WordEncoder
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_citation_formats import HOSTILE, TEXTS, Reader

from embeddings.build import build
from embeddings.store import IndexStore
from qa.assistant import Assistant
from qa.citation_formats import visible
from qa.errors import ConversationError
from qa.exports import FORMATS, export
from qa.exports.docx_elements import _turns
from qa.filters import Filters
from qa.pins import read_pins, resolve
from qa.records import Options, replay
from qa.shown import (
    Conversation,
    ShownAnswer,
    ShownHit,
    ShownMention,
    ShownProblem,
    ShownReferences,
    ShownRelated,
    ShownRow,
    ShownScope,
    ShownTable,
    ShownVersion,
    read_conversation,
    shown,
    to_json,
    turns_of,
)
from qa.strings import LANGUAGES, language_name, say

QUESTIONS = (
    "which countries use unexplained-wealth orders?",
    "and in North Macedonia?",
    "who won the football world cup?",
    "which paragraphs speak of article 54?",
    "哪些国家使用来历不明财富令？",
    "ما هي أوامر الثروة غير المبررة؟",
)
MOMENT = "2026-02-04T09:05:00+00:00"
PROBLEM = ShownProblem("...", MOMENT, "errors.question_blank")
PAGE = (ROOT / "tests" / "data" / "hostile_passage.md").read_text("utf-8")
EVERYTHING = (*HOSTILE, PAGE, *PAGE.split("\n\n"))
MARKS = {"h1", "h2", "h3", "p", "ul", "li", "strong", "br", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.fixture(scope="module")
def conversation(assistant: Assistant) -> Conversation:
    """Real answers over the real seed: a list, a follow-up to it, nothing, references, other languages, a problem."""
    turns: list[ShownAnswer | ShownProblem] = []
    for question in QUESTIONS:
        options = Options(5, reader="fr")
        answer = assistant.ask(question, history=turns_of(turns), **options.arguments())
        turns.append(shown(answer, assistant, options, "library", MOMENT, 0.25))
    return (*turns, PROBLEM)


def hit(text: str = "The State froze the asset.", *, number: int = 1, language: str = "en", **more: Any) -> ShownHit:
    reference = f"A/1, {text}, para. 7 (report.pdf, page 3; {language})"
    return ShownHit(
        number=number, passage_id="report#7", title=text, symbol="A/1", date="", section=(text,), file="report.pdf",
        file_sha256="0" * 64, language=language, sentence=text, sentence_number=0,
        words=more.pop("words", ()), score=0.5, relevance=0.5,
        locators=dict.fromkeys(LANGUAGES, "para. 7"), places=dict.fromkeys(LANGUAGES, "page 3"),
        references=dict.fromkeys(LANGUAGES, reference), **more,
    )  # fmt: skip


def answered(*hits: ShownHit, **more: Any) -> ShownAnswer:
    values: dict[str, Any] = {
        "question": "What?", "searched": "What?", "follows": False, "language": "en", "collection": "library",
        "filters": Filters(), "asked": MOMENT, "seconds": 0.1, "hits": hits, "nearest": (), "table": None,
        "references": None, "expansions": (), "scope": ShownScope(1, 14, ("zh",)), "line": None, "record": {},
    }  # fmt: skip
    return ShownAnswer(**{**values, **more})


def full(text: str) -> ShownAnswer:
    """A turn that holds a text wherever one can stand."""
    mention = ShownMention(1, text, 0, (text,))
    return answered(
        hit(text, related=(ShownRelated(text, "", "corrigendum"),), beside=ShownVersion("x#7", "fr", text), pin=text),
        nearest=(hit(text, number=0),),
        question=text,
        searched=f"{text}?",
        filters=Filters((text,), (text,), "2019", "2020-05", (text,)),
        asked=text,
        table=ShownTable("country", "en", (ShownRow(text, True, (mention,)), ShownRow(text, False, (mention,)))),
        references=ShownReferences((text,), 2, 1, 1),
        expansions=(text,),
        scope=ShownScope(1, 1, (text,), 1),
        record={"index": text, "state": text, "program": text, "model": {text: text}, "options": [text, 1]},
    )


def markdown(turns: Sequence[ShownAnswer | ShownProblem], language: str = "en") -> str:
    return export(tuple(turns), "markdown", language, MOMENT).data.decode()


def rendered(text: str) -> Reader:
    return Reader(MarkdownIt("commonmark").enable("table").render(text))


def word(turns: Sequence[ShownAnswer | ShownProblem], language: str = "en") -> Document:
    return docx.Document(io.BytesIO(export(tuple(turns), "docx", language, MOMENT).data))


def together(text: str) -> str:
    """What is to be seen of a text, whatever its blanks."""
    return "".join(visible(text).split())


def texts(document: Document) -> Iterator[str]:
    """Of every paragraph and cell."""
    for block in document.iter_inner_content():
        if isinstance(block, DocxTable):
            for row in block.rows:
                yield from (cell.text for cell in row.cells)
        else:
            yield block.text


def expected(conversation: Conversation, language: str) -> Iterator[str]:
    """What a reader has to find."""
    for turn in conversation:
        yield turn.question
        if isinstance(turn, ShownProblem):
            yield say(language, turn.key, **turn.values)
            continue
        yield turn.searched
        yield turn.record["index"]
        yield say(language, "answer.paragraphs", count=14)
        for each in turn.hits or turn.nearest:
            yield each.sentence
            yield each.references[language]
            yield " › ".join(each.section)
        for each in turn.hits:
            yield f"[{each.number}]"
            yield each.pin
        if turn.table:
            yield say(language, f"export.column_{turn.table.kind}")
            for row in turn.table.rows:
                yield row.name
                yield from (f"[{mention.number}]" for mention in row.mentions)
                yield from (note for mention in row.mentions for note in mention.notes)
        if turn.absent:
            yield say(language, "answer.absent")


# --- Real answers ----------------------------------------------------------------------------------------------------


def test_the_conversation_has_what_there_is_to_test(conversation: Conversation) -> None:
    listed, follow_up, nothing, references, chinese, _, problem = conversation
    assert isinstance(listed, ShownAnswer)
    assert listed.table
    assert isinstance(follow_up, ShownAnswer)
    assert follow_up.searched != follow_up.question
    assert isinstance(nothing, ShownAnswer)
    assert nothing.absent
    assert nothing.nearest
    assert isinstance(references, ShownAnswer)
    assert references.references
    assert isinstance(chinese, ShownAnswer)
    assert any(each.words for each in chinese.hits)
    assert problem == PROBLEM


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_there_in_each_language(conversation: Conversation, language: str) -> None:
    as_markdown, as_word = rendered(markdown(conversation, language)), word(conversation, language)
    in_markdown, in_word = together(as_markdown.text), together("\n".join(texts(as_word)))
    for text in expected(conversation, language):
        assert together(text) in in_markdown, text
        assert together(text) in in_word, text
    assert set(as_markdown.elements) <= MARKS | {"pre", "code"}
    headings = [say(language, "export.title")]
    headings += [f"{number}. {turn.question}" for number, turn in enumerate(conversation, 1)]
    assert together("".join(headings)) in together(as_markdown.inside["h1"] + as_markdown.inside["h2"])
    styles = [block.style.name for block in as_word.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == len(conversation) + 2
    shown_below = sum(len(turn.hits or turn.nearest) for turn in conversation if isinstance(turn, ShownAnswer))
    assert styles.count("Quote") == shown_below == markdown(conversation, language).count("\n> ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_a_name_and_a_type(conversation: Conversation, name: str, language: str) -> None:
    made = export(conversation, name, language, MOMENT)
    suffix = {"markdown": "md"}.get(name, name)
    assert made.name == f"{say(language, 'export.title')} 2026-02-04.{suffix}"
    assert made.plain_name == f"Paragraph QA 2026-02-04.{suffix}"
    assert made.media_type.startswith(("text/", "application/"))
    assert made.data


def test_an_unknown_language_gets_english_and_an_unknown_format_an_error() -> None:
    assert export((PROBLEM,), "markdown", "de").data == export((PROBLEM,), "markdown", "en").data
    with pytest.raises(ValueError, match="no format 'pdf'; formats: markdown, docx, json"):
        export((PROBLEM,), "pdf", "en")


def test_json_is_the_conversation_and_each_search_can_be_made_again(
    conversation: Conversation, assistant: Assistant
) -> None:
    exported = json.loads(export(conversation, "json", "fr", MOMENT).data)
    assert exported["format"] == 1
    assert exported["exported"] == MOMENT
    assert set(exported) == {"format", "program", "exported", "turns"}
    assert exported["turns"] == json.loads(json.dumps(to_json(conversation)))
    assert json.loads(json.dumps(to_json(read_conversation(json.dumps(exported["turns"]))))) == exported["turns"]
    for turn in exported["turns"]:
        if turn["kind"] == "answer":
            again = replay(turn["record"], assistant)
            assert again.differences == ()
            assert not again.other_index


def test_pins_are_read_out_of_the_files(conversation: Conversation, assistant: Assistant) -> None:
    wanted = [each.pin for turn in conversation if isinstance(turn, ShownAnswer) for each in turn.hits]
    for text in (markdown(conversation, "ar"), "\n".join(texts(word(conversation, "ar")))):
        found = read_pins(text)
        assert [each.to_text() for each in found] == wanted
        assert {resolve(each, assistant.index).status for each in found} == {"unchanged"}


def test_what_is_told_of_a_turn() -> None:
    turn = answered(
        hit(
            related=(ShownRelated("c", "A/1/Corr.1", "corrigendum"), ShownRelated("o", "", "original")),
            doubts=("body",),
            beside=ShownVersion("report.fr#7", "fr", "L’État a gelé l’avoir."),
        ),
        collection="own",
        filters=Filters(("report",), ("en", "fr"), "2019", "2020-05-03", ("Money",)),
        scope=ShownScope(2, 14, ("en", "fr"), undated=3),
        record={"index": "abc", "state": "000007", "program": "9.9", "model": {"name": "m"}, "options": {"top_k": 5}},
    )
    text = rendered(markdown([turn])).text
    for part in (
        "Program: Paragraph QA 9.9", "Index: abc (state 000007)", "4 February 2026, 09:05 UTC · 0.1\xa0s",
        "your own documents", "3 documents without a date are left out", "languages: English, French",
        "dated 2019 or later", "dated 3 May 2020 or earlier", "sections: Money", "documents: report",
        "There is a corrigendum: A/1/Corr.1", "Amends o", "whose resolution it is is not said here",
        "The same paragraph in another language (French):\n\nL’État a gelé l’avoir.", "relevance 50%", "top_k: 5",
    ):  # fmt: skip
        assert part in text, part
    unscored = rendered(markdown([answered(replace(hit(), relevance=None))])).text
    assert "closeness 0.5" in unscored
    empty = answered(hit(), table=ShownTable("date", "en", ()))
    assert say("en", "answer.no_date") in rendered(markdown([empty])).text


def test_references_and_when_there_are_none() -> None:
    found = answered(hit(), references=ShownReferences(("article 54",), 3, 1, 2))
    text = rendered(markdown([found])).text
    assert "article 54: mentioned in 3 of 14 paragraphs, all of them shown. 2 of them perhaps, as marked." in text
    assert "Besides, 2 paragraphs on the article as a whole" in text
    assert "relevance" not in text
    nothing = answered(references=ShownReferences(("article 54",), 0, 0, 0))
    assert "article 54: mentioned in none of 14 paragraphs" in rendered(markdown([nothing])).text


@pytest.mark.parametrize(
    ("key", "values"),
    [("no.such", {}), ("answer.took", {}), ("answer.paragraphs", {"count": "x"}), ("errors.request", {"key": "x"})],
)
def test_a_problem_that_is_none_of_this_programs(key: str, values: dict[str, Any]) -> None:
    problem = ShownProblem("What?", "soon", key, values)
    text = rendered(markdown([problem])).text
    assert say("en", "errors.unexpected") in text
    assert "Asked: soon" in text


def test_numbers_that_no_answer_has() -> None:
    with pytest.raises(ConversationError, match="too large"):
        markdown([answered(scope=ShownScope(10**60, 1, ()))])
    with pytest.raises(ConversationError, match="JSON has no infinity"):
        export((answered(seconds=float("inf")),), "json", "en")
    row = ShownRow("Zimbabwe", True, (ShownMention(9, "A sentence.", 0, ()),))
    unfitting = answered(hit(), table=ShownTable("country", "en", (row,)))
    assert "[9]" in rendered(markdown([unfitting])).text


# --- Whatever a document says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", EVERYTHING)
def test_nothing_becomes_markup_in_markdown(text: str) -> None:
    turn, problem = full(text), ShownProblem(text, text, "errors.question_blank")
    read = rendered(markdown([turn, problem]))
    assert set(read.elements) <= MARKS
    assert read.attributes == []
    assert [read.elements.count(each) for each in ("h1", "h2", "h3", "table", "blockquote")] == [1, 3, 0, 2, 2]
    assert together(read.inside.get("blockquote", "")) == together(text) * 2
    assert together(read.inside["td"]).startswith(together(text))


@given(TEXTS, st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=4))
def test_a_quotation_in_markdown_is_just_that(text: str, words: list[tuple[int, int]]) -> None:
    written = markdown([answered(hit("Title"), hit(text, number=2, words=tuple(words)))])
    read = rendered(written)
    quoted = "".join(read.inside["blockquote"])
    assert together(quoted) == together(f"Title{text}")
    assert set(read.elements) <= MARKS
    assert read.elements.count("blockquote") == 2


def test_the_words_that_match_are_set_off() -> None:
    chinese = hit("他的国家（使用）财富令。", language="zh", words=((2, 4), (4, 8), (8, 9)))
    assert "> 他的**国家**（**使用**）**财**富令。" in markdown([answered(chinese)])
    stars = hit("a*b* **c**", words=((0, 2), (3, 4), (7, 8)))
    assert "> **a**\\*b\\* \\*\\***c**\\*\\*" in markdown([answered(stars)])
    document = word([answered(chinese)])
    quote = next(each for each in document.paragraphs if each.style.name == "Quote")
    assert [run.text for run in quote.runs if run.style.name == "Strong"] == ["国家", "（使用）", "财"]
    below = answered(nearest=(hit("The State.", number=0, words=((0, 3),)),))
    assert "> The State." in markdown([below])


@pytest.mark.parametrize("text", EVERYTHING)
def test_a_word_document_holds_any_text(text: str) -> None:
    document = word([full(text), ShownProblem(text, text, "errors.question_blank")], "ar")
    quotes = [each.text for each in document.paragraphs if each.style.name == "Quote"]
    assert [together(each) for each in quotes] == [together(text)] * 2


@cache
def _template() -> frozenset[str]:
    data = io.BytesIO()
    docx.Document().save(data)
    return frozenset(zipfile.ZipFile(data).namelist())


@given(TEXTS)
def test_a_quotation_in_a_word_document_is_just_that(text: str) -> None:
    document = word([answered(hit(text, language="ar"))])
    quote = next(each for each in document.paragraphs if each.style.name == "Quote")
    assert quote.text.replace("\n", "") == visible(text).translate({0xFFFE: None, 0xFFFF: None}).replace("\n", "")


# --- The Word document -----------------------------------------------------------------------------------------------


def test_a_word_document_leads_nowhere(conversation: Conversation) -> None:
    with zipfile.ZipFile(io.BytesIO(export((*conversation, full(PAGE)), "docx", "en").data)) as file:
        assert file.testzip() is None
        names = set(file.namelist())
        assert names - _template() <= {"word/footer1.xml"}
        assert "docProps/thumbnail.jpeg" not in names
        for name in names:
            if name.endswith(".rels"):
                assert b"External" not in file.read(name)
        written = file.read("word/document.xml").decode()
        for element in ("w:hyperlink", "w:instrText", "w:fldSimple", "w:drawing", "w:object", "w:altChunk"):
            assert f"<{element}" not in written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_document_says_what_it_is(conversation: Conversation, language: str) -> None:
    document = word(conversation, language)
    about = document.core_properties
    assert about.title == say(language, "export.title")
    assert about.language.startswith(f"{language}-")
    assert about.created is not None
    assert about.created.isoformat() == "2026-02-04T09:05:00+00:00"
    assert about.author == "Paragraph QA"
    assert about.comments == ""
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    assert about.language in defaults.attrib.values()


def test_the_first_row_of_a_table_is_on_each_page(conversation: Conversation) -> None:
    tables = word(conversation).tables
    assert len(tables) == 3
    for table in tables:
        assert table.style.name == "Table Grid"
        heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)


def is_bidi(paragraph: DocxParagraph) -> bool:
    return paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:bidi")) is not None


def languages(paragraph: DocxParagraph) -> set[str]:
    return {value for each in paragraph._p.iter(qn("w:lang")) for value in each.attrib.values()}


def test_arabic_runs_to_the_left_and_quotations_as_they_are_written() -> None:
    turn = answered(
        hit("The State froze the asset."),
        hit("جمدت الدولة الموجودات.", number=2, language="ar"),
        hit("该国冻结了资产。", number=3, language="zh"),
        table=ShownTable("country", "ar", (ShownRow("زمبابوي", True, (ShownMention(1, "The State.", 0, ()),)),)),
    )
    arabic, english = word([turn], "ar"), word([turn], "en")
    assert arabic.element.body.sectPr.find(qn("w:bidi")) is not None
    assert english.element.body.sectPr.find(qn("w:bidi")) is None
    for document, program in ((arabic, True), (english, False)):
        quotes = [each for each in document.paragraphs if each.style.name == "Quote"]
        assert [is_bidi(each) for each in quotes] == [False, True, False]
        assert [languages(each) for each in quotes] == [{"en-GB"}, {"ar-SA"}, {"zh-CN"}]
        own = [each for each in document.paragraphs if each.style.name not in ("Quote", "Pin") and each.text]
        assert {is_bidi(each) for each in own} == {program}
        table = document.tables[0]
        assert (table._tbl.tblPr.find(qn("w:bidiVisual")) is not None) is program
        assert [is_bidi(cell.paragraphs[0]) for cell in table.rows[1].cells] == [True, program, False]
    runs = [run for each in arabic.paragraphs if each.style.name == "Quote" for run in each.runs]
    assert [run.font.rtl for run in runs] == [None, True, None]


@pytest.mark.parametrize(
    ("text", "to_the_left", "stretches"),
    [
        ("A/RES/58/4، الفقرة 7 (report.pdf, 3)", True, ["A/RES/58/4", "، الفقرة 7 (", "report.pdf, 3", ")"]),
        ("The word الموجودات means (assets).", False, ["The word ", "الموجودات", " means (assets)."]),
        ("الملف 000_2.txt، 7285c3 (12)", True, ["الملف ", "000_2.txt، 7285c3 (12)"]),
        ("A/75/1 (2010)، الفقرة (ب)", True, ["A/75/1 (2010)", "، الفقرة (ب)"]),
        ("الفقرة 7", False, ["الفقرة 7"]),
        ("plain", False, ["plain"]),
        ("", False, []),
    ],
)
def test_stretches_of_one_direction(text: str, to_the_left: bool, stretches: list[str]) -> None:
    assert [part for part, _ in _turns(text, to_the_left=to_the_left)] == stretches


@given(st.text(st.sampled_from("ab 12(،.אبا")), st.booleans())
def test_stretches_are_the_text(text: str, to_the_left: bool) -> None:
    found = list(_turns(text, to_the_left=to_the_left))
    assert "".join(part for part, _ in found) == text
    assert all(first[1] != second[1] for first, second in pairwise(found))


def test_versions_beside_come_from_the_documents(tmp_path: Path, words: WordEncoder) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "en.txt").write_text("A/75/1\n\nThe report\n\n1. The court froze the asset.\n", "utf-8")
    (folder / "fr.txt").write_text("A/75/1\n\nLe rapport\n\n1. Le tribunal a gelé l’avoir (asset).\n", "utf-8")
    build(folder, IndexStore(tmp_path / "index"), words)
    assistant = Assistant(IndexStore(tmp_path / "index").open(words.identity), words)
    options = Options(1, reader="fr")
    turn = shown(assistant.ask("asset court", **options.arguments()), assistant, options, "library", MOMENT, 0.1)
    text = rendered(markdown([turn], "ru")).text
    assert say("ru", "export.beside", name=language_name("fr", "ru")) in text
    assert "Le tribunal a gelé l’avoir (asset)." in text
