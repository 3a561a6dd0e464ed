"""Language versions and amendments: linked by number, doubted by vectors."""

from pathlib import Path

import pytest
from conftest import WordEncoder

from embeddings.build import Report, build
from embeddings.contents import Index
from embeddings.encoder import ModelEncoder
from embeddings.store import IndexStore
from embeddings.types import Passage
from qa.assistant import Assistant
from qa.output import as_json, as_text
from tests.corpus import declaration, good, write


def built(folder: Path, encoder: WordEncoder, files: dict[str, str]) -> tuple[Report, Index]:
    seeds, store = folder / "seeds", IndexStore(folder / "index")
    seeds.mkdir(exist_ok=True)
    for name, text in files.items():
        (seeds / name).write_text(text)
    return build(seeds, store, encoder), store.open(encoder.identity)


def versions(index: Index) -> dict[str, list[tuple[str, bool]]]:
    return {
        passage.passage_id: [(version.passage_id, version.doubtful) for version in passage.versions]
        for passage in index.passages
    }


ENGLISH = "A/75/1\n\nThe report\n\n1. The court and the judge.\n\n2. The money and the bank.\n\n3. Police training.\n"
RUSSIAN = "A/75/1\n\nДоклад\n\n1. Суд (court judge) и так далее.\n\n2. Банк (money bank) и так далее.\n\n4. Прочее.\n"


def test_paragraphs_are_linked_by_their_numbers(tmp_path: Path, words: WordEncoder) -> None:
    _, index = built(tmp_path, words, {"en.txt": ENGLISH, "ru.txt": RUSSIAN})
    assert versions(index) == {
        "en#1": [("ru#1", False)],
        "en#2": [("ru#2", False)],
        "en#3": [],
        "ru#1": [("en#1", False)],
        "ru#2": [("en#2", False)],
        "ru#4": [],
    }


def test_a_wrong_link_shows_by_its_vectors(tmp_path: Path, words: WordEncoder) -> None:
    shifted = RUSSIAN.replace("court judge", "?").replace("money bank", "court judge").replace("?", "money bank")
    report, index = built(tmp_path, words, {"en.txt": ENGLISH, "ru.txt": shifted})
    assert versions(index)["en#1"] == [("ru#1", True)]
    assert {(doubt.passage_id, doubt.version_id) for doubt in report.doubts} >= {("en#1", "ru#1"), ("en#2", "ru#2")}


def test_versions_named_in_a_file_beside_them(tmp_path: Path, words: WordEncoder) -> None:
    _, index = built(
        tmp_path,
        words,
        {
            "en.txt": "1. The court met here.",
            "fr.txt": "1. Le tribunal (court) se réunit ici, dans la ville.",
            "en.meta.toml": 'version_of = "x"\nlanguage = "en"',
            "fr.meta.toml": 'version_of = "x"\nlanguage = "fr"',
        },
    )
    assert versions(index) == {"en#1": [("fr#1", False)], "fr#1": [("en#1", False)]}


def test_paragraphs_without_numbers_are_linked_only_where_both_have_as_many(tmp_path: Path, words: WordEncoder) -> None:
    english, russian = "A/1/1\n\nThe court met. \n\nThe bank met too.\n", "A/1/1\n\nСуд (court).\n\nБанк (bank).\n"
    _, index = built(tmp_path, words, {"en.txt": english, "ru.txt": russian})
    assert versions(index)["en#p2"] == [("ru#p2", False)]
    _, index = built(tmp_path, words, {"en.txt": english, "ru.txt": russian + "\nИ ещё.\n"})
    assert not any(versions(index).values())


def test_one_version_of_a_paragraph_comes_in_the_questions_language(tmp_path: Path, words: WordEncoder) -> None:
    _, index = built(tmp_path, words, {"en.txt": ENGLISH, "ru.txt": RUSSIAN})
    assistant = Assistant(index, words)
    for question, first in (("judge court, the report", "en#1"), ("что решил суд (court judge) по этому делу", "ru#1")):
        assert assistant.retrieve(question, 1)[0].passage.passage_id == first
        hits = assistant.retrieve(question, 4)
        names = [hit.passage.key for hit in hits]
        assert len(names) == len(set(names)) == 4
        assert [hit.rank for hit in hits] == [1, 2, 3, 4]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        everything = assistant.retrieve(question, 10, every_version=True)
        assert {hit.passage.passage_id for hit in everything} == {p.passage_id for p in index.passages}


