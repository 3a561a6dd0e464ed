"""A chat whose visitor's messages are plain text too: Gradio would render them as Markdown and HTML."""

import html
from collections.abc import Callable
from typing import Any

import gradio as gr

from qa.web.text import escape


def plain_chatbot(**settings: Any) -> gr.Chatbot:
    """A `gr.Chatbot` that shows what a visitor typed as it was typed.

    What is about to be shown is escaped, what comes back to be asked again or edited is not. Answers are left alone:
    they are HTML made by `qa.web.sources`. Methods of the instance are wrapped, because Gradio writes a stub file
    beside the source of every subclass.
    """
    chatbot = gr.Chatbot(**settings)
    show, read = chatbot.postprocess, chatbot.preprocess

    def postprocess(value: Any) -> Any:
        return _with_text(show(value), escape)

    def preprocess(payload: Any) -> Any:
        return read(_with_text(payload, html.unescape))

    chatbot.postprocess = postprocess  # type: ignore[method-assign]
    chatbot.preprocess = preprocess  # type: ignore[method-assign]
    return chatbot


def _with_text(data: Any, change: Callable[[str], str]) -> Any:
    for message in data.root if data is not None else ():
        if message.role == "user":
            for content in message.content:
                if getattr(content, "type", "") == "text":
                    content.text = change(content.text)
    return data
