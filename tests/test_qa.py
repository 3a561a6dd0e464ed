"""Questions in, cited passages out: by hand with words for axes, then the real encoder on the real seed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SEED, SEEDS, WordEncoder

from embeddings.build import build
from embeddings.errors import IndexMissing
from embeddings.store import IndexStore
from qa import Assistant, QuestionError, ScoredPassage, retrieve
from qa.cli import main
from qa.output import as_json, as_text
from qa.question import MAX_QUESTION, check_question

QUESTIONS = {
    "en": "which countries use unexplained-wealth orders?",
    "zh": "哪些国家使用来历不明财富令？",
    "fr": "quels pays utilisent les ordonnances sur les richesses inexpliquées ?",
    "es": "¿qué países utilizan las órdenes de riqueza inexplicada?",
    "ru": "какие страны применяют приказы о необъяснимом богатстве?",
    "ar": "ما هي البلدان التي تستخدم أوامر الثروة غير المبررة؟",
}


@pytest.fixture
def small(seeds: Path, tmp_path: Path, words: WordEncoder) -> Assistant:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    return Assistant(store.open(words.identity), words)


def test_the_closest_passage_comes_first_with_its_sentence(small: Assistant) -> None:
    first, second, *_ = small.retrieve("what of the judge?", top_k=3)
    assert (first.rank, first.passage.passage_id, first.sentence) == (1, "report#1", "The judge agreed.")
    assert second.rank == 2
    assert second.score <= first.score
    assert first.document.text[first.sentence_source.start : first.sentence_source.end] == first.sentence


def test_as_many_as_wanted_and_no_more_than_there_are(small: Assistant) -> None:
    assert len(small.retrieve("money", top_k=1)) == 1
    assert len(small.retrieve("money", top_k=100)) == 3
    with pytest.raises(ValueError, match="top_k must be at least 1, not 0"):
        small.retrieve("money", top_k=0)


def test_a_question_without_a_known_word_is_answered_all_the_same(small: Assistant) -> None:
    assert len(small.retrieve("xyzzy", top_k=2)) == 2


def test_the_answer_is_made_of_quotations(small: Assistant) -> None:
    answer = small.ask("  judge court?\n", top_k=2)
    assert answer.question == "judge court?"
    assert [citation.number for citation in answer.citations] == [1, 2]
    for line, citation in zip(answer.text.split("\n"), answer.citations, strict=True):
        assert line == f"{citation.hit.sentence} [{citation.number}]"
        assert citation.hit.sentence in citation.hit.text


@pytest.mark.parametrize("blank", ["", "  \n", "?!", "\u200b\ufeff", "\x00"])
def test_a_blank_question(blank: str) -> None:
    with pytest.raises(QuestionError, match="blank"):
        check_question(blank)


def test_a_long_question() -> None:
    assert check_question("a" * MAX_QUESTION)
    with pytest.raises(QuestionError, match=f"has {MAX_QUESTION + 1} characters; at most {MAX_QUESTION}"):
        check_question("a" * (MAX_QUESTION + 1))


def test_what_breaks_encoders_is_taken_out(assistant: Assistant) -> None:
    assert check_question("law\ud800\x07 court\x00") == "law   court"
    assert len(assistant.retrieve("资产\ud800追回", top_k=2)) == 2


def test_the_json_has_the_promised_keys(small: Assistant) -> None:
    printed = json.loads(json.dumps(as_json(small.ask("police training", top_k=1))))
    assert {"question", "answer", "passages"} <= printed.keys()
    (passage,) = printed["passages"]
    text = small.index.documents["annex"].text
    expected = {
        "rank": 1,
        "passage_id": "annex#1",
        "doc_id": "annex",
        "title": "annex.txt",
        "section": [],
        "paragraph": "1",
        "text": "Training for police. A new law came.",
        "sentence": "Training for police.",
        "start": 0,
        "end": len("1. Training for police. A new law came."),
        "language": "en",
    }
    assert expected.items() <= passage.items()
    assert isinstance(passage["score"], float)
    assert text[passage["sentence_start"] : passage["sentence_end"]] == passage["sentence"]


def test_the_terminal_is_not_steered_by_a_document(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    (seeds / "evil.txt").write_text("1. The court \x1b[2J\x1b]0;owned\x07 judge.\n")
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    shown = as_text(Assistant(store.open(words.identity), words).ask("court judge"))
    assert "\x1b" not in shown
    assert "owned" in shown


# The real encoder on the real seed.


@pytest.mark.parametrize("language", QUESTIONS)
def test_the_question_finds_the_answering_paragraphs(assistant: Assistant, language: str) -> None:
    found = [hit.paragraph for hit in assistant.retrieve(QUESTIONS[language], top_k=6)]
    assert {"7", "4"} <= set(found[:6])
    assert found[0] == "7"


@pytest.mark.parametrize(
    ("question", "paragraph"),
    [
        ("What does Timor-Leste plan for procurement?", "3"),
        ("Как пандемия изменила оказание технической помощи?", "10"),
        ("¿Qué países de habla portuguesa recibieron formación?", "11"),
        ("Combien de besoins ont été recensés au titre de l’article 54 ?", "2"),
        ("巴塞尔治理研究所追回了多少资产？", "8"),
    ],
)
def test_questions_with_one_right_paragraph(assistant: Assistant, question: str, paragraph: str) -> None:
    assert paragraph in [hit.paragraph for hit in assistant.retrieve(question, top_k=3)]


def test_the_function_of_the_package(seed_index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QA_INDEX", str(seed_index))
    hits = retrieve(QUESTIONS["en"], top_k=2)
    assert all(isinstance(hit, ScoredPassage) for hit in hits)
    assert hits[0].document.doc_id == SEED
    monkeypatch.setenv("QA_INDEX", str(tmp_path / "none"))
    with pytest.raises(IndexMissing, match="qa build"):
        retrieve("court")


# The commands.


def test_ask_prints_json(seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["ask", QUESTIONS["zh"], "--json", "--top-k", "2", "--index", str(seed_index), "--seeds", str(SEEDS)])
    assert status == 0
    printed = json.loads(capsys.readouterr().out)
    assert [passage["paragraph"] for passage in printed["passages"]] == ["7", "6", "4"]  # 4 stands in the table


def test_ask_prints_text(seed_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", QUESTIONS["en"], "--index", str(seed_index), "--seeds", str(SEEDS)]) == 0
    shown = capsys.readouterr().out
    assert "[1] 增编 › 六. 技术援助 › " in shown
    assert "para. 7" in shown
    assert "来历不明财富令" in shown


def test_a_heading_that_names_the_place_is_printed_once(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    (seeds / "notes.md").write_text("# Notes\n\n## Judge and court\n\nThe judge left the court.\n", "utf-8")
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    shown = as_text(Assistant(store.open(words.identity), words).ask("judge of the court"))
    assert "] Notes › Judge and court\n" in shown


def test_ask_refuses_a_stale_index(seed_index: Path, seeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "court", "--index", str(seed_index), "--seeds", str(seeds)]) == 1
    assert "lacks 000" not in (error := capsys.readouterr().err)
    assert "rebuild it with: qa build" in error


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["ask", "court", "--index", "nowhere"], 1, "no index at 'nowhere'; build it with: qa build --index nowhere"),
        (["ask", " "], 1, "the question is blank"),
        (["ask", "court", "--top-k", "0"], 2, "must be at least 1, not 0"),
        (["ask", "court", "--top-k", "x"], 2, "invalid"),
        (["build", "--seeds", "nowhere", "--model", "no such model"], 1, "no model at 'no such model'"),
        (["serve", "--port", "99999"], 2, "must be from 1 to 65535, not 99999"),
        ([], 2, "COMMAND"),
    ],
)
def test_wrong_input_gets_one_clear_line(
    arguments: list[str],
    status: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        got = main(arguments)
    except SystemExit as ended:
        got = int(str(ended.code))
    assert got == status
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("command", [["-m", "embeddings"], ["-m", "qa.cli", "build"]])
def test_building_from_the_command_line(command: list[str], tmp_path: Path) -> None:
    run = [sys.executable, *command, "--seeds", str(SEEDS), "--index", str(tmp_path / "index")]
    first = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (first.returncode, first.stdout) == (0, "")
    assert "indexed 1 document, 14 paragraphs" in first.stderr
    again = subprocess.run([*run, "--if-needed"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "command", [["app.py"], ["-m", "embeddings"], ["-m", "qa.cli"], ["-m", "qa.cli", "ask"], ["-m", "qa.cli", "build"]]
)
def test_help(command: list[str]) -> None:
    shown = subprocess.run(
        [sys.executable, *command, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert shown.returncode == 0
    assert "usage:" in shown.stdout
