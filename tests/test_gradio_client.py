"""`search` and `ask` by way of Gradio's client for programs, through the guard."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import SEED, SEEDS
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError
from live import Served, opened, running

from qa import Api, Assistant
from qa.api_keys import KEYS, digest, new_key

QUESTION = "which countries use unexplained-wealth orders?"
KEY = new_key()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("gradio")
    KEYS.write(made / "keys", {"reports": digest(KEY)})
    return made


@pytest.fixture(scope="module")
def served(seed_index: Path, folder: Path) -> Iterator[Served]:
    yield from running(SEEDS, seed_index, folder / "log", "--no-build")


@pytest.fixture(scope="module")
def keyed(seed_index: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that programs need a key for."""
    log = tmp_path_factory.mktemp("keyed") / "log"
    yield from running(SEEDS, seed_index, log, "--no-build", "--keys", str(folder / "keys"))


def tried(client: Client, api: Api) -> None:
    for name in ("search", "ask"):
        function, at = getattr(api, name), f"/{name}"
        told = json.loads(json.dumps(function(QUESTION)))
        assert client.predict(QUESTION, api_name=at) == told
        given = {"question": QUESTION, "top_k": 2, "documents": [SEED], "languages": ["zh"]}
        assert client.predict(**given, api_name=at) == json.loads(json.dumps(function(**given)))
        for wrong, said in (({"top_k": 0}, "top_k: "), ({"languages": ["fr"]}, "there are: zh")):
            with pytest.raises(AppError, match=said):
                client.predict(question=QUESTION, **wrong, api_name=at)


def test_a_follow_up(served: Served, assistant: Assistant) -> None:
    client = opened(served)
    first = client.predict(QUESTION, api_name="/ask")
    asked = {"question": "and in North Macedonia?", "history": [first["turn"]]}
    assert client.predict(**asked, api_name="/ask") == json.loads(json.dumps(Api(assistant).ask(**asked)))
    with pytest.raises(AppError, match="no model is configured"):
        client.predict(QUESTION, write=True, api_name="/ask")
    with pytest.raises(AppError, match="history"):
        client.predict(QUESTION, history=["a question"], api_name="/ask")


def test_both_functions_give_what_python_gives(served: Served, assistant: Assistant) -> None:
    client = opened(served)
    tried(client, Api(assistant))
    offered = client.view_api(return_format="dict", print_info=False)
    assert isinstance(offered, dict)
    assert set(offered["named_endpoints"]) == {"/search", "/ask"}
    parameters = {each["parameter_name"]: each for each in offered["named_endpoints"]["/ask"]["parameters"]}
    assert parameters["top_k"]["parameter_default"] == 5
    assert parameters["top_k"]["type"] == {"type": "integer"}
    assert not parameters["question"]["parameter_has_default"]


def test_several_at_once(served: Served) -> None:
    client = opened(served)
    jobs = [client.submit(QUESTION, api_name="/search") for _ in range(6)]
    assert {job.result()["passages"][0]["passage_id"] for job in jobs} == {f"{SEED}#7"}


def test_with_a_key(keyed: Served, assistant: Assistant) -> None:
    tried(opened(keyed, Authorization=f"Bearer {KEY}"), Api(assistant))
    assert KEY not in keyed.log.read_text()


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {new_key()}"}])
def test_without_one(keyed: Served, headers: dict[str, str]) -> None:
    with pytest.raises(AuthenticationError):
        opened(keyed, **headers)


def test_the_pages_own_function_is_not_for_programs(keyed: Served) -> None:
    client = opened(keyed, Authorization=f"Bearer {KEY}")
    body = {"fn_index": 0, "data": ["{}"], "session_hash": "a"}
    answer = httpx.post(
        f"{keyed.url}/gradio_api/queue/join", json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=60
    )
    assert answer.status_code == 404
    with pytest.raises(ValueError, match="fn_index|index"):
        client.predict("{}", fn_index=0)
