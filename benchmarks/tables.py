"""Puts what `results/` holds into the tables of benchmarks/README.md.

    python -m benchmarks.tables [--check]

What stands between `<!-- NAME -->` and `<!-- /NAME -->` is made anew from the results; `--check` writes nothing and
exits with 1 where something else stands there.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks import peers

FOLDER: Final = Path(__file__).parent
README: Final = FOLDER / "README.md"
_PLACE: Final = r"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)"

Result = Mapping[str, Any]


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


def origin(result: Result) -> str:
    """The commit and the machine of a result."""
    return f"{result['commit']}, {result['machine']}"


def origins(results: Iterable[Result]) -> str:
    """The same of several, each once."""
    return "; ".join(dict.fromkeys(map(origin, results)))


def points(value: float) -> str:
    return f"{100 * value:.1f}"


def quality(stored: Result) -> str:
    """Each set by words, by the model's own vectors, and by everything."""
    rows = [
        (
            name, each["passages"], each["queries"], *(points(each[run]["nDCG@10"]) for run in ("words", "vector")),
            points(each["all"]["nDCG@10"]), points(each["all"]["R@10"]),
        )
        for name, each in stored.items()
    ]  # fmt: skip
    titles = ("set", "passages", "questions", "words alone", "the model alone", "all", "all, R@10")
    return f"nDCG@10 and R@10 × 100. {origins(stored.values())}.\n\n{table(titles, rows)}"


def faithfulness(stored: Result) -> str:
    """What the check of written sentences keeps of true ones and catches of false ones; what a model made of it."""
    kinds = tuple(next(iter(stored["checks"].values()))["caught"])
    rows = [
        (
            name, each["sentences"], points(each["kept"]),
            *("-" if each["caught"][kind] is None else points(each["caught"][kind]) for kind in kinds),
        )
        for name, each in stored["checks"].items()
    ]  # fmt: skip
    titles = ("sentences on passages", "", "kept", *(f"caught: {kind}" for kind in kinds))
    made = table(titles, rows)
    if "written" in stored:
        model = stored["written"]
        made += (
            f"\n\n{model['model']}: {model['answers']} answers with {model['sentences']} sentences, "
            f"{model['with a citation']} of these with a citation, {points(model['borne out'])} % borne out; "
            f"{model['answers with a sentence borne out']} answers have one that is."
        )
    return f"{origin(stored)}; line {stored['line']}.\n\n{made}"


def question(stored: Result) -> str:
    """The parts of a question, in milliseconds."""
    columns = ("cold, ms", "seed, ms", "made up, ms")
    parts = list(dict.fromkeys(part for column in columns for part in stored[column]))
    parts = [*(part for part in parts if part != "together"), "together"]
    rows = [(part, *(f"{stored[column].get(part, 0):.1f}" for column in columns)) for part in parts]
    titles = ("part, ms", "`qa ask` from nothing running", "the seed", f"{stored['passages made up']} passages")
    return f"{origin(stored)}.\n\n{table(titles, rows)}"


def waiting(startup: Result, page: Result) -> str:
    """What somebody waits for."""
    rows = [(name.removesuffix(", s"), f"{value} s") for name, value in startup.items() if name.endswith(", s")]
    rows += [
        (name, f"{each['median'] / 1000:.2f} s (95 %: {each['p95'] / 1000:.2f}, longest: {each['max'] / 1000:.2f})")
        for name, each in page.items()
        if isinstance(each, Mapping)
    ]
    return f'{origin(startup)}; from "first paint" on {origin(page)}.\n\n{table(("what", "median"), rows)}'


def indexing(stored: Result) -> str:
    """How fast texts are encoded and indexed, by what runs the model."""
    runs = {name: each for name, each in stored.items() if isinstance(each, Mapping) and "passages/s" in each}
    rows = [
        (
            name, *(f"{each[field]:g}" for field in ("passages/s", "tokens/s")), points(each["padding"]),
            *(points(each[field]) for field in ("share of peak", "share of peak, the model alone")),
            stored.get(f"{name} / torch", 1),
        )
        for name, each in runs.items()
    ]  # fmt: skip
    titles = (
        "model run by", "passages/s", "tokens/s", "padding, %", "of the machine's peak, %", "the model alone, %",
        "times torch",
    )  # fmt: skip
    peak = max(stored["matrix products, GFLOP/s"].values())
    about = f"{stored['passages']} passages, {stored['threads']} threads, peak {peak:g} GFLOP/s."
    return f"{origin(stored)}. {about}\n\n{table(titles, rows)}"


