"""Suggested questions: of the documents, in a language that is read, varied, and all of them answered."""

import corpus
import pytest

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from embeddings.words import fold
from qa.assistant import Assistant
from qa.phrases import phrases
from qa.strings import LANGUAGES
from qa.suggestions import COUNT, Suggestions, suggestions

TWO = ("en", "ar")


@pytest.fixture(scope="module")
def declaration(tmp_path_factory: pytest.TempPathFactory, encoder: ModelEncoder) -> Assistant:
    """The Universal Declaration of Human Rights in two languages."""
    folder = tmp_path_factory.mktemp("declaration")
    texts = {f"{language}.md": corpus.as_markdown(corpus.declaration(language)) for language in TWO}
    corpus.write(folder / "seeds", lambda: texts)
    build(folder / "seeds", IndexStore(folder / "index"), encoder)
    return Assistant(IndexStore(folder / "index").open(encoder.identity), encoder)


# --- Phrases ---------------------------------------------------------------------------------------------------------


def test_a_phrase_is_what_several_paragraphs_share_and_ends_where_they_differ() -> None:
    texts = [
        "They met. The recovery of stolen assets takes years in practice",
        "Last year, recovery of stolen assets was discussed at length",
        "Some doubt that recovery of stolen assets pays off",
        "A wholly different matter",
    ]
    assert [phrase.text for phrase in phrases(texts)] == ["recovery of stolen assets"]
    assert phrases(texts)[0].passages == {0, 1, 2}


def test_a_phrase_without_blanks_is_found_too() -> None:
    texts = ["她通过来历不明财富令执行", "没收来历不明财富令立法", "该国没有相关法律"]
    assert [phrase.text for phrase in phrases(texts)] == ["来历不明财富令"]


def test_how_sentences_begin_and_who_speaks_is_no_phrase() -> None:
    texts = [
        "Strict rules apply to free choice of work. One keen speaker said so",
        "Strict rules hold; without free choice, no home. Another keen speaker added that",
        "Strict rules exist where free choice of rest is given. That keen speaker agreed",
    ]
    assert [phrase.text for phrase in phrases(texts)] == ["free choice"]


def test_of_nothing_come_no_phrases() -> None:
    assert phrases([]) == phrases(["", "..."]) == []


# --- Questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_suggestion_is_answered(assistant: Assistant, declaration: Assistant, language: str) -> None:
    for asked in (assistant, declaration):
        found = suggestions(asked, language)
        assert 3 <= len(found) <= COUNT
        assert len({each.text for each in found}) == len(found)
        for each in found:
            answer = asked.ask(each.text, reader=language)
            assert not answer.absent, each


@pytest.mark.parametrize("language", TWO)
def test_they_are_in_the_visitors_language_where_the_documents_have_it(declaration: Assistant, language: str) -> None:
    assert {each.language for each in suggestions(declaration, language)} == {language}


def test_else_names_are_in_it_and_the_documents_own_words_in_theirs(assistant: Assistant) -> None:
    found = suggestions(assistant, "en")
    assert {each.language for each in found} == {"en", "zh"}
    assert "Which paragraphs speak of article 51?" in [each.text for each in found]
    assert "关于“资产追回”，文件说了什么？" in [each.text for each in found]


def test_they_are_of_several_kinds(assistant: Assistant) -> None:
    answers = [assistant.ask(each.text) for each in suggestions(assistant, "zh")]
    assert any(answer.table for answer in answers)
    assert any(answer.references for answer in answers)
    assert any(not answer.table and not answer.references for answer in answers)


def test_what_they_are_about_stands_in_the_documents(declaration: Assistant) -> None:
    text = fold(" ".join(document.text for document in declaration.index.documents.values()))
    quoted = [each.text.split("“")[1].split("”")[0] for each in suggestions(declaration, "en") if "“" in each.text]
    assert quoted
    assert all(fold(term) in text for term in quoted)


def test_they_are_always_the_same_and_no_more_than_wanted(declaration: Assistant) -> None:
    assert suggestions(declaration, "ar") == suggestions(declaration, "ar")
    assert suggestions(declaration, "ar", 2) == suggestions(declaration, "ar")[:2]
    assert suggestions(declaration, "ar", 0) == ()


def test_they_are_made_once_for_each_index_and_language(
    assistant: Assistant, declaration: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Suggestions(2)
    first = [made.of(each, language) for each in (assistant, declaration) for language in ("en", "zh")]
    monkeypatch.setattr(Assistant, "ask", None)
    assert [made.of(each, language) for each in (assistant, declaration) for language in ("en", "zh")] == first
    assert len(set(first)) == 4


def test_an_index_that_answers_nothing_gets_none(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Assistant.ask
    monkeypatch.setattr(Assistant, "ask", lambda self, *_, **__: ask(self, "who won the football world cup?"))
    assert suggestions(assistant, "en") == ()
