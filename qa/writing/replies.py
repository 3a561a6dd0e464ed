"""What an endpoint sends back, read bit by bit: a chat completion as server-sent events, or whole as JSON.

https://html.spec.whatwg.org/multipage/server-sent-events.html; each event of a completion is one line of data.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from qa.errors import WriterError

_LINE_END: Final = re.compile("\r\n|\n|\r(?=.)", re.DOTALL)
_DONE: Final = "[DONE]"
_MAX_LINE: Final = 200_000
"""Characters of an event: one may hold a whole answer, but not more."""
CUT_OFF: Final = "…"
"""What is added to an answer that came to the end of its tokens."""


class Stream:
    """A stream of events. `done`: whether the last one has come."""

    def __init__(self) -> None:
        self.done = False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._finished = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The pieces of text that are whole with these bytes. Raises WriterError for what is no completion."""
        self._rest += self._decoder.decode(chunk)
        at = 0
        for found in _LINE_END.finditer(self._rest):
            line, at = self._rest[at : found.start()], found.end()
            yield from self._line(line)
            if self.done:
                return
        self._rest = self._rest[at:]
        if len(self._rest) > _MAX_LINE:
            raise WriterError("unreadable", "a line without an end came")

    def end(self) -> Iterator[str]:
        """What is left. Raises WriterError when it broke off."""
        if not self.done:
            yield from self._line(self._rest)
        if not self.done and not self._finished:
            raise WriterError("unreadable", "the stream broke off before its end")

    def _line(self, line: str) -> Iterator[str]:
        if not line.startswith("data:"):
            return  # comments, names of events, blank lines
        data = line.removeprefix("data:").strip()
        if data == _DONE:
            self.done = True
            return
        choice = _choice(data)
        if choice is None:
            return
        self._finished = self._finished or choice.get("finish_reason") is not None
        yield _text(choice, "delta")


class Whole:
    """A completion in one piece, from endpoints that do not stream."""

    def __init__(self) -> None:
        self.done = False
        self._data = bytearray()

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Nothing yet."""
        self._data += chunk
        return iter(())

    def end(self) -> Iterator[str]:
        """All of it. Raises WriterError for what is no completion."""
        choice = _choice(self._data.decode("utf-8", "replace"))
        if choice is None:
            raise WriterError("unreadable", "a completion without a choice came")
        yield _text(choice, "message")


def _choice(data: str) -> dict[str, Any] | None:
    """The first choice of a completion or of a part of one; None where there is none, as in one that only counts."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WriterError("unreadable", "no JSON came") from error
    if not isinstance(said, dict):
        raise WriterError("unreadable", "no completion came")
    if said.get("error"):
        raise WriterError("failed", "an error came instead of a completion")
    choices = said.get("choices")
    if not isinstance(choices, list) or (choices and not isinstance(choices[0], dict)):
        raise WriterError("unreadable", "a completion without choices came")
    return choices[0] if choices else None


def _text(choice: dict[str, Any], name: str) -> str:
    """What a choice says, or its part."""
    message = choice.get(name)
    content = message.get("content") if isinstance(message, dict) else None
    return (content if isinstance(content, str) else "") + (CUT_OFF if choice.get("finish_reason") == "length" else "")
