"""`scripts/make_calibration.py`: run whole on a little of the set of `qa models check`, and what it writes is used."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from embeddings.encoder import ModelEncoder
from qa import relevance
from qa.evaluation import index_records, read_jsonl, read_qrels
from qa.model_check import SET
from qa.query import make_query
from qa.relevance import Calibration, Line
from qa.retriever import Retriever
from scripts import make_calibration

ARTICLES = [f"art{number:02}" for number in range(3, 11)]


def write(folder: Path, **files: Iterable[Mapping[str, Any]]) -> None:
    folder.mkdir(parents=True)
    for name, records in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Judged sets as the script takes them, with the beginning of each right passage for its answer."""
    folder = tmp_path_factory.mktemp("train")
    passages, queries, qrels = (
        read_jsonl(SET / "passages.jsonl"),
        read_jsonl(SET / "queries.jsonl"),
        read_qrels(SET / "qrels.tsv"),
    )
    declared = [
        {**each, "group": group}
        for each in passages
        for kind, _, group in (each["id"].partition(":"),)
        if kind.startswith("udhr-") and each["lang"] in ("en", "fr", "zh") and group in ARTICLES
    ]
    write(folder / "un_udhr", passages=declared)
    for name, begins in (("cmrc2018_dev", "udhr-zh"), ("piaf", "piaf"), ("arcd", "arcd")):
        own = {each["id"]: each for each in passages if each["id"].startswith(begins)}
        asked = [
            {**query, "source_pid": right, "answers": [own[right]["text"][:12]]}
            for query in queries
            if query["id"].startswith(begins)
            for right in qrels[query["id"]]
            if right in own
        ]
        write(folder / name, passages=own.values(), queries=asked)
        judged = "".join(f"{query['id']}\t{query['source_pid']}\t1\n" for query in asked)
        (folder / name / "qrels.tsv").write_text(judged, "utf-8")
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", ["make_calibration", *map(str, arguments)])
    make_calibration.main()


def test_what_it_writes_is_used(
    train: Path, tmp_path: Path, encoder: ModelEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "calibration.json"
    run(monkeypatch, train, "--out", file)
    monkeypatch.setattr(relevance, "FILE", file)  # in place of the one that ships
    made = Calibration.for_encoder(encoder.identity)
    assert made is not None
    assert set(made.attainable) == {"en", "fr", "zh"}
    assert all(by[language] == max(by.values()) > made.usual for language, by in made.attainable.items())
    assert made.slope > 0
    assert 0 < made.line.relevance < 1
    index = index_records(read_jsonl(train / "piaf" / "passages.jsonl"), encoder)
    for query in read_jsonl(train / "piaf" / "queries.jsonl")[:3]:
        first, *_, last = Retriever(index, encoder).retrieve(make_query(query["text"]), 10)
        assert first.relevance is not None
        assert last.relevance is not None
        assert first.relevance > last.relevance


def test_what_ships_is_not_written_over_by_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = relevance.FILE.read_bytes()
    for arguments, said in (
        (["--model", "another"], "name the file for another one with --out FILE"),
        (["--model", "another", "--out", tmp_path / "missing" / "file"], "there is no folder"),
    ):
        with pytest.raises(SystemExit):
            run(monkeypatch, tmp_path, *arguments)
        assert said in capsys.readouterr().err
    assert relevance.FILE.read_bytes() == before


def test_languages_that_a_model_does_not_know() -> None:
    """A share between what is usual and what a translation gets would be a division by nothing."""
    attainable = {"en": {"en": 0.9, "zh": 0.55}, "fr": {"en": 0.7}}
    marks = Calibration(0.5, attainable, 0.9, 0.6, (0, 0), (0, 0), 1, 0, Line(0, 0, 0, 0))
    assert make_calibration.unknown_pairs(marks) == ["en-zh"]
