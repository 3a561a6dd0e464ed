"""Names are read script by script: each stands where a text of its script looks for it."""

from typing import Any

import pytest

from embeddings import bodies, demonyms
from embeddings.lexicon import Lexicon, _canonical, script_of, tokens
from qa import asking, cues, speakers


@pytest.mark.parametrize(
    "name",
    ["Zimbabwe", "«Zimbabwe»", "ЗИМБАБВЕ", "зимбабвийский", "القانون", "ﻋﻤﺎن", "联合国", "日本", "ไทย", "12", "É"],
)
def test_a_name_begins_in_its_script_however_it_is_folded(name: str) -> None:
    first = tokens(name)[0]
    assert {script_of(name)} == {script_of(first.word), script_of(_canonical(first.word, 0))}


def test_so_do_all_that_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = 0
    whole = Lexicon.__init__

    def checking(self: Lexicon[Any], names: Any, *, cased: bool = False) -> None:
        nonlocal checked
        given = list(names)
        for name, _value in given:
            for first in tokens(name)[:1]:
                assert script_of(name) == script_of(_canonical(first.word, 0)), name
                checked += 1
        whole(self, given, cased=cased)

    monkeypatch.setattr(Lexicon, "__init__", checking)
    demonyms._lexicon.__wrapped__("")
    bodies._lexicon.__wrapped__()
    for module in (asking, cues, speakers):
        for made in vars(module).values():
            for language in ("en", "fr", "es", "ru", "ar", "zh"):
                if hasattr(made, "cache_info") and made.__wrapped__.__code__.co_argcount == 1:
                    made.__wrapped__(language)
    assert checked > 5000


def test_nothing_is_read_of_scripts_that_a_text_has_not() -> None:
    lexicon = Lexicon([("Zimbabwe", 1), ("зимбабвийский", 2), ("津巴布韦", 3)])
    assert [found.value for found in lexicon.find("在津巴布韦")] == [3]
    assert set(lexicon._roots) == {"unspaced"}
    assert [found.value for found in lexicon.find("Zimbabwe, зимбабвийского 津巴布韦")] == [1, 2, 3]
