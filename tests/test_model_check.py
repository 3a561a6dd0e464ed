"""`qa models check`: what it says of a model that fits, and that one which does not ends it with a reason."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import WordEncoder
from tiny_models import saved_encoder, saved_multi_vector, saved_reranker, tiny_tokenizer

from embeddings import model_facts
from embeddings.build import build
from embeddings.errors import EncoderError
from embeddings.model_facts import facts_of
from embeddings.models import find_model
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity
from qa import Assistant, model_check, relevance
from qa.cli import main
from qa.errors import CalibrationError
from qa.evaluation import read_jsonl, read_qrels
from qa.model_check import SET, Checker
from qa.output import as_text
from qa.records import Options
from qa.relevance import Calibration
from qa.retriever import Retriever
from qa.shown import shown
from qa.strings import LANGUAGES, say
from qa.web.answers import turn_html
from qa.web.text import escape


@pytest.fixture
def small_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of a few passages in place of the built-in one, and a cache of its own."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "passages.jsonl").write_text(
        '{"id": "a", "lang": "en", "text": "The court froze the asset."}\n{"id": "b", "lang": "en", "text": "Banks."}\n'
    )
    (folder / "queries.jsonl").write_text('{"id": "q", "lang": "en", "text": "which court froze the asset?"}\n')
    (folder / "qrels.tsv").write_text("q\ta\t1\n")
    monkeypatch.setattr(model_check, "SET", folder)
    return folder


def test_every_question_of_the_set_has_its_answers() -> None:
    passages = {record["id"]: record for record in read_jsonl(SET / "passages.jsonl")}
    queries, qrels = read_jsonl(SET / "queries.jsonl"), read_qrels(SET / "qrels.tsv")
    assert {query["id"] for query in queries} == qrels.keys()
    assert {query["lang"] for query in queries} == {"ar", "en", "es", "fr", "ru", "zh"}
    for query in queries:
        right = [passages[passage] for passage in qrels[query["id"]]]
        assert query["lang"] in {passage["lang"] for passage in right}
        assert len(right) == (6 if query["id"].startswith("udhr-") else 1)


def test_what_is_known_of_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    facts = facts_of(find_model(str(saved_encoder(tmp_path / "model", prompts={"query": "q: "}))))
    assert facts.kind == "a vector of each text"
    assert facts.architecture == "BertModel"
    assert facts.tokenizer.startswith("WordPiece, ")
    assert (facts.max_tokens, facts.limited, facts.dimension) == (64, True, 32)
    assert (facts.query_prompt, facts.passage_prompt) == ("q: ", "")
    assert facts.pooling == "mean"
    assert facts.tokens.startswith("searched with, centred")
    assert facts.runs_by == "onnxruntime"
    assert facts.difference < 1e-4


def test_a_multi_vector_model_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    facts = facts_of(find_model(str(saved_multi_vector(tmp_path / "model"))))
    assert facts.kind == "a vector of each token"
    assert facts.dimension == 16
    assert facts.similarity == "maxsim"
    assert "as they are" in facts.tokens


def test_a_model_with_other_vectors_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_facts, "_TOLERANCE", 0.0)
    with pytest.raises(EncoderError, match="does not fit: its vectors here differ by"):
        facts_of(find_model(str(saved_encoder(tmp_path / "model"))))


@pytest.mark.usefixtures("small_set")
def test_the_command_measures_a_model_beside_the_bundled_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_RERANKER", "nowhere/at-all")  # what other commands use is not what is checked
    folder = saved_encoder(tmp_path / "model", pooling="cls")
    assert main(["models", "check", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{folder} fits\n")
    assert "not searched with: a text's vector is not their mean" in shown
    assert "there is no line" in shown
    assert "the bundled one" in shown
    assert "asked in en" in shown


@pytest.mark.usefixtures("small_set")
def test_the_command_measures_a_reranker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved_reranker(tmp_path / "model")
    assert main(["models", "check", "--reranker", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reranker"]["name"] == str(folder)
    assert set(found["figures"]) == {"without", "with it"}
    assert found["pair_ms"] >= 0


def test_a_model_that_does_not_fit_ends_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "check", str(saved_reranker(tmp_path / "model"))]) == 1
    assert "give it as --reranker" in capsys.readouterr().err
    assert main(["models", "check", "--reranker", str(saved_encoder(tmp_path / "encoder"))]) == 1
    assert "give it as --model" in capsys.readouterr().err


def test_models_are_asked_in_turn(small_set: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else the machine does then slows them alike."""
    with (small_set / "queries.jsonl").open("a") as queries:
        queries.write('{"id": "r", "lang": "en", "text": "where are banks?"}\n')
    (small_set / "qrels.tsv").write_text("q\ta\t1\nr\tb\t1\n")
    asked: list[tuple[str, str]] = []

    def found(retriever: Retriever, query: Mapping[str, str]) -> dict[str, float]:
        asked.append((str(retriever), query["id"]))
        return {"a": 1.0}

    monkeypatch.setattr(model_check, "_found", found)
    (one, quality), (other, _) = Checker(small_set)._asked(["one", "other"])  # type: ignore[list-item]
    assert asked[-4:] == [("one", "q"), ("other", "q"), ("one", "r"), ("other", "r")]
    assert one == other == {"q": {"a": 1.0}, "r": {"a": 1.0}}
    assert quality >= 0


def test_a_text_that_is_too_long_for_the_library_is_not_compared(tmp_path: Path) -> None:
    facts = facts_of(find_model(str(saved_encoder(tmp_path / "model", tokenizer=tiny_tokenizer(4)))))
    assert (facts.max_tokens, facts.dimension) == (4, 32)


# A calibration of one's own.


def test_a_calibration_of_ones_own_counts_for_its_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = json.loads(relevance.FILE.read_text("utf-8"))
    file = tmp_path / "calibration.json"
    file.write_text(json.dumps({**saved, "model": "3" * 64, "slope": 3.0}), "utf-8")
    other = EncoderIdentity("other", "3" * 64)
    assert Calibration.for_encoder(other) is None
    monkeypatch.setenv("QA_CALIBRATION", str(file))
    found = Calibration.for_encoder(other)
    assert found is not None
    assert found.slope == 3.0
    assert Calibration.for_encoder(EncoderIdentity("a third", "4" * 64)) is None


ODD = json.dumps({**json.loads(relevance.FILE.read_text("utf-8")), "line": 0.5})


def test_a_calibration_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: WordEncoder) -> None:
    for name, text in (("missing", None), ("broken", "{"), ("other", "[]"), ("half", '{"model": "x"}'), ("line", ODD)):
        file = tmp_path / name
        if text is not None:
            file.write_text(text, "utf-8")
        monkeypatch.setenv("QA_CALIBRATION", str(file))
        with pytest.raises(CalibrationError, match="QA_CALIBRATION"):
            Calibration.for_encoder(words.identity)


def test_answers_without_a_calibration_say_so(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    store, options = IndexStore(tmp_path / "index"), Options(2)
    build(seeds, store, words)
    assistant = Assistant(store.open(words.identity), words)
    answer = assistant.ask("court judge", **options.arguments())
    assert "not calibrated" in as_text(answer)
    turn = shown(answer, assistant, options, "library", "2026-11-25T12:00:00+00:00", 0.1)
    for language in LANGUAGES:
        assert escape(say(language, "answer.uncalibrated")) in turn_html(turn, language)
    article = assistant.ask("which paragraphs speak of article 54?", **options.arguments())
    assert article.references
    assert "not calibrated" not in as_text(article)