def growth(stored: Result) -> str:
    """What an index costs by its size, a column for each."""
    columns = {name.partition(" ")[0]: each for name, each in stored.items() if isinstance(each, Mapping)}
    lines: dict[str, Callable[[Result], object]] = {
        "vectors": lambda of: of["built"]["vectors"],
        "searched": lambda of: of["built"]["searched"],
        "put together, s": lambda of: of["built"]["put together, s"],
        "written, s": lambda of: of["built"]["written, s"],
        "most memory while building, GB": lambda of: round(of["built"]["resident while building, MB"] / 1000, 1),
        "bytes a passage": lambda of: of["built"]["bytes a passage"]["all"],
        "of these tokens, vectors, words and texts": lambda of: ", ".join(
            str(sum(of["built"]["bytes a passage"].get(part, 0) for part in parts))
            for parts in (("tokens", "coarse"), ("dense",), ("words",), ("passages", "documents", "catalogue"))
        ),
        "opened for the first time, every byte checked, s": lambda of: of["opened for the first time"]["open, s"],
        "opened again, s": lambda of: of["warm"]["open, s"],
        "first question, from the disk, ms": lambda of: of["cold"]["first question, ms"],
        "ranking, from the disk, median, ms": lambda of: of["cold"]["ranking"]["median, ms"],
        "ranking, median, ms": lambda of: of["warm"]["ranking"]["median, ms"],
        "answer, median, ms": lambda of: of["warm"]["answer"]["median, ms"],
        "answer, 95 of 100, ms": lambda of: of["warm"]["answer"]["p95, ms"],
        "answer among eight askers, median, ms": lambda of: of["warm"]["answer, 8 askers"]["median, ms"],
        "answers a second to eight askers": lambda of: of["warm"]["answer, 8 askers"]["answers a second"],
        "memory of its own, MB": lambda of: of["warm"]["resident, MB"]["own"],
        "with files that it has mapped, MB": lambda of: of["warm"]["resident, MB"]["all"],
    }
    rows = [(name, *(value(each) for each in columns.values())) for name, value in lines.items()]
    titles = ("passages", *columns)
    about = f"{stored['real passages']} real passages among them, {stored['questions']} real questions."
    return f"{origin(stored)}. {about}\n\n{table(titles, rows)}"


def kinds(stored: Result) -> str:
    """What each way to search among vectors misses."""
    rows = [
        (
            name.partition(" ")[0], each["built"]["vectors"], kind, found.get("built, s", ""), found["search, ms"],
            points(1 - found["of the candidates"]), points(1 - found["of ten"]),
        )
        for name, each in stored.items()
        if isinstance(each, Mapping)
        for kind, found in each["built"]["missed by"].items()
    ]  # fmt: skip
    titles = ("passages", "vectors", "search", "built, s", "search, ms", "of the best ten: found, %", "found first, %")
    return f"{origin(stored)}.\n\n{table(titles, rows)}"


def milvus(stored: Result) -> str:
    """Milvus beside files."""
    rows = [
        (
            server, name, each["passages"], points(each["overlap_at_10"]), points(each["overlap_at_10_filtered"]),
            *(each[run]["median_ms"] for run in ("files", "milvus", "milvus_tokens_kept")), each["written_s"],
        )
        for server, sets in stored.items()
        for name, each in sets.items()
    ]  # fmt: skip
    titles = (
        "server", "set", "passages", "same of ten, %", "with a filter, %", "files, ms", "Milvus, ms",
        "its tokens kept, ms", "written, s",
    )  # fmt: skip
    return f"{origins(each for sets in stored.values() for each in sets.values())}.\n\n{table(titles, rows)}"


def beside(stored: Result) -> str:
    """This project beside others."""
    return f"{origin(stored)}.\n\n{peers.table(stored['peers'], list(stored['sets']))}"


TABLES: Final[Mapping[str, tuple[Callable[..., str], tuple[str, ...]]]] = {
    "quality": (quality, ("quality",)),
    "faithfulness": (faithfulness, ("faithfulness",)),
    "question": (question, ("query_path",)),
    "waiting": (waiting, ("startup", "page")),
    "indexing": (indexing, ("indexing",)),
    "growth": (growth, ("growth",)),
    "kinds": (kinds, ("growth",)),
    "milvus": (milvus, ("milvus",)),
    "peers": (beside, ("peers",)),
}
"""The tables, what makes each, and of which results."""
_UNMEASURED: Final = "Not measured yet."


def filled(text: str, results: Path) -> str:
    """The text of the README with every table as the results have it, or told to be missing.

    Raises ValueError where one has no place.
    """
    for name, (make, sources) in TABLES.items():
        files = [results / f"{source}.json" for source in sources]
        there = all(file.exists() for file in files)
        table = make(*(json.loads(file.read_text("utf-8")) for file in files)) if there else _UNMEASURED
        place = re.compile(_PLACE.format(name=name), re.DOTALL)
        if not place.search(text):
            raise ValueError(f"there is no place for the table {name!r}")
        made = f"\n{table}\n\n"
        text = place.sub(lambda _found, made=made: made, text)  # type: ignore[misc]
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description="Puts results into the tables of benchmarks/README.md.")
    parser.add_argument("--check", action="store_true", help="only tell whether they are there")
    arguments = parser.parse_args()
    before = README.read_text("utf-8")
    after = filled(before, FOLDER / "results")
    if before == after:
        return 0
    if arguments.check:
        print("benchmarks/README.md does not have what results/ holds; run: python -m benchmarks.tables")
        return 1
    README.write_text(after, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
