"""What is searched can be limited: by hand, against brute force, and on the real seed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SEED, SEEDS, WordEncoder
from hypothesis import assume, given
from hypothesis import strategies as st

from embeddings.build import build
from embeddings.catalogue import Catalogue
from embeddings.encoder import ModelEncoder
from embeddings.index.dense import DenseIndex
from embeddings.store import IndexStore
from embeddings.types import Document, Passage, SourceFile, Span
from embeddings.vectors import unit
from qa import Assistant
from qa.answer import Answer, Scope, turn
from qa.assistant import Phase
from qa.cli import main
from qa.errors import FilterError, QuestionError, RecordError
from qa.evaluation import index_records
from qa.filters import Choice, Choices, DocumentChoice, Filters, Selection, Selector, choices
from qa.output import as_json, as_text
from qa.query import make_query
from qa.records import Options, read_record, record, replay
from qa.reference_lookup import lookup, parsed
from qa.reference_output import reference_summary
from qa.retriever import Retriever, Stage
from qa.strings import LANGUAGES, say
from tests.corpus import good, write

LIST = "which countries use unexplained-wealth orders?"
PANEL = "关于技术援助的专题小组讨论（上午会议）"


def document(doc_id: str, day: str = "", symbol: str = "", language: str = "en") -> Document:
    return Document(doc_id, doc_id.title(), language, SourceFile(doc_id, 1, ""), "", (), symbol, day)


def passage(doc_id: str, key: int, language: str = "en", section: tuple[str, ...] = ()) -> Passage:
    return Passage(f"{doc_id}#{key}", doc_id, section, str(key), language, "x", (), (Span(0, 1),), 0, 1)


DOCUMENTS = (
    document("old", "2009-12-31", "A/1"),
    document("year", "2010"),
    document("may", "2010-05"),
    document("day", "2010-05-03", "A/2", "fr"),
    document("undated"),
)
PASSAGES = (
    passage("old", 1, section=("I. Law",)),
    passage("old", 2, section=("I. Law", "A. Courts")),
    passage("year", 1, section=("II. Money",)),
    passage("may", 1, "fr", ("I. Law", "B. Police", "I. Law")),
    passage("may", 2),
    passage("day", 1, "fr"),
    passage("undated", 1, "ru", ("A. Courts",)),
    passage("undated", 2),
)


@pytest.fixture(scope="module")
def shelf() -> Catalogue:
    """Eight passages of five documents, to be chosen from."""
    return Catalogue.build(DOCUMENTS, PASSAGES)


def left(catalogue: Catalogue, filters: Filters, passages: Sequence[Passage] = PASSAGES) -> list[str]:
    mask = Selector(catalogue).select(filters).mask
    return [each.passage_id for each, inside in zip(passages, mask, strict=True) if inside]


# --- Which passages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [each.passage_id for each in PASSAGES]),
        (Filters(documents=("day", "year")), ["year#1", "day#1"]),
        (Filters(languages=("fr",)), ["may#1", "day#1"]),
        (Filters(languages=("ru", "fr")), ["may#1", "day#1", "undated#1"]),
        (Filters(sections=("I. Law",)), ["old#1", "old#2", "may#1"]),
        (Filters(sections=("A. Courts", "B. Police")), ["old#2", "may#1", "undated#1"]),
        (Filters(since="2010"), ["year#1", "may#1", "may#2", "day#1"]),
        (Filters(until="2010-05-01"), ["old#1", "old#2", "year#1", "may#1", "may#2"]),
        (Filters(since="2010-05-04", until="2010-06"), ["year#1", "may#1", "may#2"]),
        (Filters(("may", "old"), ("en",), "2010", "", ()), ["may#2"]),
        (Filters(until="2009", sections=("A. Courts",)), ["old#2"]),
    ],
)
def test_which_passages_are_left(shelf: Catalogue, filters: Filters, expected: list[str]) -> None:
    assert left(shelf, filters) == expected


def test_what_is_left_is_counted(shelf: Catalogue) -> None:
    selector = Selector(shelf)
    assert Scope.of(selector.everything) == Scope(5, 8, ("en", "fr", "ru"))
    assert selector.everything.whole
    assert selector.select(Filters(languages=("en", "fr", "ru"))).whole
    chosen = selector.select(Filters(since="2010"))
    assert not chosen.whole
    assert chosen.counts == {"en": 2, "fr": 2}
    # Only what a date would have let in: no document is counted that other filters leave out anyway.
    assert Scope.of(chosen) == Scope(3, 4, ("en", "fr"), 1)
    assert selector.select(Filters(documents=("day",), since="2010")).undated == 0
    assert selector.select(Filters(sections=("A. Courts",), until="2010")).undated == 1


def days(text: str) -> tuple[date, date]:
    """The first and the last day of a date that is whole or to the month or the year."""
    first = date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    if len(text) == 10:
        return first, first
    later = first.replace(day=28) + timedelta(4)
    following = date(first.year + 1, 1, 1) if len(text) == 4 else later.replace(day=1)
    return first, following - timedelta(1)


# Few years, so that dates meet; the lengths are those of a year, a month and a day.
DATES = st.builds(
    lambda day, length: day.isoformat()[:length],
    st.dates(date(2018, 11, 1), date(2020, 3, 31)),
    st.sampled_from([4, 7, 10]),
)


@given(DATES, DATES | st.just(""), DATES | st.just(""))
def test_dates_are_within_as_days_are(dated: str, since: str, until: str) -> None:
    first, last = days(dated)
    after = not since or last >= days(since)[0]
    before = not until or first <= days(until)[1]
    catalogue = Catalogue.build([document("old", dated), document("undated")], PASSAGES[:1])
    try:
        assert len(left(catalogue, Filters(since=since, until=until), PASSAGES[:1])) == 1
        found = "in"
    except FilterError as error:
        found = error.code
    if since and until and days(since)[0] > days(until)[1]:
        assert found == "dates_reversed"
    else:
        assert found == ("in" if after and before else "nothing_left")


def random_filters(catalogue: Catalogue) -> st.SearchStrategy[Filters]:
    some = choices(catalogue)

    def several(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)

    return st.builds(
        Filters,
        several([each.value for each in some.documents]),
        several([each.value for each in some.languages]),
        st.sampled_from(["", "2010", "2010-05-03"]),
        st.sampled_from(["", "2010-05", "2011"]),
        several([each.value for each in some.sections]),
    )


@given(st.data())
def test_the_mask_is_what_looking_at_each_passage_gives(shelf: Catalogue, data: st.DataObject) -> None:
    filters = data.draw(random_filters(shelf))
    expected = []
    dates = {each.doc_id: each.date for each in DOCUMENTS}
    for each in PASSAGES:
        day = dates[each.doc_id]
        if (
            (not filters.documents or each.doc_id in filters.documents)
            and (not filters.languages or each.language in filters.languages)
            and (not filters.sections or set(each.section) & set(filters.sections))
            and (not filters.since or (day and days(day)[1] >= days(filters.since)[0]))
            and (not filters.until or (day and days(day)[0] <= days(filters.until)[1]))
        ):
            expected.append(each.passage_id)
    if expected:
        assert left(shelf, filters) == expected
    else:
        with pytest.raises(FilterError, match="leave nothing to search"):
            left(shelf, filters)


# --- What cannot be applied ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "code", "words"),
    [
        (Filters(since="2010-13"), "malformed_date", "'2010-13' is no date; write 2019"),
        (Filters(until="2011-02-29"), "malformed_date", "no date"),
        (Filters(until="٢٠١٠"), "malformed_date", "no date"),
        (Filters(since="yesterday"), "malformed_date", "no date"),
        (Filters(since="0000"), "malformed_date", "no date"),
        (Filters(since="2011", until="2010"), "dates_reversed", "exchange the two"),
        (Filters(since="2010-05-04", until="2010-05-03"), "dates_reversed", "since 2010-05-04 and until 2010-05-03"),
        (Filters(documents=("old", "new")), "unknown_document", "no document 'new' to search; there are: old, year"),
        (Filters(languages=("zh",)), "unknown_language", "there are: en, fr, ru"),
        (Filters(sections=("III.",)), "unknown_section", "no section 'III.'"),
        (Filters(documents=("old",), languages=("fr",)), "nothing_left", "take one of them away"),
        (Filters(documents=("undated",), since="2000"), "nothing_left", "leave nothing"),
    ],
)
def test_what_cannot_be_applied_is_told(shelf: Catalogue, filters: Filters, code: str, words: str) -> None:
    with pytest.raises(FilterError, match=words) as caught:
        Selector(shelf).select(filters)
    assert caught.value.code == code
    for language in LANGUAGES:  # the page has its words in each, with everything that is to be put into them
        said = say(language, f"filters.{code}", **caught.value.values)
        assert all(value in said for value in caught.value.values.values())


def test_the_same_ends_are_no_mistake(shelf: Catalogue) -> None:
    assert left(shelf, Filters(since="2010-05-03", until="2010-05-03")) == ["year#1", "may#1", "may#2", "day#1"]
    assert left(shelf, Filters(since="2010-05", until="2010")) == left(shelf, Filters(since="2010-05"))


def test_a_long_list_is_cut() -> None:
    many = Catalogue.build([document(f"d{number}") for number in range(20)], [passage("d0", 1)])
    with pytest.raises(FilterError, match=r"d0, .*d7, \.\.\.$"):
        Selector(many).select(Filters(documents=("x",)))


def test_filters_out_of_json() -> None:
    filters = Filters(("a",), ("fr",), "2010", "", ("I.",))
    assert Filters.of(json.loads(json.dumps(asdict(filters)))) == filters
    given = {"documents": ["a"], "languages": ["fr"], "since": "2010", "sections": ["I."]}
    assert Filters.of(given) == filters
    assert Filters.of({}) == Filters()


@pytest.mark.parametrize("value", [None, [], "x", {"pages": []}, {"documents": "a"}, {"languages": [1]}, {"since": []}])
def test_what_is_no_filter(value: object) -> None:
    with pytest.raises(FilterError, match="no filters") as caught:
        Filters.of(value)
    assert caught.value.code == "unreadable"
    assert say("ar", "filters.unreadable")


# --- What can be chosen ----------------------------------------------------------------------------------------------


def test_what_can_be_chosen(shelf: Catalogue) -> None:
    assert choices(shelf) == Choices(
        (
            DocumentChoice("old", "A/1", 2, "Old", "en", "2009-12-31"),
            DocumentChoice("year", "Year", 1, "Year", "en", "2010"),
            DocumentChoice("may", "May", 2, "May", "en", "2010-05"),
            DocumentChoice("day", "A/2", 1, "Day", "fr", "2010-05-03"),
            DocumentChoice("undated", "Undated", 2, "Undated", "en", ""),
        ),
        (Choice("en", "en", 5), Choice("fr", "fr", 2), Choice("ru", "ru", 1)),
        (
            Choice("I. Law", "I. Law", 3),
            Choice("A. Courts", "A. Courts", 2),
            Choice("II. Money", "II. Money", 1),
            Choice("B. Police", "B. Police", 1),
        ),
        "2009-12-31",
        "2010",  # the end of which is behind 3 May
    )


def test_every_choice_has_as_many_passages_as_it_says(shelf: Catalogue) -> None:
    some = choices(shelf)
    chosen: list[tuple[Choice, Filters]] = [(each, Filters(documents=(each.value,))) for each in some.documents]
    chosen += [(each, Filters(languages=(each.value,))) for each in some.languages]
    chosen += [(each, Filters(sections=(each.value,))) for each in some.sections]
    for each, filters in chosen:
        assert len(left(shelf, filters)) == each.passages


def test_nothing_dated_nothing_headed() -> None:
    some = choices(Catalogue.build([document("undated")], [passage("undated", 1)]))
    assert (some.first, some.last, some.sections) == ("", "", ())


# --- Ranking within --------------------------------------------------------------------------------------------------


@given(st.data())
def test_vectors_within_are_brute_force(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 1000)))
    rows = np.sort(random.integers(0, 12, 40)).astype(np.int32)
    vectors = unit(random.standard_normal((40, 6)).astype(np.float32))
    query = unit(random.standard_normal(6).astype(np.float32))
    present = np.unique(rows).tolist()
    chosen = data.draw(st.sets(st.sampled_from(present), min_size=1))
    count = data.draw(st.integers(1, 60))
    mask = np.zeros(12, np.bool_)
    mask[list(chosen)] = True
    index = DenseIndex.build([vectors[rows == passage] for passage in range(12)])
    ids, cosines = index.search(query, count, Selection(Filters(), mask, {}, 1))
    inside = np.flatnonzero(mask[rows])
    nearest = inside[np.argsort(-(vectors[inside] @ query))][:count]
    best: dict[int, float] = {}
    for row in nearest.tolist():
        best.setdefault(int(rows[row]), float(vectors[row] @ query))
    assert ids.tolist() == list(best)
    assert cosines == pytest.approx(list(best.values()), abs=1e-5)


WORDS = "asset court law money training bank judge police"
TEXTS = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=6).map(" ".join)


def selection(mask: list[bool], languages: list[str]) -> Selection:
    inside = [language for language, each in zip(languages, mask, strict=True) if each]
    return Selection(Filters(), np.array(mask), {each: inside.count(each) for each in sorted(set(inside))}, 1)


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["en", "fr"]), st.booleans()), min_size=1, max_size=12), TEXTS)
def test_the_ranking_within_is_that_of_all_without_the_others(made: list[tuple[str, str, bool]], question: str) -> None:
    assume(any(inside for _text, _language, inside in made))
    encoder = WordEncoder(WORDS)
    records = [{"id": str(i), "text": text, "lang": language} for i, (text, language, _) in enumerate(made)]
    within = selection([inside for _, _, inside in made], [language for _, language, _ in made])
    index, query = index_records(records, encoder), make_query(question)
    for stages in (Stage.ALL, Stage.DENSE, Stage.WORDS | Stage.TOKENS):
        retriever = Retriever(index, encoder, stages)
        everything = retriever.retrieve(query, len(made))
        expected = {hit.passage.passage_id: hit.score for hit in everything if made[int(hit.passage.passage_id)][2]}
        found = retriever.retrieve(query, len(made), within)
        # How sums of floats round depends on how many passages are looked at together.
        assert {hit.passage.passage_id: hit.score for hit in found} == pytest.approx(expected, abs=1e-6)
        assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
        assert [hit.rank for hit in found] == list(range(1, len(found) + 1))
        best = [hit.score for hit in retriever.retrieve(query, 1, within)]
        assert best == pytest.approx(sorted(expected.values(), reverse=True)[:1], abs=1e-6)


def built(folder: Path, encoder: WordEncoder, files: Mapping[str, str]) -> Assistant:
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    for name, text in files.items():
        (seeds / name).write_text(text, "utf-8")
    store = IndexStore(folder / "index")
    build(seeds, store, encoder)
    return Assistant(store.open(encoder.identity), encoder)


VERSIONS = {
    "en.txt": "A/75/1\n\nThe report\n\n1. The court and the judge.\n\n2. The money and the bank.\n",
    "fr.txt": "A/75/1\n\nLe rapport\n\n1. Le tribunal (court judge) du pays.\n\n2. La banque (money bank) du pays.\n",
    "ru.txt": "A/75/1\n\nДоклад\n\n1. Суд (court judge) и так далее.\n\n2. Банк (money bank) и так далее.\n",
    "again.txt": "A/75/1\n\nThe report\n\n1. Again the court and the judge.\n\n2. Again the money and the bank.\n",
}


@pytest.mark.parametrize(
    ("filters", "question", "expected"),
    [
        (Filters(), "the report of the court and the judge", "again#1"),
        (Filters(documents=("fr", "ru")), "the report of the court and the judge", None),
        (Filters(documents=("en", "fr")), "the report of the court and the judge", "en#1"),
        (Filters(documents=("fr", "ru")), "что решил суд (court judge) по этому делу", "ru#1"),
        (Filters(languages=("fr",)), "что решил суд (court judge) по этому делу", "fr#1"),
        (Filters(documents=("again", "ru")), "the report of the court and the judge", "again#1"),
    ],
)
def test_only_versions_within_come(
    tmp_path: Path, words: WordEncoder, filters: Filters, question: str, expected: str | None
) -> None:
    assistant = built(tmp_path, words, VERSIONS)
    hits = assistant.retrieve(question, 4, filters=filters)
    chosen = set(left(assistant.index.catalogue, filters, assistant.index.passages))
    assert {hit.passage.passage_id for hit in hits} <= chosen
    assert expected in (None, hits[0].passage.passage_id)
    assert hits[0].passage.key == "1"
    found = {hit.passage.passage_id for hit in hits}
    assert not any(version.passage_id in found for hit in hits for version in hit.passage.versions)
    everything = assistant.retrieve(question, 10, every_version=True, filters=filters)
    assert {hit.passage.passage_id for hit in everything} == chosen


# --- Whole answers ---------------------------------------------------------------------------------------------------

REPORTS = {
    "a.txt": "First report\n\nI. Law\n\n1. The court applied article 54.\n\nII. Money\n\n2. The bank kept the money.\n",
    "b.txt": "Second report\n\nI. Law\n\n1. The judge spoke of article 54.\n\n2. Police training went on.\n",
    "a.meta.toml": 'date = "2020-05-03"\nlanguage = "en"\n',
    "b.meta.toml": 'language = "en"\n',
}


def test_references_are_complete_within(tmp_path: Path, words: WordEncoder) -> None:
    assistant = built(tmp_path, words, REPORTS)
    question = "which paragraphs speak of article 54?"
    assert len(assistant.ask(question).citations) == 2
    answer = assistant.ask(question, filters=Filters(documents=("b",)))
    assert [each.hit.passage.passage_id for each in answer.citations] == ["b#1"]
    assert answer.references is not None
    assert (
        reference_summary(answer.references) == "article 54: in 1 of 2 paragraphs of 1 document (en), all of them shown"
    )
    assert answer.scope == Scope(1, 2, ("en",))
    none = assistant.ask(question, filters=Filters(sections=("II. Money",)))
    assert none.absent
    assert "in none of 1 paragraph of 1 document (en)" in as_text(none)
    # A paragraph on the article as a whole is counted within only.
    index = assistant.index
    wanted, selector = parsed("article 54, paragraph 1"), Selector(index.catalogue)
    assert [lookup(index, wanted).wider, lookup(index, wanted, selector.select(Filters(documents=("b",)))).wider] == [
        2,
        1,
    ]


def test_the_text_of_an_article_is_found_within_only(tmp_path: Path, words: WordEncoder) -> None:
    text = "Convention\n\nArticle 54\nRecovery\n\n1. Each court shall take measures.\n"
    assistant = built(tmp_path, words, {"one.txt": text, "two.txt": text})
    answer = assistant.ask("which paragraphs speak of article 54?", filters=Filters(documents=("two",)))
    assert {each.hit.passage.doc_id for each in answer.citations} == {"two"}


def test_documents_without_a_date_are_told_of(tmp_path: Path, words: WordEncoder) -> None:
    assistant = built(tmp_path, words, REPORTS)
    answer = assistant.ask("judge court", filters=Filters(since="2020-05"))
    assert answer.scope == assistant.scope(Filters(since="2020-05")) == Scope(1, 2, ("en",), 1)
    assert {each.hit.passage.doc_id for each in answer.citations} == {"a"}
    assert as_text(answer).endswith("left out for having no date: 1 document")
    assert as_json(answer)["scope"] == {"documents": 1, "paragraphs": 2, "languages": ["en"], "undated": 1}
    assert "no date" not in as_text(assistant.ask("judge court"))


def test_every_search_of_a_question_stays_within(
    tmp_path: Path, words: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = built(tmp_path, words, REPORTS)
    first = turn(assistant.ask("which countries are named by the court?"))
    searched: list[Selection] = []
    rank = Retriever.rank

    def watched(self: Retriever, query: Any, top_k: int, within: Selection | None = None, **options: Any) -> Any:
        assert within is not None
        searched.append(within)
        return rank(self, query, top_k, within, **options)

    monkeypatch.setattr(Retriever, "rank", watched)
    assistant.ask("which countries have a bank?", history=[first], filters=Filters(documents=("b",)))
    assert len(searched) >= 4  # two readings of the follow-up, the question, and what its list is about
    assert {each.passages for each in searched} == {2}


def test_who_speaks_may_be_said_outside(tmp_path: Path, words: WordEncoder) -> None:
    text = (
        "Report\n\nI. Panel\n\n1. Le conférencier du Zimbabwe a présenté l’expérience de son pays.\n\n"
        "2. The panellist said that in her country the court froze the asset.\n\n"
        "3. Police training went on in the bank.\n"
    )
    assistant = built(tmp_path, words, {"a.txt": text, "a.meta.toml": 'language = "en"\n'})
    assert [each.language for each in assistant.index.passages] == ["fr", "en", "en"]
    answer = assistant.ask("which countries have a court that froze the asset?", filters=Filters(languages=("en",)))
    assert answer.table is not None
    assert [each.hit.passage.key for each in answer.citations] == ["2", "3"]
    assert [(row.name, [mention.hit.passage.key for mention in row.mentions]) for row in answer.table.rows] == [
        ("Zimbabwe", ["2"])
    ]
    (mention,) = answer.table.rows[0].mentions
    assert mention.speaker is not None
    assert mention.speaker.passage.key == "1"


# --- Phases ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, words: WordEncoder) -> Assistant:
    return built(tmp_path, words, REPORTS)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a retriever did, in order."""
    done: list[str] = []
    for name in ("rank", "hits", "bearing"):
        method = getattr(Retriever, name)

        def watched(*arguments: Any, _name: str = name, _method: Any = method, **options: Any) -> Any:
            done.append(_name)
            return _method(*arguments, **options)

        monkeypatch.setattr(Retriever, name, watched)
    yield done


