"""Questions about references, answered completely: "which paragraphs speak of article 54?", 哪些段落提到第五十四条？

Such a question holds a reference and, besides, only words of asking where it is. Any other question that names an
article asks for something else, and belongs to retrieval.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from embeddings.contents import Index
from embeddings.definitions import own_instrument
from embeddings.folded import Folded, name_stem, without_particles
from embeddings.instruments import INSTRUMENTS
from embeddings.provisions import as_roman
from embeddings.references import Reference, references
from embeddings.timing import Part, timed
from embeddings.types import Document, Passage, Span
from qa.errors import QuestionError
from qa.filters import Selection, Selector

# --- What is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReferenceQuery:
    """What is looked for: any of `references`, whose places are those in the question."""

    text: str
    references: tuple[Reference, ...]


@timed(Part.QUESTION)
def asked(question: str) -> ReferenceQuery | None:
    """The references that a question asks for the places of; None for a question that asks for anything else."""
    found = _wanted(question)
    if not found:
        return None
    rest = list(question)
    for each in references(question):
        rest[each.start : each.end] = " " * (each.end - each.start)
    folded = Folded("".join(rest))
    han = "".join(_HAN.findall(folded.folded))
    left = _HAN_FRAME.sub(" ", han) if han else ""
    words = [word[0] for word in folded.words]
    if left.strip() or not all(_is_frame(word) for word in words):
        return None
    is_cued = any(_is_among(word, _CUES) for word in words) or (han and _HAN_CUE.search(han))
    return ReferenceQuery(question, found) if is_cued else None


def parsed(text: str) -> ReferenceQuery:
    """The references that somebody wrote down: "article 54", "A/RES/58/4", or a token, "article:UNCAC:54".

    Raises QuestionError when there is none.
    """
    token = _TOKEN.fullmatch(text.strip())
    if token and (not token["instrument"] or token["instrument"] in INSTRUMENTS):
        kind, number = token["kind"], token["number"]
        first, _, last = number.partition("-") if kind in ("article", "chapter") else (number, "", "")
        found = (Reference(kind, first, 0, len(text), last, instrument=token["instrument"] or ""),)  # type: ignore[arg-type]
        return ReferenceQuery(text, found)
    wanted = _wanted(text)
    if not wanted:
        raise QuestionError(
            f"{text!r} names no article, chapter, resolution, document or convention that is known here; "
            "write, for example, 'article 54', 'chapter V', 'resolution 58/4', 'A/RES/58/4' or 'UNCAC'"
        )
    return ReferenceQuery(text, wanted)


_TOKEN: Final = re.compile(
    r"(?P<kind>article|chapter|symbol|resolution|decision):(?:(?P<instrument>[A-Z0-9-]{2,20}):)?"
    r"(?P<number>[0-9A-Za-z/().-]{1,60})"
)


def _wanted(text: str) -> tuple[Reference, ...]:
    """The references in `text`; the instrument of an article is not looked for besides."""
    found = references(text)
    owners = {each.instrument for each in found if each.kind in ("article", "chapter")}
    return tuple(each for each in found if each.kind != "instrument" or each.instrument not in owners)


_CUE_WORDS: Final = (
    "where paragraph paragraphs passage passages para paras mention mentions mentioned mentioning speak speaks "
    "speaking talk talks talking refer refers referred referring reference references referenced cite cites cited "
    "citing quote quotes quoted appear appears occur occurs discuss discusses discussed deal deals dealing concern "
    "concerns invoke invokes invoked paragraphe paragraphes mentionne mentionnent mentionnee mentionnes mentionnees "
    "mentionner parle parlent citent citee citees cites evoque evoquent evoquee refere referent renvoie renvoient "
    "vise visent traite traitent concernent concerne parrafo parrafos pasaje pasajes menciona mencionan mencionado "
    "mencionada mencionados mencionadas habla hablan cita citan citado citada citados refiere refieren remite "
    "remiten aparece aparecen donde referencia trata tratan пункт абзац параграф упоминается упоминаются упомянута "
    "упомянут упоминает упоминают упомянуты говорится говорят говорит ссылается ссылаются ссылка ссылки ссылок "
    "цитируется цитируют приводится речь где فقره الفقره فقرات الفقرات تذكر يذكر ذكر ذكرت مذكوره تتحدث يتحدث تشير "
    "يشير اشير اشارت وردت ورد ترد يرد اين تتناول يتناول تستشهد"
)
_FRAME_WORDS: Final = (
    "which what in does do did are is was were be been have has there can i we you find me show list give all every "
    "each any the a an of to for on upon about with that this these those it how many often times please and or "
    "from by document documents text texts part parts section sections sentence sentences place places corpus "
    "report reports made make makes name names named contain contains related relate relates relating address "
    "addresses directly explicitly quel quels quelle quelles lequel laquelle lesquels lesquelles ou est sont se ce "
    "que qui dans le la les l d de du des au aux a y un une tous toutes et on trouve trouver montre montrez liste "
    "moi texte textes document rapport font fait reference il elle t combien fois sur s passage que cuales cual en "
    "el los las lo un una al del sobre se hace hacen es son esta estan hay todos todas y o documento documentos "
    "texto informe muestra lista parte partes cuantos cuantas veces в во на о об каких какие каком какой какая что "
    "и или все всех найти найди покажи покажите документ текст доклад котор есть идет идёт сколько раз к из месте "
    "местах اي ما ماذا هي هو التي الذي في عن على علي الي من كل جميع فيها فيه الوثائق الوثيقه النصوص النص كم مره هل "
    "بها الاشاره convention covenant charter protocol statute agreement treaty declaration conventions convencion "
    "convenio carta protocolo estatuto acuerdo tratado declaracion pacto pacte charte protocole statut accord "
    "traite конвенция пакт устав протокол статут соглашение договор декларация الاتفاقيه العهد الميثاق البروتوكول "
    "الاتفاق المعاهده الاعلان general assembly security council human rights economic social conference states "
    "parties united nations its assemblee generale conseil securite droits homme economique conference etats "
    "parties nations unies asamblea consejo seguridad derechos humanos economico conferencia estados partes "
    "naciones unidas генеральная ассамблея совет безопасности по правам человека организация объединенных наций оон "
    "الجمعيه العامه مجلس الامن حقوق الانسان الامم المتحده"
)


def _forms(words: str) -> frozenset[str]:
    return frozenset(name_stem(word) for word in words.split())


_CUES: Final = _forms(_CUE_WORDS)
_FRAME: Final = _CUES | _forms(_FRAME_WORDS)
_HAN: Final = re.compile("[\u3400-\u9fff]")
_HAN_CUE: Final = re.compile("提到|提及|谈到|谈及|涉及|引用|引述|述及|论及|讲到|说到|出现|援引|哪里|哪儿|何处|段")
_HAN_FRAME: Final = re.compile(
    "哪些|哪几|哪个|哪一|哪里|哪儿|何处|什么|多少|自然段|段落|段|文件|文本|报告|地方|部分|提到|提及|谈到|谈及|涉及|引用|引述|述及|"
    "论及|讲到|说到|出现|援引|关于|有关|联合国|大会|安全理事会|安理会|人权理事会|经济及社会理事会|经社理事会|公约|宪章|议定书|"
    "规约|协定|条约|请|列出|所有|全部|找出|告诉|我|中|在|了|的|是|被|有|里|都|过|个|和|与|或|以及|对|该|本|次|其|于|条|号|几"
)


def _is_among(word: str, words: frozenset[str]) -> bool:
    return word in words or name_stem(word) in words or any(form in words for form in without_particles(word))


def _is_frame(word: str) -> bool:
    return _is_among(word, _FRAME)


# --- The answer ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference in a passage, the `sentences` it stands in, and what is not certain about it.

    `doubt`: empty; "instrument" where the text does not say whose article it is; "body" where it does not say whose
    resolution.
    """

    reference: Reference
    sentences: tuple[Span, ...]
    doubt: str


