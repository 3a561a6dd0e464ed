"""Whole answers on the real seed, in several languages: a list, absence, follow-ups, references, versions, output."""

import json
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT, SEEDS

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from qa import Assistant
from qa.answer import Answer, turn
from qa.cli import main
from qa.listing import Row
from qa.output import as_json, as_text
from tests.corpus import good, write

SCHEMA = json.loads((ROOT / "docs" / "ask.schema.json").read_text("utf-8"))

LIST = {
    "en": ("which countries use unexplained-wealth orders?", "Zimbabwe", "North Macedonia", "United Kingdom"),
    "zh": ("哪些国家使用来历不明财富令？", "津巴布韦", "北马其顿", "英国"),
    "ru": (
        "какие страны применяют приказы о необъяснимом богатстве?",
        "Зимбабве",
        "Северная Македония",
        "Великобритания",
    ),
    "es": (
        "¿qué países utilizan las órdenes de riqueza inexplicada?",
        "Zimbabue",
        "Macedonia del Norte",
        "Reino Unido",
    ),
}


def valid(answer: Answer) -> Answer:
    """The answer, its JSON as the schema has it."""
    jsonschema.validate(json.loads(json.dumps(as_json(answer))), SCHEMA)
    return answer


def rows(answer: Answer) -> dict[str, Row]:
    assert answer.table is not None
    return {row.name: row for row in answer.table.rows}


def paragraphs(row: Row) -> set[str]:
    return {mention.hit.paragraph for mention in row.mentions}


@pytest.mark.parametrize("language", LIST)
def test_the_list_of_countries(assistant: Assistant, language: str) -> None:
    question, zimbabwe, macedonia, kingdom = LIST[language]
    answer = valid(assistant.ask(question))
    found = rows(answer)
    assert paragraphs(found[zimbabwe]) == {"6", "7"}
    assert {mention.how for mention in found[zimbabwe].mentions} == {"speaker"}
    assert {m.speaker.passage.paragraph for m in found[zimbabwe].mentions if m.speaker} == {"6"}
    (as_model,) = found[kingdom].mentions
    assert (as_model.hit.paragraph, as_model.how, [cue.kind for cue in as_model.cues]) == ("7", "named", ["model"])
    (drafting,) = found[macedonia].mentions
    assert drafting.hit.paragraph == "4"
    assert {cue.kind for cue in drafting.cues} == {"planned"}
    # Each row's passages are cited, each sentence stands in its passage.
    cited = {citation.hit.passage.passage_id for citation in answer.citations}
    for row in found.values():
        for mention in row.mentions:
            assert mention.hit.passage.passage_id in cited
            assert mention.sentence in mention.hit.passage.sentences


def test_who_is_not_named_is_said_not_to_be(assistant: Assistant) -> None:
    answer = valid(assistant.ask("which countries use videoconferencing for witnesses during the pandemic?"))
    unnamed = [row for row in rows(answer).values() if not row.named]
    assert any("发言者" in row.name for row in unnamed)
    shown = as_text(answer)
    assert "not named: " in shown


ABSENT = {
    "en": ["who won the football world cup?", "How do I bake bread?", "what is the capital of Mongolia?",
           "which countries have nuclear weapons?", "what is the boiling point of water?"],
    "zh": ["谁赢得了世界杯足球赛？", "怎样烤面包？", "蒙古的首都是哪里？", "哪些国家生产汽车？", "水的沸点是多少？"],
    "fr": ["qui a gagné la coupe du monde de football ?", "comment faire du pain ?",
           "quelle est la capitale de la Mongolie ?", "quels pays produisent des voitures ?",
           "quel est le point d’ébullition de l’eau ?"],
    "ar": ["من فاز بكأس العالم لكرة القدم؟", "كيف أخبز الخبز؟", "ما هي عاصمة منغوليا؟",
           "ما هي البلدان التي تنتج السيارات؟", "ما هي درجة غليان الماء؟"],
}  # fmt: skip


