"""What answers in a passage: the sentence and its words, by hand and with the real encoder."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index.tokens import PassageTokens, SentenceMatches, quantised
from embeddings.types import Passage, Run, Span
from qa import Assistant
from qa.marking import PassageMatch, bearing, best_sentence, matching_words, sentence_scores

AXES = np.eye(6, dtype=np.float32)


def stored(axes: list[int], starts: list[int]) -> PassageTokens:
    """A passage whose tokens are axes, each two characters long with a blank between: "aa bb cc"."""
    spans = np.array([(3 * i, 3 * i + 2) for i in range(len(axes))], np.int32)
    return quantised(AXES[axes], spans, np.array(starts, np.int64))


def test_the_sentence_that_says_what_the_others_do_not() -> None:
    passage = stored([0, 1, 0, 2, 0, 3], [0, 2, 4])
    query = AXES[[0, 2]]
    scores = sentence_scores(query, PassageMatch.of(query, passage))
    assert int(np.argmax(scores)) == 1


def test_a_sentence_that_only_repeats_the_question_answers_less() -> None:
    passage = stored([0, 1, 0, 1, 4, 5], [0, 2])
    query = AXES[[0, 1]]
    scores = sentence_scores(query, PassageMatch.of(query, passage))
    assert scores[1] < scores[0]  # the closer one, by its mean, still leads
    without = sentence_scores(query, PassageMatch.of(query, stored([0, 1, 2, 3], [0, 2])))
    assert int(np.argmax(without)) == 0


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("aa | bb\n14 | dd\n21 | ff", "14 | dd"),
        ("aa | bb\ncc | dd\nee | ff", "aa | bb"),  # no figure tells the first row from the others
        ("14 | bb\n15 | dd\n21 | ff", "14 | bb"),
        ("aa , bb\n14 | dd\n21 | ff", "aa , bb"),
    ],
)
def test_a_row_that_names_its_columns_is_no_answer(text: str, answers: str) -> None:
    sentences = tuple(Span(start, start + 7) for start in (0, 8, 16))
    passage = Passage("d#p1", "d", (), "", "en", text, (Run(0, 0, len(text)),), sentences, 0, len(text))
    spans = np.array([(start, start + 2) for start in (0, 5, 8, 13, 16, 21)], np.int32)
    tokens = quantised(AXES[[0, 1, 2, 3, 4, 5]], spans, np.array([0, 2, 4], np.int64))
    query = AXES[[0, 1, 1, 2]]
    found = best_sentence(query, PassageMatch.of(query, tokens), passage)
    assert text[found.start : found.end] == answers


def test_a_question_without_a_token() -> None:
    passage = stored([0, 1], [0, 1])
    match = PassageMatch.of(AXES[:0], passage)
    assert sentence_scores(AXES[:0], match).tolist() == [0, 0]
    assert matching_words(match, "aa bb", Span(0, 5), np.empty(0, np.float32), 1.0) == ()


def test_words_are_marked_where_a_token_matches_and_never_outside_the_sentence() -> None:
    passage = stored([0, 1, 2], [0, 1])
    query = AXES[[0, 2]]
    match = PassageMatch.of(query, passage)
    text = "aa bb cc"
    nothing = np.zeros(2, np.float32)
    assert matching_words(match, text, Span(3, 8), nothing, 1.0) == (Span(6, 8),)
    assert matching_words(match, text, Span(0, 8), nothing, 1.0) == (Span(0, 2), Span(6, 8))


def test_what_any_passage_has_is_not_marked() -> None:
    passage = stored([0, 1], [0])
    query = AXES[[0, 1]] * np.float32(0.7)
    match = PassageMatch.of(query, passage)
    everywhere = np.array([0.6, 0.0], np.float32)
    assert matching_words(match, "aa bb", Span(0, 5), everywhere, 1.0) == (Span(3, 5),)


def test_the_whole_word_is_marked_but_in_scripts_without_blanks() -> None:
    tokens = quantised(AXES[[0, 1]], np.array([(0, 3), (9, 11)], np.int32), np.array([0], np.int64))
    match = PassageMatch.of(AXES[[0, 1]], tokens)
    text = "confisca tes 没收资产"
    assert [text[w.start : w.end] for w in matching_words(match, text, Span(0, len(text)), np.zeros(2), 1.0)] == [
        "confisca",
        "tes",
    ]
    han = quantised(AXES[[0]], np.array([(2, 4)], np.int32), np.array([0], np.int64))
    (word,) = matching_words(PassageMatch.of(AXES[[0]], han), "没收资产", Span(0, 4), np.zeros(1), 1.0)
    assert (word.start, word.end) == (2, 4)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)), max_size=8))
def test_marked_words_lie_in_the_sentence_in_order(text: str, places: list[tuple[int, int]]) -> None:
    spans = sorted((min(a, len(text)), min(a + b, len(text))) for a, b in places) or [(0, len(text))]
    tokens = quantised(AXES[[0] * len(spans)], np.array(spans, np.int32), np.array([0], np.int64))
    sentence = Span(0, len(text))
    words = matching_words(PassageMatch.of(AXES[[0]], tokens), text, sentence, np.zeros(1), 1.0)
    at = 0
    for word in words:
        assert at <= word.start < word.end <= len(text)
        at = word.end


def test_sentences_that_bear_on_a_question_are_those_near_the_best() -> None:
    best = np.array([[0.9, 0.2, 0.2, 0.8, 0.2, 0.2], [0.8, 0.2, 0.2, 0.6, 0.2, 0.2]], np.float32)
    assert bearing(SentenceMatches(best, np.array([0, 3], np.int64))) == [[0], [0]]
    assert bearing(SentenceMatches(np.full((2, 3), 0.4, np.float32), np.array([0], np.int64))) == [[]]
    assert bearing(SentenceMatches(np.empty((0, 2), np.float32), np.array([0, 1], np.int64))) == [[], []]


# The real encoder on the real seed: words are marked across languages.


@pytest.mark.parametrize(
    "question, paragraph, word",
    [
        ("哪些国家使用来历不明财富令？", "7", "财富令"),
        ("Как пандемия изменила техническую помощь?", "10", "COVID"),
        ("what were the effects of the COVID-19 pandemic on training?", "11", "COVID"),
        ("ما هي التحديات في استرداد الموجودات؟", "14", "挑战"),
    ],
)
def test_words_are_marked_across_languages(assistant: Assistant, question: str, paragraph: str, word: str) -> None:
    hit = next(hit for hit in assistant.retrieve(question) if hit.paragraph == paragraph)
    marked = [hit.text[span.start : span.end] for span in hit.words]
    assert any(word in each for each in marked), marked
    assert all(hit.marked.start <= span.start < span.end <= hit.marked.end for span in hit.words)


def test_nothing_is_marked_for_a_question_on_another_subject(assistant: Assistant) -> None:
    assert [hit.words for hit in assistant.retrieve("How do I bake bread?")] == [()] * 5
