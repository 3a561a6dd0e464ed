"""A written answer: the question and the passages that answer it go to the model, what comes back is checked."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from qa.answer import Answer
from qa.assistant import Assistant
from qa.errors import WriterError, WriterReason
from qa.writing.checking import Match, checked
from qa.writing.claims import MAX_CLAIMS, Claim, claims
from qa.writing.endpoint import Endpoint
from qa.writing.loops import run
from qa.writing.prompt import Source, answer_messages, sources_of
from qa.writing.settings import WriterSettings
from qa.writing.types import Sentence, Written

_log = logging.getLogger(__name__)


class Writer:
    """Writes answers by one model. Safe to share between threads."""

    def __init__(self, settings: WriterSettings) -> None:
        self.settings = settings
        self.endpoint = Endpoint(settings)

    @property
    def named(self) -> tuple[str, str]:
        """The model and its host."""
        return self.settings.model, self.settings.host

    def write(self, answer: Answer, assistant: Assistant) -> Written | None:
        """What `written` gives, waited for."""
        return run(self.written(answer, assistant))

    async def written(self, answer: Answer, assistant: Assistant) -> Written | None:
        """What the model makes of an answer's citations; None where nothing answers, and then nothing is sent.

        Never raises: whatever fails, the answer is there.
        """
        sources = sources_of(answer.citations)
        if not sources:
            return None
        try:
            async with aclosing(self.writing(answer.searched, answer.language, sources, assistant.matches)) as steps:
                return [step async for step in steps if isinstance(step, Written)][-1]
        except Exception:
            _log.exception("no written answer")
            return Written(*self.named, (), 0, "failed", ())

    async def writing(
        self, question: str, language: str, sources: Sequence[Source], match: Match
    ) -> AsyncGenerator[Sentence | Written, None]:
        """Each sentence as soon as it is whole and checked, and all of it last; what the endpoint does is told there.

        `language` (ISO 639-1): the question's. `match` is called in another thread.
        """
        messages = answer_messages(question, language, sources)
        reading = _Reading(language, sources, match)
        failed: WriterReason | None = None
        try:
            async with aclosing(self.endpoint.pieces(messages)) as pieces:
                async for piece in pieces:
                    if reading.take(piece):
                        for sentence in await asyncio.to_thread(reading.more):
                            yield sentence
        except WriterError as error:
            _log.warning("no written answer: %s", error)
            failed = error.reason
        found = [] if failed else await asyncio.to_thread(reading.all)
        sentences = tuple(sentence for sentence in found if sentence is not None)
        if not failed and not any(sentence.supported for sentence in sentences):
            failed = "unsupported" if found else "empty"
        left_out = len(found) - len(sentences)
        yield Written(*self.named, () if failed else sentences, left_out, failed, tuple(messages))


class _Reading:
    """What has been written so far, and its sentences, each checked once."""

    def __init__(self, language: str, sources: Sequence[Source], match: Match) -> None:
        self._language = language
        self._sources = sources
        self._match = match
        self._text = ""
        self._full = False
        self._seen: dict[Claim, Sentence | None] = {}

    def take(self, piece: str) -> bool:
        """Add a piece. Returns whether a sentence may end with it: looking each time takes longer than the model."""
        self._text += piece
        return not self._full and any(character in ".!?。！？؟…]】\n" for character in piece)

    def more(self) -> list[Sentence]:
        """The sentences that are whole since this was called last, and may be shown."""
        found = claims(self._text, self._language, unfinished=True)
        self._full = len(found) >= MAX_CLAIMS
        new = [claim for claim in dict.fromkeys(found) if claim not in self._seen]
        return [sentence for claim in new if (sentence := self._checked(claim)) is not None]

    def all(self) -> list[Sentence | None]:
        """All sentences, each once, None for each that must not be shown."""
        return [self._checked(claim) for claim in dict.fromkeys(claims(self._text, self._language))]

    def _checked(self, claim: Claim) -> Sentence | None:
        if claim not in self._seen:
            self._seen[claim] = checked(claim, self._sources, self._match)
        return self._seen[claim]
