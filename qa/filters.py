"""What of an index is searched: some documents, languages, dates or sections of it, or everything."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self, TypeVar

import numpy as np
import numpy.typing as npt

from embeddings.catalogue import Catalogue, Numbers
from embeddings.types import Conditions
from qa.errors import FilterError

Mask = npt.NDArray[np.bool_]
T = TypeVar("T")

_DATE: Final = re.compile("[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?")
_DATES: Final = ("since", "until")
_LISTS: Final = ("documents", "languages", "sections")
_NAMED: Final = 8
"""How many of those that there are a message names."""


@dataclass(frozen=True, slots=True)
class Filters(Conditions):
    """What is searched: the conditions of `embeddings.types.Conditions`, as people give them."""

    @classmethod
    def of(cls, given: object) -> Self:
        """Filters out of JSON: an object with these fields, any of which may be missing.

        Raises FilterError when it is something else.
        """
        fields: Mapping[str, Any] = given if isinstance(given, Mapping) else {"": given}
        dates = {name: fields.get(name, "") for name in _DATES}
        lists = {name: fields.get(name, ()) for name in _LISTS}
        if (
            not fields.keys() <= {*_DATES, *_LISTS}
            or not all(isinstance(each, str) for each in dates.values())
            or not all(_is_texts(each) for each in lists.values())
        ):
            raise FilterError(
                "unreadable",
                f"no filters: {given!r:.60}; an object with lists of strings ({', '.join(_LISTS)}) and dates "
                f"({', '.join(_DATES)}), any of which may be missing",
            )
        documents, languages, sections = (tuple(lists[name]) for name in _LISTS)
        return cls(documents, languages, dates["since"], dates["until"], sections)

    def check_dates(self) -> None:
        """Raises FilterError when a date is none, or when `since` is behind `until`; no index is needed to tell."""
        for value in (self.since, self.until):
            if value and not _is_date(value):
                raise FilterError(
                    "malformed_date", f"{value!r} is no date; write 2019, 2019-05 or 2019-05-03", value=value
                )
        if self.since and self.until and self.since > _latest(self.until):
            raise FilterError(
                "dates_reversed",
                f"nothing is dated since {self.since} and until {self.until}; exchange the two",
                since=self.since,
                until=self.until,
            )

    @property
    def dated(self) -> bool:
        """Whether documents are chosen by their date."""
        return bool(self.since or self.until)


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The passages of an index that filters leave, one at least.

    `conditions`: what chose them. `mask` [num_passages]: which. `counts`: how many in each language (ISO 639-1), in the
    order of the codes; `documents`: of how many; `undated`: how many documents are left out for nothing but having no
    date.
    """

    conditions: Conditions
    mask: Mask
    counts: Mapping[str, int]
    documents: int
    undated: int = 0

    @property
    def passages(self) -> int:
        """How many passages are left."""
        return sum(self.counts.values())

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.passages == len(self.mask)