@dataclass(frozen=True, slots=True)
class Row:
    """A passage that makes one of the references; `is_text`: it belongs to the very text of the article."""

    passage: Passage
    document: Document
    mentions: tuple[Mention, ...]
    is_text: bool

    @property
    def certain(self) -> bool:
        """Whether one of its mentions is beyond doubt."""
        return any(not mention.doubt for mention in self.mentions)


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    """Every passage that makes one of the references, in the order of the documents.

    `wider`: how many others speak of an article, but not of the paragraph that was asked for. `documents`, `passages`
    and `languages`: what was searched, all of it.
    """

    query: ReferenceQuery
    rows: tuple[Row, ...]
    wider: int
    documents: int
    passages: int
    languages: tuple[str, ...]


@timed(Part.REFERENCES)
def lookup(index: Index, query: ReferenceQuery, within: Selection | None = None) -> ReferenceAnswer:
    """Every passage that makes one of the references that are looked for; of all, or of those `within`."""
    within = within or Selector(index.catalogue).everything
    found = _found(index, within, lambda each: any(doubt_of(wanted, each) is not None for wanted in query.references))
    texts = _texts(index, query, within)
    rows = []
    for number in sorted(found.keys() | texts.keys()):
        passage = index.passages[number]
        mentions = tuple(_mention(passage, query, each) for each in found.get(number, ()))
        if number in texts:
            mentions += tuple(_own(passage, each) for each in texts[number])
        rows.append(Row(passage, index.documents[passage.doc_id], mentions, number in texts))
    wider = _found(index, within, lambda each: any(_is_wider(wanted, each) for wanted in query.references))
    wider_only = len(wider.keys() - found.keys() - texts.keys())
    return ReferenceAnswer(query, tuple(rows), wider_only, within.documents, within.passages, tuple(within.counts))


