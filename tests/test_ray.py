"""A build on a Ray cluster. Run by `make test-ray`, which installs Ray into an environment of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import SEEDS

from embeddings.building_encoder import building_encoder
from embeddings.encoder import load_encoder
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity

ray = pytest.importorskip("ray", reason="needs Ray: make test-ray")

from embeddings.ray_encoder import RayEncoder, ray_encoder  # noqa: E402 - nothing to import without Ray

TEXTS = [
    "来历不明财富令。",
    "",
    "A passage about the recovery of assets. " * 90,
    *(f"Paragraph {number}: the Conference decided on training. " * (1 + number % 9) for number in range(300)),
]


@pytest.fixture(scope="module")
def cluster(model: Model) -> Iterator[RayEncoder]:
    """Two workers of one core each."""
    with ray_encoder(model, "local", cores=1) as encoder:
        yield encoder
    assert not ray.is_initialized()


def test_the_workers_give_the_vectors_of_one_process(cluster: RayEncoder, model: Model) -> None:
    expected = load_encoder(model, many=True, device="cpu").encode_passages(TEXTS)
    found = [encoding for step in cluster.encode_steps([TEXTS[:40], [], TEXTS[40:]]) for encoding in step]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.vector == pytest.approx(theirs.vector, abs=1e-5)
        assert ours.tokens == pytest.approx(theirs.tokens, abs=1e-4)
        assert np.array_equal(ours.spans, theirs.spans)
    assert cluster.width == ray.cluster_resources()["CPU"]
    assert cluster.pools_by_mean


def test_nothing_listens_where_other_machines_reach_it(cluster: RayEncoder) -> None:  # noqa: ARG001
    assert {node["NodeManagerAddress"] for node in ray.nodes()} == {"127.0.0.1"}


def test_a_machine_with_another_model_says_so(cluster: RayEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    other = EncoderIdentity(cluster.identity.name, "0" * 64)
    monkeypatch.setattr(RayEncoder, "identity", other)
    with pytest.raises(EncoderError, match="encoding with Ray failed .*has another model of the name"):
        list(cluster.encode_steps([TEXTS[:2]]))


def test_a_cluster_that_is_not_there(model: Model) -> None:
    with pytest.raises(EncoderError, match="no Ray cluster at '127.0.0.1:1' .*ray start --head"):
        with building_encoder(model, ray="127.0.0.1:1"):
            pass


def test_the_command_builds_and_leaves_no_process(tmp_path: Path, model: Model) -> None:
    store = IndexStore(tmp_path / "index")
    command = [sys.executable, "-m", "qa.cli", "build", "--ray", "local", "--seeds", str(SEEDS), "--index", str(store.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, process_group=0)
    assert done.returncode == 0, done.stderr
    assert store.open(model.identity).passages