@pytest.mark.parametrize(
    "question", ["judge court", "which countries have a court?", "which paragraphs speak of article 54?", "xyzzy"]
)
def test_an_answer_comes_in_phases(small: Assistant, question: str) -> None:
    *phases, answer = small.asking(question, 2)
    assert phases == [Phase.SEARCHING, Phase.READING]
    assert isinstance(answer, Answer)
    assert answer == small.ask(question, 2)


def test_a_phase_is_what_is_being_done(small: Assistant, work: list[str]) -> None:
    steps = small.asking("which countries have a court?")
    assert next(steps) is Phase.SEARCHING
    assert work == []
    assert next(steps) is Phase.READING
    assert work == ["rank", "rank"]
    assert isinstance(next(steps), Answer)
    assert work == ["rank", "rank", "hits", "hits", "bearing"]
    assert list(steps) == []


def test_who_stops_reading_stops_the_work(small: Assistant, work: list[str]) -> None:
    for phase in small.asking("judge court"):
        if phase is Phase.READING:
            break
    assert work == ["rank"]


def test_what_cannot_be_asked_is_refused_before_the_search(small: Assistant) -> None:
    with pytest.raises(QuestionError):
        next(iter(small.asking(" ")))
    with pytest.raises(FilterError):
        next(iter(small.asking("court", filters=Filters(documents=("none",)))))


