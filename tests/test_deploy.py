"""The files in `deploy/`: they fit the program, each other and their own rules, and what they assume is so."""

import configparser
import json
import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from argparse import Namespace
from importlib.metadata import Distribution, PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, SEEDS
from live import WITHIN
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from embeddings.cache import cache_folder
from qa import cli
from qa.about import PROGRAM, about
from qa.assistant import Assistant
from qa.errors import ServeError
from qa.exports import export
from qa.records import Options, record
from qa.serve_commands import settings_of
from qa.version import VERSION
from qa.web.health import ALIVE
from qa.web.settings import Settings

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PINNED = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
)  # fmt: skip


def parsed(command: list[str]) -> Namespace:
    """A command as the program understands it; whatever it does not know ends the test."""
    return cli._parser(command[0]).parse_args(command)


def instructions(text: str = DOCKERFILE) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile, with what follows it on its lines."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    return [(found[1], found[2]) for found in re.finditer(r"(?m)^([A-Z]+)\s+(.*)$", joined)]


def of(name: str) -> list[str]:
    return [rest for each, rest in instructions() if each == name]


# --- The image ---


def test_the_image_runs_as_somebody_without_rights() -> None:
    assert of("USER") == ["10001:10001"]
    assert instructions()[-1][0] == "CMD"
    assert of("STOPSIGNAL") == ["SIGTERM"]
    assert not of("ADD")
    assert json.loads(of("ENTRYPOINT")[0]) == ["qa"]
    (health,) = of("HEALTHCHECK")
    assert json.loads(health[health.index("[") :])[0] == "python"
    assert f":7860{ALIVE}'" in health
    # What Debian 12's podman, buildah and Docker know; another ends the build.
    assert set(re.findall(r"--([\w-]+)=", health)) <= {"interval", "timeout", "start-period", "retries"}


def test_what_is_copied_into_the_image_is_not_kept_out() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = {word for rest in of("COPY") if not rest.startswith("--from") for word in rest.split()[:-1]}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_does_not_serve_everybody_by_itself() -> None:
    command = json.loads(of("CMD")[0])
    with pytest.raises(ServeError, match="--without-login"):
        settings_of(parsed(command))
    assert settings_of(parsed([*command, "--without-login"])).host == "0.0.0.0"


# --- Compose ---


def merged(*names: str) -> dict[str, Any]:
    """Compose files one over the other, as far as these need it: maps are merged, all else is replaced."""

    def over(lower: Any, upper: Any) -> Any:
        if isinstance(lower, dict) and isinstance(upper, dict):
            return {key: over(lower.get(key), upper.get(key, lower.get(key))) for key in {**lower, **upper}}
        return upper

    whole: dict[str, Any] = {}
    for name in names:
        whole = over(whole, yaml.safe_load((DEPLOY / name).read_text("utf-8")))
    return whole


