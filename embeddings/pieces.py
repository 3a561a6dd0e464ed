"""A question's tokens without the whole tokenizer, whose quarter of a million pieces load longer than an answer takes.

A Unigram model (Kudo 2018, "Subword Regularization") cuts a word into those of its pieces whose scores add up to the
most. Only pieces that are substrings of the word can be among them, and of all others no more than the lowest score
matters, from which that of an unknown character is made. So a tokenizer that has just the pieces which stand somewhere
in a text cuts it exactly as the whole one does. They are looked up in a sorted table on disk.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings.cache import write_json

RECIPE: Final = "1"
"""Raised when the table changes, so that an older one in a cache is not taken for a new one."""
_FRAME: Final = "frame.json"
"""The tokenizer without its pieces."""
_PIECES: Final = "pieces.npy"
_NUMBERS: Final = "numbers.npy"
_SCORES: Final = "scores.npy"
_REASON: Final = "no-table.txt"
_LONGEST: Final = 1000
"""Characters of the texts that are cut together; for more, the whole tokenizer is worth loading."""


class Encoded(Protocol):
    """A text as tokens; `offsets`: where in the text each stands."""

    @property
    def ids(self) -> list[int]: ...
    @property
    def attention_mask(self) -> list[int]: ...
    @property
    def special_tokens_mask(self) -> list[int]: ...
    @property
    def offsets(self) -> list[tuple[int, int]]: ...


class Tokenizes(Protocol):
    """What is needed of a tokenizer."""

    def encode(self, sequence: str, /, *, add_special_tokens: bool = True) -> Encoded: ...
    def encode_batch(self, input: list[str], /) -> Sequence[Encoded]: ...  # noqa: A002 - the library's name
    def num_special_tokens_to_add(self, is_pair: bool, /) -> int: ...


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    attention_mask: list[int]
    special_tokens_mask: list[int]
    offsets: list[tuple[int, int]]


class PieceTokenizer:
    """The tokenizer of a file, for short texts by the table that `write_table` made of it. Safe between threads."""

    def __init__(self, file: Path, table: Path) -> None:
        """Raises OSError, ValueError or KeyError when `table` is none."""
        self._file = file
        self._frame: dict[str, Any] = json.loads((table / _FRAME).read_text("utf-8"))
        self._pieces: npt.NDArray[np.bytes_] = np.load(table / _PIECES, mmap_mode="r", allow_pickle=False)
        self._numbers: npt.NDArray[np.int32] = np.load(table / _NUMBERS, mmap_mode="r", allow_pickle=False)
        self._scores: npt.NDArray[np.float64] = np.load(table / _SCORES, mmap_mode="r", allow_pickle=False)
        self._fixed: list[list[Any]] = self._frame["model"]["vocab"]
        self._given: list[int] = self._frame["numbers"]
        self._none = self._tokenizer([])

    @cached_property
    def whole(self) -> Tokenizer:
        """The tokenizer with all its pieces; loaded when it is first asked for."""
        return Tokenizer.from_file(str(self._file))

    def encode(self, sequence: str, /, *, add_special_tokens: bool = True) -> Encoded:
        """As the whole tokenizer does."""
        small = self._small([sequence])
        if small is None:
            return self.whole.encode(sequence, add_special_tokens=add_special_tokens)
        tokenizer, numbers = small
        return _with_numbers(tokenizer.encode(sequence, add_special_tokens=add_special_tokens), numbers)

    def encode_batch(self, sequences: list[str], /) -> Sequence[Encoded]:
        """As the whole tokenizer does."""
        small = self._small(sequences)
        if small is None:
            return self.whole.encode_batch(sequences)
        tokenizer, numbers = small
        return [_with_numbers(encoded, numbers) for encoded in tokenizer.encode_batch(sequences)]

    def num_special_tokens_to_add(self, is_pair: bool, /) -> int:
        """How many tokens come to those of a text, or of two."""
        return self._none.num_special_tokens_to_add(is_pair)

    def _small(self, texts: Sequence[str]) -> tuple[Tokenizer, list[int]] | None:
        """A tokenizer for these texts and what its numbers are in the whole one; None where it takes the whole one."""
        if "whole" in self.__dict__ or sum(map(len, texts)) > _LONGEST:
            return None
        words: set[str] = set()
        for text in texts:
            normal = self._none.normalizer.normalize_str(text) if self._none.normalizer else text
            # A mark like <s> in a text cuts it before it is normalised.
            if any(mark["content"] in form for mark in self._frame["added_tokens"] for form in (text, normal)):
                return None
            words.update(word for word, _ in self._none.pre_tokenizer.pre_tokenize_str(normal))
        found = self._found(words)
        pieces = zip(self._pieces[found].tolist(), self._scores[found].tolist(), strict=True)
        return (
            self._tokenizer([[piece.decode("utf-8"), score] for piece, score in pieces]),
            [*self._given, *self._numbers[found].tolist()],
        )

    def _found(self, words: Iterable[str]) -> npt.NDArray[np.int64]:
        """Where in the table the pieces stand that are substrings of the words."""
        longest = self._frame["longest"]
        parts = {
            word[start:end].encode("utf-8", "replace")
            for word in words
            for start in range(len(word))
            for end in range(start + 1, min(len(word), start + longest) + 1)
        }
        size = self._pieces.dtype.itemsize
        sought = np.array([part for part in parts if len(part) <= size and b"\0" not in part], self._pieces.dtype)
        places = np.minimum(np.searchsorted(self._pieces, sought), len(self._pieces) - 1)
        return np.sort(places[self._pieces[places] == sought])

    def _tokenizer(self, pieces: list[list[Any]]) -> Tokenizer:
        frame = {name: value for name, value in self._frame.items() if name not in ("numbers", "longest")}
        return Tokenizer.from_str(json.dumps({**frame, "model": {**frame["model"], "vocab": [*self._fixed, *pieces]}}))


def _with_numbers(encoded: Encoded, numbers: Sequence[int]) -> Encoded:
    return _Tokens(
        [numbers[number] for number in encoded.ids],
        encoded.attention_mask,
        encoded.special_tokens_mask,
        encoded.offsets,
    )


def write_table(file: Path, folder: Path) -> None:
    """Make the table of the tokenizer in `file`; where it is of another kind, leave a note why there is none."""
    whole: dict[str, Any] = json.loads(file.read_text("utf-8"))
    reason = _unfit(whole)
    if reason:
        (folder / _REASON).write_text(reason, "utf-8")
        return
    vocabulary: list[list[Any]] = whole["model"]["vocab"]
    numbers = {piece: number for number, (piece, _score) in enumerate(vocabulary)}
    # The marks, the unknown one among them, and the piece with the lowest score are in every tokenizer.
    lowest = min(range(len(vocabulary)), key=lambda number: vocabulary[number][1])
    given = dict.fromkeys([mark["id"] for mark in whole["added_tokens"]] + [whole["model"]["unk_id"], lowest])
    local = {number: place for place, number in enumerate(given)}
    for mark in whole["added_tokens"]:
        mark["id"] = local[mark["id"]]
    for mark in whole["post_processor"]["special_tokens"].values():
        mark["ids"] = [local[number] for number in mark["ids"]]
    if whole["padding"]:
        whole["padding"]["pad_id"] = local[whole["padding"]["pad_id"]]
    whole["model"] |= {"vocab": [vocabulary[number] for number in given], "unk_id": local[whole["model"]["unk_id"]]}
    rest = [piece for piece in numbers if numbers[piece] not in local]
    write_json(folder / _FRAME, {**whole, "numbers": list(given), "longest": max(map(len, rest))})
    pieces = np.array([piece.encode("utf-8") for piece in rest])
    order = np.argsort(pieces)
    places = np.array([numbers[piece] for piece in rest], np.int32)[order]
    np.save(folder / _PIECES, pieces[order], allow_pickle=False)
    np.save(folder / _NUMBERS, places, allow_pickle=False)
    np.save(folder / _SCORES, np.array([vocabulary[number][1] for number in places.tolist()]), allow_pickle=False)


def has_table(folder: Path) -> bool:
    """Whether `write_table` could make one."""
    return not (folder / _REASON).exists()


def _unfit(whole: dict[str, Any]) -> str:
    """Why a tokenizer cannot be cut down to the pieces of a text, or nothing."""
    model, vocabulary = whole["model"], whole["model"].get("vocab") or []
    numbers = [mark["id"] for mark in whole["added_tokens"]]
    if model["type"] != "Unigram" or model.get("byte_fallback") or model.get("unk_id") is None:
        return "no Unigram model with a piece for what is unknown"
    if (whole["pre_tokenizer"] or {}).get("type") != "Metaspace" or not whole["pre_tokenizer"].get("split"):
        return "words are not set off by blanks"
    if (whole["post_processor"] or {}).get("type") != "TemplateProcessing" or whole["truncation"]:
        return "marks are set in another way"
    if len({piece for piece, _score in vocabulary}) < len(vocabulary) or max(numbers, default=len(vocabulary)) >= len(
        vocabulary
    ):
        return "pieces and marks are not numbered together"
    padding = numbers[0] if not whole["padding"] else whole["padding"]["pad_id"]
    odd = any("\0" in piece or not piece for piece, _score in vocabulary) or padding not in numbers
    return "a piece holds a null, or padding is no mark" if odd else ""
