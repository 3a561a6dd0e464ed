"""Which figures are set beside which, when it is asked whether something became slower."""

from benchmarks.quick import compared, table

STORED = {"commit": "a", "machine": "m", "passages": 3, "qa ask, s": 2.0, "seed, ms": {"encode": 10.0, "words": 0.1}}
NOW = {
    "commit": "b",
    "machine": "n",
    "passages": 3,
    "qa ask, s": 3.0,
    "seed, ms": {"encode": 5.0, "words": 0.9, "x": 5.0},
}


def test_times_that_both_have_and_that_are_more_than_chance() -> None:
    assert compared(STORED, NOW) == [("qa ask, s", 2.0, 3.0), ("seed, ms: encode", 10.0, 5.0)]


def test_the_table_has_ratios_and_where_both_come_from() -> None:
    first, second, ask, encode = table("startup", STORED, NOW).splitlines()
    assert first.endswith("stored a on m")
    assert second.endswith("now    b on n")
    assert (ask.split()[-1], encode.split()[-1]) == ("1.50", "0.50")
