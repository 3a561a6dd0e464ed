"""Every string of the page is there in six languages, with the same places and all the forms its language needs."""

import re

import pytest
from babel import Locale
from conftest import ROOT

from qa.strings import LANGUAGES, Text, catalogue, day, number, percent, say

KEYS = sorted(catalogue())
PLACES = re.compile(r"\{(\w+)\}")


def forms(text: Text) -> dict[str, str]:
    return {"": text} if isinstance(text, str) else dict(text)


def test_there_are_strings() -> None:
    assert len(KEYS) > 50


@pytest.mark.parametrize("key", KEYS)
def test_a_string_is_there_in_every_language(key: str) -> None:
    texts = catalogue()[key]
    assert set(texts) == set(LANGUAGES), f"{key} is there in {sorted(texts)}"
    places = set(PLACES.findall(" ".join(forms(texts["en"]).values())))
    counted = not isinstance(texts["en"], str)
    for language, text in texts.items():
        for form in forms(text).values():
            assert form.strip() == form
            assert form
            # "a paragraph" may leave the number out; nothing may ask for a value that is not given.
            assert set(PLACES.findall(form)) <= places, f"{key} in {language}: {form}"
        assert set(PLACES.findall(" ".join(forms(text).values()))) == places, f"{key} in {language}"
        if counted:
            rules = Locale(language).plural_form
            assert set(forms(text)) >= set(rules.tags) | {"other"}, f"{key} in {language}"


def test_values_are_put_in_as_the_language_writes_them() -> None:
    assert number(12345, "en") == "12,345"
    assert number(12345, "fr") == "12\u202f345"
    assert number(12345, "ar") == "12,345"
    assert percent(0.5, "fr") == "50\xa0%"
    assert day("2010-02-04", "es") == "4 de febrero de 2010"
    assert day("2010", "es") == "2010"


def test_an_unknown_language_gets_english_and_an_unknown_key_an_error() -> None:
    assert say("xx", KEYS[0], **dict.fromkeys(["count", *PLACES.findall(str(catalogue()[KEYS[0]]["en"]))], 1))
    with pytest.raises(KeyError):
        say("en", "no.such")


# --- Keys, as the program has them -----------------------------------------------------------------------------------

PROGRAM = "\n".join(
    path.read_text("utf-8") for path in sorted((ROOT / "qa").rglob("*")) if path.suffix in {".py", ".js"}
)
AREAS = "|".join(sorted({key.partition(".")[0] for key in KEYS}))


def test_every_key_that_the_program_names_is_there() -> None:
    said = set(re.findall(rf"""(?:\bt|\bsay)\([^()'"]*['"]((?:{AREAS})\.\w+)['"]""", PROGRAM))
    assert len(said) > 100
    assert said <= set(KEYS)
    assert {f"answer.{name}" for name in re.findall(r'self\._say\("(\w+)"', PROGRAM)} <= set(KEYS)


def test_no_string_is_left_that_the_program_does_not_say() -> None:
    """A key stands in the program whole, or is put together of a pattern and of a word that stands there."""
    words = set(re.findall(r"""['"`](\w+)['"`]""", PROGRAM)) | set(re.findall(r"\b(\w+):? \[?['\"]", PROGRAM))
    whole = set(re.findall(rf"""['"`]((?:{AREAS})\.\w+)['"`]""", PROGRAM))
    whole |= {f"answer.{name}" for name in re.findall(r'self\._say\("(\w+)"', PROGRAM)}
    patterns = {
        re.sub(r"\\\$?\\\{.+?\\\}|\\\{.+?\\\}", r"(\\w+)", re.escape(found))
        for found in re.findall(rf"""[`"]((?:{AREAS})\.\w*\$?\{{[^"`]+?\}}\w*)[`"]""", PROGRAM)
    }
    patterns |= {f"answer.{found}(\\w+)" for found in re.findall(r'_say\(f"(\w+_)\{', PROGRAM)}
    unsaid = [
        key
        for key in KEYS
        if key not in whole and not any((found := re.fullmatch(each, key)) and found[1] in words for each in patterns)
    ]
    assert unsaid == []
