"""What an answer is as JSON, typed: the one source of docs/ask.schema.json and of what programs are told of the API.

Keys may be added, none is renamed. Offsets count characters (Unicode code points) and are half-open. `qa.output` makes
the values. Whoever only asks does not load this: the types are looked at by those who check, and describe.
"""

from typing import Annotated, Any, Final, NotRequired

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from embeddings.timing import Part
from qa.asking import Kind
from qa.cues import CueKind
from qa.errors import WriterReason
from qa.followup import MAX_SENTENCE, Reason
from qa.listing import How
from qa.question import MAX_QUESTION
from qa.writing.types import WhyNot

Share = Annotated[float, Field(ge=0, le=1)]
"""From 0 to 1."""
Count = Annotated[int, Field(ge=0)]
_Asked = Annotated[str, Field(max_length=MAX_QUESTION)]
_Name = Annotated[str, Field(max_length=1000)]
_MAX_CITED: Final = 10_000


class WordsJson(TypedDict):
    """Words of a text with their place in it."""

    text: str
    start: int
    end: int


class PagePlaceJson(TypedDict):
    """A place on a page."""

    page: Annotated[int, Field(ge=1)]
    box: Annotated[
        tuple[float, float, float, float],
        Field(description="left, top, right, bottom in points from the page's top left corner"),
    ]


class BlockPlaceJson(TypedDict):
    """A place in a file without pages."""

    part: Annotated[str, Field(description="the file inside an archive, empty elsewhere")]
    block: Annotated[int, Field(ge=1)]


class VersionJson(TypedDict):
    """The same paragraph in another language."""

    passage_id: str
    language: str
    doubtful: Annotated[bool, Field(description="by its vectors another paragraph there is meant")]


class RelatedJson(TypedDict):
    """Another document that belongs to this one."""

    doc_id: str
    symbol: str
    kind: Annotated[str, Field(description="corrigendum, revision or addendum; original the other way")]


class PassageJson(TypedDict):
    """A paragraph that was found."""

    rank: Annotated[int, Field(ge=1)]
    score: Annotated[float, Field(description="higher is better; comparable within one question")]
    relevance: Annotated[Share | None, Field(description="how likely it answers; null where the model is uncalibrated")]
    passage_id: Annotated[str, Field(examples=["report#7"])]
    doc_id: str
    title: str
    section: Annotated[list[str], Field(description="the headings above it")]
    article: Annotated[str, Field(description="the number of its article, empty outside articles")]
    paragraph: Annotated[str, Field(description="its number as printed, empty where there is none")]
    locator: Annotated[str, Field(description="its place in the language asked in", examples=["para. 7", "第7段"])]
    text: str
    sentence: Annotated[str, Field(description="the sentence of the text that answers best")]
    words: Annotated[list[WordsJson], Field(description="those in the sentence that match the question's, in `text`")]
    start: Annotated[int, Field(description="of the passage in its document's text, which for text files is the file")]
    end: int
    language: Annotated[str, Field(description="ISO 639-1")]
    source: Annotated[str, Field(description="the file")]
    sentence_start: Annotated[int, Field(description="of the sentence, counted as `start`")]
    sentence_end: int
    sentence_places: Annotated[
        list[PagePlaceJson | BlockPlaceJson], Field(description="pages and boxes, or blocks, where the file is no text")
    ]
    symbol: Annotated[str, Field(description="of the document, empty where unknown", examples=["A/RES/58/4"])]
    date: Annotated[str, Field(description="of the document (ISO 8601), empty where unknown")]
    versions: list[VersionJson]
    related: list[RelatedJson]


class BesideJson(TypedDict):
    """A paragraph in the reader's language."""

    passage_id: str
    language: str
    text: str
    start: int
    end: int


class CitationJson(PassageJson):
    """A paragraph that is cited."""

    number: Annotated[int, Field(ge=1, description="as it stands in brackets in `answer`")]
    pin: Annotated[str, Field(description="for qa cite resolve")]
    beside: Annotated[BesideJson | None, Field(description="the same paragraph in the reader's language")]


class UnderstoodJson(TypedDict):
    """How a question was understood."""

    reason: Reason
    carried: Annotated[list[str], Field(description="what of the query comes from the conversation")]


class ExpansionJson(TypedDict):
    """What of a query was searched in every language."""

    words: str
    searched: Annotated[str, Field(examples=["country:ZW"])]


class CueJson(TypedDict):
    """Words that qualify what a sentence asserts."""

    kind: CueKind
    words: str
    start: int
    end: int


class RowMentionJson(TypedDict):
    """A place where an entity is meant. Offsets count characters of the passage's text."""

    passage_id: str
    locator: str
    relevance: Share | None
    sentence: str
    sentence_start: int
    sentence_end: int
    words: str
    words_start: int | None
    words_end: int | None
    how: How
    named_in: Annotated[str | None, Field(description="the passage where who speaks is named")]
    named_as: str | None
    cues: list[CueJson]


class RowJson(TypedDict):
    """An entity and where it is meant."""

    token: Annotated[str, Field(description="empty where the documents do not name it", examples=["country:ZW"])]
    name: str
    named: bool
    mentions: Annotated[list[RowMentionJson], Field(min_length=1)]


class TableJson(TypedDict):
    """A row for each entity that the question asks for."""

    kind: Kind
    language: Annotated[str, Field(description="of the names")]
    rows: list[RowJson]


class ReferenceJson(TypedDict):
    """What is referred to (docs/references.md)."""

    token: str
    name: str
    kind: str
    number: str
    last: str
    parts: list[str]
    instrument: str
    called: str


