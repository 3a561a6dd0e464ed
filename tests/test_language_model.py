"""Languages are told apart as by the library's packed model."""

from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from embeddings import language_model
from embeddings.errors import EncoderError
from embeddings.language_model import identifier

TEXTS = [
    "which countries?",
    "quels pays ont besoin d'aide ?",
    "¿qué países?",
    "quali paesi",
    "x",
    "",
    "12",
    "资产 asset",
]
LANGUAGES = ["en", "fr", "es", "it", "sv"]


@pytest.fixture(scope="module")
def packed() -> LanguageIdentifier:
    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages(LANGUAGES)
    return found


def test_the_same_likelihoods(packed: LanguageIdentifier, tmp_path: Path) -> None:
    for _ in range(2):  # unpacked just now, and before
        found = identifier(LANGUAGES, tmp_path)
        assert [found.rank(text) for text in TEXTS] == [packed.rank(text) for text in TEXTS]


def test_also_where_nothing_can_be_kept(packed: LanguageIdentifier, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Path:
        raise EncoderError("no room")

    monkeypatch.setattr(language_model, "made_once", refuse)
    assert identifier(LANGUAGES).rank(TEXTS[0]) == packed.rank(TEXTS[0])
