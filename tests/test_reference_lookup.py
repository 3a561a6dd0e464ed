"""Questions about references: which ones are, and that their answers are complete."""

import json
from pathlib import Path

import pytest
from conftest import SEED, WordEncoder

from embeddings.build import build
from embeddings.contents import Index
from embeddings.index.references import ReferenceIndex
from embeddings.references import references
from embeddings.source_text import source_span
from embeddings.store import IndexStore
from embeddings.types import Span
from qa.assistant import Assistant
from qa.errors import QuestionError
from qa.reference_lookup import ReferenceAnswer, asked, doubt_words, lookup, name_of, parsed
from qa.reference_output import counts_json, counts_text, reference_json, reference_text

REPORT = """Report

1. Article 54 was applied. The court spoke of article 54, paragraph 1 (a), of the Convention.

2. Articles 51 to 59 of the United Nations Convention against Corruption concern assets.

3. 第五十四条涉及没收。

4. Article 54 of the Constitution is another one. So is article 5.

5. La résolution 58/4 de l'Assemblée générale. Resolution 58/4 is cited. Resolution 1373 (2001) too.

6. Согласно статье 54 Палермской конвенции.

7. See A/RES/58/4. Chapter V of the Convention is meant.
"""
CONVENTION = """United Nations Convention against Corruption

Article 54
Mechanisms for recovery

1. Each State Party shall take measures.

2. Each State Party shall help.

Article 55
International cooperation

1. A State Party shall submit a request.
"""


@pytest.fixture
def index(tmp_path: Path, words: WordEncoder) -> Index:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "report.txt").write_text(REPORT, "utf-8")
    (folder / "convention.txt").write_text(CONVENTION, "utf-8")
    store = IndexStore(tmp_path / "index")
    build(folder, store, words)
    return store.open(words.identity)


def answer(index: Index, text: str) -> ReferenceAnswer:
    return lookup(index, parsed(text))


def keys(found: ReferenceAnswer) -> list[str]:
    return [row.passage.key for row in found.rows]


@pytest.mark.parametrize(
    ("question", "token"),
    [
        ("which paragraphs speak of article 54?", "article:54"),
        ("Where is article 54 mentioned?", "article:54"),
        ("where is resolution 58/4 mentioned?", "resolution:58/4"),
        ("Which passages refer to UNCAC?", "instrument:UNCAC"),
        ("Which documents cite A/RES/58/4?", "symbol:A/RES/58/4"),
        ("Which paragraphs mention chapter V of the Convention?", "chapter:5"),
        ("quels paragraphes mentionnent l'article 54 ?", "article:54"),
        ("Où est citée la résolution 58/4 de l’Assemblée générale ?", "symbol:A/RES/58/4"),
        ("哪些段落提到第五十四条？", "article:54"),
        ("哪里提到大会第58/4号决议？", "symbol:A/RES/58/4"),
        ("哪几段提到《联合国反腐败公约》第五章？", "chapter:UNCAC:5"),
        ("в каких пунктах упоминается статья 54?", "article:54"),
        ("Где говорится о статье 54 Конвенции ООН против коррупции?", "article:UNCAC:54"),
        ("¿qué párrafos mencionan el artículo 54?", "article:54"),
        ("¿Dónde se cita la resolución 58/4?", "resolution:58/4"),
        ("أي الفقرات تذكر المادة 54؟", "article:54"),
        ("أين ورد ذكر قرار الجمعية العامة 58/4؟", "symbol:A/RES/58/4"),
    ],
)
def test_questions_about_references(question: str, token: str) -> None:
    found = asked(question)
    assert found is not None
    assert [each.token for each in found.references] == [token]


@pytest.mark.parametrize(
    "question",
    [
        "what needs were identified for article 54?", "What does article 54 say?", "what is article 54?",
        "which countries mention article 54?", "what about article 54?", "article 54", "A/RES/58/4",
        "Which paragraphs speak of article 54 and asset recovery?", "which paragraphs speak of corruption?",
        "Where is Zimbabwe mentioned?", "Where did 19 States apply article 54?",
        "第五十四条确定了哪些需求？", "哪些国家提到第五十四条？", "关于第五十四条有多少项需求？",
        "Quels besoins ont été recensés pour l'article 54 ?", "¿Qué necesidades se identificaron para el artículo 54?",
        "Какие потребности определены по статье 54?", "ما الاحتياجات المحددة بموجب المادة 54؟", "", "?",
    ],
)  # fmt: skip
def test_other_questions_go_to_retrieval(question: str) -> None:
    assert asked(question) is None


def test_all_that_name_an_article_in_any_language_or_range_and_its_own_text(index: Index) -> None:
    assert keys(answer(index, "article 54")) == ["art54.1", "art54.2", "1", "2", "3", "4", "6"]
    assert keys(answer(index, "第五十四条")) == keys(answer(index, "статья 54")) == keys(answer(index, "article:54"))
    assert keys(answer(index, "article 57")) == ["2"]
    assert keys(answer(index, "articles 55 and 5")) == ["art55.1", "2", "4"]


def test_it_agrees_with_looking_at_every_passage(index: Index) -> None:
    found_by = ReferenceIndex.build(index.documents, index.passages)
    for number, passage in enumerate(index.passages):
        alone = references(passage.text)
        assert found_by.alone(number) == alone
        assert [(each.start, each.end) for each in found_by.of(number)] == [(each.start, each.end) for each in alone]
        for each in found_by.of(number):
            if each.kind != "article" or each.called != "other":
                assert passage.key in keys(answer(index, each.token))