@pytest.mark.parametrize(("language", "question"), [(lang, q) for lang, asked in ABSENT.items() for q in asked])
def test_what_the_documents_do_not_say_is_said_not_to_be_there(
    assistant: Assistant, language: str, question: str
) -> None:
    answer = valid(assistant.ask(question))
    assert answer.language == language
    assert answer.absent
    assert answer.text == ""
    assert answer.table is None
    assert len(answer.nearest) == 5
    assert answer.line is not None
    assert all((hit.relevance or 0) < answer.line.relevance for hit in answer.nearest)
    shown = as_text(answer)
    assert "nothing in these documents answers that" in shown
    assert "14 paragraphs of 1 document (zh)" in shown
    assert f"the line is a relevance of {answer.line.relevance:.0%}" in shown
    first = answer.nearest[0].sentence
    assert "".join(first.split()) not in "".join(shown.split())
    assert "".join(first.split()) in "".join(as_text(answer, nearest=True).replace("*", "").split())


@pytest.mark.parametrize(
    "question",
    [
        "How did the pandemic change technical assistance?",
        "大流行病期间如何提供技术援助？",
        "Как пандемия изменила техническую помощь?",
        "¿Cómo se usó la videoconferencia durante la pandemia?",
        "ما هي التحديات في استرداد الموجودات؟",
        "Quels besoins d’assistance technique ont été recensés ?",
    ],
)
def test_what_they_say_is_not_said_to_be_absent(assistant: Assistant, question: str) -> None:
    answer = valid(assistant.ask(question))
    assert not answer.absent
    assert answer.line is not None
    for citation in answer.citations:
        assert (citation.hit.relevance or 0) >= answer.line.relevance
        assert f"{citation.hit.sentence} [{citation.number}]" in answer.text


FOLLOW_UPS = {
    "en": ("and in North Macedonia?", "what about the first one?", "How did the pandemic change training?"),
    "zh": ("那北马其顿呢？", "第一个呢？", "疫情如何改变了培训？"),
    "es": ("¿y en Macedonia del Norte?", "¿y el primero?", "¿Cómo cambió la pandemia la capacitación?"),
}


@pytest.mark.parametrize("language", FOLLOW_UPS)
def test_follow_ups(assistant: Assistant, language: str) -> None:
    country, first, other = FOLLOW_UPS[language]
    asked = assistant.ask(LIST[language][0])
    named = valid(assistant.ask(country, history=[turn(asked)]))
    assert named.searched != country
    assert "4" in [hit.paragraph for hit in assistant.retrieve(named.searched, 2)]
    about = valid(assistant.ask(first, history=[turn(asked)]))
    assert LIST[language][1] in about.searched  # the first row's country
    new = valid(assistant.ask(other, history=[turn(asked), turn(named)]))
    assert new.searched == other
    assert new.citations == assistant.ask(other).citations


def test_what_is_searched_can_be_edited(assistant: Assistant) -> None:
    asked = assistant.ask(LIST["en"][0])
    edited = assistant.ask("and there?", history=[turn(asked)], searched="asset confiscation units")
    assert edited.searched == "asset confiscation units"
    assert edited.citations == assistant.ask("asset confiscation units").citations


@pytest.mark.parametrize(
    "question",
    [
        "which paragraphs speak of article 54?",
        "哪些段落提到第五十四条？",
        "quels paragraphes mentionnent l’article 54 ?",
    ],
)
def test_references_are_answered_completely(assistant: Assistant, question: str) -> None:
    answer = valid(assistant.ask(question))
    assert answer.references is not None
    assert [citation.hit.paragraph for citation in answer.citations] == ["2"]
    (citation,) = answer.citations
    assert "第五十四条" in citation.hit.sentence
    assert [citation.hit.text[word.start : word.end] for word in citation.hit.words] == ["第五十四条"]
    none = valid(assistant.ask("which paragraphs speak of article 60?"))
    assert none.absent
    assert "in none of 14 paragraphs" in as_text(none)


