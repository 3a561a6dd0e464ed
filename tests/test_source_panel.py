"""The source panel: documents whole, harmless, every sentence to be found; versions side by side; anchors."""

import html
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import ROOT, SEED, WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.build import build
from embeddings.contents import Index
from embeddings.store import IndexStore
from embeddings.types import Passage, Span
from qa.assistant import Assistant
from qa.strings import LANGUAGES
from qa.web.anchors import Anchor, anchor_of, parse_anchor
from qa.web.paired_rows import paired_rows
from qa.web.source_panel import SourcePanel
from tests.corpus import good, write

HOSTILE = ROOT / "tests" / "data" / "hostile_passage.md"
ALLOWED = {
    "article": {"class", "lang", "dir"},
    "section": {"class", "lang", "dir", "data-key", "data-beside"},
    "div": {"class", "lang", "dir", "data-translate"},
    "p": {"class", "lang", "dir"},
    "span": {"class", "data-sentence"},
    "a": {"class", "href", "title"},
    "details": {"lang", "dir"},
    "summary": set(),
    "pre": {"lang", "dir"},
    "table": {"class"},
    "tbody": set(),
    "tr": set(),
    "td": set(),
    **{f"h{level}": set() for level in (3, 4, 5, 6)},
}


class Outline(HTMLParser):
    """What a browser finds: text, by paragraph and sentence, the lines as in the file, links, headings."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.sentences: dict[tuple[str, int], str] = defaultdict(str)
        self.words: dict[str, str] = defaultdict(str)
        self.lines: dict[str, str] = defaultdict(str)
        self.beside: list[str] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self.sections: dict[str, dict[str, str | None]] = {}
        self.cells: list[str] = []
        self.feed(source)
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= ALLOWED[tag], tag
        attributes = dict(attrs)
        self.stack.append((tag, attributes))
        if tag == "section" and "data-key" in attributes:
            assert attributes["data-key"] not in self.sections
            self.sections[attributes["data-key"] or ""] = attributes
        if tag == "section" and "data-beside" in attributes:
            self.beside.append(attributes["data-beside"] or "")
        if tag == "a":
            self.links.append(attributes["href"] or "")
        if tag in ("h3", "h4", "h5", "h6"):
            self.headings.append("")
        if tag == "td":
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        key = next((each["data-key"] or "" for _, each in self.stack if "data-key" in each), None)
        tags = [tag for tag, _ in self.stack]
        if tags and tags[-1].startswith("h"):
            self.headings[-1] += data
        if "td" in tags and not any(each.get("class") == "qa-border" for _, each in self.stack):
            self.cells[-1] += data
        if key is None:
            return
        if any("data-translate" in each for _, each in self.stack):
            self.words[key] += data
        if "pre" in tags:
            self.lines[key] += data
        for _, attributes in self.stack:
            if "data-sentence" in attributes:
                self.sentences[key, int(attributes["data-sentence"] or "")] += data


def built(folder: Path, encoder: WordEncoder, files: dict[str, str]) -> Index:
    seeds, store = folder / "seeds", IndexStore(folder / "index")
    seeds.mkdir(exist_ok=True)
    for name, text in files.items():
        (seeds / name).write_text(text, "utf-8")
    build(seeds, store, encoder)
    return store.open(encoder.identity)


def of(index: Index, doc_id: str) -> list[Passage]:
    return [passage for passage in index.passages if passage.doc_id == doc_id]


def shown_whole(index: Index, doc_id: str, outline: Outline) -> None:
    """Every paragraph, sentence, heading and line of the file is there, in order, with its language."""
    document, passages = index.documents[doc_id], of(index, doc_id)
    assert list(outline.sections) == [passage.key for passage in passages]
    for passage in passages:
        assert outline.words[passage.key] == passage.text
        assert outline.sections[passage.key]["lang"] == passage.language
        lines = document.text[passage.start : passage.end].replace("\r\n", "\n")
        assert outline.lines[passage.key] == lines
        for number, span in enumerate(passage.sentences):
            assert outline.sentences[passage.key, number] == passage.text[span.start : span.end]
    assert outline.headings == [heading.text for heading in document.headings]


# --- One document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_seed_is_shown_whole_in_every_language_of_the_page(assistant: Assistant, language: str) -> None:
    outline = Outline(SourcePanel(assistant.index).html(SEED, language))
    shown_whole(assistant.index, SEED, outline)
    assert outline.links == [anchor_of(passage) for passage in of(assistant.index, SEED) if passage.paragraph]
    told = {
        "en": "As in the file, lines 130-132",
        "zh": "文件原貌，第130-132行",
        "ar": "كما ورد في الملف، الأسطر 130-132",
    }
    assert told.get(language, "130-132") in outline.text


def test_what_the_page_says_has_its_own_language_and_direction(assistant: Assistant) -> None:
    source = SourcePanel(assistant.index).html(SEED, "ar")
    assert '<details lang="ar" dir="rtl"><summary>' in source
    assert source.startswith('<article class="qa-document" lang="zh" dir="ltr">')


def test_rows_of_a_table_are_aligned_and_their_sentences_whole(tmp_path: Path, words: WordEncoder) -> None:
    rows = "| Country | Asset |\n|---|---|\n| Kenya | One. Two. |\n| Peru |  |\n"
    index = built(tmp_path, words, {"a.md": f"# Report\n\n1. The court met:\n\n{rows}\n2. The bank | money.\n"})
    outline = Outline(SourcePanel(index).html("a", "en"))
    shown_whole(index, "a", outline)
    cells = [cell.strip() for cell in outline.cells]
    assert cells[:4] == ["Country", "Asset", "Kenya", "One. Two."]
    assert "The bank" not in cells  # a single line with a bar in it is no table


def test_items_stand_on_lines_of_their_own(tmp_path: Path, words: WordEncoder) -> None:
    index = built(tmp_path, words, {"a.txt": "1. The court decided:\n\n(a) To meet;\n\n(b) To part.\n"})
    source = SourcePanel(index).html("a", "en")
    shown_whole(index, "a", Outline(source))
    lines = sum(passage.text.count("\n") + 1 for passage in of(index, "a"))
    assert source.count("<p>") == lines == 3


def test_a_hostile_document_is_only_text(tmp_path: Path, words: WordEncoder) -> None:
    lines = [line for line in HOSTILE.read_text("utf-8").splitlines() if line]
    text = "\n\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    index = built(
        tmp_path, words, {"a.txt": f"<img src=x onerror=alert(1)> **Title**\n\n{text}\n", "<b>'&\".txt": text}
    )
    for doc_id in index.documents:
        source = SourcePanel(index).html(doc_id, "en")
        outline = Outline(source)  # no element and no attribute but ours
        shown_whole(index, doc_id, outline)
        assert all(link.startswith("#") and '"' not in link for link in outline.links)
    assert "<form action=" in Outline(SourcePanel(index).html("a", "en")).text


def test_the_visitors_own_documents_have_anchors_of_their_own(tmp_path: Path, words: WordEncoder) -> None:
    index = built(tmp_path, words, {"a b.txt": "1. The court met.\n"})
    assert Outline(SourcePanel(index, "own").html("a_b", "en")).links == ["#own/a_b/para-1"]


def test_what_is_not_there(tmp_path: Path, words: WordEncoder) -> None:
    panel = SourcePanel(built(tmp_path, words, {"en.txt": ENGLISH}))
    assert panel.document("x") is None
    assert panel.passage("x#1") is None
    with pytest.raises(KeyError):
        panel.html("x", "en")


# --- Two versions -----------------------------------------------------------------------------------------------------

ENGLISH = (
    "A/75/1\n\nThe report\n\n1. The court and the judge.\n\nII. Money\n\n2. The money and the bank.\n\n3. Police.\n"
)
RUSSIAN = "A/75/1\n\nДоклад\n\n1. Суд (court judge) и так далее.\n\n2. Банк (money bank) тут.\n\n4. Прочее тоже.\n"


def test_versions_stand_side_by_side_and_what_has_none_keeps_its_place(tmp_path: Path, words: WordEncoder) -> None:
    index = built(tmp_path, words, {"en.txt": ENGLISH, "ru.txt": RUSSIAN})
    panel = SourcePanel(index)
    assert [(each.language, each.name, each.doc_id) for each in panel.versions(index.documents["en"])] == [
        ("ru", "Русский", "ru")
    ]
    source = panel.html("en", "fr", "ru")
    outline = Outline(source)
    assert list(outline.sections) == ["1", "2", "3"]
    assert outline.beside == ["1", "2", "4"]
    pairs = source.split('<div class="qa-pair">')[1:]
    said = [html.unescape(pair) for pair in pairs]
    assert "The report" in said[0]
    assert "Доклад" in said[0]
    (third,) = (pair for pair in said if "Police" in pair)
    assert "Absent de la version en russe" in third
    (fourth,) = (pair for pair in said if "Прочее" in pair)
    assert "Absent de la version en anglais" in fourth
    assert '<div class="qa-side" lang="ru" dir="ltr">' in source
    assert panel.html("en", "fr", "de") == panel.html("en", "fr")


def test_a_doubtful_version_is_marked(tmp_path: Path, words: WordEncoder) -> None:
    shifted = RUSSIAN.replace("court judge", "?").replace("money bank", "court judge").replace("?", "money bank")
    index = built(tmp_path, words, {"en.txt": ENGLISH, "ru.txt": shifted})
    doubtful = sum(version.doubtful for passage in of(index, "en") for version in passage.versions)
    assert doubtful
    assert SourcePanel(index).html("en", "en", "ru").count("This pairing is doubtful") == doubtful


def test_six_languages_are_whole_beside_each_other(tmp_path: Path, words: WordEncoder) -> None:
    write(tmp_path / "seeds", good)
    store = IndexStore(tmp_path / "index")
    build(tmp_path / "seeds", store, words)
    index = store.open(words.identity)
    panel = SourcePanel(index)
    for document in index.documents.values():
        if not document.work:
            continue
        shown_whole(index, document.doc_id, Outline(panel.html(document.doc_id, "en")))
        assert len(panel.versions(document)) == 5
        for version in panel.versions(document):
            outline = Outline(panel.html(document.doc_id, "en", version.language))
            assert list(outline.sections) == [passage.key for passage in of(index, document.doc_id)]
            assert sorted(outline.beside) == sorted(passage.key for passage in of(index, version.doc_id))
            for passage in of(index, document.doc_id):
                assert outline.words[passage.key] == passage.text


@given(
    st.lists(st.booleans(), max_size=12),
    st.lists(st.booleans(), max_size=12),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_rows_hold_everything_once_and_in_order(left: list[bool], right: list[bool], random, crossed: bool) -> None:  # type: ignore[no-untyped-def]
    here = [place for place, heading in enumerate(left) if not heading]
    there = [place for place, heading in enumerate(right) if not heading]
    count = random.randint(0, min(len(here), len(there)))
    ones, twos = sorted(random.sample(here, count)), sorted(random.sample(there, count))
    if crossed:
        random.shuffle(twos)
    links = dict(zip(ones, twos, strict=True))
    rows = paired_rows(left, right, links)
    assert [one for one, _ in rows if one is not None] == list(range(len(left)))
    shown = [two for _, two in rows if two is not None]
    assert sorted(shown) == list(range(len(right)))
    assert crossed or shown == sorted(shown)
    for one, two in rows:
        assert one is not None or two is not None
        if one is not None and not left[one]:
            assert two == links.get(one)
        elif one is not None and two is not None:
            assert right[two]


def test_headings_without_a_link_are_paired_from_below() -> None:
    rows = paired_rows([True, True, False], [True, False], {2: 1})
    assert rows == [(0, None), (1, 0), (2, 1)]


# --- Anchors ----------------------------------------------------------------------------------------------------------

NAMES = st.one_of(
    st.text(min_size=1), st.sampled_from(["own", "a/b", "a#b", "50%", "%2F", "para-1", "s1", "..", "own/"])
)


@given(NAMES, NAMES, st.none() | st.integers(0, 999_999), st.sampled_from(["library", "own"]))
def test_an_anchor_leads_back_to_its_place(doc_id: str, key: str, sentence: int | None, collection: str) -> None:
    anchor = Anchor(doc_id, key, sentence, collection)  # type: ignore[arg-type]
    text = str(anchor)
    assert text.isascii()
    assert not set(text[1:]) & set(" \"'<>&#")
    assert parse_anchor(text) == anchor
    assert parse_anchor(text[1:]) == anchor
    assert unquote(text).startswith(("#own/" if collection == "own" else "#") + doc_id)


@given(st.text(alphabet="own/para-s1%#x", max_size=30))
def test_what_is_read_as_an_anchor_is_written_so_that_it_is_read_again(text: str) -> None:
    anchor = parse_anchor(text)
    assert anchor is None or parse_anchor(str(anchor)) == anchor


@pytest.mark.parametrize("text", ["", "#", "#about", "#a/b", "#/para-1", "#a/para-", "#a/para-1/x", "#a/b/para-1/s1"])
def test_no_anchor(text: str) -> None:
    assert parse_anchor(text) is None


def test_the_anchor_of_a_passage() -> None:
    passage = Passage("A/77#x#art54.1", "A/77#x", (), "1", "en", "Text.", (), (Span(0, 5),), 0, 5)
    assert anchor_of(passage) == "#A%2F77%23x/para-art54.1"
    assert anchor_of(passage, 0, "own") == "#own/A%2F77%23x/para-art54.1/s0"
    assert Anchor("A/77#x", "art54.1").passage_id == passage.passage_id
