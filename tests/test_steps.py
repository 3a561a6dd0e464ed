"""In what order passages go through an encoder, and how many at a time."""

from collections.abc import Iterable, Iterator, Sequence

import pytest
from conftest import WordEncoder
from hypothesis import given
from hypothesis import strategies as st

from embeddings.indexing import index_passages
from embeddings.steps import encoded
from embeddings.types import Document, Passage, Run, SourceFile, Span, TextEncoding


class Wide(WordEncoder):
    """Takes all steps at a time; notes how many passages each has."""

    width = 3

    def __init__(self) -> None:
        super().__init__("court")
        self.steps: list[int] = []

    def encode_steps(self, steps: Iterable[Sequence[str]]) -> Iterator[list[TextEncoding]]:
        for step in list(steps):
            self.steps.append(len(step))
            yield self.encode_passages(step)


def passage(number: int, text: str) -> Passage:
    return Passage(f"d#{number}", "d", (), "", "en", text, (Run(0, 0, len(text)),), (Span(0, len(text)),), 0, len(text))


@given(st.lists(st.integers(0, 400), max_size=400))
def test_each_passage_once_with_its_own_encoding_the_longest_first(lengths: list[int]) -> None:
    passages = [passage(number, "court " * length) for number, length in enumerate(lengths)]
    seen: list[Passage] = []
    for step, encodings in encoded(passages, WordEncoder("court")):
        assert 1 <= len(step) <= 128
        for each, encoding in zip(step, encodings, strict=True):
            assert len(encoding.tokens) == each.text.count("court")
        seen += step
    assert sorted(seen, key=lambda each: int(each.key)) == passages
    assert [len(each.text) for each in seen] == sorted((len(each.text) for each in passages), reverse=True)


@pytest.mark.parametrize(
    ("characters", "count", "steps"),
    [(1, 300, [128, 128, 44]), (1000, 300, [128, 128, 44]), (1 << 16, 3, [2, 1]), (1 << 18, 3, [1, 1, 1]), (1, 0, [])],
)
def test_a_step_has_so_many_passages_or_characters(characters: int, count: int, steps: list[int]) -> None:
    passages = [passage(number, "x" * characters) for number in range(count)]
    assert [len(step) for step, _ in encoded(passages, WordEncoder("x"))] == steps


def test_an_encoder_of_several_processes_gets_as_much_for_each() -> None:
    encoder = Wide()
    passages = [passage(number, "court") for number in range(500)]
    assert [len(step) for step, _ in encoded(passages, encoder)] == encoder.steps == [384, 116]


def test_an_index_is_the_same_by_both_ways() -> None:
    passages = [passage(number, f"{'court ' * (number % 7)}w{number}") for number in range(500)]
    document = Document("d", "", "en", SourceFile("d.txt", 0, ""), "", ())
    told: list[tuple[int, int]] = []
    one = index_passages([document], passages, WordEncoder("court"))
    other = index_passages([document], passages, Wide(), lambda done, total: told.append((done, total)))
    assert told[0] == (0, 500)
    assert told[-1] == (500, 500)
    assert told == sorted(told)
    for number in range(len(passages)):
        assert (one.tokens.of(number).codes == other.tokens.of(number).codes).all()
        assert (one.dense.rows_of(number) == other.dense.rows_of(number)).all()
