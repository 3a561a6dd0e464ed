"""What visitors say of answers, kept in one SQLite file: thumbs, and citations that are wrong.

One row a visitor and matter: a later vote on the same answer replaces the earlier one, and so does a later word on the
same citation. Each call opens the file anew, so that threads and processes may share it; SQLite's write-ahead log
lets one read while another writes. The file is its owner's alone, and bounded: so many rows a visitor and day, and so
many bytes in all, for whoever can ask can also send rubbish.
"""

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, get_args

from filelock import FileLock

from qa.errors import FeedbackFull, FeedbackInvalid, FeedbackMissing, FeedbackTooMany, FeedbackUnusable
from qa.question import MAX_QUESTION
from qa.types import Collection

FILE_NAME: Final = "feedback.sqlite3"
"""In the data folder."""
UP: Final = "up"
DOWN: Final = "down"
WRONG: Final = "wrong citation"

MAX_NOTE: Final = 2000
"""Characters of a free text."""
MAX_CITATIONS: Final = 500
"""Passages that an answer is kept with; tables and references may have more, whose end is of no use as a judgement."""
MAX_ROWS_A_DAY: Final = 200
"""Of one visitor, by the calendar of UTC."""
MAX_BYTES: Final = 64_000_000
"""Of the file; some 100 000 rows."""

_MAX_NAME: Final = 500
"""Characters of a passage's name, and of the other short fields."""
_MAX_NAMES: Final = 60_000
"""Characters of all names of passages of a row, as JSON."""
_VERSION: Final = 1
"""Of the tables; kept in the file itself (`user_version`)."""
_PAGE: Final = 4096
"""Bytes; SQLite's usual size of a page."""
_PATIENCE: Final = 10.0
"""Seconds that one writer waits for another."""

