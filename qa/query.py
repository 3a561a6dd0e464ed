"""A question as it is searched: its language, its words, and what in it is the same in every language."""

from dataclasses import dataclass

from embeddings.concepts import Concept, concepts
from embeddings.language import language_of
from embeddings.timing import Part, timed
from embeddings.words import words


@dataclass(frozen=True, slots=True)
class Query:
    """`words` are searched as BM25 tokens, those of `expansions` included: `article:54` for "статья 54"."""

    text: str
    language: str
    words: tuple[str, ...]
    expansions: tuple[Concept, ...]


@timed(Part.QUESTION)
def make_query(text: str, *, expand: bool = True) -> Query:
    """Read a question; without `expand` only the words that stand in it are searched."""
    language = language_of(text)
    found = tuple(concepts(text)) if expand else ()
    return Query(text, language, (*words(text, language), *(concept.token for concept in found)), found)
