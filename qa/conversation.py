"""A conversation kept in a file: one JSON object a line, one line a turn."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

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
            fields = json.loads(line)
            cited = tuple(Cited(str(each["passage_id"]), str(each["sentence"])) for each in fields["cited"])
            names = tuple(map(str, fields["entities"]))
            turns.append(Turn(str(fields["question"]), str(fields["searched"]), cited, names))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"{path}, line {number}: no turn of a conversation; name another file, or remove this one"
            raise ConversationError(message) from error
    return turns


def write_turns(path: Path, turns: Sequence[Turn]) -> None:
    """Keep the last turns in a file, whole or not at all. Raises ConversationError when it cannot be written."""
    lines = [json.dumps(asdict(turn), ensure_ascii=False) + "\n" for turn in turns[-MAX_TURNS:]]
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text("".join(lines), "utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise ConversationError(f"cannot write the conversation to {str(path)!r}: {error.strerror}") from error