def test_doubtful_versions_come_each_for_itself(tmp_path: Path, words: WordEncoder) -> None:
    shifted = RUSSIAN.replace("court judge", "?").replace("money bank", "court judge").replace("?", "money bank")
    _, index = built(tmp_path, words, {"en.txt": ENGLISH, "ru.txt": shifted})
    found = {hit.passage.passage_id for hit in Assistant(index, words).retrieve("court judge", 2)}
    assert found == {"en#1", "ru#2"}


@pytest.mark.parametrize(("suffix", "kind"), [("Corr.1", "corrigendum"), ("Rev.2", "revision"), ("Add.3", "addendum")])
def test_amendments_are_told_of(tmp_path: Path, words: WordEncoder, suffix: str, kind: str) -> None:
    _, index = built(
        tmp_path, words, {"a.txt": ENGLISH, "b.txt": f"A/75/1/{suffix}\n\nAmended\n\n1. For court read judge.\n"}
    )
    assert [(other.doc_id, other.symbol, other.kind) for other in index.documents["a"].related] == [
        ("b", f"A/75/1/{suffix}", kind)
    ]
    assert [(other.doc_id, other.kind) for other in index.documents["b"].related] == [("a", "original")]
    answer = Assistant(index, words).ask("court judge", 1)
    assert f"there is a{'n' if kind == 'addendum' else ''} {kind}: A/75/1/{suffix} (b)" in as_text(answer)
    assert as_json(answer)["passages"][0]["related"] == [{"doc_id": "b", "symbol": f"A/75/1/{suffix}", "kind": kind}]


@pytest.fixture(scope="module")
def declarations(tmp_path_factory: pytest.TempPathFactory, encoder: ModelEncoder) -> tuple[Report, Index]:
    """One declaration in six languages, each in another format."""
    folder = tmp_path_factory.mktemp("declarations")
    write(folder / "seeds", good)
    store = IndexStore(folder / "index")
    return build(folder / "seeds", store, encoder), store.open(encoder.identity)


def test_six_languages_in_six_formats(declarations: tuple[Report, Index]) -> None:
    report, index = declarations
    assert not report.refused
    assert {document.language for document in report.documents} == {"ar", "en", "es", "fr", "ru", "zh"}
    assert {document.work for document in report.documents} == {"A/RES/217(III)"}
    keys: dict[str, list[str]] = {}
    for passage in index.passages:
        keys.setdefault(passage.doc_id, []).append(passage.key)
    articles = [key for key in keys["udhr-en"] if key.startswith("art")]
    assert len(articles) == sum(len(paragraphs) for _heading, paragraphs, _numbered in declaration("en")[2:])
    for doc_id, found in keys.items():
        assert [key for key in found if key.startswith("art")] == articles, doc_id


def test_each_article_is_what_it_says_in_every_language(declarations: tuple[Report, Index]) -> None:
    _, index = declarations
    for language in ("ar", "en", "es", "fr", "ru", "zh"):
        expected: dict[str, list[str]] = {}
        for place, (_heading, paragraphs, _numbered) in enumerate(declaration(language)[2:], 1):
            expected[str(place)] = ["".join(paragraph.split()) for paragraph in paragraphs]
        found: dict[str, list[Passage]] = {}
        for passage in index.passages:
            if passage.doc_id == f"udhr-{language}" and passage.article:
                found.setdefault(passage.article, []).append(passage)
        texts = {article: ["".join(p.text.split()) for p in passages] for article, passages in found.items()}
        assert texts == expected


def test_linked_articles_are_seldom_doubted(declarations: tuple[Report, Index]) -> None:
    report, index = declarations
    linked = sum(len(passage.versions) for passage in index.passages)
    assert linked >= 50 * 30  # each paragraph of the articles in five other languages, both ways
    assert len(report.doubts) < 0.03 * linked
