"""A written answer as JSON and as text for a terminal."""

from typing import TYPE_CHECKING, Final

from embeddings.source_text import harmless
from qa.wording import counted
from qa.writing.types import Sentence, Written

if TYPE_CHECKING:
    from qa.answer_json import WrittenJson

_DOUBTS: Final = {
    "uncited": "cites no passage",
    "unknown": "cites a passage that is not shown",
    "quotation": "its quotation does not stand in the passage cited",
    "figure": "a figure, date or quantity of it does not stand there",
    "name": "a name in it does not stand there",
    "negation": "it denies or restricts what the passage cited does not, or the other way round",
    "unlike": "the passage cited does not seem to say this",
}
FAILURES: Final = {
    "unreachable": "the model's server cannot be reached",
    "late": "the model took too long",
    "refused": "the model's server refused the request",
    "busy": "the model's server is busy",
    "failed": "the model's server failed",
    "redirected": "the model's server sends elsewhere",
    "unreadable": "what the model's server sent could not be read",
    "paused": "the model's server failed several times in a row; nothing is sent for a minute",
    "empty": "the model wrote nothing",
    "unsupported": "nothing that the model wrote is borne out by the passages",
}
"""What is said for each reason of a failure."""


def written_json(written: Written | None) -> "WrittenJson | None":
    """The written answer as `qa ask --json` prints it, null where there is none."""
    if written is None:
        return None
    return {
        "model": written.model,
        "host": written.host,
        "failed": written.failed,
        "sentences": [
            {
                "text": each.text,
                "citations": list(each.citations),
                "supported": each.supported,
                "why_not": list(each.why_not),
            }
            for each in written.sentences
        ],
        "left_out": written.left_out,
        "sent": [{"role": each["role"], "content": each["content"]} for each in written.sent],
    }


def written_text(written: Written) -> str:
    """The written answer for a terminal, a sentence a line, those that are not borne out marked."""
    if written.failed:
        return f"no written answer: {FAILURES[written.failed]}"
    lines = [f"written by {written.model} from the passages above, checked by code (docs/writing.md):"]
    lines += [_line(sentence) for sentence in written.sentences]
    if written.left_out:
        lines.append(f"    left out for holding addresses or code: {counted(written.left_out, 'sentence')}")
    return harmless("\n".join(lines))


def _line(sentence: Sentence) -> str:
    numbers = "".join(f"[{number}]" for number in sentence.citations)
    line = f"    {'' if sentence.supported else '? '}{sentence.text} {numbers}".rstrip()
    if sentence.why_not:
        line += f" (not borne out: {'; '.join(_DOUBTS[each] for each in sentence.why_not)})"
    return line
