"""Markdown files: what is shown, at its place in the file, and files made to do harm."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from effort import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.documents import markup
from embeddings.documents.extract import Extract
from embeddings.documents.markdown import read
from embeddings.errors import DocumentError


def lines(text: str) -> list[str]:
    extract = read(text.encode())
    check(extract)
    return [block.content.text for block in extract.blocks]


def check(extract: Extract) -> None:
    """Blocks stand in order, and every character leads to one of its block: to itself, or to what it stands for."""
    assert extract.places == ()
    at = 0
    for block in extract.blocks:
        assert at <= block.start < block.end <= len(extract.text)
        at = block.end
        length = 0
        for run in block.content.runs:
            assert run.text_start == length
            length += run.length
            source = extract.text[run.source_start : run.source_start + run.length]
            pairs = zip(block.content.text[run.text_start : length], source, strict=True)
            assert all(shown == printed or shown in " |" or printed == "&" for shown, printed in pairs)
            assert block.start <= run.source_start
            assert run.source_start + run.length <= block.end
        assert length == len(block.content.text) > 0
        assert block.content.text == block.content.text.strip()


REPORT = """---
title: "Доклад: часть 1"
lang: ru-RU
date: 2021-05-21
tags:
  - a
---
# Report of **the** Conference #

## I. Opening

7. The *Conference* decided[^1] that `code` and [a link](http://x.y "t")
   goes on 2\\*3 &amp; caf&eacute;.
8. Next
   - item a
   - item b

     another paragraph

| State | Sum \\| all |
|-------|:---:|
| *Chad* | `3.5` |

> technical
> assistance

<div>html</div>

![Map](map.png)

[^1]: See A/RES/58/4
    and more.
"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_as_somebody_writes_it(line_end: str) -> None:
    text = REPORT.replace("\n", line_end)
    extract = read(text.encode())
    check(extract)
    assert extract.text == text
    assert [(b.level, b.row, b.number.key if b.number else "", b.content.text) for b in extract.blocks] == [
        (0, False, "", "Report of the Conference"),
        (1, False, "", "I. Opening"),
        (None, False, "7", "The Conference decided that code and a link goes on 2*3 & café."),
        (None, False, "8", "Next"),
        (None, False, "", "- item a"),
        (None, False, "", "- item b"),
        (None, False, "", "another paragraph"),
        (None, True, "", "State | Sum | all"),
        (None, True, "", "Chad | 3.5"),
        (None, False, "", "technical assistance"),
    ]
    assert text[extract.blocks[3].start :].startswith("8. Next")
    assert (extract.title, extract.date, extract.language) == ("Доклад: часть 1", "2021-05-21", "ru")
    assert extract.left_out == (
        "footnote mark '[^1]'",
        "HTML block '<div>html</div>'",
        "picture 'Map'",
        "footnote 'See A/RES/58/4 and more.'",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", ["a b"]),
        ("技术\n援助", ["技术援助"]),
        ("self-\nhelp", ["self-help"]),
        ("a  \nb\\\nc<br>d", ["a b c d"]),
        ("**a**b *c* ***d*** __e__ f_g_h 2*3", ["ab c d e f_g_h 2*3"]),
        ("`` a`b `` `c\nd` ` `", ["a`b c d"]),
        ("<http://a.b/c> <b>bold</b> [x][r] [y] [[z]]\n\n[r]: http://z", ["http://a.b/c bold x [y] [[z]]"]),
        ("!a [b !c", ["!a [b !c"]),
        ("&eacute;t&#233; &nope; &lt;b&gt; &ngE;", ["été &nope; <b> &ngE;"]),
        ("\\# \\a \\\\", ["# \\a \\"]),
        ("# A\n\nB\n=\n\nC\n-", ["A", "B", "C"]),
        ("# a#\n## b ##\n###", ["a#", "b"]),
        ("> a\nb\n> > c", ["a b", "c"]),
        ("    code\n\n    more\n\n```py\nfence\nline\n```\n> ```\n> q\n> ```", ["code", "more", "fence line", "q"]),
        ("* a\n+ b\n1) c", ["* a", "+ b", "1) c"]),
        ("- - a\n- # H\n\n  b", ["- - a", "H", "b"]),
        ("![x](y) a", ["a"]),
        ("الأمم **المتحدة**", ["الأمم المتحدة"]),
        ("a\u00adb\u200bc", ["abc"]),
        ("a|b\n-|-\n|c\nd|e|f\n\n|", ["a | b", "c", "d | e | f", "|"]),
        ("---\n\ntext\n\n---", ["text"]),
        ("~~a~~", ["~~a~~"]),
    ],
)
def test_marks_are_not_shown(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7. a\n8. b\n10. c", ["7", "8", "10"]),
        ("1. a\n1. b\n\n   more\n1. c", ["1", "2", "", "3"]),
        ("7\\. a\n\n**8.** b\n\n(a) c\n\n9.", ["7", "8", "a"]),
        ("> 7. a\n> 8. b", ["7", "8"]),
        ("Article 5\n\n٧\\. a", ["5", "7"]),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    extract = read(text.encode())
    check(extract)
    assert [block.number.key if block.number else "" for block in extract.blocks] == numbers


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a[^x]\n\n[^x]: One\n[^y]: Two\n\n    more\n\nb", ["a", "b"]),
        ("a\n[^x]: Note", ["a"]),
        ("a[^x]\n\n[^x]: Word\nb", ["a"]),
        ("- a\n\n  [^x]: Note\n- b", ["- a", "- b"]),
    ],
)
def test_footnotes_are_kept_apart(text: str, left: list[str]) -> None:
    assert lines(text) == left
    assert any("footnote" in line for line in read(text.encode()).left_out)