def test_an_article_of_a_named_text_and_what_is_not_said(index: Index) -> None:
    found = answer(index, "article 54 of UNCAC")
    assert {row.passage.key: [mention.doubt for mention in row.mentions] for row in found.rows} == {
        "art54.1": [""],
        "art54.2": [""],
        "1": ["instrument", "instrument"],
        "2": [""],
        "3": ["instrument"],
    }
    (first,) = [row for row in found.rows if row.passage.key == "1"]
    assert [doubt_words(mention) for mention in first.mentions] == [
        "of which text is not said here",
        "of the Convention, which one is not said here",
    ]
    assert not first.certain
    assert keys(answer(index, "статья 54 Палермской конвенции")) == ["1", "3", "6"]


def test_a_paragraph_of_an_article(index: Index) -> None:
    found = answer(index, "article 54, paragraph 1")
    assert keys(found) == ["art54.1", "1"]
    assert found.wider == 4  # the others speak of the article, and are no text of it
    assert keys(answer(index, "article 54, paragraph 2")) == ["art54.2"]


def test_resolutions_by_symbol_and_in_prose(index: Index) -> None:
    by_symbol, by_prose = answer(index, "A/RES/58/4"), answer(index, "resolution 58/4")
    assert keys(by_symbol) == keys(by_prose) == ["5", "7"]
    assert [[mention.doubt for mention in row.mentions] for row in by_symbol.rows] == [["", "body"], [""]]
    assert [[mention.doubt for mention in row.mentions] for row in by_prose.rows] == [["", ""], [""]]
    assert keys(answer(index, "S/RES/1373(2001)")) == ["5"]


def test_each_mention_has_its_sentence_and_its_place_in_the_file(index: Index) -> None:
    for row in answer(index, "article 54").rows:
        for mention in row.mentions:
            if mention.reference.end:
                (sentence,) = mention.sentences
                assert sentence.start <= mention.reference.start < mention.reference.end <= sentence.end
                span = Span(mention.reference.start, mention.reference.end)
                place = source_span(row.passage.runs, span)
                words = row.passage.text[span.start : span.end]
                assert " ".join(row.document.text[place.start : place.end].split()) == words


def test_nothing_found_says_what_was_searched(index: Index) -> None:
    found = answer(index, "article 99")
    assert (found.rows, found.documents, found.passages) == ((), 2, 10)
    text = reference_text(found)
    assert "article 99: in none of 10 paragraphs of 2 documents" in text
    assert reference_json(found)["searched"]["paragraphs"] == 10


def test_what_is_no_reference_is_refused() -> None:
    for text in ("", "corruption", "54", "article:NOSUCH:54"):
        with pytest.raises(QuestionError, match="names no article"):
            parsed(text)


def test_the_index_is_saved_and_loaded(index: Index, tmp_path: Path) -> None:
    made = ReferenceIndex.build(index.documents, index.passages)
    made.save(tmp_path)
    loaded = ReferenceIndex.load(tmp_path)
    assert [loaded.of(n) for n in range(len(index.passages))] == [made.of(n) for n in range(len(index.passages))]
    assert loaded.counts() == made.counts()
    known = [made.alone(n) if n % 2 else None for n in range(len(index.passages))]
    again = ReferenceIndex.build(index.documents, index.passages, known)
    assert [again.of(n) for n in range(len(index.passages))] == [made.of(n) for n in range(len(index.passages))]
    (tmp_path / "references.jsonl").write_text("", "utf-8")
    with pytest.raises(ValueError, match="do not belong together"):
        ReferenceIndex.load(tmp_path)


def test_an_index_without_references(tmp_path: Path) -> None:
    empty = ReferenceIndex.build({}, [])
    empty.save(tmp_path)
    assert len(ReferenceIndex.load(tmp_path)) == 0
    assert ReferenceIndex.load(tmp_path).find(lambda _: True) == {}
    assert counts_text(empty.counts(), 0, 0) == "no references in 0 paragraphs of 0 documents"


def test_names_in_words() -> None:
    (article, _) = references("article 54, paragraph 1 (a), of UNCAC")
    assert name_of(article) == "article 54, para. 1(a) of the United Nations Convention against Corruption"
    assert [name_of(each) for each in references("第五章、第五十一至五十九条、A/RES/58/4、第58/4号决议")] == [
        "chapter V", "articles 51 to 59", "A/RES/58/4", "resolution 58/4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("article 54", ["2"]), ("المادة ١٤", ["2"]), ("статьи 51–53", ["2"]), ("chapter V", ["1", "2"]),
        ("第五章", ["1", "2"]), ("article 54 of UNCAC", ["2"]), ("article 55", []), ("A/RES/58/4", []),
    ],
)  # fmt: skip
def test_the_seed(assistant: Assistant, text: str, paragraphs: list[str]) -> None:
    found = answer(assistant.index, text)
    assert [row.passage.paragraph for row in found.rows] == paragraphs
    assert found.passages == len(assistant.index.passages)


def test_the_seed_shows_the_sentence(assistant: Assistant) -> None:
    found = answer(assistant.index, "article 54")
    ((mention,),) = [row.mentions for row in found.rows]
    fields = json.loads(json.dumps(reference_json(found)))["passages"][0]
    assert fields["passage_id"] == f"{SEED}#2"
    assert fields["mentions"][0]["words"] == "第五十四条"
    assert fields["mentions"][0]["sentences"][0]["text"].startswith(
        "其次是关于通过没收国际合作追回财产的机制的第五十四条"
    )
    assert not mention.doubt
    assert "para. 2" in reference_text(found)
    counts = counts_json(ReferenceIndex.build(assistant.index.documents, assistant.index.passages).counts())
    assert {each["token"]: each["mentions"] for each in counts if each["kind"] == "article"} == {
        "article:51": 1, "article:52": 2, "article:54": 1, "article:14": 1,
    }  # fmt: skip
