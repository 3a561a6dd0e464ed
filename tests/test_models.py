"""Other models: whatever their architecture, pooling and prompts, a text gets the vector that sentence-transformers
gives it; what cannot work is refused, with what to do."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Router, Transformer
from sentence_transformers.sentence_transformer.modules import BoW, LayerNorm, Pooling, StaticEmbedding
from tiny_models import HIDDEN, TEXTS, bert, saved_base, saved_encoder, saved_reranker, tiny_tokenizer
from transformers import (
    DistilBertConfig,
    ModernBertConfig,
    MPNetConfig,
    PretrainedConfig,
    Qwen3Config,
    T5Config,
    XLMRobertaConfig,
)

from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.errors import EncoderError
from embeddings.models import Kind, find_model, kind_of
from embeddings.runtime import OnnxRuntime
from embeddings.torch_runtime import TorchRuntime
from embeddings.vectors import unit

PROMPTS = {"query": "which passage answers: ", "document": "passage: "}
SMALL = {"vocab_size": 400, "hidden_size": HIDDEN, "num_hidden_layers": 2, "num_attention_heads": 4}
ROBERTA = XLMRobertaConfig(**SMALL, intermediate_size=64, max_position_embeddings=130, pad_token_id=0)
MPNET = MPNetConfig(**SMALL, intermediate_size=64, max_position_embeddings=130, pad_token_id=0)
MODERN = ModernBertConfig(**SMALL, intermediate_size=64, max_position_embeddings=128, pad_token_id=0)
DISTILBERT = DistilBertConfig(vocab_size=400, dim=HIDDEN, n_layers=2, n_heads=4, hidden_dim=64)
QWEN = Qwen3Config(**SMALL, intermediate_size=64, num_key_value_heads=2, head_dim=8, max_position_embeddings=128)
T5 = T5Config(vocab_size=400, d_model=HIDDEN, d_kv=8, d_ff=64, num_layers=2, num_heads=4)


def dense(width: int = 24) -> Dense:
    torch.manual_seed(4)
    return Dense(HIDDEN, width)


def loaded(folder: Path) -> ModelEncoder:
    return load_encoder(find_model(str(folder)), many=True, device="cpu")


def library(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def assert_same(folder: Path, encoder: ModelEncoder) -> None:
    """A text has the vector of the library, as a passage and as a question, among others and alone."""
    theirs = library(folder)
    passages = encoder.encode_passages(TEXTS)
    for encoding, expected in zip(passages, theirs.encode_document(list(TEXTS)), strict=True):
        assert encoding.vector == pytest.approx(unit(expected), abs=1e-4)
    for text in TEXTS:
        assert encoder.encode_query(text).vector == pytest.approx(unit(theirs.encode_query(text)), abs=1e-4)


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        pytest.param(bert(), {}, id="bert, mean"),
        pytest.param(bert(), {"behind": [Normalize()]}, id="bert, mean, normalised"),
        pytest.param(bert(), {"pooling": "cls", "behind": [dense(), Normalize()]}, id="bert, cls, dense, normalised"),
        pytest.param(bert(), {"behind": [dense(), LayerNorm(24)]}, id="bert, mean, dense, layer norm"),
        pytest.param(bert(), {"pooling": ("cls", "mean")}, id="bert, two poolings"),
        pytest.param(bert(), {"truncate_dim": 12}, id="bert, mean, first dimensions"),
        pytest.param(bert(), {"pooling": "cls", "truncate_dim": 12}, id="bert, cls, first dimensions"),
        pytest.param(bert(), {"include_prompt": False}, id="bert, mean without the prompt"),
        pytest.param(bert(), {"include_prompt": False, "behind": [dense()]}, id="bert, without the prompt, dense"),
        pytest.param(ROBERTA, {"pooling": "cls"}, id="xlm-roberta, cls"),
        pytest.param(MPNET, {"pooling": "max"}, id="mpnet, max"),
        pytest.param(MODERN, {}, id="modernbert, mean"),
        pytest.param(DISTILBERT, {"pooling": "mean_sqrt_len_tokens"}, id="distilbert, root"),
        pytest.param(T5, {"pooling": "weightedmean"}, id="t5, weighted mean"),
        pytest.param(QWEN, {"pooling": "lasttoken"}, id="qwen3, last token"),
        pytest.param(
            QWEN,
            {"pooling": "lasttoken", "tokenizer": tiny_tokenizer(padding_side="left")},
            id="qwen3, last token, padded on the left",
        ),
        pytest.param(bert(), {"tokenizer": tiny_tokenizer(padding_side="left")}, id="bert, mean, padded on the left"),
    ],
)
def test_a_text_has_the_vector_of_the_library(
    config: PretrainedConfig, settings: dict[str, Any], tmp_path: Path
) -> None:
    folder = saved_encoder(tmp_path / "model", config, prompts=PROMPTS, **settings)
    encoder = loaded(folder)
    assert_same(folder, encoder)
    for encoding, text in zip(encoder.encode_passages(TEXTS), TEXTS, strict=True):
        covered = "".join(text[start:end] for start, end in encoding.spans)
        assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("settings", "searched"),
    [
        ({}, True),
        ({"behind": [Normalize()]}, True),
        ({"truncate_dim": 12}, True),
        ({"behind": [dense()]}, False),
        ({"pooling": "cls"}, False),
        ({"pooling": ("mean", "max")}, False),
    ],
)
def test_tokens_are_searched_with_where_a_vector_is_their_mean(
    settings: dict[str, Any], searched: bool, tmp_path: Path
) -> None:
    encoder = loaded(saved_encoder(tmp_path / "model", **settings))
    assert encoder.pools_by_mean is searched
    assert not encoder.multi_vector
    (encoding,) = encoder.encode_passages(["a court"])
    if searched:
        assert encoding.tokens.shape[1] == len(encoding.vector)


def test_a_prompt_of_another_name_is_put_before_passages(tmp_path: Path) -> None:
    folder = saved_encoder(tmp_path / "model", prompts={"query": "q: ", "passage": "passage: "})
    expected = library(folder).encode(list(TEXTS), prompt_name="passage")
    for encoding, vector in zip(loaded(folder).encode_passages(TEXTS), expected, strict=True):
        assert encoding.vector == pytest.approx(unit(vector), abs=1e-4)


def test_without_a_limit_long_texts_go_through_in_windows(tmp_path: Path) -> None:
    folder = saved_encoder(tmp_path / "model", T5, tokenizer=tiny_tokenizer(None))
    assert library(folder).max_seq_length > 1e9
    text = "the court froze the asset. " * 200
    (encoding,) = loaded(folder).encode_passages([text])
    assert len(encoding.tokens) > 1000
    assert "".join(text[a:b] for a, b in encoding.spans).split() == "".join(text.split()).split()


@pytest.mark.parametrize(("config", "most"), [(ROBERTA, 129), (MPNET, 128)], ids=["xlm-roberta", "mpnet"])
def test_positions_that_begin_behind_paddings(config: PretrainedConfig, most: int, tmp_path: Path) -> None:
    """Where the tokenizer names no limit the library takes all positions for tokens, of which there are fewer."""
    folder = saved_encoder(tmp_path / "model", config, tokenizer=tiny_tokenizer(None))
    encoder = loaded(folder)
    assert encoder._settings.max_tokens == most
    text = "the court froze the asset. " * 60
    (encoding,) = encoder.encode_passages([text])
    assert "".join(text[a:b] for a, b in encoding.spans).split() == "".join(text.split()).split()


def test_tokens_without_context(tmp_path: Path) -> None:
    """A StaticEmbedding: fast, and its texts are the mean of their tokens' vectors."""
    static = StaticEmbedding(tiny_tokenizer(), embedding_dim=8)
    made = SentenceTransformer(modules=[static], prompts=PROMPTS, truncate_dim=6, device="cpu")
    made.save_pretrained(str(tmp_path / "model"), create_model_card=False)
    encoder = loaded(tmp_path / "model")
    assert encoder.pools_by_mean
    assert_same(tmp_path / "model", encoder)
    assert encoder.encode_passages([""])[0].tokens.shape == (0, 6)