# --- Records ---------------------------------------------------------------------------------------------------------


def test_a_record_keeps_the_filters(small: Assistant) -> None:
    options = Options(2, filters=Filters(documents=("b",), languages=("en",)))
    made = read_record(json.dumps(record(small.ask("judge money", **options.arguments()), small, options)))
    assert isinstance(made, dict)
    assert made["options"]["filters"]["documents"] == ["b"]
    assert [hit["passage_id"] for hit in made["citations"]] == ["b#1", "b#2"]
    assert replay(made, small).differences == ()
    made["options"]["filters"]["documents"] = ["a"]
    assert replay(made, small).differences[0].startswith("citations: b#1, b#2 were; now a#")
    made["options"]["filters"]["documents"] = ["gone"]
    with pytest.raises(RecordError, match="cannot be applied to this index: there is no document 'gone'"):
        replay(made, small)
    made["options"]["filters"] = 3
    with pytest.raises(RecordError, match="no filters: 3"):
        replay(made, small)


def test_a_record_from_before_there_were_filters(small: Assistant) -> None:
    options = Options(2)
    made = record(small.ask("judge money", 2), small, options)
    del made["options"]["filters"]
    del made["scope"]["undated"]
    assert replay(read_record(json.dumps(made)), small).differences == ()


# --- On the real seed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", [LIST, "哪些国家使用来历不明财富令？", "which paragraphs speak of article 54?"])
def test_filters_that_leave_everything_change_nothing(assistant: Assistant, question: str) -> None:
    expected = assistant.ask(question)
    for filters in (
        Filters(),
        Filters(documents=(SEED,)),
        Filters(languages=("zh",)),
        Filters(sections=("六. 技术援助",)),
    ):
        assert assistant.ask(question, filters=filters) == expected


