"""Retrievers for LangChain, LlamaIndex and Haystack, in the frameworks themselves and without any language model."""

import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SEED, SEEDS, WordEncoder
from loops import run

import qa.adapters  # noqa: F401 - before Haystack, which else would tell its makers of every pipeline

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what other packages warn of when they are imported is theirs to mend
    from haystack import Document as HaystackDocument
    from haystack import Pipeline
    from haystack.components.builders import PromptBuilder
    from haystack.core.errors import DeserializationError, PipelineRuntimeError
    from langchain_core.documents import Document
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import ConfigurableField, RunnablePassthrough
    from llama_index.core import Response
    from llama_index.core.llms import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
    from llama_index.core.response_synthesizers.no_text import NoText
    from llama_index.core.schema import MetadataMode, NodeWithScore

from embeddings.build import build
from embeddings.errors import IndexMissing
from embeddings.store import IndexStore
from qa import live as live_module
from qa.adapters import haystack, langchain, llamaindex
from qa.assistant import Assistant
from qa.errors import FilterError, QuestionBlank
from qa.filters import Filters
from qa.live import Live
from qa.types import ScoredPassage

COURT = "court asset bank"
ORDERS = "哪些国家使用来历不明财富令？"
FOOTBALL = "who won the football world cup?"

Found = list[tuple[str, str, dict[str, Any]]]
"""An id, a text and metadata for each passage."""
Ask = Callable[..., Found]


def by_langchain(index: Any, query: str, **settings: Any) -> Found:
    documents = langchain.ParagraphRetriever(index=index, **settings).invoke(query)
    return [(str(each.id), each.page_content, each.metadata) for each in documents]


def by_llamaindex(index: Any, query: str, **settings: Any) -> Found:
    nodes = llamaindex.ParagraphRetriever(index, **settings).retrieve(query)
    return [(each.node_id, each.text, each.metadata) for each in nodes]


def by_haystack(index: Any, query: str, **settings: Any) -> Found:
    retriever = haystack.ParagraphRetriever(index, **settings)
    retriever.warm_up()
    return [(each.id, str(each.content), each.meta) for each in retriever.run(query)["documents"]]


every_framework = pytest.mark.parametrize("ask", [by_langchain, by_llamaindex, by_haystack])


