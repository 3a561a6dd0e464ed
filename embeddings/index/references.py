"""Which passage refers to what, both ways and completely: no score decides, every reference is kept."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from embeddings import arrays
from embeddings.definitions import definitions
from embeddings.references import Reference, references, resolved
from embeddings.types import Document, Passage

Rows = npt.NDArray[np.int32]

_ROWS: Final = "references.npy"
_MEANINGS: Final = "references.jsonl"


@dataclass(frozen=True, slots=True)
class Count:
    """How often something is referred to, and in how many passages; `reference` without a place."""

    reference: Reference
    references: int
    passages: int


@dataclass(frozen=True, slots=True)
class ReferenceIndex:
    """Every reference of every passage.

    `_rows` [num_references, 5], in order: number of the passage, start and end in its text, what it refers to by the
    passage alone, and as its document tells. The last two are numbers in `_meanings`, references without a place.
    """

    _rows: Rows
    _meanings: Sequence[Reference]

    @classmethod
    def build(
        cls,
        documents: Mapping[str, Document],
        passages: Sequence[Passage],
        known: Sequence[Sequence[Reference] | None] = (),
    ) -> Self:
        """Recognise the references of all passages. `known`: those of each by itself (`alone`), or None."""
        alone = [
            list(found) if found is not None else references(passage.text)
            for passage, found in zip(passages, known or [None] * len(passages), strict=True)
        ]
        members: dict[str, list[int]] = {}
        for number, passage in enumerate(passages):
            members.setdefault(passage.doc_id, []).append(number)
        told: list[list[Reference]] = [[] for _ in passages]
        for doc_id, numbers in members.items():
            defined = definitions(documents[doc_id], (each for number in numbers for each in alone[number]))
            for number in numbers:
                told[number] = resolved(alone[number], defined)
        meanings: dict[Reference, int] = {}
        rows = [
            (number, one.start, one.end, _numbered(meanings, one), _numbered(meanings, other))
            for number, (ones, others) in enumerate(zip(alone, told, strict=True))
            for one, other in zip(ones, others, strict=True)
        ]
        return cls(np.array(rows, np.int32).reshape(-1, 5), list(meanings))

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, passage: int) -> list[Reference]:
        """The references that one passage makes, in order of place, with what its document tells."""
        return self._of(passage, 4)

    def alone(self, passage: int) -> list[Reference]:
        """The same by the passage's text alone, as `build` takes them when the passage is unchanged."""
        return self._of(passage, 3)

    def _of(self, passage: int, column: int) -> list[Reference]:
        first, last = np.searchsorted(self._rows[:, 0], [passage, passage + 1])
        return [
            replace(self._meanings[row[column]], start=row[1], end=row[2]) for row in self._rows[first:last].tolist()
        ]

    def find(self, wanted: Callable[[Reference], bool]) -> dict[int, list[Reference]]:
        """Every passage that makes a reference which is `wanted`, by number in order, with these references.

        `wanted` is asked once for each thing that is referred to, without a place.
        """
        meant = np.array([wanted(meaning) for meaning in self._meanings], bool)
        found: dict[int, list[Reference]] = {}
        if meant.any():
            for row in self._rows[meant[self._rows[:, 4]]].tolist():
                found.setdefault(row[0], []).append(replace(self._meanings[row[4]], start=row[1], end=row[2]))
        return found

    def counts(self) -> list[Count]:
        """What is referred to and how often, in order of first mention."""
        by_meaning: dict[int, list[int]] = {}
        for passage, meaning in self._rows[:, [0, 4]].tolist():
            by_meaning.setdefault(meaning, []).append(passage)
        return [
            Count(self._meanings[meaning], len(passages), len(set(passages)))
            for meaning, passages in by_meaning.items()
        ]

    def save(self, folder: Path) -> None:
        """Write the index's files into `folder`."""
        arrays.save(folder / _ROWS, self._rows)
        lines = (json.dumps(asdict(meaning), ensure_ascii=False) + "\n" for meaning in self._meanings)
        (folder / _MEANINGS).write_text("".join(lines), "utf-8", newline="\n")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises ValueError, KeyError or TypeError when it is no such index."""
        rows = arrays.load(folder / _ROWS)
        lines = (folder / _MEANINGS).read_text("utf-8").split("\n")
        fields = [json.loads(line) for line in lines if line]
        meanings = [Reference(**{**each, "parts": tuple(each["parts"])}) for each in fields]
        if (
            rows.ndim != 2
            or rows.shape[1] != 5
            or (len(rows) and not 0 <= rows[:, 3:].min() <= rows[:, 3:].max() < len(meanings))
        ):
            raise ValueError(f"{_ROWS} and {_MEANINGS} do not belong together")
        return cls(rows, meanings)


def _numbered(meanings: dict[Reference, int], reference: Reference) -> int:
    return meanings.setdefault(replace(reference, start=0, end=0), len(meanings))