def test_the_same_paragraph_in_the_readers_language(tmp_path: Path, encoder: ModelEncoder) -> None:
    write(tmp_path / "seeds", good)
    store = IndexStore(tmp_path / "index")
    build(tmp_path / "seeds", store, encoder)
    assistant = Assistant(store.open(encoder.identity), encoder)
    answer = valid(assistant.ask("who has the right to education?", 3, reader="fr"))
    first = answer.citations[0]
    assert (first.hit.passage.article, first.hit.passage.language) == ("26", "en")
    assert first.beside is not None
    assert (first.beside.article, first.beside.language) == ("26", "fr")
    keys = [citation.hit.passage.key for citation in answer.citations]
    assert len(keys) == len(set(keys))  # language versions of one paragraph are one hit
    assert "fr art. 26" in as_text(answer)
    assert assistant.ask("who has the right to education?", 3, reader="en").citations[0].beside is None


# --- From the shell --------------------------------------------------------------------------------------------------


def shell(index: Path, *arguments: str) -> int:
    return main([*arguments, "--index", str(index), "--seeds", str(SEEDS)])


def test_a_conversation_from_the_shell(seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    talk = str(tmp_path / "talk.jsonl")
    assert shell(seed_index, "ask", LIST["en"][0], "--conversation", talk) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Zimbabwe\n    [1] para. 7")
    assert shell(seed_index, "ask", "and in North Macedonia?", "--conversation", talk, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(printed, SCHEMA)
    assert "North Macedonia" in printed["searched"]
    assert printed["understood"]["reason"] in ("replaced", "added", "carried")
    assert len(Path(talk).read_text().splitlines()) == 2


def test_a_record_from_the_shell(seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "record.json"
    assert shell(seed_index, "ask", LIST["zh"][0], "--record", str(kept)) == 0
    capsys.readouterr()
    assert shell(seed_index, "replay", str(kept)) == 0
    assert capsys.readouterr().out == "the same results\n"
    changed = json.loads(kept.read_text("utf-8"))
    changed["citations"][0]["score"] += 0.1
    kept.write_text(json.dumps(changed))
    assert shell(seed_index, "replay", str(kept)) == 1
    shown = capsys.readouterr().out
    assert "score" in shown
    assert "the same index and program" in shown


def test_a_quotation_from_the_shell(seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quote = "刑事没收和民事没收均可，后者通过来历不明财富令执行"
    assert main(["verify", quote, "--index", str(seed_index)]) == 0
    assert "para. 6" in capsys.readouterr().out
    assert main(["verify", quote.replace("均可", "均不可"), "--index", str(seed_index)]) == 1
    assert "不" in capsys.readouterr().out
    assert main(["cite", "pin", quote, "--index", str(seed_index)]) == 0
    pins = tmp_path / "pins.txt"
    pins.write_text(capsys.readouterr().out)
    assert main(["cite", "resolve", str(pins), "--index", str(seed_index)]) == 0
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown", "html", "bibtex", "ris", "csl-json"])
def test_citations_from_the_shell(seed_index: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    name = "000_297ccbc66a5670c5#7"
    assert main(["cite", "show", name, "--format", form, "--index", str(seed_index)]) == 0
    assert "增编" in capsys.readouterr().out
    assert main(["cite", "show", "nothing#1", "--index", str(seed_index)]) == 1
    assert "no passage 'nothing#1'" in capsys.readouterr().err


def test_references_from_the_shell(seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell(seed_index, "references", "article 54") == 0
    assert "para. 2" in capsys.readouterr().out
    assert shell(seed_index, "references") == 0
    assert "article 52" in capsys.readouterr().out
    assert shell(seed_index, "references", "nothing at all") == 1
    assert "names no article" in capsys.readouterr().err
