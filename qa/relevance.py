"""How likely a passage answers a question, and the line below which nothing counts as an answer.

A score by itself says little. An English question is matched by no Chinese passage as well as by an English one, and
among many passages some are matched well by chance. So a hit's score is set against three marks, measured once on text
that no figure is measured on (`scripts/make_calibration.py`):

- the *usual*, what a question gets from any passage, and the *attainable*, what a translation of it into the passage's
  language would get, for each pair of languages: between them the score becomes a share that compares across pairs;
- *chance*, the share that 5 % of questions on other subjects reach with the best of n passages. It grows with ln n, as
  the largest of n values with an exponential tail does (Gumbel 1958, "Statistics of Extremes").

A logistic curve over what a share has beyond chance makes a probability of it, fitted on judged questions (Platt 1999,
"Probabilistic Outputs for Support Vector Machines"). The line is where a share is just what chance would give.
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from embeddings.types import EncoderIdentity
from qa.errors import CalibrationError

FILE: Final = Path(__file__).parent / "data" / "calibration.json"

WORDS_ATTAINABLE: Final = 0.15
"""What words add to the attainable where question and passage are in one language: half of their weight in a score, for
a question seldom repeats its answer's words."""


@dataclass(frozen=True, slots=True)
class Line:
    """What counts as an answer: hits of at least this `relevance`.

    `false_answers`: the share of questions on subjects that are not in the documents which get past it all the same;
    `near_misses`: the same of questions whose answer was taken out while its neighbours were left in; `answered`: the
    share of answerable questions that get past it. As measured where the line was drawn, on other documents than yours.
    """

    relevance: float
    false_answers: float
    near_misses: float
    answered: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The marks: `usual`; `attainable` by the question's and the passage's language, `same` and `foreign` for languages
    that it lacks; `chance_same` and `chance_foreign`, each a share for one passage and what ln n adds. `slope` and
    `intercept` of the logistic curve."""

    usual: float
    attainable: Mapping[str, Mapping[str, float]]
    same: float
    foreign: float
    chance_same: tuple[float, float]
    chance_foreign: tuple[float, float]
    slope: float
    intercept: float
    line: Line

    @classmethod
    def for_encoder(cls, encoder: EncoderIdentity) -> Self | None:
        """The calibration made for an encoder, None where there is none: the one that ships, or that of the file which
        `$QA_CALIBRATION` names. Raises CalibrationError when that cannot be read."""
        named = os.environ.get("QA_CALIBRATION", "")
        for file in (FILE, *([Path(named)] if named else [])):
            saved = dict(_saved(file))
            if saved.pop("model") == encoder.fingerprint:
                return cls(**{**saved, "line": Line(**saved["line"])})
        return None

    def share(self, question: str, passage: str, evidence: float) -> float:
        """The share of what is attainable: 0 is what any passage gets, 1 a translation.

        `question` and `passage` are languages; `evidence` is matched tokens with the words' part added.
        """
        words = WORDS_ATTAINABLE if question == passage else 0.0
        return (evidence - self.usual) / (self.attainable_by(question, passage) + words - self.usual)

    def attainable_by(self, question: str, passage: str) -> float:
        """What a translation from the question's language into the passage's gets by its tokens."""
        usual = self.same if question == passage else self.foreign
        return self.attainable.get(question, {}).get(passage, usual)

    def chance(self, question: str, passage: str, passages: int) -> float:
        """The share that one question in twenty on another subject reaches with the best of so many passages."""
        one, more = self.chance_same if question == passage else self.chance_foreign
        return one + more * math.log(passages)

    def relevance(self, beyond: float) -> float:
        """The probability that a passage answers whose share is so far beyond chance, from 0 to 1."""
        return 1 / (1 + math.exp(-min(max(self.slope * beyond + self.intercept, -30.0), 30.0)))


@cache
def _saved(file: Path) -> Mapping[str, Any]:
    """What `scripts/make_calibration.py` wrote."""
    try:
        saved: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CalibrationError(f"$QA_CALIBRATION names {str(file)!r}, which cannot be read: {error}") from error
    whole, line = ({field.name for field in fields(kind)} for kind in (Calibration, Line))
    if not _has(saved, whole | {"model"}) or not _has(saved["line"], line):
        raise CalibrationError(
            f"$QA_CALIBRATION names {str(file)!r}, which is no calibration; make one with: "
            "python -m scripts.make_calibration TRAIN --model NAME --out FILE"
        )
    return saved


def _has(saved: Any, names: set[str]) -> bool:
    """Whether something read is an object with exactly these names."""
    return isinstance(saved, dict) and saved.keys() == names