@pytest.fixture
def index(seeds: Path, tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an index that is opened with the encoder of words."""
    build(seeds, IndexStore(tmp_path / "index"), words)
    monkeypatch.setattr(live_module, "find_model", lambda _name: words)
    monkeypatch.setattr(live_module, "load_encoder", lambda _model: words)
    return tmp_path / "index"


def given(hits: Sequence[ScoredPassage]) -> list[tuple[str, str]]:
    return [(hit.passage.passage_id, hit.text) for hit in hits]


@every_framework
def test_what_retrieve_gives_comes_in_its_order(ask: Ask, index: Path, words: WordEncoder) -> None:
    opened = Assistant(IndexStore(index).open(words.identity), words)
    expected = given(opened.retrieve(COURT, 2))
    assert expected[0] == ("report#1", "The court froze the asset. The judge agreed.")
    for source in (index, str(index), opened, Live(index)):
        assert [(name, text) for name, text, _ in ask(source, COURT, top_k=2)] == expected


@every_framework
def test_metadata_say_where_it_stands(ask: Ask, assistant: Assistant) -> None:
    hits = assistant.retrieve(ORDERS, 3)
    found = ask(assistant, ORDERS, top_k=3)
    source = (SEEDS / hits[0].document.source.path).read_text("utf-8")
    for (name, text, about), hit in zip(found, hits, strict=True):
        assert json.loads(json.dumps(about)) == about
        assert about["passage_id"] == name
        assert "text" not in about
        assert about["rank"] == hit.rank
        assert about["score"] == pytest.approx(hit.score, abs=1e-6)
        assert about["relevance"] == pytest.approx(hit.relevance, abs=1e-6)
        assert about["above_line"] == assistant.answers(hit)
        assert about["sentence"] in text
        marked = source[about["sentence_start"] : about["sentence_end"]]
        assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", about["sentence"])
    first = found[0][2]
    assert first["locator"] == "第7段"
    assert first["citation"] == f"增编, 第7段 ({SEED}.txt, 第130-132行; zh)"
    assert first["pin"].startswith("qa-pin:1:")
    assert {"title", "symbol", "source", "paragraph", "section", "language", "date"} <= set(first)


@every_framework
def test_only_what_counts_as_an_answer(ask: Ask, assistant: Assistant) -> None:
    everything = ask(assistant, FOOTBALL)
    assert len(everything) == 5
    assert not any(about["above_line"] for _, _, about in everything)
    assert ask(assistant, FOOTBALL, above_line=True) == []
    assert ask(assistant, ORDERS, above_line=True)[0][2]["paragraph"] == "7"


@every_framework
def test_filters_and_number(ask: Ask, index: Path) -> None:
    chosen: dict[str, Any] = {"documents": ["annex"]}
    for filters in (chosen,) if ask is by_haystack else (chosen, Filters(documents=("annex",))):
        assert [name for name, _, _ in ask(index, "police court", filters=filters)] == ["annex#1"]
    assert len(ask(index, "police court", top_k=1)) == 1
    with pytest.raises(FilterError, match="there is no language 'xx'"):
        ask(index, COURT, filters={"languages": ["xx"]})
    with pytest.raises(FilterError, match="no filters"):
        ask(index, COURT, filters={"language": ["zh"]})


@every_framework
def test_what_cannot_be_asked(ask: Ask, index: Path, tmp_path: Path) -> None:
    with pytest.raises(QuestionBlank, match="the question is blank"):
        ask(index, " ")
    with pytest.raises(ValueError, match="top_k must be at least 1, not 0"):
        ask(index, COURT, top_k=0)
    with pytest.raises(IndexMissing, match="no index at"):
        ask(tmp_path / "nowhere", COURT)


@every_framework
def test_a_rebuilt_index_is_followed_and_ids_stay(
    ask: Ask, index: Path, seeds: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "_LOOK_EVERY", 0.0)
    live = Live(index)
    before = ask(live, COURT, top_k=9)
    (seeds / "new.txt").write_text("1. The police and the bank.")
    build(seeds, IndexStore(index), words)
    live.refresh()
    after = ask(live, COURT, top_k=9)
    assert [name for name, _, _ in after if name != "new#1"] == [name for name, _, _ in before]
    assert len(after) == len(before) + 1


def numbered(documents: list[Document]) -> str:
    return "\n".join(f"[{each.metadata['rank']}] {each.page_content}" for each in documents)


def test_a_chain_of_langchain(index: Path) -> None:
    retriever = langchain.ParagraphRetriever(index=index, top_k=1)
    prompt = ChatPromptTemplate.from_template("{sources}\n{question}")
    chain = {"sources": retriever | numbered, "question": RunnablePassthrough()} | prompt
    expected = "Human: [1] The court froze the asset. The judge agreed.\ncourt asset bank"
    assert chain.invoke(COURT).to_string() == expected
    assert [each.to_string() for each in chain.batch([COURT, COURT])] == [expected, expected]
    assert run(chain.ainvoke(COURT)).to_string() == expected


def test_langchain_changes_settings_for_one_call(index: Path) -> None:
    retriever = langchain.ParagraphRetriever(index=index, top_k=1).configurable_fields(
        top_k=ConfigurableField("top_k"), filters=ConfigurableField("filters")
    )
    assert len(retriever.invoke("police court")) == 1
    assert len(retriever.invoke("police court", {"configurable": {"top_k": 3}})) == 3
    chosen = retriever.invoke("police court", {"configurable": {"filters": {"documents": ["annex"]}}})
    assert [each.id for each in chosen] == ["annex#1"]


def test_langchain_refuses_settings_that_it_does_not_have(index: Path) -> None:
    with pytest.raises(ValueError, match="k\n  Extra inputs are not permitted"):
        langchain.ParagraphRetriever(index=index, k=3)


def test_query_engines_of_llamaindex(index: Path) -> None:
    retriever = llamaindex.ParagraphRetriever(index, top_k=2)
    engine = RetrieverQueryEngine(retriever, NoText(llm=MockLLM()))
    nodes = engine.query(COURT).source_nodes
    assert [each.node_id for each in nodes] == ["report#1", "report#2"]
    assert [each.node_id for each in run(retriever.aretrieve(COURT))] == ["report#1", "report#2"]
    assert nodes[0].score is not None
    assert nodes[1].score is not None
    assert nodes[0].score > nodes[1].score
    citing = CitationQueryEngine(retriever, llm=MockLLM())
    answer = citing.query(COURT)
    assert isinstance(answer, Response)
    assert "Source 1:\nThe court froze the asset." in str(answer.response)
    assert answer.source_nodes[0].metadata["passage_id"] == "report#1"


def test_a_language_model_is_shown_the_citation_and_nothing_else_of_the_metadata(index: Path) -> None:
    node: NodeWithScore = llamaindex.ParagraphRetriever(index).retrieve(COURT)[0]
    assert node.get_content(MetadataMode.LLM) == (
        "citation: Report, para. 1 (report.txt, line 5; en)\n\nThe court froze the asset. The judge agreed."
    )
    assert node.get_content(MetadataMode.EMBED) == node.text


TEMPLATE = "{% for each in documents %}[{{ each.meta.rank }}] {{ each.content }}\n{% endfor %}{{ question }}"


def pipeline(retriever: Any) -> Pipeline:
    made = Pipeline()
    made.add_component("retriever", retriever)
    made.add_component("prompt", PromptBuilder(TEMPLATE))
    made.connect("retriever.documents", "prompt.documents")
    return made


def test_a_pipeline_of_haystack(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where a pipeline that fails makes a folder
    made = pipeline(haystack.ParagraphRetriever(str(index), top_k=1))
    data = {"retriever": {"query": COURT}, "prompt": {"question": "?"}}
    expected = {"prompt": {"prompt": "[1] The court froze the asset. The judge agreed.\n?"}}
    assert made.run(data) == expected
    assert run(made.run_async(data)) == expected
    other = {"retriever": {"query": COURT, "top_k": 3, "filters": {"documents": ["annex"]}}, "prompt": {"question": ""}}
    assert made.run(other) == {"prompt": {"prompt": "[1] Training for police. A new law came.\n"}}
    with pytest.raises(PipelineRuntimeError, match="the question is blank"):
        made.run({"retriever": {"query": ""}, "prompt": {"question": ""}})


def test_a_pipeline_is_saved_and_loaded(index: Path) -> None:
    settings: dict[str, Any] = {"top_k": 1, "filters": {"documents": ["report"]}, "above_line": True}
    made = pipeline(haystack.ParagraphRetriever(str(index), **settings))
    saved = made.dumps()
    with pytest.raises(DeserializationError, match="qa.adapters.haystack"):
        Pipeline.loads(saved)
    again = Pipeline.loads(saved, allowed_modules=["qa.adapters.haystack"])
    assert again.dumps() == saved
    retriever: Any = again.get_component("retriever")
    assert (retriever.index, retriever.top_k, retriever.filters, retriever.above_line) == (
        str(index), 1, {"documents": ["report"]}, True,
    )  # fmt: skip
    data = {"retriever": {"query": COURT}, "prompt": {"question": ""}}
    assert again.run(data) == made.run(data)


def test_documents_of_haystack_come_back_from_json(index: Path) -> None:
    document = haystack.ParagraphRetriever(index).run(COURT)["documents"][0]
    assert HaystackDocument.from_dict(json.loads(json.dumps(document.to_dict(flatten=False)))) == document


def test_importing_the_adapters_tells_nobody(tmp_path: Path) -> None:
    """Haystack alone writes down who its user is when it is imported, and connects when a pipeline runs."""
    program = (
        "import socket, sys\n"
        "def refuse(*_arguments): sys.exit('it connects')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import qa.adapters.haystack, qa.adapters.langchain, qa.adapters.llamaindex\n"
        "from haystack.telemetry import _telemetry\n"
        "assert _telemetry.telemetry is None\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120, env=environment, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
