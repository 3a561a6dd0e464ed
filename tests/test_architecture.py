"""One direction of imports, and each heavy library behind one door."""

import ast
from pathlib import Path

import pytest
from conftest import ROOT

FILES = sorted([*ROOT.glob("embeddings/**/*.py"), *ROOT.glob("qa/**/*.py"), ROOT / "app.py"])

DOORS = {  # a library, and the only places that may import it
    "gradio": ("qa/web/",),
    "faiss": ("embeddings/index/dense.py",),
    "onnxruntime": ("embeddings/runtime.py",),
    "ray": ("embeddings/ray_encoder.py",),
    "sentence_transformers": (
        "embeddings/torch_runtime.py",
        "embeddings/device_pool.py",
        "embeddings/torch_pairs.py",
    ),
    "torch": ("embeddings/torch_runtime.py", "embeddings/device_pool.py", "embeddings/torch_pairs.py"),
    "prometheus_client": ("qa/web/metrics.py",),
    "uvicorn": ("qa/web/server.py", "qa/web/connections.py"),
    "docx": ("qa/exports/",),
    "chardet": ("embeddings/documents/charset.py",),
    "lxml": ("embeddings/documents/xml.py", "embeddings/documents/html/__init__.py"),
    "markdown_it": ("embeddings/documents/markdown/__init__.py", "qa/writing/plain.py"),
    "httpx": ("qa/writing/endpoint.py",),
    "pypdfium2": ("embeddings/documents/pdf/__init__.py",),
    "sentencex": ("embeddings/sentences.py",),
    "py3langid": ("embeddings/language.py", "embeddings/language_model.py"),
    "bm25s": ("embeddings/index/lexical.py",),
    "babel": ("embeddings/concepts.py", "embeddings/metadata.py", "qa/strings/"),
    "opencc": ("embeddings/words.py",),
    "snowballstemmer": ("embeddings/words.py",),
    "ir_measures": ("qa/evaluation.py",),
    "pymilvus": ("embeddings/milvus/engine.py",),
    "grpc": ("embeddings/milvus/engine.py",),
    "cachetools": ("embeddings/milvus/tokens.py",),
    "mteb": ("qa/mteb_search.py",),
    "langchain_core": ("qa/adapters/langchain.py",),
    "llama_index": ("qa/adapters/llamaindex.py",),
    "haystack": ("qa/adapters/haystack.py",),
    "mcp": ("qa/mcp_server.py",),
}
BANNED_BUILTINS = {"eval", "exec"}  # a model has a method `eval`, which runs nothing
BANNED_METHODS = {"write_index"}  # of faiss: overwrites in place
BANNED_MODULES = {"pickle", "joblib", "shelve", "marshal"}


def imported(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            modules.add(node.module or "")
    return modules


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_files_are_found() -> None:
    assert {"embeddings/build.py", "qa/web/page.py", "app.py"} <= set(map(relative, FILES))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_imports_go_one_way(path: Path) -> None:
    for module in imported(path):
        top = module.split(".")[0]
        if relative(path).startswith("embeddings/"):
            assert top not in {"qa", "app"}, f"embeddings must not know {module}"
        if relative(path).startswith("qa/"):
            assert top != "app"
            if not relative(path).startswith("qa/web/") and not relative(path).endswith(
                ("cli.py", "serve_commands.py")
            ):
                assert not module.startswith("qa.web"), "only the command line opens the page"
        for library, doors in DOORS.items():
            if top == library:
                assert relative(path).startswith(doors), f"{library} belongs into {doors}"


@pytest.mark.parametrize("framework", ["langchain", "llamaindex", "haystack"])
def test_adapters_hold_nothing_but_the_adapting(framework: str) -> None:
    assert len((ROOT / "qa" / "adapters" / f"{framework}.py").read_text("utf-8").splitlines()) < 40


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_nothing_that_runs_data(path: Path) -> None:
    assert not imported(path) & BANNED_MODULES
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") not in BANNED_BUILTINS
            assert getattr(node.func, "attr", "") not in BANNED_METHODS
            for keyword in node.keywords:
                if keyword.arg in {"allow_pickle", "trust_remote_code", "shell"}:
                    assert isinstance(keyword.value, ast.Constant)
                    assert keyword.value.value is False