@pytest.mark.parametrize("names", [("compose.yaml",), ("compose.yaml", "compose.milvus.yaml")], ids="+".join)
def test_compose_files_fit_the_program_and_each_other(names: tuple[str, ...]) -> None:
    whole = merged(*names)
    services = whole["services"]
    for name in ("index", "page"):
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {"mem_limit", "pids_limit", "tmpfs", "init"} <= set(service)
        parsed(service["command"])
    settings = settings_of(parsed(services["page"]["command"]))
    assert settings.host == "0.0.0.0"
    assert f"127.0.0.1:{settings.port}:{settings.port}" in services["page"]["ports"]
    assert f":{settings.port}{ALIVE}" in services["page"]["healthcheck"]["test"][-1]
    assert "start_interval" not in services["page"]["healthcheck"]  # refused where Docker is older than 25
    assert services["index"]["build"] == services["page"]["build"]  # one image
    dockerfile = services["page"]["build"]
    assert (DEPLOY / dockerfile["context"] / dockerfile["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    for name, service in services.items():
        assert set(service["networks"]) <= set(whole["networks"])
        assert name == "page" or service["networks"] == ["inside"]
        assert name == "page" or "ports" not in service
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service["volumes"]:
            source = volume.rsplit(":", 2 if volume.endswith(":ro") else 1)[0]
            assert source in whole["volumes"] or source == "${SEEDS:-../seeds}"
        if "build" not in service:
            assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", service["image"])  # of a version
    assert whole["networks"]["inside"] == {"internal": True}


def test_with_milvus_the_index_is_kept_there() -> None:
    services = merged("compose.yaml", "compose.milvus.yaml")["services"]
    assert parsed(services["index"]["command"]).store == "milvus"
    for name in ("index", "page"):
        assert services[name]["environment"]["QA_URI"] == "http://milvus:19530"
    assert services["index"]["build"]["args"]["EXTRAS"].strip("[]") in PROJECT["optional-dependencies"]


# --- systemd ---


def unit() -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((DEPLOY / "paragraph-qa.service").read_text("utf-8"))
    return read


def test_the_unit_fits_the_program(tmp_path: Path) -> None:
    build, serve = (shlex.split(unit()["Service"][name]) for name in ("ExecStartPre", "ExecStart"))
    assert build[0] == serve[0] == "/opt/paragraph-qa/bin/qa"
    parsed(build[1:])
    (tmp_path / "logins").write_text("")
    settings = settings_of(parsed([word.replace("/etc/paragraph-qa", str(tmp_path)) for word in serve[1:]]))
    assert settings.behind_proxy
    assert settings.logins
    assert settings.host == "127.0.0.1"
    assert f"server_name {settings.allowed_hosts[0]};" in (DEPLOY / "nginx.conf").read_text("utf-8")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze, which comes with systemd")
def test_systemd_understands_the_unit_and_finds_it_closed(tmp_path: Path) -> None:
    text = (DEPLOY / "paragraph-qa.service").read_text("utf-8").replace("/opt/paragraph-qa/bin/qa", "/bin/true")
    path = tmp_path / "paragraph-qa.service"
    path.write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )
    own = [line for line in verified.stderr.splitlines() if "paragraph-qa.service" in line]
    assert not own, own
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(path)],
        capture_output=True, text=True, check=False, timeout=WITHIN,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout


# --- The Space ---


