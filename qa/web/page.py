"""The page: Gradio holds the chat and streams what is said in it; everything around it is the page's own.

What the page's program (`static/`) wants of the server's queue goes through three hidden parts: it writes a request
into a box, clicks a button, and reads the conversation that comes back. So there is one way in for a typed question, a
suggestion, a link and a conversation opened again, and no code is sent along that the page's security policy forbids.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import wraps
from typing import Any, Final, cast

import gradio as gr
from starlette.requests import HTTPConnection

from qa.api import AsyncApi
from qa.strings import say
from qa.web.api_errors import of_error
from qa.web.faults import report_fault
from qa.web.inline_scripts import CHOSEN_LANGUAGE
from qa.web.request_ids import answering_by, id_of
from qa.web.site import Site
from qa.web.talk import Talk
from qa.web.turns import Turns
from qa.web.visitor import language_of, visitor_of

THEME: Final = gr.themes.Default(
    primary_hue=gr.themes.colors.slate,
    secondary_hue=gr.themes.colors.slate,
    neutral_hue=gr.themes.colors.zinc,
    font=["system-ui", "sans-serif"],
    font_mono=["monospace"],
)
TITLE: Final = say("en", "page.title")
_WELCOME: Final = '<div class="qa-welcome"></div>'
HEAD: Final = (
    f"<script>{CHOSEN_LANGUAGE}</script>"
    '<link rel="stylesheet" href="ui/page.css"><script type="module" src="ui/page.js"></script>'
)


def build_page(site: Site, api: AsyncApi, turns: Turns) -> gr.Blocks:
    """The page of a site, and beside it what programs call by way of the framework's client (`gradio_client`)."""
    talk = Talk(site)

    def answer(request: str, asking: gr.Request) -> Iterator[tuple[Any, Any]]:
        connection = cast(HTTPConnection, asking.request)
        replies = talk.answer(request or "", visitor_of(connection), language_of(connection))
        for reply in answering_by(id_of(connection), turns.steps(replies)):
            if reply.turns is None and not reply.problem:
                yield reply.messages, gr.skip()
                continue
            told = json.dumps({"id": reply.id, "turns": reply.turns, "problem": reply.problem})
            yield gr.skip() if reply.problem else reply.messages, told

    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_height=True, fill_width=True) as page:
        with gr.Row(equal_height=True, elem_id="qa-room"), gr.Column(elem_id="qa-talk"):
            chat = gr.Chatbot(
                show_label=False,
                elem_id="qa-chat",
                height="100%",
                buttons=[],
                autoscroll=False,  # the page's program scrolls to an answer's beginning, not to its end
                feedback_options=None,
                latex_delimiters=[],
                allow_tags=False,
                line_breaks=False,
                layout="panel",
                placeholder=_WELCOME,
            )
        with gr.Column(elem_id="qa-hidden"):
            request = gr.Textbox(elem_id="qa-request")
            go, stop = gr.Button(elem_id="qa-go"), gr.Button(elem_id="qa-stop")
            conversation = gr.Textbox(elem_id="qa-conversation")
        asked = go.click(
            answer,
            [request],
            [chat, conversation],
            show_progress="hidden",
            api_visibility="private",
            trigger_mode="multiple",
        )
        stop.click(None, cancels=[asked], queue=False, api_visibility="private")
        for function in (api.search, api.ask):
            # They wait for their turn by themselves, not in the chat's queue.
            gr.api(_offered(function), api_name=function.__name__, concurrency_limit=None)  # type: ignore[attr-defined]
    return page


def _offered(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """The function, with the same signature; what goes wrong is told as the framework's client tells of it."""

    @wraps(function)
    async def call(*given: Any) -> Any:
        try:
            return await function(*given)
        except Exception as error:
            told = of_error(error)
            text = told[1]["error"] if told else say("en", "guard.failed", id=report_fault("an answer", error))
            raise gr.Error(text, print_exception=False) from error

    return call
