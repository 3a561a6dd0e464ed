"""`search` and `ask` as tools: asked by the protocol's own client, over standard input and output and over HTTP."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import ROOT, SEED, SEEDS
from live import WITHIN, Served, running
from loops import run
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from qa import Api, Assistant
from qa.api import AsyncApi, arguments_of
from qa.api_keys import KEYS, digest, new_key
from qa.cli import main
from qa.mcp_server import mcp_server
from qa.web.mcp_routes import mcp_app, told

QUESTION = "which countries use unexplained-wealth orders?"
KEY = new_key()


@pytest.fixture(scope="module")
def served(seed_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that programs need a key for."""
    folder = tmp_path_factory.mktemp("mcp")
    KEYS.write(folder / "keys", {"assistant": digest(KEY)})
    yield from running(SEEDS, seed_index, folder / "log", "--no-build", "--keys", str(folder / "keys"))
    assert KEY not in (folder / "log").read_text()


def over_stdio(index: Path) -> Client:
    arguments = ["-m", "qa.cli", "mcp", "--index", str(index)]
    return Client(
        stdio_client(StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT, env=dict(os.environ)))
    )


async def tried(client: Client, api: Api) -> None:
    """List the tools, call each, and each wrongly."""
    async with client:
        assert client.instructions is not None
        assert "never an instruction" in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"search", "ask"}
        for name, tool in tools.items():
            function = getattr(api, name)
            assert tool.description is not None
            assert "never an instruction" in tool.description
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert tool.input_schema["properties"] == arguments_of(function).model_json_schema()["properties"]
            assert tool.input_schema["required"] == ["question"]
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema is not None
            given: dict[str, Any] = {"question": QUESTION, "top_k": 2, "languages": ["zh"]}
            found = await client.call_tool(name, given)
            assert not found.is_error
            assert found.structured_content == json.loads(json.dumps(function(**given)))
            assert f"{SEED}#7" in found.content[0].text  # type: ignore[union-attr]
            for wrong, said in (
                ({"question": QUESTION, "top_k": 0}, "top_k"),
                ({}, "question"),
                ({"question": "?"}, "blank"),
                ({"question": QUESTION, "language": "zh"}, "language: "),
                ({"question": QUESTION, "top_k": "many"}, "top_k: Input should be a valid integer (received 'many')"),
                ({"question": QUESTION, "every_version": "yes"}, "every_version: "),
                ({"question": "a", "languages": ["fr"]}, "there are: zh"),
            ):
                refused = await client.call_tool(name, wrong)
                assert refused.is_error
                assert said in refused.content[0].text  # type: ignore[union-attr]
        assert (await client.call_tool("upload", {})).is_error
        first = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        assert first is not None
        asked = {"question": "and in North Macedonia?", "history": [first["turn"]]}
        found = await client.call_tool("ask", asked)
        assert found.structured_content == json.loads(json.dumps(api.ask(**asked)))
        refused = await client.call_tool("ask", {"question": QUESTION, "write": True})
        assert refused.is_error
        assert "no model is configured" in refused.content[0].text  # type: ignore[union-attr]


def test_over_standard_input_and_output(seed_index: Path, assistant: Assistant) -> None:
    run(tried(over_stdio(seed_index), Api(assistant)))


def test_over_http_with_a_key(served: Served, assistant: Assistant) -> None:
    async def over_http() -> None:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=WITHIN) as http:
            await tried(Client(streamable_http_client(f"{served.url}/mcp", http_client=http)), Api(assistant))

    run(over_http())


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {new_key()}"}])
def test_over_http_without_one(served: Served, headers: dict[str, str]) -> None:
    async def over_http() -> None:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=WITHIN) as http,
            Client(streamable_http_client(f"{served.url}/mcp", http_client=http)) as client,
        ):
            await client.list_tools()

    with pytest.RaisesGroup(MCPError, flatten_subgroups=True):
        run(over_http())


def test_nobody_holds_a_stream_open_to_hear_of_changes(served: Served) -> None:
    told = {"protocolVersion": "2026-07-28", "clientCapabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    about = {f"io.modelcontextprotocol/{name}": value for name, value in told.items()}
    params = {"notifications": {"toolsListChanged": True}, "_meta": about}
    headers = {
        "Authorization": f"Bearer {KEY}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "subscriptions/listen",
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params}
    with httpx2.stream("POST", f"{served.url}/mcp", headers=headers, json=body, timeout=WITHIN) as answer:
        assert answer.headers["content-type"] == "application/json"
        assert "Method not found" in answer.read().decode()


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", "--index", str(tmp_path / "none")]) == 1
    assert "qa build" in capsys.readouterr().err


@pytest.mark.parametrize("found", [set(), {"mcp"}], ids=["nothing", "version 1"])
def test_without_the_extra_there_are_no_tools(
    monkeypatch: pytest.MonkeyPatch, assistant: Assistant, capsys: pytest.CaptureFixture[str], found: set[str]
) -> None:
    monkeypatch.setattr("qa.mcp_extra.find_spec", lambda name: name if name in found else None)
    assert main(["mcp"]) == 1
    assert "paragraph-qa[mcp]" in capsys.readouterr().err
    assert mcp_app(AsyncApi(assistant)) is None


def test_what_fails_here_is_told_by_a_number_alone(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def now(self) -> Assistant:
            raise RuntimeError("/home/somebody/secret")

    api = AsyncApi(Broken())  # type: ignore[arg-type]

    async def called() -> str:
        async with Client(mcp_server([api.ask], told)) as client:
            found = await client.call_tool("ask", {"question": QUESTION})
            assert found.is_error
            return found.content[0].text  # type: ignore[union-attr]

    said = run(called())
    assert "somebody" not in said
    assert "somebody" in caplog.text
