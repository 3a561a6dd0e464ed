"""A turn of a conversation as HTML for the chat.

It goes through Gradio's reader of Markdown and its sanitiser, so it is made of plain tags with classes. What a visitor
can do with an answer is added by the page's own program (`static/answers.js`), which finds its parts by their classes.
"""

from qa.filters import Filters
from qa.shown import (
    ShownAnswer,
    ShownHit,
    ShownLine,
    ShownMention,
    ShownProblem,
    ShownReferences,
    ShownTable,
    ShownVersion,
)
from qa.strings import language_name, number, percent, say
from qa.types import Collection
from qa.web.anchors import Anchor
from qa.web.text import escape, in_language
from qa.wording import in_line


def turn_html(turn: ShownAnswer | ShownProblem, language: str) -> str:
    """A turn in the language of the page."""
    if isinstance(turn, ShownProblem):
        return note_html(say(language, turn.key, **turn.values), language, "qa-problem")
    return _Shown(turn, language).html()


def note_html(text: str, language: str, name: str) -> str:
    """A line of the page's own words."""
    return f'<div class="{name}" {in_language(language)}>{escape(text)}</div>'


class _Shown:
    """An answer as it is shown in one language."""

    def __init__(self, answer: ShownAnswer, language: str) -> None:
        self._answer = answer
        self._language = language
        self._passages = {hit.number: hit for hit in answer.hits}

    def html(self) -> str:
        """The query where it is another than the question, what answers, and what was searched."""
        answer = self._answer
        parts = []
        if answer.searched != answer.question:
            label = escape(self._say("searched"))
            query = f'<bdi class="qa-query">{escape(answer.searched)}</bdi>'
            parts.append(f'<div class="qa-followed">{label} {query}</div>')
        if answer.references:
            parts.append(self._complete(answer.references))
        elif answer.absent:
            parts.append(self._absence(answer.line))
        elif answer.line is None:
            parts.append(f'<div class="qa-note">{escape(self._say("uncalibrated"))}</div>')
        if answer.table:
            parts.append(self._table(answer.table))
        parts += map(self._card, answer.hits)
        if answer.nearest:
            cards = "".join(map(self._near, answer.nearest))
            summary = f"<summary>{escape(self._say('nearest'))}</summary>"
            parts.append(f'<details class="qa-nearest">{summary}{cards}</details>')
        if answer.expansions:
            terms = self._say("everywhere", terms=in_line(answer.expansions, self._language))
            parts.append(f'<div class="qa-note">{escape(terms)}</div>')
        parts.append(f'<div class="qa-note qa-scope">{escape(self._scope())}</div>')
        return f'<div class="qa-answer" {in_language(self._language)}>{"".join(parts)}</div>'

    def _say(self, name: str, **values: object) -> str:
        return say(self._language, f"answer.{name}", **values)

    def _scope(self) -> str:
        answer, scope = self._answer, self._answer.scope
        languages = ", ".join(language_name(each, self._language) for each in scope.languages)
        parts = [
            self._say(
                "scope",
                paragraphs=self._say("paragraphs", count=scope.passages),
                documents=self._say("documents", count=scope.documents),
                languages=languages,
            )
        ]
        parts += [self._say("own")] if answer.collection == "own" else []
        parts += [self._say("filtered")] if answer.filters != Filters() else []
        parts += [say(self._language, "filters.undated", count=scope.undated)] if scope.undated else []
        return " · ".join([*parts, self._say("took", seconds=number(round(answer.seconds, 2), self._language))])

    def _absence(self, line: ShownLine | None) -> str:
        """That nothing answers, and below it, smaller, what that is worth."""
        below = ""
        if line is not None:
            worth = self._say(
                "worth",
                line=percent(line.relevance, self._language),
                false_answers=percent(line.false_answers, self._language),
                near_misses=percent(line.near_misses, self._language),
                answered=percent(line.answered, self._language),
            )
            below = f'<div class="qa-worth">{escape(worth)}</div>'
        return f'<div class="qa-absent">{escape(self._say("absent"))}{below}</div>'

    def _complete(self, found: ShownReferences) -> str:
        """In how many paragraphs references are made, and in how many besides to the article as a whole."""
        names, searched = ", ".join(found.names), self._say("paragraphs", count=self._answer.scope.passages)
        if not found.passages:
            said = self._say("mentioned_nowhere", names=names, paragraphs=searched)
        else:
            said = self._say("mentioned", names=names, count=found.passages, paragraphs=searched)
        if found.certain < found.passages:
            said += " " + self._say("mentioned_perhaps", count=found.passages - found.certain)
        below = ""
        if found.wider:
            below = f'<div class="qa-worth">{escape(self._say("wider", count=found.wider))}</div>'
        return f'<div class="qa-complete">{escape(said)}{below}</div>'

    def _table(self, table: ShownTable) -> str:
        """A row for each entity: its name, and each place with its citation, its sentence and what qualifies that.

        The roles are told because the style sheet lays the table out anew where it is narrow.
        """
        if not table.rows:
            return f'<div class="qa-complete">{escape(self._say(f"no_{table.kind}"))}</div>'
        rows = ""
        for row in table.rows:
            name = f"<bdi>{escape(row.name)}</bdi>"
            if not row.named:
                name = f'<span class="qa-note">{escape(self._say("unnamed"))}</span> {name}'
            places = "".join(map(self._mention, row.mentions))
            rows += f'<tr role="row"><th role="rowheader" scope="row">{name}</th><td role="cell">{places}</td></tr>'
        body = f'<tbody role="rowgroup">{rows}</tbody>'
        return f'<table role="table" class="qa-table" {in_language(table.language)}>{body}</table>'

    def _mention(self, mention: ShownMention) -> str:
        hit = self._passages[mention.number]
        notes = "".join(f' <span class="qa-note">{escape(note)}</span>' for note in mention.notes)
        return (
            f'<div class="qa-mention"><div class="qa-place">{self._link(hit, mention.sentence_number)} '
            f"<strong>{self._locator(hit)}</strong>{notes}</div>"
            f'<div class="qa-quote" {in_language(hit.language)}>{escape(mention.sentence)}</div></div>'
        )

    def _card(self, hit: ShownHit) -> str:
        """A citation. Of a passage that is cited for a reference, the doubts count and not its relevance."""
        worth = "" if self._answer.references else self._score(hit)
        if hit.doubts:
            doubts = "; ".join(self._say(f"doubt_{each}") for each in hit.doubts)
            worth = f'<span class="qa-doubt">{escape(self._say("perhaps", doubts=doubts))}</span>'
        notices = "".join(
            f'<div class="qa-related">{escape(self._say(other.kind, symbol=other.symbol or other.doc_id))}</div>'
            for other in hit.related
        )
        return (
            f'<div class="qa-hit"><div class="qa-place">{self._link(hit, hit.sentence_number)} '
            f"{self._place(hit)} {worth}</div>{notices}"
            f'<blockquote class="qa-quote" {in_language(hit.language)}><mark>{_with_words(hit)}</mark></blockquote>'
            f"{self._beside(hit.beside)}</div>"
        )

    def _near(self, hit: ShownHit) -> str:
        """A passage below the line: nothing in it is marked."""
        return (
            f'<div class="qa-hit"><div class="qa-place">{self._place(hit)} {self._score(hit)}</div>'
            f'<blockquote class="qa-quote" {in_language(hit.language)}>{escape(hit.sentence)}</blockquote></div>'
        )

    def _beside(self, version: ShownVersion | None) -> str:
        if version is None:
            return ""
        text = f"<blockquote {in_language(version.language)}>{escape(version.text)}</blockquote>"
        return f'<div class="qa-beside">{self._named(version.language)}{text}</div>'

    def _link(self, hit: ShownHit, sentence: int) -> str:
        href = _address(hit, sentence, self._answer.collection)
        title = escape(in_line([hit.file, hit.places.get(self._language, "")], self._language))
        return f'<a class="qa-cite" href="{href}" title="{title}">&#91;{hit.number}&#93;</a>'

    def _place(self, hit: ShownHit) -> str:
        place = " › ".join(part for part in (hit.symbol, hit.title, *hit.section) if part)
        foreign = self._named(hit.language) if hit.language != self._language else ""
        return f'<strong>{self._locator(hit)}</strong> <bdi class="qa-section">{escape(place)}</bdi> {foreign}'

    def _named(self, language: str) -> str:
        return f'<span class="qa-language">{escape(language_name(language, self._language))}</span>'

    def _locator(self, hit: ShownHit) -> str:
        return f"<bdi>{escape(hit.locators.get(self._language, ''))}</bdi>"

    def _score(self, hit: ShownHit) -> str:
        if hit.relevance is None:
            score = self._say("closeness", score=number(round(hit.score, 2), self._language))
            return f'<span class="qa-score">{escape(score)}</span>'
        text = self._say("relevance", percent=percent(hit.relevance, self._language))
        return f'<span class="qa-score" title="{escape(self._say("relevance_title"))}">{escape(text)}</span>'


def _address(hit: ShownHit, sentence: int, collection: Collection) -> str:
    """The anchor of a sentence of a hit, as an attribute."""
    doc_id, _, key = hit.passage_id.rpartition("#")
    return escape(str(Anchor(doc_id, key, sentence, collection)))


def _with_words(hit: ShownHit) -> str:
    """The marked sentence, the words that match the question set off."""
    html, at = "", 0
    for start, end in hit.words:
        if at <= start < end <= len(hit.sentence):  # a conversation comes back from a browser
            html += f"{escape(hit.sentence[at:start])}<b>{escape(hit.sentence[start:end])}</b>"
            at = end
    return html + escape(hit.sentence[at:])