class Selector:
    """Tells which passages of one index filters leave. What each passage is, is looked up once, for all questions."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._documents = {entry.doc_id: place for place, entry in enumerate(catalogue.documents)}
        self._languages = {code: place for place, code in enumerate(catalogue.languages)}
        self._below: dict[str, list[int]] = {}
        for place, section in enumerate(catalogue.sections):
            for heading in dict.fromkeys(section):
                self._below.setdefault(heading, []).append(place)
        dates = [entry.date for entry in catalogue.documents]
        self._dates = np.array(dates, dtype=np.str_)
        self._latest = np.array([_latest(each) if each else "" for each in dates], dtype=np.str_)
        everything = np.ones(len(catalogue.document_of), np.bool_)
        self.everything = self._selection(NO_FILTERS, everything, len(catalogue.documents))

    def select(self, filters: Filters) -> Selection:
        """The passages that `filters` leave.

        Raises FilterError when a date is none, when they name what is not there, and when nothing is left.
        """
        if filters == NO_FILTERS:
            return self.everything
        filters.check_dates()
        document_of = self._catalogue.document_of
        mask = np.ones(len(document_of), np.bool_)
        if filters.documents:
            chosen = [_known("document", each, self._documents) for each in filters.documents]
            mask &= _among(chosen, len(self._documents))[document_of]
        if filters.languages:
            chosen = [_known("language", each, self._languages) for each in filters.languages]
            mask &= _among(chosen, len(self._languages))[self._catalogue.language_of]
        if filters.sections:
            below = [number for each in filters.sections for number in _known("section", each, self._below)]
            mask &= _among(below, len(self._catalogue.sections))[self._catalogue.section_of]
        undated = 0
        if filters.dated:
            undated = self._documents_in(mask & (self._dates == "")[document_of])
            mask &= self._dated(filters)[document_of]
        if not mask.any():
            raise FilterError("nothing_left", "these filters leave nothing to search; take one of them away")
        return self._selection(filters, mask, self._documents_in(mask), undated)

    def _dated(self, filters: Filters) -> Mask:
        """[num_documents]: which are dated within, each date as exactly as it is known."""
        within: Mask = self._dates != ""
        if filters.since:
            within &= self._latest >= filters.since
        if filters.until:
            within &= self._dates <= _latest(filters.until)
        return within

    def _documents_in(self, mask: Mask) -> int:
        return int(np.count_nonzero(_among(self._catalogue.document_of[mask], len(self._documents))))

    def _selection(self, filters: Filters, mask: Mask, documents: int, undated: int = 0) -> Selection:
        counts = np.bincount(self._catalogue.language_of[mask], minlength=len(self._languages)).tolist()
        found = {code: count for code, count in zip(self._languages, counts, strict=True) if count}
        return Selection(filters, mask, found, documents, undated)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter may have, how a reader knows it, and how many passages it has to itself."""

    value: str
    label: str
    passages: int


@dataclass(frozen=True, slots=True)
class DocumentChoice(Choice):
    """A document, `value` being its doc_id and `label` its symbol, or its title where it has none.

    Language versions share their symbol: `language` (ISO 639-1) and `title` tell them apart. `date` (ISO 8601) may be
    empty.
    """

    title: str
    language: str
    date: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What filters can be made of: `documents` and `sections` in the order of the index, `languages` by their codes;
    `first` and `last`: the dates that all documents are within (ISO 8601), empty where none has a date."""

    documents: tuple[DocumentChoice, ...]
    languages: tuple[Choice, ...]
    sections: tuple[Choice, ...]
    first: str
    last: str


def choices(catalogue: Catalogue) -> Choices:
    """What can be chosen of an index."""
    documents = np.bincount(catalogue.document_of, minlength=len(catalogue.documents)).tolist()
    # A counter keeps the order in which things first came; a heading that stands twice above a passage counts once.
    headings: Counter[str] = Counter()
    sections = np.bincount(catalogue.section_of, minlength=len(catalogue.sections)).tolist()
    for section, count in zip(catalogue.sections, sections, strict=True):
        headings.update(dict.fromkeys(section, count))
    dates = [entry.date for entry in catalogue.documents if entry.date]
    return Choices(
        tuple(
            DocumentChoice(
                entry.doc_id,
                entry.symbol or entry.title or entry.doc_id,
                count,
                entry.title,
                entry.language,
                entry.date,
            )
            for entry, count in zip(catalogue.documents, documents, strict=True)
        ),
        tuple(Choice(code, code, count) for code, count in catalogue.counts().items()),
        tuple(Choice(heading, heading, count) for heading, count in headings.items()),
        min(dates, default=""),
        max(dates, key=_latest, default=""),
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _is_date(text: str) -> bool:
    """Whether it is a date (ISO 8601), whole or to the month or the year."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _latest(text: str) -> str:
    """The end of a year or a month, to be compared with; 31 stands for the last day of any month.

    The beginning needs nothing: "2019" is before "2019-01-01" as strings are compared.
    """
    return text + "-12-31"[len(text) - 4 :]


def _among(chosen: Sequence[int] | Numbers, count: int) -> Mask:
    """[count]: which numbers are among those `chosen`."""
    mask = np.zeros(count, np.bool_)
    mask[chosen] = True
    return mask


def _known(kind: str, value: str, there: Mapping[str, T]) -> T:
    if value in there:
        return there[value]
    names = ", ".join([*list(there)[:_NAMED], *(["..."] if len(there) > _NAMED else [])])
    raise FilterError(f"unknown_{kind}", f"there is no {kind} {value!r} to search; there are: {names}", value=value)
