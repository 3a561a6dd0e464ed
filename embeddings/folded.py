"""A text in the one spelling that all its spellings share, with the way back to its characters."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from embeddings.words import FOLDING, WORD

_RUSSIAN_ENDING: Final = re.compile(
    "(?<=[а-яіїєґ]{3})(?:ого|его|ому|ему|ый|ий|ыми|ими|ами|ями|ой|ей|ою|ею|ую|юю|ая|яя|ое|ые|ие|ых|их|ым|им|ом|ем|ов|ев|ам|ям|"
    "ах|ях|ью|ої|ій|єю|а|я|ы|и|у|ю|е|о|ь|й|і|ї)$"
)


class Folded:
    """`text` folded character by character; `folded[i]` comes from character `origins[i]` of `text`.

    What takes time is made when it is first asked for: most texts hold nothing that has to be placed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = text.translate(FOLDING)

    @cached_property
    def origins(self) -> Sequence[int]:
        """Where in the text each folded character comes from."""
        lengths = [len(FOLDING[ord(character)]) for character in self.text]
        if all(length == 1 for length in lengths):
            return range(len(lengths))
        return [i for i, length in enumerate(lengths) for _ in range(length)]

    @cached_property
    def words(self) -> list[re.Match[str]]:
        """The words and numbers of scripts that set words off by blanks, in order."""
        return list(WORD.finditer(self.folded))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text characters [start, end) of the folded text stand; they are at least one."""
        return self.origins[start], self.origins[end - 1] + 1

    def original(self, start: int, end: int) -> str:
        """What stands in the text for characters [start, end) of the folded text."""
        first, last = self.span(start, end)
        return self.text[first:last]


def without_particles(word: str) -> list[str]:
    """What an Arabic word may be without "and", "so", "in", "for" and "like", which are written onto it."""
    if not "\u0600" < word[0] < "\u06ff":
        return []
    joined = [word, word[1:]] if word[0] in "وف" else [word]
    bare = [form[1:] for form in joined if form[:1] in ("ب", "ل", "ك")]
    article = ["ال" + form[2:] for form in joined if form[:2] == "لل"]
    return [form for form in [*joined[1:], *bare, *article] if len(form) > 1]


def russian_stem(word: str) -> str:
    """A folded Russian word without its ending; other words as they are."""
    return _RUSSIAN_ENDING.sub("", word)


def name_stem(word: str) -> str:
    """What all cases of a folded Russian noun or adjective share: соглашение, соглашению, соглашениям."""
    if not "а" <= word[0] <= "я" or len(word) < 4:
        return word
    return russian_stem(word).removesuffix("и")
