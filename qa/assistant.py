"""The whole online flow on one screen: question in, cited answer out."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final, Self, cast

import numpy as np

from embeddings.contents import Index
from embeddings.encoder import load_encoder
from embeddings.models import find_model
from embeddings.store import IndexStore
from embeddings.timing import Part, timed
from embeddings.types import Encoder, Passage
from qa import asking, listing, reference_lookup
from qa.answer import Answer, Scope, cited, hit_of, quoted
from qa.filters import NO_FILTERS, Choices, Filters, Selection, choices
from qa.followup import Reason, Turn, Understood, understood
from qa.query import Query, make_query
from qa.question import check_question
from qa.reference_lookup import ReferenceAnswer
from qa.retriever import Reranks, Retriever
from qa.types import ScoredPassage

DEFAULT_TOP_K: Final = 5
_LISTED: Final = 50
"""Passages that a table is gathered from; the best ones by what the question is about."""
_COMPARED: Final = 30
"""Hits by which two readings of a follow-up are told apart."""


class Phase(StrEnum):
    """What is being done about a question, in this order."""

    SEARCHING = "searching"
    """The passages are looked for, all that may be there."""
    READING = "reading"
    """They are found; their sentences are weighed, words marked, rows and who speaks gathered."""


class Assistant:
    """Answers questions from one generation of an index. Safe to share between threads: asking changes nothing."""

    @timed(Part.INDEX)
    def __init__(self, index: Index, encoder: Encoder, state: str = "", reranker: Reranks | None = None) -> None:
        """`state`: the generation's name, where the index is stored; `reranker`: reads the first passages again."""
        self.index = index
        self.state = state
        self.encoder = encoder.identity
        self.reranker = reranker.identity if reranker else None
        self._retriever = Retriever(index, encoder, reranker=reranker)
        self._selector = self._retriever.selector
        calibration = self._retriever.calibration
        self._line = calibration.line if calibration else None

    @classmethod
    def open(
        cls, index_dir: str | Path = "index", model: str = "", uri: str | None = None, *, reranker: str = ""
    ) -> Self:
        """Open an index with the model it was made with: the bundled one, or `model` by name or folder.

        `reranker`: a model, by name or folder, that reads the first passages again and puts them in its order; none by
        default. `uri`: where Milvus is, for an index whose vectors it keeps; by default $QA_URI. Raises IndexMissing,
        IndexDamaged or IndexMismatch (`embeddings.errors`) with the command that mends it, EngineError when Milvus does
        not answer, and EncoderError when the model cannot be loaded.
        """
        found = find_model(model)
        state, index, _ = IndexStore(Path(index_dir), uri).opened(found.identity)
        return cls(index, load_encoder(found), state, loaded_reranker(reranker))

    def now(self) -> Self:
        """Itself; `qa.live.Live` gives another one when the index has changed."""
        return self

    @cached_property
    def choices(self) -> Choices:
        """What filters can be made of."""
        return choices(self.index.catalogue)

    def scope(self, filters: Filters = NO_FILTERS) -> Scope:
        """What is searched with `filters`. Raises FilterError when they name what is not there or leave nothing."""
        return Scope.of(self._selector.select(filters))

    def retrieve(
        self,
        query: str,
        top_k: int = DEFAULT_TOP_K,
        *,
        every_version: bool = False,
        filters: Filters = NO_FILTERS,
    ) -> list[ScoredPassage]:
        """The `top_k` passages closest to `query`, best first, of those that `filters` leave; of language versions one,
        or every one of them.

        Raises QuestionError when it is blank or too long, FilterError when the filters fit nothing, ValueError when
        `top_k` is not positive.
        """
        asked, within = make_query(check_question(query)), self._selector.select(filters)
        return self._retriever.retrieve(asked, top_k, within, every_version=every_version)

    def answers(self, hit: ScoredPassage) -> bool:
        """Whether a hit is above the line; every one is where there is none."""
        return hit.relevance is None or self._line is None or hit.relevance >= self._line.relevance

    def matches(self, sentence: str, passage_ids: Sequence[str]) -> list[float] | None:
        """How well a sentence is matched by each of some passages, in any languages: 0 as by any passage, 1 as by its
        translation.

        None where that cannot be told: the encoder has no calibration, or one of the passages is not in the index.
        """
        found = [self.index.number_of(passage_id) for passage_id in passage_ids]
        numbers = np.array([number for number in found if number is not None], np.int64)
        if not found or len(numbers) < len(found):
            return None
        shares = self._retriever.shares(make_query(sentence), numbers)
        return None if shares is None else shares.tolist()

    def ask(
        self,
        question: str,
        top_k: int = DEFAULT_TOP_K,
        *,
        history: Sequence[Turn] = (),
        searched: str = "",
        reader: str = "",
        expand: bool = True,
        every_version: bool = False,
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """Answer in the documents' own words, each quotation with its citation.

        `history`: the turns before (`qa.answer.turn`), which a follow-up may lean on; `searched`: a query to be
        searched as it is instead of what the question is understood as. `reader`: a language (ISO 639-1) in which
        paragraphs are shown beside those found, where the documents have them. Without `expand` the words are searched
        as they stand; else also the countries, articles and symbols that they name, in every language. Of a paragraph's
        language versions one comes, or with `every_version` all. `filters`: what is searched.

        Raises QuestionError when it is blank or too long, FilterError when the filters name what is not there or leave
        nothing, ValueError when `top_k` is not positive.
        """
        *_, answer = self.asking(
            question, top_k, history=history, searched=searched, reader=reader, expand=expand,
            every_version=every_version, filters=filters,
        )  # fmt: skip
        return cast(Answer, answer)

    def asking(
        self,
        question: str,
        top_k: int = DEFAULT_TOP_K,
        *,
        history: Sequence[Turn] = (),
        searched: str = "",
        reader: str = "",
        expand: bool = True,
        every_version: bool = False,
        filters: Filters = NO_FILTERS,
    ) -> Iterator[Phase | Answer]:
        """What `ask` does, step by step: each phase when it begins, and the answer last. Takes and raises the same.

        Whoever stops reading stops the work: what follows a phase is done when the next one is asked for.
        """
        question, within = check_question(question), self._selector.select(filters)
        yield Phase.SEARCHING
        meant = (
            Understood(check_question(searched), Reason.ALONE)
            if searched
            else self._understood(question, history, within)
        )
        query = make_query(meant.text, expand=expand)
        wanted = reference_lookup.asked(meant.text) if expand else None
        if wanted is not None:
            references = reference_lookup.lookup(self.index, wanted, within)
            yield Phase.READING
            yield self._referring(question, meant, query, references, reader, within)
            return
        asked = asking.asked_for(meant.text, query.language)
        ranking = self._retriever.best(query, top_k, within, every_version=every_version)
        subject = make_query(asked.subject, expand=expand) if asked and asked.subject else query
        listed = self._retriever.rank(subject, _LISTED, within) if asked else None
        yield Phase.READING
        hits = self._retriever.hits(ranking)
        about = self._retriever.hits(listed) if listed else []
        # "Which countries have ..." is matched everywhere, so what a list is about decides whether there is one.
        if asked and not self.answers(about[0]):
            hits = about[:top_k]
        above = [hit for hit in hits if self.answers(hit)]
        table = None
        if asked and listed and above:
            bearing = self._retriever.bearing(listed)
            table = listing.table(asked.kind, about, bearing, self.index.around, reader or query.language)
            known = {hit.passage.passage_id for hit in above}
            above += [hit for hit in table.hits if hit.passage.passage_id not in known]
        cited_ids = {hit.passage.passage_id for hit in above}
        below = [hit for hit in hits if hit.passage.passage_id not in cited_ids]
        citations = cited(above, self._beside(above, reader))
        yield Answer(
            question, meant, query.language, quoted(citations), citations, tuple(below), table, None, query.expansions,
            Scope.of(within), self._line,
        )  # fmt: skip

    def _understood(self, question: str, history: Sequence[Turn], within: Selection) -> Understood:
        def search(text: str) -> Sequence[ScoredPassage]:
            return self._retriever.hits(self._retriever.rank(make_query(text), _COMPARED, within))

        return understood(question, history, search)

    def _referring(
        self,
        question: str,
        meant: Understood,
        query: Query,
        found: ReferenceAnswer,
        reader: str,
        within: Selection,
    ) -> Answer:
        """Every passage that makes a reference, in the order of the documents."""
        hits = [hit_of(row, rank) for rank, row in enumerate(found.rows, 1)]
        citations = cited(hits, self._beside(hits, reader))
        return Answer(
            question, meant, query.language, quoted(citations), citations, (), None, found, query.expansions,
            Scope.of(within), None,
        )  # fmt: skip

    def _beside(self, hits: Iterable[ScoredPassage], reader: str) -> list[Passage | None]:
        """The version of each hit in the reader's language, where it is in another one."""
        found: list[Passage | None] = []
        for hit in hits:
            versions = {} if hit.passage.language == reader else {
                version.language: version.passage_id for version in hit.passage.versions if not version.doubtful
            }  # fmt: skip
            found.append(self.index.passage(versions[reader]) if reader in versions else None)
        return found


def loaded_reranker(name: str) -> Reranks | None:
    """The reranker of a name or folder, None for no name. Raises EncoderError when it cannot be loaded."""
    if not name:
        return None
    from embeddings.reranker import load_reranker

    return load_reranker(name)
