"""What the tests share: a deterministic encoder, the real one, and no way out of this machine."""

import os
import re
import shutil
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from embeddings.build import build
from embeddings.encoder import ModelEncoder, load_encoder
from embeddings.models import Model, find_model
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity, TextEncoding
from embeddings.vectors import unit
from qa.assistant import Assistant

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
SEED = "000_297ccbc66a5670c5"

settings.register_profile("quick", deadline=None)  # other work on the machine is no fault of the code
settings.load_profile("quick")

_connect = socket.socket.connect


def _connect_at_home(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"a test tried to reach {address}")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def stay_home() -> Iterator[None]:
    """No connection leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _connect_at_home)
        yield


class WordEncoder:
    """Each known word is an axis, so every vector can be written by hand; unknown words have none."""

    def __init__(self, words: str, name: str = "words") -> None:
        self._axis = {word: i for i, word in enumerate(words.split())}
        self.identity = EncoderIdentity(name, "0" * 64)
        self.dimension = len(self._axis)
        self.pools_by_mean = True
        self.multi_vector = False

    def _tokens(self, text: str) -> tuple[Any, Any]:
        found = [m for m in re.finditer(r"\w+", text.lower()) if m[0] in self._axis]
        tokens = np.zeros((len(found), self.dimension), np.float32)
        tokens[range(len(found)), [self._axis[m[0]] for m in found]] = 1
        return tokens, np.array([m.span() for m in found], np.int32).reshape(-1, 2)

    def encode_query(self, query: str) -> TextEncoding:
        tokens, spans = self._tokens(query)
        return TextEncoding(unit(tokens.sum(axis=0)), tokens, spans)

    def encode_passages(self, texts: Sequence[str]) -> list[TextEncoding]:
        return [self.encode_query(text) for text in texts]


@pytest.fixture
def words() -> WordEncoder:
    """An encoder that knows a few words."""
    return WordEncoder("asset court law money training bank judge police")


@pytest.fixture(scope="session")
def model() -> Model:
    """The bundled model."""
    return find_model()


@pytest.fixture(scope="session")
def encoder(model: Model) -> ModelEncoder:
    """The real encoder."""
    return load_encoder(model)


@pytest.fixture(scope="session")
def seed_index(tmp_path_factory: pytest.TempPathFactory, encoder: ModelEncoder) -> Path:
    """An index of the real seed, made with the real encoder."""
    folder = tmp_path_factory.mktemp("seed") / "index"
    build(SEEDS, IndexStore(folder), encoder)
    return folder


@pytest.fixture(scope="session")
def assistant(seed_index: Path, encoder: ModelEncoder) -> Assistant:
    """The real assistant over the real seed."""
    return Assistant(IndexStore(seed_index).open(encoder.identity), encoder)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder with two small English documents."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "report.txt").write_text(
        "Report\n\nI. Money\n\n1. The court froze the asset. The judge agreed.\n\n2. The bank kept the money.\n",
        "utf-8",
    )
    (folder / "annex.txt").write_text("1. Training for police. A new law came.\n", "utf-8")
    return folder


def missing(reason: str) -> NoReturn:
    """Skip a test for want of what CI has; there it fails, so that nothing is left out unseen."""
    pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the test is skipped, in CI it fails."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        missing("no Chromium on this machine; install it, for example with: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def site(seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page over the real seed, served as a person would."""
    from live import serving

    yield from serving(SEEDS, seed_index, tmp_path_factory.mktemp("site") / "server.log")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """A real browser."""
    from browsing import launched

    with sync_playwright() as playwright:
        opened = launched(playwright, chromium)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A visit by somebody new."""
    from browsing import visiting

    with visiting(browser, site) as visited:
        yield visited
