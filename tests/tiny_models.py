"""Models of a few layers with random weights, saved as sentence-transformers saves them: what they say is nonsense, but
they say it as large ones do. Made in seconds, of any architecture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    AutoModelForSequenceClassification,
    BertConfig,
    PretrainedConfig,
    PreTrainedTokenizerFast,
)

HIDDEN = 32
TEXTS = (
    "来历不明财富令。",
    "The court froze the asset of the bank; nobody objected, though many were asked.",
    "a",
    'Mr. Diop (Senegal): "Article 54, paragraph 1 (b), is clear!" L’État a-t-il le droit de lire ?',
)
_MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[Q]", "[D]")


def tiny_tokenizer(limit: int | None = 64, **settings: Any) -> PreTrainedTokenizerFast:
    """A word piece tokenizer that knows the letters of `TEXTS`; without a `limit` it names none."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=list(_MARKS), show_progress=False)
    tokenizer.train_from_iterator([*TEXTS, "abcdefghijklmnopqrstuvwxyz 0123456789 .,;:?!()"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    marks = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    if limit is not None:
        settings["model_max_length"] = limit
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, mask_token="[MASK]", **marks, **settings)


def bert(**settings: Any) -> BertConfig:
    """The smallest BERT worth the name."""
    return BertConfig(
        vocab_size=400,
        hidden_size=HIDDEN,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        **settings,
    )


def saved_base(
    folder: Path, config: PretrainedConfig | None = None, tokenizer: PreTrainedTokenizerFast | None = None
) -> Path:
    """A bare model without anything of sentence-transformers, with random weights (always the same)."""
    torch.manual_seed(1)
    AutoModel.from_config(config or bert()).save_pretrained(folder)
    (tokenizer or tiny_tokenizer()).save_pretrained(folder)
    return folder


def saved_encoder(
    folder: Path,
    config: PretrainedConfig | None = None,
    *,
    pooling: Any = "mean",
    include_prompt: bool = True,
    behind: Sequence[torch.nn.Module] = (),
    tokenizer: PreTrainedTokenizerFast | None = None,
    prompts: Mapping[str, str] | None = None,
    truncate_dim: int | None = None,
) -> Path:
    """An encoder with a pooling and what stands `behind` it."""
    base = saved_base(folder.with_name(folder.name + "-base"), config, tokenizer)
    first = Transformer(str(base))
    torch.manual_seed(2)
    modules = [first, Pooling(first.get_embedding_dimension(), pooling, include_prompt), *behind]
    made = SentenceTransformer(modules=modules, prompts=dict(prompts or {}), truncate_dim=truncate_dim, device="cpu")
    made.save_pretrained(str(folder), create_model_card=False)
    return folder


def saved_multi_vector(
    folder: Path,
    *,
    expansion: Mapping[str, Any] | None = None,
    skiplist: Sequence[str] = (),
    document_length: int | None = None,
) -> Path:
    """A model of the ColBERT kind: a Dense on the tokens, a mask, and unit length; [Q] and [D] are single tokens."""
    base = saved_base(folder.with_name(folder.name + "-base"))
    first = Transformer(
        str(base), query_expansion=dict(expansion) if expansion else None, document_length=document_length
    )
    torch.manual_seed(2)
    narrow = Dense(
        HIDDEN, 16, bias=False, activation_function=torch.nn.Identity(), module_input_name="token_embeddings"
    )
    made = MultiVectorEncoder(
        modules=[first, narrow, MultiVectorMask(list(skiplist)), Normalize(module_input_name="token_embeddings")],
        prompts={"query": "[Q] ", "document": "[D] "},
        device="cpu",
    )
    made.save_pretrained(str(folder), create_model_card=False)
    return folder


def saved_reranker(
    folder: Path,
    labels: int = 1,
    limit: int | None = 64,
    *,
    config: PretrainedConfig | None = None,
    prompts: Mapping[str, str] | None = None,
) -> Path:
    """A cross-encoder; the first of its `prompts` is always put before a question."""
    torch.manual_seed(3)
    base = folder.with_name(folder.name + "-base")
    config = config or bert(num_labels=labels, initializer_range=0.5)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(base)
    tiny_tokenizer(limit).save_pretrained(base)
    made = CrossEncoder(
        str(base), prompts=dict(prompts or {}), default_prompt_name=next(iter(prompts or {}), None), device="cpu"
    )
    made.save_pretrained(str(folder), create_model_card=False)
    return folder
