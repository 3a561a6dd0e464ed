"""A conversation kept in a file: one JSON object a line, one line a turn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from qa.errors import ConversationError
from qa.followup import Cited, Turn

MAX_TURNS: Final = 50
"""Turns that are kept, the latest ones."""


def read_turns(path: Path) -> list[Turn]:
    """The turns in a file, none where it is not there yet. Raises ConversationError when it is something else."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise ConversationError(f"cannot read the conversation in {str(path)!r}: {error}") from error
    turns = []
    for number, line in enumerate(lines, 1):
        try:
            turns.append(turn_of(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"{path}, line {number}: no turn of a conversation; name another file, or remove this one"
            raise ConversationError(message) from error
    return turns


def turn_of(fields: Mapping[str, Any]) -> Turn:
    """A turn of its fields, as JSON has them. What was searched is the question where nothing else is said.

    Raises KeyError or TypeError when they are none.
    """
    question = str(fields["question"])
    cited = tuple(Cited(str(each["passage_id"]), str(each["sentence"])) for each in fields.get("cited", ()))
    return Turn(question, str(fields.get("searched") or question), cited, tuple(map(str, fields.get("entities", ()))))


def write_turns(path: Path, turns: Sequence[Turn]) -> None:
    """Keep the last turns in a file, whole or not at all. Raises ConversationError when it cannot be written."""
    lines = [json.dumps(asdict(turn), ensure_ascii=False) + "\n" for turn in turns[-MAX_TURNS:]]
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text("".join(lines), "utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise ConversationError(f"cannot write the conversation to {str(path)!r}: {error.strerror}") from error
