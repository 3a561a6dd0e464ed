"""Short texts are cut exactly as by the whole tokenizer, from the few pieces that they can be made of."""

import json
from pathlib import Path

import pytest
from corpus import DATA
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from embeddings.models import Model
from embeddings.pieces import Encoded, PieceTokenizer, has_table, write_table


@pytest.fixture(scope="module")
def whole(model: Model) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
    return tokenizer


@pytest.fixture(scope="module")
def small(whole: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> PieceTokenizer:
    folder = tmp_path_factory.mktemp("pieces")
    whole.save(str(folder / "tokenizer.json"))
    write_table(folder / "tokenizer.json", folder)
    assert has_table(folder)
    return PieceTokenizer(folder / "tokenizer.json", folder)


@pytest.fixture(autouse=True)
def forget(small: PieceTokenizer) -> None:
    small.__dict__.pop("whole", None)


def same(one: Encoded, other: Encoded) -> bool:
    names = ("ids", "attention_mask", "special_tokens_mask", "offsets")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def declaration() -> list[str]:
    """The Universal Declaration of Human Rights in every language that is there, in pieces of a question's size."""
    texts: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, str):
            texts.extend(value[start : start + 900] for start in range(0, len(value), 900))
        elif isinstance(value, list | dict):
            for each in value.values() if isinstance(value, dict) else value:
                gather(each)

    gather(json.loads(DATA.read_text("utf-8"))["languages"])
    return texts


def test_the_declaration_in_every_language(whole: Tokenizer, small: PieceTokenizer) -> None:
    texts = declaration()
    assert len(texts) > 500
    wrong = [text for text in texts if not same(small.encode(text), whole.encode(text))]
    assert wrong == []
    assert "whole" not in small.__dict__


@given(st.text(max_size=40))
def test_any_text(whole: Tokenizer, small: PieceTokenizer, text: str) -> None:
    assert same(small.encode(text, add_special_tokens=False), whole.encode(text, add_special_tokens=False))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "\0",
        "a\0b",
        "<s> or <mask>?",
        "≯",
        "ﷺ",
        "e\u0301",
        "😀",
        "𠀀𪛖",
        "▁a ▁▁b",
        "a  b\n\tc",
        "x" * 999,
        "ไทย",
    ],
)
def test_what_is_odd(whole: Tokenizer, small: PieceTokenizer, text: str) -> None:
    assert same(small.encode(text), whole.encode(text))


def test_a_batch_is_padded(whole: Tokenizer, small: PieceTokenizer) -> None:
    texts = ["query: 来历不明财富令", "query: which countries use unexplained-wealth orders?", ""]
    assert all(map(same, small.encode_batch(texts), whole.encode_batch(texts)))
    assert small.num_special_tokens_to_add(False) == whole.num_special_tokens_to_add(False)
    assert "whole" not in small.__dict__


def test_long_texts_are_cut_by_the_whole_one(whole: Tokenizer, small: PieceTokenizer) -> None:
    text = "a long text " * 200
    assert same(small.encode(text), whole.encode(text))
    assert "whole" in small.__dict__
    assert same(small.encode("a short one"), whole.encode("a short one"))


def test_another_kind_of_tokenizer_has_no_table(tmp_path: Path) -> None:
    Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]")).save(str(tmp_path / "tokenizer.json"))
    write_table(tmp_path / "tokenizer.json", tmp_path)
    assert not has_table(tmp_path)