def test_the_space_has_the_versions_that_are_tested() -> None:
    front = yaml.safe_load((DEPLOY / "space" / "README.md").read_text("utf-8").split("---\n")[1])
    assert front["sdk"] == "gradio"
    assert front["sdk_version"] == PINNED["gradio"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(front["python_version"])
    assert (DEPLOY / "space" / front["app_file"]).exists()
    assert front["license"] == PROJECT["license"].lower()
    assert len(front["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {front["colorFrom"], front["colorTo"]} <= colours


def test_the_space_installs_what_the_program_needs() -> None:
    lines = (DEPLOY / "space" / "requirements.txt").read_text("utf-8").splitlines()
    listed = dict(line.split("==") for line in lines if "==" in line)
    needed = {canonicalize_name(Requirement(line).name): Requirement(line) for line in PROJECT["dependencies"]}
    assert set(listed) == set(needed) - {"gradio"}
    for name, listed_version in listed.items():
        assert needed[name].specifier.contains(listed_version), name
        beside = wanted_by_gradio(name)
        assert beside.contains(listed_version), f"a Space's gradio wants {name}{beside}"
        pinned = PINNED.get(name, listed_version)
        assert listed_version == pinned or not beside.contains(pinned), name


def wanted_by_gradio(name: str) -> SpecifierSet:
    """The versions of a package that gradio takes with the two extras that a Space always installs it with."""
    extras = [{"extra": extra} for extra in ("", "mcp", "oauth")]
    wanted = [Requirement(line) for line in requires("gradio") or []]
    return SpecifierSet(
        ",".join(
            str(each.specifier)
            for each in wanted
            if canonicalize_name(each.name) == name
            and each.specifier
            and (each.marker is None or any(each.marker.evaluate(extra) for extra in extras))
        )
    )


def test_a_space_runs_the_program_from_its_folder(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    assert version(PROGRAM) == VERSION
    found = Distribution.from_name

    def from_name(name: str) -> Distribution:
        if name == PROGRAM:
            raise PackageNotFoundError(name)
        return found(name)

    monkeypatch.setattr(Distribution, "from_name", from_name)
    options = Options(top_k=1)
    assert record(assistant.ask("training", **options.arguments()), assistant, options)["program"] == VERSION
    assert (PROGRAM, VERSION) in about(assistant.index, assistant.encoder).versions
    assert VERSION in export((), "markdown", "en").data.decode()


def test_the_space_serves_everybody_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Settings] = []
    monkeypatch.setattr(cli, "main", lambda command: started.append(settings_of(parsed(command))) or 0)
    monkeypatch.setenv("SPACE_HOST", "somebody-documents.hf.space")
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(DEPLOY / "space" / "app.py"), run_name="__main__")
    assert ended.value.code == 0
    (settings,) = started
    assert (settings.host, settings.port, settings.without_login) == ("0.0.0.0", 7860, True)
    assert settings.allowed_hosts == ("somebody-documents.hf.space",)
    assert settings.framed_by == ("https://huggingface.co",)
    assert settings.uploads == "off"


# --- What a container is, as far as it can be had without one ---

CONTAINER = """
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=1777 tmpfs {tmp}
mount --bind {data} {data}
mount --bind {cache} {cache}
mount -o remount,bind,ro {cache}
mount -o remount,bind,ro /
ip link set lo up 2>/dev/null || true
exec unshare --user --map-user=10001 --map-group=10001 -- env HOME=/nonexistent TMPDIR={tmp} {command}
"""
"""Root read-only, one folder and a temporary one that can be written, no network, a user that is nobody."""


def can_be_apart() -> bool:
    if not (hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("unshare")):
        return False
    tried = ["unshare", "--mount", "--net", "--", "unshare", "--user", "--map-user=10001", "--", "true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not can_be_apart(), reason="needs root, unshare and the right to make namespaces, which not every machine gives"
)
def test_the_page_runs_where_nearly_nothing_can_be_written(assistant: Assistant, tmp_path: Path) -> None:
    assistant.ask("training")  # so that everything is in the cache that is prepared once
    data, tmp = tmp_path / "data", tmp_path / "tmp"
    data.mkdir()
    tmp.mkdir()
    served = [
        *(sys.executable, "-B", "-m", "qa.cli", "serve", "--host", "0.0.0.0", "--without-login"),
        *("--seeds", str(SEEDS), "--index", str(data / "index"), "--data", str(data / "visitors")),
        *("--log-format", "json", "--log-requests"),
    ]
    script = CONTAINER.format(tmp=tmp, data=data, cache=cache_folder(), command=shlex.join(served))
    log = (tmp_path / "log").open("w")
    environment = {**os.environ, "QA_CACHE": str(cache_folder()), "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(
        ["unshare", "--mount", "--net", "--", "sh", "-c", script], cwd=ROOT, stdout=log, stderr=log, env=environment
    )
    try:
        deadline = time.monotonic() + 300
        while inside(process, "readyz") != "ok":
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.5)
        assert inside(process, "healthz") == "ok"
        assert "qa-chat" in inside(process, "")
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert re.search(r"CapEff:\s+0+\n", status)
        assert sorted(path.name for path in data.iterdir()) == ["index", "visitors"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
    finally:
        process.kill()
        process.wait()
        log.close()
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert "Read-only file system" not in said


def inside(process: "subprocess.Popen[bytes]", path: str) -> str:
    """What the server answers, asked from within its network; empty where it does not."""
    asked = subprocess.run(
        ["nsenter", "--target", str(process.pid), "--net", sys.executable, "-c", READS, path],
        capture_output=True, text=True, check=False, timeout=WITHIN,
    )  # fmt: skip
    return asked.stdout


READS = """
import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:7860/" + sys.argv[1], timeout=30).read().decode(), end="")
"""