Kind = Literal["up", "down", "wrong citation"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor says of an answer.

    `question` as asked, `searched` as searched; `citations` the passage_ids of the answer in order, `flagged` that of
    the citation that is wrong, empty for thumbs. `note` is the visitor's own text. `state`: the generation of the
    index that answered, `index`: its SHA-256 as in records. `visitor` is opaque. `collection`: "library", or "own" for
    the visitor's own documents.
    """

    kind: Kind
    question: str
    searched: str
    citations: tuple[str, ...]
    visitor: str
    flagged: str = ""
    note: str = ""
    state: str = ""
    index: str = ""
    collection: Collection = "library"


@dataclass(frozen=True, slots=True)
class Kept:
    """A row: the feedback, and when it was given last (ISO 8601, UTC, to the second)."""

    time: str
    feedback: Feedback


class FeedbackStore:
    """The file with all feedback. Safe to share between threads, and between processes."""

    def __init__(
        self,
        path: Path,
        *,
        max_rows_a_day: int = MAX_ROWS_A_DAY,
        max_bytes: int = MAX_BYTES,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Open the file, or make it. Raises FeedbackUnusable when it cannot be made or is something else."""
        self.path = path
        self._max_rows_a_day = max_rows_a_day
        self._max_pages = max(max_bytes // _PAGE, 1)
        self._now = now
        self._prepare()

    @classmethod
    def existing(cls, path: Path) -> "FeedbackStore":
        """The file that is there already. Raises FeedbackMissing when there is none."""
        if not path.is_file():
            raise FeedbackMissing(
                f"no feedback in {str(path.parent)!r}: nobody has given any yet, or it is kept in another folder; "
                "name that with: --data FOLDER"
            )
        return cls(path)

    def keep(self, feedback: Feedback) -> None:
        """Keep what a visitor says, instead of what the same visitor said of the same before.

        Texts are cleaned of control characters. Raises FeedbackInvalid when something is missing or too long,
        FeedbackTooMany when the visitor said enough for today, FeedbackFull when the file may not grow further.
        """
        checked = _checked(feedback)
        time = self._now()
        with self._writing() as database:
            self._check_day(database, checked, time)
            database.execute(_KEEP, _row(checked, _written(time)))

    def withdraw(self, feedback: Feedback) -> bool:
        """Forget what a visitor said of an answer, or of its citation `flagged`. Returns whether there was something.

        Raises what `keep` raises, but for FeedbackTooMany.
        """
        checked = _checked(feedback)
        with self._writing() as database:
            return database.execute(_WITHDRAW, _row(checked, "")).rowcount > 0

    def rows(self, collection: Collection = "library") -> list[Kept]:
        """All feedback on a collection, oldest first."""
        with self._opened() as database:
            found = database.execute(_READ, (collection,)).fetchall()
        return [_kept(row) for row in found]

    def _check_day(self, database: sqlite3.Connection, feedback: Feedback, time: datetime) -> None:
        midnight = time.replace(hour=0, minute=0, second=0, microsecond=0)
        span = (_written(midnight), _written(midnight + timedelta(days=1)))
        (count,) = database.execute(_COUNT, (feedback.visitor, *span)).fetchone()
        if count >= self._max_rows_a_day:
            raise FeedbackTooMany(f"{count} votes of one visitor on {time:%Y-%m-%d}; more are not kept")

    def _prepare(self) -> None:
        """Make the file and its tables where they are not there yet; one process does, the others wait."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(f"{self.path}.lock", timeout=_PATIENCE, mode=0o600):
                self.path.touch(mode=0o600)
                self.path.chmod(0o600)  # where it was there with other rights
                self._make_tables()
        except OSError as error:
            raise FeedbackUnusable(f"cannot keep feedback in {str(self.path)!r}: {error.strerror or error}") from error

    def _make_tables(self) -> None:
        with self._opened() as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version == 0:
                if database.execute("SELECT 1 FROM sqlite_master").fetchone():
                    raise FeedbackUnusable(f"{str(self.path)!r} is another program's database; name another folder")
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
            elif version != _VERSION:
                raise FeedbackUnusable(
                    f"{str(self.path)!r} was written by another version of this program (tables {version}, not "
                    f"{_VERSION}); use that one, or move the file away"
                )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._opened() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                if database.in_transaction:  # a full disk has ended it already
                    database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)) as database:
                database.execute(f"PRAGMA max_page_count = {self._max_pages}")
                yield database
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
                raise FeedbackFull(
                    f"{str(self.path)!r} has no room left; export it (qa feedback export), then move it away"
                ) from error
            raise FeedbackUnusable(f"cannot use {str(self.path)!r}: {error}") from error


_TABLES: Final = """
CREATE TABLE feedback (
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    question TEXT NOT NULL,
    searched TEXT NOT NULL,
    citations TEXT NOT NULL,
    flagged TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    index_hash TEXT NOT NULL,
    visitor TEXT NOT NULL,
    collection TEXT NOT NULL,
    UNIQUE (visitor, collection, question, searched, flagged)
);
CREATE INDEX feedback_of_day ON feedback (visitor, time);
"""
_KEEP: Final = """
INSERT INTO feedback (time, kind, question, searched, citations, flagged, note, state, index_hash, visitor, collection)
VALUES (:time, :kind, :question, :searched, :citations, :flagged, :note, :state, :index_hash, :visitor, :collection)
ON CONFLICT (visitor, collection, question, searched, flagged) DO UPDATE SET
    time = excluded.time, kind = excluded.kind, citations = excluded.citations, note = excluded.note,
    state = excluded.state, index_hash = excluded.index_hash
"""
_WITHDRAW: Final = """
DELETE FROM feedback WHERE visitor = :visitor AND collection = :collection AND question = :question
AND searched = :searched AND flagged = :flagged
"""
_READ: Final = """
SELECT time, kind, question, searched, citations, flagged, note, state, index_hash, visitor, collection FROM feedback
WHERE collection = ? ORDER BY time, rowid
"""
_COUNT: Final = "SELECT count(*) FROM feedback WHERE visitor = ? AND time >= ? AND time < ?"


def _row(feedback: Feedback, time: str) -> Mapping[str, str]:
    return {
        "time": time,
        "kind": feedback.kind,
        "question": feedback.question,
        "searched": feedback.searched,
        "citations": json.dumps(feedback.citations, ensure_ascii=False),
        "flagged": feedback.flagged,
        "note": feedback.note,
        "state": feedback.state,
        "index_hash": feedback.index,
        "visitor": feedback.visitor,
        "collection": feedback.collection,
    }


def _kept(row: tuple[Any, ...]) -> Kept:
    time, kind, question, searched, citations, flagged, note, state, index, visitor, collection = row
    cited = tuple(json.loads(citations))
    return Kept(time, Feedback(kind, question, searched, cited, visitor, flagged, note, state, index, collection))


def _written(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _checked(feedback: Feedback) -> Feedback:
    """The feedback with its texts cleaned. Raises FeedbackInvalid when it is not whole."""
    if feedback.kind not in (UP, DOWN, WRONG):
        raise FeedbackInvalid(f"no kind of feedback: {feedback.kind!r:.60}; there are {UP!r}, {DOWN!r} and {WRONG!r}")
    if feedback.collection not in get_args(Collection):
        raise FeedbackInvalid(f"no collection: {feedback.collection!r:.60}; there are 'library' and 'own'")
    if len(feedback.citations) > MAX_CITATIONS:
        raise FeedbackInvalid(f"{len(feedback.citations)} citations; at most {MAX_CITATIONS} are kept with a vote")
    citations = tuple(_name(each, "the name of a passage") for each in feedback.citations)
    if len(json.dumps(citations, ensure_ascii=False)) > _MAX_NAMES:
        raise FeedbackInvalid(f"the names of the passages have more than {_MAX_NAMES} characters")
    if (feedback.kind == WRONG) != bool(feedback.flagged):
        raise FeedbackInvalid("a wrong citation names the passage that is cited wrongly, thumbs name none")
    if feedback.flagged and feedback.flagged not in feedback.citations:
        raise FeedbackInvalid(f"{feedback.flagged!r:.100} is none of the answer's citations")
    return Feedback(
        feedback.kind,
        _text(feedback.question, "the question", MAX_QUESTION),
        _text(feedback.searched, "the query searched", MAX_QUESTION),
        citations,
        _name(feedback.visitor, "the visitor"),
        _name(feedback.flagged, "the name of a passage") if feedback.flagged else "",
        _cleaned(_short(feedback.note, "the note", MAX_NOTE)),
        _cleaned(_short(feedback.state, "the state of the index", _MAX_NAME)),
        _cleaned(_short(feedback.index, "the hash of the index", _MAX_NAME)),
        feedback.collection,
    )


def _text(text: str, what: str, longest: int) -> str:
    cleaned = _cleaned(_short(text, what, longest))
    if not cleaned:
        raise FeedbackInvalid(f"{what} is blank")
    return cleaned


def _name(text: str, what: str) -> str:
    """A name as it is: one that had to be cleaned would name nothing."""
    if not text.strip() or _cleaned(_short(text, what, _MAX_NAME)) != text:
        raise FeedbackInvalid(f"{what} is blank, or has control characters or blanks at its ends: {text!r:.100}")
    return text


def _short(text: str, what: str, longest: int) -> str:
    if len(text) > longest:
        raise FeedbackInvalid(f"{what} has {len(text)} characters; at most {longest} are kept")
    return text


def _cleaned(text: str) -> str:
    """Without control characters, unpaired surrogates and outer blanks; line ends stay, one kind of them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()