class ReferenceMentionJson(ReferenceJson):
    """A reference as a passage makes it; offsets count characters of its text, `source_...` of the document's."""

    doubt: Annotated[str, Field(description="what is not told: instrument or body; else empty")]
    words: str
    start: int
    end: int
    source_start: int
    source_end: int
    sentences: list[WordsJson]


class ReferringJson(TypedDict):
    """A passage that makes a reference."""

    passage_id: str
    doc_id: str
    title: str
    symbol: str
    section: list[str]
    article: str
    paragraph: str
    language: str
    source: str
    start: int
    end: int
    text: str
    certain: bool
    is_text: Annotated[bool, Field(description="it is the text of the article itself")]
    mentions: list[ReferenceMentionJson]


class SearchedJson(TypedDict):
    """What was read through for references."""

    documents: Count
    paragraphs: Count
    languages: list[str]


class ReferencesJson(TypedDict):
    """Every passage that refers to something, in the order of the documents."""

    question: str
    references: list[ReferenceJson]
    searched: SearchedJson
    other_paragraphs_of_the_article: Count
    passages: list[ReferringJson]


class ScopeJson(TypedDict):
    """What was searched, all of it, after filtering."""

    documents: Annotated[int, Field(ge=1)]
    paragraphs: Annotated[int, Field(ge=1)]
    languages: list[str]
    undated: Annotated[Count, Field(description="documents left out for having no date, where a date is asked for")]


class LineJson(TypedDict):
    """What counts as an answer, and what passed it where it was drawn."""

    relevance: Share
    false_answers: Share
    near_misses: Share
    answered: Share


class SentenceJson(TypedDict):
    """A sentence that a model wrote."""

    text: Annotated[str, Field(description="plain text")]
    citations: Annotated[list[Annotated[int, Field(ge=1)]], Field(description="numbers of passages")]
    supported: Annotated[bool, Field(description="the passages cited bear it out, as far as can be told")]
    why_not: list[WhyNot]


class MessageJson(TypedDict):
    """A message to a model."""

    role: str
    content: str


class WrittenJson(TypedDict):
    """What a model wrote from the passages, checked sentence by sentence (docs/writing.md)."""

    model: str
    host: str
    failed: Annotated[WriterReason | None, Field(description="why nothing was written, null where something was")]
    sentences: list[SentenceJson]
    left_out: Annotated[Count, Field(description="sentences that are not shown, for holding addresses or code")]
    sent: Annotated[list[MessageJson], Field(description="all that was sent to the model")]


class CitedJson(TypedDict):
    """A passage that an answer cited."""

    passage_id: _Name
    sentence: Annotated[
        str, Field(max_length=MAX_SENTENCE, description="the one that was quoted; of a long one the beginning")
    ]


class TurnJson(TypedDict):
    """What of an answer the next question may lean on (docs/followups.md)."""

    question: Annotated[_Asked, Field(description="as it was asked")]
    searched: NotRequired[Annotated[_Asked, Field(description="the query that was searched; the question where none")]]
    cited: NotRequired[Annotated[list[CitedJson], Field(max_length=_MAX_CITED, description="in order")]]
    entities: NotRequired[
        Annotated[list[_Name], Field(max_length=_MAX_CITED, description="the names in the table's rows, in order")]
    ]


class AnswerJson(TypedDict):
    """An answer: quotations from the documents, each with its citation."""

    question: Annotated[str, Field(description="as it was asked")]
    searched: Annotated[str, Field(description="the query that was really searched")]
    understood: UnderstoodJson
    language: Annotated[str, Field(description="the language asked in (ISO 639-1, or und)")]
    answer: Annotated[str, Field(description="the marked sentences, each with its citation's number, a line each")]
    absent: Annotated[bool, Field(description="nothing in the documents answers, as far as can be told")]
    expansions: list[ExpansionJson]
    passages: Annotated[
        list[CitationJson],
        Field(description="the citations: passages above the line, then those that only the table needs"),
    ]
    nearest: Annotated[list[PassageJson], Field(description="passages below the line, best first")]
    table: TableJson | None
    references: Annotated[ReferencesJson | None, Field(description="as qa references --json prints it")]
    scope: ScopeJson
    line: Annotated[
        LineJson | None, Field(description="null where the model is uncalibrated, and where no line is needed")
    ]
    written: Annotated[
        WrittenJson | None, Field(description="null where that was not asked for, and where nothing answers")
    ]
    turn: Annotated[TurnJson, Field(description="for the `history` of the next question")]
    timings: NotRequired[
        Annotated[
            dict[Part, Annotated[float, Field(ge=0)]],
            Field(
                description="with --timings: milliseconds by part, from the command's beginning until this was ready "
                "to be printed; what took none is left out"
            ),
        ]
    ]


class FoundJson(TypedDict):
    """The passages closest to a question, whether or not they answer it."""

    question: Annotated[str, Field(description="as it was searched")]
    language: Annotated[str, Field(description="the language asked in (ISO 639-1, or und)")]
    passages: Annotated[list[PassageJson], Field(description="best first")]
    scope: ScopeJson


class _WithoutTitles(GenerateJsonSchema):
    """A key says what it is called; it needs no title that says it again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - as pydantic calls it
        return False


_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def answer_schema() -> dict[str, Any]:
    """The JSON Schema of what `qa ask --json` prints; `python -m scripts.write_schema` keeps it in docs/."""
    schema = TypeAdapter(AnswerJson).json_schema(schema_generator=_WithoutTitles)
    about = {
        "title": "What qa ask --json prints",
        "description": "Keys may be added, none is renamed. Offsets count characters (Unicode code points) and are "
        "half-open.",
    }
    return {"$schema": _DIALECT, **schema, **about}
