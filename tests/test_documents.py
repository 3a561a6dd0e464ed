"""Files into passages: small made-up documents, then the real one."""

import os
from pathlib import Path

import pytest
from conftest import SEED, SEEDS
from hypothesis import given
from hypothesis import strategies as st

from embeddings import documents
from embeddings.documents import text
from embeddings.errors import DocumentError
from embeddings.passages import split_document
from embeddings.source_text import source_span
from embeddings.types import Document, Passage, SourceFile

SUB_HEADING = "关于技术援助的专题小组讨论（上午会议）"


def split(content: str, name: str = "a.txt") -> tuple[Document, list[Passage]]:
    return split_document(SourceFile(name, 0, ""), text.read(content.encode()))


def test_headings_without_numbers_stand_beside_each_other() -> None:
    _, passages = split("Plan\n\nWater\n\nIt is scarce.\n\nTransport\n\nBuses run.\n")
    assert [passage.section for passage in passages] == [("Water",), ("Transport",)]


def test_numbers_headings_and_sections() -> None:
    document, passages = split(
        "Report\n\nI. Opening\n\nA welcome was given.\n\n7. First one,\nwrapped.\n8. Second one.\n\n"
        "Afternoon meeting\n\n9. Third one.\n"
    )
    assert document.title == "Report"
    assert [(h.text, h.level) for h in document.headings] == [
        ("Report", 0),
        ("I. Opening", 1),
        ("Afternoon meeting", 2),
    ]
    assert [(p.paragraph, p.text, p.section) for p in passages] == [
        ("", "A welcome was given.", ("I. Opening",)),
        ("7", "First one, wrapped.", ("I. Opening",)),
        ("8", "Second one.", ("I. Opening",)),
        ("9", "Third one.", ("I. Opening", "Afternoon meeting")),
    ]
    assert [p.passage_id for p in passages] == ["a#p1", "a#7", "a#8", "a#9"]


def test_a_number_that_does_not_follow_is_no_paragraph() -> None:
    _, passages = split("1. In the year\n2021. it rained, and\n3.5 per cent, 20项 and\n2. then came the second.\n")
    assert [p.paragraph for p in passages] == ["1", "2"]
    assert passages[0].text == "In the year 2021. it rained, and 3.5 per cent, 20项 and"


def test_a_page_break_does_not_end_a_paragraph() -> None:
    _, passages = split("1. 强调了国家的\n\n努力。\n\n2. The end of a page\n\ncomes here.\n\nNew Section\n\n3. More.\n")
    assert [p.text for p in passages] == ["强调了国家的努力。", "The end of a page comes here.", "More."]


def test_numbers_that_come_again_get_names_of_their_own() -> None:
    _, passages = split("1. One.\n\nAnnex\n\n1. One again.\n")
    assert [p.passage_id for p in passages] == ["a#1", "a#1-2"]


def test_single_paragraph_lines_with_blank_lines_between_stay_apart() -> None:
    _, passages = split("The first.\n\nThe second.\n\nThe third.\n\nThe fourth.\n\nThe fifth.\n")
    assert len(passages) == 5


def test_headings_above_short_paragraphs_are_no_double_spaced_page() -> None:
    parts = [
        "Report of the meeting", "Introduction", "The group met in Vienna and agreed on the rules that follow.",
        "Participants", "Forty States took part in it.", "Agenda", "Item one",
        "The first item was adopted without a vote.", "Item two",
        "The second item was put off until the next session.", "Closing",
    ]  # fmt: skip
    _, passages = split("\n\n".join(parts) + "\n")
    assert [each.text for each in passages] == [part for part in parts if part.endswith(".")]


def test_line_ends_of_other_systems() -> None:
    document, passages = split("1. One,\r\nwrapped.\r\n2. Two.\r\n")
    assert [p.text for p in passages] == ["One, wrapped.", "Two."]
    assert document.text[passages[1].start : passages[1].end] == "2. Two."


@pytest.mark.parametrize(
    ("data", "why"),
    [(bytes(range(256)), "neither UTF-8"), (b"a\0b", "control characters"), (b" \n \n", "no text")],
)
def test_what_is_no_text_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        text.read(data)


CONTENT = st.lists(
    st.sampled_from(
        [
            "1. ",
            "2. ",
            "III. ",
            "六. ",
            "技术援助",
            "asset",
            "。",
            ". ",
            " ",
            "\n",
            "\n\n",
            "\r\n",
            "（14个",
            "ст. 5",
            "\u2028",
        ]
    ),
    min_size=1,
    max_size=40,
).map("".join)