def test_the_real_list_within_a_section(assistant: Assistant) -> None:
    answer = assistant.ask(LIST, filters=Filters(sections=(PANEL,)))
    assert answer.scope == Scope(1, 12, ("zh",))
    assert answer.table is not None
    assert [row.name for row in answer.table.rows if row.named] == ["Zimbabwe", "North Macedonia", "United Kingdom"]
    article = assistant.ask("which paragraphs speak of article 54?", filters=Filters(sections=(PANEL,)))
    assert article.absent  # paragraph 2 stands before that section
    assert "in none of 12 paragraphs of 1 document (zh)" in as_text(article)
    nothing = assistant.ask("who won the football world cup?", filters=Filters(sections=(PANEL,)))
    assert "searched: 12 paragraphs of 1 document (zh)" in as_text(nothing)


def test_among_fewer_passages_the_same_score_means_more(assistant: Assistant) -> None:
    everywhere = {hit.passage.passage_id: hit for hit in assistant.retrieve(LIST, 14)}
    within = assistant.retrieve(LIST, 14, filters=Filters(sections=(PANEL,)))
    assert len(within) == 12
    for hit in within:
        other = everywhere[hit.passage.passage_id]
        assert (hit.score, hit.marked, hit.words) == (other.score, other.marked, other.words)
        assert hit.relevance is not None
        assert other.relevance is not None
        assert hit.relevance > other.relevance


