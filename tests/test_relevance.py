"""What relevance is made of: shares, chance, the curve and the line."""

import math

import pytest

from embeddings.encoder import ModelEncoder
from embeddings.types import EncoderIdentity
from qa.relevance import WORDS_ATTAINABLE, Calibration, Line

CALIBRATION = Calibration(
    0.2, {"en": {"zh": 0.6}}, 0.9, 0.5, (0.1, 0.05), (0.2, 0.05), 8.0, -1.0, Line(0.27, 0.05, 0.2, 0.7)
)


def test_a_share_is_0_for_what_is_usual_and_1_for_a_translation() -> None:
    assert CALIBRATION.share("en", "zh", 0.2) == 0
    assert CALIBRATION.share("en", "zh", 0.6) == pytest.approx(1)
    assert CALIBRATION.share("sw", "zh", 0.5) == pytest.approx(1)  # a pair that was not measured
    assert CALIBRATION.share("sw", "sw", 0.9 + WORDS_ATTAINABLE) == pytest.approx(1)


def test_chance_grows_with_the_number_of_passages() -> None:
    assert CALIBRATION.chance("en", "en", 1) == pytest.approx(0.1)
    assert CALIBRATION.chance("en", "zh", 100) == pytest.approx(0.2 + 0.05 * math.log(100))


def test_relevance_is_a_probability_that_rises() -> None:
    values = [CALIBRATION.relevance(beyond) for beyond in (-1e9, -1, 0, 0.2, 1, 1e9)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)


def test_the_line_is_where_a_share_is_what_chance_gives(encoder: ModelEncoder) -> None:
    calibration = Calibration.for_encoder(encoder.identity)
    assert calibration is not None
    assert calibration.line.relevance == pytest.approx(calibration.relevance(0), abs=1e-3)
    assert calibration.line.false_answers == 0.05
    assert set(calibration.attainable) == {"ar", "en", "es", "fr", "ru", "zh"}
    # A translation is matched less well than the same language, and all better than what is usual.
    for language, by in calibration.attainable.items():
        assert by[language] == max(by.values())
        assert min(by.values()) > calibration.usual


def test_another_encoder_has_no_calibration() -> None:
    assert Calibration.for_encoder(EncoderIdentity("other", "1" * 64)) is None