@given(CONTENT)
def test_what_is_quoted_stands_in_the_source(content: str) -> None:
    try:
        document, passages = split(content)
    except DocumentError:
        assert not any(character.isalpha() for character in content)
        return
    assert document.text == content
    for passage in passages:
        assert "".join(passage.text.split()) in "".join(content[passage.start : passage.end].split())
        for sentence in passage.sentences:
            quoted = passage.text[sentence.start : sentence.end]
            place = source_span(passage.runs, sentence)
            assert passage.start <= place.start < place.end <= passage.end
            assert "".join(quoted.split()) == "".join(content[place.start : place.end].split())
        gaps = "".join(passage.text).split()
        assert "".join("".join(passage.text[s.start : s.end].split()) for s in passage.sentences) == "".join(gaps)


# The real document.


@pytest.fixture(scope="module")
def seed() -> tuple[Document, list[Passage]]:
    (source,) = documents.scan(SEEDS).sources
    return split_document(source, documents.read(SEEDS, source))


def test_the_seed_has_its_fourteen_paragraphs(seed: tuple[Document, list[Passage]]) -> None:
    document, passages = seed
    assert document.doc_id == SEED
    assert (document.title, document.language) == ("增编", "zh")
    assert [h.text for h in document.headings] == ["增编", "六. 技术援助", SUB_HEADING]
    assert [p.paragraph for p in passages] == [str(n) for n in range(1, 15)]
    assert [p.section for p in passages] == [("六. 技术援助",)] * 2 + [("六. 技术援助", SUB_HEADING)] * 12
    assert {p.language for p in passages} == {"zh"}


def test_the_seed_is_joined_as_chinese_is_written(seed: tuple[Document, list[Passage]]) -> None:
    _, passages = seed
    for words in ("并特别侧重于", "秘书处 2021 年 2 月发出", "（14个国家确定了 20项需求）"):
        assert words in passages[0].text + passages[1].text
    assert "本国内进一步进行能力建设" in passages[2].text  # a page broke here
    assert "制定 2020 年《预防和打击腐败措施法》" in passages[2].text  # a line broke after 2020
    assert "针对 COVID-19 大流行，2020 年" in passages[10].text
    assert passages[13].text.startswith("一位发言者强调，他的国家在成功追回资产方面")
    for passage in passages:
        assert passage.text.endswith("。")
        assert "  " not in passage.text


def test_the_seed_is_found_again_character_for_character(seed: tuple[Document, list[Passage]]) -> None:
    document, passages = seed
    assert document.text == (SEEDS / document.source.path).read_bytes().decode()
    for passage in passages:
        assert document.text[passage.start :].startswith(f"{passage.paragraph}. ")
        for i, character in enumerate(passage.text):
            run = next(r for r in passage.runs if r.text_start <= i < r.text_start + r.length)
            there = document.text[run.source_start + i - run.text_start]
            assert there == character or (character == " " and there == "\n")


# The folder.


def test_what_is_left_out_is_listed(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    (seeds / "below").mkdir(parents=True)
    (seeds / "README.md").write_text("a note")
    (seeds / "picture.png").write_bytes(b"x")
    (seeds / "below" / "b.TXT").write_text("1. Text.")
    (tmp_path / "outside.txt").write_text("1. Secret.")
    (seeds / "link.txt").symlink_to(tmp_path / "outside.txt")
    (seeds / "folder").symlink_to(tmp_path)
    os.mkfifo(seeds / "pipe.txt")
    found = documents.scan(seeds)
    assert [source.path for source in found.sources] == ["below/b.TXT"]
    assert {item.path for item in found.left_out} == {"README.md", "picture.png", "link.txt", "folder", "pipe.txt"}
    reasons = {item.path: item.reason for item in found.left_out}
    assert "link" in reasons["folder"]
    assert "no reader for '.png'" in reasons["picture.png"]


def test_no_folder() -> None:
    with pytest.raises(DocumentError, match="no folder of documents at 'nowhere'"):
        documents.scan(Path("nowhere"))


def test_a_file_that_changes_meanwhile(seeds: Path) -> None:
    source = documents.scan(seeds).sources[0]
    (seeds / source.path).write_text("1. Other.")
    with pytest.raises(DocumentError, match="changed while"):
        documents.read(seeds, source)