def test_questions_and_passages_may_take_different_ways(tmp_path: Path) -> None:
    """A Router before all else: another model and another tokenizer for each."""
    paths = {}
    for name, size in (("query", 300), ("document", 400)):
        tokenizer = tiny_tokenizer(do_lower_case=size == 300)
        first = Transformer(str(saved_base(tmp_path / name, bert(initializer_range=size / 1000), tokenizer)))
        paths[name] = [first, Pooling(HIDDEN, "cls" if name == "query" else "mean")]
    router = Router.for_query_document(paths["query"], paths["document"])
    made = SentenceTransformer(modules=[router, dense()], prompts=PROMPTS, device="cpu")
    made.save_pretrained(str(tmp_path / "model"), create_model_card=False)
    assert_same(tmp_path / "model", loaded(tmp_path / "model"))


def test_a_router_may_stand_behind_the_pooling(tmp_path: Path) -> None:
    router = Router.for_query_document([dense(12)], [Dense(HIDDEN, 12)])
    folder = saved_encoder(tmp_path / "model", behind=[router], prompts=PROMPTS)
    assert_same(folder, loaded(folder))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"pooling": "cls", "behind": [dense()], "truncate_dim": 12}, id="one way"),
        pytest.param({"behind": [Router.for_query_document([dense(12)], [Dense(HIDDEN, 12)])]}, id="two ways"),
    ],
)
def test_the_exported_model_gives_the_same(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    folder = saved_encoder(tmp_path / "model", prompts=PROMPTS, **settings)
    encoder = load_encoder(find_model(str(folder)))
    assert isinstance(encoder._passages.runtime, OnnxRuntime)
    assert_same(folder, encoder)
    assert_same(folder, load_encoder(find_model(str(folder))))  # from the cache


# What cannot work.


def refused(folder: Path) -> str:
    with pytest.raises(EncoderError) as caught:
        loaded(folder)
    return str(caught.value)


def test_a_bare_model_pools_by_mean_and_has_no_prompts(tmp_path: Path) -> None:
    encoder = loaded(saved_base(tmp_path / "model"))
    assert encoder.pools_by_mean
    assert encoder.encode_query("court").vector == pytest.approx(encoder.encode_passages(["court"])[0].vector, abs=1e-5)


def test_a_prompt_that_leaves_no_room(tmp_path: Path) -> None:
    prompts = {"document": "the court froze the asset of the bank " * 9}
    said = refused(saved_encoder(tmp_path / "model", prompts=prompts))
    assert "takes 64 tokens, of which its prompt" in said
    assert "max_seq_length" in said


def test_a_model_without_pooling(tmp_path: Path) -> None:
    SentenceTransformer(modules=[Transformer(str(saved_base(tmp_path / "base")))], device="cpu").save_pretrained(
        str(tmp_path / "model"), create_model_card=False
    )
    assert "it has no pooling" in refused(tmp_path / "model")


def test_word_vectors(tmp_path: Path) -> None:
    words = BoW(["court", "asset"])
    SentenceTransformer(modules=[words], device="cpu").save_pretrained(str(tmp_path / "model"), create_model_card=False)
    assert "its first module is a BoW" in refused(tmp_path / "model")


def test_a_chat_template(tmp_path: Path) -> None:
    folder = saved_base(tmp_path / "model", tokenizer=tiny_tokenizer(chat_template="{{ messages[0].content }}"))
    assert "chat template" in refused(folder)


def test_code_of_a_model_is_not_run(tmp_path: Path) -> None:
    folder = saved_base(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"model_type": "another", "auto_map": {"AutoConfig": "own.C", "AutoModel": "own.M"}}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", "utf-8")
    assert "code of its own" in refused(folder)
    assert not (tmp_path / "ran").exists()


class Payload:
    """Runs code when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self._mark,)


@pytest.mark.parametrize("part", ["", "2_Dense"], ids=["the model", "a module"])
def test_code_in_pickled_weights_is_not_run(part: str, tmp_path: Path) -> None:
    folder = saved_encoder(tmp_path / "model", behind=[dense()])
    (folder / part / "model.safetensors").unlink()
    torch.save({"weight": Payload(tmp_path / "ran")}, folder / part / "pytorch_model.bin")
    assert "cannot load a model from" in refused(folder)
    assert not (tmp_path / "ran").exists()


def test_a_sparse_model(tmp_path: Path) -> None:
    folder = saved_base(tmp_path / "model")
    (folder / "config_sentence_transformers.json").write_text('{"model_type": "SparseEncoder"}', "utf-8")
    assert kind_of(folder) is Kind.SPARSE
    assert "take a dense model" in refused(folder)


def test_a_reranker_is_no_encoder(tmp_path: Path) -> None:
    folder = saved_reranker(tmp_path / "model")
    assert kind_of(folder) is kind_of(tmp_path / "model-base") is Kind.RERANKER
    assert "give it as --reranker" in refused(folder)
    assert "give it as --reranker" in refused(tmp_path / "model-base")


def test_weights_that_do_not_fit(tmp_path: Path) -> None:
    folder = saved_encoder(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"no weights")
    assert "cannot load a model from" in refused(folder)


def test_vectors_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved_encoder(tmp_path / "model")
    forward = TorchRuntime.forward

    def broken(self: TorchRuntime, ids: Any, mask: Any) -> Any:
        tokens, vectors = forward(self, ids, mask)
        return tokens, np.full_like(vectors, np.nan)

    monkeypatch.setattr(TorchRuntime, "forward", broken)
    assert "cannot be used" in refused(folder)