def test_a_declaration_in_one_of_its_languages(tmp_path: Path, encoder: ModelEncoder) -> None:
    write(tmp_path / "seeds", good)
    store = IndexStore(tmp_path / "index")
    build(tmp_path / "seeds", store, encoder)
    assistant = Assistant(store.open(encoder.identity), encoder)
    question = "who has the right to education?"
    answer = assistant.ask(question, 3, reader="fr", filters=Filters(languages=("es",)))
    assert answer.scope.languages == ("es",)
    assert {each.hit.passage.language for each in answer.citations} == {"es"}
    first = answer.citations[0]
    assert first.hit.passage.article == "26"
    assert first.beside is not None
    assert first.beside.language == "fr"  # shown, not searched
    two = assistant.ask(question, 3, filters=Filters(languages=("zh", "ru")))
    assert {each.hit.passage.language for each in two.citations} <= {"zh", "ru"}
    keys = [each.hit.passage.key for each in two.citations]
    assert len(keys) == len(set(keys))


def test_filters_from_the_shell(seed_index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ask(*arguments: str) -> int:
        return main(["ask", LIST, "--index", str(seed_index), "--seeds", str(SEEDS), *arguments])

    kept = tmp_path / "record.json"
    assert ask("--document", SEED, "--language", "zh", "--section", PANEL, "--json", "--record", str(kept)) == 0
    assert json.loads(capsys.readouterr().out)["scope"]["paragraphs"] == 12
    assert main(["replay", str(kept), "--index", str(seed_index)]) == 0
    assert capsys.readouterr().out == "the same results\n"
    assert ask("--since", "2030") == 1
    assert "these filters leave nothing to search" in capsys.readouterr().err
    assert ask("--until", "soon") == 1
    assert "'soon' is no date" in capsys.readouterr().err
    assert ask("--document", "other", "--document", SEED) == 1
    assert f"there is no document 'other' to search; there are: {SEED}" in capsys.readouterr().err
