"""Asking in the page: a question comes with its conversation, and both go back, with what is shown in the chat.

The server keeps nothing of it. The conversation lies in the browser and travels with each question, so nobody can read
another visitor's by guessing the name of a session, and it outlives a restart.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from embeddings.errors import EmbeddingsError
from qa.answer import Answer
from qa.assistant import Assistant, Phase
from qa.errors import ConversationFull, QAError
from qa.filters import Filters
from qa.records import Options
from qa.shown import (
    MAX_TURNS,
    Conversation,
    ShownAnswer,
    ShownProblem,
    now,
    read_conversation,
    shown,
    to_json,
    turns_of,
)
from qa.strings import say
from qa.types import Collection
from qa.web.answers import note_html, turn_html
from qa.web.events import observed
from qa.web.faults import report_fault
from qa.web.problems import problem_of
from qa.web.site import Site
from qa.web.text import escape

PASSAGES_SHOWN: Final = 6
"""As many as a reader looks through without scrolling far."""
_MAX_REQUEST: Final = 4_100_000
"""Characters of a request: of a conversation's JSON, and what is asked besides."""

Message = dict[str, Any]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question is asked with. `searched`: a query to be searched as it is; `turn`: the turn that is asked anew,
    which goes, with all behind it; None for the next one."""

    collection: Collection = "library"
    filters: Filters = Filters()  # noqa: RUF009 - it is frozen
    searched: Annotated[str, Field(max_length=20_000)] = ""
    turn: Annotated[int, Field(ge=0, lt=MAX_TURNS)] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the page's program asks for: a `question`, with `wanted`; without one only to show `conversation`, JSON.

    `id` comes back with the reply, which tells it from one before."""

    id: Annotated[str, Field(max_length=100)]
    conversation: Annotated[str, Field(max_length=_MAX_REQUEST)]
    question: Annotated[str, Field(max_length=100_000)] | None = None
    wanted: Wanted = Wanted()


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown next: the chat's `messages`; and at the end the conversation's `turns` as JSON, None before.

    `id`: of the request; `problem`: why it could not be read, which leaves the chat as it is."""

    messages: list[Message]
    turns: list[dict[str, Any]] | None = None
    id: str = ""
    problem: str = ""


_REQUEST: Final = TypeAdapter(Request)


class Talk:
    """Conversations of all visitors. Safe to share between threads."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def answer(self, text: str, visitor: str, language: str) -> Iterator[Reply]:
        """What a request (JSON) leads to, step by step; an answer comes last. Never raises what a request causes."""
        name = ""
        try:
            request = _REQUEST.validate_json(text.encode("utf-8", "surrogatepass"))
            name = request.id
            conversation = read_conversation(request.conversation)
        except (ValidationError, QAError) as error:
            _log.info("a request that is none: %s", error)
            yield Reply([], id=name, problem=say(language, "errors.request"))
            return
        for reply in self._replies(request, conversation, visitor, language):
            yield replace(reply, id=request.id)

    def _replies(self, request: Request, before: Conversation, visitor: str, language: str) -> Iterator[Reply]:
        question, wanted = request.question, request.wanted
        if question is None:
            yield _reply(before, language)
            return
        conversation = before if wanted.turn is None else before[: wanted.turn]
        asked, started = now(), time.perf_counter()
        turn: ShownAnswer | ShownProblem
        try:
            if len(conversation) >= MAX_TURNS:
                raise ConversationFull(f"the conversation has {len(conversation)} turns; start a new one")
            assistant = self._site.library.assistant(wanted.collection, visitor)
            options = Options(PASSAGES_SHOWN, reader=language, filters=wanted.filters)
            steps = assistant.asking(
                question,
                options.top_k,
                history=turns_of(conversation),
                searched=wanted.searched,
                reader=language,
                filters=wanted.filters,
            )
            for step in observed(question, steps):
                if isinstance(step, Answer):
                    turn = shown(step, assistant, options, wanted.collection, asked, time.perf_counter() - started)
                else:
                    doing = note_html(_doing(step, assistant, wanted.filters, language), language, "qa-doing")
                    yield _reply(conversation, language, question, doing, changed=False)
        except Exception as error:
            key, values = problem_of(error)
            if not isinstance(error, QAError | EmbeddingsError):
                key, values = "errors.numbered", {"number": report_fault("a question", error)}
            turn = ShownProblem(question, asked, key, values)
        yield _reply((*conversation, turn), language)


def _doing(phase: Phase, assistant: Assistant, filters: Filters, language: str) -> str:
    if phase is Phase.READING:
        return say(language, "answer.reading")
    return say(language, "answer.searching", count=assistant.scope(filters).passages)


def _reply(
    conversation: Sequence[ShownAnswer | ShownProblem],
    language: str,
    question: str | None = None,
    trailing: str = "",
    *,
    changed: bool = True,
) -> Reply:
    messages: list[Message] = []
    for turn in conversation:
        messages += [_message("user", escape(turn.question)), _message("assistant", turn_html(turn, language))]
    messages += [_message("user", escape(question))] if question is not None else []
    messages += [_message("assistant", trailing)] if trailing else []
    return Reply(messages, to_json(conversation) if changed else None)


def _message(role: str, content: str) -> Message:
    return {"role": role, "content": content}
