"""The page: a chat on one side, the source on the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import gradio as gr

from embeddings.errors import EmbeddingsError
from qa.answer import turn
from qa.assistant import Assistant
from qa.errors import QAError
from qa.followup import Turn
from qa.live import Live
from qa.query import make_query
from qa.question import check_question
from qa.web.chatbot import plain_chatbot
from qa.web.sources import EMPTY, Sources
from qa.web.text import escape

EXAMPLES: Final = (
    "which countries use unexplained-wealth orders?",
    "哪些国家使用来历不明财富令？",
    "Quels besoins d’assistance technique ont été recensés ?",
    "¿Qué propuso un orador sobre la transparencia de los activos devueltos?",
    "Как пандемия изменила техническую помощь?",
    "ما هي التحديات في استرداد الموجودات؟",
)
TITLE: Final = "Ask the documents"
PASSAGES_SHOWN: Final = 6
"""As many as a reader looks through without scrolling far."""
PLACEHOLDER: Final = "Ask in any language"
HEAD: Final = f"<script>{Path(__file__).with_name('page.js').read_text('utf-8')}</script>"
CSS: Final = Path(__file__).with_name("page.css").read_text("utf-8")

_MAX_DOCUMENTS_SHOWN: Final = 8
"""Documents kept in the source panel, those cited last; enough for the answers in sight."""


def build_page(live: Assistant | Live) -> gr.Blocks:
    """The page for an assistant; each answer, with the documents beside it, is of one generation of the index."""
    latest: tuple[Assistant, Sources] = (assistant := live.now(), Sources(assistant.index))

    def reading() -> tuple[Assistant, Sources]:
        nonlocal latest
        if (now := live.now()) is not latest[0]:
            latest = (now, Sources(now.index))
        return latest

    def introduction() -> str:
        index = reading()[0].index
        documents, paragraphs = _count(len(index.documents), "document"), _count(len(index.passages), "paragraph")
        return f"# {TITLE}\nAnswers are quotations, out of {paragraphs} in {documents}. Ask in any language."

    def ask(
        question: str, history: list[Any], shown: list[str], turns: list[Turn | None]
    ) -> Iterator[tuple[Any, Any, list[str], list[Turn | None]]]:
        assistant, sources = reading()
        # As many as are still in the chat: the last question may be asked again or taken back. One that could not be
        # answered counts too, as None.
        turns = turns[: sum(message["role"] == "user" for message in history)]
        try:
            reader = make_query(check_question(question)).language
            answer = assistant.ask(question, PASSAGES_SHOWN, history=[each for each in turns if each], reader=reader)
        except (QAError, EmbeddingsError) as error:
            yield f'<div class="qa-problem">{escape(_sentence(str(error)))}</div>', gr.skip(), shown, [*turns, None]
            return
        cited = dict.fromkeys(citation.hit.document.doc_id for citation in answer.citations)
        shown = list(dict.fromkeys([*cited, *shown]))[:_MAX_DOCUMENTS_SHOWN]
        yield sources.answer(answer), sources.panel(shown), shown, [*turns, turn(answer)]

    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True) as page:
        gr.Markdown(introduction, elem_classes="qa-title")
        shown, turns = gr.State([]), gr.State([])
        with gr.Row(equal_height=True):
            panel = gr.HTML(EMPTY, elem_id="qa-panel", render=False, js_on_load=None)
            with gr.Column(scale=1, min_width=340):
                chat = gr.ChatInterface(
                    ask,
                    chatbot=plain_chatbot(
                        show_label=False,
                        elem_id="qa-chat",
                        height="calc(100vh - 14.5rem)",
                        buttons=["copy"],
                        autoscroll=False,  # page.js scrolls to an answer's beginning, not to its end
                        feedback_options=None,
                        latex_delimiters=[],
                        allow_tags=False,
                        placeholder="### What do you want to know?",
                    ),
                    textbox=gr.Textbox(
                        placeholder=PLACEHOLDER,
                        show_label=False,
                        elem_id="qa-question",
                        max_lines=4,
                        scale=7,
                    ),
                    additional_inputs=[shown, turns],
                    additional_outputs=[panel, shown, turns],
                    autoscroll=False,
                    examples=[[example] for example in EXAMPLES],
                    cache_examples=False,
                    flagging_mode="never",
                    analytics_enabled=False,
                    api_visibility="private",
                )
                # Gradio blanks the box's placeholder after the first question; this puts it back.
                chat.chatbot.change(
                    lambda: gr.Textbox(placeholder=PLACEHOLDER),
                    None,
                    chat.textbox,
                    queue=False,
                    show_progress="hidden",
                    api_visibility="private",
                )
            with gr.Column(scale=1, min_width=340):
                panel.render()  # type: ignore[no-untyped-call]
    return page


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _count(count: int, word: str) -> str:
    return f"{count:,} {word}" + ("" if count == 1 else "s")
