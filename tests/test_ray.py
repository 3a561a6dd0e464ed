"""A build on a Ray cluster. Run by `make test-ray`, which installs Ray into an environment of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from conftest import SEEDS

from embeddings.building_encoder import building_encoder
from embeddings.cores import usable_cores
from embeddings.encoder import load_encoder
from embeddings.errors import EncoderError
from embeddings.models import Model
from embeddings.ray_encoder import RayEncoder, ray_encoder
from embeddings.store import IndexStore
from embeddings.types import EncoderIdentity

if find_spec("ray") is None:
    pytest.skip("needs Ray: make test-ray", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore::Warning:ray")  # of its own older settings, which it reads itself

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
    import ray

    assert not ray.is_initialized()


def test_the_workers_give_the_vectors_of_one_process(cluster: RayEncoder, model: Model) -> None:
    expected = load_encoder(model, many=True, device="cpu").encode_passages(TEXTS)
    found = [encoding for step in cluster.encode_steps([TEXTS[:40], [], TEXTS[40:]]) for encoding in step]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.vector == pytest.approx(theirs.vector, abs=1e-5)
        assert ours.tokens == pytest.approx(theirs.tokens, abs=1e-4)
        assert np.array_equal(ours.spans, theirs.spans)
    assert cluster.width == usable_cores()
    assert cluster.pools_by_mean


def listening(session: int) -> dict[str, str]:
    """Where the processes of a session listen (hexadecimal, as the system has it), by the process's command."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]": row[1].partition(":")[0] for row in rows if row[3] == "0A"}
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getsid(int(process.name)) == session:
                command = (process / "comm").read_text().strip()
                found |= {
                    f"{command} {file.name}": sockets.get(str(file.readlink())) for file in (process / "fd").iterdir()
                }
    return {name: address for name, address in found.items() if address}


def test_nothing_listens_where_other_machines_reach_it(cluster: RayEncoder) -> None:  # noqa: ARG001
    found = listening(os.getsid(0))
    assert any("raylet" in name for name in found)
    assert set(found.values()) <= {
        "0100007F",
        "0000000000000000FFFF00000100007F",
        "00000000000000000000000001000000",
    }, found


def test_a_machine_with_another_model_says_so(cluster: RayEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    other = EncoderIdentity(cluster.identity.name, "0" * 64)
    monkeypatch.setattr(RayEncoder, "identity", other)
    with pytest.raises(EncoderError, match="encoding with Ray failed .*has another model of the name"):
        list(cluster.encode_steps([TEXTS[:2]]))


def test_a_cluster_that_is_not_there(model: Model) -> None:
    with (
        pytest.raises(EncoderError, match="no Ray cluster at '127.0.0.1:1' .*ray start --head"),
        building_encoder(model, ray="127.0.0.1:1"),
    ):
        pass


def processes(session: int) -> list[str]:
    """The processes of a session, but for those that have ended and are only listed."""
    listed = subprocess.run(["ps", "-eo", "sid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()]
    return [row[2] for row in rows if row[0] == str(session) and not row[1].startswith("Z")]


def test_the_command_builds_and_leaves_no_process(tmp_path: Path, model: Model) -> None:
    store = IndexStore(tmp_path / "index")
    where = ["--seeds", str(SEEDS), "--index", str(store.folder)]
    command = [sys.executable, "-m", "qa.cli", "build", "--ray", "local", *where]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert store.open(model.identity).passages
    until = time.monotonic() + 60
    while left := processes(process.pid):
        assert time.monotonic() < until, left
        time.sleep(0.1)
