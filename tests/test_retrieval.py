"""The stages of ranking, each by hand or against brute force."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.background import Background
from embeddings.encoder import ModelEncoder
from embeddings.index.lexical import LexicalIndex
from embeddings.index.tokens import SentenceMatches, TokenIndex, pooled, quantised
from embeddings.types import EncoderIdentity, Span
from embeddings.vectors import pool, tokens_inside, unit
from qa.cli import main
from qa.errors import EvaluationError
from qa.evaluation import index_records, measure, read_jsonl, read_qrels, read_run, run_queries, write_run
from qa.query import make_query
from qa.retriever import EncodedQuery, Retriever, Stage
from qa.scoring import passage_scores

RNG = np.random.default_rng(7)


def random_passages(counts: list[list[int]], dim: int = 8) -> tuple[TokenIndex, list[np.ndarray]]:
    """Passages with the given numbers of tokens in each sentence, and their token vectors."""
    vectors, stored = [], []
    for sentences in counts:
        tokens = unit(RNG.standard_normal((sum(sentences), dim)).astype(np.float32))
        spans = np.array([[i, i + 1] for i in range(len(tokens))], np.int32)
        starts = np.cumsum([0, *sentences[:-1]])
        vectors.append(tokens)
        stored.append(quantised(tokens, spans, starts))
    return TokenIndex.build(stored), vectors


COUNTS = st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=5), min_size=1, max_size=6)


@given(COUNTS, st.data())
def test_token_matches_are_brute_force(counts: list[list[int]], data: st.DataObject) -> None:
    index, vectors = random_passages(counts)
    asked = data.draw(st.permutations(range(len(counts))))[: data.draw(st.integers(1, len(counts)))]
    query = unit(RNG.standard_normal((3, 8)).astype(np.float32))
    matches = index.match(query, asked)
    column = 0
    for place, number in enumerate(asked):
        assert matches.starts[place] == column
        at = 0
        for length in counts[number]:
            expected = (vectors[number][at : at + length] @ query.T).max(axis=0)
            assert matches.best[:, column] == pytest.approx(expected, abs=0.02)  # eight bits
            at, column = at + length, column + 1
    assert matches.best.shape == (3, column)


def test_token_files_come_back(tmp_path: Path) -> None:
    index, _ = random_passages([[2, 3], [1]])
    index.save(tmp_path, "tokens")
    again = TokenIndex.load(tmp_path, "tokens")
    query = unit(RNG.standard_normal((2, 8)).astype(np.float32))
    assert (again.match(query, [1, 0]).best == index.match(query, [1, 0]).best).all()
    assert (again.of(0).spans == index.of(0).spans).all()
    np.save(tmp_path / "tokens-scales.npy", np.ones(2, np.float32))
    with pytest.raises(ValueError, match="do not belong together"):
        TokenIndex.load(tmp_path, "tokens")


@given(COUNTS.filter(bool).map(lambda counts: [n * 7 for n in counts[0]]))
def test_pooled_tokens_are_means_within_a_sentence(lengths: list[int]) -> None:
    tokens = unit(RNG.standard_normal((sum(lengths), 8)).astype(np.float32))
    spans = np.array([[i, i + 1] for i in range(len(tokens))], np.int32)
    means, covered, starts = pooled(tokens, spans, np.cumsum([0, *lengths[:-1]]))
    assert covered[0, 0] == 0
    assert covered[-1, 1] == len(tokens)
    assert (covered[1:, 0] == covered[:-1, 1]).all()
    assert covered[starts, 0].tolist() == np.cumsum([0, *lengths[:-1]]).tolist()
    for mean, (first, last) in zip(means, covered.tolist(), strict=True):
        assert 4 <= last - first <= 12
        assert mean == pytest.approx(unit(tokens[first:last].sum(axis=0)), abs=1e-5)


def test_sifting_keeps_what_rescoring_puts_first(words: WordEncoder) -> None:
    texts = ["bank judge police training", "asset court", "asset law training", "law money training", "asset court law"]
    retriever = Retriever(index_records([{"id": str(i), "text": text} for i, text in enumerate(texts)], words), words)
    query = retriever.encode(make_query("asset court law"))
    found, _ = retriever.candidates(query, 10)
    assert sorted(retriever.sifted(query, found, 2).tolist()) == [1, 4]
    assert sorted(retriever.sifted(query, found, 5).tolist()) == sorted(found.tolist())


def test_scores_by_hand() -> None:
    # Two question tokens; the first passage has four sentences, the second one.
    best = np.array([[1, 0, 0, 0, 0.5], [0, 0, 0, 1, -0.5]], np.float32)
    matches = SentenceMatches(best, np.array([0, 4]))
    whole = [1, np.sqrt(0.125)]
    window = [np.sqrt(0.5), np.sqrt(0.125)]  # no three sentences of the first hold both
    assert passage_scores(matches) == pytest.approx((np.array(whole) + window) / 2)


def test_windows_stay_within_their_passage() -> None:
    best = np.array([[1, 0], [0, 1]], np.float32)
    apart = passage_scores(SentenceMatches(best, np.array([0, 1])))
    assert apart == pytest.approx([np.sqrt(0.5)] * 2)
    together = passage_scores(SentenceMatches(best, np.array([0])))
    assert together == pytest.approx([1])


def test_no_token_in_the_question() -> None:
    assert passage_scores(SentenceMatches(np.zeros((0, 3), np.float32), np.array([0, 1]))).tolist() == [0, 0]


def test_words_weigh_by_rarity_and_by_what_is_missing() -> None:
    index = LexicalIndex.build([["court", "asset"], ["court"], ["bank"]])
    scores = index.scores(["asset", "court", "asset"])
    assert scores[0] > scores[1] > scores[2] == 0
    assert scores[0] < 1
    # "unknown" stands nowhere: its weight is part of the question's all the same.
    assert index.scores(["court", "unknown"])[1] < index.scores(["court"])[1] / 2
    assert index.scores(["unknown"]).tolist() == [0, 0, 0]
    assert index.scores([]).tolist() == [0, 0, 0]


def test_words_come_back(tmp_path: Path) -> None:
    index = LexicalIndex.build([["court", "asset"], ["法院"]])
    index.save(tmp_path)
    assert LexicalIndex.load(tmp_path).scores(["法院"]).tolist() == index.scores(["法院"]).tolist()


def test_tokens_belong_to_the_sentence_they_end_in() -> None:
    spans = np.array([[0, 3], [3, 6], [6, 9]], np.int32)  # "abc de fg": tokens begin with the blank before
    inside = tokens_inside(spans, [Span(0, 3), Span(4, 9), Span(20, 22)])
    assert inside.tolist() == [[0, 1], [1, 3], [3, 3]]
    pooled = pool(np.array([[2, 0], [0, 2], [2, 0]], np.float32), inside)
    assert pooled == pytest.approx(np.array([[1, 0], [np.sqrt(0.5), np.sqrt(0.5)], [0, 0]]))


def test_the_mean_of_the_language_is_taken_away(tmp_path: Path) -> None:
    means = {"en": np.array([1, 0, 0], np.float32)}
    background = Background(means, own=np.array([0, 0, 1], np.float32), map=np.eye(3, dtype=np.float32))
    tokens = np.array([[1, 2, 1]], np.float32)
    assert background.centred(tokens, "en") == pytest.approx(unit(np.array([[0, 2, 1]], np.float32)))
    assert background.centred(tokens, "xx") == pytest.approx(unit(np.array([[1, 2, 0]], np.float32)))
    background.save(tmp_path)
    again = Background.load(tmp_path)
    assert again.centred(tokens, "en") == pytest.approx(background.centred(tokens, "en"))


def test_another_encoder_has_only_the_mean_of_its_own_index(encoder: ModelEncoder) -> None:
    sample = [np.ones((2, 384), np.float32)]
    assert Background.for_index(EncoderIdentity("other", "0"), sample).means == {}
    fixed = Background.for_index(encoder.identity, sample).means
    assert {"ar", "zh", "en", "fr", "ru", "es"} <= fixed.keys()


RECORDS = [
    {"id": "a", "text": "The court froze the asset."},
    {"id": "b", "text": "Money was kept in a bank."},
    {"id": "c", "text": "Training for police.", "title": "Law"},
]


@pytest.mark.parametrize(
    "stages", [Stage.DENSE, Stage.WORDS, Stage.DENSE | Stage.WORDS, Stage.ALL, Stage.WORDS | Stage.TOKENS]
)
def test_each_stage_ranks(stages: Stage, words: WordEncoder) -> None:
    retriever = Retriever(index_records(RECORDS, words), words, stages)
    for question, right in (("court asset", "a"), ("bank money", "b"), ("police law", "c")):
        assert retriever.retrieve(make_query(question), 3)[0].passage.passage_id == right


def test_no_stage_that_brings_candidates(words: WordEncoder) -> None:
    with pytest.raises(ValueError, match="switch on DENSE or WORDS"):
        Retriever(index_records(RECORDS, words), words, Stage.TOKENS)


def test_a_model_that_does_not_pool_by_mean_is_searched_by_its_own_vectors(words: WordEncoder) -> None:
    words.pools_by_mean = False
    retriever = Retriever(index_records(RECORDS, words), words)
    assert retriever.retrieve(make_query("bank"), 1)[0].passage.passage_id == "b"


def test_a_question_is_answered_the_same_whatever_was_asked_before(encoder: ModelEncoder) -> None:
    index = index_records(RECORDS, encoder)
    one, other = Retriever(index, encoder), Retriever(index, encoder)
    one.retrieve(make_query("银行里的钱"), 3)
    first, second = (r.retrieve(make_query("which court?"), 3) for r in (one, other))
    assert [(h.passage.passage_id, h.score) for h in first] == [(h.passage.passage_id, h.score) for h in second]


def test_what_is_the_same_in_every_language_finds_its_passage(words: WordEncoder) -> None:
    records = [
        {"id": "zh", "text": "秘书处代表提到第五十四条和津巴布韦。"},
        {"id": "other", "text": "一位发言者提到其他事项。"},
    ]
    retriever = Retriever(index_records(records, words), words, Stage.WORDS)
    for question in ("article 54", "статья 54", "المادة ٥٤", "artículo 54", "Simbabwe", "زمبابوي", "Зимбабве"):
        query = make_query(question)
        assert [item.token for item in query.expansions] in (["article:54"], ["country:ZW"])
        assert [hit.passage.passage_id for hit in retriever.retrieve(query)] == ["zh"]
        assert retriever.retrieve(make_query(question, expand=False)) == []


# Measuring.


def test_words_that_another_language_cannot_have_take_nothing_from_it(words: WordEncoder) -> None:
    records = [{"id": language, "text": "asset", "lang": language} for language in ("en", "fr")]
    tokens = words.encode_query("asset court").tokens
    passage = quantised(tokens[:1], np.array([[0, 5]], np.int32), np.array([0]))
    index = replace(index_records(records, words), tokens=TokenIndex.build([passage, passage]))
    retriever = Retriever(index, words)
    matched = np.sqrt(1 / 2)  # one of two tokens
    for lexical, expected in ((0.0, [matched / 1.3, matched]), (1.0, [(matched + 0.3) / 1.3] * 2)):
        query = EncodedQuery("en", tokens[0], tokens, np.full(2, lexical, np.float32))
        assert retriever.rescored(query, np.array([0, 1])) == pytest.approx(expected, abs=0.01)


def test_measures_by_hand(words: WordEncoder) -> None:
    retriever = Retriever(index_records(RECORDS, words), words)
    queries = [{"id": "q1", "text": "court"}, {"id": "q2", "text": "court asset bank"}]
    rankings, rate = run_queries(retriever, queries, 3)
    assert rate > 0
    figures = measure({"q1": {"a": 1}, "q2": {"b": 2}}, rankings)
    assert list(rankings["q2"]) == ["a", "b", "c"]
    assert figures["nDCG@10"] == pytest.approx((1 + 1 / np.log2(3)) / 2)
    assert figures["RR@10"] == pytest.approx((1 + 1 / 2) / 2)
    assert figures["R@10"] == 1


def test_runs_and_judgements_as_trec_has_them(tmp_path: Path) -> None:
    rankings = {"q1": {"a": 0.5, "b": 0.75}, "q2": {"c": 1.0}}
    write_run(tmp_path / "run", rankings)
    assert (tmp_path / "run").read_text().splitlines()[0] == "q1 Q0 b 1 0.750000 paragraph-qa"
    assert read_run(tmp_path / "run") == rankings
    (tmp_path / "three").write_text("qid\tpid\trel\nq1\ta\t1\n")
    (tmp_path / "four").write_text("q1 0 a 1\n")
    assert read_qrels(tmp_path / "three") == read_qrels(tmp_path / "four") == {"q1": {"a": 1}}


@pytest.mark.parametrize("content", ["q1 a\n", "q1 0 a x\nq1 0 a x\n", ""])
def test_what_is_no_judgement(content: str, tmp_path: Path) -> None:
    (tmp_path / "qrels").write_text(content)
    with pytest.raises(EvaluationError, match="qrels"):
        read_qrels(tmp_path / "qrels")


@pytest.mark.parametrize("content", ["not json\n", '{"id": 1}\n', "[1]\n", ""])
def test_what_is_no_record(content: str, tmp_path: Path) -> None:
    (tmp_path / "file.jsonl").write_text(content)
    with pytest.raises(EvaluationError, match=r"file\.jsonl"):
        read_jsonl(tmp_path / "file.jsonl")


def test_eval_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, records in (
        ("p", RECORDS),
        ("q", [{"id": "q1", "text": "法院冻结了什么？"}, {"id": "q2", "text": "unjudged"}]),
    ):
        (tmp_path / name).write_text("".join(json.dumps(record) + "\n" for record in records))
    (tmp_path / "qrels").write_text("q1 0 a 1\nnot-asked 0 b 1\n")
    command = [
        "eval",
        "--passages",
        str(tmp_path / "p"),
        "--queries",
        str(tmp_path / "q"),
        "--qrels",
        str(tmp_path / "qrels"),
    ]
    assert main([*command, "--json", "--run-out", str(tmp_path / "run")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["nDCG@10"] == 1
    assert {"RR@10", "R@10", "R@100", "queries/s"} <= printed.keys()
    assert list(read_run(tmp_path / "run")) == ["q1"]
    assert main([*command, "--stages", "dense,words"]) == 0
    assert "nDCG@10" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*command, "--stages", "tokens"])
    assert "brings no candidates" in capsys.readouterr().err
    assert main([*command[:-1], str(tmp_path / "nowhere")]) == 1
    assert "cannot read" in capsys.readouterr().err