@pytest.mark.parametrize("text", ["---\nno key\n---\n", "---\na: b\n", "----\na: b\n---\n", " ---\na: b\n---\n"])
def test_what_is_no_front_matter_is_text(text: str) -> None:
    assert lines(text + "\nText.")[-1] == "Text."
    assert len(lines(text + "\nText.")) == 2


def test_encodings() -> None:
    for name in ("utf-8-sig", "utf-16", "gb18030"):
        assert read("# 报告\n\n7. 技术援助和能力建设。".encode(name)).blocks[1].content.text == "技术援助和能力建设。"


TRAPS: dict[str, tuple[Callable[[], str], str]] = {
    "empty": (lambda: "", "holds no text"),
    "no words": (lambda: "***\n\n# \n\n[a]: b", "holds no text"),
    "binary": (lambda: "\0a", "holds control characters"),
    "large": (lambda: "a\n\n" * 1_400_000, "more than 4,000,000 characters"),
    "long": (lambda: "a " * 60_000, "paragraph of more than 100,000 characters"),
    "brackets": (lambda: "[" * 200_000, "more than 100,000 brackets"),
    "quotations": (lambda: "> " * 200_000 + "a", "nests lists and quotations"),
    "lists": (lambda: "- " * 100_000 + "a", "nests lists and quotations"),
    "deep list": (lambda: "".join("  " * i + "- a\n" for i in range(500)), "nests lists and quotations"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused(name: str) -> None:
    make, why = TRAPS[name]
    with pytest.raises(DocumentError, match=why):
        read(make().encode())


def test_paragraphs_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_PARAGRAPHS", 100)
    with pytest.raises(DocumentError, match="more than 100 paragraphs"):
        read(b"a\n\n" * 101)


@pytest.mark.parametrize(
    "sign",
    ["[", "![", "[a](", "*a **a ", "a**b", "*_", "`a``", "<a ", "<!--", "&a", "[^", "](", "_a __", "[x [", "\\", "|"],
)
def test_marks_that_never_end_are_read_within_seconds(sign: str) -> None:
    with at_most(5):
        assert read(f"Text {sign * (20_000 // len(sign))}".encode()).blocks


@pytest.mark.parametrize(
    "part",
    ["- a\n> b\n", "1. a\n\n", "a\n=\n", "```\nx\n```\n", "|a|b|\n|-|-|\n|c|d|\n\n", "    a\n\n", "\n", "\t"],
)
def test_long_files_are_read_within_seconds(part: str) -> None:
    with at_most(8):
        assert read(("Text.\n\n" + part * 5_000 + "\nText.").encode()).blocks


MARKS = (
    "#_ >_ -_ 7._ 1)_ (a)_ * ** _ ` ``` [ ]( ) ] ![ [^1] [^1]:_ | |-|-| \\ &amp; & <b> <br> < > <a:b> <!-- --> === ---"
)
WORDS = [
    "a",
    "技术",
    "الأمم",
    "Всё",
    "été",
    "\u00ad",
    "\u200f",
    "\u00a0",
    "\u2028",
    "𠀀",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "    ",
    "\t",
]
PARTS = st.sampled_from([*(mark.replace("_", " ") for mark in MARKS.split(" ")), "_", "__", "key: value", *WORDS])


@settings(deadline=None, max_examples=400)
@given(st.lists(PARTS, max_size=25).map("".join))
def test_every_block_stands_at_its_place(text: str) -> None:
    with suppress(DocumentError):
        check(read(text.encode()))


WHOLE = REPORT.encode()


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=5), st.integers(0, len(WHOLE)))
def test_damaged_files_are_read_or_refused(changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    with suppress(DocumentError):
        check(read(bytes(data[:length])))