def _found(index: Index, within: Selection, wanted: Callable[[Reference], bool]) -> dict[int, list[Reference]]:
    """The passages `within` that make a reference which is `wanted`, with these references."""
    return {number: own for number, own in index.references.find(wanted).items() if within.mask[number]}


def doubt_of(wanted: Reference, found: Reference) -> str | None:
    """What is doubtful about `found` being what is `wanted`, empty for nothing; None when it is something else."""
    if wanted.kind in ("article", "chapter"):
        same = found.kind == wanted.kind and wanted.overlaps(found) and _same_parts(wanted.parts, found.parts)
        return _doubt_of_owner(wanted, found) if same else None
    if wanted.kind == "instrument":
        return "" if found.instrument == wanted.instrument else None
    if found.kind == wanted.kind and found.number == wanted.number:
        return ""
    if wanted.kind == "symbol":
        return "body" if _is_resolution(found) and wanted.number.endswith(_ending(found)) else None
    return "" if found.kind == "symbol" and found.number.endswith(_ending(wanted)) else None


def _is_resolution(reference: Reference) -> bool:
    return reference.kind in ("resolution", "decision")


def _ending(resolution: Reference) -> str:
    """How the symbol of a resolution or a decision ends, whichever body's it is."""
    return f"/{'RES' if resolution.kind == 'resolution' else 'DEC'}/{resolution.number}"


def _same_parts(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Whether a paragraph that is wanted is among those found, or holds or is held by one; true for none."""
    asked_for, there = tuple(wanted), tuple(found)
    if not asked_for:
        return True
    return any(
        one == other or one.startswith(f"{other}(") or other.startswith(f"{one}(")
        for one in asked_for
        for other in there
    )


def _doubt_of_owner(wanted: Reference, found: Reference) -> str | None:
    if wanted.instrument:
        if found.instrument:
            return "" if found.instrument == wanted.instrument else None
        kind = INSTRUMENTS[wanted.instrument].kind
        fits = {"", kind, "convention"} if kind == "covenant" else {"", kind}
        return "instrument" if found.called in fits else None
    if wanted.called and wanted.called != "other":
        kind = INSTRUMENTS[found.instrument].kind if found.instrument else found.called
        return "" if kind == wanted.called else "instrument" if not kind else None
    if wanted.called == "other":
        return "instrument" if not found.instrument and found.called in ("", "other") else None
    return ""


def _is_wider(wanted: Reference, found: Reference) -> bool:
    """Whether `found` is the article of a wanted paragraph without any paragraph, or with another one."""
    if not wanted.parts or found.kind != wanted.kind:
        return False
    return wanted.overlaps(found) and _doubt_of_owner(wanted, found) is not None


def _mention(passage: Passage, query: ReferenceQuery, found: Reference) -> Mention:
    doubts = [doubt for wanted in query.references if (doubt := doubt_of(wanted, found)) is not None]
    return Mention(found, _sentences(passage, found.start, found.end), min(doubts))


def _sentences(passage: Passage, start: int, end: int) -> tuple[Span, ...]:
    return tuple(sentence for sentence in passage.sentences if sentence.start < end and start < sentence.end)


def _texts(index: Index, query: ReferenceQuery, within: Selection) -> dict[int, list[Reference]]:
    """The passages `within` that are the text of an article which is looked for, with the article."""
    wanted = [each for each in query.references if each.kind == "article"]
    found: dict[int, list[Reference]] = {}
    if not wanted:
        return found
    owners: dict[str, str] = {}
    articles = [
        bool(article) and any(each.overlaps(Reference("article", article, 0, 0)) for each in wanted)
        for article in index.catalogue.articles
    ]
    there = np.array(articles)[index.catalogue.article_of] & within.mask
    for number in np.flatnonzero(there).tolist():
        passage = index.passages[number]
        if passage.doc_id not in owners:
            owners[passage.doc_id] = own_instrument(index.documents[passage.doc_id])
        paragraph = passage.paragraph.strip("()（）")
        parts = (paragraph,) if paragraph.isdecimal() else ()
        own = Reference("article", passage.article, 0, 0, parts=parts, instrument=owners[passage.doc_id])
        if any(doubt_of(each, own) is not None for each in wanted):
            found[number] = [own]
    return found


def _own(passage: Passage, article: Reference) -> Mention:
    return Mention(article, tuple(passage.sentences[:1]), "")


# --- In words --------------------------------------------------------------------------------------------------------

_CALLED: Final = {
    "convention": "the Convention", "covenant": "the Covenant", "charter": "the Charter", "protocol": "the Protocol",
    "statute": "the Statute", "agreement": "the Agreement", "treaty": "the Treaty", "declaration": "the Declaration",
    "other": "another text",
}  # fmt: skip


def name_of(reference: Reference) -> str:
    """A reference in words: "article 54, para. 1(a), of the United Nations Convention against Corruption"."""
    if reference.kind == "instrument":
        return INSTRUMENTS[reference.instrument].title()
    if reference.kind == "symbol":
        return reference.number
    if _is_resolution(reference):
        return f"{reference.kind} {reference.number}"
    ends = [each for each in (reference.number, reference.last) if each]
    if reference.kind == "chapter":
        ends = [as_roman(int(each)).upper() if each.isdecimal() else each for each in ends]
    number = " to ".join(ends)
    name = f"{reference.kind}{'s' if reference.last else ''} {number}"
    if reference.parts:
        name += f", para. {', '.join(reference.parts)}"
    if reference.instrument:
        return f"{name} of the {INSTRUMENTS[reference.instrument].title()}"
    if reference.called == "other":
        return f"{name} of another text"
    return f"{name} of {_CALLED[reference.called]}, which one is not said" if reference.called else name


def doubt_words(mention: Mention) -> str:
    """What to say of a mention that is not certain; empty for one that is."""
    if mention.doubt == "body":
        return "whose resolution is not said here"
    if mention.doubt == "instrument":
        called = _CALLED.get(mention.reference.called, "")
        return f"of {called}, which one is not said here" if called else "of which text is not said here"
    return ""
